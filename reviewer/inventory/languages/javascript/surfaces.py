"""What a server is called and says to the model besides its tools: instructions, and the texts of its prompts and resources."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Surface, SurfaceRole, ToolKind
from reviewer.inventory.languages.interface import ServerFact
from reviewer.inventory.languages.javascript.domain import (
    Constant,
    Function,
    Imported,
    Instance,
    Joined,
    Lazy,
    Record,
    Value,
    options,
    text_of,
)
from reviewer.inventory.languages.javascript.drafts import Written, is_textual
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.nodes import arguments_of
from reviewer.inventory.languages.javascript.plain import shown
from reviewer.inventory.languages.javascript.servers import Servers
from reviewer.inventory.languages.javascript.source import Call, Source

_ROLES = {ToolKind.PROMPT: SurfaceRole.PROMPT, ToolKind.RESOURCE: SurfaceRole.RESOURCE}
_TEXTS = frozenset({"text", "content"})
#: How many texts of one handler are kept.
_KEPT = 40


def servers_in(servers: Servers, sources: list[Source]) -> Iterator[tuple[ServerFact, Surface | None]]:
    """Give every server that is made, with its instructions."""
    transport = _transport(servers, sources)
    for source in sources:
        for call in source.calls:
            if call.node.kind() == "new_expression" and _makes_server(servers, call) and not servers.own_code(call.scope):
                yield _server(servers.evaluator, source, call, transport)


def _makes_server(servers: Servers, call: Call) -> bool:
    for target in servers.links.targets.get(call, ()):
        if isinstance(target, Imported) and servers.table.is_sdk(target.path) and target.path.rpartition(".")[2] in servers.table.types:
            return True
        if isinstance(target, Instance) and (row := servers.inlined(target.scope)) is not None and row.server:
            return True
    return False


def _server(evaluator: Evaluator, source: Source, call: Call, transport: str | None) -> tuple[ServerFact, Surface | None]:
    given = [evaluator.evaluate(Lazy(node, source)) for node in arguments_of(call.node)[:2]]
    first = given[0] if given else Constant(value=None)
    name = _text(evaluator.member(first, "name"))
    fact = ServerFact(at=source.at(call.node), name=name, version=_text(evaluator.member(first, "version")), transport=transport)
    for value in reversed(given):
        said = evaluator.member(value, "instructions") if isinstance(value, Record) else Constant(value=None)
        if is_textual(said):
            at = said.seen.source.at(said.seen.node) if said.seen is not None else fact.at
            return fact, Surface(role=SurfaceRole.INSTRUCTIONS, owner=name or "", text=shown(said), at=at)
    return fact, None


def _text(value: Value) -> str | None:
    found = next((option for option in options(value) if isinstance(option, Constant) and isinstance(option.value, str)), None)
    return text_of(found) if found is not None else None


def _transport(servers: Servers, sources: list[Source]) -> str | None:
    found = {
        servers.table.transports[name]
        for source in sources
        for call in source.calls
        for target in servers.links.targets.get(call, ())
        if isinstance(target, Imported) and (name := target.path.rpartition(".")[2]) in servers.table.transports
    }
    return next((kind for kind in ("stdio", "http", "sse") if kind in found), None)


def texts_of(evaluator: Evaluator, written: Written) -> Iterator[Surface]:
    """Give the constant texts that the handler of a prompt or resource returns."""
    role, function = _ROLES.get(written.tool.kind), written.draft.handler
    if role is None or function is None:
        return
    seen: set[str] = set()
    for value in _said(evaluator, function):
        text = shown(value)
        if text.strip() and text not in seen and len(seen) < _KEPT:
            seen.add(text)
            at = value.seen.source.at(value.seen.node) if value.seen is not None else written.tool.at
            yield Surface(role=role, owner=written.tool.name, text=text, at=at)


def _said(evaluator: Evaluator, function: Function) -> Iterator[Value]:
    source = function.scope.source
    for pair in function.scope.node.find_all(kind="pair")[:400]:
        key, node = pair.field("key"), pair.field("value")
        if key is not None and node is not None and key.text().strip("\"'") in _TEXTS:
            value = evaluator.ask(Lazy(node, source, function.env))
            if _is_prose(value):
                yield value
    returned = evaluator.result(function, function.env)
    for option in options(returned):
        if _is_prose(option):
            yield option


def _is_prose(value: Value) -> bool:
    if isinstance(value, Joined):
        return any((text_of(part) or "").strip() for part in value.parts)
    return is_textual(value)
