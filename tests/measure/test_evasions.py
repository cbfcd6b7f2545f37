from __future__ import annotations

from pathlib import Path

import pytest

from checks.loader import load_checks
from tests.measure.evasions.measure import CASES, run_quickly
from tests.measure.evasions.model import Evasion

QUICK = [each for each in CASES if not each.flow and not each.slow]


@pytest.mark.parametrize("each", QUICK, ids=lambda each: each.name)
def test_what_is_hidden_is_found_and_its_twin_is_quiet(each: Evasion, tmp_path: Path) -> None:
    outcome = run_quickly(each, load_checks(), tmp_path)

    assert outcome.verdict == ("gated" if each.gate else "found")
    assert not outcome.noise


def test_the_suite_is_as_large_as_it_says() -> None:
    assert len(CASES) >= 40
    assert len({each.name for each in CASES}) == len(CASES)
    assert sum(not each.gate for each in CASES) >= 30
