"""JSON and TOML of strangers: bounded, without duplicate keys, and with the line on which a key stands.

- ``load_json`` and ``load_toml`` raise LockfileError and nothing else, whatever the text is.
- Lines count from 1 and end with a line feed. Where no line can be told honestly it is 0, the file as a whole.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from reviewer.documents import has_long_key
from reviewer.sbom.lockfiles.interface import LockfileError

__all__ = ["MAX_CHARACTERS", "first_line", "header_lines", "key_lines", "load_json", "load_toml", "table", "text_of"]

MAX_CHARACTERS = 8_000_000  # the lock files of large public monorepos have half of it
_JSON_SIGN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:\n]')
_TOO_DEEP = "nested too deeply to be read"


def _reject_constant(name: str) -> NoReturn:
    raise LockfileError("", f"{name} is not JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # set.add gives None on purpose
        raise LockfileError(double[:80], "the key stands twice, so two readers may see two things")
    return found


def _bounded(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise LockfileError("", f"longer than {MAX_CHARACTERS} characters")
    return text.removeprefix("\ufeff")


def load_json(text: str) -> dict[str, Any]:
    """Read a JSON object, as RFC 8259 has it. Raises LockfileError, also for a duplicate key and for ``NaN``."""
    try:
        value = json.loads(_bounded(text), object_pairs_hook=_without_duplicates, parse_constant=_reject_constant)
    except json.JSONDecodeError as error:
        raise LockfileError(f"line {error.lineno}", f"not JSON: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise LockfileError("", _TOO_DEEP) from None
    except ValueError as error:  # a number of more digits than Python converts
        raise LockfileError("", str(error)[:200]) from None
    if not isinstance(value, dict):
        raise LockfileError("", "not a JSON object")
    return value


def load_toml(text: str) -> dict[str, Any]:
    """Read TOML 1.0. Raises LockfileError."""
    if has_long_key(_bounded(text)):
        raise LockfileError("", "a key of too many parts")
    try:
        return tomllib.loads(_bounded(text))
    except tomllib.TOMLDecodeError as error:
        raise LockfileError("", f"not TOML: {str(error)[:200]}") from None
    except (RecursionError, MemoryError):
        raise LockfileError("", _TOO_DEEP) from None
    except ValueError as error:  # a date that is none, a number too long
        raise LockfileError("", str(error)[:200]) from None


def key_lines(text: str, sections: Iterable[str]) -> Mapping[tuple[str, ...], int]:
    """Give the line of every key that stands directly in an object named as in ``sections``, by its path of keys.

    ``text`` must be JSON that ``load_json`` has read. Elements of arrays add nothing to a path.
    """
    wanted = frozenset(sections)
    lines: dict[tuple[str, ...], int] = {}
    opened: list[str | None] = []  # under which key each container stands that is open here
    word, key, line = "", None, 1
    for match in _JSON_SIGN.finditer(text):
        sign = match[0]
        if sign == "\n":
            line += 1
        elif sign == ":":
            key = json.loads(word)
            if opened and opened[-1] in wanted:
                lines.setdefault((*(name for name in opened if name is not None), str(key)), line)
        elif sign in "{[":
            opened.append(key)
            key = None
        elif sign in "}]":
            opened.pop()
            key = None
        else:
            word = sign
    return lines


def header_lines(text: str, header: str, key: str) -> tuple[int, ...]:
    """Give, for each TOML ``[[header]]`` in order, the line of its first ``key = …``, or of the header where it has none."""
    lines: list[int] = []
    waiting = False
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if line.startswith("["):
            waiting = line.replace(" ", "").startswith(f"[[{header}]]")
            if waiting:
                lines.append(number)
        elif waiting and line.partition("=")[0].strip() == key:
            lines[-1] = number
            waiting = False
    return tuple(lines)


def first_line(text: str, *wanted: str, start: int = 0) -> int:
    """Give the first line, from the character ``start`` on, on which one of the given pieces begins, 0 where none does."""
    places = [text.find(piece, start) for piece in wanted]
    found = [place for place in places if place >= 0]
    return text.count("\n", 0, min(found)) + 1 if found else 0


def table(value: object, key: str) -> Mapping[str, Any]:
    """Give ``value[key]`` where that is a mapping, else an empty one: a hostile file may have anything anywhere."""
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def text_of(value: object) -> str:
    """Give the value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""
