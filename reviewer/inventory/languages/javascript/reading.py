"""The steps from texts to an ``Extraction``: parse, link, find registrations, follow calls, list twins once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from checks.model import Capability, Certainty, Location, Scope, Tool, ToolKind, Unreadable
from reviewer.inventory.languages.callgraph import Call as Edge
from reviewer.inventory.languages.callgraph import CallGraph, merge
from reviewer.inventory.languages.callgraph import Function as Node
from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.languages.javascript.dispatch import Dispatch, find_dispatch
from reviewer.inventory.languages.javascript.domain import Function
from reviewer.inventory.languages.javascript.drafts import Written, tools_of
from reviewer.inventory.languages.javascript.effects import Effects
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.expressions import KINDS
from reviewer.inventory.languages.javascript.interfaces import Interfaces
from reviewer.inventory.languages.javascript.layout import ALL, is_declaration, is_dependency, is_test, refused
from reviewer.inventory.languages.javascript.links import Links
from reviewer.inventory.languages.javascript.members import MEMBERS
from reviewer.inventory.languages.javascript.optional import from_options
from reviewer.inventory.languages.javascript.packages import Packages
from reviewer.inventory.languages.javascript.program import Program
from reviewer.inventory.languages.javascript.registrations import registered
from reviewer.inventory.languages.javascript.requests import RequestHandler, listed, request_handlers
from reviewer.inventory.languages.javascript.scopes import read_scopes
from reviewer.inventory.languages.javascript.servers import Servers
from reviewer.inventory.languages.javascript.shapes import shaped
from reviewer.inventory.languages.javascript.situated import Situated
from reviewer.inventory.languages.javascript.source import Scope as Code
from reviewer.inventory.languages.javascript.source import Source, parse
from reviewer.inventory.languages.javascript.surfaces import servers_in, texts_of
from reviewer.inventory.languages.javascript.tables import load_registrations
from reviewer.inventory.languages.javascript.twins import without_twins
from reviewer.inventory.languages.javascript.units import Region, Units
from reviewer.inventory.languages.values import Value as Known

#: A file of which more than this share could not be parsed is one that a person has to look at.
DAMAGE = 0.3
_ANSWERS = {ToolKind.TOOL: "tools/call", ToolKind.PROMPT: "prompts/get", ToolKind.RESOURCE: "resources/read"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _World:
    """All that is known of the program once it is linked."""

    sources: list[Source]
    evaluator: Evaluator
    links: Links
    servers: Servers


def read_files(files: Mapping[str, str], manifests: Mapping[str, str]) -> Extraction:
    """Read all files. Raises RecursionError or MemoryError where a submission is built to cause them."""
    sources, unreadable = _parsed(files)
    aside = [source for source in sources if is_test(source) or is_dependency(source.path)]
    packages = Packages.of(manifests)
    world = _linked([source for source in sources if source not in aside], packages)
    handlers = list(request_handlers(world.servers, world.sources))
    drafts = [*registered(world.servers, world.sources), *listed(world.servers, handlers), *from_options(world.servers, world.sources)]
    drafts += list(shaped(world.servers, world.sources, drafts))
    written = _once(without_twins(each for draft in drafts for each in tools_of(world.evaluator, draft)))
    facts = list(servers_in(world.servers, world.sources))
    surfaces = [surface for _, surface in facts if surface is not None]
    surfaces += [surface for each in written for surface in texts_of(world.evaluator, each)]
    tools, capabilities = _capabilities(world, written, handlers)
    if world.evaluator.exhausted:
        unreadable += [
            Unreadable(path=source.path, reason="too much code to follow in bounded time", gate=True) for source in _largest(world)
        ]
    return Extraction(
        servers=tuple(fact for fact, _ in facts),
        tools=tools,
        capabilities=merge([*capabilities, *_possible(aside, packages)]),
        surfaces=tuple(surfaces),
        unreadable=tuple(unreadable),
    )


def _possible(aside: list[Source], packages: Packages) -> Iterator[Capability]:
    """Give what tests and installed packages can do: they start no server of their own, but the server can start them."""
    if aside:
        _, capabilities = _capabilities(_linked(aside, packages), [], [])
        yield from (replace(capability, certainty=Certainty.POSSIBLE) for capability in capabilities)


def _largest(world: _World) -> list[Source]:
    return [max(world.sources, key=lambda source: len(source.text))]


def _parsed(files: Mapping[str, str]) -> tuple[list[Source], list[Unreadable]]:
    sources: list[Source] = []
    unreadable: list[Unreadable] = []
    left = ALL
    for path, text in sorted(files.items()):
        if is_declaration(path):
            continue
        left -= len(text)
        reason = refused(text) or ("more code than is read in one submission" if left < 0 else "")
        if reason:
            unreadable.append(Unreadable(path=path, reason=reason, gate=True))
            continue
        source = parse(path, text)
        read_scopes(source)
        sources.append(source)
        if source.damage > DAMAGE:
            unreadable.append(Unreadable(path=path, reason=f"{source.damage:.0%} of it could not be parsed", gate=True))
    return sources, unreadable


def _linked(sources: list[Source], packages: Packages) -> _World:
    program = Program({source.path: source for source in sources}, packages)
    evaluator = Evaluator(program, kinds=KINDS, members=MEMBERS, libraries=load_registrations().libraries)
    links = Links(evaluator, Interfaces(evaluator, sources))
    links.read(sources)
    links.complete()
    servers = Servers(evaluator, links)
    servers.look_around(sources)
    return _World(sources=sources, evaluator=evaluator, links=links, servers=servers)


def _once(written: Iterable[Written]) -> list[Written]:
    """Leave out what the same place says twice, as a function that registers a tool and is called twice does."""
    seen: set[tuple[object, ...]] = set()
    found: list[Written] = []
    for each in written:
        key = (each.tool.kind, each.tool.name, each.tool.at, each.tool.description, each.tool.dynamic)
        if key not in seen:
            seen.add(key)
            found.append(each)
    return found


def _capabilities(world: _World, written: list[Written], handlers: list[RequestHandler]) -> tuple[tuple[Tool, ...], tuple[Capability, ...]]:
    names = frozenset(each.tool.name for each in written if each.draft.request and not each.tool.dynamic)
    answering = [handler for handler in handlers if not handler.sdk and handler.function is not None and not handler.request.member]
    dispatch = find_dispatch(world.evaluator, world.sources, names) if names else Dispatch()
    functions = [function for each in written for function in each.draft.handlers]
    entries = dispatch.functions(world.evaluator)
    situated = Situated(world.links)
    reached = situated.follow([*functions, *entries])
    own, tabled = {function.scope for function in functions}, {function.scope for function in entries}
    units = Units(
        world.links,
        dispatched=frozenset(tabled | own),
        handlers=frozenset({*own, *tabled, *reached, *(each.function.scope for each in answering if each.function is not None)}),
    )
    _keep_dispatching(units, dispatch, names)
    effects = Effects(world.links, units)
    nodes = [*effects.nodes(world.sources), *situated.nodes(effects)]
    parameters = {node.id: node.parameters for node in nodes}
    answers = _Answers(world, units, dispatch, answering, effects, situated)
    roots = [_root(index, each, answers) for index, each in enumerate(written)]
    known = [root.node(parameters) for root in roots]
    graph = CallGraph([*nodes, *known])
    tools = tuple(
        root.placed(replace(each.tool, capabilities=graph.of_handler(node.id)))
        for each, root, node in zip(written, roots, known, strict=True)
    )
    return tools, graph.of_all()


def _keep_dispatching(units: Units, dispatch: Dispatch, names: frozenset[str]) -> None:
    """A function is one that dispatches if its branches tell several tools apart, or it is the handler itself."""
    for path, regions in list(dispatch.regions.items()):
        by_unit: dict[Code, list[Region]] = {}
        for region in regions:
            by_unit.setdefault(units.unit_of(region.source.scope_at(region.start)), []).append(region)
        kept = [
            region
            for unit, inside in by_unit.items()
            if unit in units.handlers or len(frozenset[str]().union(*(each.names for each in inside))) >= min(2, len(names))
            for region in inside
        ]
        dispatch.regions[path] = units.regions[path] = kept


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    world: _World
    units: Units
    dispatch: Dispatch
    answering: list[RequestHandler]
    effects: Effects
    situated: Situated

    def name(self, function: Function) -> str:
        """Give the id of a function in the call graph."""
        return self.situated.name(function, self.effects)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Root:
    """Where the code that answers for a tool begins."""

    id: str
    at: Location
    functions: tuple[Function, ...] = ()
    regions: tuple[Region, ...] = ()
    unsure: tuple[Region, ...] = ()
    others: tuple[Code, ...] = ()
    general: tuple[Code, ...] = ()
    answers: _Answers

    def node(self, parameters: Mapping[str, tuple[str, ...]]) -> Node:
        """Give the node from which the call graph follows a tool; its arguments are the tool's."""
        units = self.answers.units
        sure = [self.answers.name(function) for function in self.functions] + [region.id for region in self.regions]
        sure += [units.name(units.unit_of(scope)) for scope in self.general]
        argument = Known.chosen(Scope.ARGUMENT)
        calls = [
            Edge(callee=name, arguments=dict.fromkeys(parameters.get(name, ()), argument), sure=name in sure)
            for name in (*sure, *(region.id for region in self.unsure), *(units.name(scope) for scope in self.others))
        ]
        return Node(id=self.id, at=self.at, calls=tuple(calls))

    def placed(self, tool: Tool) -> Tool:
        """Say where the code that answers stands, for a tool that does not say it itself."""
        if tool.handler is not None and self.functions:
            scope = self.answers.situated.innermost(self.functions[0]).scope
            return replace(tool, handler=scope.source.at(scope.node), last=scope.source.line(scope.end - 1))
        if self.regions:
            source, region = self.regions[0].source, self.regions[0]
            return replace(tool, handler=Location(path=source.path, line=source.line(region.start)), last=source.line(region.end - 1))
        if self.functions:
            scope = self.functions[0].scope
            return replace(tool, handler=scope.source.at(scope.node), last=scope.source.line(scope.end - 1))
        return tool


def _root(index: int, each: Written, answers: _Answers) -> _Root:
    tool, functions = each.tool, list(each.draft.handlers)
    if not each.draft.request:
        return _Root(id=f"tool#{index}", at=tool.at, functions=tuple(functions), answers=answers)
    if not functions:
        functions = answers.dispatch.entry(answers.world.evaluator, tool.name)
    regions = tuple(answers.dispatch.of(tool.name))
    lost = not regions and not functions
    return _Root(
        id=f"tool#{index}",
        at=tool.at,
        functions=tuple(functions),
        general=tuple(_general(each, answers)),
        regions=regions,
        unsure=tuple(region for inside in answers.dispatch.regions.values() for region in inside) if lost else (),
        others=tuple(answers.units.dispatched) if lost else (),
        answers=answers,
    )


def _general(each: Written, answers: _Answers) -> list[Code]:
    """The handlers of the request that calls any tool: what they do before they dispatch, all tools do."""
    wanted = [handler for handler in answers.answering if handler.request.name == _ANSWERS[each.tool.kind]]
    near = [handler for handler in wanted if handler.call.scope.source.path == each.draft.lister]
    return [handler.function.scope for handler in near or wanted if handler.function is not None]
