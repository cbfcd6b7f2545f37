"""Two readings into what changed: files, tools, capabilities, hosts, dependencies, hooks and literals.

The three pairs that matter: a published artefact against the repository from which it says it was made, a version against the one that
was approved before, and whatever somebody names. It runs where texts are still at hand, in the sandboxed child, over facts that the
inventory made. A difference is a fact; checks judge it.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checks.model import Capability, CapabilityId, Change, ChangeKind, Comparison, File, Location, Relation, Scope, Target, Tool
from reviewer.model import Package, PackageScope

__all__ = ["Side", "compare"]

#: How many changes of one kind are told.
MOST = 200
#: How many characters of one file are searched for literals, and how many literals of one side are kept.
TEXT_LENGTH, LITERALS = 2_000_000, 20_000
#: How many characters of a value are kept.
VALUE_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One reading: its target with texts, and its packages. ``literals`` maps (kind, value) to where it first stands."""

    target: Target
    packages: tuple[Package, ...] = ()
    literals: Mapping[tuple[str, str], Location] = dataclasses.field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, target: Target, packages: tuple[Package, ...]) -> Side:
        """Make the side of a reading; texts are not needed any more afterwards."""
        return cls(target=dataclasses.replace(target, texts={}, surfaces=()), packages=packages, literals=_literals(target))


def compare(before: Side, after: Side, *, relation: Relation, source: str, digest: str = "") -> Comparison:
    """Say what ``after`` has that ``before`` has not, or otherwise. ``source`` and ``digest`` are those of ``before``."""
    every: list[Change] = []
    omitted = 0
    for find in (_files, _tools, _capabilities, _hosts, _dependencies, _hooks, _new_literals):
        found = list(find(before, after, relation))
        every.extend(found[:MOST])
        omitted += max(0, len(found) - MOST)
    return Comparison(relation=relation, source=source, digest=digest, changes=tuple(every), omitted=omitted)


@functools.cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = yaml.load(Path(__file__).with_suffix(".yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return table


def _files(before: Side, after: Side, relation: Relation) -> Iterator[Change]:
    """Compare files by content first, then by path. An artefact has other folders than its repository: there the end of the path counts."""
    known = _Folder(before.target.files, exact=relation is not Relation.REPOSITORY)
    for file in after.target.files:
        if file.sha256 in known.contents or "!/" in file.path:
            continue
        twin = known.twin(file.path)
        kind = ChangeKind.FILE_CHANGED if twin else ChangeKind.FILE_ADDED
        expected = relation is Relation.REPOSITORY and _made_by_publishing(file.path, known)
        yield Change(kind=kind, subject=file.path, at=Location(path=file.path), before=twin or "", expected=expected)
    if relation is not Relation.REPOSITORY:
        now = _Folder(after.target.files, exact=True)
        for file in before.target.files:
            if file.sha256 not in now.contents and "!/" not in file.path and not now.twin(file.path):
                yield Change(kind=ChangeKind.FILE_REMOVED, subject=file.path, at=Location(path=""), before=file.path)


class _Folder:
    """The files of one side, found by content or by path."""

    def __init__(self, files: tuple[File, ...], *, exact: bool) -> None:
        self.contents = {file.sha256 for file in files}
        self._exact = exact
        self._paths = {file.path for file in files}
        self._by_name: dict[str, list[str]] = {}
        for path in self._paths:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)
        self.stems = {_stem(path, ending) for path in self._paths for ending in _source_endings() if path.endswith(ending)}

    def twin(self, path: str) -> str | None:
        """Give the file that has this path, or, unless paths are exact, the one of this name whose folders agree longest from the end."""
        if path in self._paths:
            return path
        if self._exact:
            return None
        others = self._by_name.get(path.rpartition("/")[2], [])
        best = max(others, key=lambda other: (_common_end(path, other), -len(other), other), default=None)
        return best if best is not None and (_common_end(path, best) > 1 or "/" not in path or len(others) == 1) else None


def _common_end(one: str, other: str) -> int:
    count = 0
    for mine, yours in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _stem(path: str, ending: str) -> str:
    return path.rpartition("/")[2].removesuffix(ending)


@functools.cache
def _source_endings() -> tuple[str, ...]:
    return tuple(sorted({ending for row in _table()["compiled"] for ending in row["from"]}))


def _made_by_publishing(path: str, source: _Folder) -> bool:
    """Tell whether publishing explains a file that the repository lacks: metadata, or a file compiled from one of the same stem."""
    if any(re.search(row["pattern"], path) for row in _table()["made_by_publishing"]):
        return True
    endings = (ending for row in _table()["compiled"] for ending in row["endings"] if path.endswith(ending))
    return any(_stem(path, ending) in source.stems for ending in endings)


def _tools(before: Side, after: Side, _: Relation) -> Iterator[Change]:
    old = {(tool.kind, tool.name): tool for tool in before.target.tools}
    new = {(tool.kind, tool.name): tool for tool in after.target.tools}
    for key, tool in new.items():
        if key not in old:
            yield Change(kind=ChangeKind.TOOL_ADDED, subject=tool.name, at=tool.at, after=_short(tool.description or ""))
        else:
            yield from _changed_tool(old[key], tool)
    for key, tool in old.items():
        if key not in new:
            yield Change(kind=ChangeKind.TOOL_REMOVED, subject=tool.name, at=Location(path=""), before=_short(tool.description or ""))


def _changed_tool(old: Tool, new: Tool) -> Iterator[Change]:
    for what in ("description", "input_schema", "annotations"):
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            texts = (_short(str(was or "")), _short(str(now or "")))
            yield Change(kind=ChangeKind.TOOL_CHANGED, subject=f"{new.name}: {what}", at=new.at, before=texts[0], after=texts[1])


def _capabilities(before: Side, after: Side, _: Relation) -> Iterator[Change]:
    """Give ids that are new, and ids of which somebody else now chooses the object."""
    old, new = _widest(before.target), _widest(after.target)
    for identity, held in new.items():
        was = old.get(identity)
        if was is None or (was.scope is not held.scope and was.scope.wider(held.scope) is held.scope):
            at = min(held.evidence, default=Location(path=""))
            was_scope = was.scope.value if was else ""
            yield Change(kind=ChangeKind.CAPABILITY_ADDED, subject=identity.value, at=at, before=was_scope, after=held.scope.value)


def _widest(target: Target) -> dict[CapabilityId, Capability]:
    order = list(Scope)
    found: dict[CapabilityId, Capability] = {}
    for held in (*target.capabilities, *(each for tool in target.tools for each in tool.capabilities)):
        known = found.get(held.id)
        if known is None or order.index(held.scope) > order.index(known.scope):
            found[held.id] = held
    return found


def _hosts(before: Side, after: Side, _: Relation) -> Iterator[Change]:
    known = set(_named_hosts(before))
    for host, at in _named_hosts(after).items():
        if host not in known:
            yield Change(kind=ChangeKind.HOST_ADDED, subject=host, at=at, after=host)


def _named_hosts(side: Side) -> dict[str, Location]:
    """Give hosts that the code reaches, and hosts of addresses that stand in it."""
    found: dict[str, Location] = {}
    for held in side.target.capabilities:
        if held.id is CapabilityId.NET_OUT:
            for host in held.objects:
                found.setdefault(host.lower(), min(held.evidence, default=Location(path="")))
    for (kind, value), at in side.literals.items():
        if kind == "url":
            found.setdefault(value.split("//", 1)[1].partition("/")[0].partition(":")[0], at)
    return found


def _dependencies(before: Side, after: Side, _: Relation) -> Iterator[Change]:
    old, new = _runtime(before), _runtime(after)
    for key, package in new.items():
        versions = (_version(old[key]) if key in old else "", _version(package))
        if key not in old:
            yield Change(kind=ChangeKind.DEPENDENCY_ADDED, subject=" ".join(key), at=package.at, after=versions[1])
        elif versions[0] != versions[1]:
            yield Change(kind=ChangeKind.DEPENDENCY_CHANGED, subject=" ".join(key), at=package.at, before=versions[0], after=versions[1])
    for key, package in old.items():
        if key not in new:
            yield Change(kind=ChangeKind.DEPENDENCY_REMOVED, subject=" ".join(key), at=Location(path=""), before=_version(package))


def _runtime(side: Side) -> dict[tuple[str, str], Package]:
    return {(package.ecosystem, package.name): package for package in side.packages if package.scope is PackageScope.RUNTIME}


def _version(package: Package) -> str:
    return package.version or package.requirement or "any version"


def _hooks(before: Side, after: Side, _: Relation) -> Iterator[Change]:
    old = {(run.event, run.command, run.matcher) for run in before.target.autoruns}
    for run in after.target.autoruns:
        if (run.event, run.command, run.matcher) not in old:
            yield Change(kind=ChangeKind.HOOK_ADDED, subject=run.event, at=run.at, after=_short(run.command))


def _new_literals(before: Side, after: Side, _: Relation) -> Iterator[Change]:
    for (kind, value), at in after.literals.items():
        if (kind, value) not in before.literals:
            yield Change(kind=ChangeKind.LITERAL_ADDED, subject=kind, at=at, after=value)


def _literals(target: Target) -> Mapping[tuple[str, str], Location]:
    """Find who and where stands in the texts: mail addresses, hosts, accounts. Bounded; the first place of each is kept."""
    patterns = {kind: re.compile(pattern) for kind, pattern in _table()["literals"].items()}
    found: dict[tuple[str, str], Location] = {}
    for file in target.files:
        text = target.texts.get(file.path, "")[:TEXT_LENGTH]
        for kind, pattern in patterns.items():
            for match in pattern.finditer(text):
                key = kind, match[0].lower().rstrip(".")[:VALUE_LENGTH]
                if key not in found:
                    found[key] = Location(path=file.path, line=text.count("\n", 0, match.start()) + 1)
        if len(found) > LITERALS:
            break
    return found


def _short(text: str) -> str:
    return text[:VALUE_LENGTH]
