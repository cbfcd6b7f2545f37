"""An employee asks, reviewers decide, an admin publishes: through the command line, on a desk of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.journeys.world import DeskWorld, a_desk
from tests.program import run

SUBMISSIONS = Path(__file__).resolve().parents[1] / "demo" / "submissions"


def approve(desk: DeskWorld, *more: str, name: str = "rosa", request: str = "R-1") -> tuple[int, str]:
    ran = desk.run("approve", request, "--key", desk.key(name), "--statement", "read it", *more)
    return ran.code, ran.out + ran.err


def published(desk: DeskWorld) -> str:
    folder = str(desk.scratch / "published")
    desk.must("publish", "--to", folder)
    return folder


def test_a_request_is_answered_in_the_documented_shape(desk: DeskWorld) -> None:
    answer = desk.ask(desk.skill("agenda")).json

    assert list(answer) == ["id", "state", "recommendation", "digest", "alternatives"]
    assert answer["id"] == "R-2"
    assert answer["state"] == "in_review"


def test_the_same_content_is_the_same_request_with_one_more_requester(desk: DeskWorld) -> None:
    copy = shutil.copytree(desk.skill("minutes"), desk.scratch / "elsewhere" / "minutes")

    assert desk.ask(str(copy), name="bert", team="legal").json["id"] == "R-1"
    status = desk.must("status", "R-1", "--format", "json").json
    assert status["requested_by"] == ["ada", "bert"]
    assert status["teams"] == ["finance", "legal"]


def test_the_most_wanted_request_stands_first_in_the_queue(desk: DeskWorld) -> None:
    agenda = desk.skill("agenda")
    desk.ask(agenda)
    desk.ask(agenda, name="bert")

    assert [row["id"] for row in desk.must("queue", "--format", "json").json] == ["R-2", "R-1"]


def test_one_reviewer_approves_what_is_harmless(desk: DeskWorld) -> None:
    assert approve(desk)[0] == 0
    entries = desk.must("catalog", "--format", "json").json
    assert [(entry["id"], entry["name"], entry["teams"]) for entry in entries] == [("E-1", "minutes", ["finance"])]


def test_approving_twice_is_said_and_changes_nothing(desk: DeskWorld) -> None:
    approve(desk)

    for name in ("rosa", "theo"):
        code, said = approve(desk, name=name)
        assert code == 2
        assert "R-1 is approved as E-1" in said


def test_nobody_decides_on_what_they_asked_for(desk: DeskWorld) -> None:
    desk.ask(desk.skill("agenda"), name="Rosa")

    code, said = approve(desk, request="R-2")

    assert code == 4
    assert "cannot decide" in said
    assert desk.run("reject", "R-2", "--key", desk.key("rosa"), "--reason", "no").code == 4


def test_a_key_that_nobody_registered_is_refused(desk: DeskWorld) -> None:
    desk.must("keys", "new", "stranger")

    code, said = approve(desk, name="stranger")

    assert code == 4
    assert "belongs to nobody" in said


def test_an_admin_without_the_role_of_reviewer_cannot_approve_but_can_revoke(desk: DeskWorld) -> None:
    assert approve(desk, name="ines")[0] == 4
    approve(desk)
    assert desk.run("revoke", "E-1", "--key", desk.key("ines"), "--reason", "no longer").code == 0


def test_a_removed_person_cannot_sign(desk: DeskWorld) -> None:
    desk.must("people", "remove", "rosa")

    assert approve(desk)[0] == 4


@pytest.mark.parametrize("words", [("status", "R-9"), ("show", "R-9"), ("show", "E-1"), ("status", "x")])
def test_an_unknown_request_is_answered_with_what_is_known(desk: DeskWorld, words: tuple[str, ...]) -> None:
    ran = desk.run(*words)

    assert ran.code == 2
    assert "known: R-1 to R-1" in ran.err


def test_an_unknown_entry_is_answered_with_what_is_known(desk: DeskWorld) -> None:
    ran = desk.run("revoke", "E-7", "--key", desk.key("rosa"), "--reason", "no")

    assert ran.code == 2
    assert "there is no entry yet" in ran.err


@pytest.mark.parametrize("expires", ["soon", "0d", "2020-01-01", "12", "-5d", "180 d"])
def test_an_expiry_that_cannot_be_meant_is_a_usage_error(desk: DeskWorld, expires: str) -> None:
    assert approve(desk, f"--expires={expires}")[0] == 2


def test_an_expiry_beyond_the_policy_is_refused(desk: DeskWorld) -> None:
    assert approve(desk, "--expires", "4000d")[0] == 4


def test_a_tool_that_it_does_not_have_cannot_be_approved(desk: DeskWorld) -> None:
    assert approve(desk, "--tools", "send_mail")[0] == 2


def test_an_encrypted_key_without_its_passphrase_is_one_line(desk: DeskWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_PASSPHRASE", "long and secret")
    desk.must("keys", "new", "uma")
    desk.must("people", "add", "uma", "--role", "reviewer", "--key", f"{desk.key('uma')}.pub")
    assert approve(desk, name="uma")[0] == 0
    desk.must("revoke", "E-1", "--key", desk.key("uma"), "--reason", "trying")
    desk.ask(desk.skill("agenda"))

    for passphrase in (None, "wrong"):
        monkeypatch.delenv("REVIEWER_PASSPHRASE") if passphrase is None else monkeypatch.setenv("REVIEWER_PASSPHRASE", passphrase)
        code, said = approve(desk, name="uma", request="R-2")
        assert code == 2
        assert "passphrase" in said
        assert "Traceback" not in said


def test_what_is_recommended_to_block_cannot_be_approved(desk: DeskWorld) -> None:
    answer = desk.ask(str(SUBMISSIONS / "pdf-toolkit")).json
    assert answer["recommendation"] == "block"

    code, said = approve(desk, request=answer["id"])

    assert code == 4
    assert "forbids" in said


def test_a_rejected_content_stays_rejected(desk: DeskWorld) -> None:
    desk.must("reject", "R-1", "--key", desk.key("rosa"), "--reason", "not needed")

    assert desk.ask(desk.skill("minutes"), name="bert").json["state"] == "rejected"
    assert approve(desk)[0] == 2


def test_another_team_opens_an_approved_request_again(desk: DeskWorld) -> None:
    approve(desk)
    assert desk.ask(desk.skill("minutes"), name="bert", team="finance").json["state"] == "approved"
    assert desk.ask(desk.skill("minutes"), name="bert", team="legal").json["state"] == "in_review"

    assert approve(desk)[0] == 0
    assert [row["id"] for row in desk.must("catalog", "--team", "legal", "--format", "json").json] == ["E-2"]


def test_an_approved_alternative_is_named(desk: DeskWorld) -> None:
    approve(desk)
    other = desk.scratch / "minutes-deluxe"
    other.mkdir()
    text = (Path(desk.skill("minutes")) / "SKILL.md").read_text().replace("name: minutes", "name: minutes-deluxe")
    (other / "SKILL.md").write_text(text)

    assert desk.ask(str(other)).json["alternatives"] == ["E-1"]


def test_two_people_are_needed_for_what_must_be_investigated(desk: DeskWorld) -> None:
    skill = Path(desk.skill("agenda"))
    (skill / "helper.bin").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(64))
    assert desk.ask(str(skill)).json["recommendation"] == "investigate"

    code, said = approve(desk, "--expires", "30d", request="R-2")
    assert (code, "1 more approval" in said) == (0, True)
    assert approve(desk, request="R-2")[0] == 2  # the same person again
    code, said = approve(desk, name="theo", request="R-2")
    assert (code, said.split()[0]) == (0, "E-1")
    entry = desk.must("verify", published(desk), "--root", desk.root, "--format", "json").json["entries"][0]
    assert entry["id"] == "E-1"


def test_a_published_list_verifies_and_its_serial_grows_wherever_it_goes(desk: DeskWorld) -> None:
    approve(desk)

    first = desk.must("publish", "--to", str(desk.scratch / "one"), "--format", "json").json
    second = desk.must("publish", "--to", str(desk.scratch / "two"), "--format", "json").json

    assert (first["serial"], second["serial"]) == (1, 2)
    seen = run("verify", str(desk.scratch / "two"), "--root", str(desk.scratch / "two" / "root.json"), "--format", "json")
    assert seen.json["serial"] == 2


def test_a_list_older_than_one_seen_is_refused(desk: DeskWorld) -> None:
    old, new, state = (str(desk.scratch / name) for name in ("old", "new", "state"))
    desk.must("publish", "--to", old)
    desk.must("publish", "--to", new)
    desk.must("verify", new, "--root", desk.root, "--state", state)

    ran = desk.run("verify", old, "--root", desk.root, "--state", state)

    assert ran.code == 20
    assert desk.run("verify", old, "--root", desk.root, "--min-serial", "2").code == 20


def test_a_tampered_list_another_root_and_a_stray_file_are_refused(desk: DeskWorld, tmp_path: Path) -> None:
    approve(desk)
    folder = Path(published(desk))
    tampered = shutil.copytree(folder, tmp_path / "tampered")
    listed = next(tampered.rglob("*allowlist.json"))
    listed.write_text(listed.read_text().replace("minutes", "moments"))
    stray = shutil.copytree(folder, tmp_path / "stray")
    (stray / "notes.txt").write_text("hello")
    other = a_desk(tmp_path / "other")

    for place, root in ((tampered, desk.root), (stray, desk.root), (folder, other.root), (tmp_path / "absent", desk.root)):
        ran = desk.run("verify", str(place), "--root", root)
        assert ran.code == 20, ran
        assert ran.err.startswith("error: ")
        assert "Traceback" not in ran.err


def test_a_revoked_entry_leaves_the_list(desk: DeskWorld) -> None:
    approve(desk)
    folder = published(desk)
    desk.must("revoke", "E-1", "--key", desk.key("theo"), "--reason", "not maintained")
    desk.must("publish", "--to", folder)

    listed = desk.must("verify", folder, "--root", desk.root, "--format", "json").json
    assert (listed["entries"], listed["revocations"]) == ([], ["E-1"])
    assert desk.run("revoke", "E-1", "--key", desk.key("theo"), "--reason", "again").code == 2


def test_an_export_is_checked_against_what_would_be_written(desk: DeskWorld) -> None:
    approve(desk)
    words = ("export", "json", "--from", published(desk), "--root", desk.root, "--team", "finance", "--output", str(desk.scratch / "out"))

    assert desk.run(*words, "--check").code == 5
    desk.must(*words)
    assert desk.run(*words, "--check").code == 0


def test_a_list_without_commands_exports_as_nothing_is_allowed(desk: DeskWorld) -> None:
    approve(desk)
    out = desk.scratch / "out"
    desk.must("export", "claude-code", "--from", published(desk), "--root", desk.root, "--team", "finance", "--output", str(out))

    settings = json.loads((out / "managed-settings.json").read_text())
    assert settings["allowedMcpServers"] == []
    assert "E-1" in (out / "coverage.json").read_text()


def test_the_formats_say_what_they_cannot_express() -> None:
    listed = run("export", "--list").json

    assert {row["format"] for row in listed} == {"claude-code", "json"}
    assert all(set(row) == {"format", "client", "min_version", "cannot_express"} for row in listed)


def test_publishing_into_a_folder_that_holds_other_things_is_refused(desk: DeskWorld) -> None:
    folder = desk.scratch / "documents"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")

    ran = desk.run("publish", "--to", str(folder))

    assert ran.code in {1, 2}
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_only_the_publishing_key_publishes(desk: DeskWorld) -> None:
    assert desk.run("publish", "--key", desk.key("rosa"), "--to", str(desk.scratch / "out")).code == 4
    assert not (desk.scratch / "out").exists()


def test_a_second_init_changes_nothing(desk: DeskWorld) -> None:
    before = Path(desk.root).read_bytes()

    assert desk.run("init").code == 2
    assert Path(desk.root).read_bytes() == before


def test_commands_of_the_desk_ask_for_init_first(tmp_path: Path) -> None:
    ran = run("queue", home=tmp_path / "nowhere")

    assert ran.code == 2
    assert "reviewer init" in ran.err
    assert not (tmp_path / "nowhere").exists()


def test_one_key_acts_for_one_person(desk: DeskWorld) -> None:
    assert desk.run("people", "add", "mallory", "--role", "reviewer", "--key", f"{desk.key('rosa')}.pub").code == 2


def test_the_doctor_looks_and_changes_nothing(desk: DeskWorld) -> None:
    rows = {row["what"]: row for row in desk.must("doctor", "--format", "json").json}

    assert rows["isolation"]["says"] in {"bubblewrap", "landlock", "rlimits"}
    assert "Test Ltd" in rows["desk"]["says"]
    assert "unknown" in rows["advisories"]["says"]
