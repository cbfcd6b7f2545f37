"""Facts about clients and package managers: which files they read as rules, which fields they run."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from reviewer.tables import load_table


def conventions() -> dict[str, Any]:
    """Give the table."""
    table: dict[str, Any] = load_table(Path(__file__).parent / "conventions.yaml")
    return table


@functools.cache
def names(key: str) -> frozenset[str]:
    """Give a list of the table as a set."""
    return frozenset(conventions()[key])
