"""The steps from texts to an ``Extraction``: lower, declare, link, find registrations, follow calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from checks.model import Capability, Certainty, Location, Scope, Surface, Tool, Unreadable
from reviewer.inventory.languages.apis import Table, load_table
from reviewer.inventory.languages.callgraph import Call as Edge
from reviewer.inventory.languages.callgraph import CallGraph, merge
from reviewer.inventory.languages.callgraph import Function as Node
from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.languages.values import Value
from reviewer.inventory.program.closures import captured
from reviewer.inventory.program.dialect import Dialect
from reviewer.inventory.program.dispatch import Dispatch
from reviewer.inventory.program.drafts import Draft, tools_of
from reviewer.inventory.program.effects import Effects
from reviewer.inventory.program.evaluate import Evaluator
from reviewer.inventory.program.knowledge import Knowledge
from reviewer.inventory.program.links import Links
from reviewer.inventory.program.model import Module
from reviewer.inventory.program.registrations import Registrations
from reviewer.inventory.program.schemas import Schemas
from reviewer.inventory.program.servers import servers_in, texts_of
from reviewer.inventory.program.symbols import Symbols
from reviewer.inventory.program.tables import Annotation, Words, load_words
from reviewer.inventory.program.things import Code, options, text_of
from reviewer.inventory.program.vocabulary import Vocabulary

#: A file of which more than this share could not be parsed is one that a person has to look at.
DAMAGE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Written:
    draft: Draft
    tool: Tool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _World:
    """All that is known of a program once it is linked."""

    table: Table
    words: Words
    evaluator: Evaluator
    links: Links


def read_files(dialect: Dialect, files: Mapping[str, str]) -> Extraction:
    """Read all files. Raises TableError for tables of ours, nothing for what a text holds."""
    table, words = load_table(dialect.folder), load_words(dialect.folder)
    modules, unreadable = _lowered(dialect.lower, files)
    try:
        return _read(modules, unreadable, table, words)
    except (RecursionError, MemoryError) as error:
        reason = f"too intricate to be followed: {type(error).__name__}"
        return Extraction(unreadable=(*unreadable, *(Unreadable(path=module.path, reason=reason, gate=True) for module in modules)))


def _read(modules: list[Module], unreadable: list[Unreadable], table: Table, words: Words) -> Extraction:
    world = _linked([module for module in modules if not module.test], table, words)
    registrations = Registrations(world.links, words)
    schemas = Schemas(registrations)
    drafts = [replace(draft, schema=schemas.of(draft)) for draft in registrations.read()]
    written = _once(
        _Written(draft=draft, tool=tool) for draft in drafts for tool in tools_of(world.evaluator, registrations.sources, draft)
    )
    facts = list(servers_in(registrations))
    surfaces = [surface for _, surface in facts if surface is not None]
    for each in written:
        surfaces += texts_of(registrations, each.draft, each.tool.name)
    tools, capabilities = _capabilities(world, registrations, written)
    if world.evaluator.left <= 0:
        largest = max(modules, key=lambda module: len(module.types) + len(module.functions))
        unreadable.append(Unreadable(path=largest.path, reason="too much code to follow in bounded time", gate=True))
    tests = [module for module in modules if module.test]
    return Extraction(
        servers=tuple(fact for fact, _ in facts),
        tools=tools,
        capabilities=merge([*capabilities, *_possible(tests, table, words)]),
        surfaces=_unique(surfaces),
        unreadable=tuple(unreadable),
    )


def _unique(surfaces: Iterable[Surface]) -> tuple[Surface, ...]:
    return tuple(dict.fromkeys(surfaces))


def _lowered(lower: Callable[[str, str], Module], files: Mapping[str, str]) -> tuple[list[Module], list[Unreadable]]:
    modules: list[Module] = []
    unreadable: list[Unreadable] = []
    for path in sorted(files):
        try:
            module = lower(path, files[path])
        except (RecursionError, MemoryError) as error:
            unreadable.append(Unreadable(path=path, reason=f"nested too deep to be parsed: {type(error).__name__}", gate=True))
            continue
        modules.append(module)
        if module.damage > DAMAGE:
            unreadable.append(Unreadable(path=path, reason=f"{module.damage:.0%} of it could not be parsed", gate=True))
    return modules, unreadable


def _linked(modules: list[Module], table: Table, words: Words) -> _World:
    vocabulary = Vocabulary(table, words)
    symbols = Symbols(modules, vocabulary)
    evaluator = Evaluator(symbols, words, vocabulary.plain)
    return _World(table=table, words=words, evaluator=evaluator, links=Links(evaluator))


def _possible(tests: list[Module], table: Table, words: Words) -> Iterator[Capability]:
    """Give what tests can do: they start no server of their own, but the server can start them."""
    if tests:
        world = _linked(tests, table, words)
        knowledge = Knowledge(world.links, table, frozenset())
        graph = CallGraph(Effects(world.links, knowledge, table, frozenset()).nodes())
        yield from (replace(capability, certainty=Certainty.POSSIBLE) for capability in graph.of_all())


def _once(written: Iterable[_Written]) -> list[_Written]:
    """Leave out what the same place says twice; what answers is what any of them says."""
    found: dict[tuple[object, ...], _Written] = {}
    for each in written:
        key = (each.tool.kind, each.tool.name, each.tool.at, each.tool.description, each.tool.dynamic)
        before = found.get(key)
        if before is None:
            found[key] = each
        else:
            found[key] = _both(before, each)
    return _certain(found.values())


def _both(one: _Written, other: _Written) -> _Written:
    handlers = tuple(dict.fromkeys((*one.draft.handlers, *other.draft.handlers)))
    return replace(one, draft=replace(one.draft, handlers=handlers))


def _certain(written: Iterable[_Written]) -> list[_Written]:
    """Where one place says the same name several times, leave out what only tells less: unknown texts beside known ones.

    A description that one caller of a function gives and another computes is known from the first.
    """
    groups: dict[tuple[object, ...], list[_Written]] = {}
    for each in written:
        name = None if _is_computed(each) else each.tool.name
        groups.setdefault((each.tool.kind, name, each.tool.at), []).append(each)
    found: list[_Written] = []
    for group in groups.values():
        ranks = [(each.tool.dynamic, each.tool.description is None) for each in group]
        kept = [each for each, rank in zip(group, ranks, strict=True) if rank == min(ranks)]
        kept = kept[:1] if _is_computed(group[0]) else kept
        for each in group:
            kept[0] = kept[0] if any(each is one for one in kept) else _both(kept[0], each)
        found.extend(kept)
    return found


def _is_computed(each: _Written) -> bool:
    """Tell whether a name is computed: then the place counts, however its pieces are written."""
    return each.tool.dynamic and each.draft.name is not None and all(text_of(option) is None for option in options(each.draft.name))


def _capabilities(world: _World, registrations: Registrations, written: list[_Written]) -> tuple[tuple[Tool, ...], tuple[Capability, ...]]:
    codes = [_codes(registrations, each.draft) for each in written]
    counted = Counter(id(code.unit) for found in codes for code in found)
    dispatch = Dispatch(registrations, [code for found in codes for code in found if counted[id(code.unit)] > 1])
    handed = (id(inner.unit) for found in codes for each in found for inner, _ in captured(world.links, each))
    handlers = frozenset((*counted, *handed)) | dispatch.units
    knowledge = Knowledge(world.links, world.table, handlers)
    knowledge.named = dispatch.subjects
    types = (each.draft.subject.type for each in written if isinstance(each.draft.row, Annotation) and each.draft.row.on == "type")
    knowledge.asked = frozenset(id(own) for own in types if own is not None)
    nodes = Effects(world.links, knowledge, world.table, dispatch.units).nodes()
    parameters = {node.id: node.parameters for node in nodes}
    roots = [
        _Root(index, each, found or dispatch.of(each.tool.kind), knowledge, dispatch)
        for index, (each, found) in enumerate(zip(written, codes, strict=True))
    ]
    known = [root.node(parameters) for root in roots]
    graph = CallGraph([*nodes, *known])
    tools = tuple(root.placed(graph.of_handler(node.id)) for root, node in zip(roots, known, strict=True))
    return tools, graph.of_all()


def _codes(registrations: Registrations, draft: Draft) -> list[Code]:
    found: dict[int, Code] = {}
    for thing in draft.handlers:
        for code in registrations.codes(thing):
            found.setdefault(id(code.unit), code)
    return list(found.values())


class _Root:
    """Where the code that answers for a tool begins."""

    def __init__(self, index: int, written: _Written, codes: list[Code], knowledge: Knowledge, dispatch: Dispatch) -> None:
        self.id = f"tool#{index}"
        self.tool = written.tool
        self.name = written.draft.name
        self.codes = codes
        self.knowledge = knowledge
        self.dispatch = dispatch

    def node(self, parameters: Mapping[str, tuple[str, ...]]) -> Node:
        """Give the node from which the call graph follows a tool; its arguments are the tool's."""
        calls = []
        for code in self.codes:
            known = parameters.get(code.unit.id, ())
            given = dict.fromkeys(known, Value.chosen(Scope.ARGUMENT)) | self._named(code) | self._around(code)
            calls.append(Edge(callee=code.unit.id, arguments=given))
            calls.extend(self._functions(code, parameters))
        return Node(id=self.id, at=self.tool.at, calls=tuple(calls))

    def _named(self, code: Code) -> dict[str, Value]:
        if id(code.unit) not in self.dispatch.units:
            return {}
        subjects = {name for name in code.unit.names_of_parameters if name in self.dispatch.subjects[id(code.unit)]}
        return dict.fromkeys((*subjects, "#tool"), self._called(code))

    def _called(self, code: Code) -> Value:
        """Give what is known of the tool's name: of a computed one what it begins with, or the texts that it can be."""
        if not self.tool.dynamic:
            return Value.literal(self.tool.name)
        known = self.knowledge.of(self.name, code.unit) if self.name is not None else Value.chosen(Scope.ANY)
        return Value.literal(*known.texts) if known.texts else Value(prefix=known.prefix)

    def _around(self, code: Code) -> dict[str, Value]:
        """What a handler uses of the functions around it, in the situation in which it was registered."""
        found: dict[str, Value] = {}
        for name, parameter in self.knowledge.captured.get(id(code.unit), {}).items():
            bound = code.env.values.get((id(parameter.unit), parameter.name))
            if bound is not None:
                found[name] = self.knowledge.of(self.knowledge.evaluator.force(bound), code.unit)
            else:
                found[name] = self.knowledge.supplied(parameter, parameter.unit)
        return found

    def _functions(self, code: Code, parameters: Mapping[str, tuple[str, ...]]) -> Iterator[Edge]:
        """Functions that the handler was made with: it may call them."""
        for inner, sure in captured(self.knowledge.links, code):
            given = dict.fromkeys(parameters.get(inner.unit.id, ()), Value.chosen(Scope.ARGUMENT)) | self._around(inner)
            yield Edge(callee=inner.unit.id, arguments=given, sure=sure)

    def placed(self, capabilities: tuple[Capability, ...]) -> Tool:
        """Say what the tool can do and where the code that answers stands."""
        if not self.codes:
            return replace(self.tool, capabilities=capabilities)
        unit = self.codes[0].unit
        at = Location(path=unit.module.path, line=unit.line)
        return replace(self.tool, capabilities=capabilities, handler=at, last=unit.last)
