"""The steps from texts to an ``Extraction``: parse, link, find registrations, follow calls, list twins once."""

from __future__ import annotations

from collections.abc import Mapping

from checks.model import Unreadable
from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.languages.javascript.drafts import tools_of
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.expressions import KINDS
from reviewer.inventory.languages.javascript.links import Links
from reviewer.inventory.languages.javascript.members import MEMBERS
from reviewer.inventory.languages.javascript.program import Program
from reviewer.inventory.languages.javascript.registrations import registered
from reviewer.inventory.languages.javascript.requests import listed, request_handlers
from reviewer.inventory.languages.javascript.scopes import read_scopes
from reviewer.inventory.languages.javascript.servers import Servers
from reviewer.inventory.languages.javascript.source import parse


def read_files(files: Mapping[str, str]) -> Extraction:
    sources = {}
    for path, text in sorted(files.items()):
        source = parse(path, text)
        read_scopes(source)
        sources[path] = source
    evaluator = Evaluator(Program(sources), kinds=KINDS, members=MEMBERS)
    links = Links(evaluator)
    every = list(sources.values())
    links.read(every)
    servers = Servers(evaluator, links)
    servers.look_around(every)
    drafts = list(registered(servers, every))
    handlers = list(request_handlers(servers, every))
    drafts += listed(servers, handlers)
    tools = [tool for draft in drafts for tool in tools_of(evaluator, draft)]
    return Extraction(tools=tuple(tools))
