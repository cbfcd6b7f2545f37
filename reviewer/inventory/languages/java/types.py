"""Names, types and annotations as Java code spells them."""

from __future__ import annotations

from ast_grep_py import SgNode

from reviewer.inventory.languages.java.frame import child_of, parts
from reviewer.inventory.program.model import TypeName

__all__ = ["dotted", "explicit_types", "generics", "type_name"]

_MARKS = frozenset({"annotation", "marker_annotation"})


def dotted(node: SgNode | None) -> str:
    """Give a name as written, without white space, type arguments and annotations."""
    if node is None:
        return ""
    pieces: list[str] = []
    while node.kind() in {"scoped_identifier", "scoped_type_identifier", "generic_type"}:
        names = [part for part in parts(node) if part.kind() not in _MARKS]
        if node.kind() == "generic_type":
            node = names[0]
            continue
        pieces.append(names[-1].text())
        node = names[0]
    return ".".join([node.text(), *reversed(pieces)])


def type_name(node: SgNode | None) -> TypeName | None:
    """Give a type as written, None for ``var``; an array is an ``Array`` of its elements, a wildcard its bound."""
    if node is None or node.kind() == "void_type":
        return None
    kind = node.kind()
    inner = [part for part in parts(node) if part.kind() not in _MARKS]
    if kind == "array_type":
        element = type_name(inner[0]) if inner else None
        return TypeName(name="Array", arguments=(element,) if element else ())
    if kind == "generic_type":
        return TypeName(name=dotted(inner[0]), arguments=explicit_types(node))
    if kind == "annotated_type":
        return type_name(inner[-1]) if inner else None
    if kind == "wildcard":
        return (type_name(inner[-1]) if inner else None) or TypeName(name="Object")
    name = dotted(node)
    return None if name == "var" else TypeName(name=name)


def explicit_types(node: SgNode) -> tuple[TypeName, ...]:
    """Give the type arguments that stand directly in a node."""
    given = child_of(node, "type_arguments")
    return tuple(found for part in parts(given) if (found := type_name(part)) is not None)


def generics(node: SgNode) -> tuple[str, ...]:
    """Give the names of the type parameters of a declaration."""
    names = (child_of(part, "type_identifier", "identifier") for part in parts(child_of(node, "type_parameters")))
    return tuple(name.text() for name in names if name is not None)
