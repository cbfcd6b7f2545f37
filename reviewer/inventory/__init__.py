"""What was submitted: bytes in, one ``Target`` out. Pure; it runs in the sandboxed child and never raises for what a submission holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from checks.model import Capability, Launch, Surface, SurfaceRole, Target, Tool, Unreadable
from reviewer.inventory import autoruns, hooks, kinds, languages, launches, surfaces
from reviewer.inventory.assembly import (
    Owners,
    placed_tools,
    reached_rows,
    run_files,
    served,
    started_by,
    whole_kind,
    with_declared,
    without_doubles,
)
from reviewer.inventory.code import doubted, extract_code
from reviewer.inventory.disguises import disguise_rows, find_disguises, unmasked
from reviewer.inventory.facts import Facts, together
from reviewer.inventory.ledger import Ledger, keep_ledger, share_read
from reviewer.inventory.texts import Layers, Texts
from reviewer.inventory.tree import Tree
from reviewer.model import Snapshot

__all__ = ["take_inventory"]


def take_inventory(snapshot: Snapshot, contents: Mapping[str, bytes]) -> Target:
    """Understand a snapshot.

    Args:
        snapshot: what acquire brought.
        contents: the bytes by their sha256, as lower-case hexadecimal.

    Returns:
        The target. What could not be read stands in its ``unreadable``. Without any component it holds neither server nor Skill.
    """
    readers = languages.discover()
    ledger = keep_ledger(snapshot, contents, (name for language in readers.values() for name in language.READS))
    texts = Texts(Layers(contents, ledger.inner), ledger.origins)
    tree = Tree(snapshot, {file.path: file for file in ledger.files}, texts)
    disguises = find_disguises(tree)
    tree = replace(tree, files=unmasked(tree.files, disguises))
    extraction, unread = extract_code(readers, tree)
    tree = replace(tree, extraction=extraction)
    found = [find(tree) for find in kinds.discover().values()]
    found.extend([hooks.find_settings(tree), launches.find_launches(tree), autoruns.find_autoruns(tree), surfaces.find_rules(tree)])
    facts = together([*found, Facts(unreadable=(*disguise_rows(disguises), *unread))])
    return _assemble(snapshot, ledger, tree, facts)


def _assemble(snapshot: Snapshot, ledger: Ledger, tree: Tree, facts: Facts) -> Target:
    components = without_doubles(facts.components)
    owners = Owners(components)
    tools = placed_tools(tree.extraction.tools, facts.tools, owners)
    of_code = list(served(tree.extraction.capabilities, owners))
    doubts = doubted(tree)
    of_code += served(doubts.capabilities, owners)
    found: list[Capability] = [*of_code, *started_by(facts.autoruns, of_code, tree), *facts.capabilities]
    rows = _rows(ledger, tree, facts)
    kind = whole_kind(components)
    lone = next((component for component in components if component.kind is kind and (not component.root or len(components) == 1)), None)
    return Target(
        kind=kind,
        name=lone.name if lone and not snapshot.package else snapshot.name,
        version=snapshot.version or (lone.version if lone else None),
        components=components,
        files=tuple(tree.files.values()),
        tools=tools,
        capabilities=with_declared(found, facts.declarations, owners),
        launches=_launches(facts, owners),
        autoruns=autoruns.described(facts.autoruns),
        declarations=facts.declarations,
        programs=facts.programs,
        unreadable=rows,
        coverage=share_read(ledger.files, ledger.origins, rows),
        doubts=doubts.places,
        surfaces=_surfaces(tree, facts, tools, owners),
        texts=tree.texts,
    )


def _launches(facts: Facts, owners: Owners) -> tuple[Launch, ...]:
    """Give every launch once: a plugin's configuration is found by its kind, which knows the part, and as a file."""
    kept: dict[object, Launch] = {}
    for launch in facts.launches:
        kept.setdefault((launch.command, launch.at, launch.env), replace(launch, part=launch.part or owners.server_of(launch.at.path)))
    return tuple(kept.values())


def _rows(ledger: Ledger, tree: Tree, facts: Facts) -> tuple[Unreadable, ...]:
    """Give the ledger: each row once, and notes raised to gates where something leads to the file."""
    led = {path for component in facts.components for path in component.references}
    led.update(path for run in facts.autoruns for path in run_files(run, tree))
    rows = reached_rows(ledger.rows, ledger.suspects, frozenset(led))
    return tuple(dict.fromkeys((*rows, *facts.unreadable, *tree.faults())))


def _surfaces(tree: Tree, facts: Facts, tools: Iterable[Tool], owners: Owners) -> tuple[Surface, ...]:
    said = [replace(surface, owner=surface.owner or owners.server_of(surface.at.path)) for surface in tree.extraction.surfaces]
    named = tuple(dict.fromkeys((*surfaces.of_tools(tools), *said, *facts.surfaces)))
    return tuple(surface for surface in named if surface.text.strip() or surface.role is SurfaceRole.TOOL_NAME)
