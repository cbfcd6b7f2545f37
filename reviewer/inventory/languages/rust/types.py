"""Types as written, without references, lifetimes and bounds; a future is what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from reviewer.inventory.languages.rust.syntax import children, first
from reviewer.inventory.program.model import TypeName

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from reviewer.inventory.languages.rust.crates import Place

__all__ = ["path_of", "type_of"]

#: Traits of what gives its value later.
_FUTURES = frozenset({"Future", "Stream", "IntoFuture", "TryFuture", "BoxFuture", "LocalBoxFuture"})
#: What stands around a type without changing whose methods are called.
_AROUND = frozenset({"reference_type", "pointer_type", "dynamic_type", "abstract_type", "parenthesized_type", "bounded_type"})
_PATHS = frozenset({"type_identifier", "scoped_type_identifier", "primitive_type", "identifier", "scoped_identifier", "self"})
_DEPTH = 12


def path_of(node: SgNode, place: Place) -> str:
    """Give a path of names as others would write it, type arguments left out."""
    return place.full(_parts(node))


def _parts(node: SgNode) -> list[str]:
    kind = node.kind()
    if kind in {"scoped_identifier", "scoped_type_identifier"}:
        inner = [part for part in children(node) if part.kind() != "type_arguments"]
        return [part for child in inner for part in _parts(child)]
    if kind in {"generic_type", "generic_function", "generic_type_with_turbofish", "bracketed_type", "qualified_type", "reference_type"}:
        inner = [part for part in children(node) if part.kind() not in {"type_arguments", "lifetime", "mutable_specifier"}]
        return _parts(inner[0]) if inner else []
    return [node.text()[:200]]


def type_of(node: SgNode | None, place: Place, depth: int = _DEPTH) -> TypeName | None:
    """Give a type; None for the unit type and for what has no name."""
    if node is None or depth == 0:
        return None
    kind = node.kind()
    if kind in _AROUND:
        inner = [part for part in children(node) if part.kind() not in {"lifetime", "mutable_specifier", "type_parameters"}]
        return type_of(inner[0], place, depth - 1) if inner else None
    if kind in _PATHS:
        return TypeName(name=path_of(node, place))
    made = _MADE.get(kind)
    return made(node, place, depth) if made is not None else None


def _several(node: SgNode, place: Place, depth: int) -> TypeName:
    parts = tuple(found for part in children(node) if (found := type_of(part, place, depth - 1)))
    return TypeName(name="tuple" if node.kind() == "tuple_type" else "Vec", arguments=parts)


def _generic(node: SgNode, place: Place, depth: int) -> TypeName | None:
    arguments = first(node, "type_arguments")
    named = [part for part in children(arguments) if part.kind() not in {"lifetime", "type_binding"}] if arguments else []
    inner = tuple(found for part in named if (found := type_of(part, place, depth - 1)))
    name = path_of(node, place)
    short = name.rpartition(".")[2]
    bindings = [part for part in children(arguments) if part.kind() == "type_binding"] if arguments else []
    if short in _FUTURES and (bindings or inner):
        return type_of(children(bindings[0])[-1], place, depth - 1) if bindings else inner[0]
    if short == "Pin" and inner and inner[0].name.rpartition(".")[2] == "Box":
        return inner[0].arguments[0] if inner[0].arguments else None
    return TypeName(name=name, arguments=inner)


def _function_type(node: SgNode, place: Place, depth: int) -> TypeName | None:
    """Give ``impl Fn(A) -> B`` as a function type: its arguments are those of the function."""
    parts = first(node, "parameters")
    given = tuple(found for part in children(parts) if (found := type_of(part, place, depth - 1))) if parts else ()
    return TypeName(name="fn", arguments=given)


#: Types that are made of others, and how each is read.
_MADE: Mapping[str, Callable[[SgNode, Place, int], TypeName | None]] = {
    "array_type": _several,
    "slice_type": _several,
    "tuple_type": _several,
    "generic_type": _generic,
    "generic_type_with_turbofish": _generic,
    "function_type": _function_type,
}
