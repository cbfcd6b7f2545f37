"""The admin of a fleet: lists that are checked and exported in odd places."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.world import DeskWorld, a_desk
from tests.program import Ran, run

PROGRAM = Path(sys.executable).with_name("reviewer")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> DeskWorld:
    desk = a_desk(tmp_path_factory.mktemp("made"))
    desk.ask(desk.skill("minutes"))
    desk.must("approve", "R-1", "--key", desk.key("rosa"), "--statement", "read it \u2713")
    desk.must("publish", "--to", str(desk.scratch / "published"))
    return desk


def export(desk: DeskWorld, output: Path, *more: str) -> Ran:
    place = ("--from", str(desk.scratch / "published"), "--root", desk.root, "--output", str(output))
    return desk.run("export", "claude-code", *place, *more)


def one_line(ran: Ran, code: int) -> None:
    assert ran.code == code, ran
    assert ran.err.startswith("error: ")
    assert len(ran.err.strip().splitlines()) <= 2
    assert ran.out == ""


def test_an_output_that_cannot_be_written_is_one_line(desk: DeskWorld, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "out" / "managed-settings.json").mkdir(parents=True)

    one_line(export(desk, tmp_path / "file" / "below"), 1)
    one_line(export(desk, tmp_path / "out"), 1)


def test_a_kind_of_loss_that_there_is_not_is_said(desk: DeskWorld, tmp_path: Path) -> None:
    ran = export(desk, tmp_path / "out", "--accept-loss", "everything")

    one_line(ran, 2)
    assert "tools, hosts, arguments" in ran.err


def test_a_check_of_a_folder_that_is_not_there_is_stale(desk: DeskWorld, tmp_path: Path) -> None:
    one_line(export(desk, tmp_path / "absent", "--check"), 5)
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("state", ["file", "file/below", "damaged"])
def test_a_state_that_cannot_be_used_is_not_blamed_on_the_list(desk: DeskWorld, tmp_path: Path, state: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "seen.json").write_text("{")

    ran = desk.run("verify", str(desk.scratch / "published"), "--root", desk.root, "--state", str(tmp_path / state))

    one_line(ran, 20)
    assert "--state" in ran.err


def test_roots_that_are_none(desk: DeskWorld, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    folder = str(desk.scratch / "published")

    one_line(desk.run("verify", folder, "--root", str(tmp_path / "absent")), 2)
    one_line(desk.run("verify", folder, "--root", str(tmp_path / "empty")), 20)
    assert desk.run("verify", folder, "--root", str(tmp_path)).code == 2


@pytest.mark.parametrize("setting", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}])
def test_a_terminal_that_knows_few_signs_is_no_reason_to_fail(desk: DeskWorld, setting: dict[str, str]) -> None:
    for words in (("show", "R-1"), ("status", "R-1"), ("checks", "list")):
        argv = [str(PROGRAM), "--home", str(desk.home), *words]
        ran = subprocess.run(argv, capture_output=True, env={**os.environ, **setting}, check=False, timeout=60)
        assert (ran.returncode, ran.stderr) == (0, b"")


def test_a_reader_who_leaves_early_is_no_error_that_is_shown(desk: DeskWorld) -> None:
    argv = [str(PROGRAM), "--home", str(desk.home), "show", "R-1"]
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(argv, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)

    assert ran.stderr == b""
    assert ran.returncode == 1


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("scan",),
        ("scan", "x", "--format", "word"),
        ("export",),
        ("verify", "x"),
        ("approve",),
        ("keys", "forge"),
        ("scan", "--no"),
    ],
)
def test_words_that_cannot_be_meant_are_one_line_with_a_hint(desk: DeskWorld, words: tuple[str, ...]) -> None:
    ran = desk.run(*words)

    one_line(ran, 2)
    assert "--help" in ran.err


def test_without_a_command_the_help_is_shown() -> None:
    assert "Example:" in run().err


@pytest.mark.parametrize("below", ["", "targets", "targets/../new"])
def test_an_export_never_goes_into_the_published_list(desk: DeskWorld, below: str) -> None:
    one_line(export(desk, desk.scratch / "published" / below), 2)

    desk.must("verify", str(desk.scratch / "published"), "--root", desk.root)


def test_the_whole_disk_is_no_place_for_a_list(desk: DeskWorld) -> None:
    one_line(desk.run("publish", "--to", "/"), 2)


def test_publish_verify_and_the_doctor_name_the_day_on_which_tenants_stop_believing_the_list(desk: DeskWorld, tmp_path: Path) -> None:
    place = tmp_path / "list"
    published = desk.must("publish", "--to", str(place), "--format", "json").json
    verified = desk.must("verify", str(place), "--root", desk.root, "--format", "json").json
    doctor = {row["what"]: row["says"] for row in desk.must("doctor", "--format", "json").json}
    timestamp = json.loads((place / "metadata" / "timestamp.json").read_bytes())["signed"]["expires"]

    day = timestamp[: len("2026-05-01")]
    assert published["expires"].startswith(day)
    assert verified["expires"].startswith(day)
    assert f"until {day}" in doctor["list"]
