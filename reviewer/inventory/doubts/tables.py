"""One doubt, and what the tables say about a module: harmless, known, or with which powers."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.model import Capability, CapabilityId, Certainty, Location, Scope
from reviewer.inventory.languages.apis import Table, load_table
from reviewer.tables import load_table as load_yaml

__all__ = ["Doubt", "Powers"]

_LANGUAGES = Path(__file__).parent.parent / "languages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A place that cannot be followed. ``powers`` is what could happen there, empty if unknown; ``package`` is what was imported."""

    at: Location
    powers: frozenset[CapabilityId] = frozenset()
    certainty: Certainty = Certainty.PRESENT
    package: str = ""

    def capabilities(self) -> Iterator[Capability]:
        """Give the powers as capabilities whose object can be anything."""
        for power in sorted(self.powers):
            yield Capability(id=power, scope=Scope.ANY, certainty=self.certainty, evidence=(self.at,))


class Powers:
    """What modules of one language can do, by its table of capabilities and the table of doubts."""

    def __init__(self, language: str) -> None:
        """Read both."""
        rows: dict[str, Any] = load_yaml(Path(__file__).parent / "doubts.yaml")[language]
        self._apis: Table = load_table(_LANGUAGES / language)
        self._harmless = frozenset(rows["harmless"])
        self._known = frozenset(rows["known"])
        self.reaching = frozenset(rows["reaching"])
        self.tables = frozenset(rows["tables"])
        self.lookups = frozenset(rows.get("lookups", ()))

    def of_name(self, name: str) -> frozenset[CapabilityId]:
        """Give what a call of this name could do; empty for a name that no row has."""
        return frozenset(power for row in self._apis.match(name) for power in row.capability)

    def of_module(self, module: str) -> frozenset[CapabilityId]:
        """Give all that the calls of a module could do."""
        return frozenset() if self.is_harmless(module) else self._apis.powers(module)

    def is_harmless(self, module: str) -> bool:
        """Tell whether a module gives no power."""
        return any(above in self._harmless for above in _above(module))

    def is_known(self, module: str) -> bool:
        """Tell whether a table says what a module, or a package above it, does."""
        every = list(_above(module))
        known = any(above in self._harmless or above in self._known for above in every)
        return known or any(self._apis.sdk(above) or self._apis.powers(above) for above in every)


@functools.cache
def powers(language: str) -> Powers:
    """Give the powers of a language's modules."""
    return Powers(language)


def _above(module: str) -> Iterator[str]:
    yield module
    for end in range(len(module) - 1, 0, -1):
        if module[end] in "./":
            yield module[:end]
