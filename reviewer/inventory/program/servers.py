"""What servers are called, what they say to the model besides their tools, and how they are reached."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Surface, SurfaceRole, ToolKind
from reviewer.inventory.languages.interface import ServerFact
from reviewer.inventory.program import model
from reviewer.inventory.program.drafts import Draft, described
from reviewer.inventory.program.registrations import Registrations
from reviewer.inventory.program.sources import Subject
from reviewer.inventory.program.symbols import OwnType
from reviewer.inventory.program.tables import Server
from reviewer.inventory.program.things import Code, Context, Known, Thing, text_of
from reviewer.inventory.program.units import Unit

_ROLES = {ToolKind.PROMPT: SurfaceRole.PROMPT, ToolKind.RESOURCE: SurfaceRole.RESOURCE}
#: How many texts of one handler are kept.
KEPT = 40


def servers_in(registrations: Registrations) -> Iterator[tuple[ServerFact, Surface | None]]:
    """Give every server that is made, with its instructions."""
    transport = _transport(registrations)
    seen: set[tuple[str, int]] = set()
    for unit in registrations.evaluator.symbols.units:
        for site in unit.sites if not unit.module.test else ():
            for names in registrations.names_at(site, unit):
                rows = registrations.servers.of(names)
                subject = registrations.subject(site.node, Context(unit)) if rows else None
                for row in rows:
                    if isinstance(row, Server) and subject is not None and (at := (subject.at.path, subject.at.line)) not in seen:
                        seen.add(at)
                        yield _server(registrations, row, subject, transport)
    yield from _typed(registrations, transport)


def _typed(registrations: Registrations, transport: str | None) -> Iterator[tuple[ServerFact, Surface | None]]:
    """A type that extends a server of the framework is one."""
    for own in registrations.evaluator.symbols.types:
        bases = [each for each in registrations.evaluator.symbols.lineage(own)[1:] if isinstance(each, str)]
        for row in registrations.words.servers:
            if row.bases and any(base in row.bases for base in bases) and not own.module.test:
                yield _server(registrations, row, _of_type(own), transport)


def _of_type(own: OwnType) -> Subject:
    declared = own.declarations[0]
    unit = Unit(id=own.name, module=own.module, node=None, body=(), line=declared.line, last=declared.last, owner=own)
    return Subject(context=Context(unit), type=own, doc=declared.doc)


def _server(registrations: Registrations, row: Server, subject: Subject, transport: str | None) -> tuple[ServerFact, Surface | None]:
    find = registrations.sources.find
    name, version = text_of(find(row.name, subject)), text_of(find(row.version, subject))
    fact = ServerFact(at=subject.at, name=name, version=version, transport=row.transport or transport)
    said = find(row.instructions, subject)
    text, _ = described(registrations.evaluator, said)
    if not text or not text.strip():
        return fact, None
    at = said.at if isinstance(said, Known) and said.at is not None else fact.at
    return fact, Surface(role=SurfaceRole.INSTRUCTIONS, owner=name or "", text=text, at=at)


def _transport(registrations: Registrations) -> str | None:
    """Tell how the program is reached, by the calls and records that start a transport."""
    words = registrations.words.transports
    found: set[str] = set()
    for unit in registrations.evaluator.symbols.units if words else ():
        for site in unit.sites if not unit.module.test else ():
            found |= {words[each] for names in registrations.names_at(site, unit) for each in names if each in words}
    return next((kind for kind in ("stdio", "http", "sse") if kind in found), None)


def texts_of(registrations: Registrations, draft: Draft, name: str) -> Iterator[Surface]:
    """Give the constant texts that the handler of a prompt or resource holds."""
    role = _ROLES.get(draft.kind)
    units = [code.unit for thing in draft.handlers for code in registrations.codes(thing)] if role is not None else []
    seen: set[str] = set()
    for unit in units:
        for thing in _said(registrations, unit):
            text, _ = described(registrations.evaluator, thing)
            if role is not None and text and " " in text.strip() and text not in seen and len(seen) < KEPT:
                seen.add(text)
                at = thing.at if isinstance(thing, Known) and thing.at is not None else draft.at
                yield Surface(role=role, owner=name, text=text, at=at)


def _said(registrations: Registrations, unit: Unit) -> Iterator[Thing]:
    context = Context(unit)
    for each in unit.returns:
        for value in each.values:
            yield registrations.evaluator.value(value, context)
    for site in unit.sites:
        values = [argument.value for argument in site.node.arguments]
        values += [value for _, value in site.node.pairs] if isinstance(site.node, model.Record) else []
        for value in values:
            if isinstance(value, (model.Text, model.Name)):
                thing = registrations.evaluator.value(value, context)
                if not isinstance(thing, Code):
                    yield thing
