"""Read MCP servers that are written in Go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reviewer.inventory.languages.interface import Extraction

__all__ = ["READS", "extract"]

READS = frozenset({"go", "gomod"})


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text) of this language; ``go.mod`` files say under which names packages are imported."""
    from reviewer.inventory.languages.go.layout import Layout  # noqa: PLC0415  the parser loads only where there is code
    from reviewer.inventory.languages.go.lowering import lower  # noqa: PLC0415  the same
    from reviewer.inventory.program import read  # noqa: PLC0415  the same
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  the same

    layout = Layout.of(files)
    sources = {path: files[path] for path in files if not layout.is_manifest(path)}
    dialect = Dialect(name="go", folder=Path(__file__).parent, lower=lambda path, text: lower(path, text, layout))
    return read(dialect, sources)
