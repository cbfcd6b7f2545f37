"""What a document comes to, as the confined child says it; the parent believes none of it and fetches by its own rules."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from checks.model import Unreadable
from reviewer.model import Origin

__all__ = ["Means", "Page", "Plan", "Wanted"]


class Means(enum.StrEnum):
    """How a part can be brought here."""

    SOURCE = "source"  # by a SOURCE text that a person could have written: a package or a repository
    ARCHIVE = "archive"  # by downloading an archive from an https address
    LOCAL = "local"  # a folder or file beside the document
    NOTHING = "nothing"  # not at all: only its declaration is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A text to keep, and its path in the snapshot (or in the folder of its part)."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing that the document leads to.

    ``address`` is a SOURCE, an https address or a path, as ``means`` says. ``sha256`` and ``commit`` are what the document promises.
    ``registry`` is the registry or index that the document names. ``pages`` is what is kept of its declaration where nothing is fetched.
    ``notes`` are ledger rows about it: text, and whether a person must look. What is ``optional`` need not be there.
    """

    name: str
    origin: Origin
    means: Means
    address: str = ""
    sha256: str = ""
    commit: str = ""
    registry: str = ""
    pages: tuple[Page, ...] = ()
    notes: tuple[tuple[str, bool], ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a document holds.

    ``pages`` are kept at the top of the snapshot. ``fault`` says why it is no such document: then nothing else counts.
    ``cursor`` is the next page of a registry's list, ``others`` versions that it has instead of the one asked for.
    """

    name: str = ""
    version: str | None = None
    pages: tuple[Page, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    fault: str = ""
    cursor: str = ""
    others: tuple[str, ...] = ()
