"""Patterns: which names they bind to which part of a value, and which texts they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer.inventory.languages.rust.syntax import children, kinds, line_of, literal
from reviewer.inventory.languages.rust.types import path_of
from reviewer.inventory.program.model import Constant, Expression, Index, Member, Name, Text

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from reviewer.inventory.languages.rust.crates import Place

__all__ = ["bound", "names_in", "texts_of"]

#: Patterns around one value that stand for the value itself.
_PLAIN = frozenset({"match_pattern", "ref_pattern", "mut_pattern", "reference_pattern", "captured_pattern", "parameter", "self_parameter"})
_DEPTH = 20


def bound(pattern: SgNode, value: Expression, depth: int = _DEPTH) -> Iterator[tuple[str, Expression]]:
    """Give the names that a pattern binds, each with the part of the value that it takes."""
    kind = pattern.kind()
    if kind in {"identifier", "shorthand_field_identifier"}:
        name = pattern.text().removeprefix("r#")
        if not name[:1].isupper():  # a constant or a variant, by the spelling that the compiler warns about otherwise
            yield name, value
        return
    for part, taken in _parts(pattern, kind, value) if depth else ():
        yield from bound(part, taken, depth - 1)


def _parts(pattern: SgNode, kind: str, value: Expression) -> list[tuple[SgNode, Expression]]:
    """Give the patterns inside a pattern with the part of the value that each is about."""
    inner, line = children(pattern), value.line
    if kind == "struct_pattern":
        return [taken for field in kinds(pattern, "field_pattern") for taken in _field(field, value)]
    if kind in {"tuple_pattern", "slice_pattern"}:
        return [(part, Index(object=value, key=Constant(value=i, line=line), line=line)) for i, part in enumerate(inner)]
    if kind == "tuple_struct_pattern" and len(inner) > 2:  # noqa: PLR2004  its name and one part
        return [(part, Member(object=value, name=str(i), line=line)) for i, part in enumerate(inner[1:])]
    if kind == "tuple_struct_pattern":
        return [(part, value) for part in inner[1:]]
    return [(part, value) for part in inner] if kind == "or_pattern" or kind in _PLAIN else []


def _field(field: SgNode, value: Expression) -> list[tuple[SgNode, Expression]]:
    parts = [part for part in children(field) if part.kind() != "mutable_specifier"]
    return [(parts[-1], Member(object=value, name=parts[0].text().removeprefix("r#"), line=value.line))] if parts else []


def names_in(pattern: SgNode) -> tuple[str, ...]:
    """Give the names that a pattern binds, in order; ``_`` where it binds none."""
    nowhere = Constant(value=None, line=line_of(pattern))
    return tuple(name for name, _ in bound(pattern, nowhere)) or ("_",)


def texts_of(pattern: SgNode, place: Place) -> tuple[Expression, ...] | None:
    """Give the texts of which a pattern asks for one: string literals, and constants by name; None where it asks for anything else."""
    found: list[Expression] = []
    waiting = [pattern]
    while waiting:
        node = waiting.pop(0)
        kind = node.kind()
        if kind in {"match_pattern", "or_pattern", "tuple_struct_pattern"}:
            inner = [
                part for part in children(node) if kind != "match_pattern" or part.kind() not in {"binary_expression", "call_expression"}
            ]
            waiting = [*(inner[1:] if kind == "tuple_struct_pattern" else inner[: None if kind == "or_pattern" else 1]), *waiting]
        elif kind in {"string_literal", "raw_string_literal"}:
            found.append(Text(parts=(literal(node),), line=line_of(node)))
        elif kind in {"identifier", "scoped_identifier"} and node.text().rpartition("::")[2].isupper():
            found.append(Name(name=path_of(node, place), line=line_of(node)))
        else:
            return None
    return tuple(found) or None
