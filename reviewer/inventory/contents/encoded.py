"""Encoded runs in texts: base64, hexadecimal, escapes, lists of numbers, percent notation and data URIs, packed or not, several times.

What a run says is a file inside the text, named after its encoding and its line: ``run.py!/base64+gzip@12``. Only what says something
is told: code, prose, archives, programs. Pictures, keys and identifiers are part of the text in which they stand.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from checks.text import Lines, is_readable
from reviewer.archives.zip_members import MemberFault
from reviewer.inventory import signatures
from reviewer.inventory.contents.looks import look
from reviewer.inventory.contents.model import Budget, Opened, Piece, Row, Sealed
from reviewer.inventory.contents.streams import is_tar, packed_by, unpack
from reviewer.inventory.decoding import by_pattern, marked_or_utf8
from reviewer.inventory.file_types import is_code

#: How many encodings around each other are taken off, and how many runs of one file are told.
DEPTH, RUNS = 6, 200
#: From how many bytes on a run in code that says nothing is told.
OPAQUE = 2_000
#: From how many bytes on an archive or program can be one; shorter ones are the marks by which others look for them.
LEAST = 48

_DATA = re.compile(
    r"\bdata:(?P<kind>[\w.+-]{1,40}/[\w.+-]{1,60})?(?P<options>(?:;[\w.=-]{1,60}){0,5}),(?P<payload>[A-Za-z0-9+/_=%.~!*'$&;:@?-]{12,})"
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}(?:(?:\\n|\\)?\r?\n[ \t]{0,40}[A-Za-z0-9+/_-]{4,})*={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}){12,}(?![0-9A-Za-z])")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}|\\[0-3][0-7]{2}){8,}")
_NUMBERS = re.compile(r"(?<![\w.])(?:0x[0-9a-fA-F]{1,2}|\d{1,3})(?:\s{0,8},\s{0,8}(?:0x[0-9a-fA-F]{1,2}|\d{1,3})){15,}(?![\w.])")
_PERCENT = re.compile(r"(?:[\w.~+-]{0,20}%[0-9a-fA-F]{2}){6,}[\w.~+-]{0,20}")
_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})|\\u00([0-9a-fA-F]{2})|\\([0-3][0-7]{2})")
_BLANK = re.compile(r"\\n|[\s\\]")
_BYTE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a run says once ``layers`` are taken off: bytes and, where it is a text, its language."""

    layers: tuple[str, ...]
    content: bytes
    language: str | None = None
    text: bool = False


def open_encoded(sealed: Sealed, budget: Budget) -> Opened:
    """Give what the encoded runs of a text say."""
    text = sealed.text or ""
    if not budget.may_scan(len(text)):
        return Opened(
            rows=(Row(reason="more text than is searched for what is encoded in it: read as it stands", gate=not sealed.vendored),)
        )
    pieces: dict[str, Piece] = {}
    rows: list[Row] = []
    lines: Lines | None = None
    for name, start, content in _runs(text):
        encoding, _, kind = name.partition(" ")
        said = _by_kind(_unwrapped(content, (encoding,), budget, rows), kind, content)
        lines = lines or Lines(text)
        if said is not None:
            _keep(said, lines.at(start), pieces)
        elif len(content) >= OPAQUE and is_code(sealed.language) and not _is_known(content):
            reason = f"{len(content)} bytes written as {encoding} on line {lines.at(start)}, which are nothing that is known"
            rows.append(Row(reason=reason, gate=False))
        if len(pieces) + len(rows) >= RUNS:
            rows.append(Row(reason=f"more than {RUNS} encoded texts: the others are read as they stand"))
            break
    return Opened(pieces=tuple(pieces.values()), rows=tuple(rows))


_KINDS = {
    "javascript": "javascript",
    "ecmascript": "javascript",
    "html": "html",
    "svg+xml": "html",
    "markdown": "markdown",
    "x-python": "python",
}


def _by_kind(said: _Said | None, kind: str, content: bytes) -> _Said | None:
    """Take the language of a data URI from its media type where the text itself does not tell."""
    language = _KINDS.get(kind.rpartition("/")[2].removeprefix("x-").lower())
    if language is None or (said is not None and said.language not in {None, "text"}):
        return said
    encoding = marked_or_utf8(content) or by_pattern(content)
    text = encoding.decode(content) if encoding else ""
    return _Said(layers=("data",), content=text.encode("utf-8", "replace"), language=language, text=True) if text.strip() else said


def _keep(said: _Said, line: int, pieces: dict[str, Piece]) -> None:
    if any(piece.content == said.content for piece in pieces.values()):
        return
    name = f"{'+'.join(said.layers)}@{line}"
    count = 2
    while name in pieces:
        name, count = f"{'+'.join(said.layers)}@{line}-{count}", count + 1
    pieces[name] = Piece(name=name, content=said.content, language=said.language)


def _runs(text: str) -> Iterator[tuple[str, int, bytes]]:
    """Yield encoding (with the media type of a data URI), offset and bytes of every run that can be decoded; a data URI once, as one."""
    data: list[tuple[int, int]] = []
    for match in _DATA.finditer(text):
        content = _from_data(match)
        data.append(match.span())
        if content is not None:
            yield f"data {match['kind'] or ''}", match.start(), content
    for name, pattern, decode in _DECODERS:
        inside = iter(data)
        span = next(inside, None)
        for match in pattern.finditer(text):
            while span is not None and span[1] <= match.start():
                span = next(inside, None)
            content = decode(match[0]) if span is None or match.end() <= span[0] else None
            if content:
                yield name, match.start(), content


def _unwrapped(content: bytes, layers: tuple[str, ...], budget: Budget, rows: list[Row]) -> _Said | None:
    """Take off further layers until something says something."""
    for _ in range(DEPTH):
        packer = packed_by(content)
        if packer is not None and not is_tar(content):
            try:
                content = unpack(content, packer, budget)
            except MemberFault as fault:
                if packer != "zlib":  # two bytes that begin so are often chance
                    rows.append(Row(reason=f"a text written as {'+'.join(layers)} and packed by {packer}: {fault}"))
                return None
            layers = (*layers, packer)
            continue
        said = _of_bytes(content, layers)
        if said is None or said.language is not None or not said.text:
            return said if said is not None and (said.language or not said.text) else None
        further = _of_run(said.content.decode("utf-8", "replace").strip())
        if further is None:
            return None
        layers, content = (*layers, further[0]), further[1]
    rows.append(Row(reason=f"a text written as {'+'.join(layers)}: encoded more than {DEPTH} times"))
    return None


def _of_run(text: str) -> tuple[str, bytes] | None:
    """Take a text that is one encoded run for what it says."""
    for name, pattern, decode in _DECODERS:
        if pattern.fullmatch(text) and (content := decode(text)):
            return name, content
    return None


def _of_bytes(content: bytes, layers: tuple[str, ...]) -> _Said | None:
    encoding = marked_or_utf8(content) or by_pattern(content)
    text = encoding.decode(content) if encoding else None
    if text is not None and is_readable(text):
        return _Said(layers=layers, content=text.encode("utf-8", "replace"), language=look(text), text=True)
    known = signatures.identify(content, "")
    if known is not None and known.gate and known.exact and len(content) >= LEAST:
        return _Said(layers=layers, content=content)
    return None


def _is_known(content: bytes) -> bool:
    encoding = marked_or_utf8(content) or by_pattern(content)
    return encoding is not None or signatures.identify(content, "") is not None


def _from_data(match: re.Match[str]) -> bytes | None:
    payload = unquote_to_bytes(match["payload"])
    return _from_base64(payload.decode("ascii", "replace")) if ";base64" in match["options"].lower() else payload


def _from_base64(run: str) -> bytes | None:
    run = _BLANK.sub("", run).rstrip("=").replace("-", "+").replace("_", "/")
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4))
    except (binascii.Error, ValueError):
        return None


def _from_escapes(run: str) -> bytes | None:
    def byte(match: re.Match[bytes]) -> bytes:
        return bytes([int(match[3], 8) if match[3] else int(match[1] or match[2], 16)])

    return _ESCAPE.sub(byte, run.encode("ascii", "replace"))


def _from_numbers(run: str) -> bytes | None:
    numbers = [int(word, 16 if "x" in word else 10) for word in re.findall(r"0x[0-9a-fA-F]+|\d+", run)]
    return bytes(numbers) if all(number < _BYTE for number in numbers) else None


_DECODERS: tuple[tuple[str, re.Pattern[str], Callable[[str], bytes | None]], ...] = (
    ("base64", _BASE64, _from_base64),
    ("hex", _HEX, bytes.fromhex),
    ("escapes", _ESCAPES, _from_escapes),
    ("numbers", _NUMBERS, _from_numbers),
    ("percent", _PERCENT, unquote_to_bytes),
)
