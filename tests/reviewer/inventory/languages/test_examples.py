from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.model import Capability, Tool
from reviewer.inventory.languages import discover
from reviewer.inventory.languages.interface import Extraction

_FOLDER = Path(__file__).parents[4] / "reviewer" / "inventory" / "languages"
_MAIN = {"go": "main.go", "rust": "src/main.rs", "java": "src/Main.java", "kotlin": "src/Main.kt", "csharp": "Program.cs"}


@functools.cache
def _rows() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.parent.name, row) for path in sorted(_FOLDER.glob("*/examples.yaml")) for row in yaml.safe_load(path.read_text("utf-8")) or ()
    ]


def _named() -> Iterator[Any]:
    for index, (language, row) in enumerate(_rows()):
        yield pytest.param(language, row, id=f"{language}-{index}-{row.get('shows', '')}"[:80])


def _powers(capabilities: tuple[Capability, ...]) -> list[str]:
    return sorted({f"{each.id.value}:{each.scope.value}" for each in capabilities})


def _seen(tool: Tool, wanted: dict[str, Any]) -> dict[str, Any]:
    schema = tool.input_schema or {}
    known: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "dynamic": tool.dynamic,
        "kind": tool.kind.value,
        "path": tool.at.path,
        "line": tool.at.line,
        "handler": tool.handler.line if tool.handler else None,
        "last": tool.last,
        "capabilities": _powers(tool.capabilities),
        "input": list(schema.get("properties", {})),
        "schema": dict(schema),
        "required": list(schema.get("required", ())),
        "hints": dict(tool.annotations or {}),
    }
    return {key: known[key] for key in wanted}


def _found(extraction: Extraction, expect: dict[str, Any]) -> dict[str, Any]:
    tools = sorted(extraction.tools, key=lambda tool: (tool.at, tool.name))
    wanted: list[dict[str, Any]] = expect.get("tools", [])
    known: dict[str, Any] = {
        "tools": [_seen(tool, wanted[index] if index < len(wanted) else {"name": ""}) for index, tool in enumerate(tools)],
        "capabilities": _powers(extraction.capabilities),
        "servers": [
            {key: getattr(server, key) for key in (expect.get("servers") or [{}])[min(index, len(expect.get("servers") or [{}]) - 1)]}
            for index, server in enumerate(extraction.servers)
        ],
        "unreadable": len(extraction.unreadable),
        "surfaces": [surface.text for surface in extraction.surfaces],
    }
    return {key: known[key] for key in expect}


def _sorted(expect: dict[str, Any]) -> dict[str, Any]:
    tools = [{**tool, "capabilities": sorted(tool["capabilities"])} if "capabilities" in tool else tool for tool in expect.get("tools", [])]
    given = {**expect, "tools": tools} if "tools" in expect else dict(expect)
    return {**given, "capabilities": sorted(given["capabilities"])} if "capabilities" in given else given


@pytest.mark.parametrize(("language", "row"), list(_named()))
def test_every_example_is_read_as_its_row_says(language: str, row: dict[str, Any]) -> None:
    files = row.get("files") or {row.get("path") or _MAIN[language]: row["code"]}
    extraction = discover()[language].extract(files)
    assert _found(extraction, row["expect"]) == _sorted(row["expect"])
