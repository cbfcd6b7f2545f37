"""Lowers Go's composite literals: structs, maps, slices, and what ``new`` and ``make`` give."""

from __future__ import annotations

from collections.abc import Callable

from ast_grep_py import SgNode

from reviewer.inventory.languages.go.syntax import Source, parts
from reviewer.inventory.languages.go.typenames import TYPES, lower_type
from reviewer.inventory.program.model import Argument, Collection, Expression, Opaque, Record, Text, TypeName

__all__ = ["composite", "made"]

_Lower = Callable[[SgNode | None, Source], Expression]


def composite(node: SgNode, source: Source, lower: _Lower) -> Expression:
    """Lower ``T{…}``, ``[]T{…}``, ``map[K]V{…}``."""
    kind = lower_type(node.field("type"), source)
    body = node.field("body")
    return _filled(kind, body, source, lower) if body is not None else Opaque(parts=(), line=source.line(node))


def made(written: list[SgNode], line: int, source: Source, lower: _Lower) -> Expression:
    """Lower ``new(T)`` and ``make(T, …)``: an empty value of the type."""
    if not written or written[0].kind() not in TYPES | {"identifier"}:
        return Opaque(parts=tuple(lower(each, source) for each in written), line=line)
    kind = lower_type(written[0], source)
    if kind is not None and kind.name in {"[]", "chan"}:
        return Collection(items=(), line=line, type=kind)
    return Record(pairs=(), line=line, type=kind)


def _filled(kind: TypeName | None, body: SgNode, source: Source, lower: _Lower) -> Expression:
    line, elements = source.line(body), parts(body)
    if kind is not None and kind.name == "[]":
        inner = kind.arguments[0] if kind.arguments else None
        return Collection(items=tuple(_element(_valued(each), inner, source, lower) for each in elements), line=line, type=kind)
    pairs: list[tuple[Expression, Expression]] = []
    given: list[Argument] = []
    is_map = kind is not None and (kind.name == "map" or kind.name in source.named_maps)
    key_type, value_type = kind.arguments if kind is not None and kind.name == "map" and len(kind.arguments) > 1 else (None, None)
    for each in elements:
        if each.kind() == "keyed_element":
            key = each.field("key")
            first = key if key is not None else parts(each)[0]
            value = _element(_valued(each), value_type, source, lower)
            pairs.append((_element(first, key_type, source, lower) if is_map else _field_name(first, source, lower), value))
        else:
            given.append(Argument(value=_element(each, None, source, lower)))
    return Record(pairs=tuple(pairs), line=line, type=kind, arguments=tuple(given))


def _valued(element: SgNode) -> SgNode:
    """Give the value of an element that may have a key."""
    if element.kind() != "keyed_element":
        return element
    value = element.field("value")
    return value if value is not None else (parts(element) or [element])[-1]


def _element(node: SgNode, kind: TypeName | None, source: Source, lower: _Lower) -> Expression:
    """Lower an element; ``{…}`` without a type has that of the elements."""
    while node.kind() == "literal_element" and len(inner := parts(node)) == 1:
        node = inner[0]
    return _filled(kind, node, source, lower) if node.kind() == "literal_value" else lower(node, source)


def _field_name(node: SgNode, source: Source, lower: _Lower) -> Expression:
    while node.kind() == "literal_element" and len(inner := parts(node)) == 1:
        node = inner[0]
    if node.kind() in {"identifier", "field_identifier"}:
        return Text(parts=(node.text(),), line=source.line(node))
    return lower(node, source)
