"""Which objects are MCP servers, and which classes in a bundle are an SDK's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reviewer.inventory.languages.javascript.classes import lineage
from reviewer.inventory.languages.javascript.domain import Class, Imported, Instance, Lazy, Mixed, Parameter, Unknown, Value
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.links import Links
from reviewer.inventory.languages.javascript.nodes import arguments_of
from reviewer.inventory.languages.javascript.source import Scope, Source
from reviewer.inventory.languages.javascript.tables import Inlined, Table, load_registrations

#: A class with so many of the members of an SDK's class is that class.
_ENOUGH = 2
_DEPTH = 5
_PROTOCOL = re.compile(r"(^|[@/._-])mcp([/._-]|$)", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Servers:
    """Answers whether a value is an MCP server. ``present``: some file imports an SDK or carries one inside."""

    evaluator: Evaluator
    links: Links
    present: bool = False
    table: Table = field(default_factory=load_registrations)
    _shapes: dict[Scope, Inlined | None] = field(default_factory=dict)

    def look_around(self, sources: list[Source]) -> None:
        """See whether any file has to do with an SDK."""
        self.present = (
            any(self.table.is_sdk(module) or self._is_elsewhere(source, module) for source in sources for module in source.modules)
            or any(self.inlined(scope) is not None for source in sources for scope in source.scopes if scope.kind == "class")
            or any(self.table.distinctive.intersection(map(str, name.path)) for source in sources for name in source.top.names.values())
        )

    def is_about(self, path: str) -> bool:
        """Tell whether what a package gives may be a server, because the package is named after the protocol."""
        return not path.startswith(".") and _PROTOCOL.search(path.partition(".")[0]) is not None

    def _is_elsewhere(self, source: Source, module: str) -> bool:
        return self.is_about(module) and self.evaluator.program.resolve(source, module) is None

    def _is_named(self, path: str) -> bool:
        """A file that was not read, ``./vendor/sdk.js``, gives a class that is called as the SDK's: nobody else calls one so."""
        module, _, name = path.rpartition(".")
        return module.startswith(".") and any(part in self.table.distinctive for part in (name, module.rpartition(".")[2]))

    def inlined(self, scope: Scope) -> Inlined | None:
        """Give the SDK class that a class of the submission is, by its members."""
        if scope not in self._shapes:
            names = {*scope.methods, *scope.fields}
            self._shapes[scope] = next((row for row in self.table.inlined if len(row.members & names) >= _ENOUGH), None)
        return self._shapes[scope]

    def own_code(self, scope: Scope) -> bool:
        """Tell whether a place lies in an SDK's own class."""
        owner = scope.nearest("class")
        while owner is not None:
            if self.inlined(owner) is not None:
                return True
            owner = owner.parent.nearest("class") if owner.parent is not None else None
        return False

    def is_server(self, value: Value, depth: int = 0) -> bool | None:
        """Tell whether a value is an MCP server; None where nothing is known of it."""
        if isinstance(value, Imported):
            return self.table.is_sdk(value.path) or self._is_named(value.path)
        if isinstance(value, (Instance, Class)):
            return self._is_server_class(value.scope)
        if isinstance(value, Mixed):
            answers = [self.is_server(option, depth + 1) for option in value.options]
            return True if True in answers else None if None in answers else False
        if isinstance(value, Parameter):
            return self._is_server_parameter(value, depth)
        return None if isinstance(value, Unknown) else False

    def _is_server_class(self, scope: Scope) -> bool:
        for ancestor in lineage(self.evaluator, scope):
            if isinstance(ancestor, Imported):
                return self.table.is_sdk(ancestor.path)
            if isinstance(ancestor, Class):
                row = self.inlined(ancestor.scope)
                if row is not None and (row.server or ancestor.scope is not scope):
                    return row.server
        return False

    def _is_server_parameter(self, value: Parameter, depth: int) -> bool | None:
        binding = value.binding
        name = binding.annotation.split("<")[0].split("|")[0].strip().rpartition(".")[2]
        if not value.path and name in self.table.types:
            return True
        if depth >= _DEPTH or binding.scope.kind != "function":
            return None
        answers: list[bool | None] = []
        for call in self.links.callers.get(binding.scope, ())[:40]:
            nodes = arguments_of(call.node)
            if binding.index < len(nodes) and all(node.kind() != "spread_element" for node in nodes[: binding.index + 1]):
                given = self.evaluator.evaluate(Lazy(nodes[binding.index], call.scope.source))
                given = self.evaluator.descend(self.evaluator.descend(given, binding.path), value.path)
                answers.append(self.is_server(given, depth + 1))
        for call in self.links.handed.get(binding.scope, ()):  # createMcpHandler((server) => …)
            answers += [self.table.is_sdk(target.path) for target in self.links.targets.get(call, ()) if isinstance(target, Imported)] or [
                None
            ]
        return True if True in answers else None if None in answers or not answers else False
