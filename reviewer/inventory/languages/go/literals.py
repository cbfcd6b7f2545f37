"""What Go's literals say: escapes of texts, and numbers.

Source: The Go Programming Language Specification («Rune literals», «String literals», «Integer literals»).
"""

from __future__ import annotations

import re

__all__ = ["character", "number", "text_of"]

_ESCAPE = re.compile(rb"\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_SIMPLE = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_SURROGATES = range(0xD800, 0xE000)
_LAST = 0x10FFFF
#: Digits of a number that are still read; Python itself refuses to read longer ones.
_DIGITS = 300


def text_of(literal: str) -> str:
    """Give the text of a string literal, raw or interpreted, written with its quotes. Bytes that are no UTF-8 become U+FFFD."""
    inner = literal[1:-1]
    if literal.startswith("`"):
        return inner.replace("\r", "")
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(_unescaped, inner.encode("utf-8", "replace")).decode("utf-8", "replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    octal, hexadecimal, short, long, simple = found.groups()
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    if octal is not None:
        return bytes([int(octal, 8) & 0xFF])
    if hexadecimal is not None:
        return bytes([int(hexadecimal, 16)])
    code = int(short or long, 16)
    return chr(code if code <= _LAST and code not in _SURROGATES else 0xFFFD).encode("utf-8")


def character(literal: str) -> int | None:
    """Give the code of a rune literal."""
    text = text_of(literal)
    return ord(text) if len(text) == 1 else None


def number(literal: str) -> int | float | None:
    """Give the value of an integer or floating-point literal, None for one that is wrong, imaginary or very long."""
    plain = literal.replace("_", "")
    if len(plain) > _DIGITS:
        return None
    if re.fullmatch(r"0[0-7]+", plain):
        return int(plain, 8)
    try:
        return int(plain, 0)
    except ValueError:
        pass
    try:
        return float.fromhex(plain) if plain[:2].lower() == "0x" else float(plain)
    except (ValueError, OverflowError):
        return None
