"""Tools, prompts and resources that Python code registers, by decorator, by call, or by answering a list request."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ast_grep_py import SgNode

from checks.model import Location, Tool, ToolKind
from reviewer.inventory.languages.python.constants import Constants, Made, documentation
from reviewer.inventory.languages.python.names import Names, Ref
from reviewer.inventory.languages.python.schema import Schemas, is_plain
from reviewer.inventory.languages.python.scopes import Bound, Module, Scope
from reviewer.inventory.languages.python.servers import Servers
from reviewer.inventory.languages.python.syntax import arguments, keyword

__all__ = ["Listing", "Registered"]

#: How many turns of a loop around a registration are followed, and how long a source expression is shown.
TURNS, SHOWN = 500, 200

Env = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A tool without its capabilities, the function that answers, and what of that function's arguments is fixed."""

    tool: Tool
    handler: Scope | None = None
    fixed: Mapping[str, str] | None = None


class Listing:
    """Reads registrations of the FastMCP kind; ``answers`` holds what low-level servers answer with."""

    def __init__(self, names: Names, constants: Constants, servers: Servers) -> None:
        """Take what resolves and evaluates."""
        self.names = names
        self.constants = constants
        self.servers = servers
        self.schemas = Schemas(names, constants)
        self._templates = Constants(names, template=True)
        self.calls: set[SgNode] = set()
        self.answers: dict[str, list[Scope]] = {}
        self.lists: dict[str, list[tuple[Scope, SgNode]]] = {}

    def registered(self) -> Iterator[Registered]:
        """Give everything that is registered by decorator or by call."""
        if not self.servers.any_speaks:
            return
        for module in self.names.modules.values():
            outer = _outer_calls(module)
            for rule in self.servers.registry.rules:
                for node in module.source.root.find_all({"rule": rule["rule"]}):
                    if node in module.homes:
                        yield from self._candidate(rule["style"], node, module, outer)
        yield from self._given_to_constructors()

    def _candidate(self, style: str, node: SgNode, module: Module, outer: Mapping[SgNode, SgNode]) -> Iterator[Registered]:
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
            yield from self._register(ToolKind(attribute.text()), node, handler, outer.get(node), scope)
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
        if handler is not None:
            yield self._tool(kind, node, node, handler, scope, {})
            return
        self.calls.update(filter(None, (node, outer)))
        given = keyword(outer, "fn", 0) if outer is not None else keyword(node, "fn", 0) if node.kind() == "call" else None
        if outer is None and (given is None or not self._may_be_function(given, scope)):
            return
        for env in self.turns(outer or node, scope):
            target = self.constants.of(given, scope, env)
            found = target.scope if isinstance(target, Ref) and target.scope is not None and target.scope.kind == "function" else None
            yield self._tool(kind, node, given or node, found, scope, env, first=0 if outer is not None else 1)

    def _may_be_function(self, node: SgNode, scope: Scope) -> bool:
        ref = self.names.resolve(node, scope)
        return ref is not None and ref.scope is not None and ref.scope.kind == "function"

    def _added(self, method: str, node: SgNode, scope: Scope) -> Iterator[Registered]:
        kind = ToolKind.PROMPT if "prompt" in method else ToolKind.TOOL if "tool" in method else ToolKind.RESOURCE
        given = next(iter((*arguments(node)[0], *arguments(node)[1].values())), None)
        for env in self.turns(node, scope):
            yield self._object(kind, self.constants.of(given, scope, env), node, given, scope, env)

    def _object(self, kind: ToolKind, value: Any, node: SgNode, given: SgNode | None, scope: Scope, env: Env) -> Registered:  # noqa: ANN401
        """Read what ``add_tool`` is given: a function, or an object made around one."""
        if isinstance(value, Ref) and value.scope is not None and value.scope.kind == "function":
            return self._tool(kind, node, given or node, value.scope, scope, env, first=1)
        if isinstance(value, Made) and isinstance(value.node.field("function"), SgNode):
            around = keyword(value.node, "fn", 0)
            target = self.constants.of(around, value.scope, env)
            handler = target.scope if isinstance(target, Ref) else None
            if handler is not None and handler.kind != "function":
                handler = None
            return self._tool(kind, value.node, around or node, handler, value.scope, env, first=1)
        return self._tool(kind, node, given or node, None, scope, env, first=1)

    def _given_to_constructors(self) -> Iterator[Registered]:
        """``FastMCP(tools=[…])``, and servers whose tools only exist at run time."""
        for node, scope, _ in self.servers.made():
            given = keyword(node, "tools")
            values = self.constants.of(given, scope) if given is not None else []
            for value in values if isinstance(values, list) else []:
                yield self._object(ToolKind.TOOL, value, node, given, scope, {})
        for module in self.names.modules.values():
            for scope in module.scopes:
                for site in scope.sites:
                    called = site.node.field("function") if site.node.kind() == "call" else None
                    last = (called.field("attribute") or called).text() if called is not None else ""
                    if last in self.servers.registry.generated and self.servers.is_server(called, scope):
                        tool = Tool(kind=ToolKind.TOOL, part="", name=_shown(site.node), at=module.source.at(site.node), dynamic=True)
                        yield Registered(tool=tool)

    # -- one tool ---------------------------------------------------------------------------------------------------

    def _tool(
        self, kind: ToolKind, node: SgNode, given: SgNode, handler: Scope | None, scope: Scope, env: Env, *, first: int = 0
    ) -> Registered:
        """Put a tool together. ``first`` is the position of the name among the arguments."""
        call = node if node.kind() == "call" else None
        named = None
        if call is not None:
            named = keyword(call, "uri" if kind is ToolKind.RESOURCE else "name", first)
            named = named or (keyword(call, "name_or_fn") or keyword(call, "uri_template"))
        name, dynamic = self._name(named, handler, given, scope, env)
        description, computed = self._description(keyword(call, "description") if call is not None else None, handler, scope, env)
        opened = self._is_open(call)
        source = scope.module.source
        tool = Tool(
            kind=kind,
            part="",
            name=name,
            at=source.at(node),
            dynamic=dynamic or computed or opened,
            description=description,
            input_schema=self.schemas.of_function(handler) if handler is not None and kind is not ToolKind.RESOURCE else None,
            annotations=self.annotations(keyword(call, "annotations") if call is not None else None, scope, env),
            handler=handler.module.source.at(handler.node) if handler is not None else None,
            last=handler.module.source.last(handler.node) if handler is not None else 0,
        )
        return Registered(tool=tool, handler=handler)

    def _is_open(self, call: SgNode | None) -> bool:
        """Tell whether ``**something`` may give name and description."""
        listed = call.field("arguments") if call is not None else None
        return listed is not None and any(child.kind() == "dictionary_splat" for child in listed.children())

    def _name(self, named: SgNode | None, handler: Scope | None, given: SgNode, scope: Scope, env: Env) -> tuple[str, bool]:
        if named is not None:
            text = self.constants.of(named, scope, env)
            if isinstance(text, str):
                return text, False
            if text is not None:
                return _shown(named), True
        if handler is not None and handler.name != "<lambda>":
            return handler.name, False
        return _shown(given), True

    def _description(self, given: SgNode | None, handler: Scope | None, scope: Scope, env: Env) -> tuple[str | None, bool]:
        if given is not None:
            return self.told(given, scope, env)
        if handler is None:
            return None, False
        if handler.documentation:
            return self.told(handler.documentation[-1], handler.parent or handler, {})
        text = documentation(handler, self.constants)
        return (inspect.cleandoc(text) if text is not None else None), False

    def told(self, node: SgNode, scope: Scope, env: Env) -> tuple[str | None, bool]:
        """Give a text that is registered, and whether it is computed at run time; then what is fixed of it stays, as a template."""
        found = self.constants.of(node, scope, env)
        if isinstance(found, str) or found is None:
            return found, False
        return self._templates.text(node, scope, env), True

    def annotations(self, node: SgNode | None, scope: Scope, env: Env) -> dict[str, Any] | None:
        """Give ``ToolAnnotations(readOnlyHint=True)`` or a literal dict."""
        found = self.constants.of(node, scope, env)
        given = found.given if isinstance(found, Made) else found
        return {str(name): value for name, value in given.items() if is_plain(value)} if isinstance(given, Mapping) else None

    def turns(self, node: SgNode, scope: Scope) -> list[dict[str, Any]]:
        """Give what the variables of a loop around a registration are, turn by turn; one empty turn where there is no known loop."""
        loops: dict[SgNode, dict[str, int | None]] = {}
        homes: dict[SgNode, Scope] = {}
        for identifier in node.find_all(kind="identifier"):
            for binding in self.names.lookup(identifier.text(), scope):
                if binding.bound is Bound.ELEMENT and binding.target == "each" and binding.node is not None:
                    loops.setdefault(binding.node, {})[identifier.text()] = binding.index
                    homes[binding.node] = binding.scope
        if len(loops) != 1:
            return [{}]
        ((iterable, variables),) = loops.items()
        elements = self.constants.of(iterable, homes[iterable])
        if not isinstance(elements, list | dict) or not elements:
            return [{}]
        rows = [row for row in (_row(element, variables) for element in list(elements)[:TURNS]) if row is not None]
        return rows or [{}]


def _row(element: Any, variables: Mapping[str, int | None]) -> dict[str, Any] | None:  # noqa: ANN401  any constant
    row: dict[str, Any] = {}
    for name, index in variables.items():
        if index is None:
            row[name] = element
        elif isinstance(element, list) and index < len(element):
            row[name] = element[index]
        else:
            return None
    return row


def _outer_calls(module: Module) -> dict[SgNode, SgNode]:
    """Map the inner call of ``f(…)(…)`` to the outer."""
    found: dict[SgNode, SgNode] = {}
    for scope in module.scopes:
        for site in scope.sites:
            called = site.node.field("function") if site.node.kind() == "call" else None
            if called is not None and called.kind() in {"call", "attribute"}:
                found[called] = site.node
    return found


def _shown(node: SgNode) -> str:
    return " ".join(node.text()[: 2 * SHOWN].split())[:SHOWN]


def place_of(scope: Scope, node: SgNode) -> Location:
    """Give the place of a node of a scope's file."""
    return scope.module.source.at(node)
