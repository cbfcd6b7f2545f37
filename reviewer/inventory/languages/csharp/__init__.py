"""Reads C#: MCP servers on the C# SDK and on Azure Functions, and which calls of .NET and its libraries mean which capability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.program.model import Module

__all__ = ["READS", "extract"]

READS = frozenset({"csharp", "msbuild"})


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text); ``global using`` directives of one hold in all. Never raises for what a text holds."""
    from reviewer.inventory.languages.csharp.lowering import global_usings, lower  # noqa: PLC0415  start-up: only submissions with C# code need these
    from reviewer.inventory.languages.csharp.projects import PROJECTS, read_projects  # noqa: PLC0415  start-up: only submissions with C# code need these
    from reviewer.inventory.languages.csharp.releases import older_projects, with_names  # noqa: PLC0415  start-up: only submissions with C# code need these
    from reviewer.inventory.program import read  # noqa: PLC0415  start-up: only submissions with C# code need these
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  start-up: only submissions with C# code need these

    projects = [path for path in files if path.lower().endswith(PROJECTS)]
    older = older_projects(files, projects)
    code = {path: files[path] for path in files if path not in projects}
    shared = global_usings(code)
    said = read_projects({path: files[path] for path in projects})
    shared.wildcards += said.usings.wildcards
    shared.imports |= said.usings.imports
    shared.serves_functions = any("AddMcpServer" in text or "McpServerTool" in text for text in code.values())

    def lowered(path: str, text: str) -> Module:
        module = lower(path, text, shared)
        return with_names(module) if any(not folder or path.startswith(f"{folder}/") for folder in older) else module

    found = read(Dialect(name="csharp", folder=Path(__file__).parent, lower=lowered), code)
    return replace(found, capabilities=(*found.capabilities, *said.capabilities), unreadable=(*found.unreadable, *said.rows))
