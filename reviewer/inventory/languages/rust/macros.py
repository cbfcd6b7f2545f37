"""The token trees of macros and attributes, parsed again as what they most often are: arguments, statements, items, JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.inventory.languages.rust.syntax import children, first, kinds, parse, wrong

if TYPE_CHECKING:
    from ast_grep_py import SgNode

__all__ = ["Piece", "definition", "format_pieces", "json_pairs", "pieces", "pieces_of_text", "segments", "text_of"]

#: How long a token tree may be to be parsed again.
LENGTH = 200_000
_STATIC_REF = re.compile(r"\bstatic\s+ref\b")
_HOLE = re.compile(r"\{\{|\}\}|\{([^{}:]{0,100})(?::[^{}]{0,60})?\}")
_MARK = re.compile(r"\$\s{0,4}\(|\$(?=[A-Za-z_])|[()]")
_REPEAT = re.compile(r"\s{0,20}[^\s*+?()]{0,3}\s{0,20}[*+?]")
_OPENING = frozenset({"(", "[", "{"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a macro: an expression, a block (its statements) or an item.

    ``shift`` is what its lines lack; ``keyword`` is ``k`` of ``k = v``.
    """

    node: SgNode
    shift: int
    keyword: str = ""


def pieces(tree: SgNode, *, as_items: bool = False) -> tuple[list[Piece], bool]:
    """Parse a token tree again. Gives its arguments, statements or items, and whether it was read at all."""
    text = tree.text()[1:-1]
    if len(text) > LENGTH:
        return [], False
    shift = tree.range().start.line
    for form in ("", "(", "{") if as_items else ("(", "{", ""):
        found = _parsed(text, shift, form)
        if found is not None:
            return found, True
    return [piece for segment in segments(tree) for piece in _loose(segment)], True


def _parsed(text: str, shift: int, form: str) -> list[Piece] | None:
    """Parse a text as arguments of a call, as a block, or as items; None where it is not that."""
    if not form:
        root = parse(_STATIC_REF.sub("static", text))
        found = children(root)
        listed = bool(found) and all(node.kind().endswith(("_item", "_declaration", "_definition")) for node in found)
        return [Piece(node=node, shift=shift) for node in found] if listed and not wrong(root) else None
    body = f"fn f(){{m({text}\n);}}" if form == "(" else f"fn f(){{{text}\n}}"
    root = parse(body)
    block = _block(root)
    if wrong(root) or block is None or len(children(root)) != 1:
        return None
    if form == "{":
        return [Piece(node=block, shift=shift)]
    call = children(children(block)[0])[0] if len(children(block)) == 1 else None
    arguments = first(call, "arguments") if call is not None and call.kind() == "call_expression" else None
    return None if arguments is None else [_argument(node, shift) for node in children(arguments)]


def pieces_of_text(text: str, shift: int) -> list[Piece]:
    """Parse a text as arguments; nothing where it is none."""
    return (_parsed(text, shift, "(") or []) if len(text) <= LENGTH else []


def _block(root: SgNode) -> SgNode | None:
    function = first(root, "function_item")
    return None if function is None else first(function, "block")


def _argument(node: SgNode, shift: int) -> Piece:
    parts = children(node)
    if node.kind() == "assignment_expression" and len(parts) == 2 and parts[0].kind() == "identifier":  # noqa: PLR2004  name = value
        return Piece(node=parts[1], shift=shift, keyword=parts[0].text())
    return Piece(node=node, shift=shift)


def segments(tree: SgNode) -> Iterator[list[SgNode]]:
    """Give the tokens of a token tree between commas, semicolons and ``=>``."""
    current: list[SgNode] = []
    for token in tree.children()[1:-1]:
        if token.text() in {",", ";", "=>"}:
            if current:
                yield current
            current = []
        else:
            current.append(token)
    if current:
        yield current


def text_of(tree: SgNode, tokens: list[SgNode]) -> str:
    """Give the source text that some neighbouring tokens of a token tree take."""
    start, end = tokens[0].range().start.index, tokens[-1].range().end.index
    begin = tree.range().start.index
    return tree.text()[start - begin : end - begin]


def _loose(tokens: list[SgNode]) -> list[Piece]:
    """Parse a few tokens as an expression; where they are none, at least the groups in braces and parentheses."""
    start = tokens[0].range().start
    parent = tokens[0].parent()
    text = text_of(parent, tokens) if parent is not None else ""
    found = _parsed(text, start.line, "(") or _parsed(text, start.line, "{")
    if found is not None:
        return found
    groups = [token for token in tokens if token.kind() == "token_tree" and token.text() != text]
    return [piece for group in groups for piece in pieces(group)[0]]


def json_pairs(tree: SgNode) -> list[tuple[SgNode | None, Piece | SgNode]] | None:
    """Give what a JSON object or array of ``json!`` holds: (key, value), the key None in an array; None for anything else.

    A value is a token tree (an inner object or array) or an expression.
    """
    inner = tree.children()
    if len(inner) < 2 or inner[0].text() not in _OPENING:  # noqa: PLR2004  its two braces
        return None
    found: list[tuple[SgNode | None, Piece | SgNode]] = []
    for tokens in segments(tree):
        key: SgNode | None = None
        rest = tokens
        if inner[0].text() == "{":
            at = next((i for i, token in enumerate(tokens) if token.text() == ":"), 0)
            key, rest = (tokens[0], tokens[at + 1 :]) if at else (None, tokens)
        if not rest:
            continue
        if len(rest) == 1 and rest[0].kind() == "token_tree" and rest[0].text()[0] in "{[":
            found.append((key, rest[0]))
        else:
            found.extend((key, piece) for piece in _loose(rest)[:1])
    return found


def format_pieces(text: str) -> list[str | tuple[str]]:
    """Take a format string apart: texts, and holes as 1-tuples of what stands in the braces before a colon.

    >>> format_pieces("a{x}{{b}}{:?}")
    ['a', ('x',), '{b}', ('',)]
    """
    found: list[str | tuple[str]] = []
    plain, at = "", 0
    for match in _HOLE.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        if match[0] in {"{{", "}}"}:
            plain += match[0][0]
            continue
        if plain:
            found.append(plain)
        plain = ""
        found.append((match[1].strip(),))
    plain += text[at:]
    return [*found, plain] if plain else found


def definition(node: SgNode) -> tuple[str, list[tuple[list[str], Piece]]]:
    """Give the name of a ``macro_rules!`` and, for every rule, its metavariables and its right side as a block."""
    name = first(node, "identifier")
    rules: list[tuple[list[str], Piece]] = []
    for rule in kinds(node, "macro_rule"):
        left, right = first(rule, "token_tree_pattern"), first(rule, "token_tree")
        if left is None or right is None or len(right.text()) > LENGTH:
            continue
        names = re.findall(r"\$([A-Za-z_]\w{0,60})\s*:", left.text())
        root = parse(f"fn f(){{{_unrolled(right.text()[1:-1])}\n}}")
        block = _block(root)
        if block is not None:
            rules.append((names, Piece(node=block, shift=right.range().start.line)))
    return (name.text() if name else ""), rules


def _unrolled(text: str) -> str:
    """Write a repetition of a macro once, and its variables as names: ``$( f($x); )*`` is ``( f(x); )``."""
    found: list[str] = []
    opened: list[bool] = []
    at = 0
    while at < len(text):
        match = _MARK.match(text, at)
        at = match.end() if match else at + 1
        if match is None:
            found.append(text[at - 1])
        elif match[0].startswith("$"):
            opened.extend([True] if match[0].endswith("(") else [])
        elif match[0] == "(":
            opened.append(False)
            found.append("(")
        elif opened and opened.pop():
            repeated = _REPEAT.match(text, at)
            at = repeated.end() if repeated else at
        else:
            found.append(")")
    return "".join(found)
