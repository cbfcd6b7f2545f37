"""Python: MCP registrations of the official SDK and of FastMCP, and what their handlers can do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from checks.model import Capability, Certainty, Surface, SurfaceRole, Tool, ToolKind, Unreadable
from reviewer.inventory.languages.apis import load_table
from reviewer.inventory.languages.callgraph import CallGraph
from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.languages.python.answers import Answers
from reviewer.inventory.languages.python.constants import Constants
from reviewer.inventory.languages.python.drafts import Registered
from reviewer.inventory.languages.python.facts import Facts, note_callers
from reviewer.inventory.languages.python.listing import Listing
from reviewer.inventory.languages.python.names import Names
from reviewer.inventory.languages.python.prompts import texts_of
from reviewer.inventory.languages.python.scopes import Module, read_module
from reviewer.inventory.languages.python.servers import Servers
from reviewer.inventory.languages.python.syntax import parse
from reviewer.inventory.languages.values import Value

__all__ = ["READS", "extract"]

READS = frozenset({"python"})

#: Files that are read last, so that a bound is not used up on them.
_TESTS = re.compile(r"(^|/)(tests?|testing|examples?|docs|benchmarks?)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
#: How many calls, attributes and subscripts are read of a submission, and of one file; 100 000 usual lines have about 60 000.
SITES, SITES_OF_FILE = 400_000, 60_000


def extract(files: Mapping[str, str]) -> Extraction:
    """Read all Python files of a submission. Never raises for what they hold: what cannot be read is ``unreadable``."""
    unreadable: list[Unreadable] = []
    modules: list[Module] = []
    for path, text in sorted(files.items(), key=lambda item: (bool(_TESTS.search(item[0])), item[0])):
        source, rows = parse(path, text)
        unreadable.extend(rows)
        if source is not None:
            left = SITES - sum(len(module.homes) for module in modules)
            modules.append(read_module(source, sites=min(left, SITES_OF_FILE)))
    try:
        found = _read(modules)
    except (RecursionError, MemoryError, ValueError) as error:  # hostile code may be deeper or stranger than the bounds foresee
        found = Extraction()
        reason = f"not followed: {type(error).__name__}"
        unreadable.extend(Unreadable(path=module.source.path, reason=reason, gate=True) for module in modules)
    unreadable.extend(Unreadable(path=m.source.path, reason="more code than is read", gate=True) for m in modules if m.cut)
    exhausted = [module.source.path for module in modules if module.source.exhausted]
    unreadable.extend(Unreadable(path=path, reason="much code in one very long line", gate=True) for path in exhausted)
    return replace(found, unreadable=tuple(unreadable))


def _read(modules: list[Module]) -> Extraction:
    names = Names(modules)
    note_callers(names)
    constants = Constants(names)
    servers = Servers(names, constants)
    listing = Listing(names, constants, servers)
    registered = [*listing.registered()]
    registered += Answers(names, constants, servers, listing).registered()
    facts = Facts(names, constants, load_table(Path(__file__).parent), frozenset(listing.calls))
    graph = CallGraph(function for module in modules for function in facts.functions(module))
    tools = tuple(replace(one.tool, capabilities=_capabilities(one, graph)) for one in registered)
    made, surfaces = servers.facts()
    prompts = tuple(_prompt_surfaces(registered, names))
    return Extraction(servers=made, tools=_ordered(tools), capabilities=graph.of_all(), surfaces=(*surfaces, *prompts))


def _ordered(tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
    """Order by place; what two ways of reading found at the same place is told once."""
    once = {(tool.at, tool.kind, tool.name): tool for tool in tools}
    return tuple(once[key] for key in sorted(once))


def _capabilities(one: Registered, graph: CallGraph) -> tuple[Capability, ...]:
    if one.handler is None:
        return ()
    fixed = {name: Value.literal(text) for name, text in one.fixed.items()}
    found = graph.of_handler(one.handler.id, arguments=fixed)
    return found if one.sure else tuple(replace(capability, certainty=Certainty.POSSIBLE) for capability in found)


def _prompt_surfaces(registered: list[Registered], names: Names) -> Iterator[Surface]:
    templates = Constants(names, template=True)
    for one in registered:
        if one.tool.kind is ToolKind.PROMPT and one.handler is not None:
            for text, node in texts_of(one.handler, templates):
                yield Surface(role=SurfaceRole.PROMPT, owner=one.tool.name, text=text, at=one.handler.module.source.at(node))
