"""The explanation of a judgement: each point, each «without» and each condition is the judgement repeated with something left out.

Contributions do not add up to the score, as families corroborate each other (a noisy or): each says what the score loses without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from checks.model import Capability, CapabilityId, Finding, Kind, Location
from checks.text import escape
from reviewer.assess.facts import Facts, without_tools
from reviewer.assess.numbers import Numbers, family_says, judge, weigh
from reviewer.assess.policy import Policy
from reviewer.model import Reason, Recommendation

__all__ = ["conditions", "counterfactuals", "reasons"]

_AXES = {Kind.MALICE: "malice", Kind.WEAKNESS: "weakness"}
_ORDER = ("malice", "weakness", "impact", "provenance", "coverage")
_PLACE = 80  # characters of a path in a sentence
_OBJECTS = 6


def reasons(facts: Facts, numbers: Numbers, policy: Policy) -> tuple[Reason, ...]:
    """Give every contribution, largest first."""
    parts = (
        *_family_reasons(facts, numbers, policy),
        *_capability_reasons(facts, numbers, policy),
        *_combination_reasons(facts, numbers, policy),
        *_provenance_reasons(facts, numbers, policy),
        *_coverage_reasons(facts, numbers),
    )
    return tuple(sorted(parts, key=lambda reason: (-reason.points, _ORDER.index(reason.axis), reason.family, reason.sentence)))


def _lost(facts: Facts, numbers: Numbers, policy: Policy) -> float:
    return round(numbers.risk - judge(facts, policy).risk, 1)


def _family_reasons(facts: Facts, numbers: Numbers, policy: Policy) -> Iterator[Reason]:
    for kind, axis in _AXES.items():
        for family, says in family_says(facts.findings, kind, policy).items():
            if not says:
                continue
            mine = [finding for finding in facts.findings if finding.family == family and finding.kind is kind]
            rest = tuple(finding for finding in facts.findings if finding.family != family or finding.kind is not kind)
            more = f" (and {len(mine) - 1} more like it)" if len(mine) > 1 else ""
            points = _lost(replace(facts, findings=rest), numbers, policy)
            yield Reason(axis=axis, sentence=f"{mine[0].message}{more}", points=points, family=family, at=mine[0].at)


def _capability_reasons(facts: Facts, numbers: Numbers, policy: Policy) -> Iterator[Reason]:
    for identity, capability in _heaviest(facts, policy).items():
        weight = policy.rules.weights[identity]
        place = f"weights.{identity}.scopes.{capability.scope}" if capability.scope in weight.scopes else f"weights.{identity}.base"
        yield Reason(
            axis="impact",
            sentence=f"{identity} ({capability.scope}) weighs {weigh(capability, policy):g} of 10: {policy.reason(place)}",
            points=_lost(_without_capability(facts, identity), numbers, policy),
            family=identity.value,
            at=min(capability.evidence, default=None),
        )


def _heaviest(facts: Facts, policy: Policy) -> dict[CapabilityId, Capability]:
    """Give the heaviest capability of each id, heaviest id first, as many as count."""
    best: dict[CapabilityId, Capability] = {}
    for capability in facts.all_capabilities:
        known = best.get(capability.id)
        if known is None or weigh(capability, policy) > weigh(known, policy):
            best[capability.id] = capability
    ordered = sorted(best.values(), key=lambda capability: (-weigh(capability, policy), capability.id))
    return {capability.id: capability for capability in ordered[: 1 + policy.rules.impact.counted]}


def _without_capability(facts: Facts, identity: CapabilityId) -> Facts:
    tools = tuple(replace(tool, capabilities=tuple(held for held in tool.capabilities if held.id is not identity)) for tool in facts.tools)
    return replace(facts, tools=tools, capabilities=tuple(held for held in facts.capabilities if held.id is not identity))


def _combination_reasons(facts: Facts, numbers: Numbers, policy: Policy) -> Iterator[Reason]:
    for name in numbers.combinations:
        without = replace(facts, excused=frozenset({name}))
        yield Reason(axis="impact", sentence=policy.rules.combinations[name].says, points=_lost(without, numbers, policy), family=name)


def _provenance_reasons(facts: Facts, numbers: Numbers, policy: Policy) -> Iterator[Reason]:
    rule = policy.rules.provenance
    for trait in sorted(facts.traits):
        if trait in rule.traits:
            without = replace(facts, traits=facts.traits - {trait})
            sentence = f"{policy.reason(f'provenance.traits.{trait}')} (factor {rule.traits[trait]:g})"  # type: ignore[index]  # checked above
            yield Reason(axis="provenance", sentence=sentence, points=_lost(without, numbers, policy), family=trait)
    for check, factor in sorted(rule.checks.items()):
        mine = [finding for finding in facts.findings if finding.check == check]
        if mine:
            without = replace(facts, findings=tuple(finding for finding in facts.findings if finding.check != check))
            sentence = f"{policy.reason(f'provenance.checks.{check}')} (factor {factor:g})"
            yield Reason(axis="provenance", sentence=sentence, points=_lost(without, numbers, policy), family=check, at=mine[0].at)


def _coverage_reasons(facts: Facts, numbers: Numbers) -> Iterator[Reason]:
    if facts.coverage < 1:
        unread = max(1, round(100 * (1 - facts.coverage)))
        sentence = f"{unread} % of what can be reached was not read; what stands there could raise the score to {round(numbers.upper)}"
        yield Reason(axis="coverage", sentence=sentence, points=0.0, at=Location(path=facts.unread[0].path) if facts.unread else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Omission:
    """Something that can be left out. ``label`` completes «without …», or «with …» what is settled rather than gone."""

    label: str
    apply: Callable[[Facts], Facts]
    settled: bool = False


def counterfactuals(facts: Facts, numbers: Numbers, policy: Policy) -> tuple[str, ...]:
    """Say how the judgement would change without one thing; where no one thing changes the recommendation, without the fewest that do."""
    rule = policy.rules.explanation
    told: list[tuple[int, float, str]] = []
    omissions = list(_omissions(facts, policy))
    for omission in omissions:
        after = judge(omission.apply(facts), policy)
        steps, fall = numbers.recommendation.rank - after.recommendation.rank, numbers.risk - after.risk
        if steps > 0 or fall >= rule.least_points:
            told.append((-steps, -fall, _sentence([omission], numbers, after)))
    sentences = [sentence for _, _, sentence in sorted(told)][: rule.shown]
    if numbers.recommendation is not Recommendation.APPROVE and not any(steps < 0 for steps, _, _ in told):
        sentences = [*_fewest(facts, numbers, policy, omissions), *sentences][: rule.shown]
    return tuple(dict.fromkeys(sentences))


def _fewest(facts: Facts, numbers: Numbers, policy: Policy, omissions: list[_Omission]) -> list[str]:
    """Leave out, one after the other, what helps most, until the recommendation changes."""
    chosen: list[_Omission] = []
    for _ in range(min(policy.rules.explanation.shown, len(omissions))):
        judged = [(judge(_apply([*chosen, one], facts), policy), one) for one in omissions if one not in chosen]
        after, best = min(judged, key=lambda pair: (pair[0].recommendation.rank, len(pair[0].gates), pair[0].risk, pair[1].label))
        chosen.append(best)
        if after.recommendation.rank < numbers.recommendation.rank:
            needed = _needed(chosen, facts, numbers, policy)
            return [_sentence(needed, numbers, judge(_apply(needed, facts), policy))]
    return []


def _needed(chosen: list[_Omission], facts: Facts, numbers: Numbers, policy: Policy) -> list[_Omission]:
    """Take back what was left out in vain."""
    for one in list(chosen):
        rest = [other for other in chosen if other is not one]
        if rest and judge(_apply(rest, facts), policy).recommendation.rank < numbers.recommendation.rank:
            chosen = rest
    return chosen


def _apply(omissions: Iterable[_Omission], facts: Facts) -> Facts:
    for omission in omissions:
        facts = omission.apply(facts)
    return facts


def _sentence(omissions: list[_Omission], before: Numbers, after: Numbers) -> str:
    settled = _listed([one.label for one in omissions if one.settled])
    gone = _listed([one.label for one in omissions if not one.settled])
    changed = " and ".join([*([f"with {settled}"] if settled else []), *([f"without {gone}"] if gone else [])])
    old, new = round(before.risk), round(after.risk)
    score = f"the score falls from {old} to {new}" if new < old else f"the score stays at {new}"
    if after.recommendation is before.recommendation:
        return f"{changed} {score}"
    return f"{changed} {score} and the recommendation becomes {after.recommendation.value}"


def _listed(labels: list[str]) -> str:
    return f"{', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else "".join(labels)


def _omissions(facts: Facts, policy: Policy) -> Iterator[_Omission]:
    yield from _state_omissions(facts)
    weighty = [finding for finding in facts.findings if finding.kind is not Kind.HYGIENE]
    families: dict[tuple[Kind, str], list[Finding]] = defaultdict(list)
    for finding in weighty:
        families[finding.kind, finding.family].append(finding)
    for finding in weighty[: policy.rules.explanation.findings_tried]:
        yield _Omission(label=f"the finding {finding.check} in {_place(finding.at)}", apply=_dropping(frozenset({finding})))
    for mine in families.values():
        if len(mine) > 1:
            checks = ", ".join(sorted({finding.check for finding in mine}))
            yield _Omission(label=f"the {len(mine)} findings of {checks}", apply=_dropping(frozenset(mine)))
    for identity, capability in _heaviest(facts, policy).items():
        label = f"the capability {identity} ({capability.scope})"
        yield _Omission(label=label, apply=partial(_without_capability, identity=identity))


def _state_omissions(facts: Facts) -> Iterator[_Omission]:
    if facts.unread:
        rows = len(facts.unread)
        what = _place(Location(path=facts.unread[0].path)) or "what is unread" if rows == 1 else f"the {rows} unread paths"
        yield _Omission(label=f"{what} read and found harmless", apply=lambda given: replace(given, unread=(), coverage=1.0), settled=True)
    for check in facts.failed:
        yield _Omission(label=f"the failure of {check}", apply=_repairing(check))


def _repairing(check: str) -> Callable[[Facts], Facts]:
    return lambda given: replace(given, failed=tuple(name for name in given.failed if name != check))


def _dropping(gone: frozenset[Finding]) -> Callable[[Facts], Facts]:
    return lambda given: replace(given, findings=tuple(finding for finding in given.findings if finding not in gone))


def _place(at: Location) -> str:
    path = escape(at.path, _PLACE)
    return f"{path}:{at.line}" if at.line else path


def conditions(facts: Facts, numbers: Numbers, policy: Policy) -> tuple[str, ...]:
    """Propose what makes a restricted approval bearable: the smallest cut of tools first, then what to forbid around the rest."""
    if numbers.recommendation is not Recommendation.RESTRICT:
        return ()
    cut = _cut(facts, policy)
    proposed = []
    if cut:
        names = ", ".join(escape(name, _PLACE) for name in sorted(cut))
        after = judge(without_tools(facts, cut), policy)
        proposed.append(
            f"Leave out {'the tool' if len(cut) == 1 else 'the tools'} {names}: then the recommendation is {after.recommendation.value}."
        )
    sentences = policy.rules.conditions.sentences
    around = [
        sentences[identity].format(objects=_objects(facts, identity)) for identity in _heaviest(facts, policy) if identity in sentences
    ]
    return (*proposed, *around)


def _objects(facts: Facts, identity: CapabilityId) -> str:
    known = sorted({item for held in facts.all_capabilities if held.id is identity for item in held.objects})
    if not known:
        return ""
    more = f" and {len(known) - _OBJECTS} more" if len(known) > _OBJECTS else ""
    return f" (seen: {', '.join(escape(item, _PLACE) for item in known[:_OBJECTS])}{more})"


def _cut(facts: Facts, policy: Policy) -> frozenset[str]:
    """Give the fewest tools, at most half, without which nothing stands against it: single ones, then those that share a capability."""
    names = sorted({tool.name for tool in facts.tools})[: policy.rules.conditions.tools_tried]
    holders: dict[CapabilityId, set[str]] = defaultdict(set)
    for tool in facts.tools:
        for capability in tool.capabilities:
            holders[capability.id].add(tool.name)
    every = {tool.name for tool in facts.tools}
    tried = [frozenset({name}) for name in names]
    tried += sorted({frozenset(held) for held in holders.values() if len(held) > 1}, key=lambda held: (len(held), sorted(held)))
    for cut in tried:
        if 2 * len(cut) <= len(every) and len(cut) < len(every):
            after = judge(without_tools(facts, cut), policy)
            if after.recommendation is Recommendation.APPROVE:
                return cut
    return frozenset()
