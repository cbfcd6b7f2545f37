"""What a tool takes: parameters, records, options and literal schemas as a JSON schema, as far as they are constant."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from reviewer.inventory.program import model
from reviewer.inventory.program.drafts import Draft
from reviewer.inventory.program.literals import Literals
from reviewer.inventory.program.model import TypeName
from reviewer.inventory.program.registrations import Registrations
from reviewer.inventory.program.sources import Subject, chain
from reviewer.inventory.program.symbols import OwnType
from reviewer.inventory.program.tables import Maker, Property, Source
from reviewer.inventory.program.things import Context, Known, Made, Pairs, Part, Thing, options, text_of
from reviewer.inventory.program.units import Unit

#: How deep records are described inside records, and how many properties of one.
DEPTH, PROPERTIES = 4, 200
#: How many types are described in one input: types that hold each other multiply.
TYPES = 60
_TEXT = 200_000


class Schemas:
    """Describes the inputs of tools."""

    def __init__(self, registrations: Registrations) -> None:
        """Take the registrations that are described."""
        self.registrations = registrations
        self.evaluator = registrations.evaluator
        self.sources = registrations.sources
        self.inputs = registrations.words.inputs
        self._left = TYPES

    def of(self, draft: Draft) -> Mapping[str, Any] | None:
        """Give the JSON schema of a tool's input; None where nothing is known."""
        if draft.own is not None and not draft.row.input:
            return self._of_parameters(draft.own.unit)
        for row in draft.row.input:
            found = self._of_source(row, draft)
            if found is not None:
                return found
        if draft.registrar is not None and isinstance(draft.registrar.thing, (Made, Pairs)):
            found = self._of_registrar(draft)
            if found is not None:
                return found
        return self._of_options(draft)

    def _of_registrar(self, draft: Draft) -> Mapping[str, Any] | None:
        thing = draft.registrar.thing if draft.registrar is not None else None
        if draft.registrar is None or not isinstance(thing, (Made, Pairs)):
            return None
        for row in self.registrations.registrars.of(self.registrations.names_of(thing)):
            for source in row.input if isinstance(row, Maker) else ():
                found = self._of_source(source, draft, draft.registrar)
                if found is not None:
                    return found
        return None

    def _of_source(self, row: Source, draft: Draft, subject: Subject | None = None) -> Mapping[str, Any] | None:
        subject = subject or draft.subject
        if row.type is not None and isinstance(subject.thing, Made):
            types = subject.thing.types
            return self._of_type(types[row.type], subject.inside.unit) if row.type < len(types) else None
        if row.parameter is not None:
            return self._of_parameter(row.parameter, draft)
        if row.parameters:
            return next((self._of_parameters(code.unit) for thing in draft.handlers for code in self.registrations.codes(thing)), None)
        found = self.sources.find((row,), subject)
        return self._of_thing(found) if found is not None else None

    def _of_parameter(self, index: int, draft: Draft) -> Mapping[str, Any] | None:
        for thing in draft.handlers:
            for code in self.registrations.codes(thing):
                parameters = code.unit.parameters
                if index < len(parameters) and parameters[index].type is not None:
                    return self._of_type(parameters[index].type, code.unit)
        return None

    def _of_thing(self, thing: Thing) -> Mapping[str, Any] | None:
        for option in options(thing):
            text = text_of(option)
            if text is not None:
                return _parsed(text)
            if isinstance(option, Made) and option.types:
                return self._of_type(option.types[0], option.context.unit)
            found = Literals(self.evaluator).of(option) if isinstance(option, (Pairs, Made)) else None
            if isinstance(found, dict) and found:
                return found
            kind = self.evaluator.types.of(option)
            if isinstance(kind, OwnType):
                return self._of_own(kind, 0)
        return None

    # -- types

    def _of_type(self, type_: TypeName | None, unit: Unit) -> Mapping[str, Any] | None:
        kind = self.evaluator.types.resolved(type_, unit)
        return self._of_own(kind, 0) if isinstance(kind, OwnType) else None

    def _of_own(self, own: OwnType, depth: int) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        unit = _unit_of(own)
        self._left = self._left - 1 if depth else TYPES
        if self._left <= 0:
            return _object({}, [])
        for field in list(own.fields.values())[:PROPERTIES]:
            subject = Subject(context=Context(unit), marks=field.annotations, doc=field.doc, type=own)
            self._add(field.name, field.type, subject, properties, required, depth)
        if own.constructors and not own.fields:
            for parameter in own.constructors[0].parameters[:PROPERTIES]:
                subject = Subject(context=Context(unit), marks=parameter.annotations)
                self._add(parameter.names[0] if parameter.names else "", parameter.type, subject, properties, required, depth)
        return _object(properties, required)

    def _add(
        self, name: str, type_: TypeName | None, subject: Subject, properties: dict[str, Any], required: list[str], depth: int
    ) -> None:  # fmt: skip
        named = text_of(self.sources.find(self.inputs.names, subject)) or name
        named = named.partition(",")[0]
        if not named or named in {"-", "_"}:
            return
        entry = self._json_type(type_, subject.context.unit, depth)
        said = text_of(self.sources.find(self.inputs.descriptions, subject))
        if said:
            entry["description"] = said
        properties[named] = entry
        needed = self.sources.find(self.inputs.required, subject)
        optional = type_ is not None and self._name(type_, subject.context.unit) in self.inputs.optional
        if isinstance(needed, Known) and isinstance(needed.value, bool):
            optional = not needed.value
        if not optional:
            required.append(named)

    def _name(self, type_: TypeName, unit: Unit) -> str:
        found = self.evaluator.symbols.type_named(type_.name, unit.module, unit.owner)
        return found if isinstance(found, str) else found.name

    def _json_type(self, type_: TypeName | None, unit: Unit, depth: int) -> dict[str, Any]:
        if type_ is None or depth >= DEPTH:
            return {}
        name = self._name(type_, unit)
        if name in self.inputs.types:
            return {"type": self.inputs.types[name]}
        if name in self.inputs.lists:
            return (
                {"type": "array", "items": self._json_type(type_.arguments[0], unit, depth + 1)} if type_.arguments else {"type": "array"}
            )
        if name in self.inputs.maps:
            return {"type": "object"}
        if name in self.inputs.optional or name in self.evaluator.words.transparent.types:
            return self._json_type(type_.arguments[0], unit, depth + 1) if type_.arguments else {}
        kind = self.evaluator.symbols.type_named(type_.name, unit.module, unit.owner)
        return self._of_own(kind, depth + 1) if isinstance(kind, OwnType) else {}

    # -- parameters

    def _of_parameters(self, unit: Unit) -> Mapping[str, Any]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        for parameter in unit.parameters[:PROPERTIES]:
            wrapped = self._wrapped(parameter, unit)
            if wrapped is not None:
                return wrapped
            subject = Subject(context=Context(unit), marks=parameter.annotations)
            if not self._injected(parameter, unit):
                self._add(parameter.names[0] if parameter.names else "", parameter.type, subject, properties, required, 0)
                if parameter.default is not None and parameter.names and parameter.names[0] in required:
                    required.remove(parameter.names[0])
        return _object(properties, required)

    def _wrapped(self, parameter: model.Parameter, unit: Unit) -> Mapping[str, Any] | None:
        if parameter.type is None or not parameter.type.arguments or self._name(parameter.type, unit) not in self.inputs.wrappers:
            return None
        return self._of_type(parameter.type.arguments[0], unit) or _object({}, [])

    def _injected(self, parameter: model.Parameter, unit: Unit) -> bool:
        injected = self.inputs.injected
        marks = [self.sources.annotation_name(mark, unit) for mark in parameter.annotations]
        name = self._name(parameter.type, unit) if parameter.type is not None else ""
        return name in injected or name in self._services or any(mark in injected for mark in marks)

    @functools.cached_property
    def _services(self) -> frozenset[str]:
        """The types that the program hands to a container, which fills parameters of them in."""
        names: set[str] = set()
        for unit in self.evaluator.symbols.units if self.inputs.services else ():
            for site in unit.sites:
                types = site.node.types if isinstance(site.node, model.Call) else ()
                targets = self.registrations.links.targets.get(id(site.node), ()) if types else ()
                known = (
                    self.evaluator.types.name_of_member(each.base, each.name) for each in targets if isinstance(each, Part) and each.name
                )
                if any(name in self.inputs.services for name in known):
                    names.update(self._name(each, unit) for each in types)
        return frozenset(names)

    # -- options

    def _of_options(self, draft: Draft) -> Mapping[str, Any] | None:
        rows = draft.row.properties if isinstance(draft.row, Maker) else ()
        properties: dict[str, Any] = {}
        required: list[str] = []
        for row in rows:
            for made in self._calls(row, draft.subject):
                self._option(row, made, draft.subject, properties, required)
        return _object(properties, required) if rows else None

    def _calls(self, row: Property, subject: Subject) -> Iterator[Made]:
        for made in self.sources.options_of(subject):
            if self.evaluator.types.plain(made.name) in row.options or made.name in row.options:
                yield made
        for link in reversed(chain(subject.links[0])) if subject.links else ():
            if link.last in row.methods:
                yield link

    def _option(self, row: Property, made: Made, subject: Subject, properties: dict[str, Any], required: list[str]) -> None:
        inner = Subject(context=subject.context, thing=made)
        name = text_of(self.sources.find(row.name, inner))
        if name is None or len(properties) >= PROPERTIES:
            return
        said = text_of(self.sources.find(row.description, inner))
        properties[name] = {**({"type": row.kind} if row.kind else {}), **({"description": said} if said else {})}
        needed = self.sources.find(row.required, inner)
        if isinstance(needed, Known) and needed.value:
            required.append(name)


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _unit_of(own: OwnType) -> Unit:
    return own.starts or Unit(id=own.name, module=own.module, node=None, body=(), line=1, last=1, owner=own)


def _parsed(text: str) -> Mapping[str, Any] | None:
    """Read a schema that is written as JSON text."""
    if len(text) > _TEXT or not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
