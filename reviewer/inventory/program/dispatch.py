"""Functions that answer for several tools and tell them apart by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.model import ToolKind
from reviewer.inventory.program.model import Record
from reviewer.inventory.program.registrations import Registrations
from reviewer.inventory.program.sources import Subject
from reviewer.inventory.program.tables import Dispatcher
from reviewer.inventory.program.things import Code, Context, External, Made, Pairs, Part, Thing
from reviewer.inventory.program.units import Site, Unit


class Dispatch:
    """The dispatching functions of a program. ``subjects`` are, by unit, the names of what holds a tool's name."""

    def __init__(self, registrations: Registrations, shared: Iterable[Code] = ()) -> None:
        """Find them; ``shared`` are functions that were registered as the handlers of several tools."""
        self._registrations = registrations
        self._by_kind: dict[ToolKind, list[Code]] = {}
        self.subjects: dict[int, frozenset[str]] = {}
        for row in registrations.words.dispatchers:
            for code in (*self._methods(row), *self._handlers(row)):
                if id(code.unit) not in self.subjects:
                    self._by_kind.setdefault(row.kind, []).append(code)
                self.subjects[id(code.unit)] = frozenset(row.subjects)
        for code in shared:
            self.subjects.setdefault(id(code.unit), frozenset(Dispatcher(why="").subjects))

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
                if self._is_named(site, unit, row):
                    made = Made(name="", node=site.node, context=Context(unit), arguments=site.node.arguments)
                    subject = self._registrations.subject(site.node, Context(unit)) or Subject(context=Context(unit), thing=made)
                    found = self._registrations.sources.code(row.handler, subject)
                    if found is not None:
                        yield from self._registrations.codes(found)

    def _is_named(self, site: Site, unit: Unit, row: Dispatcher) -> bool:
        if isinstance(site.node, Record):
            thing = self._registrations.evaluator.value(site.node, Context(unit))
            return isinstance(thing, Pairs) and thing.kind in row.calls
        return any(self._is_of(target, row) for target in self._registrations.links.targets.get(id(site.node), ()))

    def _is_of(self, target: Thing, row: Dispatcher) -> bool:
        types = self._registrations.evaluator.types
        name = target.name if isinstance(target, External) else ""
        if isinstance(target, Part) and target.name:
            name = types.name_of_member(target.base, target.name)
        return name in row.calls or types.plain(name) in row.calls
