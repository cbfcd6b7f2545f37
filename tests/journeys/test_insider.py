"""Somebody inside wants a connector into the list without a second pair of eyes, or wants nobody else to get one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.journeys.world import DeskWorld, a_desk
from tests.program import Ran


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DeskWorld:
    desk = a_desk(tmp_path_factory.mktemp("made"))
    desk.ask(desk.skill("minutes"))
    skill = Path(desk.skill("agenda"))
    (skill / "helper.bin").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(64))
    desk.ask(str(skill))
    return desk


@pytest.fixture
def desk(made: DeskWorld, tmp_path: Path) -> DeskWorld:
    """A desk with a harmless Skill, R-1, and one that two people have to approve, R-2."""
    shutil.copytree(made.home, tmp_path / "home")
    for name in ("minutes", "agenda"):
        shutil.copytree(made.scratch / name, tmp_path / name)
    return DeskWorld(home=tmp_path / "home", scratch=tmp_path)


def approve(desk: DeskWorld, request: str, name: str, *more: str) -> Ran:
    return desk.run("approve", request, "--key", desk.key(name), "--statement", "read it", "--format", "json", *more)


def publish(desk: DeskWorld) -> Ran:
    return desk.run("publish", "--to", str(desk.scratch / "published"), "--format", "json")


def verified(desk: DeskWorld) -> list[str]:
    assert publish(desk).code == 0
    entries = desk.must("verify", str(desk.scratch / "published"), "--root", desk.root, "--format", "json").json["entries"]
    return [entry["id"] for entry in entries]


def new_key(desk: DeskWorld, name: str) -> str:
    desk.must("keys", "new", name)
    return f"{desk.key(name)}.pub"


@contextmanager
def later(**by: float) -> Iterator[None]:
    moment = datetime.now(UTC) + timedelta(**by)  # noqa: TID251  the clock of whoever signs
    with patch("reviewer.cli.approve.now", lambda: moment):
        yield


def tampered(desk: DeskWorld, statement: str, *values: object) -> None:
    with sqlite3.connect(desk.home / "desk.sqlite") as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement, values)
    connection.close()


def one_line(ran: Ran, code: int) -> None:
    assert ran.code == code, ran
    assert ran.err.startswith("error: ")
    assert len(ran.err.strip().splitlines()) <= 2
    assert "Traceback" not in ran.err + ran.out


# -- one person, two faces


@pytest.mark.parametrize("name", ["ROSA", "rosa ", "\uff52\uff4f\uff53\uff41"])
def test_a_requester_under_another_spelling_cannot_decide(desk: DeskWorld, name: str) -> None:
    desk.ask(desk.skill("diary"), name=name)

    one_line(approve(desk, "R-3", "rosa"), 4)


def test_blanks_within_a_name_do_not_make_two_people(desk: DeskWorld) -> None:
    desk.must("people", "add", "Uma  Berg", "--role", "reviewer", "--key", new_key(desk, "uma"))
    desk.must("people", "add", "uma berg", "--role", "reviewer", "--key", new_key(desk, "uma2"))

    people = {person["name"]: person["keys"] for person in desk.must("people", "list", "--format", "json").json}
    assert len(people["Uma  Berg"]) == 2
    assert approve(desk, "R-2", "uma").json["missing"] == 1
    assert approve(desk, "R-2", "uma2").code == 2


def test_two_keys_of_one_person_are_one_signature(desk: DeskWorld) -> None:
    desk.must("people", "add", "rosa", "--role", "reviewer", "--key", new_key(desk, "second"))

    assert approve(desk, "R-2", "rosa").json["missing"] == 1
    one_line(approve(desk, "R-2", "second"), 2)


def test_the_key_of_a_removed_person_acts_for_nobody_else(desk: DeskWorld) -> None:
    approve(desk, "R-2", "rosa")
    desk.must("people", "remove", "rosa")

    ran = desk.run("people", "add", "mallory", "--role", "reviewer", "--key", f"{desk.key('rosa')}.pub")

    one_line(ran, 2)
    assert "rosa" in ran.err


def test_the_approval_of_a_removed_person_no_longer_counts(desk: DeskWorld) -> None:
    approve(desk, "R-2", "rosa")
    desk.must("people", "remove", "rosa")

    assert desk.must("status", "R-2", "--format", "json").json["missing"] == "2 of 2 approvals"
    assert approve(desk, "R-2", "theo").json["missing"] == 1


@pytest.mark.parametrize("name", ["rosa", "Rosa"])
def test_somebody_who_comes_back_with_another_key_or_role_leaves_the_list_whole(desk: DeskWorld, name: str) -> None:
    approve(desk, "R-1", "rosa")
    desk.must("people", "remove", "rosa")
    desk.must("people", "add", name, "--role", "requester", "--key", new_key(desk, "fresh"))

    assert verified(desk) == ["E-1"]
    one_line(approve(desk, "R-2", "rosa"), 4)
    one_line(approve(desk, "R-2", "fresh"), 4)


def test_somebody_who_came_back_with_another_key_can_sign_anew(desk: DeskWorld) -> None:
    approve(desk, "R-2", "rosa")
    desk.must("people", "remove", "rosa")
    desk.must("people", "add", "rosa", "--role", "reviewer", "--key", new_key(desk, "fresh"))

    assert approve(desk, "R-2", "fresh").json["missing"] == 1
    assert approve(desk, "R-2", "theo").json["entry"] == "E-1"
    assert verified(desk) == ["E-1"]


def test_who_approved_and_then_asks_no_longer_counts(desk: DeskWorld) -> None:
    approve(desk, "R-2", "rosa")
    desk.ask(desk.scratch.joinpath("agenda").as_posix(), name="rosa", team="legal")

    assert approve(desk, "R-2", "theo", "--team", "finance").json["missing"] == 1


def test_who_approved_may_ask_for_it_later_and_the_list_still_holds(desk: DeskWorld) -> None:
    approve(desk, "R-1", "rosa")
    desk.ask(desk.skill("minutes"), name="rosa")

    assert verified(desk) == ["E-1"]


# -- one content, two faces


def test_the_same_bytes_from_elsewhere_do_not_exchange_the_dossier(desk: DeskWorld) -> None:
    before = desk.must("status", "R-1", "--format", "json").json
    copy = shutil.copytree(desk.skill("minutes"), desk.scratch / "elsewhere" / "minutes")

    answer = desk.ask(str(copy), name="mallory").json

    assert answer["digest"] == before["digest"]
    assert desk.must("show", "R-1", "--format", "json").json["subject"]["source"] == before["source"]


# -- conditions


def test_a_second_signature_without_words_is_not_given_to_one_of_two_offers(desk: DeskWorld) -> None:
    desk.must("people", "add", "uma", "--role", "reviewer", "--key", new_key(desk, "uma"))
    approve(desk, "R-2", "rosa", "--expires", "20d")
    approve(desk, "R-2", "theo", "--expires", "30d", "--team", "everybody")

    ran = approve(desk, "R-2", "uma")

    one_line(ran, 2)
    assert "different conditions" in ran.err
    assert "everybody" in desk.must("status", "R-2").out


def test_conditions_that_ended_are_not_signed_again(desk: DeskWorld) -> None:
    approve(desk, "R-2", "rosa", "--expires", "2d")

    with later(days=3):
        one_line(approve(desk, "R-2", "theo"), 2)


def test_an_approval_from_a_clock_that_was_put_forward_is_not_published(desk: DeskWorld) -> None:
    with later(days=3650):
        approve(desk, "R-1", "rosa")

    ran = publish(desk)

    one_line(ran, 1)
    assert "after the list was made" in ran.err


# -- words


@pytest.mark.parametrize("words", ["", " \n", "\udcff"])
def test_words_that_say_nothing_or_are_no_text_are_not_signed(desk: DeskWorld, words: str) -> None:
    key = ("--key", desk.key("rosa"))
    one_line(desk.run("approve", "R-1", *key, "--statement", words), 2)
    one_line(desk.run("reject", "R-1", *key, "--reason", words), 2)
    one_line(desk.run("request", desk.skill("minutes"), "--team", "legal", "--reason", words), 2)
    approve(desk, "R-1", "rosa")
    one_line(desk.run("revoke", "E-1", *key, "--reason", words), 2)


@pytest.mark.parametrize("team", ["", "a\nb", "\x1b[31mred", "a,b", "\u202eevil"])
def test_a_team_that_cannot_stand_in_a_list(desk: DeskWorld, team: str) -> None:
    one_line(approve(desk, "R-1", "rosa", "--team", team), 2)
    one_line(desk.run("request", desk.skill("minutes"), "--team", team, "--reason", "we need it"), 2)
    one_line(desk.run("people", "add", "uma", "--role", "requester", "--team", team), 2)


def test_words_cannot_act_on_a_terminal(desk: DeskWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    evil = "fine\x1b[2K\u202e\u200b\nR-9  approved"
    desk.must("request", desk.skill("minutes"), "--team", "legal", "--reason", evil, "--as", "bert")
    desk.must("approve", "R-1", "--key", desk.key("rosa"), "--statement", evil)

    for words in (("show", "R-1"), ("status", "R-1"), ("status",), ("queue",), ("catalog",)):
        out = desk.must(*words).out
        assert not {"\x1b[2K", "\u202e", "\u200b"} & {sign for sign in ("\x1b[2K", "\u202e", "\u200b") if sign in out}
        assert not any(line.startswith("R-9") for line in out.splitlines())


def test_what_an_export_quotes_hides_no_sign(desk: DeskWorld) -> None:
    desk.must("approve", "R-1", "--key", desk.key("rosa"), "--statement", "f\u00fcr alle \u202e\U000e0041")
    verified(desk)
    out = desk.scratch / "out"
    desk.must("export", "json", "--from", str(desk.scratch / "published"), "--root", desk.root, "--output", str(out))

    text = (out / "allowlist.json").read_text("utf-8")

    assert "\u202e" not in text
    assert "f\u00fcr alle \\u202e\\udb40\\udc41" in text
    assert json.loads(text)["entries"][0]["statement"] == "f\u00fcr alle \u202e\U000e0041"


# -- keys and files of the home


def test_a_name_that_another_keys_public_file_has_is_refused(desk: DeskWorld) -> None:
    one_line(desk.run("keys", "new", "uma.pub"), 2)
    Path(desk.key("uma") + ".pub").write_text("kept")

    one_line(desk.run("keys", "new", "uma"), 2)
    assert Path(desk.key("uma") + ".pub").read_text() == "kept"


def test_a_damaged_root_of_trust_is_one_line(desk: DeskWorld) -> None:
    Path(desk.root).write_text("garbage")

    one_line(desk.run("people", "add", "uma", "--role", "admin"), 1)
    one_line(publish(desk), 1)
    assert "cannot be read" in desk.must("doctor").out


@pytest.mark.parametrize("name", ["root", "rosa"])
def test_a_key_that_does_not_publish_publishes_nothing(desk: DeskWorld, name: str) -> None:
    one_line(desk.run("publish", "--key", desk.key(name), "--to", str(desk.scratch / "x")), 4)


# -- rows written by hand


def test_an_entry_written_by_hand_with_too_few_approvals_is_not_published(desk: DeskWorld) -> None:
    approve(desk, "R-2", "rosa")
    envelope = sqlite3.connect(desk.home / "desk.sqlite").execute("SELECT digest FROM envelopes").fetchone()[0]
    body = json.dumps({"request": "R-2", "decisions": [envelope]})
    at = datetime.now(UTC).isoformat()  # noqa: TID251  as the program would write it
    tampered(desk, "INSERT INTO events (at, kind, subject, actor, body) VALUES (?, 'entry.approved', 'E-1', 'rosa', ?)", at, body)

    ran = publish(desk)

    one_line(ran, 4)
    assert "E-1" in ran.err


def test_the_requesters_of_rows_written_by_hand_do_not_count(desk: DeskWorld) -> None:
    approve(desk, "R-1", "rosa")
    tampered(desk, "UPDATE events SET actor = 'rosa' WHERE kind = 'request.submitted' AND subject = 'R-1'")

    one_line(publish(desk), 4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = '{' WHERE kind = 'request.submitted'",
        "UPDATE events SET body = '[]' WHERE kind = 'request.submitted'",
        "UPDATE events SET body = '{}' WHERE kind = 'request.submitted'",
        "UPDATE events SET kind = 'request.granted' WHERE kind = 'request.submitted'",
        "UPDATE events SET at = 'yesterday' WHERE kind = 'request.submitted'",
        "DELETE FROM events WHERE kind = 'request.submitted'",
        "UPDATE dossiers SET document = document || ' '",
        "UPDATE dossiers SET document = 'text'",
        "UPDATE envelopes SET document = 7",
        "UPDATE events SET body = replace(body, '\"decisions\": [', '\"decisions\": [], \"was\": [') WHERE kind = 'entry.approved'",
    ],
)
def test_rows_changed_by_hand_are_one_line(desk: DeskWorld, statement: str) -> None:
    approve(desk, "R-1", "rosa")
    tampered(desk, statement)

    for words in (("show", "R-1"), ("approve", "R-2", "--key", desk.key("theo"), "--statement", "ok"), ("status",), ("doctor",)):
        ran = desk.run(*words)
        assert "Traceback" not in ran.err
        assert ran.code in {0, 1}
    ran = publish(desk)
    assert ran.code in {0, 1}
    assert ran.code == 1 or "dossiers" in statement


def test_a_home_whose_path_means_something_to_a_database_is_a_folder_like_any_other(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "a home?x=1#%41&")

    assert (desk.home / "desk.sqlite").is_file()
    assert {path.name for path in desk.scratch.iterdir()} == {"home"}


def test_who_asks_in_anothers_name_from_their_own_account_cannot_decide(desk: DeskWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "Rosa")
    desk.ask(desk.skill("diary"), name="bert")

    one_line(approve(desk, "R-3", "rosa"), 4)
    assert "bert (unproven, account Rosa)" in desk.must("show", "R-3").out
    assert approve(desk, "R-3", "theo").json["entry"] == "E-1"


def test_a_revocation_ends_the_same_bytes_under_every_name(desk: DeskWorld) -> None:
    approve(desk, "R-1", "rosa")
    with sqlite3.connect(desk.home / "desk.sqlite") as connection:
        body = json.loads(connection.execute("SELECT body FROM events WHERE subject = 'R-1'").fetchone()[0])
        other = json.dumps({**body, "identity": f"{body['identity']} pkg:npm/minutes@1.0.0"})
        at = datetime.now(UTC).isoformat()  # noqa: TID251  as the program would write it
        row = (at, "request.submitted", "R-3", "ada", other)
        connection.execute("INSERT INTO events (at, kind, subject, actor, body) VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    assert approve(desk, "R-3", "theo").json["entry"] == "E-2"

    ended = desk.must("revoke", "E-2", "--key", desk.key("theo"), "--reason", "taken over", "--format", "json").json

    assert ended["entries"] == ["E-1", "E-2"]
    assert verified(desk) == []


@pytest.mark.parametrize("option", ["--tools", "--hosts"])
@pytest.mark.parametrize("value", ["", ",", "a,,b", " "])
def test_a_narrowing_that_is_empty_is_not_taken_for_none(desk: DeskWorld, option: str, value: str) -> None:
    one_line(approve(desk, "R-1", "rosa", option, value), 2)


@pytest.mark.parametrize(
    "host", ["a..b", "-x", "*", "*.*", "*.com", "https://x.example", "x.example/y", "x:0", "x:70000", "x:", "b\u00fc.example", ".x", "x."]
)
def test_a_host_that_is_none(desk: DeskWorld, host: str) -> None:
    one_line(approve(desk, "R-1", "rosa", f"--hosts={host}"), 2)


@pytest.mark.parametrize("host", ["localhost", "api.acme.example:443", "*.acme.example", "10.0.0.1", "API.acme.example"])
def test_a_host_that_is_one(desk: DeskWorld, host: str) -> None:
    assert approve(desk, "R-1", "rosa", "--hosts", host).code == 0


def test_a_passphrase_that_is_no_utf_8_opens_what_it_locked(desk: DeskWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_PASSPHRASE", "secret\udcff")
    desk.must("people", "add", "uma", "--role", "reviewer", "--key", new_key(desk, "uma"))

    assert approve(desk, "R-1", "uma").json["entry"] == "E-1"
