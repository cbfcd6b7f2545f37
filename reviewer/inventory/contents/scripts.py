"""Programs inside scripts: here-documents, and code that stands on an interpreter's own command line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.text import Lines
from reviewer.inventory.contents.looks import code_language
from reviewer.inventory.contents.model import Opened, Piece, Row, Sealed
from reviewer.inventory.file_types import language_of, types

#: In which languages commands of a shell stand, and how many programs of one file are told.
LANGUAGES, PROGRAMS = frozenset({"shell", "dockerfile", "make", "yaml", "markdown"}), 500
_WORDS = 100  # that close nothing

_DOCUMENT = re.compile(
    r"^(?P<line>[^\n]{0,2000}?)<<-?[ \t]{0,4}(?P<quote>[\"'\\]?)(?P<word>\w{1,60})[\"']?(?P<rest>[^\n]{0,2000})\n", re.MULTILINE
)
_PROGRAM = re.compile(
    r"(?<![\w./-])(?:[\w./-]{0,80}/)?"
    r"(python[\d.]{0,5}|node|bun|deno|perl|ruby|php|lua|pwsh|powershell|osascript|bash|zsh|sh)(?![\w.-])"
)
_WRITTEN = re.compile(r">>?[ \t]{0,4}[\"']?([\w./${}~-]{1,200})|\btee[ \t]+(?:-a[ \t]+)?[\"']?([\w./${}~-]{1,200})")
_INLINE = re.compile(
    r"(?<![\w.-])(?P<program>python[\d.]{0,5}|node|bun|deno|perl|ruby|php|lua|osascript)[ \t]+(?:-[\w=-]{1,20}[ \t]+){0,4}?"
    r"-(?:c|e|r|-eval|-execute)[ \t]+(?:\"(?P<double>(?:[^\"\\]|\\.){10,50000})\"|'(?P<single>[^']{10,50000})')",
    re.DOTALL,
)


def open_scripts(sealed: Sealed) -> Opened:
    """Give the programs that a script hands to an interpreter or writes into a file."""
    text = sealed.text or ""
    if sealed.language not in LANGUAGES:
        return Opened()
    pieces: dict[str, Piece] = {}
    lines = Lines(text)
    for name, start, language, code in (*_documents(text), *_inline(text)):
        path = f"{name}@{lines.at(start)}"
        pieces.setdefault(path, Piece(name=path, content=code.encode("utf-8", "replace"), language=language))
        if len(pieces) >= PROGRAMS:
            return Opened(pieces=tuple(pieces.values()), rows=(Row(reason=f"more than {PROGRAMS} programs inside: not all are read"),))
    return Opened(pieces=tuple(pieces.values()))


def _documents(text: str) -> Iterator[tuple[str, int, str, str]]:
    end = 0
    open_for_ever: set[str] = set()  # words that close no document from here on: looking again would cost the square of the text
    for match in _DOCUMENT.finditer(text):
        if match.start() < end or match["word"] in open_for_ever:
            continue
        closing = re.compile(rf"^[ \t]*{re.escape(match['word'])}[ \t]*\r?$", re.MULTILINE).search(text, match.end())
        if closing is None:
            open_for_ever.add(match["word"])
            if len(open_for_ever) >= _WORDS:
                return
            continue
        end = closing.start()
        body = text[match.end() : end]
        language = _fed(match["line"], match["rest"]) or code_language(body)
        if language is not None and body.strip():
            yield "document", match.end(), language, body


def _fed(before: str, after: str) -> str | None:
    """Name the language of the program that a document is fed to, or of the file into which it is written."""
    written = _WRITTEN.search(f"{before} {after}")
    if written is not None:
        by_name = language_of(written[1] or written[2], "")
        return None if by_name == "text" else by_name
    programs = [match[1] for match in _PROGRAM.finditer(f"{before} {after}")]
    return _language(programs[-1]) if programs else None


def _inline(text: str) -> Iterator[tuple[str, int, str, str]]:
    for match in _INLINE.finditer(text):
        code = match["single"] if match["single"] is not None else re.sub(r"\\([\"$`\\])", r"\1", match["double"])
        language = _language(match["program"])
        if language is not None:
            yield "inline", match.start(), language, code


def _language(program: str) -> str | None:
    known: dict[str, str] = types()["shebangs"]
    return known.get(program.rstrip("0123456789.")) or known.get(program)
