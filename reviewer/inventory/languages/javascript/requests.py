"""Find what low-level servers list: ``setRequestHandler(ListToolsRequestSchema, () => ({tools: […]}))``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks.model import Location
from reviewer.inventory.languages.javascript.definitions import definition
from reviewer.inventory.languages.javascript.domain import (
    Constant,
    Function,
    Imported,
    Lazy,
    Listing,
    Record,
    Value,
    options,
    text_of,
)
from reviewer.inventory.languages.javascript.drafts import Draft, from_object, functions_in
from reviewer.inventory.languages.javascript.links import open_parameters
from reviewer.inventory.languages.javascript.nodes import arguments_of, member_key
from reviewer.inventory.languages.javascript.servers import Servers
from reviewer.inventory.languages.javascript.source import Call, Source, span
from reviewer.inventory.languages.javascript.tables import Request

#: How long the expression that makes a request's schema is at most.
_SHORT = 600


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RequestHandler:
    """A function that answers a request of the protocol."""

    request: Request
    function: Function | None
    call: Call
    sdk: bool


def request_handlers(servers: Servers, sources: list[Source]) -> Iterator[RequestHandler]:
    """Give every ``setRequestHandler`` whose request is known."""
    if not servers.present:
        return
    for source in sources:
        for call in source.calls:
            callee = call.node.field("function")
            if callee is None or callee.kind() != "member_expression" or member_key(callee) != "setRequestHandler":
                continue
            given = arguments_of(call.node)
            request = _request(servers, Lazy(given[0], source)) if len(given) > 1 else None
            if request is not None:
                function = next(iter(functions_in(servers.evaluator.evaluate(Lazy(given[-1], source)))), None)
                yield RequestHandler(request=request, function=function, call=call, sdk=servers.own_code(call.scope))


def _request(servers: Servers, asked: Lazy) -> Request | None:
    value = servers.evaluator.ask(asked)
    if isinstance(value, Imported) and servers.table.is_sdk(value.path):
        name = value.path.rpartition(".")[2]
        return next((row for row in servers.table.requests if row.schema_name == name), None)
    text = text_of(value) if isinstance(value, Constant) else None
    if text is None:
        text = asked.node.text().rpartition(".")[2]
        made = definition(servers.evaluator, asked).node.text()
        for row in servers.table.requests:
            if row.schema_name == text or (len(made) < _SHORT and f'"{row.name}"' in made.replace("'", '"').replace("`", '"')):
                return row
    return next((row for row in servers.table.requests if row.name == text), None)


def listed(servers: Servers, handlers: list[RequestHandler]) -> Iterator[Draft]:
    """Give what the answers to list requests contain."""
    for handler in handlers:
        if not handler.request.member:
            continue
        for draft in _answer(servers, handler):
            if not handler.sdk or isinstance(draft.name, Constant):
                yield replace(draft, lister=handler.call.scope.source.path)


def _answer(servers: Servers, handler: RequestHandler) -> Iterator[Draft]:
    evaluator, source = servers.evaluator, handler.call.scope.source
    answer: Value = evaluator.result(handler.function, handler.function.env) if handler.function is not None else Constant(value=None)
    found = False
    for option in options(answer):
        if isinstance(option, Record) and (entry := option.entries.get(handler.request.member)) is not None:
            found = True
            for env in servers.links.situations([entry]):
                yield from _items(servers, servers.links.rebind(entry, env), handler)
    if not found:
        yield Draft(
            kind=handler.request.kind,
            name=answer,
            at=source.at(handler.call.node),
            expression=arguments_of(handler.call.node)[-1].text(),
            request=handler.request.name,
        )


def _items(servers: Servers, value: Value, handler: RequestHandler) -> Iterator[Draft]:
    for option in options(value):
        if isinstance(option, Listing):
            for item in (*option.items, *option.rest):
                yield from _item(servers, item, handler)
        elif not isinstance(option, Constant):
            yield from _item(servers, option, handler)


def _item(servers: Servers, item: Lazy | Value, handler: RequestHandler) -> Iterator[Draft]:
    evaluator, source = servers.evaluator, handler.call.scope.source
    for env in servers.links.situations([item]):
        for each in options(servers.links.rebind(item, env)):
            if isinstance(each, Constant):
                continue
            place = each.seen or (item if isinstance(item, Lazy) else None)
            at = place.source.at(place.node) if place is not None else source.at(handler.call.node)
            draft = from_object(evaluator, handler.request.kind, each, at, request=handler.request.name)
            draft = replace(draft, at=_place(draft, place))
            if not open_parameters(draft.name) or not isinstance(each, Record):
                yield draft
                continue
            yield from _each_way(servers, each, draft)


def _place(draft: Draft, place: Lazy | None) -> Location:
    """Give where a tool stands: where its name does, if one expression describes many: ``entries.map(([name, tool]) => ({name, …}))``."""
    named = draft.name.seen
    if named is None or place is None or not place.env or not isinstance(draft.name, Constant):
        return draft.at
    (start, end), (first, last) = span(named.node), span(place.node)
    inside = named.source is place.source and first <= start and end <= last
    return draft.at if inside else named.source.at(named.node)


def _each_way(servers: Servers, value: Record, draft: Draft) -> Iterator[Draft]:
    """Read a described object whose name is a parameter once per value that the parameter can have."""
    seen = value.seen
    if seen is None:
        yield draft
        return
    for env in servers.links.situations([value.entries.get("name", draft.name)]):
        again = servers.evaluator.evaluate(Lazy(seen.node, seen.source, seen.env.with_more(env)))
        yield from_object(servers.evaluator, draft.kind, again, draft.at, request=draft.request)
