"""Read MCP servers that are written in Kotlin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reviewer.inventory.languages.interface import Extraction

__all__ = ["READS", "extract"]

READS = frozenset({"kotlin"})


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text) of this language."""
    from reviewer.inventory.languages.kotlin.lowering import lower  # noqa: PLC0415  the parser loads only where there is code
    from reviewer.inventory.program import read  # noqa: PLC0415  the same
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  the same

    return read(Dialect(name="kotlin", folder=Path(__file__).parent, lower=lower), files)
