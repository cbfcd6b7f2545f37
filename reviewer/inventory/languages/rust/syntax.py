"""Rust texts into syntax trees, and the small things that are read off a node: its line, its text, the string that a literal stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

__all__ = ["children", "cleaned", "first", "kinds", "line_of", "literal", "parse", "walk", "wrong"]

_ESCAPE = re.compile(r"\\(?:(\n)\s*|x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f_]{1,8})\}|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_HIGHEST = 0x10FFFF
_COMMENTS = frozenset({"line_comment", "block_comment"})


def cleaned(text: str) -> str:
    """Make a text that the grammar can take: no lone surrogates, no NUL, line ends as Rust sees them."""
    return text.replace("\0", " ").replace("\r\n", "\n").encode("utf-8", "replace").decode()


def parse(text: str) -> SgNode:
    """Parse a cleaned text as a file."""
    from ast_grep_py import SgRoot  # noqa: PLC0415  only where a text is Rust

    return SgRoot(text, "rust").root()


def children(node: SgNode) -> list[SgNode]:
    """Give the named parts of a node without comments."""
    return [child for child in node.children() if child.is_named() and child.kind() not in _COMMENTS]


def kinds(node: SgNode, *wanted: str) -> list[SgNode]:
    """Give the parts of these kinds."""
    return [child for child in node.children() if child.kind() in wanted]


def first(node: SgNode, *wanted: str) -> SgNode | None:
    """Give the first part of these kinds."""
    return next((child for child in node.children() if child.kind() in wanted), None)


def line_of(node: SgNode) -> int:
    """Give the line on which a node begins, from 1."""
    return node.range().start.line + 1


def walk(root: SgNode) -> Iterator[SgNode]:
    """Give a node and all below it, in order, without recursion."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children()))


def wrong(root: SgNode) -> int:
    """Give how many characters the grammar did not understand."""
    total, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        if node.kind() == "ERROR":
            total += len(node.text())
        else:
            waiting.extend(node.children())
    return total


def literal(node: SgNode) -> str:
    """Give the text that a string literal stands for; a backslash before a line end leaves out the blanks of the next line."""
    if node.kind() == "raw_string_literal":
        return "".join(part.text() for part in kinds(node, "string_content"))
    inner = node.text().partition('"')[2].removesuffix('"')
    return _ESCAPE.sub(_unescaped, inner)


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return ""
    if match[2] or match[3]:
        code = int((match[2] or match[3]).replace("_", "") or "0", 16)
        return chr(code) if code <= _HIGHEST and not 0xD800 <= code < 0xE000 else "\ufffd"  # noqa: PLR2004  surrogates
    return _PLAIN.get(match[4], match[4])
