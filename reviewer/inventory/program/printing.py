"""Takes format texts apart: ``%s``, ``%-5.2f``, ``%[1]q`` of Go, ``%1$s`` of Java.

Sources: package ``fmt`` of Go («Printing»); ``java.util.Formatter`` («Format String Syntax»).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Verb", "pieces"]

_VERB = re.compile(
    r"%(?:%|(?:(\d{1,4})\$)?[-+# 0,(]{0,6}(?:\d{1,5}|\*)?(?:\.(?:\d{1,5}|\*)?)?(?:\[(\d{1,4})\])?([a-zA-Z]))",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A place in a format text where an argument is put; ``quoted`` for ``%q``."""

    argument: int
    quoted: bool = False


def pieces(form: str) -> Iterator[str | Verb]:
    """Take a format text apart: literal texts, and verbs with the position of their argument, from 0.

    >>> list(pieces("a %s%%"))
    ['a ', Verb(argument=0, quoted=False), '%']
    """
    position = end = 0
    for found in _VERB.finditer(form):
        if form[end : found.start()]:
            yield form[end : found.start()]
        end = found.end()
        if found[0] in {"%%", "%n"}:
            yield "%" if found[0] == "%%" else "\n"
            continue
        position += found[0].count("*")
        if found[1] or found[2]:
            position = max(int(found[1] or found[2]) - 1, 0)
        yield Verb(argument=position, quoted=found[3] == "q")
        position += 1
    if form[end:]:
        yield form[end:]
