from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError, UsageFault
from reviewer.store import Store

AT = "2026-05-01T12:00:00+00:00"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Store.create(tmp_path / "desk.sqlite")
    return tmp_path / "desk.sqlite"


def add(store: Store, subject: str) -> None:
    with store.writing() as transaction:
        transaction.append("thing.happened", subject, actor="ada", at=AT, body={"n": 1})


def subjects(store: Store) -> list[str]:
    with store.reading() as transaction:
        return [event.subject for event in transaction.events()]


def test_events_come_back_in_order_and_by_subject(path: Path) -> None:
    store = Store.open(path)
    for subject in ("R-1", "R-2", "R-1"):
        add(store, subject)

    with store.reading() as transaction:
        assert [event.seq for event in transaction.events()] == [1, 2, 3]
        assert [event.seq for event in transaction.events(subject="R-1")] == [1, 3]
        assert [event.body for event in transaction.events(kinds=["thing.happened"])] == [{"n": 1}] * 3
        assert list(transaction.events(kinds=["other"])) == []


def test_a_transaction_that_fails_adds_nothing(path: Path) -> None:
    store = Store.open(path)

    def fail() -> None:
        with store.writing() as transaction:
            transaction.append("thing.happened", "R-1", actor="ada", at=AT, body={})
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert subjects(store) == []


@pytest.mark.parametrize("heap", ["events", "dossiers", "envelopes"])
@pytest.mark.parametrize("change", ["UPDATE {} SET rowid = 99", "DELETE FROM {}"])
def test_nothing_is_ever_changed_or_removed(path: Path, heap: str, change: str) -> None:
    store = Store.open(path)
    with store.writing() as transaction:
        transaction.append("thing.happened", "R-1", actor="ada", at=AT, body={})
        transaction.keep_dossier("d" * 64, b"{}")
        transaction.keep_envelope(b"{}")

    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change.format(heap))


def test_an_envelope_comes_back_by_its_digest_and_is_kept_once(path: Path) -> None:
    store = Store.open(path)

    with store.writing() as transaction:
        digest = transaction.keep_envelope(b"signed")
        assert transaction.keep_envelope(b"signed") == digest
        assert transaction.envelope(digest) == b"signed"


def test_a_dossier_that_does_not_have_its_digest_is_not_given(path: Path) -> None:
    store = Store.open(path)

    with store.writing() as transaction:
        transaction.keep_dossier("0" * 64, b"altered")
        with pytest.raises(ReviewerError, match="altered"):
            transaction.dossier("0" * 64)


def test_a_home_without_a_store_is_told_to_init(tmp_path: Path) -> None:
    with pytest.raises(UsageFault):
        Store.open(tmp_path / "desk.sqlite")


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").write_bytes(b"not a database" * 100)

    with pytest.raises(ReviewerError, match="cannot be used"):
        Store.open(tmp_path / "desk.sqlite")


def write_many(path: Path, name: str) -> None:
    store = Store.open(path)
    for number in range(25):
        add(store, f"{name}-{number}")


def test_four_writers_at_once_lose_nothing(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, f"w{number}")) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(subjects(Store.open(path))) == sorted(f"w{writer}-{number}" for writer in range(4) for number in range(25))
