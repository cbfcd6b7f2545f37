"""Attributes and documentation comments: ``#[tool(name = "x", annotations(read_only_hint = true))]``, ``/// text``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reviewer.inventory.languages.rust.macros import pieces_of_text, segments, text_of
from reviewer.inventory.languages.rust.syntax import children, first, kinds
from reviewer.inventory.languages.rust.types import path_of
from reviewer.inventory.program.model import Annotation, Argument, Constant, Expression, Record, Text

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from reviewer.inventory.languages.rust.expressions import Expressions

__all__ = ["Marks", "marks", "only_for_tests"]

Marks = tuple[tuple[Annotation, ...], str]

_COMMENTS = frozenset({"line_comment", "block_comment"})
_DEPTH = 4


def marks(reader: Expressions, before: Iterable[SgNode]) -> Marks:
    """Give the annotations and the documentation that stand before an item.

    Lines of documentation are trimmed and those without text left out, as the macros of the MCP SDKs and schemars join them.
    """
    found: list[Annotation] = []
    lines: list[str] = []
    for node in before:
        if node.kind() in _COMMENTS:
            lines.extend(_documentation(node))
        elif node.kind() == "attribute_item":
            annotation = annotation_of(reader, node)
            if annotation is None:
                continue
            value = annotation.arguments[0].value if annotation.arguments else None
            if annotation.name == "doc" and isinstance(value, Text) and all(isinstance(part, str) for part in value.parts):
                lines.extend("".join(part for part in value.parts if isinstance(part, str)).split("\n"))
            else:
                found.append(annotation)
    return tuple(found), "\n".join(filter(None, (line.strip() for line in lines)))


def _documentation(node: SgNode) -> list[str]:
    if first(node, "outer_doc_comment_marker") is None:
        return []
    text = "".join(part.text() for part in kinds(node, "doc_comment"))
    if node.kind() == "line_comment":
        return [text]
    return [line.strip().removeprefix("*") for line in text.split("\n")]


def annotation_of(reader: Expressions, node: SgNode) -> Annotation | None:
    """Give one attribute; nested lists are records, and their pairs also stand as ``outer.inner`` keywords."""
    attribute = first(node, "attribute")
    parts = children(attribute) if attribute is not None else []
    if not parts:
        return None
    name, line = path_of(parts[0], reader.place), reader.line(node)
    if len(parts) == 1:
        return Annotation(name=name, line=line)
    if parts[1].kind() != "token_tree":
        return Annotation(name=name, line=line, arguments=(Argument(value=reader.expression(parts[1], [])),))
    return Annotation(name=name, line=line, arguments=tuple(_arguments(reader, parts[1], _DEPTH)))


def _arguments(reader: Expressions, tree: SgNode, depth: int) -> list[Argument]:
    found: list[Argument] = []
    for tokens in segments(tree):
        texts = [token.text() for token in tokens]
        if len(tokens) == 2 and tokens[1].kind() == "token_tree" and texts[1][:1] == "(" and depth:  # noqa: PLR2004  name(…)
            inner = _arguments(reader, tokens[1], depth - 1)
            line = reader.line(tokens[0])
            pairs: tuple[tuple[Expression, Expression], ...] = tuple(
                (Text(parts=(given.keyword,), line=line), given.value) for given in inner if given.keyword
            )
            found.append(Argument(value=Record(pairs=pairs, line=line), keyword=texts[0]))
            found.extend(Argument(value=given.value, keyword=f"{texts[0]}.{given.keyword}") for given in inner if given.keyword)
        elif len(tokens) > 2 and texts[1] == "=":  # noqa: PLR2004  name = value
            found.append(Argument(value=_value(reader, tree, tokens[2:]), keyword=texts[0]))
        elif len(tokens) == 1 and tokens[0].kind() == "identifier":
            found.append(Argument(value=Constant(value=True, line=reader.line(tokens[0])), keyword=texts[0]))
        elif tokens:
            found.append(Argument(value=_value(reader, tree, tokens)))
    return found


def _value(reader: Expressions, tree: SgNode, tokens: list[SgNode]) -> Expression:
    shift = tokens[0].range().start.line
    found = pieces_of_text(text_of(tree, tokens), shift)
    return reader.piece(found[0], []) if found else Constant(value=None, line=reader.line(tokens[0]))


def only_for_tests(annotations: tuple[Annotation, ...]) -> bool:
    """Tell whether an item exists in tests only: ``#[cfg(test)]``, ``#[test]``, ``#[tokio::test]``."""
    return any(
        note.name.rpartition(".")[2] in {"test", "bench", "rstest", "proptest", "test_case"}
        or (note.name == "cfg" and [argument.keyword for argument in note.arguments] == ["test"])
        for note in annotations
    )
