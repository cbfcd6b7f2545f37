"""Finds the values of a registration where the rows of ``registrations.yaml`` say that they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks.model import Location
from reviewer.inventory.program import model
from reviewer.inventory.program.evaluate import Evaluator
from reviewer.inventory.program.model import Argument, Expression
from reviewer.inventory.program.symbols import OwnType
from reviewer.inventory.program.tables import Source
from reviewer.inventory.program.things import (
    OPEN,
    Code,
    Context,
    Known,
    Lazy,
    Listing,
    Made,
    Object,
    Pairs,
    Thing,
    is_null,
    options,
)
from reviewer.inventory.program.units import Unit

#: How long a chain of builder calls may be.
CHAIN = 120
#: How long a computed name is written.
SHOWN = 200


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Subject:
    """What a row is asked of: a call with the chain of calls around it (outermost first), a record, an annotated function or type."""

    context: Context
    thing: Thing | None = None
    links: tuple[Made, ...] = ()
    marks: tuple[model.Annotation, ...] = ()
    mark: model.Annotation | None = None
    type: OwnType | None = None
    doc: str = ""
    later: tuple[tuple[str, Lazy], ...] = ()

    @property
    def at(self) -> Location:
        """Where it stands."""
        line = self.context.unit.line
        if self.mark is not None:
            line = self.mark.line
        elif isinstance(self.thing, (Made, Pairs)):
            return Location(path=self.thing.context.unit.module.path, line=self.thing.node.line)
        return Location(path=self.context.unit.module.path, line=line)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments of the call, record or annotation."""
        if self.mark is not None:
            return self.mark.arguments
        return self.thing.arguments if isinstance(self.thing, (Made, Pairs, Object)) else ()

    @property
    def inside(self) -> Context:
        """Where its arguments are to be read."""
        if self.mark is None and isinstance(self.thing, (Made, Pairs)):
            return self.thing.context
        if self.mark is None and isinstance(self.thing, Object) and self.thing.context is not None:
            return self.thing.context
        return self.context


def chain(thing: Thing) -> tuple[Made, ...]:
    """Give the calls of a chain, outermost first."""
    found: list[Made] = []
    current: Thing | None = thing
    while isinstance(current, Made) and len(found) < CHAIN:
        found.append(current)
        current = current.base
    return tuple(found)


class Sources:
    """Asks subjects."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Take what evaluates expressions."""
        self.evaluator = evaluator

    def find(self, rows: tuple[Source, ...], subject: Subject) -> Thing | None:
        """Give what the first source that holds something holds."""
        for row in rows:
            found = self._one(row, subject, code=False)
            if found is not None and not is_null(found):
                return found
        return None

    def code(self, rows: tuple[Source, ...], subject: Subject) -> Thing | None:
        """Give the function, not its result, that the first source with something holds."""
        for row in rows:
            found = self._one(row, subject, code=True)
            if found is not None and not is_null(found):
                return found
        return None

    def annotation_name(self, annotation: model.Annotation, unit: Unit) -> str:
        """Give the full name of an annotation."""
        for name in (annotation.name, f"{annotation.name}Attribute"):
            found = self.evaluator.symbols.resolve(unit.module, name, unit.owner)
            if not isinstance(found, str):
                return found.symbol.name if isinstance(found.symbol, OwnType) else ""
        return found if isinstance(found, str) and self.evaluator.symbols.named(found) else self._short_name(annotation, unit)

    def _short_name(self, annotation: model.Annotation, unit: Unit) -> str:
        found = self.evaluator.symbols.resolve(unit.module, annotation.name, unit.owner)
        return found if isinstance(found, str) else ""

    def _one(self, row: Source, subject: Subject, *, code: bool) -> Thing | None:
        if row.constant is not None:
            return Known(value=row.constant, at=subject.at)
        if row.doc:
            return Known(value=subject.doc, at=subject.at) if subject.doc else None
        if row.function:
            return self._function(subject)
        found = self._where(row, subject, code=code)
        if found is not None and row.field is not None:
            found = self._field(found, row.field)
        if row.then is not None and found is not None:
            return next((value for each in options(found) if (value := self._one(row.then, self.about(each, subject), code=code))), None)
        return found

    def about(self, thing: Thing, subject: Subject) -> Subject:
        """Give a thing as a subject."""
        links = chain(thing)
        kind = thing.type if isinstance(thing, Object) else None
        return Subject(context=subject.context, thing=links[-1] if links else thing, links=links, type=kind)

    def _where(self, row: Source, subject: Subject, *, code: bool) -> Thing | None:
        if row.member is not None:
            return self._member(row.member, subject, code=code)
        named = row.option or row.method or row.annotation
        if named is not None:
            return self._named(row, subject)
        if row.rest is not None:
            return Listing(items=tuple(value for _, value in self._given(subject)[row.rest :]))
        if row.argument is None and row.keyword is None:
            return subject.links[0] if subject.links and row.field is not None else subject.thing
        return self._argument(row, subject)

    def _named(self, row: Source, subject: Subject) -> Thing | None:
        for found in self._holders(row, subject):
            if row.argument is None and row.keyword is None:
                given = self._given(found)
                return self.evaluator.force(given[0][1]) if given else Known(value=True, at=found.at)
            value = self._argument(row, found)
            if value is not None:
                return value
        return None

    def _holders(self, row: Source, subject: Subject) -> Iterator[Subject]:
        """Give the option, builder call or annotation of which a row speaks."""
        if row.option is not None:
            for made in self.options_of(subject):
                if row.option in (made.name, self.evaluator.types.plain(made.name)):
                    yield replace(subject, thing=made, links=(), mark=None)
        elif row.method is not None:
            yield from (replace(subject, thing=link, links=(), mark=None) for link in subject.links if link.last == row.method)
        else:
            marks = (mark for mark in subject.marks if self.annotation_name(mark, subject.context.unit) == row.annotation)
            yield from (replace(subject, mark=mark) for mark in marks)

    def options_of(self, subject: Subject) -> Iterator[Made]:
        """Give the calls among the arguments: functional options, also those of a list."""
        for _, value in self._given(subject):
            thing = self.evaluator.force(value)
            inner = self.evaluator.elements(thing) if isinstance(thing, Listing) else [thing]
            for each in inner:
                yield from (option for option in options(each) if isinstance(option, Made))

    def _given(self, subject: Subject) -> list[tuple[str | None, Lazy | Thing]]:
        return self.evaluator.arguments(subject.arguments, subject.inside)

    def _argument(self, row: Source, subject: Subject) -> Thing | None:
        if row.keyword is not None and isinstance(subject.thing, Pairs) and subject.mark is None:
            entry = self._later(row.keyword, subject) or self.evaluator.members.entry(subject.thing, row.keyword)
            if entry is not None:
                return entry
        given = self._given(subject)
        if row.count is not None and row.count != len(given):
            return None
        for keyword, value in given:
            if keyword is not None and keyword == row.keyword:
                return self.evaluator.force(value)
        positional = [value for keyword, value in given if keyword is None]
        if row.argument is None:
            return None
        if -len(positional) <= row.argument < len(positional):
            return self.evaluator.force(positional[row.argument])
        return None

    def _later(self, name: str, subject: Subject) -> Thing | None:
        return next((self.evaluator.force(value) for key, value in subject.later if key == name), None)

    def _field(self, thing: Thing, path: str) -> Thing | None:
        current: Thing | None = thing
        for name in path.split("."):
            found = [value for option in options(current) if (value := self._entry(option, name)) is not None] if current else []
            current = found[0] if found else None
        return current

    def _entry(self, thing: Thing, name: str) -> Thing | None:
        """Give a pair of a record, a keyword or builder method of a call, a field of an object."""
        if isinstance(thing, Pairs):
            found = self.evaluator.members.entry(thing, name)
            if found is not None:
                return found
        for link in chain(thing):
            if link.last == name and link.arguments and link.base is not None:
                return self.evaluator.value(link.arguments[0].value, link.context)
            for argument in link.arguments:
                if argument.keyword == name:
                    return self.evaluator.value(argument.value, link.context)
        if isinstance(thing, (Object, Pairs)):
            return self._of_object(thing, name)
        return None

    def _of_object(self, thing: Object | Pairs, name: str) -> Thing | None:
        context = thing.context
        for argument in thing.arguments:
            if argument.keyword == name and context is not None:
                return self.evaluator.value(argument.value, context)
        return self.member_of(thing.type, name) if isinstance(thing, Object) else None

    def _member(self, name: str, subject: Subject, *, code: bool) -> Thing | None:
        kind = subject.type or self.evaluator.types.of(subject.thing) if subject.thing is not None else subject.type
        if not isinstance(kind, OwnType):
            return None
        thing = subject.thing if isinstance(subject.thing, Object) else Object(type=kind)
        found = self.member_of(kind, name, thing)
        if found is None or code or not any(isinstance(option, Code) for option in options(found)):
            return found
        return next((self.evaluator.result(each, (), Context(each.unit)) for each in self.evaluator.open_code(found)), None)

    def member_of(self, own: OwnType, name: str, thing: Object | None = None) -> Thing | None:
        """Give a member that a type declares or inherits from a type of the submission."""
        declared = any(
            isinstance(each, OwnType) and (name in each.methods or name in each.fields) for each in self.evaluator.symbols.lineage(own)
        )
        if not declared:
            return None
        unit = own.starts or next((each for each in own.methods.get(name, ())), None)
        context = Context(unit, OPEN) if unit is not None else None
        return self.evaluator.members.member(thing or Object(type=own), name, context) if context is not None else self._plain(own, name)

    def _plain(self, own: OwnType, name: str) -> Thing | None:
        methods = self.evaluator.members.methods(own, name)
        return Code(unit=methods[0], receiver=Object(type=own)) if methods else None

    def _function(self, subject: Subject) -> Thing | None:
        for _, value in reversed(self._given(subject)):
            thing = self.evaluator.force(value)
            if any(isinstance(option, Code) for option in options(thing)):
                return thing
        return None


def shown(node: Expression, depth: int = 0) -> str:
    """Write an expression shortly, for a name that is computed.

    >>> shown(model.Member(object=model.Name(name="cfg", line=1), name="Prefix", line=1))
    'cfg.Prefix'
    """
    found = "…"
    if depth > CHAIN // 20:
        return found
    if isinstance(node, model.Name):
        found = node.name
    elif isinstance(node, model.Member):
        found = f"{shown(node.object, depth + 1)}.{node.name}"
    elif isinstance(node, model.Call):
        inside = ", ".join(shown(argument.value, depth + 1) for argument in node.arguments[:4])
        found = f"{shown(node.callee, depth + 1)}({inside})"
    elif isinstance(node, model.Text):
        found = "".join(part if isinstance(part, str) else f"{{{shown(part, depth + 1)}}}" for part in node.parts[:20])
    elif isinstance(node, model.Index):
        found = f"{shown(node.object, depth + 1)}[{shown(node.key, depth + 1)}]"
    elif isinstance(node, model.Constant):
        found = str(node.value)
    return found[:SHOWN]
