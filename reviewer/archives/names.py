"""Names of files as strangers write them, made into paths that nobody can misread.

* A path is relative, ``/``-separated, without ``.`` and empty parts.
* A part that could mislead (``..``, a drive, a backslash, control or bidirectional characters, bytes that are no UTF-8) becomes
  ``!name-`` and its bytes in percent notation. So does a part that begins with ``!name-``, hence two names never become one path.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

__all__ = ["SafePath", "folded", "reserved", "safe_path", "shown"]

_MARK = "!name-"
_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePath:
    """A path, and what is wrong with the name that it was made from (nothing, most of the time)."""

    path: str
    faults: tuple[str, ...] = ()


def safe_path(raw: bytes) -> SafePath:
    """Make a path of a name as it stands in an archive, a git tree or a folder. An empty name gives an empty path."""
    faults: list[str] = []
    pieces = [piece for piece in raw.split(b"/") if piece not in {b"", b"."}]
    parts: list[str] = []
    for piece in pieces:
        fault = _fault(piece, first=not parts)
        if fault:
            faults.append(fault)
        parts.append(_MARK + quote_from_bytes(piece, safe="") if fault else piece.decode())
    if raw.startswith(b"/"):
        faults.append("the name is an absolute path")
        parts.insert(0, _MARK + "%2F")
    return SafePath(path="/".join(parts), faults=tuple(dict.fromkeys(faults)))


def folded(path: str) -> str:
    """Give what a file system that ignores case, normal form and trailing dots and spaces makes of a path."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
    return "/".join(part.rstrip(". ") or part for part in composed.split("/"))


def reserved(path: str) -> bool:
    """Tell whether a part of the path names a device on Windows, such as ``aux.js``."""
    return any(_RESERVED.match(part) for part in path.split("/"))


def shown(text: str | bytes) -> str:
    """Quote their text in a sentence of ours: bounded, and nothing in it that a terminal would obey or hide."""
    decoded = text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
    escaped = "".join(_visible(character) for character in decoded[:_SHOWN])
    return escaped + ("…" if len(decoded) > _SHOWN else "")


def _visible(character: str) -> str:
    if unicodedata.category(character) in _INVISIBLE | {"Cs"}:
        return character.encode("unicode_escape").decode("ascii")
    return character


def _fault(piece: bytes, *, first: bool) -> str:
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return "the name is not UTF-8"
    checks = (
        (text == "..", "the name climbs out of its folder"),
        ("\0" in text, "the name holds a NUL, where some readers end it"),
        ("\\" in text, "the name holds a backslash, which separates folders on Windows"),
        (first and _DRIVE.match(text) is not None, "the name begins with a drive letter"),
        (any(unicodedata.category(each) in _INVISIBLE for each in text), "the name holds a control, bidirectional or invisible character"),
        (text.startswith(_MARK), "the name imitates the mark that this program gives to hostile names"),
    )
    return next((fault for is_so, fault in checks if is_so), "")
