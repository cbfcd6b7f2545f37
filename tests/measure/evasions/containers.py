"""Containers of every kind, made in memory."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from email.message import EmailMessage
from xml.sax.saxutils import escape

Content = str | bytes


def zipped(files: Mapping[str, Content]) -> bytes:
    """Make a zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def zipped_twice(name: str, first: Content, second: Content) -> bytes:
    """Make a zip file in which one name stands twice."""
    other = name[:-1] + "~"
    return zipped({name: first, other: second}).replace(other.encode(), name.encode())


def locked(files: Mapping[str, Content]) -> bytes:
    """Make a zip file that says that its members are encrypted, and whose bytes nobody can read."""
    made = bytearray(zipped(files))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(mark)
        while place >= 0:
            made[place + at] |= 1
            place = made.find(mark, place + 4)
    return bytes(made)


def tarred(files: Mapping[str, Content], packer: str = "gz") -> bytes:
    """Make a tar file, packed by ``gz`` or ``xz``."""
    made = io.BytesIO()
    with tarfile.TarFile(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            row = tarfile.TarInfo(name)
            row.size = len(raw)
            archive.addfile(row, io.BytesIO(raw))
    return lzma.compress(made.getvalue()) if packer == "xz" else gzip.compress(made.getvalue(), mtime=0)


def picture() -> bytes:
    """Make a picture of one dot."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\xff\xff\xff")) + chunk(b"IEND", b"")


def pdf(text: str, *, script: str = "") -> bytes:
    """Make a PDF of one page, its text packed."""
    lines = "".join(f"({_literal(line)}) Tj T* " for line in text.splitlines())
    shown = zlib.compress(f"BT /F1 10 Tf 12 TL 40 700 Td {lines}ET".encode("latin-1", "replace"))
    act = f"/OpenAction << /S /JavaScript /JS ({_literal(script)}) >> " if script else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {act}>>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(shown) + shown + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    start = len(made)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + rows
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(made)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def _runs(text: str, element: str) -> str:
    """Split a text into runs of a few characters, as editors do."""
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    return "".join(f'<{element} xml:space="preserve">{escape(piece)}</{element}>' for piece in pieces)


def docx(text: str) -> bytes:
    """Make a letter with a comment at its margin that says the text."""
    body = f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>Minutes of the meeting</w:t></w:r></w:p></w:body></w:document>'
    runs = "".join(f"<w:r>{run}</w:r>" for run in _runs(text.strip(), "w:t").replace("</w:t><w:t", "</w:t>\0<w:t").split("\0"))
    comment = f'<w:comments xmlns:w="{_WORD}"><w:comment w:id="0"><w:p>{runs}</w:p></w:comment></w:comments>'
    return zipped({"[Content_Types].xml": _TYPES, "word/document.xml": body, "word/comments.xml": comment})


def xlsx(text: str) -> bytes:
    """Make a table whose one cell says the text."""
    strings = f'<sst xmlns="{_SHEET}"><si><r>{_runs(text.strip(), "t")}</r></si></sst>'
    sheet = f'<worksheet xmlns="{_SHEET}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
    return zipped({"[Content_Types].xml": _TYPES, "xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": sheet})


def pptx(text: str) -> bytes:
    """Make a slide whose notes say the text."""
    notes = f'<notes xmlns:a="{_DRAWING}"><a:p><a:r>{_runs(text.strip(), "a:t")}</a:r></a:p></notes>'
    return zipped({"[Content_Types].xml": _TYPES, "ppt/notesSlides/notesSlide1.xml": notes})


def odt(text: str) -> bytes:
    """Make an OpenDocument letter."""
    body = f'<office xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>{escape(text.strip())}</text:p></office>'
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": body})


def notebook(*, code: str = "print('minutes')", said: str = "minutes") -> str:
    """Make a notebook of one cell and its output."""
    output = {"output_type": "stream", "name": "stdout", "text": said.splitlines(keepends=True)}
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": code.splitlines(keepends=True), "outputs": [output]}
    return json.dumps({"cells": [cell], "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 5})


def source_map(source: str, name: str = "webpack:///./src/start.js") -> str:
    """Make a source map with its source."""
    return json.dumps({"version": 3, "file": "start.min.js", "sources": [name], "sourcesContent": [source], "names": [], "mappings": ""})


def mail(text: str, attachment: bytes, name: str) -> bytes:
    """Make a mail with an attachment."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ada@office.example", "grace@office.example", "The minutes"
    message.set_content(text)
    message.add_attachment(attachment, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)
