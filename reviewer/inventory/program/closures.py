"""Functions that other functions were made with: what a handler calls without knowing its name."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.inventory.program import model
from reviewer.inventory.program.links import Links
from reviewer.inventory.program.things import Code, Context, Made, Parameter, Thing, options
from reviewer.inventory.program.units import Unit

#: How many functions may have been made with one another.
DEPTH = 4


def captured(links: Links, code: Code, depth: int = 0, seen: set[int] | None = None) -> Iterator[tuple[Code, bool]]:
    """Give the functions that a lambda uses of the functions around it, in the situation in which it was made, and whether it is sure."""
    if depth >= DEPTH or not isinstance(code.unit.node, model.Lambda):
        return
    met = {id(code.unit)} if seen is None else seen
    used = sorted(_names(code.unit))
    for inner, sure in (found for unit in around(code.unit) for name in used for found in _called(links, code, unit, name)):
        if id(inner.unit) not in met:
            met.add(id(inner.unit))
            yield inner, sure
            yield from captured(links, inner, depth + 1, met)


def _called(links: Links, code: Code, unit: Unit, name: str) -> Iterator[tuple[Code, bool]]:
    """Give the functions in what a name of a function around stands for: a parameter, or a local that was made of one."""
    bound = code.env.values.get((id(unit), name))
    if bound is not None:
        yield from ((inner, True) for inner in _inside(links, links.evaluator.force(bound)))
    elif name in unit.names_of_parameters:
        supplied = links.supplied(Parameter(unit=unit, name=name))
        yield from ((inner, False) for thing in supplied for inner in _inside(links, thing))
    elif isinstance(unit.node, (model.Function, model.Lambda)):
        for each in unit.binds.get(name, ())[:DEPTH]:
            thing = links.evaluator.value(each.value, Context(unit, code.env)) if each.value is not None else None
            for inner in _inside(links, thing) if thing is not None else ():
                if all(each is not unit for each in around(inner.unit)):  # its own lambdas are called where they stand
                    yield inner, True


def _inside(links: Links, thing: Thing, depth: int = 0) -> Iterator[Code]:
    """Give functions, also those that other people's code was handed: ``reflect.ValueOf(handler)``."""
    if depth >= DEPTH:
        return
    for option in options(thing):
        if isinstance(option, Code):
            yield option
        elif isinstance(option, Made):
            things = [links.evaluator.value(argument.value, option.context) for argument in option.arguments[:DEPTH]]
            for each in (*things, *((option.base,) if option.base is not None else ())):
                yield from _inside(links, each, depth + 1)


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
