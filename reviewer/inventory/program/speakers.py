"""Functions that give texts and are handed from function to function, such as those that translate: which they can be, by their type."""

from __future__ import annotations

from reviewer.inventory.program import model
from reviewer.inventory.program.symbols import OwnType, Symbols
from reviewer.inventory.program.things import Code
from reviewer.inventory.program.units import Unit

__all__ = ["Speakers"]

#: How many functions of one type are looked at; those of a type with more are not known.
FUNCTIONS = 8


class Speakers:
    """The functions of a program by the named function type that they fit, for types whose only result is a text."""

    def __init__(self, symbols: Symbols) -> None:
        """Take the declarations."""
        self.symbols = symbols
        self._found: dict[OwnType, tuple[Code, ...]] = {}
        self._handed: frozenset[str] | None = None

    def of(self, own: OwnType) -> tuple[Code, ...]:
        """Give the functions that a parameter of this type can be; nothing for other types, or where there are too many."""
        known = self._found.get(own)
        if known is None:
            shape = next((each.signature for each in own.declarations if each.signature is not None), None)
            known = self._found[own] = self._fitting(own, shape) if shape is not None and _speaks(shape) else ()
        return known

    def _fitting(self, own: OwnType, shape: tuple[tuple[model.TypeName, ...], tuple[model.TypeName, ...]]) -> tuple[Code, ...]:
        found: list[Code] = []
        for unit in self.symbols.units:
            node = unit.node
            if not isinstance(node, model.Function) or unit.module.test:
                continue
            if (
                unit.owner is None
                and node.name in self._values()
                and node.returns == shape[1]
                and tuple(each.type for each in node.parameters) == shape[0]
            ):
                found.append(Code(unit=unit))
            places = [place for place, kind in enumerate(node.returns) if self._is(kind, own, unit)]
            found.extend(Code(unit=inner) for place in places for inner in _returned(unit, place))
        return tuple(found) if len(found) <= FUNCTIONS else ()

    def _values(self) -> frozenset[str]:
        """Give the names that stand somewhere as a value and not as what is called: functions among them are handed on."""
        if self._handed is None:
            found: set[str] = set()
            for unit in self.symbols.units:
                called = {id(site.node.callee) for site in unit.sites if isinstance(site.node, model.Call)}
                values = (node for node, _ in unit.names if id(node) not in called)
                found.update(node.name.rpartition(".")[2] for node in values if isinstance(node, (model.Name, model.Member)))
            self._handed = frozenset(found)
        return self._handed

    def _is(self, kind: model.TypeName, own: OwnType, unit: Unit) -> bool:
        return kind.name.rpartition(".")[2] == own.short and self.symbols.type_named(kind.name, unit.module, unit.owner) is own


def _speaks(shape: tuple[tuple[model.TypeName, ...], tuple[model.TypeName, ...]]) -> bool:
    return len(shape[0]) > 0 and len(shape[1]) == 1 and shape[1][0].name.lower() == "string"


def _returned(unit: Unit, place: int) -> list[Unit]:
    """Give the lambdas that a function returns at a place."""
    values = [each.values[place] for each in unit.returns if place < len(each.values)]
    return [unit.lambdas[id(value)] for value in values if isinstance(value, model.Lambda) and id(value) in unit.lambdas]
