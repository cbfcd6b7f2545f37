"""Brings what a document leads to, each part into a folder of its own, and makes one snapshot of all.

A part that cannot be brought is a gating row; the others are still read. Limits count for all parts together.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from checks.model import File, Unreadable
from reviewer.acquire.assemble import INCOMPLETE
from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.declared.plan import Page, Wanted
from reviewer.acquire.limits import Limits
from reviewer.archives.names import folded
from reviewer.digests import dir_hash
from reviewer.errors import ReviewerError
from reviewer.model import Origin, Snapshot, SourcePart

__all__ = ["Combination", "page_files"]

FOLDERS = {
    Origin.PACKAGE: "packages",
    Origin.PLUGIN: "plugins",
    Origin.SERVER: "servers",
    Origin.REMOTE: "remotes",
    Origin.SKILLS: "skills",
}
"""Where parts lie in the snapshot, by what led to them."""

_NAME = 80
_INHERITED = ("gitTree",)  # digests of the base that say nothing about the whole once parts are added

Bring = Callable[[Wanted, Limits], Snapshot]


@dataclass(slots=True)
class Combination:
    """A snapshot that grows by parts. ``base`` is what the document itself and the folder around it give."""

    base: Snapshot
    blobs: BlobFolder
    limits: Limits
    now: Callable[[], float] = time.monotonic
    _files: dict[str, File] = field(default_factory=dict)
    _rows: list[Unreadable] = field(default_factory=list)
    _parts: list[SourcePart] = field(default_factory=list)
    _missing: list[tuple[str, str]] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _brought: dict[tuple[str, str, str], Snapshot | ReviewerError] = field(default_factory=dict)
    _end: float = 0.0
    _size: int = 0

    def __post_init__(self) -> None:
        """Begin with the base; the clock for all parts starts."""
        self._files = {file.path: file for file in self.base.files}
        self._size = sum(file.size for file in self.base.files)
        self._taken = {folded(path) for file in self.base.files for path in _with_parents(file.path)}
        self._end = self.now() + self.limits.parts_seconds

    def add(self, wanted: Wanted, bring: Bring | None, *, root: str = "") -> None:
        """Add a part. ``bring`` fetches it, or is None where nothing can be fetched; its ReviewerError becomes a gating row."""
        root = root or self.root_for(wanted.origin, wanted.name)
        snapshot = self._bring(wanted, bring, root) if bring else None
        for reason, gate in wanted.notes:
            self._rows.append(Unreadable(path=root, reason=reason, gate=gate))
        if snapshot is None:
            self._declare(root, wanted)
            return
        self._take(root, snapshot)
        part = SourcePart(
            root=root,
            name=wanted.name,
            origin=wanted.origin,
            source=snapshot.source,
            fetched=True,
            digests=snapshot.digests,
            package=snapshot.package,
        )
        self._parts.append(part)

    def place(self, part: SourcePart) -> None:
        """Say that a part lies in the base already."""
        self._parts.append(part)

    def note(self, path: str, reason: str, *, gate: bool) -> None:
        """Write a row."""
        self._rows.append(Unreadable(path=path, reason=reason, gate=gate))

    def root_for(self, origin: Origin, name: str) -> str:
        """Give a folder that nothing lies in yet, even where case is ignored."""
        plain = re.sub(r"[^A-Za-z0-9._@+-]+", "-", name).strip("-.")[:_NAME] or "unnamed"
        count, root = 1, f"{FOLDERS[origin]}/{plain}"
        while folded(root) in self._taken:
            count += 1
            root = f"{FOLDERS[origin]}/{plain}-{count}"
        self._taken.add(folded(root))
        return root

    def snapshot(self) -> Snapshot:
        """Give the whole."""
        files = tuple(self._files[path] for path in sorted(self._files))
        pairs = [(file.path, file.sha256) for file in files] + self._missing
        if _incomplete(self.base):
            pairs.append((INCOMPLETE, hashlib.sha256(self.base.digests["dirHash"].encode()).hexdigest()))
        digests = {name: value for name, value in self.base.digests.items() if name not in _INHERITED} | {"dirHash": dir_hash(pairs)}
        return replace(
            self.base,
            files=files,
            digests=dict(sorted(digests.items())),
            unreadable=tuple(dict.fromkeys((*self.base.unreadable, *self._rows))),
            parts=tuple(self._parts),
        )

    def _bring(self, wanted: Wanted, bring: Bring, root: str) -> Snapshot | None:
        if len(self._parts) >= self.limits.parts:
            self.note(root, f"more than {self.limits.parts} parts: this one was not fetched", gate=True)
            return None
        if self.now() > self._end:
            self.note(
                root, f"fetching all parts took longer than {self.limits.parts_seconds:g} seconds: this one was not fetched", gate=True
            )
            return None
        left = self._left()
        if left.entries <= 0 or left.total_bytes <= 0:
            self.note(root, "the parts before it are as large as a submission may be: this one was not fetched", gate=True)
            return None
        key = (wanted.means, wanted.address, wanted.sha256 + wanted.commit + wanted.registry)
        if key not in self._brought:
            try:
                self._brought[key] = bring(wanted, left)
            except ReviewerError as error:
                self._brought[key] = error
        outcome = self._brought[key]
        if isinstance(outcome, ReviewerError):
            self.note(root, f"it was not fetched: {outcome.message}", gate=True)
            return None
        return outcome

    def _left(self) -> Limits:
        return replace(
            self.limits,
            entries=self.limits.entries - len(self._files),
            total_bytes=self.limits.total_bytes - self._size,
            seconds=max(1.0, min(self.limits.seconds, self._end - self.now())),
        )

    def _take(self, root: str, snapshot: Snapshot) -> None:
        for file in snapshot.files:
            self._put(replace(file, path=f"{root}/{file.path}"))
        self._rows += [replace(row, path=f"{root}/{row.path}" if row.path else root) for row in snapshot.unreadable]
        if _incomplete(snapshot):
            self._missing.append((f"{root}/{INCOMPLETE}", hashlib.sha256(snapshot.digests["dirHash"].encode()).hexdigest()))

    def _declare(self, root: str, wanted: Wanted) -> None:
        """Keep what is known of a part that is not here."""
        for file in page_files(wanted.pages, self.blobs):
            self._put(replace(file, path=f"{root}/{file.path}"))
        self._parts.append(SourcePart(root=root, name=wanted.name, origin=wanted.origin, source=wanted.address))

    def _put(self, file: File) -> None:
        self._files[file.path] = file
        self._size += file.size


def page_files(pages: Iterable[Page], blobs: BlobFolder) -> list[File]:
    """Keep pages as plain files."""
    files = []
    for page in pages:
        content = page.text.encode("utf-8", "replace")
        files.append(File(path=page.path, mode="100644", size=len(content), sha256=blobs.put(content)))
    return files


def _with_parents(path: str) -> Iterable[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _incomplete(snapshot: Snapshot) -> bool:
    """Tell whether a snapshot's digest counts something that is not among its files."""
    return snapshot.digests["dirHash"] != dir_hash((file.path, file.sha256) for file in snapshot.files)
