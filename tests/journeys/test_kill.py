"""Kill ``approve`` and ``publish`` at random points: store and published folder verify afterwards, what was acknowledged is there."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.world import DeskWorld, a_desk

pytestmark = pytest.mark.kill

PROGRAM = Path(sys.executable).with_name("reviewer")
POINTS = 50


def start(desk: DeskWorld, *words: str) -> subprocess.Popen[str]:
    argv = [str(PROGRAM), "--home", str(desk.home), *words]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def duration(desk: DeskWorld, *words: str) -> float:
    began = time.perf_counter()
    process = start(desk, *words)
    process.communicate(timeout=60)
    assert process.returncode == 0
    return time.perf_counter() - began


def killed(desk: DeskWorld, after: float, *words: str) -> str:
    """Start a command, kill it after so many seconds, give what it had acknowledged on stdout."""
    process = start(desk, *words)
    time.sleep(after)
    if process.poll() is None:
        os.killpg(process.pid, 9)
    out, _ = process.communicate(timeout=60)
    return out


def moments(seconds: float) -> list[float]:
    """Give 50 random points of a command's life: half anywhere in it, half in its last third, where it writes."""
    seed = random.randrange(2**32)
    print(f"seed {seed}, life {seconds:.3f} s")
    dice = random.Random(seed)
    late = [dice.uniform(seconds * 2 / 3, seconds * 1.05) for _ in range(POINTS // 2)]
    return late + [dice.uniform(0, seconds) for _ in range(POINTS - len(late))]


def copy_of(desk: DeskWorld, folder: Path) -> DeskWorld:
    shutil.copytree(desk.home, folder / "home")
    if (desk.scratch / "published").exists():
        shutil.copytree(desk.scratch / "published", folder / "published")
    return DeskWorld(home=folder / "home", scratch=folder)


def store_is_whole(desk: DeskWorld) -> bool:
    with sqlite3.connect(desk.home / "desk.sqlite") as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


def test_approve_killed_at_random_points_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    request = desk.ask(desk.skill("minutes")).json["id"]
    words = ("approve", request, "--key", desk.key("rosa"), "--statement", "read it", "--format", "json")
    (tmp_path / "measured").mkdir()
    life = duration(copy_of(desk, tmp_path / "measured"), *words)
    outcomes = {"acknowledged": 0, "done, not acknowledged": 0, "not done": 0}
    for number, moment in enumerate(moments(life)):
        trial = copy_of(desk, tmp_path / f"approve-{number}")
        out = killed(trial, moment, *words)
        status = trial.must("status", request, "--format", "json").json
        assert store_is_whole(trial)
        assert status["state"] in {"in_review", "approved"}
        if out.strip():
            assert status["entry"] == json.loads(out)["entry"]
        outcomes["acknowledged" if out.strip() else "done, not acknowledged" if status["entry"] else "not done"] += 1
        if status["state"] == "in_review":
            trial.must(*words)
        trial.must("publish", "--to", str(trial.scratch / "list"))
        verified = trial.must("verify", str(trial.scratch / "list"), "--root", trial.root, "--format", "json").json
        assert [entry["id"] for entry in verified["entries"]] == ["E-1"]
        shutil.rmtree(trial.scratch)
    print(f"approve killed {POINTS} times: {outcomes}")


def test_publish_killed_at_random_points_leaves_a_list_that_verifies(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    request = desk.ask(desk.skill("minutes")).json["id"]
    folder = tmp_path / "published"
    desk.must("publish", "--to", str(folder))
    desk.must("approve", request, "--key", desk.key("rosa"), "--statement", "read it")
    words = ("publish", "--format", "json", "--to")
    (tmp_path / "measured").mkdir()
    measured = copy_of(desk, tmp_path / "measured")
    life = duration(measured, *words, str(measured.scratch / "published"))
    outcomes = {"acknowledged": 0, "new list, not acknowledged": 0, "old list": 0}
    for number, moment in enumerate(moments(life)):
        trial = copy_of(desk, tmp_path / f"publish-{number}")
        place = str(trial.scratch / "published")
        out = killed(trial, moment, *words, place)
        seen = trial.must("verify", place, "--root", trial.root, "--format", "json").json
        assert store_is_whole(trial)
        assert len(seen["entries"]) == (0 if seen["serial"] == 1 else 1)
        if out.strip():
            assert seen["serial"] == json.loads(out)["serial"]
        outcomes["acknowledged" if out.strip() else "old list" if seen["serial"] == 1 else "new list, not acknowledged"] += 1
        again = trial.must(*words, place).json
        assert again["serial"] > seen["serial"]
        trial.must("verify", place, "--root", trial.root)
        assert {path.name for path in trial.scratch.iterdir()} == {"home", "published"}
        shutil.rmtree(trial.scratch)
    print(f"publish killed {POINTS} times: {outcomes}")
