"""Texts and the small parts of expressions: sums, format strings, keys, numbers, what a fallback gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.inventory.languages.rust.macros import format_pieces
from reviewer.inventory.languages.rust.syntax import children, literal
from reviewer.inventory.program.model import Constant, Expression, Lambda, Name, Opaque, Return, Text

if TYPE_CHECKING:
    from ast_grep_py import SgNode

__all__ = ["fallen_back", "flat", "formatted", "is_sum", "items_of", "key_of", "number_of", "separates"]


def flat(parts: tuple[Expression, ...], line: int) -> Text:
    """Join texts; what stands in a text is spliced in."""
    inner = (part.parts if isinstance(part, Text) else (part,) for part in parts)
    return Text(parts=tuple(piece for group in inner for piece in group), line=line)


def key_of(node: SgNode, line: int) -> Text:
    """Give the key of a JSON pair as a text."""
    text = literal(node) if node.kind() in {"string_literal", "raw_string_literal"} else node.text()
    return Text(parts=(text,) if text else (), line=line)


def is_sum(node: SgNode) -> bool:
    """Tell whether an expression is a sum."""
    parts = node.children()
    return node.kind() == "binary_expression" and len(parts) == 3 and parts[1].text() == "+"  # noqa: PLR2004  left, sign, right


def items_of(node: SgNode) -> list[SgNode]:
    """Give the items of an array; of ``[x; n]`` the first."""
    parts = [part for part in children(node) if part.kind() != "attribute_item"]
    return parts[:1] if any(part.text() == ";" for part in node.children()) else parts


def separates(value: Expression) -> bool:
    """Tell whether a text is what is put between the parts of a list, not a part of a path."""
    if not isinstance(value, Text):
        return isinstance(value, Constant)
    return all(isinstance(part, str) and not any(map(str.isalnum, part)) for part in value.parts)


def fallen_back(value: Expression) -> tuple[Expression, ...]:
    """Give what a fallback gives: itself, or what a closure without statements returns."""
    if not isinstance(value, Lambda):
        return (value,)
    only = value.body[0] if len(value.body) == 1 else None
    return only.values if isinstance(only, Return) else ()


def number_of(text: str) -> int | float | bool | None:
    """Give a number or truth value; None where it is neither whole nor true nor false."""
    if text in {"true", "false"}:
        return text == "true"
    digits = text.replace("_", "")[:40]
    try:
        return int(digits, 0) if digits[:2].lower() in {"0x", "0b", "0o"} else int(digits)
    except ValueError:
        return None


def formatted(text: Expression, given: list[tuple[str, Expression]], line: int) -> Expression:
    """Lower ``format!``: positions, names and what stands in the braces are put in."""
    if not isinstance(text, Text) or any(not isinstance(part, str) for part in text.parts):
        return Opaque(parts=(text, *(value for _, value in given)), line=line)
    positional = [value for keyword, value in given if not keyword]
    named = {keyword: value for keyword, value in given if keyword}
    parts: list[str | Expression] = []
    following = 0
    for part in format_pieces("".join(part for part in text.parts if isinstance(part, str))):
        if isinstance(part, str):
            parts.append(part)
            continue
        hole = part[0]
        number = int(hole) if hole.isdecimal() and len(hole) < 4 else following if not hole else None  # noqa: PLR2004  up to 999
        following += not hole
        if number is not None:
            parts.append(positional[number] if number < len(positional) else Opaque(parts=(), line=line))
        else:
            parts.append(named.get(hole) or Name(name="this" if hole == "self" else hole, line=line))
    return Text(parts=tuple(parts), line=line)
