"""Says what bytes that are not text are, and whether they could execute or instruct."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviewer.tables import load_table

_ZIP_END = b"PK\x05\x06"
_ZIP_END_REACH = 65_557  # a zip's end record stands in the last 22 + 65 535 bytes
_ENCRYPTED_BIT = 0x01
_EXACT = 4  # bytes that seldom stand together by chance
_PE_REACH = 1_024  # the header of a Windows program lies within this


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """Bytes that are not read. ``reached``: it becomes a gate only if an agent is led to it.

    ``sort`` is that of the table; ``exact``: so many bytes begin so that it is no chance.
    """

    reason: str
    gate: bool
    reached: bool = False
    sort: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signature:
    name: str
    magic: bytes
    at: int
    sort: str
    extension: str = ""
    nul: bool = False

    def fits(self, content: bytes, extension: str) -> bool:
        """Tell whether content begins so."""
        named = self.extension in {"", extension}
        return named and content.startswith(self.magic, self.at) and (not self.nul or b"\0" in content[:16])


def identify(content: bytes, path: str) -> Opaque | None:
    """Recognise content that is not text by its first bytes. None: nothing known begins so."""
    extension = path.rpartition("/")[2].rpartition(".")[2].lower()
    for signature in _signatures():
        if signature.fits(content, extension):
            return _opaque(signature, content, extension)
    return None


def loaded(path: str) -> Opaque | None:
    """Recognise by its name a file that programs load and run whatever it looks like: bytecode, pickles."""
    extension = path.rpartition(".")[2].lower()
    for sort, extensions in _table()["loaded"].items():
        if extension in extensions:
            return _says(sort, sort)
    return None


def ciphertext(text: str) -> Opaque | None:
    """Recognise text that is encrypted, by how it begins."""
    start = text[:200].lstrip()
    found = any(start.startswith(mark) for mark in _table()["ciphertexts"])
    return _says("encrypted text", "encrypted") if found else None


def _opaque(signature: _Signature, content: bytes, extension: str) -> Opaque:
    sort = signature.sort
    if signature.name == "zip":
        sort = _zip_sort(content, extension)
    elif sort == "media" and carries_archive(content):
        return Opaque(reason=f"{signature.name}: an archive is appended to it", gate=True, sort="polyglot", exact=True)
    return replace(_says(signature.name, sort), exact=_is_exact(signature, content))


def _is_exact(signature: _Signature, content: bytes) -> bool:
    """Tell whether a signature is long enough, or another mark stands where the format has one."""
    if signature.sort == "pickle":
        return content.endswith(b".") and content[2:3] in b"\x95}]c("
    if signature.magic == b"MZ":
        return b"PE\0\0" in content[:_PE_REACH]
    return len(signature.magic) >= _EXACT


def _zip_sort(content: bytes, extension: str) -> str:
    if len(content) > 7 and content[6] & _ENCRYPTED_BIT:  # noqa: PLR2004  byte 6 of a local header holds the flags
        return "encrypted"
    packages = _table()["packages"]
    if extension in packages["macros"] or (extension in packages["document"] and _table()["macro_part"].encode() in content):
        return "macros"
    return "document" if extension in packages["document"] else "archive"


def carries_archive(content: bytes) -> bool:
    """Tell whether a zip file's end record with at least one member stands at the end of some bytes."""
    at = content.rfind(_ZIP_END, max(0, len(content) - _ZIP_END_REACH))
    if at < 0 or at + 22 > len(content):
        return False
    comment = int.from_bytes(content[at + 20 : at + 22], "little")
    return at + 22 + comment <= len(content) and int.from_bytes(content[at + 10 : at + 12], "little") > 0 and b"PK\x01\x02" in content


def _says(name: str, sort: str) -> Opaque:
    row = _table()["sorts"][sort]
    return Opaque(reason=f"{name}: {row['says']}", gate=row["gate"] is True, reached=row["gate"] == "reached", sort=sort)


def _table() -> dict[str, Any]:
    table: dict[str, Any] = load_table(Path(__file__).parent / "signatures.yaml")
    return table


@functools.cache
def _signatures() -> tuple[_Signature, ...]:
    return tuple(
        _Signature(
            name=row["name"],
            magic=bytes.fromhex(str(row["bytes"])),
            at=row.get("at", 0),
            sort=row["sort"],
            extension=row.get("extension", ""),
            nul=row.get("nul", False),
        )
        for row in _table()["signatures"]
    )
