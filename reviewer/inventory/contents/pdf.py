"""PDF files (ISO 32000-2): the text of their pages, notes and properties, the files in them, and what acts when they are opened."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reviewer.archives.names import safe_path
from reviewer.inventory.contents.model import Opened, Piece, Row, Sealed

if TYPE_CHECKING:
    from pypdf import PdfReader

_MARK, _MARK_REACH = b"%PDF-", 1024
#: How many pages and objects of one file are read, how many characters of text, and how large a file is read at all.
PAGES, OBJECTS, TEXT, SIZE = 500, 50_000, 4_000_000, 10_000_000
# What the library raises for damaged files, besides its own errors.
_DAMAGE = (
    ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError, AssertionError, NotImplementedError, ArithmeticError,
    OSError, zlib.error, struct.error,
)  # fmt: skip
#: Actions (12.6.4) that run something or send something; the others move the view or play a sound.
_ACTS = {
    "/JavaScript": "holds JavaScript, which runs when it is opened or used",
    "/Launch": "starts another program when it is opened or used",
    "/SubmitForm": "sends what is typed into it to another machine",
    "/ImportData": "takes data from another file",
    "/GoToE": "opens a file that lies inside it",
}


def is_pdf(content: bytes) -> bool:
    """Tell whether readers take some bytes for a PDF file: the mark may stand anywhere in the first kilobyte."""
    return _MARK in content[:_MARK_REACH]


def open_pdf(sealed: Sealed) -> Opened:
    """Give what a PDF file says. Nothing is ``whole`` where it cannot be read."""
    from pypdf import PasswordType, PdfReader  # noqa: PLC0415  slow to import, and few submissions hold such a file
    from pypdf.errors import DependencyError, DeprecationError, PyPdfError  # noqa: PLC0415  the same

    if len(sealed.content) > SIZE:
        return Opened()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it complains about every damaged file
    try:
        reader = PdfReader(io.BytesIO(sealed.content), strict=False)
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            return Opened(rows=(Row(reason="an encrypted PDF; what it holds cannot be read"),), whole=True)
        rows = list(dict.fromkeys(_rows(reader)))
        text, pages = _text(reader)
        pieces = [*_scripts(reader), *_attached(reader)]
    except (PyPdfError, DependencyError, DeprecationError, *_DAMAGE):
        return Opened()
    if len(pages) > PAGES:
        rows.append(Row(reason=f"more than {PAGES} pages: the others are not read"))
    if text.strip():
        pieces.insert(0, Piece(name="text", content=text.encode("utf-8", "replace"), language="text"))
    if not any(pages):
        rows.append(Row(reason=f"a PDF without text on its {len(pages)} pages: pictures are not read", gate=False, reached=True))
    return Opened(pieces=tuple(pieces), rows=tuple(rows), whole=True)


def _text(reader: PdfReader) -> tuple[str, list[bool]]:
    """Give all text, and for each page whether it has any."""
    said: list[str] = [str(value) for value in (reader.metadata or {}).values() if isinstance(value, str)]
    room = TEXT
    pages = []
    for number, page in enumerate(reader.pages):
        shown = page.extract_text() if number < PAGES and room > 0 else ""
        pages.append(bool(shown.strip()))
        notes = [note for note in map(_contents, page.get("/Annots") or ()) if note]
        said += [shown[:room], *notes]
        room -= len(shown)
        if number > PAGES:
            break
    fields = reader.get_fields() or {}
    said += [str(field.get("/V")) for field in fields.values() if isinstance(field.get("/V"), str)]
    return "\n\n".join(said), pages


def _contents(annotation: Any) -> str:  # noqa: ANN401  an object of the library
    note = annotation.get_object()
    said = note.get("/Contents") if isinstance(note, Mapping) else None
    return str(said) if said else ""


def _objects(reader: PdfReader) -> Iterator[Mapping[str, Any]]:
    from pypdf.generic import IndirectObject  # noqa: PLC0415  as above

    numbers = [(number, generation) for generation, row in reader.xref.items() for number in row]
    numbers += [(number, 0) for number in reader.xref_objStm]
    for number, generation in numbers[:OBJECTS]:
        found = IndirectObject(number, generation, reader).get_object()
        waiting: list[Any] = [found]
        for _ in range(100):  # dictionaries inside dictionaries, such as the action of a field
            if not waiting:
                break
            item = waiting.pop()
            if isinstance(item, Mapping):
                yield item
                waiting.extend(value for value in item.values() if isinstance(value, Mapping | list))
            elif isinstance(item, list):
                waiting.extend(value for value in item[:100] if isinstance(value, Mapping | list))


def _rows(reader: PdfReader) -> Iterator[Row]:
    for item in _objects(reader):
        act = _ACTS.get(str(item.get("/S")))
        if act:
            yield Row(reason=f"a PDF that {act}")
        if "/EF" in item:
            yield Row(reason="a PDF with files inside it")
        if "/XFA" in item:
            yield Row(reason="a PDF with a dynamic form (XFA), which is not read")


def _scripts(reader: PdfReader) -> Iterator[Piece]:
    from pypdf.generic import StreamObject  # noqa: PLC0415  as above

    for number, item in enumerate(_objects(reader)):
        script = item.get("/JS")
        found = script.get_object() if script is not None else None
        content = found.get_data() if isinstance(found, StreamObject) else str(found or "").encode("utf-8", "replace")
        if content.strip():
            yield Piece(name=f"script-{number}.js", content=content)


def _attached(reader: PdfReader) -> Iterator[Piece]:
    for number, (name, every) in enumerate(reader.attachments.items()):
        for content in every:
            yield Piece(name=f"file-{number}/{safe_path(name.encode('utf-8', 'replace')).path or 'unnamed'}", content=content)
