"""Texts in files of data: what a tool says may stand there, where its description is put together when the program runs."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator

from checks.model import File
from checks.parse import Block, BlockKind

__all__ = ["resource_blocks"]

#: Languages of files that hold texts for programs.
DATA = frozenset({"json", "yaml", "toml", "ini", "xml"})
#: How long a file is read, and how many texts of one.
LENGTH, TEXTS = 2_000_000, 5_000

_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.){12,20000})"')
_PLAIN = re.compile(r"^[^\n:=\"]{1,200}[:=][ \t]*([^\"\s{\[|>][^\n]{12,20000})$|^[ \t]{2,}([^\n:=\"]{12,20000})$", re.MULTILINE)
#: Four words in a row: names and numbers are no texts.
_WORDS = re.compile(r"(?:[^\W\d_]{2,30}[,;:]?[ \t\n]{1,3}){3}[^\W\d_]{2,30}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{8}")
_SLASHES = re.compile(r"\\u([0-9A-Fa-f]{4})")


def resource_blocks(file: File, text: str) -> Iterator[Block]:
    """Give the texts of a file of data, each as a block of prose; nothing of other files and of those inside others."""
    if file.language not in DATA or file.within or len(text) > LENGTH:
        return
    ends = [match.start() for match in re.finditer("\n", text)]
    found = [(match.start(), _decoded(match[1])) for match in _QUOTED.finditer(text)]
    if file.language != "json":
        found += [(match.start(), match[1] or match[2]) for match in _PLAIN.finditer(text)]
    told = 0
    for start, said in sorted(found):
        if _WORDS.search(said) and told < TEXTS:
            told += 1
            yield Block(kind=BlockKind.PROSE, text=said, line=bisect_left(ends, start) + 1)


def _decoded(quoted: str) -> str:
    try:
        return str(json.loads(f'"{quoted}"', strict=False))
    except ValueError:
        return _SLASHES.sub(lambda match: chr(int(match[1], 16)), quoted)
