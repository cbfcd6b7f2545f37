"""The language's own functions and methods on texts, lists and objects, as far as constants need them."""

from __future__ import annotations

import json
from collections.abc import Callable

from reviewer.inventory.languages.javascript.domain import (
    Constant,
    Function,
    Imported,
    Joined,
    Lazy,
    Listing,
    Parameter,
    Record,
    Setting,
    Unknown,
    Value,
    joined,
    mixed,
    options,
    text_of,
)
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.plain import plain_of

Items = list[Lazy | Value]
#: How many elements a callback is tried on.
_EACH = 400
#: How long a text may grow by ``repeat`` and ``padEnd``.
_LONGEST = 20_000


def _text_method(change: Callable[[str, list[str]], str]) -> Callable[[Evaluator, Value, Items, Lazy], Value | None]:
    """Make a method of texts; a text with holes stays as it is, for its constant parts matter more than their edges."""

    def method(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
        if isinstance(value, Joined):
            return value
        if not isinstance(value, Constant) or not isinstance(value.value, str):
            return None
        given = [text_of(evaluator.evaluate(item)) for item in items[:4]]
        if None in given:
            return Unknown(origins=(value, *(evaluator.evaluate(item) for item in items[:4])), seen=asked)
        return Constant(value=change(value.value, [text for text in given if text is not None])[:_LONGEST], seen=asked)

    return method


def _count(given: list[str], position: int, default: int) -> int:
    try:
        return int(float(given[position])) if position < len(given) else default
    except (ValueError, OverflowError):
        return default


def _slice(text: str, given: list[str]) -> str:
    return text[_count(given, 0, 0) : _count(given, 1, len(text))]


def _repeat(text: str, given: list[str]) -> str:
    return text * max(0, min(_count(given, 0, 0), _LONGEST // (len(text) or 1)))


_ENDS = frozenset({"/\\/$/", "/\\/+$/", "/\\/*$/", "/[/]+$/", "/\\/$/g", "/\\/+$/g"})


def _replace_method(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    r"""``url.replace(/\\/+$/, "")`` is how everybody makes a base URL; other regular expressions are not run."""
    first = items[0] if items else None
    if isinstance(first, Lazy) and first.node.kind() == "regex" and first.node.text() in _ENDS:
        if isinstance(value, Constant) and isinstance(value.value, str):
            return Constant(value=value.value.rstrip("/"), seen=asked)
        return value if isinstance(value, (Joined, Setting)) else None
    return _text_method(_replace)(evaluator, value, items, asked)


def _replace(text: str, given: list[str]) -> str:
    return text.replace(given[0], given[1], 1) if len(given) > 1 else text


def _replace_all(text: str, given: list[str]) -> str:
    return text.replace(given[0], given[1]) if len(given) > 1 and given[0] else text


def _join(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    between = evaluator.evaluate(items[0]) if items else Constant(value=",")
    if isinstance(value, Parameter) and text_of(between) == " ":
        return joined([value], asked)  # a list that the callers write down
    if not isinstance(value, Listing):
        return None
    parts: list[Value] = []
    for item in value.items:
        parts += [between, evaluator.evaluate(item)] if parts else [evaluator.evaluate(item)]
    for rest in value.rest:
        parts += [between, Unknown(origins=(rest,))]
    return joined(parts, asked)


def _split(evaluator: Evaluator, value: Value, items: Items, _: Lazy) -> Value | None:
    between = text_of(evaluator.evaluate(items[0])) if items else None
    if isinstance(value, Constant) and isinstance(value.value, str) and between:
        return Listing(items=tuple(Constant(value=part) for part in value.value.split(between)[:_EACH]))
    return None


def _concat(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    if isinstance(value, (Constant, Joined)):
        return joined([value, *(evaluator.evaluate(item) for item in items)], asked)
    if not isinstance(value, Listing):
        return None
    listed, rest = list(value.items), list(value.rest)
    for item in items:
        for option in options(evaluator.evaluate(item)):
            listed.extend(option.items if isinstance(option, Listing) else ())
            rest.extend(option.rest if isinstance(option, Listing) else (option,))
    return Listing(items=tuple(listed), rest=tuple(rest), seen=asked)


def _each(evaluator: Evaluator, value: Value, items: Items) -> list[Value] | None:
    """Call a callback on every element; None where list or callback is not known."""
    function = evaluator.evaluate(items[0]) if items else None
    if not isinstance(value, Listing) or not isinstance(function, Function) or len(value.items) > _EACH:
        return None
    return [evaluator.invoke(function, [item, Constant(value=float(index))]) for index, item in enumerate(value.items)]


def _map(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    results = _each(evaluator, value, items)
    if results is None or not isinstance(value, Listing):
        return None
    rest = value.rest
    function = evaluator.evaluate(items[0])
    if rest and isinstance(function, Function):
        rest = tuple(evaluator.invoke(function, [each]) for each in rest)
    return Listing(items=tuple(results), rest=rest, seen=asked)


def _flat_map(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    results = _each(evaluator, value, items) if items else [evaluator.evaluate(each) for each in getattr(value, "items", ())]
    if results is None or not isinstance(value, Listing):
        return None
    listed: list[Lazy | Value] = []
    rest = list(value.rest)
    for result in results:
        for option in options(result):
            if isinstance(option, Listing):
                listed.extend(option.items)
                rest.extend(option.rest)
            else:
                listed.append(option)
    return Listing(items=tuple(listed), rest=tuple(rest), seen=asked)


def _same(_: Evaluator, value: Value, __: Items, ___: Lazy) -> Value | None:
    """``filter``, ``slice``, ``sort``, ``reverse``: no member that is not in the list."""
    return value if isinstance(value, Listing) else None


def _some(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    """``find``: the first member that certainly fits, if it is certain of all; else any may be it."""
    if not isinstance(value, Listing) or not value.items:
        return None
    fits = (_each(evaluator, value, items) or []) if items and not value.rest else []
    if fits and all(isinstance(each, Constant) for each in fits):
        chosen = next((item for item, each in zip(value.items, fits, strict=True) if isinstance(each, Constant) and each.value), None)
        return evaluator.evaluate(chosen) if chosen is not None else Constant(value=None, seen=asked)
    return mixed([*(evaluator.evaluate(item) for item in value.items[:_EACH]), *value.rest], asked)


def _get(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    if not isinstance(value, Record) or "get" in value.entries or not items:
        return None
    key = text_of(evaluator.evaluate(items[0]))
    if key is not None:
        return evaluator.member(value, key, asked)
    return mixed([evaluator.evaluate(each) for each in list(value.entries.values())[:_EACH]], asked) if value.entries else None


def _values_method(evaluator: Evaluator, value: Value, _: Items, asked: Lazy) -> Value | None:
    if isinstance(value, Listing):
        return value
    return _values(evaluator, [value], asked) if isinstance(value, Record) and "values" not in value.entries else None


def _bind(_: Evaluator, value: Value, __: Items, ___: Lazy) -> Value | None:
    return value if isinstance(value, Function) else None


def _invoke(evaluator: Evaluator, value: Value, items: Items, _: Lazy) -> Value | None:
    return evaluator.invoke(value, items[1:]) if isinstance(value, Function) else None


def _then(evaluator: Evaluator, value: Value, items: Items, _: Lazy) -> Value | None:
    """``import("x").then((m) => …)`` and promises of values that are known."""
    function = evaluator.evaluate(items[0]) if items else None
    return evaluator.invoke(function, [value]) if isinstance(function, Function) and not isinstance(value, Unknown) else None


def _slice_method(evaluator: Evaluator, value: Value, items: Items, asked: Lazy) -> Value | None:
    first = evaluator.evaluate(items[0]) if len(items) == 1 else None
    if isinstance(value, Parameter) and isinstance(first, Constant) and isinstance(first.value, float) and 0 <= first.value < _EACH:
        return evaluator.rest(value, f"...{int(first.value)}")
    return value if isinstance(value, Listing) else _text_method(_slice)(evaluator, value, items, asked)


def _to_string(_: Evaluator, value: Value, __: Items, asked: Lazy) -> Value | None:
    if isinstance(value, Imported) and value.path in {"URL", "url.URL"} and value.made is not None:
        return value  # an address, as before
    text = text_of(value)
    return Constant(value=text, seen=asked) if text is not None else None


METHODS: dict[str, Callable[[Evaluator, Value, Items, Lazy], Value | None]] = {
    "trim": _text_method(lambda text, _: text.strip()),
    "trimStart": _text_method(lambda text, _: text.lstrip()),
    "trimEnd": _text_method(lambda text, _: text.rstrip()),
    "toLowerCase": _text_method(lambda text, _: text.lower()),
    "toUpperCase": _text_method(lambda text, _: text.upper()),
    "substring": _text_method(_slice),
    "repeat": _text_method(_repeat),
    "replace": _replace_method,
    "replaceAll": _text_method(_replace_all),
    "normalize": _text_method(lambda text, _: text),
    "slice": _slice_method,
    "split": _split,
    "join": _join,
    "concat": _concat,
    "map": _map,
    "flatMap": _flat_map,
    "flat": _flat_map,
    "filter": _same,
    "sort": _same,
    "reverse": _same,
    "toSorted": _same,
    "find": _some,
    "get": _get,
    "values": _values_method,
    "bind": _bind,
    "call": _invoke,
    "then": _then,
    "toString": _to_string,
    "toJSON": _to_string,
    "catch": lambda _, value, __, ___: None if isinstance(value, Unknown) else value,
}


def _first(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    return evaluator.evaluate(items[0]) if items else Unknown(seen=asked)


def _keys(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    value = _first(evaluator, items, asked)
    if isinstance(value, Record):
        return Listing(items=tuple(_key(key, entry) for key, entry in value.entries.items()), rest=value.rest, seen=asked)
    return Unknown(origins=(value,), seen=asked)


def _key(name: str, entry: Lazy | Value) -> Value:
    """Give the name of a member as a text that stands where the member does."""
    return Constant(value=name, seen=entry if isinstance(entry, Lazy) else entry.seen)


def _values(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    value = _as_record(evaluator, _first(evaluator, items, asked))
    if isinstance(value, Record):
        return Listing(items=tuple(value.entries.values()), rest=value.rest, seen=asked)
    return Unknown(origins=(value,), seen=asked)


def _entries(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    value = _as_record(evaluator, _first(evaluator, items, asked))
    if isinstance(value, Record):
        pairs = tuple(Listing(items=(_key(key, entry), entry)) for key, entry in value.entries.items())
        return Listing(items=pairs, rest=value.rest, seen=asked)
    return Unknown(origins=(value,), seen=asked)


def _as_record(evaluator: Evaluator, value: Value) -> Value:
    """Take all exports of a module, ``import * as tools``, and whatever a value may be, as one object."""
    entries: dict[str, Lazy | Value] = {}
    rest: list[Value] = []
    if isinstance(value, (Record, Unknown, Constant, Parameter)):
        return value
    for option in options(value):
        evaluator.merge(evaluator.supplied(option), entries, rest)
    return Record(entries=entries, rest=tuple(rest)) if entries else value


def _assign(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    entries: dict[str, Lazy | Value] = {}
    rest: list[Value] = []
    for item in items:
        evaluator.merge(evaluator.evaluate(item), entries, rest)
    return Record(entries=entries, rest=tuple(rest), seen=asked)


def _from_entries(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    value = _first(evaluator, items, asked)
    if not isinstance(value, Listing):
        return Unknown(origins=(value,), seen=asked)
    entries: dict[str, Lazy | Value] = {}
    rest = list(value.rest)
    for item in value.items:
        pair = evaluator.evaluate(item)
        key = text_of(evaluator.evaluate(pair.items[0])) if isinstance(pair, Listing) and len(pair.items) > 1 else None
        if isinstance(pair, Listing) and key is not None:
            entries[key] = pair.items[1]
        else:
            rest.append(pair)
    return Record(entries=entries, rest=tuple(rest), seen=asked)


def _from(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    value = _first(evaluator, items, asked)
    return (_map(evaluator, value, items[1:], asked) or value) if len(items) > 1 else value


def _listed(_: Evaluator, items: Items, asked: Lazy) -> Value:
    return Listing(items=tuple(items), seen=asked)


def _json(evaluator: Evaluator, items: Items, asked: Lazy) -> Value:
    value = _first(evaluator, items, asked)
    plain = plain_of(evaluator, value)
    if plain is None:
        return Unknown(origins=(value,), seen=asked)
    indent = 2 if len(items) > 1 else None
    return Constant(value=json.dumps(plain, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":")), seen=asked)


STATICS: dict[str, Callable[[Evaluator, Items, Lazy], Value]] = {
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": _entries,
    "Object.assign": _assign,
    "Object.freeze": _first,
    "Object.seal": _first,
    "Object.fromEntries": _from_entries,
    "Array.from": _from,
    "Array.of": _listed,
    "Promise.resolve": _first,
    "Promise.all": _first,
    "JSON.stringify": _json,
}
