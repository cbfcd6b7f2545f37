"""Jupyter notebooks (nbformat 4, and the cells of format 3): every cell and every output is a file of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reviewer.documents import read_json
from reviewer.inventory.contents.model import Opened, Piece, Row, Sealed

_EXTENSIONS = {
    "python": "py", "r": "r", "julia": "jl", "javascript": "js", "typescript": "ts", "bash": "sh", "shell": "sh", "ruby": "rb",
    "rust": "rs", "go": "go", "kotlin": "kt", "java": "java", "csharp": "cs", "c#": "cs", "scala": "scala",
}  # fmt: skip
_CELL_MAGICS = {"bash": "sh", "sh": "sh", "script": "sh", "system": "sh", "sx": "sh", "javascript": "js", "js": "js", "html": "html",
    "svg": "svg", "markdown": "md", "perl": "pl", "ruby": "rb", "sql": "sql", "cmd": "bat", "powershell": "ps1"}  # fmt: skip
_TEXTS = {"text/plain": "txt", "text/markdown": "md", "text/html": "html", "application/javascript": "js", "image/svg+xml": "svg",
    "text/latex": "txt", "application/json": "json"}  # fmt: skip
_CELL_MAGIC = re.compile(r"\A\s{0,20}%%(\w{1,40})[^\n]{0,1000}\n")
_SHELL_LINE = re.compile(r"^[ \t]{0,40}(?:[\w, ]{1,80}=[ \t]{0,5})?(?:!{1,2}|%(?:sx|system|bash|sh)[ \t])(.{1,10000})$", re.MULTILINE)
_LINE_MAGIC = re.compile(r"^([ \t]{0,40})(?:[\w, ]{1,80}=[ \t]{0,5})?[!%?].{0,10000}$", re.MULTILINE)
_CELLS = 10_000


def open_notebook(sealed: Sealed) -> Opened:
    """Give the cells of a notebook as ``cell-1.py``, ``cell-2.md``, and what they put out as ``cell-1-output-1.txt``."""
    document = read_json(sealed.text or "")
    cells = _cells(document.mapping)
    if not isinstance(cells, list):
        return Opened(rows=(Row(reason=f"a notebook that cannot be read: {'; '.join(document.faults) or 'it has no cells'}"),))
    extension = _EXTENSIONS.get(_language(document.mapping), "py")
    pieces = [piece for number, cell in enumerate(cells[:_CELLS], 1) if isinstance(cell, dict) for piece in _cell(number, cell, extension)]
    rows = [Row(reason=f"more than {_CELLS} cells: the others are not read")] if len(cells) > _CELLS else []
    rows += [Row(reason=fault) for fault in document.faults]
    return Opened(pieces=tuple(pieces), rows=tuple(rows), whole=True)


def _cells(notebook: Mapping[str, Any]) -> object:
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list):
        return [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    return notebook.get("cells")


def _language(notebook: Mapping[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        said = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(said, dict) and isinstance(said.get(name), str):
            return str(said[name]).lower()
    return "python"


def _cell(number: int, cell: Mapping[str, Any], extension: str) -> Iterator[Piece]:
    source = _text(cell.get("source", cell.get("input")))
    kind = cell.get("cell_type")
    if kind == "code":
        yield from _code(f"cell-{number}", source, extension)
    elif source.strip():
        yield _piece(f"cell-{number}.{'md' if kind in {'markdown', 'heading'} else 'txt'}", source)
    for at, output in enumerate(_list(cell.get("outputs")), 1):
        if isinstance(output, dict):
            yield from _output(f"cell-{number}-output-{at}", output)
    for name, attachment in _mapping(cell.get("attachments")).items():
        for kind_, text in _mapping(attachment).items():
            if kind_ in _TEXTS:
                yield _piece(f"cell-{number}-attachment-{len(name)}.{_TEXTS[kind_]}", _text(text))


def _code(name: str, source: str, extension: str) -> Iterator[Piece]:
    """Give the code of a cell; what it hands to a shell apart, with line breaks instead of the rest, so that lines keep their number."""
    magic = _CELL_MAGIC.match(source)
    if magic and magic[1] in _CELL_MAGICS:
        yield _piece(f"{name}.{_CELL_MAGICS[magic[1]]}", "\n" + source[magic.end() :])
        return
    body = "\n" * source[: magic.end()].count("\n") + source[magic.end() :] if magic else source
    if extension != "py":
        yield _piece(f"{name}.{extension}", body)
        return
    commands = {body.count("\n", 0, match.start(1)): match[1] for match in _SHELL_LINE.finditer(body)}
    if commands:
        yield _piece(f"{name}.sh", "\n".join(commands.get(line, "") for line in range(max(commands) + 1)))
    code = _LINE_MAGIC.sub(r"\1pass", body)
    if code.strip():
        yield _piece(f"{name}.py", code)


def _output(name: str, output: Mapping[str, Any]) -> Iterator[Piece]:
    said = _text(output.get("text")) or "\n".join(_text(line) for line in _list(output.get("traceback")))
    if said.strip():
        yield _piece(f"{name}.txt", said)
    every = {**_mapping(output.get("data")), **{key: value for key, value in output.items() if key in _TEXTS}}
    for kind, value in every.items():
        text = _text(value)
        if kind in _TEXTS and text.strip() and text != said:
            yield _piece(f"{name}.{_TEXTS[kind]}", text)


def _piece(name: str, text: str) -> Piece:
    return Piece(name=name, content=text.encode("utf-8", "replace"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else "".join(line for line in _list(value) if isinstance(line, str))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
