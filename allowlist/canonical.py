"""JSON with one form per value: sorted, no floats, no duplicate keys, dates in UTC; and reading it with the place in every error."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from allowlist.errors import Malformed

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z")


def dump(value: object) -> bytes:
    """Write a JSON value (texts, whole numbers, booleans, None, lists, objects) in its one form.

    Raises:
        Malformed: a float, a date, a lone surrogate, or anything else that has no such form.
    """
    _refuse_floats(value)
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:  # UnicodeEncodeError is a ValueError
        raise Malformed(f"not to be written as JSON: {error}") from error


def _refuse_floats(value: object) -> None:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case float():
                raise Malformed("not to be written as JSON: a number with a fraction has no one form")
            case Mapping() as members:
                waiting += members.values()
            case list() | tuple() as items:
                waiting += items
            case _:
                pass


def parse(content: bytes, place: str) -> Node:
    """Read JSON bytes; ``place`` is what errors call the document.

    Raises:
        Malformed: not UTF-8 JSON, a duplicate key, a number with a fraction, a lone surrogate, nested too deeply, or bytes after the end.
    """

    def refuse(text: str) -> NoReturn:
        raise Malformed(f"{place}: {text[:40]} is a number with a fraction or none at all, which is not allowed here")

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                raise Malformed(f"{place}: the key {name[:80]!r} stands twice in one object")
            found[name] = value
        return found

    try:
        text = content.decode()
        value = json.loads(text, object_pairs_hook=members, parse_float=refuse, parse_constant=refuse)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:  # JSONDecodeError and UnicodeError are ValueErrors
        raise Malformed(f"{place}: not JSON as it is agreed here: {error}") from error
    return Node(place=place, value=value)


def moment_text(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with ``Z``; a fraction is written, as six digits, only where there is one.

    Raises:
        Malformed: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise Malformed(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _article(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", type(None): "null"}
    return names.get(type(value), "something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A JSON value and the place where it stands. Every method raises Malformed with that place if the value is not so."""

    place: str
    value: object

    def fail(self, wanted: str) -> NoReturn:
        """Refuse the value."""
        raise Malformed(f"{self.place} must be {wanted}, not {_article(self.value)}")

    def members(self) -> dict[str, Node]:
        """Give an object's members."""
        if not isinstance(self.value, dict):
            self.fail("an object")
        begin = self.place + "." if self.place else ""
        return {name: Node(place=f"{begin}{name}", value=value) for name, value in self.value.items()}

    def field(self, name: str) -> Node:
        """Give one member that has to be there."""
        found = self.maybe(name)
        if found is None:
            raise Malformed(f"{self.place}.{name} is missing" if self.place else f"{name} is missing")
        return found

    def maybe(self, name: str) -> Node | None:
        """Give one member that may be absent."""
        return self.members().get(name)

    def each(self) -> list[Node]:
        """Give a list's items."""
        if not isinstance(self.value, list):
            self.fail("a list")
        return [Node(place=f"{self.place}[{index}]", value=item) for index, item in enumerate(self.value)]

    def text(self) -> str:
        """Give a text; it may not be empty."""
        if not isinstance(self.value, str):
            self.fail("a text")
        if not self.value:
            raise Malformed(f"{self.place} must not be empty")
        return self.value

    def exactly(self, wanted: str) -> None:
        """Refuse every text but one."""
        if self.text() != wanted:
            raise Malformed(f"{self.place} must be {wanted!r}, not {self.text()[:40]!r}")

    def prose(self) -> str:
        """Give a text that may be empty."""
        if not isinstance(self.value, str):
            self.fail("a text")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Give a list of texts."""
        return tuple(item.text() for item in self.each())

    def number(self) -> int:
        """Give a whole number, 0 or more."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.fail("a whole number")
        if self.value < 0:
            raise Malformed(f"{self.place} must not be negative")
        return self.value

    def moment(self) -> datetime:
        """Give a moment, written exactly as :func:`moment_text` writes it."""
        text = self.text()
        try:
            found = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None or moment_text(found) != text:
            raise Malformed(f"{self.place} must be a moment such as 2026-11-30T12:00:00Z, not {text[:40]!r}")
        return found

    def others(self, known: Collection[str]) -> dict[str, object]:
        """Give the members that are not known by name, as they are."""
        return {name: node.value for name, node in self.members().items() if name not in known}

    def only(self, known: Collection[str]) -> None:
        """Refuse members that are not known by name."""
        for name, node in self.members().items():
            if name not in known:
                raise Malformed(f"{node.place} is not known here; it may come from a later version, and it is not safe to skip")
