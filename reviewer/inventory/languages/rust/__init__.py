"""Reads Rust: servers made with rmcp or rust-mcp-sdk, and what their tools, programs and build scripts can do."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from reviewer.inventory.languages.interface import Extraction

__all__ = ["READS", "extract"]

READS = frozenset({"rust"})


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all Rust files (path to text)."""
    if not files:
        return Extraction()
    from reviewer.inventory.languages.rust.crates import own_names  # noqa: PLC0415  only where there is Rust
    from reviewer.inventory.languages.rust.lowering import lower  # noqa: PLC0415  as above
    from reviewer.inventory.program import read  # noqa: PLC0415  as above
    from reviewer.inventory.program.dialect import Dialect  # noqa: PLC0415  as above

    own = own_names([files[path] for path in files])
    return read(Dialect(name="rust", folder=Path(__file__).parent, lower=functools.partial(lower, own=own)), files)
