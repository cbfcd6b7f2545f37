"""Office files (Office Open XML, OpenDocument): the words of their parts, and parts that act.

ECMA-376 part 1 (WordprocessingML ``w:t`` in ``w:p``, SpreadsheetML ``si`` and ``is``, DrawingML ``a:t``), part 2 (relationships);
OASIS OpenDocument 1.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from reviewer.inventory.contents.model import Opened, Piece, Row

_MARKS = frozenset({"[Content_Types].xml", "mimetype"})
#: Elements after which a new line begins, by local name: paragraphs, cells, rows, strings, list items, comments, headings.
_LINES = frozenset({"p", "si", "is", "row", "tr", "tc", "h", "list-item", "comment", "c", "v", "br", "table-cell", "line-break", "title"})
_REMOTE = re.compile(rb'<Relationship\b[^>]{0,2000}\bTargetMode\s{0,5}=\s{0,5}["\']External', re.IGNORECASE)
_LOADED = re.compile(
    rb'Type\s{0,5}=\s{0,5}["\'][^"\']{0,200}/(?:attachedTemplate|oleObject|frame|subDocument|externalLink)["\']', re.IGNORECASE
)
_DYNAMIC_EXCHANGE = re.compile(r"(?:^|\s)DDE(?:AUTO)?\s", re.IGNORECASE)
_LONGEST = 10_000_000


class _Refused(Exception):  # noqa: N818  a fault of the submission, not of ours
    """The part declares entities, or is no XML."""


def open_document(parts: Iterable[Piece]) -> Opened:
    """Give the text of each part of an Office file, and rows for what acts; nothing for any other archive."""
    every = {part.name: part for part in parts}
    if _MARKS.isdisjoint(every):
        return Opened()
    pieces: list[Piece] = []
    rows: list[Row] = []
    for part in every.values():
        if part.name.endswith((".xml", ".rels", ".vml")):
            _read(part, pieces, rows)
    rows.extend(_acting(every.values()))
    return Opened(pieces=tuple(pieces), rows=tuple(rows))


def _read(part: Piece, pieces: list[Piece], rows: list[Row]) -> None:
    try:
        text = words(part.content)
    except _Refused as fault:
        rows.append(Row(name=part.name, reason=f"a part of a document that cannot be read: {fault}"))
        return
    if text.strip():
        pieces.append(Piece(name=f"{part.name}!/text", content=text.encode("utf-8", "replace"), language="text"))
    if _DYNAMIC_EXCHANGE.search(text):
        rows.append(Row(name=part.name, reason="a field that starts another program (DDE)"))


def _acting(parts: Iterable[Piece]) -> Iterator[Row]:
    for part in parts:
        if part.name.endswith(".rels") and _REMOTE.search(part.content) and _LOADED.search(part.content):
            yield Row(name=part.name, reason="a document that loads a template or object from elsewhere when it is opened")
        elif part.name.startswith("xl/macrosheets/"):
            yield Row(name=part.name, reason="a sheet of macros; they run, and are not read")


def words(content: bytes) -> str:
    """Give all character data of an XML text, a line for each paragraph, cell or string.

    Raises:
        _Refused: it is no XML, or declares entities, which multiply.
    """
    shown: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def begin(name: str, _: object) -> None:
        if name.rpartition(" ")[2] == "tab":
            shown.append("\t")

    def end(name: str) -> None:
        if name.rpartition(" ")[2] in _LINES and shown and shown[-1] != "\n":
            shown.append("\n")

    def declared(*_: object) -> None:
        raise _Refused("it declares entities")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = shown.append
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(content[:_LONGEST], True)  # noqa: FBT003  the signature of the library
    except (expat.ExpatError, ValueError, LookupError, RecursionError, MemoryError) as error:
        raise _Refused("it is no XML") from error
    return "".join(shown)
