"""Finds what a program registers: annotated functions and types, made tools, calls that register, types that are tools."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.model import Location
from reviewer.inventory.program import model
from reviewer.inventory.program.drafts import Draft
from reviewer.inventory.program.links import Links
from reviewer.inventory.program.sources import Sources, Subject, chain
from reviewer.inventory.program.symbols import OwnType
from reviewer.inventory.program.tables import Annotation, Described, Implementation, Maker, Registrar, Server, Words
from reviewer.inventory.program.things import (
    OPEN,
    Code,
    Context,
    Env,
    Known,
    Lazy,
    Listing,
    Made,
    Object,
    Pairs,
    Parameter,
    Thing,
    is_null,
    options,
)
from reviewer.inventory.program.units import Site, Unit

#: How many tools one place may register, and how deep a handler is looked for in what wraps it.
TOOLS, WRAPPED = 400, 4
_Match = tuple[Maker, Subject]


class Rows:
    """The rows of makers, registrars and servers by the names that they speak of."""

    def __init__(self, rows: Iterable[Maker | Server]) -> None:
        """Index the rows."""
        self.calls: dict[str, list[Maker | Server]] = {}
        self.records: dict[str, list[Maker | Server]] = {}
        self.loose: dict[str, list[Maker | Server]] = {}
        for row in rows:
            for name in (*row.calls, *row.builders):
                self.calls.setdefault(name, []).append(row)
            for name in row.records:
                self.records.setdefault(name, []).append(row)
            if isinstance(row, Maker) and row.loose:
                for name in (*row.calls, *row.builders, *row.records):
                    self.loose.setdefault(name.rpartition(".")[2], []).append(row)

    def of(self, names: tuple[str, ...]) -> list[Maker | Server]:
        """Give the rows for a call or record, by its full name and the short form of it."""
        for name in names:
            found = self.calls.get(name) or self.records.get(name)
            found = found or (self.loose.get(name) if "." not in name.lstrip(".") and "/" not in name else None)
            if found:
                return found
        return []


class Registrations:
    """Reads what a program registers."""

    def __init__(self, links: Links, words: Words) -> None:
        """Take the calls of the program and the words of its language."""
        self.links = links
        self.evaluator = links.evaluator
        self.sources = Sources(self.evaluator)
        self.words = words
        self.makers = Rows(words.makers)
        self.registrars = Rows(words.registrars)
        self.servers = Rows(words.servers)
        self._covered: set[int] = set()
        self._implemented: set[OwnType] = set()

    def read(self) -> list[Draft]:
        """Give everything that is registered, those that a registrar names first."""
        units = [unit for unit in self.evaluator.symbols.units if not unit.module.test]
        types = [own for own in self.evaluator.symbols.types if not own.module.test]
        found = [draft for unit in units for draft in self._annotated_function(unit)]
        found += [draft for own in types for draft in self._annotated_type(own)]
        found += self._of_sites([(site, unit) for unit in units for site in unit.sites])
        found += [draft for own in types if own not in self._implemented for draft in self._implementation(own)]
        return found

    def _of_sites(self, sites: list[tuple[Site, Unit]]) -> Iterator[Draft]:
        for site, unit in sites:
            for row in self._rows(self.registrars, site, unit):
                yield from self._registered(row, site, unit)
        for site, unit in sites:
            for row in self._rows(self.makers, site, unit) if id(site.node) not in self._covered else ():
                yield from self._made(row, site, unit)

    # -- annotations

    def _marks(self, annotations: tuple[model.Annotation, ...], unit: Unit, on: str) -> Iterator[tuple[Annotation, model.Annotation]]:
        for annotation in annotations:
            name = self.sources.annotation_name(annotation, unit)
            for row in self.words.annotated:
                loose = row.loose and "." not in name  # no import explains it
                if row.on == on and (name in row.names or (loose and any(each.rpartition(".")[2] == name for each in row.names))):
                    yield row, annotation

    def _annotated_function(self, unit: Unit) -> Iterator[Draft]:
        node = unit.node
        if not isinstance(node, model.Function) or not node.annotations:
            return
        for row, annotation in self._marks(node.annotations, unit, "function"):
            subject = Subject(context=Context(unit), marks=node.annotations, mark=annotation, type=unit.owner, doc=node.doc)
            code = Code(unit=unit)
            handler = self.sources.code(row.handler, subject)
            at = Location(path=unit.module.path, line=min(node.line, annotation.line))
            yield self._draft(row, subject, at, handlers=(handler or code,), own=code)

    def _annotated_type(self, own: OwnType) -> Iterator[Draft]:
        for declared, module in zip(own.declarations, own.modules, strict=True):
            unit = Unit(
                id=f"{module.path}#{own.name}", module=module, node=None, body=(), line=declared.line, last=declared.last, owner=own
            )
            for row, annotation in self._marks(declared.annotations, unit, "type"):
                subject = Subject(context=Context(unit), marks=declared.annotations, mark=annotation, type=own, doc=declared.doc)
                handler = self.sources.code(row.handler, subject)
                at = Location(path=module.path, line=min(declared.line, annotation.line))
                yield self._draft(row, subject, at, handlers=(handler,) if handler is not None else ())

    def _draft(self, row: Described, subject: Subject, at: Location, *, handlers: tuple[Thing, ...] = (), own: Code | None = None) -> Draft:
        return Draft(
            row=row, kind=row.kind, at=at, subject=subject, name=self.sources.find(row.name, subject),
            description=self.sources.find(row.description, subject), handlers=handlers, own=own,
        )  # fmt: skip

    # -- calls and records

    def _rows(self, rows: Rows, site: Site, unit: Unit) -> list[Maker]:
        return [row for names in self.names_at(site, unit) for row in rows.of(names) if isinstance(row, Maker)]

    def names_at(self, site: Site, unit: Unit) -> Iterator[tuple[str, ...]]:
        """Give the full names, each with its short form, of what a call calls or of a record's type."""
        types = self.evaluator.types
        if isinstance(site.node, model.Record):
            kind = types.resolved(site.node.type, unit)
            if isinstance(kind, str):
                yield (kind, types.plain(kind))
            return
        for target in self.links.targets.get(id(site.node), []):
            name = types.name_of(target)
            if name:
                yield (name, types.plain(name))

    def names_of(self, thing: Made | Pairs) -> tuple[str, ...]:
        """Give the full name of what a call calls or of a record's type, and its short form."""
        name = thing.name if isinstance(thing, Made) else thing.kind
        return (name, self.evaluator.types.plain(name)) if isinstance(name, str) else ()

    def subject(self, node: model.Call | model.Record, context: Context) -> Subject | None:
        """Give a call with all calls of its chain, or a record, in a situation."""
        outer = outermost(node, context.unit)
        for option in options(self.evaluator.value(outer, context)):
            links = chain(option)
            own = next((link for link in links if link.node is node), None)
            if own is not None:
                return Subject(context=context, thing=own, links=links, later=self._later(outer, context))
        for option in options(self.evaluator.value(node, context)):
            if isinstance(option, (Made, Pairs)) and option.node is node:
                return Subject(context=context, thing=option, links=chain(option), later=self._later(node, context))
        return None

    def _later(self, node: model.Expression, context: Context) -> tuple[tuple[str, Lazy], ...]:
        """What is assigned to the parts of a record after it was bound to a name."""
        bind = context.unit.parents.get(id(node))
        names = bind.names if isinstance(bind, model.Bind) else ()
        assigned = (each for name in names for each in context.unit.later.get(name, ())[:TOOLS])
        pairs = ((each.target, each.value) for each in assigned)
        return tuple(
            (target.name, Lazy(value, context)) for target, value in pairs if isinstance(target, model.Member) and value is not None
        )

    def _registered(self, row: Maker, site: Site, unit: Unit) -> Iterator[Draft]:
        if not isinstance(row, Registrar):
            return

        first = self.subject(site.node, Context(unit))
        for index in range(max(1, len(self._tools(row, first)))) if first is not None else ():
            for env in self.links.situations(functools.partial(self._asked, row, site, unit, index))[:TOOLS]:
                subject = self.subject(site.node, Context(unit, env))
                if subject is not None:
                    yield from self._of_registrar(row, subject)

    def _asked(self, row: Registrar, site: Site, unit: Unit, index: int, env: Env) -> tuple[list[Thing], list[Thing]]:
        """Give what decides which tool a registrar registers, and what only describes it; of several tools one after the other."""
        subject = self.subject(site.node, Context(unit, env))
        if subject is None:
            return [], []
        handler = self.sources.code(row.handler, subject)
        handlers = [handler] if handler is not None else []
        tools = self._tools(row, subject)
        if not tools:
            decides, describes = self._described(row, subject)
            return [*decides, *handlers], describes
        tool = tools[min(index, len(tools) - 1)]
        match = self.match(tool)
        decides, describes = self._described(*match) if match is not None else ([tool], [])
        return (decides, [*describes, *handlers]) if len(tools) > 1 else ([*decides, *handlers], describes)

    def _described(self, row: Described, subject: Subject) -> tuple[list[Thing], list[Thing]]:
        name, description = self.sources.find(row.name, subject), self.sources.find(row.description, subject)
        return [name] if name is not None else [], [description] if description is not None else []

    def _tools(self, row: Registrar, subject: Subject) -> list[Thing]:
        found = self.sources.find(row.tool, subject)
        if found is None:
            return []
        lists = any(isinstance(option, Listing) for option in options(found))
        each = (option for item in (self.evaluator.elements(found) if lists else [found]) for option in options(item))
        return [option for option in each if not isinstance(option, (Code, Known))]

    def match(self, thing: Thing) -> _Match | None:
        """Give the maker that made a thing, with the thing as its subject; of several the first that finds a name."""
        found: list[_Match] = []
        for link in (*chain(thing), *((thing,) if isinstance(thing, Pairs) else ())):
            for row in self.makers.of(self.names_of(link)):
                if isinstance(row, Maker):
                    later = self._later(outermost(link.node, link.context.unit), link.context)
                    found.append((row, Subject(context=link.context, thing=link, links=chain(thing), later=later)))
        named = (each for each in found if len(found) == 1 or not is_null(self.sources.find(each[0].name, each[1])))
        return next(named, found[0] if found else None)

    def _of_registrar(self, row: Registrar, subject: Subject) -> Iterator[Draft]:
        handler = self.sources.code(row.handler, subject)
        handlers = _settled(tuple(options(handler))) if handler is not None else ()
        known = False
        for tool in self._tools(row, subject):
            match = self.match(tool)
            inner = self._registrar_of(tool) if match is None and not isinstance(tool, Object) else None
            known = known or not row.name or match is not None or isinstance(tool, Object) or inner is not None
            if match is not None and (self._is_open(*match, subject) or _is_empty(match[1])):
                continue  # returned beside an error; or made in a function of the submission, and read there for every call of that
            if match is not None:
                yield self._of_maker(*match, handlers, subject)
            elif isinstance(tool, Object):
                yield from self._implementation(tool.type, tool)
            elif inner is not None:
                yield from self._of_registrar(*inner)
        if known or not row.name:
            return
        if self.sources.find(row.name, subject) is not None:
            yield self._draft(row, subject, subject.at, handlers=handlers)

    def _is_open(self, row: Maker, made: Subject, registrar: Subject) -> bool:
        """Tell whether a name or description hangs on parameters of a function other than the one that registers."""
        said = [thing for source in (row.name, row.description) if (thing := self.sources.find(source, made)) is not None]
        return any(each.unit is not registrar.inside.unit and each.loop is None for thing in said for each in self.links.open(thing))

    def _registrar_of(self, thing: Thing) -> tuple[Registrar, Subject] | None:
        """A record that holds a tool and its handler may itself be handed to a registrar."""
        for link in (*chain(thing), *((thing,) if isinstance(thing, Pairs) else ())):
            for row in self.registrars.of(self.names_of(link)):
                if isinstance(row, Registrar) and id(link.node) not in self._covered:
                    return row, Subject(context=link.context, thing=link, links=chain(thing))
        return None

    def _of_maker(self, row: Maker, subject: Subject, handlers: tuple[Thing, ...], registrar: Subject | None) -> Draft:
        if isinstance(subject.thing, (Made, Pairs)):
            self._covered.add(id(subject.thing.node))
        own = self.sources.code(row.handler, subject)
        given = (*handlers, *(options(own) if own is not None else ()))
        draft = self._draft(row, subject, subject.at, handlers=given or tuple(self._beside(subject)))
        return replace(draft, registrar=registrar)

    def _made(self, row: Maker, site: Site, unit: Unit) -> Iterator[Draft]:
        def ask(env: Env) -> tuple[list[Thing], list[Thing]]:
            subject = self.subject(site.node, Context(unit, env))
            return self._described(row, subject) if subject is not None else ([], [])

        for env in self.links.situations(ask)[:TOOLS]:
            subject = self.subject(site.node, Context(unit, env))
            if subject is not None and not is_null(self.sources.find(row.name, subject)):
                yield self._of_maker(row, subject, (), None)

    # -- handlers that stand beside

    def _beside(self, subject: Subject) -> Iterator[Thing]:
        """Give functions that are handed on, kept or returned together with a made tool."""
        unit, env = subject.inside.unit, subject.inside.env
        node = subject.thing.node if isinstance(subject.thing, (Made, Pairs)) else None
        groups: list[tuple[model.Expression, ...]] = [each.values for each in unit.returns if len(each.values) > 1]
        for site in unit.sites:
            pairs = tuple(value for _, value in site.node.pairs) if isinstance(site.node, model.Record) else ()
            groups.append((*(argument.value for argument in site.node.arguments), *pairs))
        for group in groups:
            if 1 < len(group) <= WRAPPED * 4:
                things = [self.evaluator.value(each, Context(unit, env)) for each in group]
                if any(self._holds(thing, node) for thing in things):
                    yield from (option for thing in things for option in options(thing) if isinstance(option, Code))

    def _holds(self, thing: Thing, node: model.Expression | None) -> bool:
        return any(
            link.node is node for option in options(thing) for link in (*chain(option), *((option,) if isinstance(option, Pairs) else ()))
        )

    # -- types

    def _implementation(self, own: OwnType, thing: Object | None = None) -> Iterator[Draft]:
        """A type that extends one of the framework's is a tool."""
        bases = [each for each in self.evaluator.symbols.lineage(own) if isinstance(each, str)]
        for row in self.words.types:
            if any(base in row.bases for base in bases) and self._is_concrete(row, own):
                self._implemented.add(own)
                unit = Unit(id=own.name, module=own.module, node=None, body=(), line=own.declarations[0].line, last=0, owner=own)
                subject = Subject(context=Context(unit, thing.env if thing else OPEN), thing=thing, type=own, doc=own.declarations[0].doc)
                handler = self.sources.code(row.handler, subject)
                yield self._draft(row, subject, unit.at, handlers=tuple(options(handler)) if handler is not None else ())

    def _is_concrete(self, row: Implementation, own: OwnType) -> bool:
        members = {source.member for source in (*row.name, *row.handler) if source.member is not None}
        return not own.children or any(name in own.methods or name in own.fields for name in members)

    def codes(self, thing: Thing, depth: int = 0) -> Iterator[Code]:
        """Give the functions in what is registered as a handler: it may be wrapped, or be an object with one method."""
        if depth >= WRAPPED:
            return
        for option in options(thing):
            if isinstance(option, Code):
                yield option
            elif isinstance(option, Object):
                names = [units for name, units in option.type.methods.items() if name != option.type.short]
                yield from (Code(unit=unit, receiver=option) for units in names for unit in units)
            else:
                for each in self._wrapped(option):
                    yield from self.codes(each, depth + 1)

    def _wrapped(self, thing: Thing) -> list[Thing]:
        if isinstance(thing, Made):
            return [self.evaluator.value(argument.value, thing.context) for argument in thing.arguments[: WRAPPED * 4]]
        return self.links.supplied(thing) if isinstance(thing, Parameter) else []


def _settled(handlers: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Of functions that are made in several places keep those whose place is known: the others are read in another situation."""
    kept = tuple(each for each in handlers if isinstance(each, Code) and _is_settled(each))
    return kept or handlers


def _is_settled(code: Code) -> bool:
    parent = code.unit.parent
    while parent is not None and not isinstance(parent.node, model.Function):
        parent = parent.parent
    names = parent.names_of_parameters if parent is not None else ()
    return not names or any((id(parent), name) in code.env.values for name in names)


def outermost(node: model.Expression, unit: Unit) -> model.Expression:
    """Give the last call of the chain of which a call is part: ``a().b().c()`` for ``a()``."""
    for _ in range(120):
        member = unit.parents.get(id(node))
        if not isinstance(member, model.Member) or member.object is not node:
            return node
        call = unit.parents.get(id(member))
        if not isinstance(call, model.Call) or call.callee is not member:
            return node
        node = call
    return node


def _is_empty(made: Subject) -> bool:
    """Tell whether a record says nothing: the empty value that is returned beside an error."""
    thing = made.thing
    return isinstance(thing, Pairs) and not (thing.pairs or thing.arguments or thing.rest or made.later)
