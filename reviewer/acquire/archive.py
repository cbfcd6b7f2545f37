"""An archive, unpacked by a child process into blobs; nothing of it is ever extracted under its own names.

``.zip``, ``.skill`` and the gzip-packed tar files of people are often a folder and nothing beside it. That folder is taken off
the paths, so that the archive has the ``dirHash`` of the folder that was packed, and gives the snapshot its name.
It stays where a client looks at the archive's top (``.whl``, ``.mcpb``, ``.dxt``, ``.plugin``), and where it begins with a dot,
as its name has a meaning then.
"""

from __future__ import annotations

import hashlib
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checks.model import Unreadable
from reviewer.acquire.assemble import single_top, without_top
from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.confined import ChildFault, run_confined
from reviewer.acquire.folder import regular_chunks
from reviewer.acquire.gather import EXECUTABLE, LINK, PLAIN, Gathered, MemberFault
from reviewer.acquire.limits import Limits
from reviewer.acquire.unpack import MANIFEST, TAR, ZIP, Manifest
from reviewer.errors import NotFetchedError

__all__ = ["Unpacked", "file_sha256", "is_tar", "strip_folder", "unpack", "without_git"]

_TAR_SUFFIXES = (".tgz", ".tar.gz")
_KEPT_TOPS = (".whl", ".mcpb", ".dxt", ".plugin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What an archive holds, and the name that a Python distribution in it gives itself (not to be believed)."""

    gathered: Gathered
    distribution: str = ""


def is_tar(filename: str) -> bool:
    """Tell by its name whether an archive is a gzip-packed tar file; all others are zip files."""
    return filename.lower().endswith(_TAR_SUFFIXES)


def file_sha256(path: Path) -> str:
    """Give the sha256 (hex) of a file's bytes. Raises NotFetchedError."""
    digest = hashlib.sha256()
    try:
        for chunk in regular_chunks(path.resolve()):
            digest.update(chunk)
    except MemberFault as error:
        raise NotFetchedError(f"The archive cannot be read: {error}", hint="Check its permissions.") from error
    return digest.hexdigest()


def unpack(archive: Path, blobs: BlobFolder, limits: Limits, *, filename: str = "") -> Unpacked:
    """Unpack an archive. ``filename`` decides what it should be, and is its own name by default.

    A child that dies, a limit, a damaged member become rows of the ledger.

    Raises:
        NotFetchedError: it is no archive, or one with nothing in it.
    """
    if archive.stat().st_size > limits.download_bytes:
        return _nothing(f"it is larger than {limits.download_bytes} bytes")
    with tempfile.TemporaryDirectory(prefix="reviewer-unpack-") as place:
        out = Path(place).resolve()
        try:
            task = {"archive": str(archive.resolve()), "kind": TAR if is_tar(filename or archive.name) else ZIP}
            run_confined("reviewer.acquire.unpack", task, readable=[archive.resolve()], out=out, limits=limits)
            manifest = _read_manifest(out, limits)
            if not manifest.fault:
                _adopt(manifest, BlobFolder(out), blobs)
        except ChildFault as fault:
            return _nothing(str(fault))
    if manifest.fault or not (manifest.entries or manifest.unreadable):
        reason = manifest.fault or "it holds no file"
        raise NotFetchedError(f"There is nothing to review in this archive: {reason}", hint="Check that the file was downloaded whole.")
    gathered = Gathered(entries=manifest.entries, unreadable=manifest.unreadable, missing=manifest.missing)
    return Unpacked(gathered=gathered, distribution=manifest.distribution)


def strip_folder(gathered: Gathered, filename: str) -> tuple[Gathered, str]:
    """Take off the one folder that a person's archive was made of, by the rules above; give its name or an empty text."""
    top = "" if filename.lower().endswith(_KEPT_TOPS) else single_top(gathered)
    if not top or top.startswith("."):
        return gathered, ""
    return without_top(gathered, top), top


def without_git(gathered: Gathered) -> Gathered:
    """Leave out a ``.git`` at the top, as with a folder; but here somebody has packed it, so a person must know."""
    entries = tuple(entry for entry in gathered.entries if not entry.path.startswith(".git/"))
    if len(entries) == len(gathered.entries):
        return gathered
    row = Unreadable(path=".git", reason="git's own folder is inside the archive; it is not read, and must never be used", gate=True)
    return replace(gathered, entries=entries, unreadable=(*gathered.unreadable, row))


def _nothing(reason: str) -> Unpacked:
    row = Unreadable(path="", reason=f"the archive could not be unpacked: {reason}", gate=True)
    return Unpacked(gathered=Gathered(entries=(), unreadable=(row,), missing=True))


def _read_manifest(out: Path, limits: Limits) -> Manifest:
    from reviewer import wire  # noqa: PLC0415  pydantic is slow to import, and the child has no need of it

    document = bytearray()
    try:
        for chunk in regular_chunks(out / MANIFEST):
            document += chunk
            if len(document) > limits.manifest_bytes:
                raise ChildFault("its reader said too much")
        manifest = wire.decode(Manifest, bytes(document))
    except (MemberFault, ValueError) as error:  # pydantic's ValidationError is a ValueError
        raise ChildFault("its reader gave no usable answer") from error
    if not all(_is_safe(entry.path) and entry.mode in {PLAIN, EXECUTABLE, LINK} for entry in manifest.entries):
        raise ChildFault("its reader gave no usable answer")
    return manifest


def _is_safe(path: str) -> bool:
    hidden = any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in path)
    return not hidden and all(part not in {"", ".", ".."} for part in path.split("/"))


def _adopt(manifest: Manifest, theirs: BlobFolder, ours: BlobFolder) -> None:
    """Take over the child's blobs and hash each again."""
    for entry in manifest.entries:
        try:
            stored = ours.put_chunks(_blob(theirs, entry.sha256))
        except (KeyError, MemberFault) as error:
            raise ChildFault("its reader gave no usable answer") from error
        if (stored.sha256, stored.size, stored.git_blob) != (entry.sha256, entry.size, entry.git_blob):
            raise ChildFault("its reader gave no usable answer")


def _blob(blobs: BlobFolder, sha256: str) -> Iterator[bytes]:
    yield from regular_chunks(blobs.path(sha256))
