"""What a submission depends on, as its manifests and lock files say.

Every module here that has ``matches`` and ``parse`` is a format (``interface.py``).
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import cast

from checks.model import Location, Target, Unreadable
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles.interface import Lockfile, LockfileError

__all__ = ["read_packages"]

_MAX_PACKAGES = 20_000
_MAX_FILES = 2_000
_MAX_NAME = 256
_NEED = (PackageScope.RUNTIME, PackageScope.OPTIONAL, PackageScope.DEVELOPMENT)  # from most to least needed


def read_packages(target: Target) -> tuple[tuple[Package, ...], tuple[Unreadable, ...]]:
    """Read every manifest and lock file of ``target.texts``; never raises for what they hold.

    One package per ecosystem, name and version, sorted so. A range that a manifest asks for gives way to the version that
    a lock file beside or above it names. A file that cannot be read is a ledger row: a gate where it says what is installed with the
    submission or one of its components, not where it lies deeper (the fixtures of a test suite, say).
    """
    found: list[Package] = []
    ledger: list[Unreadable] = []
    inner = {file.path for file in target.files if file.within}  # what an archive inside needs, nobody installs
    waiting = [path for path in sorted(target.texts) if _reader(path) and path not in inner]
    if len(waiting) > _MAX_FILES:
        ledger.append(
            Unreadable(path=waiting[_MAX_FILES], reason=f"more than {_MAX_FILES} manifests and lock files; this and later ones", gate=True)
        )
        waiting = waiting[:_MAX_FILES]
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        try:
            more, lost = _read(path, target.texts)
        except LockfileError as error:
            ledger.append(Unreadable(path=path, reason=f"dependencies not read: {_tidy(str(error))}", gate=_is_outer(path, target)))
            continue
        found += more
        waiting += [include for include in lost if include in target.texts and include not in seen]
        seen.update(lost)
        ledger += [
            Unreadable(path=path, reason=f"includes {_tidy(name)}, which is not in the submission")
            for name in lost
            if name not in target.texts
        ]
    packages = _merge(_resolve(_tidied(package) for package in found))
    if len(packages) > _MAX_PACKAGES:
        ledger.append(
            Unreadable(
                path=packages[_MAX_PACKAGES].at.path, reason=f"more than {_MAX_PACKAGES} dependencies; the rest is left out", gate=True
            )
        )
    return packages[:_MAX_PACKAGES], tuple(ledger)


@functools.cache
def _formats() -> tuple[Lockfile, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(cast("Lockfile", module) for module in modules if hasattr(module, "parse") and hasattr(module, "matches"))


def _reader(path: str) -> Lockfile | None:
    return next((reader for reader in _formats() if reader.matches(path)), None)


def _read(path: str, texts: Mapping[str, str]) -> tuple[tuple[Package, ...], tuple[str, ...]]:
    """Give the packages of one file, and the paths that it includes, seen from the top of the submission."""
    reader = _reader(path) or importlib.import_module(f"{__name__}.requirements")  # what a requirements file includes is one
    try:
        text = texts[path]
        packages = reader.parse(path, text)
        named = reader.includes(text) if hasattr(reader, "includes") else ()
    except (RecursionError, MemoryError, ValueError, UnicodeError) as error:
        raise LockfileError("", f"{type(error).__name__} while reading") from None
    return packages, tuple(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in named)


def _is_outer(path: str, target: Target) -> bool:
    folder = posixpath.dirname(path)
    return folder in {"", *(component.root for component in target.components)} or folder.endswith(".dist-info")


def _tidy(text: str) -> str:
    """Keep what every JSON reader accepts, on one line, at a bounded length."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text[:_MAX_NAME])


def _tidied(package: Package) -> Package:
    return replace(
        package,
        name=_tidy(package.name),
        version=_tidy(package.version) if package.version else None,
        requirement=_tidy(package.requirement),
        integrity=_tidy(package.integrity),
        licence=_tidy(package.licence),
    )


def _resolve(packages: Iterable[Package]) -> Iterator[Package]:
    """Replace each range by what the nearest lock file, beside or above, names under the same name."""
    every = list(packages)
    locked: dict[tuple[str, str, str], list[Package]] = defaultdict(list)
    for package in every:
        if package.version is not None:
            locked[posixpath.dirname(package.at.path), package.ecosystem, package.name].append(package)
    for package in every:
        if package.version is not None or not package.direct:
            yield package
            continue
        chosen = _nearest(package, locked)
        yield from (replace(one, direct=True, requirement=package.requirement, scope=package.scope, also=(package.at,)) for one in chosen)
        if not chosen:
            yield package


def _nearest(package: Package, locked: Mapping[tuple[str, str, str], list[Package]]) -> list[Package]:
    folder = posixpath.dirname(package.at.path)
    while True:
        found = locked.get((folder, package.ecosystem, package.name), [])
        if found or not folder:
            return [one for one in found if one.direct] or found
        folder = posixpath.dirname(folder)


def _merge(packages: Iterable[Package]) -> tuple[Package, ...]:
    groups: dict[tuple[str, str, str], list[Package]] = defaultdict(list)
    for package in packages:
        if package.name:
            groups[package.ecosystem, package.name, package.version or f"? {package.requirement}"].append(package)
    return tuple(_one(groups[key]) for key in sorted(groups))


def _one(group: list[Package]) -> Package:
    """Make one of several mentions: the most needed scope, and the first place that tells most."""
    ordered = sorted(group, key=lambda package: (not package.integrity, package.at))
    first = ordered[0]
    places: tuple[Location, ...] = tuple(sorted({place for package in group for place in (package.at, *package.also)} - {first.at}))
    return replace(
        first,
        requirement=next((package.requirement for package in ordered if package.requirement), ""),
        scope=min((package.scope for package in group), key=_NEED.index),
        direct=any(package.direct for package in group),
        integrity=first.integrity,
        licence=next((package.licence for package in ordered if package.licence), ""),
        install_script=any(package.install_script for package in group),
        also=places,
    )
