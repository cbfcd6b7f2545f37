"""Events, dossiers and envelopes, with a seat belt: rows are never changed or removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables and, on SQLite, the triggers that refuse changes."""
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_subject", "events", ["subject", "seq"])
    op.create_index("events_by_kind", "events", ["kind", "seq"])
    for heap in ("dossiers", "envelopes"):
        op.create_table(heap, sa.Column("digest", sa.String(64), primary_key=True), sa.Column("document", sa.LargeBinary, nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        for heap in ("events", "dossiers", "envelopes"):
            for change in ("UPDATE", "DELETE"):
                trigger = f"CREATE TRIGGER {heap}_no_{change.lower()} BEFORE {change} ON {heap}"
                op.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, '{heap} are append-only'); END")
