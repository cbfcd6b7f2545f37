"""The signed result of every review: a list that tenants verify offline and turn into their clients' own settings.

A reviewer's decision is an envelope of their own (``decisions``); the publisher makes a list of approved entries
(``document``), signs it as a TUF repository in plain files (``repository``) and puts the folder in place in one step; a
tenant pins one root file and verifies everything else against it (``trusted``), then writes what its clients read
(``exports``). The package knows nothing of how submissions were reviewed and can be installed and audited alone.
Only the values are imported here, so that reading the list's model costs nothing.
"""

from __future__ import annotations

from allowlist.errors import (
    AllowlistError,
    ClockBehind,
    Expired,
    Foreign,
    KeysOverlap,
    KeyUnusable,
    LossError,
    Malformed,
    Missing,
    NotCovered,
    NotWritten,
    Revoked,
    RolledBack,
    StateUnusable,
    Tampered,
    Unapproved,
    Unexportable,
    WronglySigned,
)
from allowlist.model import Allowlist, Conditions, Entry, Person, Revocation, Subject

__all__ = [
    "Allowlist",
    "AllowlistError",
    "ClockBehind",
    "Conditions",
    "Entry",
    "Expired",
    "Foreign",
    "KeyUnusable",
    "KeysOverlap",
    "LossError",
    "Malformed",
    "Missing",
    "NotCovered",
    "NotWritten",
    "Person",
    "Revocation",
    "Revoked",
    "RolledBack",
    "StateUnusable",
    "Subject",
    "Tampered",
    "Unapproved",
    "Unexportable",
    "WronglySigned",
]
