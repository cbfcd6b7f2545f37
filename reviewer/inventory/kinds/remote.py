"""Servers that run elsewhere: known by their declaration, and by a captured list of their tools where one was given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.model import (
    Capability,
    CapabilityId,
    Certainty,
    Component,
    Location,
    Scope,
    Surface,
    SurfaceRole,
    TargetKind,
    Tool,
    ToolKind,
    Trigger,
    Unreadable,
)
from reviewer.documents import line_of, text_or_none
from reviewer.inventory.brought import of_origin
from reviewer.inventory.facts import Facts, beyond, together
from reviewer.inventory.identity import component_id
from reviewer.inventory.languages.values import host_of
from reviewer.inventory.launches import read_servers
from reviewer.inventory.surfaces import schema_texts
from reviewer.inventory.tree import Tree
from reviewer.model import Origin, SourcePart
from reviewer.tables import load_table

#: How many tools of one list are read; the largest public servers have some hundreds.
KEPT = 2_000

_PAGE, _TOOLS = "remote.json", "tools-list.json"
_KINDS = (
    ("tools", ToolKind.TOOL),
    ("prompts", ToolKind.PROMPT),
    ("resources", ToolKind.RESOURCE),
    ("resourceTemplates", ToolKind.RESOURCE),
)
_SHOWN = frozenset({"name", "description", "title", "inputSchema", "input_schema", "arguments", "annotations", "uri", "uriTemplate"})
_ELSEWHERE = "its code runs elsewhere, was not submitted and can change at any time"
_UNKNOWN = f"{_ELSEWHERE}; its tools are unknown, as nothing was contacted and no answer to tools/list was given"


def find(tree: Tree) -> Facts:
    """Give every remote server that a source declares."""
    return together(_remote(part, tree) for part in of_origin(tree, Origin.REMOTE))


def _remote(part: SourcePart, tree: Tree) -> Facts:
    prefix = f"{part.root}/" if part.root else ""
    page, captured = prefix + _PAGE, prefix + _TOOLS
    declaration = tree.document(page).mapping
    identity = component_id(TargetKind.REMOTE, part.root)
    at = Location(path=page, line=1)
    given = captured in tree.texts
    component = Component(
        id=identity,
        kind=TargetKind.REMOTE,
        root=part.root,
        name=part.name,
        at=at,
        transport=_transport(declaration),
    )
    url = text_or_none(declaration.get("url")) or ""
    row = Unreadable(path=page, reason=_ELSEWHERE if given else _UNKNOWN, gate=not given)
    facts = [Facts(components=(component,), unreadable=(row,), capabilities=tuple(_powers(url, at, of_tool=False)))]
    if url:
        facts.append(read_servers({part.name: declaration}, page, tree.texts[page], identity))
    if given:
        facts.append(_listed(captured, identity, url, tree))
    return together(facts)


def _transport(declaration: Mapping[str, Any]) -> str:
    said = text_or_none(declaration.get("type")) or text_or_none(declaration.get("transport")) or ""
    return "sse" if said.lower() == "sse" else "http"


def _powers(url: str, at: Location, *, of_tool: bool) -> Iterator[Capability]:
    host = host_of(url, complete=True)
    for row in load_table(Path(__file__).parent / "remote.yaml")["capabilities"]:
        known = row.get("host") is not True or (host is not None and "$" not in host and "{" not in host)
        if row.get("tool") is True and not of_tool:
            continue
        yield Capability(
            id=CapabilityId(row["id"]),
            scope=Scope(row["scope"]) if known else Scope.CONFIGURATION,
            trigger=Trigger.MODEL,
            certainty=Certainty(row["certainty"]),
            objects=(host,) if host and known and row.get("host") else (),
            evidence=(at,),
        )


def _listed(path: str, identity: str, url: str, tree: Tree) -> Facts:
    content, text = tree.document(path).mapping, tree.texts[path]
    places = _lines(text)
    facts = []
    for key, kind in _KINDS:
        items = content.get(key)
        entries = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        facts.append(beyond(entries, KEPT, path, key))
        tools = tuple(_tool(entry, kind, path, places, identity, url) for entry in entries[:KEPT])
        capabilities = tuple(capability for tool in tools for capability in tool.capabilities)
        facts.append(Facts(tools=tools, capabilities=capabilities, unreadable=tuple(_odd(entries[:KEPT], kind, path))))
        facts.append(Facts(surfaces=tuple(_further(entries[:KEPT], tools))))
    said = content.get("instructions")
    for one in said if isinstance(said, list) else ():
        if isinstance(one, str):
            at = Location(path=path, line=line_of(text, '"instructions"') or 1)
            facts.append(Facts(surfaces=(Surface(role=SurfaceRole.INSTRUCTIONS, owner=identity, text=one, at=at),)))
    return together(facts)


def _lines(text: str) -> Mapping[str, int]:
    """Give the first line on which each name stands; the page is ours, with one field per line."""
    places: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        field, _, value = line.strip().partition(": ")
        if field in {'"name"', '"uri"', '"uriTemplate"'}:
            places.setdefault(value.rstrip(","), number)
    return places


def _tool(entry: Mapping[str, Any], kind: ToolKind, path: str, places: Mapping[str, int], identity: str, url: str) -> Tool:
    name = next((entry[key] for key in ("name", "uri", "uriTemplate") if isinstance(entry.get(key), str)), "")
    at = Location(path=path, line=places.get(json.dumps(name), 1))
    schema = entry.get("inputSchema", entry.get("input_schema", entry.get("arguments")))
    annotations = entry.get("annotations")
    hints = dict(annotations) if isinstance(annotations, dict) else {}
    if isinstance(entry.get("title"), str):
        hints.setdefault("title", entry["title"])
    return Tool(
        kind=kind,
        part=identity,
        name=name or "(no name)",
        at=at,
        description=text_or_none(entry.get("description")),
        input_schema=schema if isinstance(schema, dict) else {"arguments": schema} if isinstance(schema, list) else None,
        annotations=hints or None,
        capabilities=tuple(_powers(url, at, of_tool=kind is not ToolKind.PROMPT)),
    )


def _further(entries: list[dict[str, Any]], tools: Iterable[Tool]) -> Iterator[Surface]:
    """Give texts of entries for which a tool has no field: clients may show them to the model all the same."""
    for entry, tool in zip(entries, tools, strict=True):
        for text in schema_texts({key: value for key, value in entry.items() if key not in _SHOWN}):
            yield Surface(role=SurfaceRole.SCHEMA, owner=tool.name, text=text, at=tool.at)


def _odd(entries: list[dict[str, Any]], kind: ToolKind, path: str) -> Iterator[Unreadable]:
    """Tell what a client may read otherwise: names that stand twice or are no text, descriptions and schemas of a wrong type."""
    names = [entry.get("name") for entry in entries]
    texts = [name for name in names if isinstance(name, str)]
    if len(set(texts)) < len(texts) and kind is not ToolKind.RESOURCE:  # a resource is known by its address
        yield Unreadable(path=path, reason="a name stands twice in the captured list with different content", gate=True)
    wrong = sum(
        not isinstance(entry.get("name", entry.get("uri", entry.get("uriTemplate"))), str)
        or not isinstance(entry.get("description", ""), str)
        or not isinstance(entry.get("inputSchema", {}), dict)
        for entry in entries
    )
    if wrong:
        yield Unreadable(path=path, reason=f"{wrong} entries of the captured list have a field of a wrong type", gate=True)
