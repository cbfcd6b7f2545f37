"""Tools, prompts and resources that Python code registers, by decorator, by call, or by answering a list request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ast_grep_py import SgNode

from checks.model import Tool, ToolKind
from reviewer.inventory.languages.python.constants import UNKNOWN, Constants, Made
from reviewer.inventory.languages.python.drafts import Drafts, Offer, Registered, shown
from reviewer.inventory.languages.python.names import Names, Ref, argument_for
from reviewer.inventory.languages.python.scopes import Module, Scope
from reviewer.inventory.languages.python.servers import Servers
from reviewer.inventory.languages.python.syntax import arguments, children, keyword

__all__ = ["Listing"]

#: How many turns of a loop around a registration, and how many calls of a function around it, are followed.
TURNS = 500

Env = Mapping[str, Any]


class Listing:
    """Reads registrations of the FastMCP kind; ``answers`` holds what low-level servers answer with."""

    def __init__(self, names: Names, constants: Constants, servers: Servers) -> None:
        """Take what resolves and evaluates."""
        self.names = names
        self.constants = constants
        self.servers = servers
        self.drafts = Drafts(names, constants)
        self._outer: dict[SgNode, SgNode] = {}
        self.calls: set[SgNode] = set()
        self.answers: dict[str, list[Scope]] = {}
        self.lists: dict[str, list[tuple[Scope, SgNode]]] = {}

    def registered(self) -> Iterator[Registered]:
        """Give everything that is registered by decorator or by call."""
        if not self.servers.any_speaks:
            return
        for module in self.names.modules.values():
            self._outer.update(_outer_calls(module))
        for module in self.names.modules.values():
            for rule in self.servers.registry.rules:
                for found in module.source.root.find_all({"rule": rule["rule"]}):
                    node = next(iter(children(found)), found) if found.kind() == "decorator" else found
                    if node in module.homes:
                        yield from self._candidate(rule["style"], node, module)
        yield from self._given_to_constructors()

    def _candidate(self, style: str, node: SgNode, module: Module) -> Iterator[Registered]:
        scope = module.homes[node]
        if style == "decorate":
            yield from self._stand_alone(node, scope, module)
            return
        called = node.field("function") if node.kind() == "call" else node
        owner, attribute = (called.field("object"), called.field("attribute")) if called is not None else (None, None)
        if attribute is None or not self.servers.is_server(owner, scope):
            return
        handler = module.decorated.get(node)
        if style == "list" and handler is not None:
            self.lists.setdefault(attribute.text(), []).append((handler, node))
        elif style == "answer" and handler is not None:
            self.answers.setdefault(attribute.text(), []).append(handler)
        elif style == "register":
            yield from self._register(ToolKind(attribute.text()), node, handler, self._outer.get(node), scope)
        elif style == "add":
            self.calls.add(node)
            yield from self._added(attribute.text(), node, scope)

    def _stand_alone(self, node: SgNode, scope: Scope, module: Module) -> Iterator[Registered]:
        ref = self.names.resolve(node.field("function") if node.kind() == "call" else node, scope)
        kind = self.servers.registry.decorators.get(ref.name) if ref is not None and ref.scope is None else None
        if kind is not None:
            yield from self._register(ToolKind(kind), node, module.decorated.get(node), None, scope)

    def _register(self, kind: ToolKind, node: SgNode, handler: Scope | None, outer: SgNode | None, scope: Scope) -> Iterator[Registered]:
        """``@server.tool(…)`` over a definition, ``server.tool(…)(function)``, or ``server.tool(function, …)``."""
        given: SgNode | None = node
        if handler is None:
            self.calls.update(filter(None, (node, outer)))
            given = keyword(outer or node, "fn", 0) if (outer or node).kind() == "call" else None
            given = given or keyword(node, "name_or_fn")
            if outer is None and (_passes_on(scope, kind) or self.constants.text(given, scope) is not None):
                return
        for env in self.turns(outer or node, scope):
            target = handler or _function(self.constants.of(given, scope, env))
            first = 0 if handler is not None or outer is not None else 1
            offer = Offer(kind=kind, node=node, scope=scope, given=given or node, handler=target, env=env, first=first)
            yield from self._through_wrappers(offer)

    def _added(self, method: str, node: SgNode, scope: Scope) -> Iterator[Registered]:
        kind = ToolKind.PROMPT if "prompt" in method else ToolKind.TOOL if "tool" in method else ToolKind.RESOURCE
        given = next(iter((*arguments(node)[0], *arguments(node)[1].values())), None)
        if _passes_on(scope, kind):
            return
        for env in self.turns(node, scope):
            yield from self._object(kind, node, given, scope, env)

    def _object(self, kind: ToolKind, node: SgNode, given: SgNode | None, scope: Scope, env: Env) -> Iterator[Registered]:
        """Read what ``add_tool`` is given: a function, or an object made around one."""
        value = self.constants.of(given, scope, env)
        if isinstance(value, Made) and not _function(value):
            around = keyword(value.node, "fn", 0)
            handler = _function(self.constants.of(around, value.scope, env))
            yield self.drafts.tool(
                Offer(kind=kind, node=value.node, scope=value.scope, given=around or node, handler=handler, env=env, first=1)
            )
            return
        offer = Offer(kind=kind, node=node, scope=scope, given=given or node, handler=_function(value), env=env, first=1)
        yield from self._through_wrappers(offer)

    # -- the submission's own functions around a registration ----------------------------------------------------------

    def _through_wrappers(self, offer: Offer) -> Iterator[Registered]:
        """Give one tool per call of the function in which a registration stands, if the registration hangs on its parameters."""
        plain = self.drafts.tool(offer)
        wrapper = self._wrapper(offer, plain)
        found = list(self._calls_of(wrapper, offer)) if wrapper is not None else []
        yield from found or [plain]

    def _wrapper(self, offer: Offer, plain: Registered) -> Scope | None:
        names = {node.text() for node in offer.node.find_all(kind="identifier")} | {offer.given.text()}
        scope: Scope | None = offer.scope
        while scope is not None and (plain.tool.dynamic or plain.handler is None or plain.handler.parent is offer.scope):
            own = {parameter.name for parameter in scope.parameters}
            inside = own & names if offer.node.kind() == "call" else set()
            if scope.kind == "function" and self.names.callers.get(scope) and self._depends(inside, offer, scope):
                return scope
            scope = scope.parent
        return None

    def _depends(self, inside: set[str], offer: Offer, scope: Scope) -> bool:
        """Tell whether the name, the function or what is passed on through ``**`` is a parameter, not only the server."""
        called = offer.node.field("function")
        owner = called.field("object") if called is not None else None
        server = {owner.text().split(".")[0]} if owner is not None else set()
        return bool(inside - server) or offer.given.text() in {parameter.name for parameter in scope.parameters}

    def _calls_of(self, wrapper: Scope, offer: Offer) -> Iterator[Registered]:
        for caller, home in self.names.callers[wrapper][:TURNS]:
            where = home.module.homes.get(caller, home)
            for row in self.turns(caller, where):
                env = dict(offer.env)
                for parameter in wrapper.parameters:
                    value = self.constants.of(argument_for(caller, wrapper, parameter.name) or parameter.default, where, row)
                    if value is not UNKNOWN:
                        env[parameter.name] = value
                handler = self._wrapped(caller, home, offer, env, row)
                if handler is not None:
                    yield self.drafts.tool(replace(offer, handler=handler, env=env, caller=(caller, where)))

    def _wrapped(self, caller: SgNode, home: Scope, offer: Offer, env: Env, row: Env) -> Scope | None:
        """Give the function that the caller of a wrapper means: the one it decorates, the one it calls it with, the one it passes."""
        decorated = home.module.decorated.get(caller)
        outer = self._outer.get(caller)
        if decorated is not None or outer is None:
            passed = (_function(value) for value in env.values())
            return decorated or _function(self.constants.of(offer.given, offer.scope, env)) or next(filter(None, passed), None)
        self.calls.add(outer)
        return _function(self.constants.of(keyword(outer, "fn", 0), home.module.homes.get(outer, home), row))

    def _given_to_constructors(self) -> Iterator[Registered]:
        """``FastMCP(tools=[…])``, and servers whose tools only exist at run time."""
        for node, scope, _ in self.servers.made():
            given = keyword(node, "tools")
            for element in children(given) if given is not None and given.kind() == "list" else []:
                yield from self._object(ToolKind.TOOL, node, element, scope, {})
        for module in self.names.modules.values():
            for scope in module.scopes:
                for site in scope.sites:
                    called = site.node.field("function") if site.node.kind() == "call" else None
                    last = (called.field("attribute") or called).text() if called is not None else ""
                    if last in self.servers.registry.generated and self.servers.is_server(called, scope):
                        tool = Tool(kind=ToolKind.TOOL, part="", name=shown(site.node), at=module.source.at(site.node), dynamic=True)
                        yield Registered(tool=tool)

    def turns(self, node: SgNode, scope: Scope) -> list[dict[str, Any]]:
        """Give what the variables of the loops around a registration are, turn by turn; one empty turn where no loop is known."""
        rows: list[dict[str, Any]] = [{}]
        for loop in scope.module.loops.get(node, ()):
            turned: list[dict[str, Any]] = []
            for row in rows:
                found = self.constants.rows(loop, scope, row)
                turned.extend([{**row, **more} for more in found] if found is not None else [row])
            rows = turned[:TURNS]
        return rows


def _outer_calls(module: Module) -> dict[SgNode, SgNode]:
    """Map the inner call of ``f(…)(…)`` to the outer."""
    found: dict[SgNode, SgNode] = {}
    for scope in module.scopes:
        for site in scope.sites:
            called = site.node.field("function") if site.node.kind() == "call" else None
            if called is not None and called.kind() in {"call", "attribute"}:
                found[called] = site.node
    return found


def _function(value: Any) -> Scope | None:  # noqa: ANN401  any constant
    found = value.scope if isinstance(value, Ref) else None
    return found if found is not None and found.kind == "function" else None


def _passes_on(scope: Scope, kind: ToolKind) -> bool:
    """Tell whether we stand in a class's own ``tool`` method, which only passes on what is registered through it."""
    here: Scope | None = scope
    while here is not None:
        if here.is_method and here.name in {kind.value, f"add_{kind.value}"}:
            return True
        here = here.parent
    return False
