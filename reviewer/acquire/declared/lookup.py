"""Finds one entry in what a registry gave: an answer of its interface, a list in pages, or a dump in one or many files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from checks.model import Unreadable
from reviewer.acquire.declared.documents import at
from reviewer.acquire.declared.entry import ENTRY_PAGE, first, is_entry, official, plan_of, unwrapped, version_of
from reviewer.acquire.declared.plan import Page, Plan
from reviewer.documents import read_json

__all__ = ["find_entry"]

OTHERS = 20
"""How many of the versions that there are are told."""

_LISTS = ("servers", "data.servers", "entries", "items", "results")
_CURSORS = ("metadata.nextCursor", "metadata.next_cursor", "nextCursor", "next_cursor")


def find_entry(texts: Iterable[str], name: str, version: str) -> Plan:
    """Find an entry by its name, at a version or the newest. ``fault`` says that there is none.

    Where a name and version stand twice with different content, that is a row: whoever wrote the dump last decides what people get.
    """
    found: list[Mapping[str, Any]] = []
    faults: list[str] = []
    cursor = ""
    for text in texts:
        for value in _values(text, faults):
            cursor = next((str(c) for path in _CURSORS for c in at(value, path) if isinstance(c, str)), cursor)
            found.extend(answer for answer in _answers(value) if first(unwrapped(answer), "name") == name)
    versions = list(dict.fromkeys(version_of(unwrapped(answer)) for answer in found))
    wanted = version if version and version != "latest" else _newest(found)
    chosen = [answer for answer in found if version_of(unwrapped(answer)) == wanted]
    if not chosen:
        fault = "no such version" if found else "no such entry"
        return Plan(fault=fault, cursor=cursor, others=tuple(versions[-OTHERS:]))
    plan = plan_of(chosen[-1])
    rows = [Unreadable(path=ENTRY_PAGE, reason=fault, gate=True) for fault in faults]
    if len({_canonical(unwrapped(answer)) for answer in chosen}) > 1:
        rows.append(
            Unreadable(path=ENTRY_PAGE, reason="the registry holds this name and version more than once, with different content", gate=True)
        )
    page = Page(path=ENTRY_PAGE, text=json.dumps(unwrapped(chosen[-1]), indent=1, sort_keys=True) + "\n")
    return Plan(
        name=plan.name, version=plan.version, pages=(page,), wanted=plan.wanted, unreadable=(*plan.unreadable, *rows), cursor=cursor
    )


def _canonical(entry: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in entry.items() if key != "_meta"}, sort_keys=True)


def _values(text: str, faults: list[str]) -> Iterator[object]:
    """Read a text as one JSON document, or as one per line."""
    document = read_json(text)
    if document.value is not None:
        faults.extend(document.faults)
        yield document.value
        return
    lines = [line for line in text.splitlines() if line.strip()]
    read = [read_json(line) for line in lines] if len(lines) > 1 else []
    good = [line for line in read if line.value is not None]
    if not good:
        faults.extend(document.faults)
        return
    if len(good) < len(read):
        faults.append(f"{len(read) - len(good)} lines of the registry's file cannot be read")
    for line in good:
        faults.extend(line.faults)
        yield line.value


def _answers(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict) and is_entry(unwrapped(value)):
        yield value
        return
    listed = (
        value if isinstance(value, list) else next((found for path in _LISTS for found in at(value, path) if isinstance(found, list)), [])
    )
    yield from (item for item in listed if isinstance(item, dict) and isinstance(unwrapped(item).get("name"), str))


def _newest(found: Iterable[Mapping[str, Any]]) -> str:
    """Give the version that the registry calls the latest; else the highest by the numbers in it."""
    every = list(found)
    marked = [answer for answer in every if official(answer).get("isLatest") is True or official(answer).get("is_latest") is True]
    return max((version_of(unwrapped(answer)) for answer in marked or every), key=_order, default="")


def _order(version: str) -> tuple[tuple[int, ...], bool, str]:
    numbers = tuple(int(number[:18]) for number in re.findall(r"[0-9]+", version.partition("-")[0])[:8])
    return numbers, "-" not in version, version
