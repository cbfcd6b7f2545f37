"""What a command brings to run: a package of a registry, a container's image, a file of this machine."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviewer.acquire.declared.plan import Means
from reviewer.tables import load_table

__all__ = ["Start", "read_start", "start_table"]

_NPM = re.compile(r"(?:npm:)?((?:@[A-Za-z0-9~][\w.~-]*/)?[A-Za-z0-9~][\w.~-]*)(?:@(.+))?")
_PYPI = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:(===?|@)\s*([^\s;,]+)|([<>~!].*))?(?:;.*)?")
_EXACT_NPM = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_TAG = re.compile(r"(?![vV][0-9])[A-Za-z][\w.-]{0,100}")
_EXACT_PYPI = re.compile(r"[0-9]+(?:\.[0-9]+)*[0-9A-Za-z.+!-]*")
_GITHUB = re.compile(r"(?:github:)?([A-Za-z0-9][\w-]{0,38}/[\w.-]{1,100})(?:#(.+))?")
_EXTENSION = re.compile(r"\.(?:exe|cmd|bat|ps1)\Z", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is started. ``program`` is the number of the word that names it; ``address`` is as ``Wanted`` has it.

    ``folder`` is where a project lies that the command names; ``notes`` are ledger rows.
    """

    means: Means
    address: str = ""
    program: int = 0
    registry: str = ""
    folder: str = ""
    notes: tuple[tuple[str, bool], ...] = ()


@functools.cache
def start_table() -> Mapping[str, Any]:
    """Give the table of programs."""
    table: Mapping[str, Any] = load_table(Path(__file__).parent / "starts.yaml")
    return table


def read_start(words: Sequence[str]) -> Start:
    """Understand a command. What is not understood is NOTHING, with a note that says what would be started."""
    start, joins = _after_wrappers(words)
    found = _read(words, start)
    if joins and any(joins.search(word) for word in words[start:]):
        note = ("its wrapper takes a sign in one of its words for the beginning of another command, which was not read", True)
        return replace(found, notes=(*found.notes, note))
    return found


def _read(words: Sequence[str], start: int) -> Start:
    rest = [_base(words[start]), *words[start + 1 :]] if start < len(words) else []
    if not rest:
        return Start(means=Means.NOTHING, notes=(("it names no command", True),))
    for row in start_table()["runners"]:
        if length := _begins(rest, row["commands"]):
            return _run_package(row, rest, length, start)
    if length := _begins(rest, start_table()["containers"]["commands"]):
        return _container(rest, length, start)
    for row in start_table()["interpreters"]:
        if length := _begins(rest, row["commands"]):
            return _interpreted(row, rest, length, start)
    return Start(means=Means.LOCAL, address=words[start], program=start)


def _after_wrappers(words: Sequence[str]) -> tuple[int, re.Pattern[str] | None]:
    """Give the number of the first word that is meant, and which signs a wrapper takes for the beginning of another command."""
    place, joins = 0, None
    for _ in range(len(words)):
        rest = [_base(words[place]), *words[place + 1 :]] if place < len(words) else []
        row = next((row for row in start_table()["wrappers"] if _begins(rest, row["command"])), None)
        if row is None:
            break
        joins = re.compile(row["joins"]) if "joins" in row else joins
        place += _begins(rest, row["command"])
        while place < len(words) and (words[place] in row["after"] or _ENVIRONMENT.fullmatch(words[place]) or words[place].startswith("-")):
            place += 1
    while place < len(words) and _ENVIRONMENT.fullmatch(words[place]):
        place += 1
    return place, joins


def _base(word: str) -> str:
    return _EXTENSION.sub("", re.split(r"[\\/]", word)[-1])


def _begins(words: Sequence[str], commands: Sequence[str]) -> int:
    """Give how many words of a command line a command of a list takes, 0 if none does."""
    lengths = (len(parts) for command in commands if list(words[: len(parts := command.split())]) == parts)
    return max(lengths, default=0)


@dataclass(slots=True)
class _Options:
    """Options before the first operand: values by name, and the number of the operand (or the end)."""

    values: list[tuple[str, str]]
    operand: int


def _options(words: Sequence[str], place: int, valued: Sequence[str]) -> _Options:
    values: list[tuple[str, str]] = []
    while place < len(words) and words[place].startswith("-") and words[place] != "-":
        word = words[place]
        place += 1
        if word == "--":
            break
        name, sign, value = word.partition("=")
        if sign:
            values.append((name, value))
        elif word in valued:
            values.append((word, words[place] if place < len(words) else ""))
            place += 1
        else:
            values.append((word, ""))
    return _Options(values=values, operand=place)


def _of(options: _Options, names: Sequence[str]) -> list[str]:
    return [value for name, value in options.values if name in names and value]


def _run_package(row: Mapping[str, Any], words: Sequence[str], length: int, start: int) -> Start:
    groups = [row.get(key, []) for key in ("package", "also", "code", "valued", "registry", "plain")]
    options = _options(words, length, [name for group in groups for name in group])
    named = _of(options, row["package"])
    operand = words[options.operand] if options.operand < len(words) else ""
    spec = named[0] if named else operand
    registries = _of(options, row["registry"])
    program = start + min(options.operand, max(len(words) - 1, 0))
    more = [*named[1:], *_of(options, row.get("also", []))]
    notes = [(f"it also installs {', '.join(more)[:200]}, which was not read", True)] if more else []
    if _of(options, row.get("code", [])):
        notes.append(("it runs a command of its own beside the package", True))
    known = {name for key in ("package", "also", "code", "registry", "plain", "harmless") for name in row.get(key, [])}
    notes += _unsure([name for name, _ in options.values if name not in known], registries[1:])
    notes += _bridged(spec, words[options.operand + (not named) :])
    if not spec:
        return Start(means=Means.NOTHING, program=program, notes=(("it names no package", True), *notes))
    means, address, about = _npm_spec(spec) if row["ecosystem"] == "npm" else _pypi_spec(spec)
    return Start(means=means, address=address, program=program, registry=next(iter(registries), ""), notes=(*about, *notes))


def _unsure(options: Sequence[str], registries: Sequence[str]) -> Iterator[tuple[str, bool]]:
    if options:
        yield f"it is started with {', '.join(options)[:200]}, which can decide what is started", True
    if registries:
        yield f"it takes packages from further registries ({', '.join(registries)[:200]}), which were not asked", True


def _bridged(spec: str, arguments: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Tell of packages that only lead to another server."""
    name = re.sub(r"(?<=.)[@=\[].*", "", spec)
    if any(name in row["names"] for row in start_table()["bridges"]):
        yield f"{name} leads to a server that its arguments name ({' '.join(arguments)[:200] or 'none'}), which was not submitted", True


_Spec = tuple[Means, str, tuple[tuple[str, bool], ...]]
_NAMELESS: _Spec = (Means.NOTHING, "", (("started from a package whose name cannot be read, which was not submitted", True),))


def _npm_spec(spec: str) -> _Spec:
    repository = None if spec.startswith(("@", ".")) else _GITHUB.fullmatch(spec)
    if repository or "://" in spec or spec.startswith("git@"):
        return _address(spec)
    if _is_path(spec):
        return Means.LOCAL, spec.removeprefix("file:"), ()
    match = _NPM.fullmatch(spec)
    if match is None:
        return _NAMELESS
    name, version = match[1], match[2]
    if version and not _EXACT_NPM.fullmatch(version):
        tag = _TAG.fullmatch(version)
        return Means.SOURCE, f"npm:{name}@{version}" if tag else f"npm:{name}", (_unpinned(name) if tag else _ranged(name),)
    return Means.SOURCE, f"npm:{name}@{version}" if version else f"npm:{name}", () if version else (_unpinned(name),)


def _is_path(spec: str) -> bool:
    return re.match(r"[./~]|file:|[A-Za-z]:[\\/]", spec) is not None


def _pypi_spec(spec: str) -> _Spec:
    if "://" in spec or spec.startswith("git+"):
        return _address(spec.partition("@ ")[2].strip() if "@ " in spec else spec)
    if _is_path(spec):
        return Means.LOCAL, spec, ()
    match = _PYPI.fullmatch(spec)
    if match is None:
        return _NAMELESS
    name, version, ranged = match[1], match[3], match[4]
    if version and version != "latest" and _EXACT_PYPI.fullmatch(version):
        return Means.SOURCE, f"pypi:{name}=={version}", ()
    if ranged or (version and version != "latest"):
        return Means.SOURCE, f"pypi:{name}", (_ranged(name),)
    return Means.SOURCE, f"pypi:{name}", (_unpinned(name),)


def _unpinned(name: str) -> tuple[str, bool]:
    return (
        f"the version of {name} is not pinned: what is read here is the one that is published now, and the next start may run another",
        False,
    )


def _ranged(name: str) -> tuple[str, bool]:
    return f"it asks for a range of versions of {name}: read is the newest one, which need not be the one that is started", True


def _address(spec: str) -> _Spec:
    """Understand an address of a repository as package managers write it."""
    repository = _GITHUB.fullmatch(spec)
    if repository and "://" not in spec:
        ref = f"@{repository[2]}" if repository[2] else ""
        source = f"github:{repository[1].removesuffix('.git')}{ref}"
        return Means.SOURCE, source, () if _is_commit(repository[2]) else (_moving(),)
    if spec.startswith("git+https://"):
        place, _, fragment = spec.partition("#")
        if fragment and "=" not in fragment:  # npm writes the ref after #
            place, fragment = f"{place}@{fragment}", ""
        ref = place.removeprefix("git+https://").partition("@")[2]
        source = place + (f"#{fragment}" if fragment else "")
        return Means.SOURCE, source, () if _is_commit(ref) else (_moving(),)
    if spec.startswith("https://"):
        return Means.ARCHIVE, spec, (("nothing says which bytes this address gave before, so another start may run others", False),)
    return Means.NOTHING, "", (("started from an address that is not read here, which was not submitted", True),)


def _is_commit(ref: str | None) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}", ref or "") is not None


def _moving() -> tuple[str, bool]:
    return (
        "the repository is not pinned to a commit: what is read here is what it holds now, and the next start may run something else",
        False,
    )


def _container(words: Sequence[str], length: int, start: int) -> Start:
    switches = start_table()["containers"]["switches"]
    place = length
    while place < len(words) and words[place].startswith("-"):
        word = words[place]
        place += 1 if "=" in word or word in switches else 2
    image = words[place] if place < len(words) else ""
    note = f"started from the container image {image[:200] or '(none named)'}, which is not read by this version"
    pinned = "@sha256:" in image
    more = () if pinned or not image else (("the image is not pinned to a digest, so the next start may run another", False),)
    return Start(means=Means.NOTHING, program=start + place, notes=((note, True), *more))


def _interpreted(row: Mapping[str, Any], words: Sequence[str], length: int, start: int) -> Start:
    files, codes, modules, folders = (row.get(key, []) for key in ("file", "code", "module", "folder"))
    options = _options(words, length, [*row["valued"], *files, *codes, *modules, *folders])
    folder = next(iter(_of(options, folders)), "")
    place = options.operand
    if place < len(words) and words[place] in row["subcommands"]:
        inner = _options(words, place + 1, [*row["valued"], *folders])
        folder = folder or next(iter(_of(inner, folders)), "")
        place = inner.operand
    program = start + min(place, len(words) - 1)
    loads = tuple(_loaded(row.get("loads", []), options))
    if _of(options, codes):
        note = ("the code that is started stands in the configuration itself", True)
        return Start(means=Means.NOTHING, program=len(words) + start, notes=(note, *loads))
    if module := next(iter(_of(options, modules)), ""):
        note = (f"started from the module {module[:100]} of whatever is installed there, which was not submitted", True)
        return Start(
            means=Means.LOCAL if folder else Means.NOTHING, folder=folder, program=program, notes=loads if folder else (note, *loads)
        )
    named = next(iter(_of(options, files)), words[place] if place < len(words) else "")
    if re.match(r"(?:https?|jsr|npm):", named):
        means, address, notes = (Means.NOTHING, "", (("started from an address, which was not submitted", True),))
        return Start(means=means, address=address, program=program, notes=(*notes, *loads))
    return Start(means=Means.LOCAL, address=named, folder=folder, program=program, notes=loads)


def _loaded(names: Sequence[str], options: _Options) -> Iterator[tuple[str, bool]]:
    """Tell of code, or of places where code is looked for, that options add. The name of a package alone is one that is installed there."""
    for option, value in options.values:
        name, _, glued = option.partition(":")
        if name in names:
            what = value or glued
            yield (
                f"it also loads {what[:100] or 'something'} ({name}), which was not read as such",
                re.fullmatch(r"@?[\w.-]+(?:/[\w.-]+)*", what) is None,
            )
