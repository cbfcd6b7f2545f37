"""Zip files and what is made of them (wheels, jars, bundles, Office files), read by the rules by which a submission itself is read."""

from __future__ import annotations

import io
import stat
import struct
from collections.abc import Iterator

from reviewer.archives.names import folded, safe_path
from reviewer.archives.zip_layout import Layout, Member, NoArchiveError, read_layout
from reviewer.archives.zip_members import MemberFault, refusal, unpacked
from reviewer.inventory.contents import office
from reviewer.inventory.contents.model import Budget, Opened, Piece, Row, Sealed

_LONGEST_NAME = 4_096
_PREFIX = "bytes stand before its first member"


def open_zip(sealed: Sealed, budget: Budget) -> Opened:
    """Give the members of a zip file, of an Office file their text too. Nothing is ``whole`` where no directory can be read."""
    file = io.BytesIO(sealed.content)
    try:
        layout = read_layout(file, most=budget.most)
    except (NoArchiveError, struct.error):
        return Opened(rows=(Row(reason="looks like a zip file, and its directory cannot be read"),))
    if not layout.members and not layout.cut:
        return Opened(whole=layout.faults == ())
    basket = Basket(budget)
    for reason in _faults(layout, sealed.content):
        basket.rows.append(Row(reason=f"the archive is ambiguous: {reason}"))
    for member in layout.members:
        if not _take(file, member, basket, budget):
            break
    if layout.cut:
        basket.rows.append(Row(reason=f"more than {budget.limits.pieces} files lie inside files: the rest of the archive is not opened"))
    pieces = tuple(basket.pieces.values())
    told = office.open_document(pieces)
    return Opened(pieces=(*pieces, *told.pieces), rows=(*basket.rows, *told.rows), whole=True)


def _faults(layout: Layout, content: bytes) -> Iterator[str]:
    """Give what is wrong with the whole. A ``#!`` line before the first member is how Python's zipapp marks a program."""
    first = min((member.header for member in layout.members), default=0)
    zipapp = content.startswith(b"#!") and b"\n" not in content[: first - 1]
    for fault in layout.faults:
        if not (zipapp and fault.startswith(_PREFIX)):
            yield fault


def _take(file: io.BytesIO, member: Member, basket: Basket, budget: Budget) -> bool:
    refused = refusal(member)
    if refused:
        basket.leave_out(member.name, refused)
        return True
    if member.is_folder:
        return True
    chunks = unpacked(file, member, ratio=budget.limits.ratio, ratio_floor=budget.limits.ratio_floor)
    mode = "120000" if member.is_link else "100755" if member.unix_mode & stat.S_IXUSR else "100644"
    basket.add(member.name, mode, chunks, (f"the archive is ambiguous: {fault}" for fault in member.faults))
    return budget.most > 0 or not basket.over


class Basket:
    """Takes the members of one archive: names that mislead, that stand twice or that collide are told."""

    def __init__(self, budget: Budget) -> None:
        """Begin with nothing."""
        self.pieces: dict[str, Piece] = {}
        self.rows: list[Row] = []
        self.over = False
        self._folded: dict[str, str] = {}
        self._budget = budget

    def leave_out(self, name: bytes, reason: str) -> None:
        """Write down a member whose content is not taken."""
        self.rows.append(Row(name=safe_path(name[:_LONGEST_NAME]).path or "!name-", reason=reason))

    def add(self, name: bytes, mode: str, chunks: Iterator[bytes], faults: Iterator[str]) -> None:
        """Take one member; what is wrong with its bytes is a row instead."""
        safe = safe_path(name[:_LONGEST_NAME])
        if not safe.path:
            self.leave_out(name, "it has no name")
            return
        try:
            content = self._read(chunks)
        except MemberFault as fault:
            self.rows.append(Row(name=safe.path, reason=str(fault)))
            return
        path = self._place(safe.path)
        self.pieces[path] = Piece(name=path, content=content, mode=mode)
        self.rows.extend(Row(name=path, reason=reason) for reason in (*safe.faults, *faults))

    def _read(self, chunks: Iterator[bytes]) -> bytes:
        pieces: list[bytes] = []
        size, room = 0, self._budget.room
        for chunk in chunks:
            size += len(chunk)
            if size > room:
                self.over = room < self._budget.limits.piece_bytes
                raise MemberFault(f"it has more than {room} bytes, which is what may still be opened")
            pieces.append(chunk)
        return b"".join(pieces)

    def _place(self, path: str) -> str:
        """Give the path under which a member is kept; another one of its name or of a name like it is told."""
        if path in self.pieces:
            count = 1
            while (shadow := f"!duplicate-{count}/{path}") in self.pieces:
                count += 1
            self.rows.append(Row(name=path, reason=f"the name stands more than once; readers differ in which they take. One is {shadow}"))
            return shadow
        twin = self._folded.setdefault(folded(path), path)
        if twin != path:
            self.rows.append(Row(name=path, reason=f"where case does not count, it is the same file as {twin}"))
        return path
