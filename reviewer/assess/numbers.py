"""The arithmetic: facts and policy in, four numbers, gates and a recommendation out.

Family f of findings says ``v = min(cap, sum(strength x confidence x (1, 1/2, 1/4)))``; malice and weakness are each the
noisy or ``1 - prod(1 - v)`` over their families. Impact is the heaviest capability, a tenth of each of the next three, and
what a combination adds. ``L = 1 - (1 - malice)(1 - 0.6 weakness)``, ``risk = 100 x impact/10 x (0.12 + 0.88 L) x provenance``,
where malice makes impact count as at least ``reach x malice``: a poisoned text does through the agent what the agent may do.
Adding a finding never lowers a number or the rank of the recommendation.
"""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checks.model import Capability, CapabilityId, Confidence, Finding, Kind, Severity
from checks.text import escape
from reviewer.assess.facts import Facts
from reviewer.assess.policy import Policy
from reviewer.assess.rules import GateRule, When
from reviewer.model import Gate, GateEffect, Recommendation

__all__ = ["Numbers", "combinations", "family_says", "judge", "weigh"]

_EFFECT = {GateEffect.BLOCK: Recommendation.BLOCK, GateEffect.INVESTIGATE: Recommendation.INVESTIGATE}
_BADNESS = {severity: severity.rank for severity in Severity}
_SURENESS = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What facts amount to. ``risk`` and ``upper`` are the unrounded score and upper bound."""

    impact: float
    malice: float
    weakness: float
    reachable: float
    provenance: float
    coverage: float
    risk: float
    upper: float
    gates: tuple[Gate, ...]
    combinations: tuple[str, ...]
    recommendation: Recommendation


def judge(facts: Facts, policy: Policy) -> Numbers:
    """Judge facts."""
    formula = policy.rules.formula
    malice, weakness = _noisy_or(facts.findings, Kind.MALICE, policy), _noisy_or(facts.findings, Kind.WEAKNESS, policy)
    loud = [finding for finding in facts.findings if not _is_quiet(finding.at.path, policy)]
    combined = tuple(combinations(facts, policy))
    impact = _impact(facts.all_capabilities, combined, policy)
    provenance = _provenance(facts, policy)
    likelihood = 1 - (1 - malice) * (1 - formula.weakness_share * weakness)
    possible = min(1.0, likelihood + formula.unread_share * (1 - facts.coverage))
    reach = policy.rules.impact.reach
    felt = max(impact, reach * malice)

    def risk(felt: float, likely: float) -> float:
        return min(100.0, 10 * felt * (formula.inherent + (1 - formula.inherent) * likely) * provenance)

    gates = tuple(_gates(facts, policy))
    given = _Given(
        malice=malice,
        reachable=_noisy_or(loud, Kind.WEAKNESS, policy),
        impact=impact,
        coverage=facts.coverage,
        combinations=combined,
    )
    return Numbers(
        impact=impact,
        malice=malice,
        weakness=weakness,
        reachable=given.reachable,
        provenance=provenance,
        coverage=facts.coverage,
        risk=risk(felt, likelihood),
        upper=risk(max(felt, reach * (1 - facts.coverage)), possible),
        gates=gates,
        combinations=combined,
        recommendation=_recommend(gates, given, facts, policy),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    malice: float
    reachable: float
    impact: float
    coverage: float
    combinations: tuple[str, ...]


def _recommend(gates: Iterable[Gate], given: _Given, facts: Facts, policy: Policy) -> Recommendation:
    """Give the worst of what the gates, incompleteness and the rows of the table say."""
    said = [_EFFECT[gate.effect] for gate in gates]
    if not facts.complete:
        said.append(Recommendation.INVESTIGATE)
    said += [row.recommendation for row in policy.rules.table if _holds(row.when, given)]
    return max(said, key=lambda recommendation: recommendation.rank, default=Recommendation.APPROVE)


def _holds(when: When, given: _Given) -> bool:
    conditions = [
        when.malice is None or given.malice >= when.malice,
        when.reachable is None or given.reachable >= when.reachable,
        when.impact is None or given.impact >= when.impact,
        when.coverage_below is None or given.coverage < when.coverage_below,
        when.combination is None or when.combination in given.combinations,
    ]
    return all(conditions)


def weigh(capability: Capability, policy: Policy) -> float:
    """Give what a capability could cost at worst, 0 to 10, by scope and by how well it is established."""
    weight, impact = policy.rules.weights[capability.id], policy.rules.impact
    points = weight.scopes.get(capability.scope, weight.base) * impact.certainty[capability.certainty]
    return points * impact.data_class if capability.id in impact.data else points


def _impact(capabilities: Iterable[Capability], combined: Iterable[str], policy: Policy) -> float:
    heaviest: dict[CapabilityId, float] = {}
    for capability in capabilities:
        heaviest[capability.id] = max(heaviest.get(capability.id, 0.0), weigh(capability, policy))
    rule = policy.rules.impact
    ordered = sorted(heaviest.values(), reverse=True)
    top = ordered[0] if ordered else 0.0
    following = rule.following * sum(ordered[1 : 1 + rule.counted])
    return min(10.0, top + following + sum(policy.rules.combinations[name].points for name in combined))


def combinations(facts: Facts, policy: Policy) -> Iterable[str]:
    """Yield the names of the combinations that are there."""
    held = {capability.id for capability in facts.all_capabilities}
    for name, combination in policy.rules.combinations.items():
        if name in facts.excused or (combination.automatic and not facts.runs_unasked):
            continue
        if (combination.legs or combination.automatic) and all(held.intersection(leg) for leg in combination.legs):
            yield name


def _is_quiet(path: str, policy: Policy) -> bool:
    return _lies_in(path, policy.rules.evidence.quiet_folders)


@functools.lru_cache(maxsize=4096)  # the same findings are weighed many times, to explain what each contributes
def _lies_in(path: str, folders: tuple[str, ...]) -> bool:
    return not set(path.split("/")[:-1]).isdisjoint(folders)


def _strength(finding: Finding, policy: Policy) -> float:
    evidence = policy.rules.evidence
    by_severity = evidence.strength.malice if finding.kind is Kind.MALICE else evidence.strength.weakness
    strength = evidence.strength.checks.get(finding.check, by_severity[finding.severity])
    quiet = evidence.quiet if _is_quiet(finding.at.path, policy) else 1.0
    return strength * evidence.confidence[finding.confidence] * quiet


def family_says(findings: Iterable[Finding], kind: Kind, policy: Policy) -> Mapping[str, float]:
    """Give, for each family of a kind, how much it says, 0 to 1."""
    said: dict[str, list[float]] = defaultdict(list)
    for finding in findings:
        if finding.kind is kind:
            said[finding.family].append(_strength(finding, policy))
    evidence = policy.rules.evidence
    default = evidence.caps.malice if kind is Kind.MALICE else evidence.caps.weakness
    return {
        family: min(
            evidence.caps.families.get(family, default),
            sum(part * factor for part, factor in zip(sorted(parts, reverse=True), evidence.repeated, strict=False)),
        )
        for family, parts in sorted(said.items())
    }


def _noisy_or(findings: Iterable[Finding], kind: Kind, policy: Policy) -> float:
    return 1.0 - math.prod(1.0 - value for value in family_says(findings, kind, policy).values())


def _provenance(facts: Facts, policy: Policy) -> float:
    rule = policy.rules.provenance
    seen = {finding.check for finding in facts.findings}
    factors = [factor for name, factor in rule.traits.items() if name in facts.traits]
    factors += [factor for name, factor in rule.checks.items() if name in seen]
    return min(rule.highest, max(rule.lowest, math.prod(factors)))


def _gates(facts: Facts, policy: Policy) -> Iterable[Gate]:
    rules = policy.rules.gates
    for name, rule in rules.findings.items():
        for finding in facts.findings:
            if _fires(rule, finding):
                effect = rule.in_quiet if _is_quiet(finding.at.path, policy) else rule.effect
                yield Gate(id=name, effect=effect, reason=_seen(finding), path=finding.at.path)
    for row in facts.unread:
        yield Gate(id="unread", effect=rules.unread.effect, reason=f"not read: {escape(row.reason)}", path=row.path)
    if facts.failure:  # then no check gave an answer, and one gate says so for all
        reason = f"{escape(facts.failure)}: {rules.reading_failed.reason}"
        yield Gate(id="reading-failed", effect=rules.reading_failed.effect, reason=reason)
        return
    for check in facts.failed:
        yield Gate(id="check-failed", effect=rules.check_failed.effect, reason=f"the check {check} failed: {rules.check_failed.reason}")


def _fires(rule: GateRule, finding: Finding) -> bool:
    return (
        finding.kind is rule.kind
        and _BADNESS[finding.severity] >= _BADNESS[rule.severity]
        and _SURENESS[finding.confidence] >= _SURENESS[rule.confidence]
        and (not rule.checks or finding.check in rule.checks)
        and (not rule.families or finding.family in rule.families)
    )


def _seen(finding: Finding) -> str:
    where = f" (line {finding.at.line})" if finding.at.line else ""
    return f"{finding.message}{where}"
