"""Names and types as Kotlin code spells them."""

from __future__ import annotations

from ast_grep_py import SgNode

from reviewer.inventory.languages.java.frame import child_of, parts
from reviewer.inventory.program.model import TypeName

__all__ = ["explicit_types", "generics", "kind_in", "plain", "type_name"]

TYPES = frozenset({"user_type", "nullable_type", "function_type", "parenthesized_type", "parenthesized_user_type", "not_nullable_type"})


def plain(node: SgNode | None) -> str:
    """Give a name without the quotes that a keyword as a name needs."""
    return "" if node is None else node.text().strip("`")


def type_name(node: SgNode | None) -> TypeName | None:
    """Give a type as written, without nullability; a function type is a ``Function`` of its parameters and result."""
    if node is None:
        return None
    kind = node.kind()
    if kind == "user_type":
        name = ".".join(plain(part) for part in node.children() if part.kind() in {"type_identifier", "simple_identifier"})
        return TypeName(name=name, arguments=explicit_types(node))
    if kind == "function_type":
        return TypeName(name="Function", arguments=tuple(_of_function(node)))
    inner = [found for part in parts(node) if (found := type_name(part)) is not None]
    return inner[0] if inner else None


def _of_function(node: SgNode) -> list[TypeName]:
    found: list[TypeName] = []
    for part in parts(node):
        inner = parts(part) if part.kind() in {"function_type_parameters", "receiver_type"} else [part]
        kinds = (type_name(child_of(one, *TYPES) if one.kind() == "parameter" else one) for one in inner)
        found += [kind for kind in kinds if kind is not None]
    return found


def kind_in(node: SgNode | None) -> TypeName | None:
    """Give the type that stands directly in a node."""
    return type_name(child_of(node, *TYPES))


def explicit_types(node: SgNode) -> tuple[TypeName, ...]:
    """Give the type arguments that stand directly in a node."""
    return tuple(found for part in parts(child_of(node, "type_arguments")) if (found := type_name(part)) is not None)


def generics(node: SgNode) -> tuple[str, ...]:
    """Give the names of the type parameters of a declaration."""
    names = (child_of(part, "type_identifier") for part in parts(child_of(node, "type_parameters")))
    return tuple(plain(name) for name in names if name is not None)
