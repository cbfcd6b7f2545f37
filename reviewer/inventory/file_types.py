"""Gives every file its language: by content first, by name second."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewer.tables import load_table

_SHEBANG = re.compile(r"#![ \t]*(\S{1,200})((?:[ \t]+\S{1,200}){0,8})")
_VERSION = re.compile(r"[\d.]+$")
_HTML = re.compile(r"\s{0,200}<(?:!doctype html|html)\b", re.IGNORECASE)
_DIALECTS = frozenset({"javascript", "jsx", "typescript", "tsx"})  # one program runs them all: the name tells them apart
_RUNNERS = frozenset({"env", "run", "-s", "busybox"})


def language_of(path: str, text: str, *, executable: bool = False) -> str:
    """Name the language of a text, lower case: ``python``, ``shell``, ``markdown``, ``json``, …; ``text`` if nothing else is known.

    An ``executable`` file without a telling name or ``#!`` line is run by a shell as its own script (POSIX ``execlp``, ENOEXEC).
    """
    by_name = _by_name(path)
    if text.startswith("#!"):
        by_content = shebang_language(text)
        return by_name if by_name and by_content in _DIALECTS and by_name in _DIALECTS else by_content or by_name or "text"
    unknown = "shell" if executable and "." not in path.rpartition("/")[2] else "text"
    return by_name or ("html" if _HTML.match(text) else unknown)


def shebang_language(text: str) -> str | None:
    """Name the language that the ``#!`` line of a text starts; None without such a line or for an unknown program."""
    match = _SHEBANG.match(text)
    if not match:
        return None
    words = [match[1].rpartition("/")[2], *match[2].split()]
    names = [_VERSION.sub("", word) for word in words if not word.startswith("-") and "=" not in word]
    known: Mapping[str, str] = types()["shebangs"]
    return next((known[name.lower()] for name in names if name not in _RUNNERS and name.lower() in known), None)


def _by_name(path: str) -> str | None:
    name = path.rpartition("/")[2].lower()
    index = _index()
    stem, dot, extension = name.rpartition(".")
    return index.get(name) or (index.get(f".*{extension}") if dot and stem else None) or index.get(stem if dot else name)


def is_vendored(path: str) -> bool:
    """Tell whether a path lies in a folder of installed packages of other people, or inside another file.

    Both are read, and neither makes a server, Skill or tool: no client looks for one there.
    """
    folders = path.lower().split("/")[:-1]
    return any(folder in _vendored() or folder.endswith("!") for folder in folders)


def is_code(language: str | None) -> bool:
    """Tell whether a language is a programming language."""
    return language in types()["code"]


def types() -> dict[str, Any]:
    """Give the table."""
    table: dict[str, Any] = load_table(Path(__file__).parent / "file_types.yaml")
    return table


@functools.cache
def _vendored() -> frozenset[str]:
    return frozenset(types()["vendored"])


@functools.cache
def _index() -> dict[str, str]:
    names = {name: language for language, every in types()["names"].items() for name in every}
    extensions = {f".*{extension}": language for language, every in types()["extensions"].items() for extension in map(str, every)}
    return names | extensions
