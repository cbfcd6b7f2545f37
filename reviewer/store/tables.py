"""The tables: three heaps of things that are only ever added."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

EVENTS = Table(
    "events",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("actor", String(255), nullable=False),
    Column("body", Text, nullable=False),
    Index("events_by_subject", "subject", "seq"),
    Index("events_by_kind", "kind", "seq"),
    sqlite_autoincrement=True,
)

DOSSIERS = Table("dossiers", METADATA, Column("digest", String(64), primary_key=True), Column("document", LargeBinary, nullable=False))

ENVELOPES = Table("envelopes", METADATA, Column("digest", String(64), primary_key=True), Column("document", LargeBinary, nullable=False))
