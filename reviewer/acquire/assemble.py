"""From gathered files to a snapshot: collisions, links that lead outward, digests."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace

from checks.model import File, Unreadable
from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.gather import LINK, Entry, Gathered
from reviewer.archives.names import folded, shown
from reviewer.digests import dir_hash, git_tree
from reviewer.model import PublishedPackage, Snapshot

__all__ = ["INCOMPLETE", "assemble", "single_top", "without_top"]

INCOMPLETE = "!incomplete"
"""The path under which ``dirHash`` counts what is not among the files, so that no two sources with different unread content agree."""


def assemble(  # noqa: PLR0913  the fields of a snapshot, by name
    gathered: Gathered,
    blobs: BlobFolder,
    *,
    source: str,
    name: str,
    digests: Mapping[str, str] | None = None,
    witness: str = "",
    version: str | None = None,
    package: PublishedPackage | None = None,
    repository: str | None = None,
) -> Snapshot:
    """Make a snapshot. ``witness`` identifies the whole source (a sha256, a tree id) where files alone cannot."""
    known = dict(digests or {})
    if "gitTree" not in known and (tree := _tree(gathered)):
        known["gitTree"] = tree
    pairs = [(entry.path, entry.sha256) for entry in gathered.entries]
    if gathered.missing:
        pairs.append((INCOMPLETE, hashlib.sha256((witness or _ledger_text(gathered.unreadable)).encode()).hexdigest()))
    known["dirHash"] = dir_hash(pairs)
    rows = (*gathered.unreadable, *_collisions(gathered.entries), *_outward_links(gathered.entries, blobs))
    return Snapshot(
        source=source,
        name=name,
        digests=dict(sorted(known.items())),
        files=tuple(File(path=entry.path, mode=entry.mode, size=entry.size, sha256=entry.sha256) for entry in gathered.entries),
        version=version,
        package=package,
        repository=repository,
        unreadable=rows,
    )


def single_top(gathered: Gathered) -> str:
    """Give the one folder that holds every file, or an empty text."""
    paths = [entry.path for entry in gathered.entries]
    top, slash, _ = (paths or [""])[0].partition("/")
    alone = slash and not top.startswith("!") and all(path.startswith(top + "/") for path in paths)
    return top if alone else ""


def without_top(gathered: Gathered, top: str) -> Gathered:
    """Take the one top folder off every path, also in the ledger."""
    cut = len(top) + 1

    def inner(path: str) -> str:
        return path[cut:] if path.startswith(top + "/") else path

    entries = tuple(
        replace(entry, path=inner(entry.path), raw=None if entry.raw is None else entry.raw.partition(b"/")[2])
        for entry in gathered.entries
    )
    rows = tuple(replace(row, path=inner(row.path)) for row in gathered.unreadable)
    return replace(gathered, entries=entries, unreadable=rows)


def _ledger_text(rows: Iterable[Unreadable]) -> str:
    return "\n".join(f"{row.path}\t{row.reason}" for row in rows)


def _tree(gathered: Gathered) -> str:
    if gathered.missing or not gathered.entries:
        return ""
    try:
        return git_tree((entry.raw or entry.path, entry.mode, entry.git_blob) for entry in gathered.entries)
    except ValueError:  # names that no git tree can hold together
        return ""


def _collisions(entries: Iterable[Entry]) -> list[Unreadable]:
    """Find names that fall together elsewhere: where case is ignored, or where a file is also a folder."""
    rows: list[Unreadable] = []
    seen: dict[str, str] = {}
    paths = {entry.path for entry in entries}
    for path in sorted(paths):
        other = seen.setdefault(folded(path), path)
        if other != path:
            reason = f"on systems that ignore case, accents' form or trailing dots it is the same file as {shown(other)}"
            rows.append(Unreadable(path=path, reason=reason, gate=True))
        above = _file_above(path, paths)
        if above:
            rows.append(Unreadable(path=path, reason=f"it lies in {shown(above)}, which is itself a file or link", gate=True))
    return rows


def _file_above(path: str, paths: set[str]) -> str:
    folder = posixpath.dirname(path)
    while folder:
        if folder in paths:
            return folder
        folder = posixpath.dirname(folder)
    return ""


def _outward_links(entries: Iterable[Entry], blobs: BlobFolder) -> list[Unreadable]:
    links = {entry.path: blobs.get(entry.sha256).decode("utf-8", "surrogateescape") for entry in entries if entry.mode == LINK}
    return [
        Unreadable(path=path, reason=f"it is a symbolic link that leads out of the submission, to {shown(target)}", gate=True)
        for path, target in links.items()
        if _leads_outward(path, target, links)
    ]


def _leads_outward(path: str, target: str, links: Mapping[str, str]) -> bool:
    """Follow a link part by part; one that climbs after passing another link counts as outward, as that cannot be told lexically."""
    if target.startswith("/") or "\\" in target or target[1:2] == ":":
        return True
    place = [part for part in posixpath.dirname(path).split("/") if part]
    through_link = False
    for part in target.split("/"):
        if part == "..":
            if not place or through_link:
                return True
            place.pop()
        elif part not in {"", "."}:
            place.append(part)
            through_link = through_link or "/".join(place) in links
    return False
