"""Texts, numbers and characters as C# writes them: escaped, verbatim, raw and interpolated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

__all__ = ["number", "raw_lines", "text_of", "unescaped", "without_margin"]

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,4})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_LAST = 0x10FFFF
_DIGITS = 40


def unescaped(text: str) -> str:
    """Replace the escapes of an ordinary literal by what they stand for."""
    return _ESCAPE.sub(_letter, text) if "\\" in text else text


def _letter(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code is None:
        return _LETTERS.get(found[4], found[4])
    point = int(code, 16)
    return chr(point) if point <= _LAST else "\ufffd"


def text_of(node: SgNode) -> str | None:
    """Give what a literal without holes says, None if the node is no such literal."""
    kind = node.kind()
    if kind == "string_literal":
        pieces = (child.text() for child in node.children() if child.kind() in {"string_literal_content", "escape_sequence"})
        return _joined(unescaped("".join(pieces)))
    if kind == "verbatim_string_literal":
        text = node.text()
        return text[text.find('"') + 1 : text.rfind('"')].replace('""', '"')
    if kind == "raw_string_literal":
        content = next((child.text() for child in node.children() if child.kind() == "raw_string_content"), "")
        return without_margin(content)
    return None


def _joined(text: str) -> str:
    """Join the halves of a pair of surrogates that were written as two escapes; a lone half becomes a replacement character."""
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_margin(content: str) -> str:
    """Take from the lines of a raw literal what stands before its closing quotes, and the breaks beside the quotes."""
    lines = content.replace("\r\n", "\n").split("\n")
    if len(lines) == 1:
        return content
    margin = lines[-1]
    return "\n".join(line.removeprefix(margin) if margin.strip() == "" else line for line in lines[1:-1])


def raw_lines(pieces: list[str | SgNode]) -> Iterator[str | SgNode]:
    """Give the pieces of an interpolated raw literal of several lines without margin and outer breaks; holes stay as they are."""
    texts = [piece for piece in pieces if isinstance(piece, str)]
    if not texts or not texts[0].lstrip(" \t\r").startswith("\n"):
        yield from pieces
        return
    margin = texts[-1].rpartition("\n")[2]
    ends = {0: _without_first_break, len(pieces) - 1: _without_last_break}
    for index, piece in enumerate(pieces):
        if not isinstance(piece, str):
            yield piece
            continue
        text = piece.replace("\r\n", "\n")
        text = text.replace(f"\n{margin}", "\n") if margin and not margin.strip() else text
        yield (
            ends[index](text)
            if index in ends and len(ends) > 1
            else _without_last_break(_without_first_break(text))
            if index in ends
            else text
        )


def _without_first_break(text: str) -> str:
    return text.partition("\n")[2]


def _without_last_break(text: str) -> str:
    return text.rpartition("\n")[0]


def number(node: SgNode) -> int | float | None:
    """Give the value of a number literal, None where it is beyond what is followed."""
    text = node.text().replace("_", "").lower()
    text = text.rstrip("ul") if text.startswith(("0x", "0b")) else text.rstrip("ulfdm")
    try:
        return float(text) if node.kind() == "real_literal" else int(text, 0) if len(text) < _DIGITS else None
    except ValueError:
        return None
