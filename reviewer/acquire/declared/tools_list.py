"""A captured answer to ``tools/list``: of whatever envelope it came in, the tools alone, in an order that says nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from checks.model import Unreadable
from reviewer.acquire.declared.plan import Page, Plan
from reviewer.documents import read_json

__all__ = ["TOOLS_PAGE", "read_tools"]

TOOLS_PAGE = "tools-list.json"
ITEMS = 5_000
"""How many tools, prompts and resources are kept; the largest public servers have some hundreds."""

_KINDS = ("tools", "prompts", "resources", "resourceTemplates")
_ENVELOPES = (
    "result",
    "response",
    "data",
    "message",
    "payload",
    "content",
    "toolsList",
    "listTools",
    "tools/list",
    "prompts/list",
    "resources/list",
)
_LEVELS = 4
_EVENT = re.compile(r"data:\s*")


def read_tools(text: str) -> Plan:
    """Read a capture: a result, a bare array of tools, a JSON-RPC answer, several of them in an array or one per line.

    ``fault`` says that it is no such answer.
    """
    faults: list[str] = []
    found: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    instructions: list[str] = []
    errors: list[str] = []
    ends: dict[str, bool] = {}
    for value in _values(text, faults):
        _collect(value, found, instructions, errors, ends)
    known = any(found.values()) or any(_names_kind(value) for value in _values(text, []))
    if not known:
        return Plan(fault=(errors or faults or ["it holds no list of tools"])[0][:200])
    rows = [Unreadable(path=TOOLS_PAGE, reason=fault, gate=True) for fault in faults]
    rows += [Unreadable(path=TOOLS_PAGE, reason=f"one of its answers is an error: {error[:200]}", gate=True) for error in errors]
    rows += [
        Unreadable(path=TOOLS_PAGE, reason=f"every page of its {kind} names a further one (nextCursor): the last one is missing", gate=True)
        for kind, ended in ends.items()
        if not ended
    ]
    kept: dict[str, Any] = {}
    for kind, items in found.items():
        good = [item for item in items if isinstance(item, dict)]
        if len(good) < len(items):
            rows.append(
                Unreadable(path=TOOLS_PAGE, reason=f"{len(items) - len(good)} of its {kind} are no mappings and were not read", gate=True)
            )
        if len(good) > ITEMS:
            rows.append(Unreadable(path=TOOLS_PAGE, reason=f"more than {ITEMS} {kind}: the others are not read", gate=True))
        if good:
            kept[kind] = _ordered(good[:ITEMS])
    if instructions:
        kept["instructions"] = sorted(set(instructions))
    kept.setdefault("tools", [])
    page = Page(path=TOOLS_PAGE, text=json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=True) + "\n")
    return Plan(pages=(page,), unreadable=tuple(rows))


def _ordered(items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Sort by name, and leave out what pages repeat word for word."""
    texts = {json.dumps(item, sort_keys=True): item for item in items}
    return [item for _, item in sorted(texts.items(), key=lambda pair: (str(pair[1].get("name", "")), pair[0]))]


def _values(text: str, faults: list[str]) -> Iterator[object]:
    document = read_json(text)
    if document.value is None and ("\n" in text.strip() or _EVENT.match(text.strip())):
        bare = (_EVENT.sub("", line.strip(), count=1) for line in text.splitlines())  # a stream of events is what such servers answer
        lines = [read_json(line) for line in bare if line.startswith(("{", "["))]
        good = [line for line in lines if line.value is not None]
        if good:
            faults.extend(fault for line in lines for fault in line.faults)
            yield from (line.value for line in good)
            return
    faults.extend(document.faults)
    if document.value is not None:
        yield document.value


def _names_kind(value: object) -> bool:
    level = [value]
    for _ in range(_LEVELS):
        if any(isinstance(item, dict) and isinstance(item.get("tools"), list) for item in level):
            return True
        level = [inner for item in level for inner in _inside(item)]
    return False


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return [value[key] for key in _ENVELOPES if key in value]
    return value[:ITEMS] if isinstance(value, list) else []


def _collect(value: object, found: dict[str, list[Any]], instructions: list[str], errors: list[str], ends: dict[str, bool]) -> None:
    level = [value]
    for _ in range(_LEVELS):
        below: list[object] = []
        for item in level:
            if isinstance(item, list) and item and all(_is_tool(each) for each in item):
                found["tools"].extend(item)
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, dict):
                below.extend(_taken(item, found, instructions, errors, ends))
        level = below


def _is_tool(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and not {"jsonrpc", "result", "tools"}.intersection(value)


def _taken(
    item: Mapping[str, Any], found: dict[str, list[Any]], instructions: list[str], errors: list[str], ends: dict[str, bool]
) -> list[object]:
    """Take the lists of one answer; ``ends`` tells of each kind whether a page was the last one."""
    for kind in _KINDS:
        if isinstance(item.get(kind), list):
            found[kind].extend(item[kind])
            ends[kind] = ends.get(kind, False) or not item.get("nextCursor")
    if isinstance(item.get("instructions"), str):
        instructions.append(item["instructions"])
    error = item.get("error")
    if isinstance(error, dict) and "jsonrpc" in item:
        errors.append(str(error.get("message", "no message")))
    return _inside(item)
