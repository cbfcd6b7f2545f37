"""Python string literals to text, without the Python parser: prefixes, quotes and escapes as the language reference (2.4.1) has them."""

from __future__ import annotations

import re
import unicodedata

from ast_grep_py import SgNode

__all__ = ["is_bytes", "parts", "unescape"]

_ESCAPE = re.compile(
    r"\\(\r?\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|N\{[^{}\n]{1,100}\})",
)
_SIMPLE = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_LAST_CODE_POINT = 0x10FFFF


def unescape(text: str) -> str:
    """Replace escapes; one that means nothing stays as it stands."""
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    escape = found[1]
    if escape[0] in "\r\n":
        return ""
    if escape in _SIMPLE:
        return _SIMPLE[escape]
    if escape[0] == "N":
        return _by_name(escape[2:-1], found[0])
    point = int(escape, 8) if escape[0] in "01234567" else int(escape[1:], 16)
    return chr(point) if point <= _LAST_CODE_POINT else found[0]


def _by_name(name: str, whole: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return whole


def is_bytes(node: SgNode) -> bool:
    """Tell whether a string literal is a bytes literal."""
    return "b" in _start(node).rstrip("'\"").lower()


def _start(node: SgNode) -> str:
    first = node.child(0)
    return first.text() if first is not None and first.kind() == "string_start" else ""


def parts(node: SgNode) -> list[str | SgNode]:
    """Give the text of a string literal in pieces; the expressions of an f-string are nodes."""
    start = _start(node)
    prefix = start.rstrip("'\"").lower()
    raw, formatted = "r" in prefix, "f" in prefix or "t" in prefix
    if not formatted:
        text = node.text()
        end = len(start) - len(prefix)
        inner = text[len(start) : -end if text.endswith(start[len(prefix) :]) and len(text) >= len(start) + end else None]
        return [inner if raw else unescape(inner)]
    pieces: list[str | SgNode] = []
    for child in node.children():
        if child.kind() == "interpolation":
            pieces.append(child)
        elif child.kind() == "string_content":
            text = child.text() if raw else unescape(child.text())
            pieces.append(text.replace("{{", "{").replace("}}", "}"))
    return pieces
