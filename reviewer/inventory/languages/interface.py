"""What a language folder gives: ``extract(files)`` turns source texts into tools and capabilities.

Every folder beside this module is a language; its name is the ``File.language`` that it reads (``javascript`` reads ``typescript``
and their JSX dialects too: see ``READS`` in its ``__init__``). It must never raise for what a text holds: what it cannot parse it
returns as ``Unreadable``. It reads all files of its language at once, so that constants and calls can be followed across files.
Two names are optional: ``MANIFESTS``, lower-case names of files that it is given beside its code because they say under which names
the code is imported, and ``TYPES_ONLY``, endings of files of its language that nothing runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from checks.model import Capability, Location, Surface, Tool, Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFact:
    """An MCP server object as the code makes it: ``FastMCP("name", instructions=…)``, ``new McpServer({name, version})``."""

    at: Location
    name: str | None = None
    version: str | None = None
    transport: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that a language's files say.

    ``tools`` carry their own capabilities (``part`` is empty here; the caller assigns it by path).
    ``capabilities`` are those of all code: reached from tools, import-time, or neither, merged by (id, scope, trigger).
    ``surfaces`` are texts for the model other than tool descriptions, such as server instructions.
    """

    servers: tuple[ServerFact, ...] = ()
    tools: tuple[Tool, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


class Language(Protocol):
    """A language folder, as a module."""

    READS: frozenset[str]

    def extract(self, files: Mapping[str, str]) -> Extraction:
        """Read all files (path to text) of this language."""
        ...
