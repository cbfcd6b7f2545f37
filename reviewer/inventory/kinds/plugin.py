"""Plugins: a folder with ``.claude-plugin/plugin.json`` or an entry of a marketplace; and ``.claude`` folders, which hold the same things.

Skills and servers inside are components of their own; here are commands, agents, hooks, and the servers that are configured.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from checks.model import Component, Location, SurfaceRole, TargetKind, Unreadable
from reviewer.documents import strings, text_or_none
from reviewer.inventory.agent_pages import named_pages
from reviewer.inventory.brought import of_origin
from reviewer.inventory.conventions import names
from reviewer.inventory.facts import Facts, beyond, together
from reviewer.inventory.file_types import is_vendored
from reviewer.inventory.hooks import read_hooks
from reviewer.inventory.identity import component_id
from reviewer.inventory.launches import is_servers, read_servers
from reviewer.inventory.tree import Tree
from reviewer.model import Origin, SourcePart

#: How many entries of one marketplace are read; the largest published one has some hundreds.
ENTRIES = 2_000

_PROJECT = re.compile(r"((?:.*/)?\.claude/(?:commands|agents))/", re.DOTALL)


def find(tree: Tree) -> Facts:
    """Give every plugin, whether it has a manifest or only a marketplace's entry, and what ``.claude`` folders hold."""
    manifests = {
        path.rpartition("/")[0].rpartition("/")[0]: path
        for path in tree.named("plugin.json")
        if path.rpartition("/")[0].rpartition("/")[2].lower() in names("plugin_folders")
    }
    facts = [_plugin(root, tree.document(path).mapping, path, tree) for root, path in sorted(manifests.items())]
    for path in tree.named("marketplace.json"):
        if path.rpartition("/")[0].rpartition("/")[2].lower() in names("plugin_folders"):
            facts.extend(_marketplace(path, set(manifests), tree))
    facts.extend(_project(folder, tree) for folder in sorted(_project_folders(tree)))
    return together(facts)


def _marketplace(path: str, known: set[str], tree: Tree) -> Iterator[Facts]:
    """Read entries that lie in the submission. Those that lie elsewhere are named in one row: they are not part of these bytes."""
    base = path.rpartition("/")[0].rpartition("/")[0]
    content = tree.document(path).mapping
    metadata = content.get("metadata")
    prefix = metadata.get("pluginRoot") if isinstance(metadata, dict) else None
    folder = posixpath.join(base, prefix if isinstance(prefix, str) else "")
    listed = content.get("plugins")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    yield beyond(entries, ENTRIES, path, "plugins")
    entries = entries[:ENTRIES]
    local = [(_normal(folder, entry["source"]), entry) for entry in entries if isinstance(entry.get("source"), str)]
    shared = Counter(root for root, _ in local)
    unread = {part.root for part in of_origin(tree, Origin.PLUGIN) if not part.fetched}
    for root, entry in local:
        if not tree.holds(root) or root in unread:
            continue
        if root in known:
            yield _contents(root, entry, path, component_id(TargetKind.PLUGIN, root), tree)[1]
        else:
            yield _plugin(root, entry, path, tree, label=str(entry.get("name"))[:100] if shared[root] > 1 else "")
    yield from _elsewhere([entry for entry in entries if not isinstance(entry.get("source"), str)], path, known, tree)


def _elsewhere(entries: list[dict[str, Any]], path: str, known: set[str], tree: Tree) -> Iterator[Facts]:
    """Read entries whose plugins lie elsewhere, as far as acquire has brought them; only the submitted marketplace's were asked for."""
    submitted = path.count("/") == 1
    brought = _brought(tree) if submitted else {}
    absent = []
    if submitted:
        yield Facts(components=tuple(_unread(part, path) for part in of_origin(tree, Origin.PLUGIN) if not part.fetched))
    for entry in entries:
        name = (text_or_none(entry.get("name")) or "unnamed")[:100]
        part = brought[name].pop(0) if brought.get(name) else None
        if part is None:
            absent.append(name[:60])
        elif part.fetched and part.root in known:
            yield _contents(part.root, entry, path, component_id(TargetKind.PLUGIN, part.root), tree)[1]
        elif part.fetched:
            yield _plugin(part.root, entry, path, tree)
    if absent:
        some = ", ".join(absent[:5]) + (", …" if len(absent) > 5 else "")  # noqa: PLR2004  a few names are enough to find the place
        reason = f"lists plugins that lie elsewhere and are not part of this submission ({len(absent)}): {some}"
        yield Facts(unreadable=(Unreadable(path=path, reason=reason, gate=True),))


def _brought(tree: Tree) -> dict[str, list[SourcePart]]:
    """Give the parts that acquire has made of plugins that lie elsewhere, by their names in the marketplace."""
    named: dict[str, list[SourcePart]] = {}
    for part in of_origin(tree, Origin.PLUGIN):
        if part.source or not part.fetched:
            named.setdefault(part.name, []).append(part)
    return named


def _unread(part: SourcePart, path: str) -> Component:
    """List a plugin that could not be brought; acquire says in a row of its own why."""
    return Component(
        id=component_id(TargetKind.PLUGIN, part.root),
        kind=TargetKind.PLUGIN,
        root=part.root,
        name=part.name,
        at=Location(path=path, line=1),
    )


def _normal(*parts: str) -> str:
    place = posixpath.normpath(posixpath.join(*parts))
    return "" if place == "." else place


def _plugin(root: str, content: Mapping[str, Any], path: str, tree: Tree, label: str = "") -> Facts:
    """Read one plugin. ``label`` tells apart entries of a marketplace that share a folder and differ in the Skills that they list."""
    identity = component_id(TargetKind.PLUGIN, root) + (f"#{label}" if label else "")
    references, facts = _contents(root, content, path, identity, tree)
    skills = [_normal(root, value, "SKILL.md") for value in strings(content.get("skills"))]
    references = tuple(dict.fromkeys((*references, *(page for page in skills if page in tree.files))))
    component = Component(
        id=identity,
        kind=TargetKind.PLUGIN,
        root=root,
        name=text_or_none(content.get("name")) or root.rpartition("/")[2] or tree.snapshot.name,
        at=Location(path=path, line=1),
        version=text_or_none(content.get("version")),
        description=text_or_none(content.get("description")),
        references=references,
    )
    return together([Facts(components=(component,)), facts])


def _contents(root: str, content: Mapping[str, Any], path: str, owner: str, tree: Tree) -> tuple[tuple[str, ...], Facts]:
    """Read what lies in the usual places and what the manifest names."""
    commands, told = named_pages(_pages(root, "commands", content.get("commands"), tree), SurfaceRole.COMMAND, owner, root, tree)
    agents, more = named_pages(_pages(root, "agents", content.get("agents"), tree), SurfaceRole.AGENT, owner, root, tree)
    facts = [told, more, *_hooks(root, content.get("hooks"), path, owner, tree)]
    for key, default in (("mcpServers", ".mcp.json"), ("lspServers", ".lsp.json")):
        facts.extend(_servers(root, key, default, content.get(key), path, owner, tree))
    return tuple(dict.fromkeys((*commands, *agents))), together(facts)


def _pages(root: str, folder: str, named: object, tree: Tree) -> list[str]:
    """Give the pages in the default folder and those that the manifest names: paths, or a mapping with ``source``."""
    values = [value.get("source") for value in named.values() if isinstance(value, dict)] if isinstance(named, dict) else strings(named)
    places = [
        posixpath.join(root, folder),
        *(posixpath.normpath(posixpath.join(root, value)) for value in values if isinstance(value, str)),
    ]
    found: dict[str, None] = {}
    for place in places:
        inside = [place] if place in tree.texts else tree.below(place, ".md") if place not in {"", "."} else []
        found.update((path, None) for path in inside if not is_vendored(path) and not path.lower().endswith("/skill.md"))
    return list(found)


def _hooks(root: str, named: object, path: str, owner: str, tree: Tree) -> Iterator[Facts]:
    default = posixpath.join(root, "hooks/hooks.json")
    files = {default, *(posixpath.normpath(posixpath.join(root, value)) for value in strings(named))}
    inline = [named] if isinstance(named, dict) else [item for item in named if isinstance(item, dict)] if isinstance(named, list) else []
    for value in inline:
        yield read_hooks(value.get("hooks", value), path, tree.texts[path], owner)
    for file in sorted(files):
        if file in tree.texts:
            content = tree.document(file).mapping
            yield read_hooks(content.get("hooks", content), file, tree.texts[file], owner)


def _servers(root: str, key: str, default: str, named: object, path: str, owner: str, tree: Tree) -> Iterator[Facts]:
    if isinstance(named, dict):
        yield read_servers(named, path, tree.texts[path], owner)
    for value in (default, *strings(named)):
        file = posixpath.normpath(posixpath.join(root, value))
        if file in tree.texts and file.endswith(".json"):
            content = tree.document(file).mapping
            inner = content.get(key)
            yield read_servers(inner if is_servers(inner) else content, file, tree.texts[file], owner)


def _project_folders(tree: Tree) -> set[str]:
    matches = (_PROJECT.match(f"{folder}/") for folder in tree.folders if not is_vendored(f"{folder}/"))
    return {match[1] for match in matches if match}


def _project(folder: str, tree: Tree) -> Facts:
    """Read the commands and agents that a project brings along for its own users."""
    role = SurfaceRole.COMMAND if folder.endswith("commands") else SurfaceRole.AGENT
    return named_pages(tree.below(folder, ".md"), role, folder, folder.rpartition("/.claude")[0], tree)[1]
