"""Views of a text: what a person does not see, what it says once decoded, and how to show it safely.

Everything here takes time linear in the text, gives bounded output and raises for no text, lone surrogates included.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

EVIDENCE = 300  # characters of their text that a finding quotes

# Unicode Technical Standard #51, ED-14a: the only three tag sequences recommended for general interchange
# (England, Scotland, Wales). Any other sequence of tag characters has no visible form.
_FLAGS = tuple("\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in region) + "\U000e007f" for region in ("gbeng", "gbsct", "gbwls"))
_FLAG = re.compile("|".join(_FLAGS))

_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
_INVISIBLE += "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
_INVISIBLE += "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_HIDDEN = re.compile(f"[{_INVISIBLE}]+")
_UNSHOWABLE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_INVISIBLE}]")
_NOT_ASCII = re.compile(f"[{_INVISIBLE}]+|[^\x00-\x7f]")

_TAGS = 0xE0000  # tag characters repeat ASCII from here on
_TAG = re.compile("[\U000e0020-\U000e007e]")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}){12,}(?![0-9A-Za-z])")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}[\w.~/:=&+-]{0,8}){6,}")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\[0-7]{3}){4,}")
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\u\{([0-9a-fA-F]{1,6})\}|\\([0-7]{3})")
_LAST_CODE_POINT = 0x10FFFF


def escape(text: str, limit: int = EVIDENCE) -> str:
    r"""Show a text on one line of at most ``limit`` characters: what has no safe visible form is written ``\u{200b}``."""
    shown: list[str] = []
    room = limit
    for character in text[: limit + 1]:
        piece = _shown(character)
        if len(piece) > room:
            return "".join(shown)[: limit - 1] + "…"
        shown.append(piece)
        room -= len(piece)
    return "".join(shown)


def _shown(character: str) -> str:
    if character in "\n\r\t":
        return " "
    unshowable = _UNSHOWABLE.match(character) or not character.isprintable()
    return f"\\u{{{ord(character):x}}}" if unshowable else character


class Lines:
    """Where the lines of a text begin, so that an offset becomes a line number (from 1) in logarithmic time."""

    def __init__(self, text: str) -> None:
        """Read the text once."""
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def at(self, offset: int) -> int:
        """Give the line in which the character at ``offset`` stands."""
        return bisect.bisect_left(self._ends, offset) + 1


def portions(text: str, *, length: int, lines: int) -> Iterator[tuple[int, str]]:
    """Cut a text at line ends into parts of at most so many lines and, as far as lines allow, characters: (first line, part)."""
    if len(text) <= length and text.count("\n") < lines:
        yield 1, text
        return
    start = count = size = 0
    first = 1
    for match in re.finditer(r"[^\n]*(?:\n|\Z)", text):
        if count and (count >= lines or size + len(match[0]) > length):
            yield first, text[start : match.start()]
            first, start, count, size = first + count, match.start(), 0, 0
        count += 1
        size += len(match[0])
    if start < len(text):
        yield first, text[start:]


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenRun:
    """Characters without a visible form that stand together, from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


def hidden_runs(text: str) -> Iterator[HiddenRun]:
    """Yield every run of invisible characters, in order. The three flags that are made of tag characters are not invisible."""
    if text.isascii():
        return
    flags = {match.start() + 1: match.end() for match in _FLAG.finditer(text)}
    for match in _HIDDEN.finditer(text):
        start = flags.get(match.start(), match.start())
        if start < match.end():
            yield HiddenRun(start=start, end=match.end(), text=text[start : match.end()])


def decode_tags(text: str) -> str:
    """Give the ASCII that tag characters (U+E0020 to U+E007E) spell; all else is left out."""
    return "".join(chr(ord(c) - _TAGS) for c in _TAG.findall(text))


def decode_selectors(text: str) -> str:
    """Give the text whose UTF-8 bytes variation selectors spell (U+FE00 is 0, U+E0100 is 16), or ``""``."""
    values = (ord(c) - 0xFE00 if c <= "\ufe0f" else ord(c) - 0xE0100 + 16 for c in _SELECTOR.findall(text))
    return bytes(values).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A text as it also can be read. ``layers`` says how it was made, outermost first; it is empty for the text itself.

    ``origins`` gives for each character its offset in the original; where it is None, all of the view
    comes from the run that begins at ``start``.
    """

    text: str
    layers: tuple[str, ...] = ()
    start: int = 0
    origins: tuple[int, ...] | None = None

    def origin(self, offset: int) -> int:
        """Give where the character at ``offset`` stands in the original."""
        if self.origins is not None:
            return self.origins[min(offset, len(self.origins) - 1)] if self.origins else 0
        return self.start if self.layers else offset


def visible(text: str) -> View:
    """Give a text without invisible characters and with compatibility forms folded (NFKC, character by character)."""
    if text.isascii():
        return View(text=text)
    pieces: list[str] = []
    origins: list[int] = []
    end = 0
    for match in _NOT_ASCII.finditer(text):
        pieces.append(text[end : match.start()])
        origins.extend(range(end, match.start()))
        folded = "" if _HIDDEN.match(match[0]) else unicodedata.normalize("NFKC", match[0])
        pieces.append(folded)
        origins.extend([match.start()] * len(folded))
        end = match.end()
    pieces.append(text[end:])
    origins.extend(range(end, len(text)))
    return View(text="".join(pieces), layers=("visible",), origins=tuple(origins))


def decoded(text: str, *, depth: int = 3, budget: int = 1_000_000) -> Iterator[View]:
    """Yield what encoded runs of a text say: base64, hex, percent and backslash escapes, each up to ``depth`` times.

    Only runs that decode to readable text count. At most ``budget`` characters are given in all.
    """
    waiting = [View(text=text)]
    while waiting and budget > 0:
        outer = waiting.pop()
        if len(outer.layers) >= depth:
            continue
        for name, start, inner in _decodings(outer.text):
            budget -= len(inner)
            if budget < 0:
                return
            view = View(text=inner, layers=(*outer.layers, name), start=outer.start if outer.layers else start)
            yield view
            waiting.append(view)


def views(text: str) -> Iterator[View]:
    """Yield all views of a text: itself, without what is invisible, and what its encoded runs say."""
    yield View(text=text)
    seen = visible(text)
    if seen.layers and seen.text != text:
        yield seen
    yield from decoded(text)


def _decodings(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield name, offset and content of each run that decodes to readable text."""
    for name, pattern, decode in _DECODERS:
        for match in pattern.finditer(text):
            inner = decode(match[0])
            if inner is not None and is_readable(inner):
                yield name, match.start(), inner


def is_readable(text: str, share: float = 0.9) -> bool:
    """Say whether nearly all of a text is printable: noise decodes too, but does not read."""
    if not text.strip():
        return False
    sample = text[:4096]
    good = sum(1 for c in sample if c in "\n\r\t" or (c.isprintable() and c != "\ufffd"))
    return good >= share * len(sample)


def _utf8(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _from_base64(run: str) -> str | None:
    run = run.rstrip("=").replace("-", "+").replace("_", "/")
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    try:
        content = base64.b64decode(run + "=" * (-len(run) % 4))
    except binascii.Error:
        return None
    if content[1:8:2] == b"\0" * 4:  # PowerShell's -EncodedCommand is UTF-16LE
        return content.decode("utf-16-le", "replace")
    return _utf8(content)


def _from_hex(run: str) -> str | None:
    return _utf8(bytes.fromhex(run))


def _from_percent(run: str) -> str | None:
    return _utf8(unquote_to_bytes(run))


def _from_escapes(run: str) -> str | None:
    def character(match: re.Match[str]) -> str:
        point = int(match[4], 8) if match[4] else int(match[1] or match[2] or match[3], 16)
        return chr(point) if point <= _LAST_CODE_POINT else "\ufffd"

    return _ESCAPE.sub(character, run)


_DECODERS: tuple[tuple[str, re.Pattern[str], Callable[[str], str | None]], ...] = (
    ("base64", _BASE64, _from_base64),
    ("hex", _HEX, _from_hex),
    ("percent", _PERCENT, _from_percent),
    ("escapes", _ESCAPES, _from_escapes),
)
