"""Calls of the standard libraries of Java and Kotlin that are values in another spelling: formats, joined texts, literal collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reviewer.inventory.languages.java.strings import (
    formatted,
    indentation_stripped,
    joined,
    margin_trimmed,
    placed,
    reshaped,
    unindented,
)
from reviewer.inventory.program.model import Argument, Call, Collection, Constant, Expression, Member, Name, Record, Text, TypeName

__all__ = ["folded"]

#: Functions that give a list, set or stream of their arguments and nothing can be added to it.
_LISTS = frozenset(
    {"List.of", "Set.of", "Arrays.asList", "Stream.of", "Collections.singletonList", "Collections.singleton", "ImmutableList.of"}
    | {"ImmutableSet.of", "EnumSet.of", "listOf", "setOf", "arrayOf", "sequenceOf", "listOfNotNull", "flowOf"}
)
#: Functions that give a map of their arguments, keys and values in turn.
_MAPS = frozenset({"Map.of", "ImmutableMap.of", "Collections.singletonMap"})
#: Functions that give a map of pairs.
_PAIRED = frozenset({"Map.ofEntries", "mapOf"})
#: Functions that give a pair.
_PAIRS = frozenset({"Map.entry", "Pair", "AbstractMap.SimpleEntry", "AbstractMap.SimpleImmutableEntry"})
_BUILDERS = frozenset({"StringBuilder", "StringBuffer"})
_SHAPES: Mapping[str, Callable[[str], str]] = {
    "trimIndent": unindented,
    "stripIndent": indentation_stripped,
    "trimMargin": margin_trimmed,
    "trim": str.strip,
    "strip": str.strip,
    "stripTrailing": str.rstrip,
    "stripLeading": str.lstrip,
    "trimEnd": str.rstrip,
    "trimStart": str.lstrip,
}


def folded(call: Call) -> Expression:
    """Give the value that a call stands for, the call itself if it is none of these."""
    if any(argument.spread for argument in call.arguments):
        return call
    values = [argument.value for argument in call.arguments]
    callee = call.callee
    found: Expression | None = None
    if isinstance(callee, Member):
        found = _of_text(callee, values, call.line)
    if found is None:
        found = _of_function(_spelled(callee), values, call)
    return call if found is None else found


def _spelled(callee: Expression) -> str:
    if isinstance(callee, Name):
        return callee.name
    if isinstance(callee, Member) and isinstance(callee.object, Name):
        return f"{callee.object.name}.{callee.name}"
    return ""


def _of_function(name: str, values: Sequence[Expression], call: Call) -> Expression | None:
    if name in _LISTS:
        return Collection(items=tuple(values), line=call.line, type=TypeName(name="List", arguments=call.types))
    if name in _MAPS and len(values) % 2 == 0:
        return Record(pairs=tuple(zip(values[::2], values[1::2], strict=True)), line=call.line)
    if name in _PAIRED:
        return _record(values, call.line)
    if name in _PAIRS and len(values) == 2:  # noqa: PLR2004  a pair
        return Collection(items=tuple(values), line=call.line, type=TypeName(name="Pair"))
    return _text_of(name, values, call.line)


def _text_of(name: str, values: Sequence[Expression], line: int) -> Expression | None:
    if name in {"String.format", "format"}:
        while values and not isinstance(values[0], Text):  # a locale stands before the pattern
            values = values[1:]
        return formatted(values[0], values[1:]) if values and isinstance(values[0], Text) else None
    if name == "MessageFormat.format" and values and isinstance(values[0], Text):
        return placed(values[0], values[1:])
    if name == "String.valueOf" and len(values) == 1:
        return values[0]
    return _between(values[0], values[1:], line) if name == "String.join" and len(values) > 1 else None


def _between(separator: Expression, values: Sequence[Expression], line: int) -> Expression | None:
    items = values[0].items if len(values) == 1 and isinstance(values[0], Collection) else values
    if len(values) == 1 and items is values:
        return None
    woven = [piece for item in items for piece in (separator, item)]
    return joined(woven[1:], line)


def _record(values: Sequence[Expression], line: int) -> Record | None:
    pairs = [(value.items[0], value.items[1]) for value in values if isinstance(value, Collection) and len(value.items) == 2]  # noqa: PLR2004  a pair
    return Record(pairs=tuple(pairs), line=line) if len(pairs) == len(values) else None


def _of_text(callee: Member, values: Sequence[Expression], line: int) -> Expression | None:
    """Give what a method of a text gives."""
    text = callee.object
    if callee.name == "toString" and not values:
        return text if isinstance(text, Text) else _built(text, line)
    if not isinstance(text, Text):
        return None
    if callee.name in _SHAPES:
        return _shaped(text, callee.name, values)
    if callee.name in {"formatted", "format"}:
        return formatted(text, values)
    if callee.name == "concat" and len(values) == 1:
        return joined([text, values[0]], line)
    return None


def _shaped(text: Text, name: str, values: Sequence[Expression]) -> Text | None:
    """Give a text without white space or margin."""
    if not values:
        return reshaped(text, _SHAPES[name])
    given = values[0].parts if isinstance(values[0], Text) else ()
    prefix = given[0] if len(given) == 1 else None
    return reshaped(text, lambda literal: margin_trimmed(literal, prefix)) if name == "trimMargin" and isinstance(prefix, str) else None


def _built(value: Expression, line: int) -> Text | None:
    """Give the text of ``new StringBuilder(a).append(b).append(c)``."""
    appended: list[Argument] = []
    while isinstance(value, Call) and isinstance(value.callee, Member) and value.callee.name == "append" and len(value.arguments) == 1:
        appended.append(value.arguments[0])
        value = value.callee.object
    made = isinstance(value, Call) and isinstance(value.callee, Name) and value.callee.name in _BUILDERS
    if not made or not isinstance(value, Call):
        return None
    first = [argument for argument in value.arguments[:1] if not isinstance(argument.value, Constant)]  # a number is a capacity
    return joined([argument.value for argument in (*first, *reversed(appended))], line)
