"""Facts into one target: tools to their parts, capabilities merged and compared with what is declared, the kind of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from checks.model import (
    AutoRun,
    Capability,
    CapabilityId,
    Certainty,
    Component,
    Declaration,
    Location,
    Scope,
    TargetKind,
    Tool,
    Trigger,
    Unreadable,
)
from reviewer.inventory.conventions import conventions
from reviewer.inventory.declarations import permissions
from reviewer.inventory.pages import mentions
from reviewer.inventory.tree import Tree

#: How many places of one component, and how many objects, a merged capability keeps.
PLACES = 20
OBJECTS = 50

_IDS = {identity: number for number, identity in enumerate(CapabilityId)}
_SCOPES = {scope: number for number, scope in enumerate(Scope)}
_TRIGGERS = {trigger: number for number, trigger in enumerate(Trigger)}
_CERTAINTIES = {certainty: number for number, certainty in enumerate(Certainty)}
_SERVERS = (TargetKind.BUNDLE, TargetKind.MCP_SERVER)
_GRANTS = frozenset({"allowed-tools", "allowed_tools", "tools", "permissions.allow"})


def whole_kind(components: Iterable[Component]) -> TargetKind:
    """Say what the submission is.

    One component: its kind. A bundle or plugin whose folder is the whole contains the others. Everything else is a collection; so is
    a submission without components, which holds neither server nor Skill and is reviewed by its files alone.
    """
    every = list(components)
    plugins = [component for component in every if component.kind is TargetKind.PLUGIN]
    for component in every:
        if not component.root and (component.kind is TargetKind.BUNDLE or (component.kind is TargetKind.PLUGIN and len(plugins) == 1)):
            return component.kind
    return every[0].kind if len(every) == 1 else TargetKind.COLLECTION


def without_doubles(components: Iterable[Component]) -> tuple[Component, ...]:
    """Leave out servers that are the server of a bundle around them: they are one thing."""
    every = list(components)
    bundles = {component.root for component in every if component.kind is TargetKind.BUNDLE}
    return tuple(c for c in every if c.kind is not TargetKind.MCP_SERVER or bundles.isdisjoint(_above(c.root)))


def _above(path: str) -> Iterator[str]:
    """Give a folder and every folder around it, the whole last."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""


class Owners:
    """Which component a path belongs to: the nearest around it."""

    def __init__(self, components: Iterable[Component]) -> None:
        """Index components by their folder."""
        self._by_root: dict[str, list[Component]] = {}
        for component in components:
            self._by_root.setdefault(component.root, []).append(component)

    def of(self, path: str) -> list[Component]:
        """Give all components around a path, nearest first."""
        return [component for folder in _above(path.rpartition("/")[0]) for component in self._by_root.get(folder, ())]

    def home_of(self, path: str) -> str:
        """Give the id of the nearest component around a path; empty outside of all."""
        return next((component.id for component in self.of(path)), "")

    def is_served(self, path: str) -> bool:
        """Tell whether a path belongs to a server or bundle."""
        return any(component.kind in _SERVERS for component in self.of(path))

    def server_of(self, path: str) -> str:
        """Give the id of the server or bundle around a path, else of the nearest component, else nothing."""
        around = self.of(path)
        return next((c.id for c in around if c.kind in _SERVERS), around[0].id if around else "")


def placed_tools(registered: Iterable[Tool], listed: Iterable[Tool], owners: Owners) -> tuple[Tool, ...]:
    """Give the tools of the code with their parts, and those that only a manifest declares."""
    own = [
        replace(tool, part=owners.server_of(tool.at.path), capabilities=tuple(map(_shortened, tool.capabilities))) for tool in registered
    ]
    known = {(tool.kind, tool.part, tool.name) for tool in own}
    return tuple(sorted([*own, *(tool for tool in listed if (tool.kind, tool.part, tool.name) not in known)], key=_tool_order))


def _shortened(capability: Capability) -> Capability:
    return replace(capability, objects=capability.objects[:OBJECTS], evidence=capability.evidence[:OBJECTS])


def _tool_order(tool: Tool) -> tuple[str, str, str, Location]:
    return tool.part, tool.kind.value, tool.name, tool.at


def started_by(autoruns: Iterable[AutoRun], capabilities: Iterable[Capability], tree: Tree) -> Iterator[Capability]:
    """Repeat the capabilities of files that a hook or an installer starts, with that trigger."""
    triggers: dict[str, set[Trigger]] = {}
    for run in autoruns:
        for path in run_files(run, tree):
            triggers.setdefault(path, set()).add(run.trigger)
    for capability in capabilities:
        wanted = {trigger for at in capability.evidence for trigger in triggers.get(at.path, ())} - {capability.trigger}
        for trigger in sorted(wanted):
            evidence = tuple(at for at in capability.evidence if trigger in triggers.get(at.path, ()))
            yield replace(capability, trigger=trigger, evidence=evidence)


def served(capabilities: Iterable[Capability], owners: Owners) -> Iterator[Capability]:
    """Say what starts code that runs when its file is loaded: a client that starts a server, or a model that runs a script."""
    for capability in capabilities:
        if capability.trigger is not Trigger.AUTOMATIC:
            yield capability
            continue
        inside = tuple(at for at in capability.evidence if owners.is_served(at.path))
        outside = tuple(at for at in capability.evidence if not owners.is_served(at.path))
        if inside:
            yield replace(capability, evidence=inside)
        if outside:
            yield replace(capability, evidence=outside, trigger=Trigger.MODEL)


def run_files(run: AutoRun, tree: Tree) -> Iterator[str]:
    """Give the files of the submission that a command which runs by itself names; a file that runs because it is there, itself."""
    here = run.at.path.rpartition("/")[0]
    if run.at.path.endswith((".py", ".cjs", ".rs")):
        yield run.at.path
    for place in mentions(run.command, tree, here, here.rpartition("/")[0]):
        if place in tree.files:
            yield place


def reached_rows(rows: Iterable[Unreadable], suspects: frozenset[str], reached: frozenset[str]) -> tuple[Unreadable, ...]:
    """Raise notes on files that an agent, hook or launch leads to: now they could execute or instruct."""
    return tuple(replace(row, gate=True) if row.path in suspects and row.path in reached else row for row in rows)


def with_declared(capabilities: Iterable[Capability], declarations: Iterable[Declaration], owners: Owners) -> tuple[Capability, ...]:
    """Mark what a declaration of the component around it covers, and merge. What is declared in one place only is not declared."""
    covered = _covered(declarations)
    groups: dict[tuple[int, int, int], list[Capability]] = {}
    for capability in capabilities:
        key = _IDS[capability.id], _SCOPES[capability.scope], _TRIGGERS[capability.trigger]
        marked = capability if capability.declared else replace(capability, declared=_is_covered(capability, covered, owners))
        groups.setdefault(key, []).append(marked)
    return tuple(_merged(group, owners) for _, group in sorted(groups.items()))


def _merged(group: list[Capability], owners: Owners) -> Capability:
    """Merge what has the same id, scope and trigger. Of every component some places are kept, so that each can be judged by itself."""
    places = sorted({at for capability in group for at in capability.evidence})
    counted: Counter[str] = Counter()
    kept = []
    for at in places:
        home = owners.home_of(at.path)
        counted[home] += 1
        if counted[home] <= PLACES:
            kept.append(at)
    return replace(
        group[0],
        certainty=min((capability.certainty for capability in group), key=_CERTAINTIES.__getitem__),
        declared=all(capability.declared for capability in group),
        objects=tuple(sorted({text for capability in group for text in capability.objects}))[:OBJECTS],
        evidence=tuple(kept),
    )


def _covered(declarations: Iterable[Declaration]) -> Mapping[str, set[CapabilityId]]:
    table = conventions()["permissions"]
    covered: dict[str, set[CapabilityId]] = {}
    for declaration in declarations:
        if declaration.field in _GRANTS:
            for rule in permissions(declaration.value):
                known = table.get(rule.partition("(")[0], ())
                covered.setdefault(declaration.part, set()).update(map(CapabilityId, known))
    return covered


def _is_covered(capability: Capability, covered: Mapping[str, set[CapabilityId]], owners: Owners) -> bool:
    if not covered or not capability.evidence:
        return False
    return all(any(capability.id in covered.get(c.id, ()) for c in owners.of(at.path)) for at in capability.evidence)
