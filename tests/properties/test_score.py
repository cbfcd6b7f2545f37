"""What holds of every judgement, whatever was seen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import (
    Capability,
    CapabilityId,
    Certainty,
    Component,
    Confidence,
    Finding,
    Kind,
    Location,
    Scope,
    Severity,
    Target,
    TargetKind,
    Tool,
    ToolKind,
    Trigger,
    Unreadable,
)
from reviewer.assess.policy import load_policy
from reviewer.assess.score import assess, judge_parts
from reviewer.model import Recommendation
from tests.builders import a_file, a_finding, a_scan, a_target

POLICY = load_policy()
ROOTS = ("", "srv", "skills/pdf", "tests")
paths = st.sampled_from(["server.py", "srv/server.py", "skills/pdf/SKILL.md", "tests/test_a.py", "srv/tests/b.py"])
places = st.builds(Location, path=paths, line=st.integers(0, 50))
findings = st.builds(
    lambda kind, family, severity, confidence, at, check: a_finding(
        check, f"{at.path}:{at.line}", kind=kind, family=family, severity=severity, confidence=confidence
    ),
    st.sampled_from(Kind),
    st.sampled_from(["F01", "F02", "F13", "F21", "F26"]),
    st.sampled_from(Severity),
    st.sampled_from(Confidence),
    places,
    st.sampled_from(["hidden-unicode", "unpinned-launcher", "command-injection"]),
)
capabilities = st.builds(
    Capability,
    id=st.sampled_from(CapabilityId),
    scope=st.sampled_from(Scope),
    trigger=st.sampled_from(Trigger),
    certainty=st.sampled_from(Certainty),
    objects=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    evidence=st.lists(places, max_size=2).map(tuple),
)
tools = st.builds(
    Tool,
    kind=st.sampled_from(ToolKind),
    part=st.sampled_from(["c0", "c1"]),
    name=st.sampled_from(["run", "get", "put", "\x1b{}"]),
    at=places,
    capabilities=st.lists(capabilities, max_size=2).map(tuple),
)
components = st.lists(st.sampled_from(ROOTS), max_size=3).map(
    lambda roots: tuple(
        Component(id=f"c{n}", kind=TargetKind.SKILL, root=root, name="c", at=Location(path=root)) for n, root in enumerate(roots)
    )
)
targets = st.builds(
    a_target,
    components=components,
    files=st.lists(paths, unique=True, max_size=4).map(lambda names: tuple(a_file(name) for name in names)),
    tools=st.lists(tools, max_size=3).map(tuple),
    capabilities=st.lists(capabilities, max_size=5).map(tuple),
    unreadable=st.lists(st.builds(Unreadable, path=paths, reason=st.text(max_size=5), gate=st.booleans()), max_size=2).map(tuple),
    coverage=st.floats(0, 1),
    version=st.none() | st.just("1"),
)
seen = st.lists(findings, max_size=5)
failed = st.lists(st.sampled_from(["path-traversal", "concealment"]), unique=True, max_size=1)
failures = st.none() | st.just("killed")
quick = settings(max_examples=60, deadline=None)


@quick
@given(target=targets, seen=seen, failed=failed, failure=failures)
def test_numbers_stay_within_their_bounds(target: Target, seen: list[Finding], failed: list[str], failure: str | None) -> None:
    said = assess(target, a_scan(*seen, failed=failed), POLICY, failure=failure)

    assert 0 <= said.score <= said.upper <= 100
    assert 0 <= said.impact <= 10
    assert all(0 <= share <= 1 for share in (said.malice, said.weakness, said.coverage))
    assert 0.8 <= said.provenance <= 1.25
    assert all("\x1b" not in sentence for sentence in (*said.counterfactuals, *said.conditions))


@quick
@given(target=targets, seen=seen, more=findings)
def test_one_more_finding_never_makes_it_better(target: Target, seen: list[Finding], more: Finding) -> None:
    before, after = (assess(target, a_scan(*found), POLICY, failure=None) for found in (seen, [*seen, more]))

    assert after.score >= before.score
    assert after.recommendation.rank >= before.recommendation.rank
    assert (after.malice, after.weakness) >= (before.malice, 0)
    assert after.weakness >= before.weakness


@quick
@given(target=targets, seen=seen, more=capabilities)
def test_one_more_capability_never_makes_it_better_nor_more_malicious(target: Target, seen: list[Finding], more: Capability) -> None:
    wider = a_target(
        components=target.components,
        files=target.files,
        tools=target.tools,
        capabilities=(*target.capabilities, more),
        unreadable=target.unreadable,
        coverage=target.coverage,
        version=target.version,
    )
    before, after = (assess(each, a_scan(*seen), POLICY, failure=None) for each in (target, wider))

    assert after.score >= before.score
    assert after.recommendation.rank >= before.recommendation.rank
    assert (after.malice, after.weakness) == (before.malice, before.weakness)


@quick
@given(target=targets, seen=seen, failed=failed, failure=failures)
def test_nothing_incomplete_is_better_than_investigate(target: Target, seen: list[Finding], failed: list[str], failure: str | None) -> None:
    said = assess(target, a_scan(*seen, failed=failed), POLICY, failure=failure)

    assert said.complete == (not failed and failure is None and not any(row.gate for row in target.unreadable))
    if not said.complete:
        assert said.recommendation.rank >= Recommendation.INVESTIGATE.rank


@quick
@given(target=targets, seen=seen, failed=failed)
def test_the_whole_takes_the_highest(target: Target, seen: list[Finding], failed: list[str]) -> None:
    scan = a_scan(*seen, failed=failed)
    whole = assess(target, scan, POLICY, failure=None)

    for part in judge_parts(target, scan, POLICY):
        assert part.assessment.score <= whole.score
        assert part.assessment.upper <= whole.upper
        assert part.assessment.recommendation.rank <= whole.recommendation.rank
        assert whole.complete <= part.assessment.complete


@quick
@given(target=targets, seen=seen, order=st.randoms(use_true_random=False))
def test_the_order_of_what_was_seen_does_not_matter(target: Target, seen: list[Finding], order: object) -> None:
    mixed = list(seen)
    order.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a Random
    one, other = (assess(target, a_scan(*found), POLICY, failure=None) for found in (seen, mixed))

    assert (one.score, one.upper, one.recommendation) == (other.score, other.upper, other.recommendation)
    assert one.malice == pytest.approx(other.malice)
