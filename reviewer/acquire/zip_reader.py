"""Members of a zip file into the basket, unpacked in memory piece by piece. Runs in the child."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from reviewer.acquire.gather import EXECUTABLE, LINK, PLAIN, Basket, MemberFault
from reviewer.acquire.limits import Limits
from reviewer.acquire.zip_layout import Member, read_layout

__all__ = ["read_zip"]

_CHUNK = 1 << 16
_STORED, _DEFLATED = 0, 8


def read_zip(file: BinaryIO, basket: Basket, limits: Limits) -> None:
    """Put every member into the basket, in the order of the directory.

    Raises:
        NoArchiveError: it is no zip file.
    """
    layout = read_layout(file, most=limits.entries)
    for fault in layout.faults:
        basket.note("", f"the archive is ambiguous: {fault}")
    for member in layout.members:
        if not basket.within_time():
            return
        _take(file, member, basket, limits)
    if layout.cut:
        basket.stop(f"the archive has more than {limits.entries} members; the rest was not read")


def _take(file: BinaryIO, member: Member, basket: Basket, limits: Limits) -> None:
    refusal = _refusal(member)
    if refusal:
        basket.leave_out(member.name, refusal)
    elif member.is_folder:
        _check_folder(member, basket)
    else:
        entry = basket.add(member.name, _mode(member), _unpacked(file, member, limits))
        for fault in member.faults if entry else ():
            basket.note(entry.path if entry else "", f"the archive is ambiguous: {fault}")


def _refusal(member: Member) -> str:
    kind = stat.S_IFMT(member.unix_mode)
    if member.encrypted:
        return "it is encrypted"
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}:
        return "it is a device, pipe or socket"
    if member.method not in {_STORED, _DEFLATED}:
        return f"it is packed by method {member.method}, which is not read"
    return ""


def _check_folder(member: Member, basket: Basket) -> None:
    if member.size or member.packed > 2:  # noqa: PLR2004  an empty deflated stream has two bytes
        basket.leave_out(member.name, "it is a folder by its name and has content")


def _mode(member: Member) -> str:
    if member.is_link:
        return LINK
    return EXECUTABLE if member.unix_mode & stat.S_IXUSR else PLAIN


def _unpacked(file: BinaryIO, member: Member, limits: Limits) -> Iterator[bytes]:
    """Unpack and believe no header: length, checksum and ratio are those of the actual bytes."""
    crc = size = 0
    for chunk in _pieces(file, member):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if size > member.size:
            raise MemberFault("it unpacks to more bytes than it declares")
        if size > limits.ratio_floor and size > limits.ratio * max(1, member.packed):
            raise MemberFault(f"it unpacks to more than {limits.ratio} times its packed size, as bombs do")
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


def _inflated(inflate: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    try:
        while packed:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail
    except zlib.error as error:
        raise MemberFault("it is damaged: its packed bytes cannot be unpacked") from error
