"""What is toxic in combination: which tools hold which leg, and the fewest tools without which it falls apart.

The lethal trifecta is the best known: text of strangers, private data, and a way out in one set of tools (Willison, June 2025). To break
a combination one leg has to go, so the smallest cut is the leg that the fewest tools hold and nothing beside tools does.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Capability, CapabilityId, Location
from reviewer.assess.facts import Facts
from reviewer.assess.numbers import combinations
from reviewer.assess.policy import Policy
from reviewer.model import Leg, Toxic

__all__ = ["toxic"]

#: How many places beside tools are named for one leg.
PLACES = 5


def toxic(facts: Facts, policy: Policy) -> Iterator[Toxic]:
    """Yield the combinations with legs that a set of tools, and the code beside them, holds."""
    known = policy.rules.combinations
    for name in combinations(facts, policy):
        if known[name].legs:
            legs = tuple(_leg(frozenset(abilities), facts) for abilities in known[name].legs)
            yield Toxic(name=name, says=known[name].says, legs=legs, cut=_smallest(legs))


def _leg(abilities: frozenset[CapabilityId], facts: Facts) -> Leg:
    """Find who holds a leg. A capability of the code that a tool explains (same id, same place) is the tool's."""
    tools = {tool.name: [held for held in tool.capabilities if held.id in abilities] for tool in facts.tools}
    explained = {(held.id, at) for mine in tools.values() for held in mine for at in held.evidence}
    beside = [held for held in facts.capabilities if held.id in abilities]
    places = {at for held in beside for at in held.evidence if (held.id, at) not in explained}
    placeless = any(not held.evidence for held in beside)
    held_by = tuple(sorted(name for name, mine in tools.items() if mine))
    return Leg(
        capabilities=tuple(sorted(_ids([*beside, *(held for mine in tools.values() for held in mine)]))),
        tools=held_by,
        elsewhere=tuple(sorted(places)[:PLACES]) or ((Location(path=""),) if placeless and not held_by else ()),
    )


def _ids(held: list[Capability]) -> set[CapabilityId]:
    return {capability.id for capability in held}


def _smallest(legs: tuple[Leg, ...]) -> tuple[str, ...]:
    """Give the tools of the smallest leg that only tools hold; none where leaving tools out breaks nothing."""
    breakable = [leg.tools for leg in legs if leg.tools and not leg.elsewhere]
    return min(breakable, key=lambda tools: (len(tools), tools), default=())
