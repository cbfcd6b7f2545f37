"""What several checks ask about a target is worked out once, and what one check finds twice at a place is told once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from checks.model import Hit, Location, Target

Part = TypeVar("Part")


def once_per_target(question: Callable[[Target], Iterable[Part]]) -> Callable[[Target], tuple[Part, ...]]:
    """Keep the answer for the last target: checks look at one target after the other, and targets cannot be hashed."""
    last: list[tuple[Target, tuple[Part, ...]]] = []

    @functools.wraps(question)
    def answer(target: Target) -> tuple[Part, ...]:
        if not last or last[0][0] is not target:
            last[:] = [(target, tuple(question(target)))]
        return last[0][1]

    return answer


def each_place_once(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Pass on the first hit at each place."""
    seen: set[Location] = set()
    for hit in hits:
        if hit.at not in seen:
            seen.add(hit.at)
            yield hit
