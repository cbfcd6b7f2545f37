"""The arithmetic, on facts made by hand."""

from __future__ import annotations

import pytest

from checks.model import AutoRun, Capability, CapabilityId, Certainty, Confidence, Kind, Location, Scope, Severity, Trigger, Unreadable
from reviewer.assess.facts import Facts
from reviewer.assess.numbers import Numbers, family_says, judge
from reviewer.assess.policy import load_policy
from reviewer.model import GateEffect, Recommendation
from tests.builders import a_capability, a_finding, a_tool, a_weakness

POLICY = load_policy()


def judged(*capabilities: Capability, **facts: object) -> Numbers:
    return judge(Facts(capabilities=capabilities, **facts), POLICY)  # type: ignore[arg-type]  # a test names what it wants


def test_nothing_seen_and_everything_read_is_approved_with_nothing_at_stake() -> None:
    numbers = judged()

    assert (numbers.recommendation, numbers.risk, numbers.upper, numbers.impact) == (Recommendation.APPROVE, 0, 0, 0)


def test_clean_but_powerful_is_not_zero_and_is_restricted() -> None:
    numbers = judged(a_capability("proc.exec", Scope.ARGUMENT))

    assert numbers.impact == 9
    assert numbers.risk == pytest.approx(100 * 0.9 * 0.12)
    assert numbers.recommendation is Recommendation.RESTRICT


def test_impact_is_the_heaviest_and_a_tenth_of_the_next_three() -> None:
    held = [a_capability(identity) for identity in ("data.query", "msg.send", "content.untrusted", "env.use", "agent.memory")]

    numbers = judged(*held)

    assert numbers.combinations == ("trifecta",)
    assert numbers.impact == pytest.approx(7 + 0.1 * (7 + 7 + 4) + 1)


def test_the_same_capability_counts_once_at_its_widest() -> None:
    many = [a_capability("fs.read", scope) for scope in Scope for _ in range(3)]

    assert judged(*many).impact == 7


def test_impact_never_passes_ten() -> None:
    assert judged(*[a_capability(identity, Scope.ANY) for identity in CapabilityId]).impact == 10


def test_what_only_might_be_weighs_less() -> None:
    possible = a_capability("code.eval", certainty=Certainty.POSSIBLE)

    assert judged(possible).impact == pytest.approx(6.3)


def test_a_tool_brings_its_capabilities() -> None:
    assert judged(tools=(a_tool("pay", a_capability("money.move")),)).impact == 10


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({"autoruns": (AutoRun(event="npm:postinstall", command="x", trigger=Trigger.INSTALL, at=Location(path="package.json")),)}, 0.5),
        ({"capabilities": (a_capability("proc.exec", trigger=Trigger.INSTALL),)}, 7.5),
        ({"capabilities": (a_capability("env.use", trigger=Trigger.AUTOMATIC),)}, 1),
    ],
)
def test_what_runs_unasked_adds_to_impact_but_not_what_a_server_does_when_it_starts(facts: dict[str, object], points: float) -> None:
    assert judge(Facts(**facts), POLICY).impact == pytest.approx(points)  # type: ignore[arg-type]  # parametrised


def test_one_family_has_one_vote_with_diminishing_returns() -> None:
    one = a_finding(severity=Severity.MEDIUM)
    many = [a_finding(place=f"a.py:{line}", severity=Severity.MEDIUM) for line in range(1, 200)]

    assert family_says([one], Kind.MALICE, POLICY) == {"F01": 0.4}
    assert family_says(many, Kind.MALICE, POLICY) == pytest.approx({"F01": 0.4 * 1.75})
    assert family_says([one, a_weakness()], Kind.WEAKNESS, POLICY) == {"F26": 0.8}


def test_a_family_is_capped() -> None:
    many = [a_finding(place=f"a.py:{line}", severity=Severity.CRITICAL, family="F02") for line in range(1, 9)]

    assert family_says(many, Kind.MALICE, POLICY) == {"F02": 0.6}


def test_families_corroborate() -> None:
    two = (a_finding(severity=Severity.MEDIUM), a_finding(severity=Severity.MEDIUM, family="F13"))

    assert judged(findings=two).malice == pytest.approx(1 - 0.6 * 0.6)


def test_capabilities_never_raise_malice() -> None:
    every = [a_capability(identity, Scope.ANY) for identity in CapabilityId]

    assert judged(*every).malice == 0


@pytest.mark.parametrize(
    ("impact", "malice", "weakness", "provenance", "coverage", "risk", "upper"),
    [
        ("content.untrusted", 0.0, 0.0, 1.0, 1.0, 4.8, 4.8),
        ("persist", 0.0, 0.8, 1.0, 1.0, 48.816, 48.816),
        ("persist", 0.97, 0.0, 1.0, 1.0, 87.624, 87.624),
    ],
)
def test_the_formula(impact: str, malice: float, weakness: float, provenance: float, coverage: float, risk: float, upper: float) -> None:
    findings = [a_weakness(confidence=Confidence.HIGH)] if weakness else []
    if malice:
        findings += [a_finding(place=f"a.py:{line}", severity=Severity.CRITICAL) for line in (1, 2)]
    numbers = judged(a_capability(impact), findings=tuple(findings), coverage=coverage)

    assert (numbers.malice, numbers.weakness, numbers.provenance) == pytest.approx((malice, weakness, provenance))
    assert (numbers.risk, numbers.upper) == pytest.approx((risk, upper))


def test_a_poisoned_text_counts_though_it_can_do_nothing_by_itself() -> None:
    numbers = judged(findings=(a_finding(severity=Severity.CRITICAL),))

    assert numbers.impact == 0
    assert numbers.risk == pytest.approx(10 * 8 * 0.95 * (0.12 + 0.88 * 0.95))
    assert numbers.recommendation is Recommendation.BLOCK


def test_what_was_not_read_is_an_upper_bound() -> None:
    numbers = judged(a_capability("fs.write"), coverage=0.45)

    assert numbers.risk == pytest.approx(100 * 0.4 * 0.12)
    assert numbers.upper == pytest.approx(100 * 0.44 * (0.12 + 0.88 * 0.275))
    assert numbers.recommendation is Recommendation.INVESTIGATE


def test_of_what_was_not_read_at_all_much_is_possible() -> None:
    numbers = judged(failure="killed after 30 s", coverage=0.0)

    assert numbers.upper > 40
    assert [gate.id for gate in numbers.gates] == ["reading-failed"]


def test_provenance_is_bounded() -> None:
    launcher = a_finding("unpinned-launcher", kind=Kind.WEAKNESS, family="F21", severity=Severity.LOW)
    bad = judged(findings=(launcher,), traits=frozenset({"no-lock", "no-version", "install-script"}))
    good = judged(traits=frozenset({"published", "commit"}))

    assert bad.provenance == 1.25
    assert good.provenance == pytest.approx(0.855)


@pytest.mark.parametrize(
    ("finding", "effect", "recommendation"),
    [
        (a_finding(severity=Severity.CRITICAL), GateEffect.BLOCK, Recommendation.BLOCK),
        (a_finding(severity=Severity.CRITICAL, confidence=Confidence.MEDIUM), GateEffect.BLOCK, Recommendation.BLOCK),
        (a_finding(severity=Severity.CRITICAL, confidence=Confidence.LOW), None, Recommendation.INVESTIGATE),
        (a_finding(severity=Severity.CRITICAL, place="tests/fixtures/a.py:1"), GateEffect.INVESTIGATE, Recommendation.INVESTIGATE),
        (a_finding(severity=Severity.HIGH), None, Recommendation.INVESTIGATE),
        (a_finding(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM), None, Recommendation.APPROVE),
        (a_weakness(severity=Severity.CRITICAL), None, Recommendation.FIX_FIRST),
        (a_weakness(severity=Severity.CRITICAL, place="tests/test_a.py:1"), None, Recommendation.APPROVE),
        (a_weakness(severity=Severity.MEDIUM), None, Recommendation.APPROVE),
    ],
)
def test_what_a_single_finding_does(finding: object, effect: GateEffect | None, recommendation: Recommendation) -> None:
    numbers = judged(findings=(finding,))

    assert [gate.effect for gate in numbers.gates] == ([effect] if effect else [])
    assert numbers.recommendation is recommendation


@pytest.mark.parametrize(
    ("facts", "gate"),
    [
        ({"unread": (Unreadable(path="x.bin", reason="encrypted", gate=True),)}, "unread"),
        ({"failed": ("hidden-unicode",)}, "check-failed"),
        ({"failure": "timeout"}, "reading-failed"),
    ],
)
def test_anything_incomplete_is_investigated(facts: dict[str, object], gate: str) -> None:
    numbers = judge(Facts(**facts), POLICY)  # type: ignore[arg-type]  # parametrised

    assert [fired.id for fired in numbers.gates] == [gate]
    assert numbers.recommendation is Recommendation.INVESTIGATE
