"""Functions and macros that give what they are given: the words of ``wrappers.yaml``."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.tables import load_table

__all__ = ["Wrappers", "wrappers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrappers:
    """The table; see its comments for what each row holds."""

    makers: frozenset[str]
    conversions: frozenset[str]
    handled: frozenset[str]
    fallbacks: frozenset[str]
    lazy: frozenset[str]
    initialising: frozenset[str]
    formats: frozenset[str]
    lists: frozenset[str]
    json: frozenset[str]
    twins: Mapping[str, tuple[str, ...]]


@functools.cache
def wrappers() -> Wrappers:
    """Read the table."""
    rows = load_table(Path(__file__).parent / "wrappers.yaml")
    twins = {name: tuple(others) for name, others in rows.pop("twins").items()}
    return Wrappers(twins=twins, **{key: frozenset(words) for key, words in rows.items()})
