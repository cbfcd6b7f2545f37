"""Turn the calls of a program into the call graph: what each call means by ``capabilities.yaml``, and whom it calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ast_grep_py import Config

from checks.model import Location, Trigger
from reviewer.inventory.languages.apis import Api, CallSite, ObjectKind, Use, load_table
from reviewer.inventory.languages.apis import Table as Apis
from reviewer.inventory.languages.callgraph import Call as Edge
from reviewer.inventory.languages.callgraph import Function as Node
from reviewer.inventory.languages.javascript.domain import (
    OPEN,
    Constant,
    Env,
    Function,
    Imported,
    Lazy,
    Parameter,
    Record,
    Setting,
    Unknown,
    Value,
)
from reviewer.inventory.languages.javascript.drafts import is_textual
from reviewer.inventory.languages.javascript.links import Links, entered
from reviewer.inventory.languages.javascript.methods import METHODS
from reviewer.inventory.languages.javascript.nodes import arguments_of, given_to, member_key
from reviewer.inventory.languages.javascript.source import Call, Scope, Source, span
from reviewer.inventory.languages.javascript.tables import Table, load_registrations
from reviewer.inventory.languages.javascript.units import Units
from reviewer.inventory.languages.values import Value as Known

#: How many classes may have a method of a name before the name says nothing.
_NAMESAKES = 3
_ENVIRONMENT: Config = {
    "rule": {
        "kind": "member_expression",
        "all": [
            {"has": {"field": "property", "regex": "^env$"}},
            {"has": {"field": "object", "regex": r"^(globalThis\.)?(process|Bun)$"}},
        ],
    }
}
_BINDING: Config = {
    "rule": {
        "kind": "member_expression",
        "all": [
            {"has": {"field": "property", "regex": "^[A-Z][A-Z0-9_]*$"}},
            {"has": {"field": "object", "regex": r"^(.{1,80}\.)?env$"}},
            {"not": {"has": {"field": "object", "regex": r"^(globalThis\.)?(process|Bun)\.env$"}}},
        ],
    }
}
_METHOD = re.compile(r"\s*[?!]?\.\s*(\w+)\s*[(<]")
_AFTER = re.compile(r"\s*(?:\?\.|!?\.)\s*([A-Za-z_$][\w$]*)|\s*(?:\?\.)?\[\s*(?:[\"'`]([^\"'`\n]{1,100})[\"'`]\s*\])?")
_NAMES_BEFORE = re.compile(r"\{([^{}]{0,500})\}\s*=\s*$")
_FILTERED = re.compile(r"\)\s*\.filter\([^)]{0,40}\)?[^)]{0,60}?(?:/\^(\w+_)/i?\.test|startsWith\([\"'](\w+_)[\"']\))")
_NAME = re.compile(r"\s*(?:\.\.\.)?([A-Za-z_$][\w$]*)")


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A call of a function of the submission, before its arguments are read."""

    place: str
    call: Call
    scope: Scope
    callee: Scope
    unit: Scope
    sure: bool


@dataclass(slots=True, eq=False)
class Effects:
    """Builds the nodes of the call graph. ``plain`` are uses that are no calls, by the place that they belong to."""

    links: Links
    units: Units
    apis: Apis = field(default_factory=lambda: load_table(Path(__file__).parent))
    table: Table = field(default_factory=load_registrations)
    plain: dict[str, list[Use]] = field(default_factory=dict)
    _uses: dict[str, list[Use]] = field(default_factory=dict)
    _edges: dict[str, list[Edge]] = field(default_factory=dict)
    _entered: list[_Entry] = field(default_factory=list)
    _methods: dict[str, list[Scope]] = field(default_factory=dict)

    def nodes(self, sources: list[Source]) -> Iterator[Node]:
        """Give every function, region and module of these files with its uses and calls."""
        for source in sources:
            self._note_methods(source)
        for source in sources:
            self._read(source)
        self._uses = {place: uses for place, uses in self._uses.items() if uses}
        self._connect()
        for source in sources:
            yield from self._of_source(source)

    def _note_methods(self, source: Source) -> None:
        for scope in source.scopes:
            for name, method in scope.methods.items():
                self._methods.setdefault(name, []).append(method)

    def _read(self, source: Source) -> None:
        for call in source.calls:
            self._call(call)
        self._environment(source)
        self._imports(source)
        for scope in source.scopes:
            if self.units.is_unit(scope):
                self._nested(scope)

    def _of_source(self, source: Source) -> Iterator[Node]:
        start = Location(path=source.path, line=1)
        yield self._node(source.path, start, len(source.lines), (), Trigger.AUTOMATIC)
        yield self._node(_imports_of(source), start, len(source.lines), ())
        for scope in source.scopes:
            if self.units.is_unit(scope):
                yield self.node_of(scope)
        for region in self.units.regions.get(source.path, ()):
            unit = self.units.unit_of(source.scope_at(region.start))
            line = source.line(region.start)
            yield self._node(region.id, Location(path=source.path, line=line), source.line(region.end - 1), _names(unit))

    def node_of(self, scope: Scope) -> Node:
        """Give the node of a function that is a unit."""
        source = scope.source
        return self._node(self.units.name(scope), source.at(scope.node), source.line(scope.end - 1), _names(scope))

    def _node(self, name: str, at: Location, last: int, parameters: tuple[str, ...], trigger: Trigger | None = None) -> Node:
        uses, edges = tuple(self._uses.get(name, ())), tuple(self._edges.get(name, ()))
        return Node(id=name, at=at, last=last, parameters=parameters, uses=uses, calls=edges, trigger=trigger)

    def _nested(self, scope: Scope) -> None:
        """A function that is made here and that nobody seems to call may be called by whoever gets it."""
        if scope in self.links.callers or scope in self.units.handlers or scope.parent is None or scope.parent.kind == "class":
            return
        if scope.node.kind() in {"function_declaration", "generator_function_declaration"}:
            return
        outer = self.units.place(scope.parent, scope.start)
        if scope.parent.nearest("function") is not None:
            self._edges.setdefault(outer, []).append(Edge(callee=self.units.name(scope), sure=False))

    def _call(self, call: Call) -> None:
        targets = self.links.targets.get(call, ())
        place = self.units.place(call.scope, call.start)
        unit = self.units.unit_of(call.scope)
        for target in targets:
            if isinstance(target, Imported):
                self._uses.setdefault(place, []).extend(self.meaning(call, target, unit, OPEN))
            elif (scope := entered(target)) is not None and (len(targets) == 1 or scope not in self.units.dispatched):
                self._enter(place, call, scope, unit, sure=len(targets) == 1)
        if all(isinstance(target, (Unknown, Parameter)) for target in targets):
            self._by_name(place, call, unit)

    def _enter(self, place: str, call: Call, scope: Scope, unit: Scope, *, sure: bool) -> None:
        callee = self.units.unit_of(scope)
        if callee is not scope or callee is unit:
            return  # a callback belongs to the unit that hands it over, which has it already
        self._entered.append(_Entry(place, call, scope, callee, unit, sure))

    def _connect(self) -> None:
        """Make the edges. Arguments are read only where something that matters is behind the call."""
        names = [self.units.name(entry.callee) for entry in self._entered]
        callers: dict[str, set[str]] = {}
        for entry, name in zip(self._entered, names, strict=True):
            callers.setdefault(name, set()).add(entry.place)
        for place, edges in self._edges.items():
            for edge in edges:
                callers.setdefault(edge.callee, set()).add(place)
        matters, waiting = set(self._uses), list(self._uses)
        while waiting:
            found = callers.get(waiting.pop(), set()) - matters
            matters |= found
            waiting.extend(found)
        for entry, name in zip(self._entered, names, strict=True):
            if name in matters:
                arguments = self.arguments(entry.call, entry.scope, entry.unit, OPEN)
                self._edges.setdefault(entry.place, []).append(Edge(callee=name, arguments=arguments, sure=entry.sure))

    def arguments(self, call: Call, scope: Scope, unit: Scope, env: Env) -> dict[str, Known]:
        """Give what is known of a function's parameters at a call inside ``unit``; a spread list may give any that follow."""
        nodes = arguments_of(call.node)
        source, evaluator = call.scope.source, self.links.evaluator
        spread = next((index for index, node in enumerate(nodes) if node.kind() == "spread_element"), len(nodes))
        found: dict[str, Known] = {}
        for parameter in scope.parameters:
            if parameter.path[:1] == ("...",):
                items, rest = evaluator.spread(nodes[parameter.index :], source, env)
                listed = [self.units.known(each, unit) for each in (*items, *rest)]
                found[parameter.name] = Known.listed(each.spread if index >= len(items) else each for index, each in enumerate(listed))
                continue
            default = Lazy(parameter.default, scope.source) if parameter.default is not None else None
            if parameter.index < spread:
                value = evaluator.descend(evaluator.ask(Lazy(nodes[parameter.index], source, env)), parameter.path)
                if default is not None and isinstance(value, Constant) and value.value is None:
                    found[parameter.name] = self.units.known(default, scope.source.top)
                else:
                    found[parameter.name] = self.units.known(value, unit)
            elif spread == len(nodes) and default is not None:
                found[parameter.name] = self.units.known(default, scope.source.top)
            elif spread < len(nodes):
                found[parameter.name] = self.units.known(Lazy(nodes[spread].children()[-1], source, env), unit).blurred
        return found

    def _by_name(self, place: str, call: Call, unit: Scope) -> None:
        for method in self._same_name(call):
            self._enter(place, call, method, unit, sure=False)

    def _same_name(self, call: Call) -> list[Scope]:
        """A method of something unknown: a class of the submission with such a method may be meant."""
        callee = call.node.field("function")
        key = member_key(callee) if callee is not None and callee.kind() == "member_expression" else None
        namesakes = self._methods.get(key, []) if key is not None and key not in self.table.common else []
        return namesakes if len(namesakes) <= _NAMESAKES else []

    def namesakes(self, call: Call, unit: Scope, env: Env) -> Iterator[Edge]:
        """Give the edges to methods that may be meant by their name."""
        for method in self._same_name(call):
            if self.units.unit_of(method) is method and method is not unit:
                yield Edge(callee=self.units.name(method), arguments=self.arguments(call, method, unit, env), sure=False)

    def meaning(self, call: Call, target: Imported, unit: Scope, env: Env) -> Iterator[Use]:
        """Give what a call of something that is not of the submission means, inside ``unit``."""
        name = self.table.canonical(target.path)
        if target.made is not None and target.seen is target.made and self._is_made(target, target.made):
            return  # what `new Function(…)` gave is called; making it was the capability
        if not self.apis.match(name) and not self.apis.sdk(name):
            return
        positional: list[Known] = []
        keywords: dict[str, Known] = {}
        values: list[Value] = []
        for node in given_to(call.node)[:8]:
            value = self.links.evaluator.ask(Lazy(node, call.scope.source, env))
            values.append(value)
            positional.append(self.units.known(value, unit))
            if isinstance(value, Record):
                for key, entry in list(value.entries.items())[:60]:
                    keywords.setdefault(key, self.units.known(entry, unit))
        if name in self.table.runs_texts and not (values and is_textual(values[0])):
            return
        if name == "Function":
            positional.reverse()  # the body is the last argument
        positional[:2] = _command(self.apis.match(name), positional[:2], values)
        made = target.made is not None and target.made.node != call.node
        receiver = self.units.base(target, unit) if made else None
        yield from self.apis.uses(
            CallSite(name=name, at=call.scope.source.at(call.node), positional=tuple(positional), keywords=keywords, receiver=receiver)
        )

    def _is_made(self, target: Imported, made: Lazy) -> bool:
        """Tell whether this is the very thing that ``new`` gave, and no member of it."""
        maker = made.node.field("constructor") if made.node.kind() == "new_expression" else None
        value = self.links.evaluator.ask(Lazy(maker, made.source, made.env)) if maker is not None else None
        return isinstance(value, Imported) and value.path == target.path

    def _environment(self, source: Source) -> None:
        """Read uses of ``process.env``: of single variables, or of all at once."""
        if "env" not in source.text:
            return
        for node in source.tree.root().find_all(_ENVIRONMENT):
            start, end = span(node)
            self._read_variable(source, start, *_environment_use(source.text, start, end))
        for node in source.tree.root().find_all(_BINDING):
            start, end = span(node)
            method = _METHOD.match(source.text, end)
            if method is not None and method[1] not in METHODS:
                continue  # a service that is bound under this name, and no text
            value = self.links.evaluator.ask(Lazy(node, source))
            if isinstance(value, Setting) and value.name:
                self._read_variable(source, start, "process.env.get", [value.name])

    def _read_variable(self, source: Source, start: int, name: str, values: list[str]) -> None:
        site = CallSite(name=name, at=Location(path=source.path, line=source.line(start)), positional=(Known.literal(*values),))
        place, uses = self.units.place(source.scope_at(start), start), list(self.apis.uses(site))
        self._uses.setdefault(place, []).extend(uses)
        self.plain.setdefault(place, []).extend(uses)

    def _imports(self, source: Source) -> None:
        """An import of a library that is itself a capability."""
        for module in sorted(source.modules):
            bare = module.removeprefix("node:")
            self._uses.setdefault(_imports_of(source), []).extend(
                self.apis.imported(self.table.canonical(bare), Location(path=source.path, line=1))
            )


def _command(rows: tuple[Api, ...], known: list[Known], values: list[Value]) -> list[Known]:
    """Put a program and the list of its arguments together: ``spawn("git", ["log", name])``."""
    programs = any(row.object is ObjectKind.PROGRAM for row in rows)
    if not programs or len(known) < 2 or known[0].items is not None or isinstance(values[1], (Record, Function)):  # noqa: PLR2004  (program, arguments)
        return known
    return [Known.listed([known[0], *(known[1].items if known[1].items is not None else (known[1],))])]


def _environment_use(text: str, start: int, end: int) -> tuple[str, list[str]]:
    """Tell what is done with ``process.env``: the names that are read, or all of it."""
    own = _FILTERED.match(text, end)
    if own is not None and text[max(0, start - 12) : start].endswith(("Object.keys(", "ect.entries(")):
        return "process.env.get", [f"{own[1] or own[2]}*"]  # a program's own settings, by their common beginning
    after = _AFTER.match(text, end)
    if after is not None:
        name = after[1] or after[2]
        return "process.env.get", [name] if name else []
    before = text[max(0, start - 600) : start]
    if (names := _NAMES_BEFORE.search(before)) is not None and "..." not in names[1]:
        return "process.env.get", [found[1] for part in names[1].split(",") if (found := _NAME.match(part))]
    tail = before.rstrip()
    if re.search(r"\bin$|[\w\]]\s*=$|\b(?:parse|safeParse|cleanEnv|createEnv)\w*\($", tail[-260:]):
        return "process.env.get", []
    return "process.env", []


def _imports_of(source: Source) -> str:
    """Id of a node that nothing calls: what is imported may be used from anywhere."""
    return f"{source.path}#imports"


def _names(scope: Scope) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in scope.parameters)
