"""Small questions to nodes of a C# syntax tree, and the names and types that they spell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from reviewer.inventory.program.model import Block, Expression, Parameter, Statement, TypeName

__all__ = ["Frame", "Grammar", "child_of", "dotted", "modifiers", "parts", "type_arguments", "type_name"]

_SKIPPED = frozenset({"comment", "preproc_region", "preproc_endregion", "preproc_nullable", "preproc_pragma", "preproc_line"})
_WRAPPED_TYPES = frozenset({"nullable_type", "ref_type", "pointer_type", "scoped_type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How expressions and bodies are lowered: they hold each other, and stand in modules of their own."""

    expression: Callable[[Frame, SgNode | None], Expression]
    body: Callable[[Frame, SgNode | None], Block]


@dataclass(slots=True, kw_only=True)
class Frame:
    """Where lowering stands: the offsets of lines, and the statements that an expression needs to run before it.

    ``pending`` is None where nothing can run before: in a field or an attribute. ``expected`` is the type that the place of a value
    asks for, which ``new()`` takes; ``returns`` is the same for what a body gives. ``made`` counts the names made for values that
    several branches give. ``streams`` says of names of the function whether they hold streams.
    """

    grammar: Grammar
    lines: list[int]
    pending: list[Statement] | None = None
    expected: TypeName | None = None
    returns: TypeName | None = None
    made: list[int] = field(default_factory=lambda: [0])
    streams: dict[str, bool] = field(default_factory=dict)

    def value(self, node: SgNode | None, expected: TypeName | None = None) -> Expression:
        """Lower an expression at a place that asks for a type."""
        return self.grammar.expression(self if self.expected == expected else replace(self, expected=expected), node)

    def same(self, node: SgNode | None) -> Expression:
        """Lower an expression that stands for this one, so that the same type is asked of it."""
        return self.grammar.expression(self, node)

    def body(self, node: SgNode | None) -> Block:
        """Lower statements, or the one expression of a body, inside the same function."""
        return self.grammar.body(replace(self, pending=[]), node)

    def of_function(self, node: SgNode | None, returns: TypeName | None, parameters: tuple[Parameter, ...]) -> Block:
        """Lower the body of a function of its own."""
        streams = dict(self.streams)
        for each in parameters:
            streams[each.names[0]] = each.type is not None and each.type.name.endswith("Stream")
        return self.grammar.body(replace(self, pending=[], returns=returns, expected=None, streams=streams), node)

    def drained(self) -> list[Statement]:
        """Give the statements that were collected, and forget them."""
        found = list(self.pending or ())
        if self.pending is not None:
            self.pending.clear()
        return found

    def line(self, node: SgNode) -> int:
        """Line of a node, from 1. ``replace`` tells an offset without counting columns, which takes long in long lines."""
        return bisect_right(self.lines, node.replace("").start_pos)

    def last(self, node: SgNode) -> int:
        """Last line of a node, from 1."""
        return bisect_right(self.lines, max(0, node.replace("").end_pos - 1))

    def name(self) -> str:
        """Make a name that no program can write."""
        self.made[0] += 1
        return f"${self.made[0]}"


def parts(node: SgNode | None) -> list[SgNode]:
    """Give the named children of a node, comments and marks for the editor left out."""
    return [] if node is None else [child for child in node.children() if child.is_named() and child.kind() not in _SKIPPED]


def child_of(node: SgNode, *kinds: str) -> SgNode | None:
    """Give the first child of one of these kinds."""
    return next((child for child in node.children() if child.kind() in kinds), None)


def modifiers(node: SgNode) -> frozenset[str]:
    """Give the modifiers of a declaration: ``static``, ``const``, ``partial``."""
    return frozenset(child.text() for child in node.children() if child.kind() == "modifier")


def dotted(node: SgNode | None) -> str:
    """Give a name as written, without type arguments and ``global::``."""
    return ".".join(_pieces(node)) if node is not None else ""


def _pieces(node: SgNode) -> Iterator[str]:
    kind = node.kind()
    if kind in {"qualified_name", "alias_qualified_name"}:
        for part in parts(node):
            yield from _pieces(part)
    elif kind == "generic_name":
        yield from _pieces(parts(node)[0])
    elif node.text() != "global":
        yield node.text().removeprefix("@")


def type_name(node: SgNode | None) -> TypeName | None:
    """Give a type as written; None for ``var``. An array is a ``System.Array`` of its elements, a tuple a ``System.ValueTuple``."""
    if node is None or node.kind() == "implicit_type":
        return None
    kind = node.kind()
    if kind in _WRAPPED_TYPES:
        return type_name(next(iter(parts(node)), None))
    if kind == "array_type":
        return TypeName(name="System.Array", arguments=_types([node.field("type")]))
    if kind == "tuple_type":
        return TypeName(name="System.ValueTuple", arguments=_types([next(iter(parts(part)), None) for part in parts(node)]))
    last = node.field("name") if kind == "qualified_name" else node
    return TypeName(name=dotted(node), arguments=type_arguments(last) if last is not None and last.kind() == "generic_name" else ())


def type_arguments(node: SgNode) -> tuple[TypeName, ...]:
    """Give the type arguments that stand in a generic name."""
    given = child_of(node, "type_argument_list")
    return _types(list(parts(given)))


def _types(nodes: list[SgNode | None]) -> tuple[TypeName, ...]:
    return tuple(found for node in nodes if (found := type_name(node)) is not None)
