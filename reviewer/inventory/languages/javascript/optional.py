"""Tools that a server is made with: ``createServer({tools: {search: {description, execute}}})``, where another package makes the server.

The package's source is not in the submission, so what it makes of its options is known only by their shape: ``tools`` are objects, or
what a function of another package makes of objects, with a description and a function that answers; their names are the keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.model import ToolKind
from reviewer.inventory.languages.javascript.domain import Constant, Function, Imported, Lazy, Listing, Record, Value, options
from reviewer.inventory.languages.javascript.drafts import Draft, from_object, is_textual
from reviewer.inventory.languages.javascript.nodes import arguments_of
from reviewer.inventory.languages.javascript.servers import Servers
from reviewer.inventory.languages.javascript.source import Call, Source

#: How many members of one option are looked at.
_MEMBERS = 2_000


def from_options(servers: Servers, sources: list[Source]) -> Iterator[Draft]:
    """Give the tools in the options of every server that a package named after the protocol makes."""
    for call in (call for source in sources for call in source.calls):
        targets = servers.links.targets.get(call, ())
        if any(isinstance(target, Imported) and servers.is_about(target.path) for target in targets):
            yield from _of_call(servers, call)


def _of_call(servers: Servers, call: Call) -> Iterator[Draft]:
    evaluator = servers.evaluator
    given = arguments_of(call.node)
    first = evaluator.evaluate(Lazy(given[0], call.scope.source)) if given else Constant(value=None)
    if not isinstance(first, Record) or (entry := first.entries.get("tools")) is None:
        return
    for option in options(evaluator.evaluate(entry)):
        made = evaluator.invoke(option, []) if isinstance(option, Function) else option
        for value in options(made):
            if isinstance(value, Record):
                for name, member in list(value.entries.items())[:_MEMBERS]:
                    yield from _described(servers, call, member, name)
            elif isinstance(value, Listing):
                for member in value.items[:_MEMBERS]:
                    yield from _described(servers, call, member, "")


def _described(servers: Servers, call: Call, member: Lazy | Value, key: str) -> Iterator[Draft]:
    """Give the tool that a member describes; several ways to make it are one tool."""
    evaluator = servers.evaluator
    found: Draft | None = None
    for option in options(evaluator.evaluate(member)):
        value = _given(servers, option)
        place = member if isinstance(member, Lazy) else value.seen
        at = place.source.at(place.node) if place is not None else call.scope.source.at(call.node)
        draft = from_object(evaluator, ToolKind.TOOL, value, at)
        if key and draft.handlers:
            draft = replace(draft, name=Constant(value=key))
        if not (draft.handlers and draft.description is not None and is_textual(draft.name)):
            continue
        found = draft if found is None else replace(found, handlers=tuple(dict.fromkeys((*found.handlers, *draft.handlers))))
    if found is not None:
        yield found


def _given(servers: Servers, value: Value) -> Value:
    """Give the object from which a function of another package made a tool."""
    if not isinstance(value, Imported) or value.made is None:
        return value
    given = arguments_of(value.made.node)
    first = servers.evaluator.evaluate(Lazy(given[0], value.made.source, value.made.env)) if given else value
    return first if isinstance(first, Record) and "description" in first.entries else value
