"""Tar files, and single files packed by gzip, bzip2 or xz."""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Iterator
from typing import Protocol

from reviewer.archives.zip_members import MemberFault
from reviewer.inventory.contents.model import Budget, Opened, Piece, Row, Sealed
from reviewer.inventory.contents.zips import Basket

_CHUNK = 1 << 16
_XZ_MEMORY = 128 << 20
_TAR_MARK, _TAR_AT = b"ustar", 257
# what the library raises for damaged headers, besides its own errors
_DAMAGE = (tarfile.TarError, ValueError, EOFError, ArithmeticError, LookupError, struct.error, RecursionError, MemoryError)
_NAMES = {"tgz": "tar", "tbz": "tar", "tbz2": "tar", "txz": "tar", "svgz": "svg"}


class _Unpacker(Protocol):
    """What the three packers of the standard library have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


def packed_by(content: bytes) -> str | None:
    """Name the packer of a single packed file by how it begins: ``gzip``, ``bzip2``, ``xz`` or ``zlib``."""
    if content.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if content.startswith(b"BZh") and content[3:4] in b"123456789" and content[4:10] == b"1AY&SY":
        return "bzip2"
    if content.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    zlib_header = len(content) > 2 and content[0] == 0x78 and int.from_bytes(content[:2], "big") % 31 == 0  # noqa: PLR2004  RFC 1950, 2.2
    return "zlib" if zlib_header else None


def is_tar(content: bytes) -> bool:
    """Tell whether some bytes begin as a tar file does."""
    return content[_TAR_AT : _TAR_AT + len(_TAR_MARK)] == _TAR_MARK


def unpack(content: bytes, packer: str, budget: Budget) -> bytes:
    """Unpack a single packed file, with all its parts.

    Raises:
        MemberFault: it is damaged, a bomb, or larger than what may still be opened.
    """
    room = budget.room
    most = max(budget.limits.ratio_floor, budget.limits.ratio * len(content))
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in _pieces(content, packer):
            size += len(piece)
            if size > most:
                raise MemberFault(f"it unpacks to more than {budget.limits.ratio} times its packed size, as bombs do")
            if size > room:
                raise MemberFault(f"it has more than {room} bytes, which is what may still be opened")
            pieces.append(piece)
    except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError, MemoryError) as error:
        raise MemberFault("it is damaged: its packed bytes cannot be unpacked") from error
    return b"".join(pieces)


def _pieces(content: bytes, packer: str) -> Iterator[bytes]:
    begins = content[:2]
    while content:
        if packer in {"gzip", "zlib"}:
            inflate = zlib.decompressobj(zlib.MAX_WBITS + (16 if packer == "gzip" else 0))
            rest = content
            while rest and not inflate.eof:
                yield inflate.decompress(rest, _CHUNK)
                rest = inflate.unconsumed_tail
            finished: _Unpacker = inflate
        else:
            other = bz2.BZ2Decompressor() if packer == "bzip2" else lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
            yield other.decompress(content, _CHUNK)
            while not other.eof and not other.needs_input:
                yield other.decompress(b"", _CHUNK)
            finished = other
        if not finished.eof:
            raise MemberFault("it is damaged: its packed bytes end too early")
        content = finished.unused_data
        if not content.startswith(begins):
            if content.strip(b"\0"):
                raise MemberFault("bytes follow the end of the packed stream")
            return


def open_packed(sealed: Sealed, packer: str, budget: Budget) -> Opened:
    """Give the one file that is packed, or the members if it is a tar file."""
    try:
        content = unpack(sealed.content, packer, budget)
    except MemberFault as fault:
        return Opened(rows=(Row(reason=f"packed by {packer}: {fault}"),), whole=True)
    if is_tar(content):
        return open_tar(content, budget)
    stem, _, extension = sealed.name.rpartition(".")
    further = _NAMES.get(extension.lower())
    name = (f"{stem}.{further}" if further else stem) or "content"
    return Opened(pieces=(Piece(name=name, content=content),), whole=True)


def open_tar(content: bytes, budget: Budget) -> Opened:
    """Give the members of a tar file. Hard links are copies of what they name."""
    basket = Basket(budget)
    count = end = 0
    try:
        with tarfile.TarFile(fileobj=io.BytesIO(content), mode="r", encoding="utf-8", errors="surrogateescape") as archive:
            while (member := archive.next()) is not None:
                count += 1
                if count > budget.most or basket.over:
                    basket.rows.append(Row(reason="more lies inside files than is opened: the rest of the archive is not"))
                    break
                end = archive.offset
                _take(archive, member, basket)
    except _DAMAGE:
        return Opened(pieces=tuple(basket.pieces.values()), rows=(*basket.rows, Row(reason="a damaged tar file")), whole=True)
    if not basket.over and content[end:].strip(b"\0"):
        basket.rows.append(Row(reason="the archive is ambiguous: bytes follow its last member"))
    return Opened(pieces=tuple(basket.pieces.values()), rows=tuple(basket.rows), whole=True)


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, basket: Basket) -> None:
    name = member.name.encode("utf-8", "surrogateescape")
    if member.isdir():
        return
    if member.issym():
        basket.add(name, "120000", iter((member.linkname.encode("utf-8", "surrogateescape"),)), iter(()))
    elif member.islnk():
        original = basket.pieces.get(member.linkname.removeprefix("./"))
        if original is None:
            basket.leave_out(name, "it is a hard link to something that is not before it in the archive")
        else:
            basket.add(name, original.mode, iter((original.content,)), iter(()))
    elif member.isfile():
        basket.add(name, "100755" if member.mode & 0o100 else "100644", _content(archive, member), iter(()))
    else:
        basket.leave_out(name, "it is a device, pipe or of an unknown kind")


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(member)
    size = 0
    while content is not None and (chunk := content.read(_CHUNK)):
        size += len(chunk)
        yield chunk
    if size != member.size:
        raise MemberFault("it is cut off")
