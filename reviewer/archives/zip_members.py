"""Members of a zip file, unpacked piece by piece; no header is believed."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from reviewer.archives.zip_layout import Member

__all__ = ["MemberFault", "refusal", "unpacked"]

_CHUNK = 1 << 16
_STORED, _DEFLATED = 0, 8


class MemberFault(Exception):  # noqa: N818  a fault of the submission, not of ours
    """One file cannot be read; the words say why."""


def refusal(member: Member) -> str:
    """Say why a member is not to be unpacked; empty if it is."""
    kind = stat.S_IFMT(member.unix_mode)
    if member.encrypted:
        return "it is encrypted"
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}:
        return "it is a device, pipe or socket"
    if member.method not in {_STORED, _DEFLATED}:
        return f"it is packed by method {member.method}, which is not read"
    if member.is_folder and (member.size or member.packed > 2):  # noqa: PLR2004  an empty deflated stream has two bytes
        return "it is a folder by its name and has content"
    return ""


def unpacked(file: BinaryIO, member: Member, *, ratio: int, ratio_floor: int) -> Iterator[bytes]:
    """Unpack and believe no header: length, checksum and ratio are those of the actual bytes.

    Args:
        file: the archive.
        member: a row of its directory that is not refused.
        ratio: unpacked to packed bytes beyond which it is a bomb.
        ratio_floor: unpacked bytes below which the ratio is not asked.

    Raises:
        MemberFault: its bytes are not what they should be.
    """
    crc = size = 0
    for chunk in _pieces(file, member):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if size > member.size:
            raise MemberFault("it unpacks to more bytes than it declares")
        if size > ratio_floor and size > ratio * max(1, member.packed):
            raise MemberFault(f"it unpacks to more than {ratio} times its packed size, as bombs do")
        yield chunk
    if size != member.size or crc != member.crc:
        raise MemberFault("it is damaged: size or checksum are not those of its bytes")


def _pieces(file: BinaryIO, member: Member) -> Iterator[bytes]:
    left = member.packed
    place = member.start
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == _DEFLATED else None
    while left > 0:
        file.seek(place)
        packed = file.read(min(_CHUNK, left))
        if not packed:
            raise MemberFault("it is cut off")
        place += len(packed)
        left -= len(packed)
        if inflate is None:
            yield packed
        else:
            yield from _inflated(inflate, packed)
    if inflate is not None and (not inflate.eof or inflate.unused_data):
        raise MemberFault("it is damaged: its packed bytes end too early or too late")


#: How zlib says that it got no memory (Z_MEM_ERROR of zlib.h).
_NO_MEMORY = "Error -4"


def _inflated(inflate: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    try:
        while packed:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail
    except zlib.error as error:
        if _NO_MEMORY in str(error):
            raise MemoryError from error  # of the reader, not a fault of the member
        raise MemberFault("it is damaged: its packed bytes cannot be unpacked") from error
