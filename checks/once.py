"""An answer about a target that several checks ask for is worked out once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TypeVar

from checks.model import Target

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
