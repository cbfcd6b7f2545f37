"""Read MCP servers that are written in JavaScript or TypeScript, as sources, compiled, or bundled."""

from __future__ import annotations

from collections.abc import Mapping

from checks.model import Unreadable
from reviewer.inventory.languages.interface import Extraction

__all__ = ["READS", "extract"]

READS = frozenset({"javascript", "typescript", "tsx", "jsx"})


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text) of this language."""
    from reviewer.inventory.languages.javascript.reading import read_files  # noqa: PLC0415  the parser loads only where there is code

    try:
        return read_files(files)
    except (RecursionError, MemoryError) as error:
        reason = f"too deep or too large to follow ({type(error).__name__})"
        return Extraction(unreadable=tuple(Unreadable(path=path, reason=reason, gate=True) for path in sorted(files)))
