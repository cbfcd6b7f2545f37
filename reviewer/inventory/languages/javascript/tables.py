"""The words of ``registrations.yaml``: which packages, methods, requests and folders mean what."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from checks.model import ToolKind


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sdk(_Row):
    """A package whose objects are MCP servers."""

    prefix: str
    why: str


class Method(_Row):
    """A method that registers something."""

    kind: ToolKind
    shape: Literal["config", "loose", "resource", "object", "objects"]
    certain: bool


class Request(_Row):
    """A request of the protocol."""

    name: str = ""
    schema_name: str
    kind: ToolKind
    member: str = ""


class Inlined(_Row):
    """A class of an SDK, known by its members."""

    server: bool
    members: frozenset[str]
    why: str


class Members(_Row):
    """Names of members by meaning."""

    schema_names: tuple[str, ...]
    handler: tuple[str, ...]
    name: tuple[str, ...]


class Tests(_Row):
    """What marks a file as a test."""

    folders: frozenset[str]
    suffixes: tuple[str, ...]
    frameworks: frozenset[str]


class Table(_Row):
    """The whole of ``registrations.yaml``."""

    modules: tuple[Sdk, ...]
    types: frozenset[str]
    distinctive: frozenset[str]
    methods: dict[str, Method]
    requests: tuple[Request, ...]
    members: Members
    inlined: tuple[Inlined, ...]
    transports: dict[str, str]
    tool_classes: frozenset[str]
    tests: Tests
    compiled: frozenset[str]
    sources: frozenset[str]
    pure: frozenset[str]
    same: frozenset[str]
    runs_texts: frozenset[str]
    common: frozenset[str]
    aliases: dict[str, str]
    platform: frozenset[str]
    transparent: frozenset[str]
    libraries: dict[str, frozenset[str]]

    def canonical(self, path: str) -> str:
        """Give the name under which the tables of capabilities know an imported name."""
        for _ in range(3):
            end = len(path)
            while end > 0:
                if path[:end] in self.aliases:
                    path = (self.aliases[path[:end]] + path[end:]).lstrip(".")
                    break
                end = max(path.rfind(".", 0, end), path.rfind("/", 0, end))
            else:
                break
        return path

    def is_sdk(self, path: str) -> bool:
        """Tell whether an imported name belongs to a package that makes MCP servers."""
        return any(
            (path.startswith(row.prefix) and path[len(row.prefix) : len(row.prefix) + 1] in {"", ".", "/"})
            or (row.prefix.endswith("/") and path.startswith(row.prefix))
            for row in self.modules
        )


@functools.cache
def load_registrations() -> Table:
    """Read the table. It is ours: a mistake in it raises pydantic's ValidationError."""
    text = (Path(__file__).parent / "registrations.yaml").read_bytes()
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders
    content["requests"] = [
        {"name": name, "schema_name": row["schema"], "kind": row["kind"], "member": row.get("member", "")}
        for name, row in content["requests"].items()
    ]
    members = content["members"]
    content["members"] = {"schema_names": members["schema"], "handler": members["handler"], "name": members["name"]}
    return Table.model_validate(content)
