"""The policy that ships: whole, reasoned, and about checks and capabilities that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

import checks
from checks.model import CapabilityId
from reviewer.assess.policy import load_policy
from reviewer.model import Recommendation

POLICY = load_policy()
CATALOGUE = {folder.name.replace("_", "-") for folder in (Path(checks.__file__).parent / "catalog").iterdir() if folder.is_dir()}


def test_every_number_has_its_reason() -> None:
    assert POLICY.reason("formula.inherent") == "clean but powerful is not zero"
    assert len(POLICY.reasons) > 100
    assert all(len(reason) >= 10 for reason in POLICY.reasons.values())


def test_every_capability_is_weighed_and_its_condition_can_be_said() -> None:
    assert set(POLICY.rules.weights) == set(CapabilityId)
    for sentence in POLICY.rules.conditions.sentences.values():
        assert sentence.format(objects=" (seen: x)").endswith(".")


def test_the_checks_that_it_names_exist() -> None:
    rules = POLICY.rules
    named = {*rules.provenance.checks, *rules.evidence.strength.checks}
    for gate in rules.gates.findings.values():
        named |= set(gate.checks)

    assert named <= CATALOGUE


@pytest.mark.parametrize(
    ("recommendation", "people"),
    [
        (Recommendation.APPROVE, 1),
        (Recommendation.RESTRICT, 1),
        (Recommendation.FIX_FIRST, 2),
        (Recommendation.INVESTIGATE, 2),
        (Recommendation.BLOCK, None),
    ],
)
def test_one_reviewer_up_to_restrict_two_above_and_nobody_for_block(recommendation: Recommendation, people: int | None) -> None:
    assert POLICY.review.approvals[recommendation] == people


def test_the_worse_the_recommendation_the_shorter_the_life() -> None:
    days = [POLICY.review.longest_days[recommendation] for recommendation in Recommendation]

    assert days == sorted(days)
