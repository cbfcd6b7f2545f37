"""Which objects are MCP servers, what they are called, and how they are reached."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ast_grep_py import SgNode

from checks.model import Surface, SurfaceRole
from reviewer.inventory.languages.interface import ServerFact
from reviewer.inventory.languages.python.constants import Constants
from reviewer.inventory.languages.python.names import Names, Ref
from reviewer.inventory.languages.python.scopes import Bound, Module, Scope
from reviewer.inventory.languages.python.syntax import keyword

__all__ = ["Registry", "Servers", "load_registry"]

#: From least to most exposed; of several the last is told.
_EXPOSURE = ("stdio", "sse", "http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """``registrations.yaml``: the names that make an object a server, and the shapes of registrations."""

    fast: frozenset[str]
    low: frozenset[str]
    looks_like: re.Pattern[str]
    never: tuple[str, ...]
    libraries: frozenset[str]
    names: re.Pattern[str]
    decorators: Mapping[str, str]
    wrappers: frozenset[str]
    types: Mapping[str, frozenset[str]]
    generated: frozenset[str]
    transports: Mapping[str, str]
    runners: Mapping[str, int]
    rules: tuple[Mapping[str, Any], ...]


@functools.cache
def load_registry() -> Registry:
    """Read the table beside this module. Raises KeyError or TypeError if it is not as described there: it is ours."""
    path = Path(__file__).parent / "registrations.yaml"
    sheet = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders
    servers = sheet["servers"]
    return Registry(
        fast=frozenset(servers["fast"]),
        low=frozenset(servers["low"]),
        looks_like=re.compile(servers["looks_like"]),
        never=tuple(servers["never"]),
        libraries=frozenset(servers["libraries"]),
        names=re.compile(servers["names"]),
        decorators=sheet["decorators"],
        wrappers=frozenset(sheet["wrappers"]),
        types={kind: frozenset(names) for kind, names in sheet["types"].items()},
        generated=frozenset(sheet["generated"]),
        transports=sheet["transports"],
        runners=sheet["runners"],
        rules=tuple(sheet["rules"]),
    )


class Servers:
    """The MCP servers of one submission."""

    def __init__(self, names: Names, constants: Constants) -> None:
        """Take what resolves and evaluates."""
        self.registry = load_registry()
        self._names = names
        self._constants = constants
        self._speaks = {path: self._imports_library(module) for path, module in names.modules.items()}
        self.any_speaks = any(self._speaks.values())

    def _imports_library(self, module: Module) -> bool:
        return any(target.split(".")[0] in self.registry.libraries for target in module.imports)

    def is_server(self, node: SgNode | None, scope: Scope) -> bool:
        """Tell whether an expression is an MCP server object, as far as can be told."""
        if node is None or not self.any_speaks:
            return False
        ref = self._names.resolve(node, scope)
        if ref is None or (ref.scope is None and not self._names_something(node, scope)):
            return self._speaks[scope.module.source.path] or bool(self.registry.names.search(node.text().rpartition(".")[2]))
        if ref.scope is not None:
            return ref.scope.kind == "class" and self._is_server_class(ref.scope)
        return self.is_server_name(ref.name)

    def _names_something(self, node: SgNode, scope: Scope) -> bool:
        root: SgNode | None = node
        while root is not None and root.kind() in {"attribute", "call", "subscript"}:
            root = root.field("object") or root.field("function") or root.field("value")
        return root is not None and root.kind() == "identifier" and bool(self._names.lookup(root.text(), scope))

    def is_server_name(self, name: str) -> bool:
        """Tell whether the dotted name of a constructor, or of something inside a server object, is that of a server."""
        if any(name == never or name.startswith(f"{never}.") for never in self.registry.never):
            return False
        known = self.registry.fast | self.registry.low
        if name in known or any(name.startswith(f"{server}.") for server in known):
            return True
        return bool(self.registry.looks_like.search(name))

    def _is_server_class(self, owner: Scope) -> bool:
        """A subclass of a server; or a class of the submission that wraps one and has the same methods."""
        if any(self.is_server_name(base) for base in self._names.external_bases(owner)):
            return True
        wraps = any(binding.bound is Bound.DEFINITION for binding in self._names.member(owner, "tool"))
        return wraps and self._speaks[owner.module.source.path]

    def made(self) -> Iterator[tuple[SgNode, Scope, Ref]]:
        """Give every place where a server is made."""
        for module in self._names.modules.values():
            if not self.any_speaks:
                return
            for scope in module.scopes:
                for site in scope.sites:
                    if site.node.kind() == "call":
                        ref = self._names.resolve(site.node.field("function"), scope)
                        if ref is not None and self._makes_server(ref):
                            yield site.node, scope, ref

    def _makes_server(self, ref: Ref) -> bool:
        known = self.registry.fast | self.registry.low
        if ref.scope is not None:
            return ref.scope.kind == "class" and not ref.instance and any(base in known for base in self._names.external_bases(ref.scope))
        if ref.name in known:
            return True
        last = ref.name.rpartition(".")[2]
        return (
            not ref.instance and last[:1].isupper() and "." in ref.name and self.is_server_name(ref.name) and last.lower().endswith("mcp")
        )

    def facts(self) -> tuple[tuple[ServerFact, ...], tuple[Surface, ...]]:
        """Give the servers and their instructions."""
        transports = self._transports()
        facts: list[ServerFact] = []
        surfaces: list[Surface] = []
        every = {transport for found in transports.values() for transport in found}
        for node, scope, _ in self.made():
            path = scope.module.source.path
            reached = transports.get(path) or every
            name = self._constants.text(keyword(node, "name", 0), scope)
            version = self._constants.text(keyword(node, "version"), scope)
            transport = max(reached, key=_EXPOSURE.index) if reached else None
            at = scope.module.source.at(node)
            facts.append(ServerFact(at=at, name=name, version=version, transport=transport))
            text = self._constants.text(keyword(node, "instructions"), scope)
            if text:
                place = keyword(node, "instructions")
                where = scope.module.source.at(place) if place is not None else at
                surfaces.append(Surface(role=SurfaceRole.INSTRUCTIONS, owner=name or "", text=text, at=where))
        return tuple(facts), tuple(surfaces)

    def _transports(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for path, module in self._names.modules.items():
            for scope in module.scopes:
                for site in scope.sites:
                    called = site.node.field("function") if site.node.kind() == "call" else None
                    transport = self._transport(site.node, called, scope) if called is not None else None
                    if transport in _EXPOSURE:
                        found.setdefault(path, set()).add(transport)
        return found

    def _transport(self, call: SgNode, called: SgNode, scope: Scope) -> str | None:
        last = (called.field("attribute") or called).text()
        if last in self.registry.transports:
            return self.registry.transports[last]
        if last not in {"run", "run_async"} or called.kind() != "attribute" or not self.is_server(called.field("object"), scope):
            return None
        given = keyword(call, "transport", 0)
        if given is None:
            return "stdio"
        text = self._constants.text(given, scope)
        return "http" if text == "streamable-http" else text
