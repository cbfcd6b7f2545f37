"""Lists, maps and texts that a function fills bit by bit, read as if they were written whole: ``command.add("log")``.

Only what one function makes, names once and fills itself is read so. What is filled inside a function that is handed on, or by another
function, keeps a piece of which nothing is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reviewer.inventory.languages.java.strings import joined
from reviewer.inventory.program.model import (
    Bind,
    Block,
    Branch,
    Call,
    Collection,
    Constant,
    Expression,
    Index,
    Lambda,
    Loop,
    Member,
    Name,
    Opaque,
    Record,
    Return,
    Statement,
    Text,
    TypeName,
)
from reviewer.inventory.program.units import parts_of

__all__ = ["CONTAINERS", "grown"]

_LISTS = frozenset(
    {"ArrayList", "LinkedList", "ArrayDeque", "Vector", "HashSet", "LinkedHashSet", "TreeSet", "CopyOnWriteArrayList", "Stack"}
    | {"mutableListOf", "arrayListOf", "mutableSetOf", "hashSetOf", "linkedSetOf", "java.util.ArrayList", "java.util.LinkedList"}
)
_MAPS = frozenset(
    {"HashMap", "LinkedHashMap", "TreeMap", "ConcurrentHashMap", "mutableMapOf", "hashMapOf", "linkedMapOf", "java.util.HashMap"}
)
_TEXTS = frozenset({"StringBuilder", "StringBuffer"})
#: Constructors of what can be filled later.
CONTAINERS = _LISTS | _MAPS | _TEXTS
_ONE = frozenset({"add", "addLast", "addFirst", "push", "append", "appendLine", "offer", "insert", "addAll", "plusAssign", "set"})
_PAIR = frozenset({"put", "set", "putIfAbsent", "putAll"})
#: How often blocks may be nested in blocks.
NESTED = 60


@dataclass(slots=True)
class _Added:
    """What is added to one name. ``straight``: all of it, once, in this order. ``open``: and more, which is not known."""

    values: list[Expression] = field(default_factory=list)
    pairs: list[tuple[Expression, Expression]] = field(default_factory=list)
    straight: bool = True
    open: bool = False


def grown(body: Block) -> Block:
    """Give a body in which what is filled bit by bit is made whole at once."""
    made = dict(_made(body))
    if not made:
        return body
    added = {name: _Added() for name in made}
    for one, straight in _statements(body, straight=True, depth=0):
        _read(one, added, straight=straight)
    return _replaced(body, {name: _whole(call, added[name]) for name, call in made.items()}, 0)


def _made(body: Block) -> Iterator[tuple[str, Call]]:
    """Give names that are bound once, to a new container."""
    binds = [one for one, _ in _statements(body, straight=True, depth=0) if isinstance(one, Bind)]
    times = Counter(name for bind in binds for name in bind.names if _summand(bind) is None)
    for bind in binds:
        value = bind.value
        made = value.callee.name if isinstance(value, Call) and isinstance(value.callee, Name) else ""
        if isinstance(value, Call) and made in CONTAINERS and len(bind.names) == 1 and times[bind.names[0]] == 1:
            yield bind.names[0], value


def _summand(bind: Bind) -> tuple[Expression, ...] | None:
    """Give what is added where a name gets what it was and more: ``xs += x``."""
    value = bind.value
    first = value.parts[0] if isinstance(value, Text) and value.parts else None
    if not isinstance(value, Text) or len(bind.names) != 1 or not isinstance(first, Name) or first.name != bind.names[0]:
        return None
    return tuple(part for part in value.parts[1:] if not isinstance(part, str))


def _statements(body: Block, *, straight: bool, depth: int) -> Iterator[tuple[Statement, bool]]:
    for one in body:
        yield one, straight
        blocks = (one.body,) if isinstance(one, (Branch, Loop)) else one.blocks if isinstance(one, Opaque) else ()
        for inner in blocks if depth < NESTED else ():
            yield from _statements(inner, straight=False, depth=depth + 1)


def _read(one: Statement, added: dict[str, _Added], *, straight: bool) -> None:
    """Note what a statement adds to a container."""
    if isinstance(one, Bind):
        more = _summand(one)
        if more is not None and one.names[0] in added:
            _note(added[one.names[0]], list(more), straight=straight)
        elif (
            isinstance(one.target, Index)
            and isinstance(one.target.object, Name)
            and one.target.object.name in added
            and one.value is not None
        ):
            added[one.target.object.name].pairs.append((one.target.key, one.value))
    for value in _values(one):
        for call in _chain(value):
            _call(call, added, straight=straight)
        _hidden(value, added)
    if isinstance(one, Call) and isinstance(one.callee, Name) and one.callee.name[:1].islower():
        _handed(one, added)


def _values(one: Statement) -> tuple[Expression, ...]:
    if isinstance(one, Bind):
        return (one.value,) if one.value is not None else ()
    if isinstance(one, Return):
        return one.values
    if isinstance(one, (Branch, Loop)):
        head = one.subject if isinstance(one, Branch) else one.over
        return (head,) if head is not None else ()
    return () if not isinstance(one, (Call, Opaque, Text, Member)) else (one,)


def _chain(value: Expression) -> list[Call]:
    """Give the calls of a chain in the order in which they run."""
    found: list[Call] = []
    current: Expression = value
    while isinstance(current, (Call, Member)):
        if isinstance(current, Call):
            found.append(current)
            current = current.callee
        else:
            current = current.object
    return found[::-1] if isinstance(current, Name) else []


def _call(call: Call, added: dict[str, _Added], *, straight: bool) -> None:
    callee = call.callee
    base: Expression = callee
    while isinstance(base, (Call, Member)):
        base = base.callee if isinstance(base, Call) else base.object
    if not isinstance(callee, Member) or not isinstance(base, Name) or base.name not in added:
        return
    values = [argument.value for argument in call.arguments]
    if callee.name in _PAIR and len(values) == 2:  # noqa: PLR2004  key and value
        added[base.name].pairs.append((values[0], values[1]))
    if callee.name in _ONE | _PAIR and values:
        _note(added[base.name], values[-1:], straight=straight and callee.name not in {"addFirst", "insert", "set"})
        added[base.name].straight &= len(values) == 1 or callee.name == "put"


def _note(added: _Added, values: list[Expression], *, straight: bool) -> None:
    added.values.extend(values)
    added.straight &= straight


def _hidden(value: Expression, added: dict[str, _Added]) -> None:
    """Note that something is added inside a function that is handed on."""
    waiting: list[tuple[Statement, bool]] = [(value, False)]
    while waiting:
        one, inside = waiting.pop()
        if isinstance(one, Lambda):
            waiting.extend((each, True) for each, _ in _statements(one.body, straight=False, depth=0))
        elif isinstance(one, (Bind, Return, Branch, Loop)):
            waiting.extend((each, inside) for each in _values(one))
            if isinstance(one, Bind) and inside:
                _open(one.names if _summand(one) is not None else (), added)
        else:
            if inside and isinstance(one, Member) and isinstance(one.object, Name) and one.name in _ONE | _PAIR:
                _open((one.object.name,), added)
            waiting.extend((part, inside) for part in parts_of(one))


def _handed(call: Call, added: dict[str, _Added]) -> None:
    """What is handed to a function that gives nothing may be filled there."""
    names = (argument.value.name for argument in call.arguments if isinstance(argument.value, Name))
    _open(tuple(names), added)


def _open(names: tuple[str, ...], added: dict[str, _Added]) -> None:
    for name in names:
        if name in added:
            added[name].open = True


def _whole(call: Call, added: _Added) -> Expression:
    """Give the container as one literal."""
    kind = call.callee.name if isinstance(call.callee, Name) else ""
    line = call.line
    unknown: tuple[Expression, ...] = (Opaque(parts=(), line=line),) if added.open else ()
    first = [argument.value for argument in call.arguments if not isinstance(argument.value, Constant)]
    if kind in _TEXTS:
        parts = (*first, *added.values, *unknown)
        return joined(parts, line) if added.straight and not added.open else Opaque(parts=parts, line=line)
    if kind in _MAPS:
        given = [item.items for item in first if isinstance(item, Collection) and len(item.items) == 2]  # noqa: PLR2004  a pair
        pairs = (*((key, value) for key, value in given), *added.pairs)
        return Record(pairs=pairs, line=line) if pairs and len(given) == len(first) and not added.open else call
    start = [item for each in first for item in (each.items if isinstance(each, Collection) and kind[:1].isupper() else (each,))]
    items = tuple(_elements([*start, *added.values, *unknown]))
    return Collection(items=items, line=line, type=TypeName(name="List", arguments=call.types)) if items else call


def _elements(values: list[Expression]) -> Iterator[Expression]:
    """Open literal lists that are added as a whole."""
    for value in values:
        yield from value.items if isinstance(value, Collection) and value.type is not None and value.type.name != "Pair" else (value,)


def _replaced(body: Block, whole: dict[str, Expression], depth: int) -> Block:
    return tuple(_replace(one, whole, depth) for one in body)


def _replace(one: Statement, whole: dict[str, Expression], depth: int) -> Statement:
    if isinstance(one, Bind):
        if len(one.names) == 1 and one.names[0] in whole:
            if _summand(one) is not None:
                return Opaque(parts=_summand(one) or (), line=one.line)
            return replace(one, value=whole[one.names[0]])
        return one
    if isinstance(one, (Branch, Loop)) and depth < NESTED:
        return replace(one, body=_replaced(one.body, whole, depth + 1))
    return one
