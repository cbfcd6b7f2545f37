"""Texts that code puts together of pieces: what an expression of constants comes to, without running anything.

``"cu" + "rl"``, ``"".join([...])``, ``chr(99)``, ``"lruc"[::-1]``, ``bytes([99, ...])``, ``b64decode("...")`` and their like are the
usual ways to keep a command from being found. Only texts that look like code are told, and of those that were more than added
together, prose too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewer.inventory.contents.looks import look
from reviewer.inventory.contents.model import Opened, Piece, Row, Sealed

#: How many characters of one file are looked at, and how many texts are told.
LENGTH, TEXTS = 1_000_000, 200
#: The shortest text that says something.
SHORTEST = 10

_WORTH = re.compile(
    r"\bjoin\s{0,5}\(|\bchr\s{0,5}\(|\[\s{0,5}::\s{0,5}-1\s{0,5}\]|\breversed?\s{0,5}\(|[\"'`]\s{0,200}\+|\+\s{0,200}[\"'`]|"
    r"b\d\ddecode|b64decode|a85decode|fromhex|unhexlify|decompress\s{0,5}\(|\bbytes(?:array)?\s{0,5}\(|rot_?13|fromCharCode|fromCodePoint|\batob\b|"
    r"Buffer\.from|\.concat\s{0,5}\(|\.replace(?:All)?\s{0,5}\(|[\"']\s{1,200}[\"']|%\s{0,5}\(|\.format\s{0,5}\(|\b[fF]\"|\b[fF]'|\$\{"
)
_JAVASCRIPT = frozenset({"javascript", "jsx", "typescript", "tsx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What an expression comes to, and on which line it stands. ``plain``: its pieces were only added together."""

    text: str
    line: int
    plain: bool


class Steps:
    """How many steps may still be taken in one file: an expression of names that stand for names could take any number."""

    def __init__(self, left: int) -> None:
        """Begin with so many."""
        self.left = left

    def take(self) -> bool:
        """Take one, if there is one."""
        self.left = max(0, self.left - 1)
        return self.left > 0


def open_folded(sealed: Sealed) -> Opened:
    """Give the texts that the code of a file puts together, as ``joined@<line>``."""
    text = sealed.text or ""
    reader = _reader(sealed)
    if reader is None or not _WORTH.search(text):
        return Opened()
    if len(text) > LENGTH:
        reason = f"longer than {LENGTH} characters: texts that it puts together are not worked out"
        return Opened(rows=(Row(reason=reason, gate=False),))
    pieces: dict[str, Piece] = {}
    seen: set[str] = set()
    for folded in reader(text):
        if folded is None:
            return Opened(pieces=tuple(pieces.values()), rows=(Row(reason="puts together more texts than are worked out"),))
        language = look(folded.text) if len(folded.text) >= SHORTEST and folded.text not in seen else None
        seen.add(folded.text)
        if language is None or (folded.plain and language == "text"):
            language = _encoded(folded)
        if language is not None:
            name = f"joined@{folded.line}"
            name = name if name not in pieces else f"{name}-{len(pieces)}"
            pieces[name] = Piece(name=name, content=folded.text.encode("utf-8", "replace"), language=language)
        if len(pieces) >= TEXTS:
            return Opened(pieces=tuple(pieces.values()), rows=(Row(reason=f"puts together more than {TEXTS} texts: not all are read"),))
    return Opened(pieces=tuple(pieces.values()))


_RUN = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}|(?:[0-9a-fA-F]{2}){12,}")


def _encoded(folded: Folded) -> str | None:
    """Keep a text that is one encoded run: what it says is found when the text is looked at in its turn."""
    return "text" if _RUN.fullmatch(folded.text.strip()) else None


def _reader(sealed: Sealed) -> Callable[[str], Iterator[Folded | None]] | None:
    """Give what folds the expressions of a language; None for a language without one."""
    if sealed.language == "python":
        from reviewer.inventory.contents.folded_python import fold  # noqa: PLC0415  only where there is such code

        return fold
    if sealed.language in _JAVASCRIPT:
        from reviewer.inventory.contents.folded_javascript import reader  # noqa: PLC0415  the same

        return reader(str(sealed.language))
    return None
