"""Where lines end: some languages end a line, and so a comment, where an editor shows none."""

from __future__ import annotations

import re

__all__ = ["lined"]

_RETURN = re.compile(r"\r(?!\n)")


def lined(text: str) -> str:
    """Write a carriage return that stands alone as a line feed: it ends a comment in Python, Java, Kotlin, JavaScript and C#."""
    return _RETURN.sub("\n", text) if "\r" in text else text
