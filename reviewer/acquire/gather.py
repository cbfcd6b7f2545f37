"""The basket into which every kind of source puts its files: limits are kept, and what is left out is written down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from checks.model import Unreadable
from reviewer.acquire.blobs import BlobFolder, Stored
from reviewer.acquire.limits import Limits
from reviewer.archives.names import reserved, safe_path
from reviewer.archives.zip_members import MemberFault

__all__ = ["EXECUTABLE", "LINK", "PLAIN", "Basket", "Entry", "Gathered", "MemberFault"]

PLAIN, EXECUTABLE, LINK = "100644", "100755", "120000"
_SMALL = 1 << 12
_LFS = b"version https://git-lfs.github.com/spec/"


class _Over(MemberFault):
    """A limit of the whole is reached: nothing more is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file that was read. ``raw`` are the bytes of its name as it came, if ``path`` had to be written otherwise."""

    path: str
    mode: str
    size: int
    sha256: str
    git_blob: str
    raw: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that could be read, and the ledger. ``missing``: some content of the source is not among the entries."""

    entries: tuple[Entry, ...]
    unreadable: tuple[Unreadable, ...]
    missing: bool


class Basket:
    """Takes files one by one until a limit is reached; then ``full`` is true and a ledger row says why."""

    def __init__(self, blobs: BlobFolder, limits: Limits, *, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing; the time limit counts from here."""
        self._blobs = blobs
        self._limits = limits
        self._now = now
        self._end = now() + limits.seconds
        self._entries: dict[str, Entry] = {}
        self._rows: list[Unreadable] = []
        self._total = 0
        self._missing = False
        self.full = False

    def __len__(self) -> int:
        """Count the files taken."""
        return len(self._entries)

    def note(self, path: str, reason: str, *, gate: bool = True) -> None:
        """Write a row about something that is nevertheless among the files."""
        self._rows.append(Unreadable(path=path, reason=reason, gate=gate))

    def leave_out(self, name: bytes, reason: str, *, gate: bool = True) -> None:
        """Write a row about something whose content is not among the files. Rows are limited as files are."""
        self._missing = True
        if len(self._rows) < self._limits.entries:
            self.note(safe_path(name[: self._limits.path_bytes]).path, reason, gate=gate)
        else:
            self.full = True

    def stop(self, reason: str) -> None:
        """Take nothing more, because of a limit or a fault of the whole."""
        self._missing = True
        self.full = True
        self.note("", reason)

    def within_time(self) -> bool:
        """Tell whether work may go on; the first time that it may not, this becomes a row."""
        if not self.full and self._now() > self._end:
            self.stop(f"reading took longer than {self._limits.seconds:g} seconds; the rest was not read")
        return not self.full

    def may_enter(self, folder: bytes) -> bool:
        """Tell whether a folder is shallow enough to be walked; if not, this becomes a row."""
        if folder.count(b"/") >= self._limits.depth:
            self.leave_out(folder, f"it lies deeper than {self._limits.depth} folders")
            return False
        return True

    def add(self, name: bytes, mode: str, chunks: Iterable[bytes]) -> Entry | None:
        """Take one file: its name as it came, git's mode, its bytes in pieces.

        A limit, or a MemberFault that ``chunks`` raises, becomes a row and gives None. An OSError is ours: no space to keep it.
        """
        fault = self._refusal(name)
        if fault or not self.within_time():
            if fault:
                self.leave_out(name, fault)
            return None
        head: list[bytes] = []
        try:
            stored = self._blobs.put_chunks(self._counted(chunks, mode, head))
        except _Over as over:
            self.leave_out(name, str(over))
            self.full = True
            return None
        except MemberFault as member:
            self.leave_out(name, str(member))
            return None
        return self._keep(name, mode, stored, b"".join(head))

    def find(self, name: bytes) -> Entry | None:
        """Give the file taken under this name, if there is one."""
        return self._entries.get(safe_path(name).path)

    def gathered(self) -> Gathered:
        """Give what was taken, sorted by path."""
        entries = tuple(sorted(self._entries.values(), key=lambda entry: entry.path))
        return Gathered(entries=entries, unreadable=tuple(self._rows), missing=self._missing)

    def _refusal(self, name: bytes) -> str:
        if len(name) > self._limits.path_bytes:
            return f"its path is longer than {self._limits.path_bytes} bytes"
        if name.count(b"/") > self._limits.depth:
            return f"it lies deeper than {self._limits.depth} folders"
        if not safe_path(name).path:
            return "it has no name"
        if len(self._entries) >= self._limits.entries:
            self.full = True
            return f"more than {self._limits.entries} files; from here on nothing was read"
        return ""

    def _counted(self, chunks: Iterable[bytes], mode: str, head: list[bytes]) -> Iterator[bytes]:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if self._total + size > self._limits.total_bytes:
                raise _Over(f"all files together are larger than {self._limits.total_bytes} bytes; from here on nothing was read")
            if self._now() > self._end:
                raise _Over(f"reading took longer than {self._limits.seconds:g} seconds; from here on nothing was read")
            if mode == LINK and size > self._limits.path_bytes:
                raise MemberFault("it is a symbolic link whose target is longer than a path can be")
            if size <= _SMALL:
                head.append(chunk)
            yield chunk

    def _keep(self, name: bytes, mode: str, stored: Stored, head: bytes) -> Entry:
        safe = safe_path(name)
        raw = name if safe.faults else None
        entry = Entry(path=safe.path, mode=mode, size=stored.size, sha256=stored.sha256, git_blob=stored.git_blob, raw=raw)
        self._total += stored.size
        for fault in safe.faults:
            self.note(safe.path, fault)
        if reserved(safe.path):
            self.note(safe.path, "the name is reserved on Windows, where it cannot be unpacked", gate=False)
        self._note_content(entry, head)
        if safe.path in self._entries:
            self._move_aside(safe.path)
        self._entries[safe.path] = entry
        return entry

    def _note_content(self, entry: Entry, head: bytes) -> None:
        if entry.size > self._limits.file_bytes:
            self.note(entry.path, f"it has {entry.size} bytes; files above {self._limits.file_bytes} are hashed and kept, not parsed")
        if entry.mode != LINK and entry.size <= _SMALL and head.startswith(_LFS):
            self.note(entry.path, "it is a Git LFS pointer: the content that it stands for lies elsewhere and was not read")

    def _move_aside(self, path: str) -> None:
        """Keep the earlier reading of a name in a shadow folder, where its own file name still says what it is."""
        count = 1
        while (shadow := f"!duplicate-{count}/{path}") in self._entries:
            count += 1
        self._entries[shadow] = replace(self._entries[path], path=shadow, raw=None)
        self.note(path, f"the name stands more than once; readers differ in which they take. The earlier one is kept as {shadow}")
