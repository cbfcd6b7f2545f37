"""What all tests share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _home_of_nobody(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the home, keys or settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("REVIEWER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path_factory.getbasetemp() / "no-home"))
