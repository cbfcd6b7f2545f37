"""Objects that are filled in after they are made: ``var info = new T(); info.Name = "x";`` says what ``new T { Name = "x" }`` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewer.inventory.languages.csharp.programs import COMMAND, command_pairs
from reviewer.inventory.program.model import (
    Argument,
    Bind,
    Block,
    Branch,
    Call,
    Collection,
    Expression,
    Index,
    Lambda,
    Loop,
    Member,
    Name,
    Record,
    Statement,
    Text,
    TypeName,
)

__all__ = ["configured", "settled"]

#: How many settings of one lambda are read.
SET = 60
_Pairs = list[tuple[Expression, Expression]]


def settled(block: Block) -> Block:
    """Give the statements of a body, with objects made in them as they are once they have been filled in."""
    made = {bind.names[0] for bind in _binds(block) if len(bind.names) == 1 and _is_made(bind.value)}
    if not made:
        return block
    later: dict[str, _Pairs] = {}
    for each in _flat(block):
        for name, key, value in _settings(each):
            if name in made:
                later.setdefault(name, []).append((key, value))
    return tuple(_filled(each, later) for each in block) if later else block


def configured(arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """Give what a lambda sets on its parameter as arguments: ``AddMcpServer(options => options.ServerInstructions = "x")``."""
    found: list[Argument] = []
    for argument in arguments:
        value = argument.value
        if isinstance(value, Lambda) and len(value.parameters) == 1:
            rows = [row for each in _flat(value.body) for row in _settings(each)]
            own = [(key, each) for name, key, each in rows if name == value.parameters[0].names[0]]
            found += [Argument(value=each, keyword=text) for key, each in own if (text := _text(key))]
    return tuple(found[:SET])


def _text(key: Expression) -> str:
    return "".join(part for part in key.parts if isinstance(part, str)) if isinstance(key, Text) else ""


def _is_made(value: Expression | None) -> bool:
    return (isinstance(value, Call) and value.new and isinstance(value.callee, Name)) or (
        isinstance(value, Record) and value.type is not None
    )


def _flat(block: Block) -> Iterator[Statement]:
    """Give all statements of one function, those of its branches and loops too."""
    waiting = list(reversed(block))
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, Branch | Loop):
            waiting.extend(reversed(each.body))


def _binds(block: Block) -> Iterator[Bind]:
    return (each for each in _flat(block) if isinstance(each, Bind))


def _settings(each: Statement) -> Iterator[tuple[str, Expression, Expression]]:
    """Give object, key and value of ``a.B = v``, ``a["k"] = v`` and ``a.B.Add(v)``."""
    if isinstance(each, Bind) and each.value is not None:
        target = each.target
        if isinstance(target, Index) and isinstance(target.object, Name):
            yield target.object.name, target.key, each.value
        elif (path := _path(target)) is not None:
            yield path[0], Text(parts=(path[1],), line=each.line), each.value
    elif isinstance(each, Call) and isinstance(each.callee, Member) and each.callee.name == "Add" and len(each.arguments) == 1:
        path = _path(each.callee.object)
        if path is not None:
            yield path[0], Text(parts=(path[1],), line=each.line), Collection(items=(each.arguments[0].value,), line=each.line)


def _path(target: Expression | None) -> tuple[str, str] | None:
    names: list[str] = []
    while isinstance(target, Member):
        names.append(target.name)
        target = target.object
    return (target.name, ".".join(reversed(names))) if isinstance(target, Name) and names else None


def _filled(each: Statement, later: dict[str, _Pairs]) -> Statement:
    if isinstance(each, Branch | Loop):
        return replace(each, body=tuple(_filled(inner, later) for inner in each.body))
    if isinstance(each, Bind) and len(each.names) == 1 and each.names[0] in later and _is_made(each.value):
        return replace(each, value=_with(each.value, later[each.names[0]]))
    return each


def _with(value: Expression | None, later: _Pairs) -> Expression | None:
    if isinstance(value, Call) and isinstance(value.callee, Name):
        kind = TypeName(name=value.callee.name, arguments=value.types)
        value = Record(pairs=(), line=value.line, type=kind, arguments=value.arguments)
    if not isinstance(value, Record) or value.type is None:
        return value
    arguments = tuple(argument for argument in value.arguments if argument.keyword != COMMAND)
    pairs = command_pairs(value.type.name, arguments, _together((*value.pairs, *later)))
    return replace(value, pairs=pairs, arguments=arguments)


def _together(pairs: tuple[tuple[Expression, Expression], ...]) -> tuple[tuple[Expression, Expression], ...]:
    """Join what was added to one list bit by bit."""
    found: list[tuple[Expression, Expression]] = []
    places: dict[str, int] = {}
    for key, value in pairs:
        name = _text(key)
        place = places.get(name) if name else None
        before = found[place][1] if place is not None else None
        if place is not None and isinstance(before, Collection) and isinstance(value, Collection):
            found[place] = (key, replace(before, items=(*before.items, *value.items)))
            continue
        places[name] = len(found)
        found.append((key, value))
    return tuple(found)
