"""Find registrations by method: ``registerTool``, ``tool``, ``addTool`` and their like, on objects that are MCP servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ast_grep_py import SgNode

from checks.model import Location, ToolKind
from reviewer.inventory.languages.javascript.classes import lineage
from reviewer.inventory.languages.javascript.domain import (
    OPEN,
    Constant,
    Env,
    Function,
    Imported,
    Instance,
    Lazy,
    Listing,
    Record,
    Unknown,
    Value,
    options,
)
from reviewer.inventory.languages.javascript.drafts import Draft, from_object, functions_in, handlers_of, is_textual
from reviewer.inventory.languages.javascript.links import entered
from reviewer.inventory.languages.javascript.nodes import arguments_of, member_key
from reviewer.inventory.languages.javascript.scopes import FUNCTIONS
from reviewer.inventory.languages.javascript.servers import Servers
from reviewer.inventory.languages.javascript.source import Call, Scope, Source
from reviewer.inventory.languages.javascript.tables import Method

#: Drafts of parts of a registration have no place; the whole has.
_NOWHERE = Location(path="")
#: The least number of arguments that a method of each shape takes.
_LEAST = {"config": 2, "loose": 2, "resource": 3, "object": 1, "objects": 1}


def registered(servers: Servers, sources: list[Source]) -> Iterator[Draft]:
    """Give every registration by method or class in these files."""
    wrapping: set[Scope] = set()
    believed: list[tuple[Call, Method]] = []
    for source in sources:
        for call in source.calls:
            callee = call.node.field("function")
            key = member_key(callee) if callee is not None and callee.kind() in {"member_expression", "subscript_expression"} else None
            method = servers.table.methods.get(key) if key is not None else None
            if callee is None or method is None or not (accepted := _accepted(servers, call, callee, method)):
                continue
            if any(isinstance(target, Function) for target in servers.links.targets.get(call, ())) and accepted == _BELIEVED:
                believed.append((call, method))
                continue
            for draft, env in _read(servers, call, method):
                wrapping.update(binding.scope for binding in env)
                yield draft
        yield from _classes(servers, source)
    for call, method in believed:
        if wrapping.isdisjoint(entered(target) for target in servers.links.targets.get(call, ())):
            yield from (draft for draft, _ in _read(servers, call, method))


_BELIEVED = 2


def _accepted(servers: Servers, call: Call, callee: SgNode, method: Method) -> int:
    """Tell whether a call registers something: 0 for no, 1 if on a server, ``_BELIEVED`` if its name and arguments say so."""
    holder = callee.field("object")
    given = arguments_of(call.node)
    if holder is None or len(given) < _LEAST[method.shape] or not servers.present:
        return 0
    lazy = Lazy(holder, call.scope.source)
    answer = servers.is_server(servers.evaluator.evaluate(lazy))
    if answer is not None:
        return int(answer)
    if method.shape in {"object", "objects"}:
        return _BELIEVED * _describes(servers, Lazy(given[0], call.scope.source))
    name = servers.evaluator.evaluate(Lazy(given[0], call.scope.source))
    fits = is_textual(name) and _ends_in_function(servers, call, given)
    called = holder.text().rpartition(".")[2].lower()
    return _BELIEVED * (fits and (method.certain or "server" in called or "mcp" in called))


def _describes(servers: Servers, lazy: Lazy) -> bool:
    """Tell whether an argument is an object with the members of a tool, for a receiver that nothing is known of."""
    value = servers.evaluator.evaluate(lazy)
    members = servers.table.members
    return (
        isinstance(value, Record)
        and "name" in value.entries
        and "description" in value.entries
        and any(key in value.entries for key in members.handler)
    )


def _ends_in_function(servers: Servers, call: Call, given: list[SgNode]) -> bool:
    if given[-1].kind() in FUNCTIONS:
        return True
    value = servers.evaluator.evaluate(Lazy(given[-1], call.scope.source))
    return bool(functions_in(value)) or isinstance(value, (Unknown, Imported)) or given[-1].kind() == "object"


def _read(servers: Servers, call: Call, method: Method) -> Iterator[tuple[Draft, Env]]:
    """Give what a call registers, in every situation in which it is run."""
    evaluator, source = servers.evaluator, call.scope.source
    items, _ = evaluator.spread(arguments_of(call.node), source, OPEN)
    if not items:
        return
    telling = [each for each in items[:2] if isinstance(each, Value) or each.node.kind() not in FUNCTIONS]
    for env in servers.links.situations(telling):
        again, rest = evaluator.spread(arguments_of(call.node), source, env)
        for draft in _drafts(servers, call, method, again or [*rest], env):
            own = servers.own_code(call.scope) and not all(isinstance(option, Constant) for option in options(draft.name))
            if not own:
                yield draft, env


def _drafts(servers: Servers, call: Call, method: Method, items: list[Lazy | Value], env: Env) -> Iterator[Draft]:
    at = call.scope.source.at(call.node)
    if method.shape in {"object", "objects"}:
        yield from _objects(servers, method, items, call)
        return
    values = [servers.evaluator.evaluate(item) for item in items]
    expression = items[0].node.text() if isinstance(items[0], Lazy) else ""
    if env and values[0].seen is not None:
        at = values[0].seen.source.at(values[0].seen.node)
    made = _SHAPES[method.shape](servers, items, values)
    handlers = functions_in(values[-1]) or (made.handlers if len(values) > 1 else ())
    yield Draft(
        kind=method.kind,
        name=values[0],
        at=at,
        description=made.description,
        schema=made.schema,
        annotations=made.annotations,
        handlers=handlers,
        expression=expression,
    )


def _objects(servers: Servers, method: Method, items: list[Lazy | Value], call: Call) -> Iterator[Draft]:
    for item in items:
        value = servers.evaluator.evaluate(item)
        listed = [servers.evaluator.evaluate(each) for each in value.items] if isinstance(value, Listing) else [value]
        for each in listed:
            place = each.seen if isinstance(value, Listing) else None
            at = place.source.at(place.node) if place is not None else call.scope.source.at(call.node)
            draft = from_object(servers.evaluator, method.kind, each, at)
            if draft.expression or is_textual(draft.name):
                yield draft
            else:
                text = item.node.text() if isinstance(item, Lazy) else ""
                yield Draft(kind=method.kind, name=draft.name, at=at, handlers=draft.handlers, expression=text)
        if method.shape == "object":
            return


def _config(servers: Servers, _: list[Lazy | Value], values: list[Value]) -> Draft:
    """Read ``(name, {description, inputSchema, …}, handler)``; tasks give an object of handlers."""
    draft = from_object(servers.evaluator, ToolKind.TOOL, values[1], _NOWHERE)
    if len(values) > 2 and isinstance(values[2], Record):  # noqa: PLR2004  (name, config, handlers)
        return replace(draft, handlers=handlers_of(servers.evaluator, values[2]))
    return draft


def _loose(_: Servers, items: list[Lazy | Value], values: list[Value]) -> Draft:
    """Read the overloads of ``tool`` and ``prompt``: a text is the description, the first object the schema, the second annotations."""
    middle = list(zip(items, values, strict=True))[1:-1]
    description: Value | None = None
    if middle and (is_textual(middle[0][1]) or not _objectlike(middle[0][1], len(middle))):
        description = middle.pop(0)[1]
    schema = middle[0][0] if middle else None
    annotations = middle[1][1] if len(middle) > 1 else None
    if isinstance(values[1], Record) and len(middle) == 1 and _is_annotations(values[1]):
        schema, annotations = None, values[1]
    return Draft(kind=ToolKind.TOOL, name=values[0], at=_NOWHERE, description=description, schema=schema, annotations=annotations)


def _is_annotations(value: Record) -> bool:
    return bool(value.entries) and all(key == "title" or key.endswith("Hint") for key in value.entries)


def _objectlike(value: Value, remaining: int) -> bool:
    if isinstance(value, (Unknown, Imported)) and value.seen is not None and value.seen.node.kind() in {"object", "call_expression"}:
        return True
    return isinstance(value, (Record, Imported, Constant)) or remaining == 1


def _resource(servers: Servers, _: list[Lazy | Value], values: list[Value]) -> Draft:
    details = values[2] if len(values) > 3 else Constant(value=None)  # noqa: PLR2004  (name, uri, details, handler)
    return Draft(kind=ToolKind.RESOURCE, name=values[0], at=_NOWHERE, description=servers.evaluator.member(details, "description"))


_SHAPES: dict[str, Callable[[Servers, list[Lazy | Value], list[Value]], Draft]] = {
    "config": _config,
    "loose": _loose,
    "resource": _resource,
}


def _classes(servers: Servers, source: Source) -> Iterator[Draft]:
    """``class Search extends MCPTool { name = "search"; description = "…"; async execute(input) {…} }``."""
    if not servers.present:
        return
    for scope in source.scopes:
        if scope.kind != "class":
            continue
        above = lineage(servers.evaluator, scope)[-1]
        known = (
            isinstance(above, Imported) and above.path.rpartition(".")[2] in servers.table.tool_classes and servers.table.is_sdk(above.path)
        )
        if known and "name" in scope.fields:
            yield from_object(servers.evaluator, ToolKind.TOOL, Instance(scope=scope), source.at(scope.node))
