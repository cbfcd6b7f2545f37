"""Documentation comments of C#: what the source generator of the MCP SDK makes descriptions of.

Only members that are ``partial`` get their descriptions from these comments (ModelContextProtocol.Analyzers, XmlToDescriptionGenerator:
summary and remarks joined by a line break); of other members they reach no model.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from ast_grep_py import SgNode

__all__ = ["comment_before", "described", "parameters_described"]

_MARK = re.compile(r"^[ \t]*(?:///|/\*\*|\*/|\*)?[ \t]?|\*/[ \t]*$")
_ELEMENT = re.compile(r"<(summary|remarks|returns|param)\b([^<>]{0,200})>(.{0,20000}?)</\1\s*>", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_NAME = re.compile(r"name\s*=\s*\"([^\"<>]{0,200})\"")
_LENGTH = 100_000


def comment_before(siblings: list[SgNode], index: int) -> str:
    """Give the documentation comment that stands directly before a declaration, without its marks."""
    lines: list[str] = []
    for node in reversed(siblings[:index]):
        if node.kind() != "comment":
            break
        text = node.text()
        if text.startswith(("///", "/**")):
            lines[:0] = [_MARK.sub("", line) for line in text.split("\n")]
    return "\n".join(lines)[:_LENGTH]


def described(comment: str) -> str:
    """Give summary and remarks of a comment as the generator joins them."""
    found = {element[1]: _plain(element[3]) for element in _ELEMENT.finditer(comment) if element[1] != "param"}
    return "\n".join(text for text in (found.get("summary", ""), found.get("remarks", "")) if text)


def parameters_described(comment: str) -> Mapping[str, str]:
    """Give what a comment says of parameters, by name."""
    rows = ((_NAME.search(element[2]), element[3]) for element in _ELEMENT.finditer(comment) if element[1] == "param")
    return {name[1]: _plain(text) for name, text in rows if name}


def _plain(text: str) -> str:
    """Give the text of an element as the generator does: without tags (references among them), on one line."""
    return " ".join(line for line in (line.strip() for line in html.unescape(_TAG.sub("", text)).split("\n")) if line)
