"""The child that unpacks one archive: ``main`` in a fresh interpreter, with one argument, the task as JSON.

It cuts itself off, reads the archive, writes blobs into a folder of its own and what it saw into ``manifest.json`` there.
The parent believes nothing of it: it hashes every blob again.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from checks.model import Unreadable
from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.confined import child_limits
from reviewer.acquire.gather import Basket, Entry, Gathered
from reviewer.acquire.limits import Limits
from reviewer.acquire.tar_reader import read_tar
from reviewer.acquire.zip_reader import read_zip
from reviewer.archives.zip_layout import NoArchiveError
from reviewer.isolation import confine
from reviewer.model import Isolation

__all__ = ["MANIFEST", "TAR", "ZIP", "Manifest", "main"]

MANIFEST = "manifest.json"
TAR, ZIP = "tar", "zip"
_METADATA_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the child saw. ``fault`` is set when it is no archive; ``distribution`` is the Name that a Python distribution gives itself."""

    entries: tuple[Entry, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    missing: bool = False
    fault: str = ""
    distribution: str = ""


def main() -> None:
    """Do the task of the command line: ``{"archive": path, "kind": "zip" or "tar", "out": folder, "level": isolation, "limits": {…}}``."""
    order = json.loads(sys.argv[1])
    limits = Limits(**order["limits"])
    archive, out = Path(order["archive"]), Path(order["out"])
    confine(child_limits(limits), readable=[archive], writable=[out], level=Isolation(order["level"]))
    manifest = _read(archive, order["kind"], BlobFolder(out), limits)
    (out / MANIFEST).write_text(json.dumps(asdict(manifest)), encoding="ascii")


def _read(archive: Path, kind: str, blobs: BlobFolder, limits: Limits) -> Manifest:
    basket = Basket(blobs, limits)
    try:
        with archive.open("rb") as file:
            if kind == ZIP:
                read_zip(file, basket, limits)
            else:
                read_tar(file, basket, limits, blobs)
    except NoArchiveError as error:
        return Manifest(fault=str(error))
    gathered = basket.gathered()
    return Manifest(
        entries=tuple(replace(entry, raw=None) for entry in gathered.entries),
        unreadable=gathered.unreadable,
        missing=gathered.missing,
        distribution=_distribution(gathered, blobs),
    )


def _distribution(gathered: Gathered, blobs: BlobFolder) -> str:
    """Find ``Name:`` in a wheel's METADATA or a source distribution's PKG-INFO (PEP 566), both at depth one."""
    for entry in gathered.entries:
        folder, _, name = entry.path.rpartition("/")
        found = name == "PKG-INFO" or (name == "METADATA" and folder.endswith(".dist-info"))
        if found and folder and "/" not in folder and entry.size <= _METADATA_BYTES:
            return _field(blobs.get(entry.sha256))
    return ""


def _field(metadata: bytes) -> str:
    for line in metadata.split(b"\n"):
        if line.startswith(b"Name:"):
            return line[len(b"Name:") :].strip().decode("ascii", "replace")
        if not line.strip():
            break
    return ""
