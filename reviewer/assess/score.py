"""Assess: the judgement of a whole submission and of each of its parts, with every point explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from checks.model import Component, Scan, Target
from reviewer.assess.explain import conditions, counterfactuals, reasons
from reviewer.assess.facts import Facts, gather, is_under, narrow
from reviewer.assess.numbers import judge
from reviewer.assess.policy import Policy
from reviewer.assess.toxic import toxic
from reviewer.model import Assessment, Part, SourcePart

__all__ = ["assess", "judge_parts"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


def assess(target: Target, scan: Scan, policy: Policy, *, failure: str | None, digests: Mapping[str, str] = _NOTHING) -> Assessment:
    """Judge a submission.

    Args:
        target: what was understood of it.
        scan: one result per check.
        policy: the numbers and their reasons.
        failure: why the reading ended early, None if it did not.
        digests: those of the snapshot; a commit or a checked integrity lowers ``provenance`` within its bounds.
    """
    return _assessed(gather(target, scan, policy, failure=failure, digests=digests), policy)


def judge_parts(
    target: Target,
    scan: Scan,
    policy: Policy,
    *,
    failure: str | None = None,
    digests: Mapping[str, str] = _NOTHING,
    brought: Iterable[SourcePart] = (),
) -> tuple[Part, ...]:
    """Judge each component by itself; none where the submission is its only component. No part is judged worse than the whole.

    ``brought`` are the parts that acquire has fetched: their digests are those of the package or repository itself.
    """
    if len(target.components) < 2 and all(not component.root for component in target.components):  # noqa: PLR2004  one component
        return ()
    facts = gather(target, scan, policy, failure=failure, digests=digests)
    known = {part.root: part.digests for part in brought if part.digests}
    return tuple(
        Part(
            component=component,
            digests=known.get(component.root) or {"dirHash": _digest(target, component)},
            assessment=_assessed(narrow(facts, component), policy),
        )
        for component in target.components
    )


def _digest(target: Target, component: Component) -> str:
    from reviewer.digests import dir_hash  # noqa: PLC0415  most submissions have no parts

    inside = (file for file in target.files if is_under(file.path, component.root) and not file.within)
    outside = len(component.root) + 1 if component.root else 0
    return dir_hash((file.path[outside:], file.sha256) for file in inside)


def _assessed(facts: Facts, policy: Policy) -> Assessment:
    numbers = judge(facts, policy)
    score = round(numbers.risk)
    return Assessment(
        recommendation=numbers.recommendation,
        complete=facts.complete,
        score=score,
        upper=max(score, round(numbers.upper)),
        impact=round(numbers.impact, 2),
        malice=round(numbers.malice, 4),
        weakness=round(numbers.weakness, 4),
        provenance=round(numbers.provenance, 4),
        coverage=round(numbers.coverage, 4),
        gates=numbers.gates,
        reasons=reasons(facts, numbers, policy),
        counterfactuals=counterfactuals(facts, numbers, policy),
        conditions=conditions(facts, numbers, policy),
        toxic=tuple(toxic(facts, policy)),
        policy_digest=policy.digest,
    )
