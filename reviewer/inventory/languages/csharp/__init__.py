"""Reads C#: MCP servers on the C# SDK and on Azure Functions, and which calls of .NET and its libraries mean which capability."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from reviewer.inventory.languages.interface import Extraction

__all__ = ["READS", "extract"]

READS = frozenset({"csharp"})


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text); ``global using`` directives of one hold in all. Never raises for what a text holds."""
    from reviewer.inventory.languages.csharp.lowering import global_usings, lower  # noqa: PLC0415  start-up: only submissions with C# code need these
    from reviewer.inventory.program import read  # noqa: PLC0415  start-up: only submissions with C# code need these
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  start-up: only submissions with C# code need these

    shared = global_usings(files)
    shared.serves_functions = any("AddMcpServer" in text or "McpServerTool" in text for text in files.values())
    return read(Dialect(name="csharp", folder=Path(__file__).parent, lower=functools.partial(lower, shared=shared)), files)
