"""Cut a program into the functions of the call graph, and say what their expressions are in the graph's own terms.

A unit is a module body, a named function or method, a handler, or the branch of a dispatching function that answers one tool. A callback
that is handed to a call belongs to the unit that hands it over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ast_grep_py import SgNode

from checks.model import Scope as Chooser
from reviewer.inventory.languages.apis import Table as Apis
from reviewer.inventory.languages.apis import load_table
from reviewer.inventory.languages.javascript.domain import (
    Constant,
    Function,
    Imported,
    Joined,
    Lazy,
    Listing,
    Mixed,
    Parameter,
    Record,
    Setting,
    Unknown,
    Value,
    text_of,
)
from reviewer.inventory.languages.javascript.links import Links
from reviewer.inventory.languages.javascript.nodes import arguments_of, member_key
from reviewer.inventory.languages.javascript.source import Scope, Source
from reviewer.inventory.languages.javascript.tables import load_registrations
from reviewer.inventory.languages.values import UNKNOWN
from reviewer.inventory.languages.values import Value as Known

#: How deep, and in how many steps, one question is followed.
_DEPTH = 14
STEPS = 300
_CALLERS = 12
#: Members of a client's options that say to which host it speaks, in the order in which they count.
BASES = ("baseURL", "baseUrl", "prefixUrl", "endpoint", "host", "hostname", "url", "apiUrl", "connectionString", "node")
_HOLDERS = {"homedir": "~", "userInfo": "~", "tmpdir": "/tmp", "cwd": ".", "__dirname": ".", "__filename": "."}  # noqa: S108  a name, not a file
_NOTHING = Known.literal()
_BEHIND_HOST = frozenset({"pathname", "search", "searchParams", "hash", "username", "password"})


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A branch of a function that answers for some tools only."""

    source: Source
    start: int
    end: int
    names: frozenset[str]

    @property
    def id(self) -> str:
        """Its id in the call graph."""
        return f"{self.source.path}:{self.start}"


@dataclass(slots=True, eq=False)
class Units:
    """Which unit a place belongs to, and what expressions in it are known to be."""

    links: Links
    handlers: frozenset[Scope] = frozenset()
    regions: dict[str, list[Region]] = field(default_factory=dict)
    dispatched: frozenset[Scope] = frozenset()
    apis: Apis = field(default_factory=lambda: load_table(Path(__file__).parent))
    _known: dict[tuple[Value, Scope], Known] = field(default_factory=dict)
    _left: int = 0
    _open: set[tuple[Scope, str]] = field(default_factory=set)

    def unit_of(self, scope: Scope) -> Scope:
        """Give the function, or module, whose unit a scope belongs to."""
        current = scope
        while current.kind != "module" and not self.is_unit(current):
            if current.parent is None:
                break
            current = current.parent
        return current

    def is_unit(self, scope: Scope) -> bool:
        """Tell whether a scope is a function with a unit of its own."""
        return scope.kind == "function" and (scope in self.handlers or scope not in self.links.handed)

    def name(self, scope: Scope) -> str:
        """Give the id of a unit in the call graph."""
        return f"{scope.source.path}:{scope.start}:{scope.end}" if scope.kind != "module" else scope.source.path

    def place(self, scope: Scope, position: int) -> str:
        """Give the id of the unit or region that a position inside ``scope`` belongs to."""
        inside = [region for region in self.regions.get(scope.source.path, ()) if region.start <= position < region.end]
        unit = self.unit_of(scope)
        inside = [region for region in inside if region.start >= unit.start or unit.kind == "module"]
        return max(inside, key=lambda region: region.start).id if inside else self.name(unit)

    def known(self, asked: Lazy | Value, unit: Scope, depth: int = 0) -> Known:
        """Give what is known of an expression inside ``unit``."""
        value = self.links.evaluator.ask(asked) if isinstance(asked, Lazy) else asked
        if depth == 0:
            self._left = STEPS
        key = (value, unit)
        if key in self._known:
            return self._known[key]
        self._left -= 1
        if self._left <= 0 or depth > _DEPTH:
            return UNKNOWN
        known = self._read(value, unit, depth)
        if known.scope is Chooser.ANY and known.items is None and (given := self._given(value, unit, depth)) is not None:
            known = given
        if self._left > 0:
            self._known[key] = known
        return known

    def _read(self, value: Value, unit: Scope, depth: int) -> Known:
        text = text_of(value)
        if text is not None:
            return Known.literal(text)
        if isinstance(value, Setting):
            return Known.chosen(Chooser.CONFIGURATION)
        if isinstance(value, Parameter):
            return self._parameter(value, unit, depth)
        if isinstance(value, Imported):
            return self._imported(value, unit, depth)
        if isinstance(value, Listing):
            items = [self.known(item, unit, depth + 1) for item in value.items[:40]]
            return Known.listed([*items, *(self.known(item, unit, depth + 1).spread for item in value.rest[:8])])
        return self._composed(value, unit, depth)

    def _given(self, value: Value, unit: Scope, depth: int) -> Known | None:
        """What a function of the submission makes of a tool's argument or a setting is chosen by whoever chose that."""
        seen = value.seen
        if seen is None or seen.node.kind() != "call_expression" or isinstance(value, Imported):
            return None
        callee = seen.node.field("function")
        target = self.links.evaluator.ask(Lazy(callee, seen.source, seen.env)) if callee is not None else None
        if not isinstance(target, Function):
            return None
        given = [self.known(Lazy(node, seen.source, seen.env), unit, depth + 1).blurred for node in arguments_of(seen.node)[:8]]
        known = _joined(given)
        return known if known.parameters or known.scope in {Chooser.ARGUMENT, Chooser.CONFIGURATION} else None

    def _composed(self, value: Value, unit: Scope, depth: int) -> Known:
        if isinstance(value, Joined):
            known = Known.literal("")
            for part in value.parts[:60]:
                known = known.followed_by(self.known(part, unit, depth + 1))
            return known
        if isinstance(value, Mixed):
            return _joined([self.known(option, unit, depth + 1) for option in value.options[:12]])
        if isinstance(value, Unknown) and value.origins:
            return _joined([self.known(origin, unit, depth + 1).blurred for origin in value.origins[:12]]).blurred
        if isinstance(value, Record):
            held = [*list(value.entries.values())[:20], *value.rest[:8]]
            return _joined([self.known(entry, unit, depth + 1).blurred for entry in held]).blurred
        return UNKNOWN

    def _parameter(self, value: Parameter, unit: Scope, depth: int) -> Known:
        binding = value.binding
        scope = binding.scope
        if scope is unit and binding in scope.parameters:
            known = Known.parameter(binding.name)
            return _piece(known, value.path)
        if scope in self.handlers:
            return Known.chosen(Chooser.ARGUMENT)
        key = (scope, binding.name)
        if key in self._open:
            return Known.literal()
        self._open.add(key)
        try:
            known = self._foreign(value, unit, depth)
        finally:
            self._open.discard(key)
        return known

    def _foreign(self, value: Parameter, unit: Scope, depth: int) -> Known:
        """A parameter of another function, or a loop variable: what callers give it, or what the loop runs over."""
        scope = value.binding.scope
        if scope.kind == "block":
            node = value.binding.node
            return self.known(Lazy(node, scope.source), unit, depth + 1).blurred if node is not None else UNKNOWN
        found: list[Known] = [self.known(holder, unit, depth + 1).blurred for holder in self.links.each.get(scope, ())]
        for call in self.links.callers.get(scope, ())[:_CALLERS]:
            nodes = arguments_of(call.node)
            if value.binding.index < len(nodes):
                caller = self.unit_of(call.scope)
                evaluator = self.links.evaluator
                given = evaluator.ask(Lazy(nodes[value.binding.index], call.scope.source))
                given = evaluator.descend(evaluator.descend(given, value.binding.path), value.path)
                if isinstance(given, Constant) and given.value is None:
                    continue  # not given: a default, if there is one, is another option of the value
                found.append(self.known(given, caller if caller is unit else call.scope.source.top, depth + 1))
        return _joined(found) if found else Known.literal() if self.links.callers.get(scope) else UNKNOWN

    def _imported(self, value: Imported, unit: Scope, depth: int) -> Known:
        path = value.path.replace("path/posix.", "path.")
        name = path.rpartition(".")[2]
        if name in _HOLDERS or path == "import.meta.url":
            return Known.literal(_HOLDERS.get(name, "."))
        if path.endswith("process.argv") or self.apis.configures(load_registrations().canonical(value.path)):
            return Known.chosen(Chooser.CONFIGURATION)
        if value.made is None:
            return UNKNOWN
        given = arguments_of(value.made.node)
        known = [self.known(Lazy(node, value.made.source, value.made.env), unit, depth + 1) for node in given[:12]]
        return _made(path, value.made.node, known) if known else UNKNOWN

    def base(self, value: Imported, unit: Scope) -> Known | None:
        """Give to which host a client speaks that was made with options."""
        if value.made is None:
            return None
        for node in arguments_of(value.made.node)[:2]:
            given = self.links.evaluator.ask(Lazy(node, value.made.source, value.made.env))
            if isinstance(given, Record):
                entry = next((given.entries[key] for key in BASES if key in given.entries), None)
                if entry is not None:
                    return _as_base(self.known(entry, unit))
            elif text_of(given) is not None or isinstance(given, (Joined, Setting)):
                return _as_base(self.known(given, unit))
        return None


def _piece(known: Known, path: tuple[str | int, ...]) -> Known:
    """Give an element of a list (``[2]``), or the list from an element on (``...2``); of other members only who chooses them."""
    for key in path:
        text = str(key)
        at = text.removeprefix("...")
        known = known.piece(int(at), rest=at != text) if at.isascii() and at.isdigit() and len(at) <= 3 else known.blurred  # noqa: PLR2004  a position
    return known


def _as_base(known: Known) -> Known:
    """What a client adds to an address stands behind a slash."""
    bare = known.text is not None and "//" in known.text and not known.text.endswith("/")
    return Known.literal(f"{known.text}/") if bare else known


def _made(path: str, call: SgNode, known: list[Known]) -> Known:
    """Give what a function of the platform makes of its arguments."""
    if path.startswith(("URL", "url.URL")) and not path.startswith("URLSearchParams"):
        if path.rpartition(".")[2] in _BEHIND_HOST:
            return _joined(known).blurred
        absolute = len(known) == 1 or any("//" in text for text in known[0].beginnings)
        return known[0] if absolute else known[1].followed_by(known[0])
    if path in {"path.join", "path.resolve", "path.normalize"}:
        return _path(known)
    callee = call.field("function")
    name = (member_key(callee) or callee.text()) if callee is not None else ""
    table = load_registrations()
    if name not in table.pure:
        return UNKNOWN
    return known[0] if name in table.same and path.endswith(name) else _joined(known).blurred


def _path(parts: list[Known]) -> Known:
    known = parts[0]
    for part in parts[1:]:
        absolute = bool(part.text and part.text.startswith(("/", "~")))
        known = part if absolute else known.followed_by(Known.literal("/")).followed_by(part)
    return known


def _joined(known: Iterable[Known]) -> Known:
    """Join alternatives; what is not given, or asks for itself, is none."""
    found: Known | None = None
    for each in known:
        found = each if found is None or found == _NOTHING else found if each == _NOTHING else found.join(each)
    return UNKNOWN if found is None else found
