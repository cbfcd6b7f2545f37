"""Read MCP servers that are written in JavaScript or TypeScript, as sources, compiled, or bundled."""

from __future__ import annotations

from collections.abc import Mapping

from checks.model import Unreadable
from reviewer.inventory.languages.interface import Extraction

__all__ = ["MANIFESTS", "READS", "TYPES_ONLY", "extract"]

READS = frozenset({"javascript", "typescript", "tsx", "jsx"})
MANIFESTS = frozenset({"package.json", "tsconfig.json", "tsconfig.base.json", "jsconfig.json"})
TYPES_ONLY = (".d.ts", ".d.mts", ".d.cts")


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text) of this language; manifests among them say under which names the code is imported."""
    from reviewer.inventory.languages.javascript.reading import read_files  # noqa: PLC0415  the parser loads only where there is code

    try:
        manifests = {path for path in files if path.rpartition("/")[2].lower() in MANIFESTS}
        return read_files({path: files[path] for path in files if path not in manifests}, {path: files[path] for path in manifests})
    except (RecursionError, MemoryError) as error:
        reason = f"too deep or too large to follow ({type(error).__name__})"
        return Extraction(unreadable=tuple(Unreadable(path=path, reason=reason, gate=True) for path in sorted(files)))
