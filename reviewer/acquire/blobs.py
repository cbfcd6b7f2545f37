"""Bytes on disk under their sha256, each written once: ``root/ab/abcdef…``."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["BlobFolder", "Stored"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was kept: its sha256 (hex), its length in bytes, and git's id of the same bytes."""

    sha256: str
    size: int
    git_blob: str


class BlobFolder:
    """A folder of blobs. Files are 0600, folders 0700: a submission may hold what others should not read."""

    def __init__(self, root: Path) -> None:
        """Use a folder; it is made at the first write."""
        self._root = root

    @property
    def root(self) -> Path:
        """The folder that a sandboxed child may read."""
        return self._root

    def path(self, sha256: str) -> Path:
        """Say where a blob lies. Raises KeyError for what is no sha256."""
        if not _SHA256.fullmatch(sha256):
            raise KeyError(sha256)
        return self._root / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Keep bytes; give their sha256 (hex). Putting twice is no error."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self._holds(sha256, len(content)):
            with self._new_file() as (file, place):
                file.write(content)
                file.flush()
                self._name(place, sha256)
        return sha256

    def put_chunks(self, chunks: Iterable[bytes]) -> Stored:
        """Keep bytes that come in pieces. What ``chunks`` raises passes through, and then nothing is kept."""
        digest = hashlib.sha256()
        size = 0
        with self._new_file() as (file, place):
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            sha256 = digest.hexdigest()
            git_blob = _git_blob(file, size)
            if not self._holds(sha256, size):
                self._name(place, sha256)
        return Stored(sha256=sha256, size=size, git_blob=git_blob)

    def get(self, sha256: str) -> bytes:
        """Give bytes back.

        Raises:
            KeyError: they are not kept, or what lies under the name are other bytes.
        """
        try:
            content = self.path(sha256).read_bytes()
        except OSError as error:
            raise KeyError(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise KeyError(sha256)
        return content

    def _holds(self, sha256: str, size: int) -> bool:
        """Tell whether a whole blob lies there: after a power cut its file may be there and empty."""
        try:
            return self.path(sha256).stat().st_size == size
        except OSError:
            return False

    @contextmanager
    def _new_file(self) -> Iterator[tuple[BinaryIO, Path]]:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".new-", dir=self._root)  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file, Path(name)
        finally:
            with suppress(FileNotFoundError):  # it bears its final name
                Path(name).unlink()

    def _name(self, new: Path, sha256: str) -> None:
        place = self.path(sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        new.replace(place)


def _git_blob(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
