"""Names and sentences that people type: which of them can stand in a list, and which two mean one person."""

from __future__ import annotations

import re
import unicodedata

from reviewer.errors import UsageFault

NAME = re.compile(r"[^\W_][\w.@+ -]{0,63}")


def same_person(one: str, other: str) -> bool:
    """Tell whether two written names mean one person: case, width and how many blanks there are do not count."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def check_name(name: str, what: str = "name") -> str:
    """Give a name back if it can stand in a list and on a screen. Raises UsageFault."""
    if not NAME.fullmatch(name):
        raise UsageFault(f"{name!r} cannot be a {what}", hint="letters, digits and . @ + - _, at most 64")
    return name


def check_words(text: str, what: str) -> str:
    """Give a sentence back if it says something and can be signed and shown. Raises UsageFault."""
    if not text.strip():
        raise UsageFault(f"the {what} is empty", hint="say it in a sentence; others will rely on it")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageFault(f"the {what} is not text: {error.reason}", hint="write it in UTF-8") from error
    return text
