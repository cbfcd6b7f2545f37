"""How much of a submission is read: past a limit stands a row in the ledger, never silence."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Numbers that bound the work for one source, each with its reason.

    The largest honest submissions seen (a server with bundled dependencies) have about 20 000 files and 150 MiB.
    What a limit cuts off makes the dossier incomplete, so a too small number costs an honest author a look by a person,
    a too large one costs us memory and time.
    """

    entries: int = 50_000
    """Files. A bomb of trees makes ten million out of 52 KiB; twice the largest honest count is enough."""
    total_bytes: int = 512 * _MIB
    """All files together after unpacking: three times the largest honest one."""
    file_bytes: int = 10 * _MIB
    """One file that will be parsed. Larger ones are data or binaries: hashed and kept, with a row, not parsed."""
    depth: int = 64
    """Folders inside each other; deeper ones break the recursion of common tools."""
    path_bytes: int = 4096
    """Linux's PATH_MAX; nobody can have a longer path on disk."""
    seconds: float = 120
    """Wall clock for one source: a person waits."""
    ratio: int = 200
    """Unpacked to packed bytes. Text reaches about 20, tables 100; a bomb of zeros 1 000."""
    ratio_floor: int = 10 * _MIB
    """Unpacked bytes below which the ratio is not asked: a small file of spaces is no bomb."""
    download_bytes: int = 512 * _MIB
    """One artefact or git pack as it comes over the network, or one archive file."""
    page_bytes: int = 64 * _MIB
    """One answer of a registry; the longest published lists of versions have about 30 MiB."""
    parts: int = 400
    """What one document may lead to; the largest public marketplace lists some 300 plugins."""
    parts_seconds: float = 900
    """Wall clock for all parts of one document: a repository takes a second or two."""
    memory_bytes: int = 1024 * _MIB
    """Address space of the child that unpacks: one file in memory, zlib and Python with room to spare."""
    manifest_bytes: int = 64 * _MIB
    """What that child may say: 50 000 rows of about 1 KiB."""
