"""What lies inside a file, and how much of it is opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Numbers that bound what is opened inside the files of one submission. What is beyond one is a gate row, never silence.

    They count work, not time, so that the same bytes always have the same inventory.
    """

    layers: int = 5
    """Files inside each other: a package in an archive of an archive has three. Whoever packs deeper packs against being read."""
    pieces: int = 20_000
    """All that is opened in one submission; the largest honest archives of sources have some thousand files."""
    total_bytes: int = 96 * _MIB
    """All of it together: the child has a gigabyte for everything, and a syntax tree needs forty times its text."""
    piece_bytes: int = 10_000_000
    """One of them: the same as for a file of the submission itself."""
    ratio: int = 200
    """Unpacked to packed bytes; text reaches about 20, tables 100, a bomb of zeros 1 000."""
    ratio_floor: int = 4 * _MIB
    """Unpacked bytes below which the ratio is not asked."""
    scanned: int = 80_000_000
    """Characters that are searched for encoded texts, the submission's own files before installed packages of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something that lies inside a file. ``language`` says what it is where its name does not."""

    name: str
    content: bytes
    mode: str = "100644"
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line for the ledger. ``name`` is inside the file, empty for the file. ``reached``: a gate only where an agent is led to it."""

    reason: str
    name: str = ""
    gate: bool = True
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was found inside a file. ``whole``: pieces and rows together account for all of its bytes."""

    pieces: tuple[Piece, ...] = ()
    rows: tuple[Row, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A file that may hold others. ``text`` is None where its bytes are none.

    ``vendored``: it belongs to an installed package of other people.
    """

    path: str
    content: bytes
    text: str | None = None
    language: str | None = None
    vendored: bool = False

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.path.rpartition("/")[2]

    @property
    def extension(self) -> str:
        """The end of its name, lower case, without the dot."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


def joined(parts: Iterable[Opened]) -> Opened:
    """Put together what several ways of opening one file gave."""
    every = list(parts)
    return Opened(
        pieces=tuple(piece for part in every for piece in part.pieces),
        rows=tuple(row for part in every for row in part.rows),
        whole=any(part.whole for part in every),
    )


class Budget:
    """What may still be opened in one submission."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Begin with nothing spent."""
        self.limits = limits or Limits()
        self._pieces = self.limits.pieces
        self._bytes = self.limits.total_bytes
        self._scanned = self.limits.scanned

    @property
    def most(self) -> int:
        """How many pieces may still come."""
        return max(0, self._pieces)

    @property
    def room(self) -> int:
        """How many bytes the next piece may have."""
        return max(0, min(self._bytes, self.limits.piece_bytes))

    def refusal(self, size: int) -> str:
        """Say why a piece of so many bytes is not taken, empty if it is; what is taken is spent."""
        if size > self.limits.piece_bytes:
            return f"larger than {self.limits.piece_bytes} bytes, the most that is read of one file"
        if self._pieces <= 0:
            return f"more than {self.limits.pieces} files lie inside files: not opened"
        if size > self._bytes:
            return f"more than {self.limits.total_bytes} bytes lie inside files: not opened"
        self._pieces -= 1
        self._bytes -= size
        return ""

    def may_scan(self, length: int) -> bool:
        """Tell whether a text of so many characters may be searched; what may is spent."""
        if length > self._scanned:
            return False
        self._scanned -= length
        return True
