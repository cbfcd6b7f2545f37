"""Things as JSON values, as far as they are constant."""

from __future__ import annotations

from typing import Any

from reviewer.inventory.program.evaluate import Evaluator
from reviewer.inventory.program.things import Known, Listing, Made, Mixed, Pairs, Thing, text_of

#: How deep records are nested, how many entries one has, and how many values there are in all: records that name each other multiply.
DEPTH, ENTRIES, VALUES = 12, 200, 5_000


class Literals:
    """Writes one thing as a JSON value."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Take what evaluates expressions."""
        self._evaluator = evaluator
        self._left = VALUES
        self._schemas = frozenset(evaluator.words.inputs.schemas)

    def of(self, thing: Thing, depth: int = 0) -> Any:  # noqa: ANN401  a JSON value
        """Give a thing; what is not constant is left out."""
        self._left -= 1
        if depth > DEPTH or self._left <= 0:
            return None
        if isinstance(thing, Known):
            return thing.value
        if isinstance(thing, Pairs):
            return self._pairs(thing, depth)
        if isinstance(thing, Made) and not self._schemas.isdisjoint((thing.name, self._evaluator.types.plain(thing.name))):
            return self._schema(thing, depth)
        if isinstance(thing, Mixed):
            return self.of(thing.options[0], depth + 1)
        items = self._evaluator.elements(thing)
        return [self.of(item, depth + 1) for item in items[:ENTRIES]] if items or isinstance(thing, Listing) else None

    def _schema(self, thing: Made, depth: int) -> dict[str, Any]:
        """Give the JSON schema that a constructor makes; what stands without a keyword is told by what it is."""
        words: dict[type, str] = {str: "type", dict: "properties", list: "required"}
        found: dict[str, Any] = {"type": "object"}
        for keyword, lazy in self._evaluator.arguments(thing.arguments, thing.context):
            value = self.of(self._evaluator.force(lazy), depth + 1)
            if type(value) in words:
                found.setdefault(keyword or words[type(value)], value)
        return found

    def _pairs(self, thing: Pairs, depth: int) -> dict[str, Any]:
        spelt = thing.kind in self._evaluator.words.inputs.schemas
        found: dict[str, Any] = {}
        for key, value in thing.pairs[:ENTRIES]:
            name = text_of(key)
            inner = self.of(self._evaluator.force(value), depth + 1) if name is not None else None
            if name is not None and inner is not None:
                found[name[:1].lower() + name[1:] if spelt else name] = inner
        return found
