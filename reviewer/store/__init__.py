"""The only place that knows SQL: events, dossiers and envelopes, each added once and never changed.

State is the fold of events (``reviewer.review.state`` folds). A write is one transaction that holds the writer's lock from its
beginning, so what a command reads there is still true when it writes. Once ``append`` has committed, a power cut does not lose it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from reviewer.errors import ReviewerError, UsageFault
from reviewer.store.tables import DOSSIERS, ENVELOPES, EVENTS

__all__ = ["Event", "Store", "Transaction"]

SCHEMA = "0001"
BUSY_SECONDS = 30
RESTORE = "restore the home folder from a backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: when (ISO 8601, UTC), of which kind, to whom, by whom. ``seq`` grows without end."""

    seq: int
    at: str
    kind: str
    subject: str
    actor: str
    body: Mapping[str, Any]


class Transaction:
    """A reader with the right to add. Made by :meth:`Store.writing` only."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work on an open transaction."""
        self._connection = connection

    def events(self, *, subject: str | None = None, kinds: Sequence[str] = ()) -> Iterator[Event]:
        """Give events in the order in which they happened. Raises ReviewerError at one that cannot be read."""
        query = sa.select(EVENTS).order_by(EVENTS.c.seq)
        if subject is not None:
            query = query.where(EVENTS.c.subject == subject)
        if kinds:
            query = query.where(EVENTS.c.kind.in_(kinds))
        for row in self._connection.execute(query):
            yield Event(seq=row.seq, at=row.at, kind=row.kind, subject=row.subject, actor=row.actor, body=_body(row.seq, row.body))

    def append(self, kind: str, subject: str, *, actor: str, at: str, body: Mapping[str, object]) -> None:
        """Add one event."""
        text = json.dumps(body, sort_keys=True, ensure_ascii=True)
        self._connection.execute(sa.insert(EVENTS).values(at=at, kind=kind, subject=subject, actor=actor, body=text))

    def keep_dossier(self, digest: str, document: bytes) -> None:
        """Keep a dossier's canonical JSON under its digest; once is enough."""
        self._keep(DOSSIERS, digest, document)

    def keep_envelope(self, document: bytes) -> str:
        """Keep a signed envelope; give its sha256."""
        digest = hashlib.sha256(document).hexdigest()
        self._keep(ENVELOPES, digest, document)
        return digest

    def dossier(self, digest: str) -> bytes:
        """Give a dossier's bytes, checked against their digest. Raises ReviewerError if absent or altered."""
        return self._get(DOSSIERS, digest)

    def envelope(self, digest: str) -> bytes:
        """Give an envelope's bytes, checked against their digest. Raises ReviewerError if absent or altered."""
        return self._get(ENVELOPES, digest)

    def _keep(self, heap: sa.Table, digest: str, document: bytes) -> None:
        known = self._connection.execute(sa.select(heap.c.digest).where(heap.c.digest == digest)).first()
        if known is None:
            self._connection.execute(sa.insert(heap).values(digest=digest, document=document))

    def _get(self, heap: sa.Table, digest: str) -> bytes:
        document = self._connection.execute(sa.select(heap.c.document).where(heap.c.digest == digest)).scalar()
        if not isinstance(document, bytes) or hashlib.sha256(document).hexdigest() != digest:
            raise ReviewerError(
                f"the store has no {heap.name[:-1]} with digest {digest[:16]}…, or it was altered",
                hint=RESTORE,
            )
        return document


def _body(seq: int, text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ReviewerError(f"event {seq} in the store was altered: {error}", hint=RESTORE) from error
    if not isinstance(body, dict):
        raise ReviewerError(f"event {seq} in the store was altered: it is no object", hint=RESTORE)
    return body


class Store:
    """A home folder's database."""

    def __init__(self, engine: sa.Engine) -> None:
        """Work on an engine whose schema is current; use :meth:`create` or :meth:`open`."""
        self._engine = engine

    @classmethod
    def create(cls, path: Path) -> Store:
        """Make the database file with the newest schema.

        Raises:
            ReviewerError: the place cannot be written.
        """
        engine = _engine(path)
        with _plain_errors(path):
            _migrate(engine)
        return cls(engine)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open an existing database, bringing an older schema up to date.

        Raises:
            UsageFault: there is none.
            ReviewerError: it was written by a newer program, or cannot be read.
        """
        if not path.is_file():
            raise UsageFault(f"there is no review desk at {path.parent}", hint="run `reviewer init` first, or give --home")
        engine = _engine(path)
        with _plain_errors(path):
            version = _version(engine)
            if version is None or version < SCHEMA:
                _migrate(engine)
            elif version > SCHEMA:
                raise ReviewerError(
                    f"{path} has schema {version}, this program knows up to {SCHEMA}",
                    hint="upgrade reviewer; nothing was changed",
                )
        return cls(engine)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Look at one consistent state, without locking out writers."""
        with _plain_errors(self._engine.url.database), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield Transaction(connection)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextlib.contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Hold the writer's lock; all that is added becomes true together, or nothing of it."""
        with _plain_errors(self._engine.url.database), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")


def _engine(path: Path) -> sa.Engine:
    place = sa.URL.create("sqlite", database=str(path))  # as text, a ? or % in the path would mean something
    engine = sa.create_engine(place, isolation_level="AUTOCOMMIT", connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own type
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine


@contextlib.contextmanager
def _plain_errors(path: object) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
        raise ReviewerError(
            f"the store at {path} cannot be used: {reason}",
            hint="check free space and permissions; what was acknowledged before is still there",
        ) from error


def _version(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return str(version) if version is not None else None


def _migrate(engine: sa.Engine) -> None:
    from alembic import command  # noqa: PLC0415  a quarter of a second, needed once in a store's life
    from alembic.config import Config  # noqa: PLC0415  the same

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            command.upgrade(config, "head")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
