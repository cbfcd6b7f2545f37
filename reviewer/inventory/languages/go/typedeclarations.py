"""Lowers Go's type declarations: structs, interfaces, named function types, aliases."""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from reviewer.inventory.languages.go.syntax import Source, documented, field_of
from reviewer.inventory.languages.go.typenames import fields_of, lower_type, methods_of, signature_of
from reviewer.inventory.program.model import Type

__all__ = ["lower_types"]


def lower_types(node: SgNode, source: Source, comments: list[SgNode] | None = None) -> Iterator[Type]:
    """Lower one ``type`` declaration, with one or several types in it."""
    above = list(comments or ())
    for child in node.children():
        if child.kind() == "comment":
            above.append(child)
        elif child.kind() in {"type_spec", "type_alias"}:
            line = min(source.line(child), source.line(node)) if not above else source.line(child)
            yield _type(child, source, documented(above, source, line) or documented(above, source, source.line(node)))


def _type(node: SgNode, source: Source, doc: str) -> Type:
    name, line, last = field_of(node, "name"), source.line(node), source.last(node)
    body = node.field("type")
    if body is None:
        return Type(name=name, line=line, last=last, doc=doc)
    if body.kind() == "struct_type":
        bases, fields = fields_of(body, source)
        return Type(name=name, line=line, last=last, doc=doc, bases=bases, fields=fields)
    if body.kind() == "interface_type":
        bases, functions = methods_of(body, source)
        return Type(name=name, line=line, last=last, doc=doc, bases=bases, functions=functions)
    if body.kind() == "function_type":
        return Type(name=name, line=line, last=last, doc=doc, signature=signature_of(body, source))
    return Type(name=name, line=line, last=last, doc=doc, alias=lower_type(body, source))
