"""Functions that answer for several tools and tell them apart by name."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import ToolKind
from reviewer.inventory.program.registrations import Registrations
from reviewer.inventory.program.tables import Dispatcher
from reviewer.inventory.program.things import Code, Context, External, Part, Thing


class Dispatch:
    """The dispatching functions of a program. ``subjects`` are, by unit, the names of what holds a tool's name."""

    def __init__(self, registrations: Registrations) -> None:
        """Find them."""
        self._registrations = registrations
        self._by_kind: dict[ToolKind, list[Code]] = {}
        self.subjects: dict[int, frozenset[str]] = {}
        for row in registrations.words.dispatchers:
            for code in (*self._methods(row), *self._handlers(row)):
                if id(code.unit) not in self.subjects:
                    self._by_kind.setdefault(row.kind, []).append(code)
                self.subjects[id(code.unit)] = frozenset(row.subjects)

    @property
    def units(self) -> frozenset[int]:
        """The ids of their units."""
        return frozenset(self.subjects)

    def of(self, kind: ToolKind) -> list[Code]:
        """Give those that answer for tools, prompts or resources without a handler of their own."""
        return self._by_kind.get(kind, [])

    def _methods(self, row: Dispatcher) -> Iterator[Code]:
        symbols = self._registrations.evaluator.symbols
        for own in symbols.types:
            bases = {each for each in symbols.lineage(own) if isinstance(each, str)}
            for wanted in row.methods:
                base, _, name = wanted.rpartition(".")
                if base in bases:
                    yield from (Code(unit=unit) for unit in own.methods.get(name, ()))

    def _handlers(self, row: Dispatcher) -> Iterator[Code]:
        links = self._registrations.links
        for unit in links.evaluator.symbols.units if row.calls else ():
            for site in unit.sites:
                if any(self._is_of(target, row) for target in links.targets.get(id(site.node), ())):
                    subject = self._registrations.subject(site.node, Context(unit))
                    found = self._registrations.sources.code(row.handler, subject) if subject is not None else None
                    if found is not None:
                        yield from self._registrations.codes(found)

    def _is_of(self, target: Thing, row: Dispatcher) -> bool:
        types = self._registrations.evaluator.types
        name = target.name if isinstance(target, External) else ""
        if isinstance(target, Part) and target.name:
            name = types.name_of_member(target.base, target.name)
        return name in row.calls or types.plain(name) in row.calls
