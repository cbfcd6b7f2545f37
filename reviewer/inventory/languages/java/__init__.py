"""Read MCP servers that are written in Java."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reviewer.inventory.languages.interface import Extraction

__all__ = ["READS", "extract"]

READS = frozenset({"java"})


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text) of this language."""
    from reviewer.inventory.languages.java.lowering import lower  # noqa: PLC0415  the parser loads only where there is code
    from reviewer.inventory.program import read  # noqa: PLC0415  the same
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  the same

    return read(Dialect(name="java", folder=Path(__file__).parent, lower=lower), files)
