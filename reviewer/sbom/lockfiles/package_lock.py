"""``package-lock.json`` and ``npm-shrinkwrap.json``, lockfileVersion 1 to 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks.model import Location
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles.interface import LockfileError
from reviewer.sbom.notation import key_lines, load_json, table, text_of

__all__ = ["matches", "parse"]

_NAMES = frozenset({"package-lock.json", "npm-shrinkwrap.json", ".package-lock.json"})
_ASKING = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_FOLDER = "node_modules/"
_MAX_NESTING = 100


def matches(path: str) -> bool:
    """Any file of these names."""
    return path.rpartition("/")[2] in _NAMES


def parse(path: str, text: str) -> tuple[Package, ...]:
    """Read every locked package with its integrity, licence and whether it runs a script when installed. Raises LockfileError."""
    lock = load_json(text)
    lines = key_lines(text, ("packages", "dependencies"))
    packages = table(lock, "packages")
    if packages:
        return tuple(_modern(path, packages, lines))
    if "dependencies" in lock or "lockfileVersion" in lock:
        return tuple(_first_version(path, table(lock, "dependencies"), lines, ("dependencies",)))
    raise LockfileError("packages", "neither «packages» nor «dependencies» stands in it")


def _modern(path: str, packages: Mapping[str, object], lines: Mapping[tuple[str, ...], int]) -> Iterator[Package]:
    roots = [entry for place, entry in packages.items() if _FOLDER not in place]
    asked = {name for entry in roots for section in _ASKING for name in table(entry, section)}
    for place, entry in packages.items():
        folder, found, name = place.rpartition(_FOLDER)
        if not found or not isinstance(entry, Mapping) or entry.get("link") is True:
            continue
        yield _package(
            text_of(entry.get("name")) or name,
            entry,
            Location(path=path, line=lines.get(("packages", place), 0)),
            direct=name in asked and _FOLDER not in folder,
        )


def _first_version(
    path: str, section: Mapping[str, object], lines: Mapping[tuple[str, ...], int], keys: tuple[str, ...]
) -> Iterator[Package]:
    if len(keys) > 2 * _MAX_NESTING:
        raise LockfileError("dependencies", f"nested more than {_MAX_NESTING} deep")
    for name, entry in section.items():
        if not isinstance(entry, Mapping):
            continue
        here = (*keys, name)
        yield _package(name, entry, Location(path=path, line=lines.get(here, 0)), direct=False)
        yield from _first_version(path, table(entry, "dependencies"), lines, (*here, "dependencies"))


def _package(name: str, entry: Mapping[str, object], at: Location, *, direct: bool) -> Package:
    resolved = text_of(entry.get("resolved")) or text_of(entry.get("version"))
    return Package(
        ecosystem="npm",
        name=name,
        version=text_of(entry.get("version")) or None,
        at=at,
        requirement=resolved if resolved.startswith(("git", "file:")) else "",
        scope=_scope(entry),
        direct=direct,
        integrity=text_of(entry.get("integrity")),
        licence=text_of(entry.get("license")),
        install_script=entry.get("hasInstallScript") is True,
    )


def _scope(entry: Mapping[str, object]) -> PackageScope:
    if entry.get("dev") is True:
        return PackageScope.DEVELOPMENT
    return PackageScope.OPTIONAL if entry.get("optional") is True or entry.get("devOptional") is True else PackageScope.RUNTIME
