"""The child that reads one document: ``main`` in a fresh interpreter, with one argument, the task as JSON.

It cuts itself off, reads, and writes a ``Plan`` into ``plan.json`` of a folder of its own. The bytes themselves stay where they are.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reviewer.acquire.confined import child_limits
from reviewer.acquire.declared.configuration import client_table, read_configuration
from reviewer.acquire.declared.documents import decoded
from reviewer.acquire.declared.entry import read_entry
from reviewer.acquire.declared.lookup import find_entry
from reviewer.acquire.declared.marketplace import read_marketplace
from reviewer.acquire.declared.plan import Plan
from reviewer.acquire.declared.redaction import is_secret_name, masked
from reviewer.acquire.declared.starts import start_table
from reviewer.acquire.declared.tools_list import read_tools
from reviewer.acquire.limits import Limits
from reviewer.isolation import confine
from reviewer.model import Isolation

__all__ = ["PLAN", "main", "plan_for"]

PLAN = "plan.json"
DUMPS = (".json", ".jsonl", ".ndjson")
DUMP_FILES = 50_000
"""How many files of a dump are read."""


def main() -> None:
    """Do the task of the command line: ``{"what", "files", "name", "version", "path", "out", "level", "limits"}``."""
    order = json.loads(sys.argv[1])
    limits = Limits(**order["limits"])
    out = Path(order["out"])
    _load_tables()
    confine(child_limits(limits), readable=[Path(file) for file in order["files"]], writable=[out], level=Isolation(order["level"]))
    texts = (_text(path, limits) for file in order["files"] for path in _files(Path(file)))
    (out / PLAN).write_text(json.dumps(asdict(plan_for(order, texts))), encoding="ascii")


def _files(place: Path) -> Iterator[Path]:
    """Give a file, or the files of a dump in a folder, by name; links are not followed."""
    if not place.is_dir():
        yield place
        return
    found = (path for path in place.rglob("*") if path.suffix in DUMPS and path.is_file() and not path.is_symlink())
    yield from sorted(itertools.islice(found, DUMP_FILES))


def _text(path: Path, limits: Limits) -> str:
    """Read a file; one that is too large is as unreadable as one that is empty, and said as such."""
    return "" if path.stat().st_size > limits.page_bytes else decoded(path.read_bytes())


def _load_tables() -> None:
    """Read our own tables while files may still be opened."""
    client_table()
    start_table()
    is_secret_name("a")
    masked("a=b")


def plan_for(order: Mapping[str, Any], texts: Iterator[str]) -> Plan:
    """Read the documents as what they should be; nesting that ends Python's patience is a fault like any other."""
    try:
        match order["what"]:
            case "entry":
                return read_entry(next(texts))
            case "lookup":
                return find_entry(texts, order["name"], order["version"])
            case "marketplace":
                return read_marketplace(next(texts), order["path"])
            case "tools":
                return read_tools(next(texts))
            case _:
                return read_configuration(order["path"], next(texts))
    except RecursionError:
        return Plan(fault="it is nested too deeply to be read")
