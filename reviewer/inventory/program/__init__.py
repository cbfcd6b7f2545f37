"""Programs in typed languages, lowered to one small form: what their folders share, so that each says only what is its own."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.program.dialect import Dialect

__all__ = ["read"]


def read(dialect: Dialect, files: Mapping[str, str]) -> Extraction:
    """Read all files (path to text) of one typed language. Never raises for what a text holds; TableError for tables of ours."""
    from reviewer.inventory.program.reading import read_files  # noqa: PLC0415  start-up: only submissions with such code need it

    return read_files(dialect, files)
