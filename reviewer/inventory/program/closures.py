"""Functions that other functions were made with: what a handler calls without knowing its name."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.inventory.program import model
from reviewer.inventory.program.links import Links
from reviewer.inventory.program.things import Code, Parameter, options
from reviewer.inventory.program.units import Unit

#: How many functions may have been made with one another.
DEPTH = 4


def captured(links: Links, code: Code, depth: int = 0) -> Iterator[tuple[Code, bool]]:
    """Give the functions that a lambda uses of the functions around it, in the situation in which it was made, and whether it is sure."""
    if depth >= DEPTH or not isinstance(code.unit.node, model.Lambda):
        return
    used = _names(code.unit)
    wanted = [(unit, name) for unit in around(code.unit) for name in unit.names_of_parameters if name in used]
    for unit, name in wanted:
        bound = code.env.values.get((id(unit), name))
        things = [links.evaluator.force(bound)] if bound is not None else links.supplied(Parameter(unit=unit, name=name))
        for option in (option for thing in things for option in options(thing)):
            if isinstance(option, Code) and option.unit is not code.unit:
                yield option, bound is not None
                yield from captured(links, option, depth + 1)


def around(unit: Unit) -> Iterator[Unit]:
    """Give the functions around one, nearest first."""
    current = unit.parent
    while current is not None:
        yield current
        current = current.parent


def _names(unit: Unit) -> frozenset[str]:
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        current = waiting.pop()
        found.update(node.name.partition(".")[0] for node, _ in current.names if isinstance(node, model.Name))
        waiting.extend((*current.lambdas.values(), *current.nested.values()))
    return frozenset(found)
