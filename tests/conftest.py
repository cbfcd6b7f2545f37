"""What all tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.journeys.world import DeskWorld, a_desk


@pytest.fixture(autouse=True)
def _home_of_nobody(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the home, keys or settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("REVIEWER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path_factory.getbasetemp() / "no-home"))


@pytest.fixture(scope="session")
def desk_that_was_made_once(tmp_path_factory: pytest.TempPathFactory) -> DeskWorld:
    desk = a_desk(tmp_path_factory.mktemp("made"))
    desk.ask(desk.skill("minutes"))
    return desk


@pytest.fixture
def desk(desk_that_was_made_once: DeskWorld, tmp_path: Path) -> DeskWorld:
    """A desk where ada of finance has asked for a harmless Skill: R-1."""
    shutil.copytree(desk_that_was_made_once.home, tmp_path / "home")
    return DeskWorld(home=tmp_path / "home", scratch=tmp_path)
