"""Says what a decoded text is, as far as it matters: code of a language, a text for people or models, or nothing that says anything."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from reviewer.tables import load_table

_LENGTH = 200_000
_WORD = re.compile(r"[^\W\d_]{2,30}[,.;:!?]{0,2}(?:\s+|\Z)")
_WIDE = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts that write without spaces between words
_WIDE_CHARACTERS = 8


@functools.cache
def _signs() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    table: dict[str, Any] = load_table(Path(__file__).with_name("looks.yaml"))
    return tuple((row["language"], tuple(re.compile(sign) for sign in row["signs"])) for row in table["languages"])


def code_language(text: str) -> str | None:
    """Name the language of a text that looks like code; None for any other."""
    sample = text[:_LENGTH]
    return next((language for language, signs in _signs() if any(sign.search(sample) for sign in signs)), None)


def is_prose(text: str) -> bool:
    """Tell whether a text has sentences that a person or a model could read."""
    rule = load_table(Path(__file__).with_name("looks.yaml"))["prose"]
    sample = text[:_LENGTH]
    if len(_WIDE.findall(sample)) >= _WIDE_CHARACTERS:
        return True
    words = sum(1 for _ in _WORD.finditer(sample))
    letters = sum(1 for character in sample if character.isalpha() or character in " \n.,")
    return words >= int(rule["words"]) and letters >= float(rule["share"]) * len(sample)


def look(text: str) -> str | None:
    """Name what a text is: a language of code, ``text`` for prose, None for what says nothing."""
    return code_language(text) or ("text" if is_prose(text) else None)
