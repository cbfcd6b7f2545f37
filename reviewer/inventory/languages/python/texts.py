"""What Python's own functions make of texts that are known; bounded, and without running any format code of theirs."""

from __future__ import annotations

import enum
import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["FUNCTIONS", "LENGTH", "METHODS", "UNKNOWN", "Unknown", "formatted", "joined", "number", "replaced"]

#: How long a text may grow, in characters.
LENGTH = 2_000_000


class Unknown(enum.Enum):
    """The value of what is computed at run time."""

    UNKNOWN = enum.auto()


UNKNOWN: Final = Unknown.UNKNOWN

METHODS: Mapping[str, Callable[[str], str]] = {
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "capitalize": str.capitalize,
}
FUNCTIONS: Mapping[str, Callable[[str], str]] = {
    "textwrap.dedent": textwrap.dedent,
    "inspect.cleandoc": inspect.cleandoc,
    "str": str,
    "pydantic.AnyUrl": str,
    "pydantic.networks.AnyUrl": str,
}


def joined(separator: str, pieces: list[Any]) -> Any:  # noqa: ANN401  a text, or unknown
    """Give ``separator.join(pieces)``."""
    if not all(isinstance(piece, str) for piece in pieces) or sum(len(piece) + len(separator) for piece in pieces) > LENGTH:
        return UNKNOWN
    return separator.join(pieces)


def replaced(text: str, given: list[Any]) -> Any:  # noqa: ANN401  a text, or unknown
    """Give ``text.replace(old, new)``."""
    if len(given) != 2 or not all(isinstance(value, str) for value in given) or not given[0]:  # noqa: PLR2004  old and new
        return UNKNOWN
    return text.replace(given[0], given[1]) if text.count(given[0]) * len(given[1]) <= LENGTH else UNKNOWN


def formatted(pattern: str, given: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """Insert plain texts at ``{}``, ``{0}`` and ``{name}``; any other field is unknown, so that no format code of theirs runs."""
    if not all(isinstance(value, str | int) for value in (*given, *named.values())):
        return UNKNOWN
    pieces: list[str] = []
    automatic, rest = iter(given), pattern.replace("{{", "\ue000").replace("}}", "\ue001")
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, closed, rest = rest.partition("}")
        value = next(automatic, None) if not name else named.get(name)
        if name.isascii() and name.isdigit() and int(name[:4]) < len(given):
            value = given[int(name[:4])]
        if not closed or value is None:
            return UNKNOWN
        pieces.extend((before, str(value)))
        if sum(map(len, pieces)) > LENGTH:
            return UNKNOWN
    return "".join((*pieces, rest)).replace("\ue000", "{").replace("\ue001", "}")


def number(text: str) -> Any:  # noqa: ANN401  int, float, or unknown
    """Read a number literal."""
    plain = text.replace("_", "").lower()
    try:
        return float(plain) if "." in plain or ("e" in plain and not plain.startswith("0x")) else int(plain[:30], 0)
    except ValueError:
        return UNKNOWN
