"""Bytes to text: by byte order mark, as UTF-8, by the pattern of NULs, and last as Latin-1, which never fails and is told."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

#: Share of control characters up to which bytes are still text. Encrypted or compressed bytes have about 0.1.
CONTROLS = 0.01
#: Share of NULs in every second byte from which bytes without a mark are UTF-16.
NULS = 0.4
#: How many bytes decide.
SAMPLE = 65_536

_MARKS = (  # the longer ones first: UTF-32's begins as UTF-16's does
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b\b") + b"\x7f"
_COOKIE = re.compile(rb"^[ \t\f]*#.{0,200}?coding[:=][ \t]*([-\w.]{1,40})")
_ASKS = re.compile(r"coding[:=]")
_PLAIN_COOKIES = frozenset({"utf8", "utf8sig", "ascii", "usascii", "latin1", "iso88591", "iso885915", "cp1252"})
_DECODED_COOKIES = frozenset(
    {"utf7", "unicodeescape", "rawunicodeescape", "utf16", "utf16le", "utf16be", "utf32", "cp037", "cp500", "cp1140"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How bytes become text. ``skip`` bytes of mark come first. ``doubt`` says why another program may read another text."""

    codec: str
    skip: int = 0
    doubt: str = ""

    def decode(self, content: bytes) -> str:
        """Give the text of bytes that were found to be in this encoding. Never raises: what does not fit is replaced."""
        return content[self.skip :].decode(self.codec, "replace")


def marked_or_utf8(content: bytes) -> Encoding | None:
    """Recognise text by its byte order mark, or as UTF-8 with hardly any control character. None: something else."""
    for mark, codec in _MARKS:
        if content.startswith(mark) and _fits(content[len(mark) :], codec):
            doubt = "" if codec == "utf-8" else f"written in {codec.upper()}, which many programs do not read as text"
            return Encoding(codec=codec, skip=len(mark), doubt=doubt)
    if _fits(content, "utf-8") and _calm(content):
        return Encoding(codec="utf-8")
    return None


def by_pattern(content: bytes) -> Encoding | None:
    """Recognise UTF-16 and UTF-32 without a mark by where their NULs stand. None: something else."""
    sample = content[:SAMPLE]
    if len(sample) < 4 or len(content) % 2:  # noqa: PLR2004  two characters of UTF-16 are the least that shows a pattern
        return None
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / len(sample[1::2])
    wide = ("utf-32-le", "utf-32-be") if even > NULS and odd > NULS else ()
    for codec in wide or (("utf-16-le",) if odd > NULS else ("utf-16-be",) if even > NULS else ()):
        if _fits(content, codec) and _calm(content.decode(codec).encode()):
            return Encoding(codec=codec, doubt=f"looks like {codec.upper()} without a mark")
    return None


def as_latin1(content: bytes) -> Encoding | None:
    """Take bytes that are nearly all printable as Latin-1. None: these bytes are no text."""
    return Encoding(codec="latin-1", doubt="not UTF-8; read as Latin-1") if _calm(content) else None


def odd_cookie(content: bytes) -> str | None:
    """Give the encoding that a Python source asks for in its first two lines, if it is one under which it means something else."""
    for line in content[:400].split(b"\n")[:2]:
        match = _COOKIE.match(line)
        if match:
            name = match[1].decode("ascii", "replace")
            return None if re.sub(r"[-_. ]", "", name.lower()) in _PLAIN_COOKIES else name
    return None


def decoded_by_cookie(content: bytes) -> str | None:
    """Give a Python source as its odd encoding has it, without the request for it; None for an encoding that is not decoded here."""
    name = odd_cookie(content)
    if name is None or re.sub(r"[-_. ]", "", name.lower()) not in _DECODED_COOKIES:
        return None
    try:
        text = content.decode(name, "replace")
    except (LookupError, ValueError):
        return None
    return _ASKS.sub("encoded", text[:400]) + text[400:]


def _fits(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except (UnicodeError, ValueError):
        return False
    return True


def _calm(content: bytes) -> bool:
    sample = content[:SAMPLE]
    return len(sample) - len(sample.translate(None, _CONTROL)) <= CONTROLS * len(sample)
