"""Members of a gzip-packed tar file into the basket, as one stream. Runs in the child."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.gather import EXECUTABLE, LINK, PLAIN, Basket, Entry, MemberFault
from reviewer.acquire.limits import Limits
from reviewer.archives.zip_layout import NoArchiveError

__all__ = ["read_tar"]

_CHUNK = 1 << 16
_LONGEST_HEADER = 1 << 24
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class _Broken(Exception):  # noqa: N818  a fault of the submission, not of ours
    """The packed stream cannot be read further; the words say why."""


# what the library raises for damaged headers, besides its own errors
_DAMAGE = (tarfile.TarError, _Broken, ValueError, EOFError, ArithmeticError, LookupError, struct.error, RecursionError, MemoryError)


class _Unzipped(io.RawIOBase):
    """The unpacked stream of a gzip file, which counts and stops at a bomb. It moves forward only, and reads nothing ahead."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._inflate = zlib.decompressobj(_GZIP_WINDOW)
        self._packed = b""
        self._read = self._given = 0
        self.fault = ""
        self.last = b""

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        """Say how many unpacked bytes were given."""
        return self._given

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Skip forward. Raises _Broken for any other way."""
        if whence != os.SEEK_SET or offset < self._given:
            raise self._broken("a member points backwards")
        while self._given < offset and self.read(min(_CHUNK, offset - self._given)):
            pass
        return self._given

    def read(self, size: int = -1) -> bytes:
        """Give at most ``size`` bytes, fewer only at the end. Raises _Broken."""
        if size < 0 or size > _LONGEST_HEADER:
            raise self._broken("the header of a member is too long")
        pieces: list[bytes] = []
        while size > 0 and (piece := self._piece(size)):
            pieces.append(piece)
            size -= len(piece)
        self.last = b"".join(pieces)
        return self.last

    def _piece(self, wanted: int) -> bytes:
        while True:
            if self._inflate.eof and not self._next_part():
                return b""
            if not self._packed and not self._fill():
                raise self._broken("the packed stream ends too early")
            try:
                piece = self._inflate.decompress(self._packed, wanted)
            except zlib.error as error:
                raise self._broken("the packed stream is damaged") from error
            self._packed = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
            if piece:
                self._count(len(piece))
                return piece

    def _fill(self) -> bool:
        self._packed += self._file.read(_CHUNK)
        self._read = self._file.tell()
        return bool(self._packed)

    def _next_part(self) -> bool:
        """Begin the next gzip part, as gunzip does; note what follows and is none."""
        if not self._packed and not self._fill():
            return False
        if len(self._packed) < len(_GZIP):
            self._fill()
        if not self._packed.startswith(_GZIP):
            if self._packed.strip(b"\0"):
                self.fault = "bytes follow the end of the packed stream"
            return False
        self._inflate = zlib.decompressobj(_GZIP_WINDOW)
        return True

    def _count(self, length: int) -> None:
        self._given += length
        limits = self._limits
        if self._given > limits.ratio_floor and self._given > limits.ratio * self._read:
            raise self._broken(f"it unpacks to more than {limits.ratio} times its packed size, as bombs do")
        if self._given > 2 * limits.total_bytes + _LONGEST_HEADER:  # headers and padding come on top of the files
            raise self._broken(f"headers and files together unpack to more than twice {limits.total_bytes} bytes")

    def _broken(self, reason: str) -> _Broken:
        self.fault = reason
        return _Broken(reason)


def read_tar(file: BinaryIO, basket: Basket, limits: Limits, blobs: BlobFolder) -> None:
    """Put every member into the basket. Hard links are copies of what they name.

    Raises:
        NoArchiveError: it is no gzip-packed tar file.
    """
    file.seek(0)
    if file.read(len(_GZIP)) != _GZIP:
        raise NoArchiveError("it is not packed by gzip")
    file.seek(0)
    stream = _Unzipped(file, limits)
    count = 0
    try:
        with tarfile.TarFile(fileobj=stream, mode="r", encoding="utf-8", errors="surrogateescape") as archive:
            while not basket.full and (member := archive.next()):
                vars(archive)["members"].clear()  # the library would keep them all
                count += 1
                _take(archive, member, basket, blobs)
        if not basket.full:
            _check_end(stream, basket, count)
    except _DAMAGE as error:
        if count == 0:
            raise NoArchiveError(stream.fault or "it holds no tar archive") from error
        basket.stop(f"the archive cannot be read after member {count}: {stream.fault or 'the next one is damaged'}")


def _check_end(stream: _Unzipped, basket: Basket, count: int) -> None:
    """Look at what ended the archive: the library stops silently at a damaged header, and some readers go on behind the end mark."""
    if stream.last.strip(b"\0"):
        basket.stop(f"the archive cannot be read after member {count}: the next one is damaged")
        return
    while chunk := stream.read(_CHUNK):
        if chunk.strip(b"\0"):
            basket.stop("the archive goes on after its end mark; what follows was not read")
            return
    if stream.fault:
        basket.note("", f"the archive is ambiguous: {stream.fault}")


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, basket: Basket, blobs: BlobFolder) -> None:
    name = _raw(member.name)
    if member.isdir():
        return
    if member.issym():
        basket.add(name, LINK, [_raw(member.linkname)])
    elif member.islnk():
        _copy(basket.find(_raw(member.linkname)), name, basket, blobs)
    elif member.isfile():
        basket.add(name, EXECUTABLE if member.mode & 0o100 else PLAIN, _content(archive, member))
    else:
        basket.leave_out(name, "it is a device, pipe or of an unknown kind")


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _copy(original: Entry | None, name: bytes, basket: Basket, blobs: BlobFolder) -> None:
    if original is None:
        basket.leave_out(name, "it is a hard link to something that is not before it in the archive")
    else:
        basket.add(name, original.mode, [blobs.get(original.sha256)])


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise MemberFault("it has no content")
    size = 0
    while chunk := content.read(_CHUNK):
        size += len(chunk)
        yield chunk
    if size != member.size:
        raise MemberFault("it is cut off")
