"""``uv.lock``: the graph of a uv project, from which scope and directness follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from checks.model import Location
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles.interface import LockfileError
from reviewer.sbom.notation import header_lines, load_toml, table, text_of

__all__ = ["matches", "parse"]

_LOCAL = ("virtual", "editable", "directory")


def matches(path: str) -> bool:
    """Any file of that name."""
    return path.rpartition("/")[2] == "uv.lock"


def parse(path: str, text: str) -> tuple[Package, ...]:
    """Read every package that is not a folder of the project itself. Raises LockfileError."""
    entries = load_toml(text).get("package", [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise LockfileError("package", "not a list of tables")
    lines = header_lines(text, "package", "name")
    known = len(lines) == len(entries)
    scopes, direct = _roles(entries)
    return tuple(
        _package(entry, Location(path=path, line=lines[index] if known else 0), scopes, direct)
        for index, entry in enumerate(entries)
        if text_of(entry.get("name")) and not _is_local(entry)
    )


def _is_local(entry: Mapping[str, Any]) -> bool:
    return any(kind in table(entry, "source") for kind in _LOCAL)


def _names(wishes: object) -> list[str]:
    return [text_of(wish.get("name")) for wish in wishes if isinstance(wish, Mapping)] if isinstance(wishes, list) else []


def _roles(entries: list[Mapping[str, Any]]) -> tuple[Mapping[str, PackageScope], frozenset[str]]:
    """Walk the graph from the project's own packages; what is needed for running stays so, however else it is needed."""
    asked: dict[PackageScope, list[str]] = {scope: [] for scope in (PackageScope.RUNTIME, PackageScope.OPTIONAL, PackageScope.DEVELOPMENT)}
    graph: dict[str, list[str]] = {}
    for entry in entries:
        wishes = _names(entry.get("dependencies"))
        extras = [name for extra in table(entry, "optional-dependencies").values() for name in _names(extra)]
        if _is_local(entry):
            asked[PackageScope.RUNTIME] += wishes
            asked[PackageScope.OPTIONAL] += extras
            asked[PackageScope.DEVELOPMENT] += [name for group in table(entry, "dev-dependencies").values() for name in _names(group)]
        else:
            graph.setdefault(text_of(entry.get("name")), []).extend(wishes + extras)
    scopes: dict[str, PackageScope] = {}
    for scope, names in asked.items():
        for name in _reach(names, graph):
            scopes.setdefault(name, scope)
    return scopes, frozenset(name for names in asked.values() for name in names)


def _reach(names: Iterable[str], graph: Mapping[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph.get(name, ()))
    return seen


def _package(entry: Mapping[str, Any], at: Location, scopes: Mapping[str, PackageScope], direct: frozenset[str]) -> Package:
    name, source = text_of(entry.get("name")), table(entry, "source")
    return Package(
        ecosystem="pypi",
        name=canonicalize_name(name),
        version=text_of(entry.get("version")) or None,
        at=at,
        requirement=text_of(source.get("git")) or text_of(source.get("url")),
        scope=scopes.get(name, PackageScope.RUNTIME),
        direct=name in direct,
        integrity=_integrity(entry),
    )


def _integrity(entry: Mapping[str, Any]) -> str:
    """Give the hash of the file that every platform can install, else of the source, else of the first wheel."""
    wheels = [wheel for wheel in entry.get("wheels", ()) if isinstance(wheel, Mapping)] if isinstance(entry.get("wheels"), list) else []
    anywhere = [wheel for wheel in wheels if text_of(wheel.get("url")).endswith("-none-any.whl")]
    files = (*anywhere, table(entry, "sdist"), *wheels)
    return next((text_of(file.get("hash")) for file in files if text_of(file.get("hash"))), "")
