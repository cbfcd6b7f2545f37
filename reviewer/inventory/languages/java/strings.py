"""Literals of the Java machine's languages: escapes, text blocks, margins, formats, and texts made of parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from reviewer.inventory.program.model import Expression, Text

__all__ = ["formatted", "indentation_stripped", "joined", "margin_trimmed", "number", "reshaped", "unescaped", "unindented"]

_ESCAPE = re.compile(r"\\(u+[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}|\r\n|[\s\S])")
_LETTERS = {"n": "\n", "t": "\t", "b": "\b", "r": "\r", "f": "\f", "s": " ", "\n": "", "\r\n": ""}
_LINES = re.compile(r"\r\n|\n|\r")
_FORMAT = re.compile(r"%(?:(\d{1,3})\$)?[-#+ 0,(]{0,8}\d{0,4}(?:\.\d{1,4})?([a-zA-Z%])")
_PLACE = re.compile(r"\{(\d{1,3})\}")
_MARK = "\x00"


def unescaped(text: str) -> str:
    r"""Give the meaning of the escapes of a literal: ``\n``, ``A``, ``\101``, an escaped end of line."""
    if "\\" not in text:
        return text
    return _whole(_ESCAPE.sub(_meant, text))


def _meant(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] == "u" and len(code) > 1:
        return chr(int(code.lstrip("u"), 16))
    if code[0] in "01234567":
        return chr(int(code, 8))
    return _LETTERS.get(code, code)


def _whole(text: str) -> str:
    """Join halves of characters beyond the basic plane; a half that stays alone is ``?``."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def indentation_stripped(text: str) -> str:
    """Do what Java does to the lines of a text block: strip common indentation and what is blank at the ends of lines (JLS 3.10.6)."""
    lines = _LINES.split(text)
    counted = [line for line in lines[:-1] if line.strip()] + lines[-1:]
    cut = min((len(line) - len(line.lstrip()) for line in counted), default=0)
    return "\n".join(line[cut:].rstrip() if line.strip() else "" for line in lines)


def unindented(text: str) -> str:
    """Do what Kotlin's ``trimIndent`` does."""
    lines = _LINES.split(text)
    cut = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[cut:] for line in _without_blank_ends(lines))


def margin_trimmed(text: str, prefix: str = "|") -> str:
    """Do what Kotlin's ``trimMargin`` does."""
    lines = _without_blank_ends(_LINES.split(text))
    return "\n".join(line.lstrip().removeprefix(prefix) if line.lstrip().startswith(prefix) else line for line in lines)


def _without_blank_ends(lines: list[str]) -> list[str]:
    ends = {0, len(lines) - 1}
    return [line for index, line in enumerate(lines) if line.strip() or index not in ends]


def reshaped(text: Text, shape: Callable[[str], str]) -> Text:
    """Apply a function over white space to a text with parts: the parts are a mark while it runs."""
    values = [part for part in text.parts if not isinstance(part, str)]
    literal = "".join(part if isinstance(part, str) else _MARK for part in text.parts)
    if literal.count(_MARK) != len(values):
        return text
    pieces = shape(literal).split(_MARK)
    if len(pieces) != len(values) + 1:
        return text
    woven: list[str | Expression] = [pieces[0]]
    for value, piece in zip(values, pieces[1:], strict=True):
        woven += [value, piece]
    return joined(woven, text.line)


def joined(parts: Iterable[str | Expression], line: int) -> Text:
    """Make a text of parts; texts in texts are opened, neighbouring literals joined."""
    flat: list[str | Expression] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    return Text(parts=tuple(flat), line=line)


def formatted(pattern: Text, arguments: Sequence[Expression]) -> Text | None:
    """Put arguments into the ``%s`` of a literal pattern; None where it is not literal or asks for what is not given."""
    if any(not isinstance(part, str) for part in pattern.parts):
        return None
    literal = "".join(part for part in pattern.parts if isinstance(part, str))
    woven: list[str | Expression] = []
    end = index = 0
    for found in _FORMAT.finditer(literal):
        woven.append(literal[end : found.start()])
        end = found.end()
        if found[2] in "n%":
            woven.append({"n": "\n", "%": "%"}[found[2]])
            continue
        place = int(found[1]) - 1 if found[1] else index
        index += not found[1]
        if not 0 <= place < len(arguments):
            return None
        woven.append(arguments[place])
    return joined([*woven, literal[end:]], pattern.line)


def placed(pattern: Text, arguments: Sequence[Expression]) -> Text | None:
    """Do the same for ``{0}``, as ``java.text.MessageFormat`` writes it."""
    if len(pattern.parts) != 1 or not isinstance(pattern.parts[0], str):
        return None
    woven: list[str | Expression] = []
    literal, end = pattern.parts[0], 0
    for found in _PLACE.finditer(literal):
        if int(found[1]) >= len(arguments):
            return None
        woven += [literal[end : found.start()].replace("''", "'"), arguments[int(found[1])]]
        end = found.end()
    return joined([*woven, literal[end:].replace("''", "'")], pattern.line)


def number(text: str) -> int | float | None:
    """Give the value of a numeric literal, None if it has none: ``0xFFL``, ``1_000``, ``1.5f``."""
    plain = text.replace("_", "").lower()
    try:
        if plain.startswith(("0x", "0b")):
            return int(plain.rstrip("lu"), 0)
        plain = plain.rstrip("ludf")
        return float(plain) if any(letter in plain for letter in ".e") else int(plain[:40])
    except ValueError:
        return None
