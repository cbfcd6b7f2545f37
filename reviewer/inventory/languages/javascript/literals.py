"""Literals of the language: what a string, template piece or number says."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": "", "\u2028": "", "\u2029": ""}
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,8})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-7]{1,3})|(\r\n|[\s\S]))")
_UNICODE_END = 0x110000


def string_text(node: SgNode) -> str | None:
    """Give the text of a string literal or of a template without holes; None for anything else."""
    kind = node.kind()
    if kind == "string":
        return unescape(node.text()[1:-1])
    if kind == "template_string":
        text = node.text()
        if "${" not in text or all(child.kind() != "template_substitution" for child in node.children()):
            return unescape(text[1:-1].replace("\r\n", "\n"))
    return None


def unescape(text: str) -> str:
    r"""Replace ``\n``, ``\u{1F600}`` and their like; a pair of surrogates becomes the character that it means."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_escaped, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped(found: re.Match[str]) -> str:
    long, four, two, octal, other = found.groups()
    if octal is not None:
        return chr(int(octal, 8))
    digits = long or four or two
    if digits is not None:
        code = int(digits, 16)
        return chr(code) if code < _UNICODE_END else "\N{REPLACEMENT CHARACTER}"
    return _SIMPLE.get(other, other)


def number_of(text: str) -> float | None:
    """Give the value of a number literal."""
    plain = text.replace("_", "").rstrip("n").lower()
    try:
        return float(int(plain, 0)) if plain[:2] in {"0x", "0o", "0b"} else float(plain)
    except (ValueError, OverflowError):
        return None
