"""What type a thing has: as far as declarations, constructors and the tables say."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.inventory.program import model
from reviewer.inventory.program.model import TypeName
from reviewer.inventory.program.symbols import Found, OwnType, Symbols
from reviewer.inventory.program.tables import Words
from reviewer.inventory.program.things import (
    Class,
    Derived,
    External,
    Kind,
    Made,
    Object,
    Pairs,
    Parameter,
    Part,
    Thing,
)
from reviewer.inventory.program.units import Unit

#: How many wrappers of one type are taken off.
WRAPPED = 6
#: How long the name of what a chain of calls made may become.
NAME = 600


class Types:
    """Answers what types things have."""

    def __init__(self, symbols: Symbols, words: Words, plain: Callable[[str], str]) -> None:
        """Take the declarations, the words, and what gives the short form of an external name."""
        self.symbols = symbols
        self.plain = plain
        self._wrappers = frozenset(words.transparent.types)

    def resolved(self, type_: TypeName | None, unit: Unit) -> Kind:
        """Give a type as the unit's file knows it, without wrappers that stand for what is in them."""
        if type_ is None:
            return None
        for _ in range(WRAPPED):
            found = self.symbols.type_named(type_.name, unit.module, unit.owner)
            if isinstance(found, str) and found in self._wrappers and type_.arguments:
                type_ = type_.arguments[0]
                continue
            return found if isinstance(found, OwnType) else self.plain(found)
        return None

    def of(self, thing: Thing) -> Kind:
        """Give the type of a thing, as far as it is known."""
        if isinstance(thing, (Object, Class)):
            return thing.type
        if isinstance(thing, (Pairs, Derived)):
            return thing.kind
        if isinstance(thing, Made):
            return self.plain(thing.name) if len(thing.name) < NAME else None
        if isinstance(thing, External):
            return self.plain(thing.name)
        if isinstance(thing, Parameter):
            return self._of_parameter(thing)
        return self._of_part(thing) if isinstance(thing, Part) else None

    def _of_parameter(self, thing: Parameter) -> Kind:
        if thing.loop is not None:
            return self.resolved(thing.loop.type, thing.unit)
        for parameter in thing.unit.parameters:
            if thing.name in parameter.names:
                return self.resolved(parameter.type, thing.unit)
        return None

    def _of_part(self, thing: Part) -> Kind:
        if thing.kind is not None or thing.name is None:
            return thing.kind
        base = self.of(thing.base)
        return f"{base}.{thing.name}" if isinstance(base, str) and len(base) < NAME else None

    def field(self, own: OwnType, name: str) -> tuple[model.Field, OwnType] | None:
        """Give a field of a type or of what it extends, with the type that declares it."""
        for each in self.symbols.lineage(own):
            if isinstance(each, OwnType) and name in each.fields:
                return each.fields[name], each
        return None

    def kind_of_field(self, own: OwnType, name: str) -> Kind:
        """Give the type of a field."""
        found = self.field(own, name)
        if found is None or found[0].type is None:
            return None
        return self.named(found[0].type, found[1])

    def named(self, type_: TypeName, owner: OwnType) -> Kind:
        """Give a type as a type's declaration knows it."""
        for _ in range(WRAPPED):
            found = self.symbols.type_named(type_.name, owner.module, owner)
            if isinstance(found, str) and found in self._wrappers and type_.arguments:
                type_ = type_.arguments[0]
                continue
            return found if isinstance(found, OwnType) else self.plain(found)
        return None

    def name_of_member(self, base: Thing, name: str) -> str:
        """Give the full name of a method or property of other people's code, ``.name`` where its object is unknown."""
        kind = self.of(base)
        if isinstance(kind, OwnType):
            others = [each for each in self.symbols.lineage(kind) if isinstance(each, str)]
            known = next((each for each in others if self.symbols.known(f"{each}.{name}")), None)
            kind = known or (others[0] if others else kind.name)
        if kind is None or len(kind) > NAME:
            return f".{name}"
        return f"{kind}.{name}"

    def name_of(self, target: Thing) -> str:
        """Give the full name of what other people's code is called by, empty if it is the submission's own."""
        if isinstance(target, External):
            return target.name
        return self.name_of_member(target.base, target.name) if isinstance(target, Part) and target.name is not None else ""

    def result_of(self, thing: Thing) -> Kind:
        """Give the declared result of a value that is a function."""
        kind = self.of(thing)
        if not isinstance(kind, OwnType):
            return None
        for declared, module in zip(kind.declarations, kind.modules, strict=True):
            if declared.signature is not None and declared.signature[1]:
                found = self.symbols.resolve(module, declared.signature[1][0].name)
                return found.symbol if isinstance(found, Found) and isinstance(found.symbol, OwnType) else self._external(found)
        return None

    def _external(self, found: Found | str) -> Kind:
        return self.plain(found) if isinstance(found, str) else None

    def declared_result(self, unit: Unit) -> Kind:
        """Give the declared result of a function; the first of several."""
        node = unit.node
        return self.resolved(node.returns[0], unit) if isinstance(node, model.Function) and node.returns else None
