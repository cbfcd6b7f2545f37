"""The names that a pattern declares, and the way from the whole value to each: ``{a: [b, ...c]}``."""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.nodes import key_of

Way = tuple[str | int, ...]
Found = tuple[SgNode, Way, SgNode | None]

_PATTERNS = frozenset({"object_pattern", "array_pattern", "assignment_pattern", "object_assignment_pattern", "rest_pattern"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern", "type_identifier", "property_identifier"})
#: Nobody destructures deeper.
_DEPTH = 20


def names_in(pattern: SgNode, path: Way = (), default: SgNode | None = None, depth: int = 0) -> Iterator[Found]:
    """Give every name with its way and its default."""
    kind = pattern.kind()
    if kind == "shorthand_property_identifier_pattern":
        yield pattern, (*path, pattern.text()), default
    elif kind in _NAMES:
        yield pattern, path, default
    elif depth < _DEPTH:
        yield from _inside(pattern, kind, path, depth + 1)


def _inside(pattern: SgNode, kind: str, path: Way, depth: int) -> Iterator[Found]:
    if kind in {"assignment_pattern", "object_assignment_pattern"}:
        left = pattern.field("left")
        if left is not None:
            yield from names_in(left, path, pattern.field("right"), depth)
    elif kind == "rest_pattern":
        yield from names_in(pattern.children()[-1], (*path, "..."), None, depth)
    elif kind == "array_pattern":
        yield from _elements(pattern, path, depth)
    elif kind == "object_pattern":
        yield from _members(pattern, path, depth)


def _elements(pattern: SgNode, path: Way, depth: int) -> Iterator[Found]:
    index = 0
    for child in pattern.children():
        if child.kind() == ",":
            index += 1
        elif child.kind() == "rest_pattern":
            yield from names_in(child.children()[-1], (*path, f"...{index}"), None, depth)
        elif child.kind() in _NAMES or child.kind() in _PATTERNS:
            yield from names_in(child, (*path, index), None, depth)


def _members(pattern: SgNode, path: Way, depth: int) -> Iterator[Found]:
    for child in pattern.children():
        if child.kind() == "pair_pattern":
            key, value = child.field("key"), child.field("value")
            if key is not None and value is not None:
                yield from names_in(value, (*path, key_of(key)), None, depth)
        elif child.kind() in _NAMES or child.kind() in _PATTERNS:
            yield from names_in(child, path, None, depth)
