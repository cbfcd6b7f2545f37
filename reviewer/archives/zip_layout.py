"""The layout of a zip file: what its central directory says, and where the rest of the file says otherwise.

The standard library's reader hides what has to be compared here (local headers, bytes of names, gaps), and one name that is no
UTF-8 makes it refuse the whole file. Field names follow APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["Layout", "Member", "NoArchiveError", "read_layout"]

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_TAIL = _END.size + 0xFFFF
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
_DESCRIPTOR_FLAG, _UTF8_FLAG = 0x8, 0x800
_ENCRYPTION_FLAGS = 0x1 | 0x40 | 0x2000
_LONGEST_DESCRIPTOR = 24
_UNIX = {3, 19}
_ZIP64_EXTRA, _UNICODE_PATH_EXTRA = 0x0001, 0x7075
_AES_METHOD = 99
_ENDS = 50  # end records that are looked at; nobody needs more


class NoArchiveError(Exception):
    """The bytes are no archive of this kind, or its directory is beyond reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One row of the central directory. ``start`` is where its packed bytes begin; ``faults`` is what is wrong with the row."""

    name: bytes
    encrypted: bool
    method: int
    crc: int
    packed: int
    size: int
    unix_mode: int
    header: int
    start: int
    faults: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """True for an entry that only makes a folder."""
        return self.name.endswith(b"/")

    @property
    def is_link(self) -> bool:
        """True for a symbolic link."""
        return stat.S_ISLNK(self.unix_mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All members in the order of the directory, and faults of the file as a whole."""

    members: tuple[Member, ...]
    faults: tuple[str, ...]
    cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Directory:
    start: int
    size: int
    count: int
    base: int
    ends: tuple[int, ...]  # of further end records
    faults: tuple[str, ...]


def read_layout(file: BinaryIO, *, most: int) -> Layout:
    """Read the directory of a zip file, at most ``most`` members.

    Raises:
        NoArchiveError: there is no directory, or it lies outside the file.
    """
    directory = _find_directory(file)
    rows = list(itertools.islice(_central_rows(file, directory), most + 1))
    members = tuple(rows[:most])
    cut = len(rows) > most
    faults = list(directory.faults)
    if any(not any(member.start <= end < member.start + member.packed for member in members) for end in directory.ends[:_ENDS]):
        faults.append("it holds more than one end record; readers differ in which they take")  # one inside a member is that member's
    if not cut and len(members) != directory.count:
        faults.append(f"its directory names {len(members)} members and declares {directory.count}")
    if not cut:
        faults.extend(_strangers(members, directory))
    return Layout(members=members, faults=tuple(faults), cut=cut)


def _find_directory(file: BinaryIO) -> _Directory:
    length = file.seek(0, os.SEEK_END)
    tail_start = max(0, length - _LONGEST_TAIL)
    tail = _read_at(file, tail_start, length - tail_start)
    place = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size + 4))
    if place < 0:
        raise NoArchiveError("it has no directory at its end")
    _, disk, first_disk, _, count, size, offset, comment = _END.unpack_from(tail, place)
    end = tail_start + place
    faults = []
    if end + _END.size + comment != length:
        faults.append("bytes follow its end, or its end is cut off")
    if (disk, first_disk) != (0, 0) and _MAX16 not in {disk, first_disk}:
        faults.append("it says that it is one of several volumes")
    if _MAX16 in {count, disk} or _MAX32 in {size, offset}:
        end, count, size, offset = _end64(file, end)
    start = end - size
    if start < offset or start < 0:
        raise NoArchiveError("its directory lies outside the file")
    ends = tuple(tail_start + match.start() for match in re.finditer(b"PK\5\6", tail) if match.start() != place)
    return _Directory(start=start, size=size, count=count, base=start - offset, ends=ends, faults=tuple(faults))


def _end64(file: BinaryIO, end: int) -> tuple[int, int, int, int]:
    place = end - _LOCATOR64.size - _END64.size
    if place < 0:
        raise NoArchiveError("its 64-bit end record is missing")
    record = _read_at(file, place, _END64.size + 4)
    if not record.startswith(b"PK\6\6") or record[_END64.size :] != b"PK\6\7":
        raise NoArchiveError("its 64-bit end record is missing")
    *_, count, size, offset = _END64.unpack_from(record)
    return place, count, size, offset


def _central_rows(file: BinaryIO, directory: _Directory) -> Iterator[Member]:
    place, end = directory.start, directory.start + directory.size
    while place + _CENTRAL.size <= end:
        row = _read_at(file, place, _CENTRAL.size)
        if not row.startswith(b"PK\1\2"):
            return
        lengths = struct.unpack_from("<3H", row, 28)
        rest = _read_at(file, place + _CENTRAL.size, sum(lengths))
        place += _CENTRAL.size + sum(lengths)
        yield _member(file, directory, row, rest[: lengths[0]], rest[lengths[0] : lengths[0] + lengths[1]])


def _member(file: BinaryIO, directory: _Directory, row: bytes, name: bytes, extra: bytes) -> Member:
    fields = _CENTRAL.unpack(row)
    flags, method, crc = fields[3], fields[4], fields[7]
    size, packed, offset = _wide(extra, size=fields[9], packed=fields[8], offset=fields[16])
    faults = []
    header = directory.base + offset
    local = _read_at(file, header, _LOCAL.size)
    start = header + _LOCAL.size
    if len(local) < _LOCAL.size or not local.startswith(b"PK\3\4"):
        faults.append("its local header is missing")
    else:
        name_length, extra_length = struct.unpack_from("<2H", local, 26)
        start += name_length + extra_length
        faults.extend(_differences(_LOCAL.unpack(local), fields, same_name=_read_at(file, header + _LOCAL.size, name_length) == name))
    if start + packed > directory.start:
        faults.append("it reaches beyond the members' part of the file")
    if _has_other_name(extra, name):
        faults.append("it bears a second name, which some readers take")
    return Member(
        name=_utf8(name, flags),
        encrypted=bool(flags & _ENCRYPTION_FLAGS) or method == _AES_METHOD,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        unix_mode=fields[15] >> 16 if fields[1] >> 8 in _UNIX else 0,
        header=header,
        start=start,
        faults=tuple(faults),
    )


def _differences(local: tuple[int, ...], central: tuple[int, ...], *, same_name: bool) -> Iterator[str]:
    """Compare both headers. Sizes and checksum may be zero in front when a descriptor follows the bytes."""
    if not same_name:
        yield "its name differs between local header and directory"
    if local[3] != central[4] or (local[2] ^ central[3]) & _ENCRYPTION_FLAGS:
        yield "its packing differs between local header and directory"
    pairs = zip(local[6:9], central[7:10], strict=True)
    if not local[2] & _DESCRIPTOR_FLAG and any(mine not in {theirs, _MAX32} for mine, theirs in pairs):
        yield "its size or checksum differs between local header and directory"


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(extra):
        identity, length = struct.unpack_from("<2H", extra, place)
        yield identity, extra[place + 4 : place + 4 + length]
        place += 4 + length


def _wide(extra: bytes, *, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Take 64-bit values, which stand in this order and only where the 32-bit one is full (APPNOTE 4.5.3)."""
    content = next((content for identity, content in _extras(extra) if identity == _ZIP64_EXTRA), b"")
    numbers = iter(struct.unpack_from(f"<{len(content) // 8}Q", content))
    wide = [next(numbers, value) if value == _MAX32 else value for value in (size, packed, offset)]
    return wide[0], wide[1], wide[2]


def _has_other_name(extra: bytes, name: bytes) -> bool:
    return any(identity == _UNICODE_PATH_EXTRA and content[5:] != name for identity, content in _extras(extra))


def _utf8(name: bytes, flags: int) -> bytes:
    """Give the name as UTF-8: without the flag it is code page 437, though many tools write UTF-8 then, too."""
    if flags & _UTF8_FLAG:
        return name
    try:
        name.decode()
    except UnicodeDecodeError:
        return name.decode("cp437").encode()
    return name


def _strangers(members: tuple[Member, ...], directory: _Directory) -> Iterator[str]:
    """Find bytes that no member accounts for, and bytes that two members claim."""
    reached, slack = 0, 0
    overlap = gap = False
    for member in sorted(members, key=lambda each: each.header):
        overlap = overlap or member.header < reached
        if reached == 0 and member.header > 0:
            yield "bytes stand before its first member; the file may be read as something else, too"
        elif member.header > reached + slack:
            gap = True
        reached, slack = max(reached, member.start + member.packed), _LONGEST_DESCRIPTOR
    if overlap:
        yield "members overlap, as they do in bombs"
    if members and (gap or directory.start > reached + slack):
        yield "bytes lie between members that its directory does not name"


def _read_at(file: BinaryIO, place: int, length: int) -> bytes:
    if place < 0:
        return b""
    file.seek(place)
    return file.read(length)
