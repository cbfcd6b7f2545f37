"""Low-level servers: the tools, prompts and resources that a list handler answers with, each with the function that answers its calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ast_grep_py import SgNode

from checks.model import Tool, ToolKind
from reviewer.inventory.languages.python.constants import Constants
from reviewer.inventory.languages.python.drafts import Registered, shown
from reviewer.inventory.languages.python.listing import Listing
from reviewer.inventory.languages.python.names import Names, Ref
from reviewer.inventory.languages.python.schema import is_plain
from reviewer.inventory.languages.python.scopes import Bound, Scope
from reviewer.inventory.languages.python.servers import Servers
from reviewer.inventory.languages.python.syntax import keyword

__all__ = ["Answers"]

#: Which handler answers what a list handler lists.
_ANSWERS = {
    "list_tools": "call_tool",
    "list_prompts": "get_prompt",
    "list_resources": "read_resource",
    "list_resource_templates": "read_resource",
}
_KINDS = {"list_tools": "tool", "list_prompts": "prompt", "list_resources": "resource", "list_resource_templates": "resource"}
#: How many definitions are followed from one list handler.
REACH = 2_000


class Answers:
    """Reads what list handlers answer. ``listing`` has been read to its end before."""

    def __init__(self, names: Names, constants: Constants, servers: Servers, listing: Listing) -> None:
        """Take what resolves and evaluates, and the handlers that were found."""
        self._names = names
        self._constants = constants
        self._servers = servers
        self._listing = listing

    def registered(self) -> Iterator[Registered]:
        """Give what every list handler lists; a list that is made at run time is one dynamic tool."""
        seen: set[SgNode] = set()
        for request, handlers in [*self._listing.lists.items(), *self._given()]:
            kind = ToolKind(_KINDS[request])
            every = list(self._made(kind))
            for handler, place in handlers:
                reach = self._reach(handler)
                here = [(node, scope) for node, scope in every if scope in reach or (scope.kind == "module" and node in reach)]
                fresh = [(node, scope) for node, scope in here or every if node not in seen]
                seen.update(node for node, _ in fresh)
                answer = self._answer(_ANSWERS[request], handler)
                for node, scope in fresh:
                    yield from self._listed(kind, node, scope, answer)
                if not here and not every:
                    tool = Tool(kind=kind, part="", name=shown(place), at=handler.module.source.at(handler.node), dynamic=True)
                    yield Registered(tool=tool, handler=answer)

    def _given(self) -> Iterator[tuple[str, list[tuple[Scope, SgNode]]]]:
        """Find handlers given to the constructor: ``Server("x", on_list_tools=f, on_call_tool=g)``."""
        for node, scope, _ in self._servers.made():
            for request, answer in _ANSWERS.items():
                listed, called = (self._names.resolve(keyword(node, f"on_{name}"), scope) for name in (request, answer))
                if called is not None and called.scope is not None:
                    self._listing.answers.setdefault(answer, []).append(called.scope)
                if listed is not None and listed.scope is not None:
                    yield request, [(listed.scope, node)]

    def _made(self, kind: ToolKind) -> Iterator[tuple[SgNode, Scope]]:
        """Give every call that makes a tool, prompt or resource value, in any scope."""
        for module in self._names.modules.values():
            for scope in module.scopes:
                for site in scope.sites:
                    if site.node.kind() == "call" and self._is_value(kind, site.node, scope):
                        yield site.node, scope

    def _is_value(self, kind: ToolKind, node: SgNode, scope: Scope) -> bool:
        ref = self._names.resolve(node.field("function"), scope)
        if ref is None or ref.instance:
            return False
        names = [ref.name] if ref.scope is None else self._names.external_bases(ref.scope) if ref.scope.kind == "class" else []
        return any(name in self._servers.registry.types[kind] for name in names)

    def _reach(self, start: Scope) -> set[Any]:
        """Give the scopes that a handler refers to, one after the other, and at module level the nodes of the values it refers to."""
        seen: set[Any] = {start}
        waiting: list[tuple[SgNode, Scope]] = [(start.body, start)]
        while waiting and len(seen) < REACH:
            node, scope = waiting.pop()
            for name in (*node.find_all(kind="identifier"), *node.find_all(kind="attribute")):
                for found in self._meant(name, scope):
                    if found[0] not in seen and found[1] not in seen:
                        waiting.append(found)
                        seen.add(found[1] if found[0] == found[1].node else found[0])
            if scope.kind == "module":
                seen.update(node.find_all(kind="call"))
            seen.update(inner for inner in scope.module.scopes if inner.parent is scope and scope in seen)
        return seen

    def _meant(self, name: SgNode, scope: Scope) -> Iterator[tuple[SgNode, Scope]]:
        ref = self._names.resolve(name, scope)
        if ref is not None and ref.scope is not None and ref.scope.kind in {"function", "class"}:
            yield ref.scope.node, ref.scope
            if ref.scope.kind == "class":
                every = (ref.scope, *self._names.subclasses(ref.scope)[:50])
                yield from ((inner.node, inner) for inner in ref.scope.module.scopes if inner.parent in every)
        if name.kind() == "identifier":
            yield from self._values(name.text(), scope)

    def _values(self, name: str, scope: Scope) -> Iterator[tuple[SgNode, Scope]]:
        for binding in self._names.lookup(name, scope):
            if binding.bound in {Bound.VALUE, Bound.CHANGE, Bound.ELEMENT} and binding.node is not None and binding.scope.kind == "module":
                yield binding.node, binding.scope
            elif binding.bound is Bound.IMPORT:
                owner = self._names.module(binding.target.rpartition(".")[0] or ".", binding.scope.module)
                last = binding.target.rpartition(".")[2]
                for one in owner.top.bindings.get(last, ()) if owner is not None else ():
                    if one.bound in {Bound.VALUE, Bound.CHANGE} and one.node is not None:
                        yield one.node, one.scope

    def _answer(self, request: str, listed: Scope) -> Scope | None:
        """Give the handler that answers: of the same function or class, else of the same file, else the only one."""
        found = self._listing.answers.get(request, [])
        near = [one for one in found if one.parent is listed.parent] or [one for one in found if one.module is listed.module]
        return near[0] if near else found[0] if len(found) == 1 else None

    def _listed(self, kind: ToolKind, node: SgNode, scope: Scope, answer: Scope | None) -> Iterator[Registered]:
        for env in self._listing.turns(node, scope):
            named = keyword(node, "uri" if kind is ToolKind.RESOURCE else "name")
            named = named or keyword(node, "uriTemplate") or keyword(node, "name")
            name = self._constants.of(named, scope, env)
            told = keyword(node, "description")
            description, computed = self._listing.drafts.told(told, scope, env) if told is not None else (None, False)
            known = isinstance(name, str)
            source = scope.module.source
            tool = Tool(
                kind=kind,
                part="",
                name=name if known else shown(named if named is not None else node),
                at=source.at(node),
                dynamic=computed or not known,
                description=description,
                input_schema=self._schema(keyword(node, "inputSchema") or keyword(node, "input_schema"), scope, env),
                annotations=self._listing.drafts.annotations(keyword(node, "annotations"), scope, env),
                handler=answer.module.source.at(answer.node) if answer is not None else None,
                last=answer.module.source.last(answer.node) if answer is not None else 0,
            )
            yield Registered(tool=tool, handler=answer, fixed=_fixed(answer, name) if known else {}, sure=known)

    def _schema(self, node: SgNode | None, scope: Scope, env: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give a literal schema, or that of ``Model.model_json_schema()``."""
        called = node.field("function") if node is not None and node.kind() == "call" else None
        method = called.field("attribute") if called is not None and called.kind() == "attribute" else None
        if called is not None and method is not None and method.text() in {"model_json_schema", "schema"}:
            owner = self._constants.of(called.field("object"), scope, env)
            model = owner.scope if isinstance(owner, Ref) else None
            return self._listing.drafts.schemas.of_model(model) if model is not None and model.kind == "class" else None
        found = self._constants.of(node, scope, env)
        return known_part(found) if isinstance(found, dict) else None


def known_part(found: dict[Any, Any], depth: int = 8) -> dict[str, Any]:
    """Give what can stand in JSON of a literal dict."""
    kept: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, dict) and depth > 0:
            kept[str(name)] = known_part(value, depth - 1)
        elif is_plain(value):
            kept[str(name)] = value
    return kept


def _fixed(answer: Scope | None, name: str) -> dict[str, str]:
    """Give the first argument of a call handler: the tool's name."""
    listed = answer.parameters if answer is not None else ()
    if answer is not None and answer.is_method:
        listed = listed[1:]
    return {listed[0].name: name} if len(listed) > 1 else {}
