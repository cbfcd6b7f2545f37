"""What tenants receive: which bytes, for whom, under which conditions, decided by whom. Frozen; knows no format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was approved.

    ``digests`` maps names such as ``dirHash``, ``gitCommit``, ``integrity`` to their values. ``launches`` are exact
    argument vectors, each pinned to the approved version, that start it; ``url`` is a remote server's address.
    """

    name: str
    kind: str  # "mcp-server" | "skill" | "plugin" | "bundle" | "remote" | "collection"
    source: str
    digests: Mapping[str, str]
    version: str | None = None
    purl: str | None = None
    launches: tuple[tuple[str, ...], ...] = ()
    url: str | None = None
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What narrows an approval. Empty ``tools``, ``hosts`` or ``arguments`` means: not narrowed in that respect."""

    teams: tuple[str, ...]
    expires: datetime
    tools: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One approved subject. ``decisions`` are the sha256 of its DSSE envelopes, ``dossier`` that of what was read.

    ``unknown``, here and below, keeps fields of later versions.
    """

    id: str
    subject: Subject
    conditions: Conditions
    dossier: str
    recommendation: str
    decisions: tuple[str, ...]
    approved_by: tuple[str, ...]
    approved_at: datetime
    statement: str
    unknown: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """An entry that holds no longer, kept so that exports can deny what they once allowed."""

    entry: str
    subject: Subject
    revoked_by: str
    revoked_at: datetime
    reason: str
    decision: str
    unknown: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose signature counts: public keys as securesystemslib key dictionaries, by key id."""

    name: str
    roles: tuple[str, ...]
    keys: Mapping[str, Mapping[str, object]]
    unknown: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowlist:
    """The whole list at one serial. ``unknown`` keeps fields of later versions, so that re-signing loses nothing."""

    organization: str
    serial: int
    created: datetime
    expires: datetime
    entries: tuple[Entry, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    people: tuple[Person, ...] = ()
    unknown: Mapping[str, object] = field(default_factory=dict)
