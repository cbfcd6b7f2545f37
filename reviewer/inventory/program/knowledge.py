"""From a thing to what the call graph may know of it: who chooses it, and which texts it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from checks.model import Scope
from reviewer.inventory.languages.apis import Table
from reviewer.inventory.languages.values import UNKNOWN as ANYTHING
from reviewer.inventory.languages.values import Value
from reviewer.inventory.program import model
from reviewer.inventory.program.links import Links
from reviewer.inventory.program.model import Argument
from reviewer.inventory.program.symbols import OwnType
from reviewer.inventory.program.things import (
    Code,
    Context,
    Derived,
    External,
    Joined,
    Known,
    Lazy,
    Listing,
    Made,
    Mixed,
    Object,
    Pairs,
    Parameter,
    Part,
    Thing,
)
from reviewer.inventory.program.units import Unit

#: How deep a thing is followed, and how many of its pieces.
DEPTH, PIECES = 16, 24
#: How many things are looked at in any submission, and how many more for each expression that it has.
STEPS, EACH = 100_000, 10
#: The parameter of a dispatching function that stands for the name of the tool.
TOOL = "#tool"
_LITERAL, _CONFIGURED = Value.chosen(Scope.LITERAL), Value.chosen(Scope.CONFIGURATION)


class Knowledge:
    """Answers what is known of things, as seen from one function of the call graph (its ``home``).

    ``handlers`` are the units that answer for tools: a lambda among them is a function of its own, and what it uses of the
    functions around it is ``captured``: parameters of it as well. ``named`` holds, by dispatching function, the names of the members
    that hold the name of the tool; these are the parameter ``#tool``. ``asked`` are the ids of types that are a
    tool and hold its arguments.
    """

    def __init__(self, links: Links, table: Table, handlers: frozenset[int]) -> None:
        """Take the calls, the table of APIs, and the ids of the units that are handlers."""
        self.links = links
        self.evaluator = links.evaluator
        self.table = table
        self.handlers = handlers
        self.captured: dict[int, dict[str, Parameter]] = {}
        self.named: Mapping[int, frozenset[str]] = {}
        self.asked: frozenset[int] = frozenset()
        words = self.evaluator.words
        self._pure = frozenset(words.pure)
        self._carries = words.carries
        self._appends = frozenset(words.appends)
        self._joins = frozenset(words.joins)
        self._memo: dict[tuple[int, int], tuple[Thing, Value, int]] = {}
        self._homes: dict[int, Unit] = {}
        self._configured: dict[str, bool] = {}
        self._depth = 0
        self._cut = 0
        self._left = STEPS + EACH * self.evaluator.symbols.size
        self._handling: dict[type, Callable[[Any, Unit], Value]] = {
            Known: self._known,
            Joined: self._joined,
            Parameter: self._parameter,
            Object: self._object,
            Pairs: self._pairs,
            Listing: self._listing,
            Made: self._made,
            Part: self._part,
            Mixed: self._mixed,
            Derived: self._derived,
            External: self._external,
        }

    def home_of(self, unit: Unit) -> Unit:
        """Give the function to which a lambda belongs: the one around it, unless it is a handler."""
        found = self._homes.get(id(unit))
        if found is None:
            found = unit
            while isinstance(found.node, model.Lambda) and found.parent is not None and id(found) not in self.handlers:
                found = found.parent
            self._homes[id(unit)] = found
        return found

    def of(self, thing: Thing, home: Unit) -> Value:
        """Give what is known of a thing inside a function."""
        key = (id(thing), id(home))
        memo = self._memo.get(key)
        if memo is not None and memo[2] <= self._depth:
            return memo[1]
        handle = self._handling.get(type(thing))
        if handle is None:
            return _LITERAL
        if self._depth >= DEPTH or self._left <= 0:
            self._cut += 1
            return ANYTHING
        self._left -= 1
        self._depth += 1
        before = self._cut
        try:
            found = handle(thing, home)
        finally:
            self._depth -= 1
        self._memo[key] = (thing, found, 0 if self._cut == before else self._depth)
        return found

    def node(self, node: model.Expression, unit: Unit, home: Unit) -> Value:
        """Give what is known of an expression."""
        return self.of(self.evaluator.value(node, Context(unit)), home)

    def _known(self, thing: Known, _home: Unit) -> Value:
        if thing.value is None:
            return _LITERAL
        if isinstance(thing.value, bool):
            return Value.literal(str(thing.value).lower())
        return Value.literal(str(thing.value))

    def _joined(self, thing: Joined, home: Unit) -> Value:
        found = self.of(thing.parts[0], home)
        for part in thing.parts[1:PIECES]:
            found = found.followed_by(self.of(part, home))
        return found

    def _parameter(self, thing: Parameter, home: Unit) -> Value:
        if thing.loop is not None:
            return self._of_loop(thing, home)
        if thing.unit is home:
            return Value.parameter(thing.name)
        if self.home_of(thing.unit) is home:
            return self._of_lambda(thing, home)
        if id(home) in self.handlers and _is_around(thing.unit, home):
            name = f"{thing.unit.id}.{thing.name}"
            self.captured.setdefault(id(home), {})[name] = thing
            return Value.parameter(name)
        return self.supplied(thing, home)

    def supplied(self, thing: Parameter, home: Unit) -> Value:
        """Give what is known of a parameter of another function from its callers; what nobody passes was set up by somebody."""
        found = self.links.supplied(thing)
        if found:
            return self._join(self.of(each, home) for each in found)
        constructs = thing.unit.owner is not None and thing.unit.name == thing.unit.owner.short
        return _CONFIGURED if constructs or thing.unit.name in self.evaluator.words.starts else ANYTHING

    def _of_loop(self, thing: Parameter, home: Unit) -> Value:
        loop = thing.loop.loop if thing.loop is not None else None
        if loop is None or loop.over is None or thing.loop is None:
            return ANYTHING
        over = self.evaluator.value(loop.over, Context(thing.unit))
        items = self.evaluator.elements(over)
        if len(loop.names) > 1:
            items = [self.evaluator.element(item, thing.loop.index) if isinstance(item, Listing) else item for item in items]
        return self._join(self.of(item, home) for item in items[:PIECES]) if items else self.of(over, home).in_a_row

    def _of_lambda(self, thing: Parameter, home: Unit) -> Value:
        """The parameter of a lambda: what the lambda is handed to chooses it."""
        outer = thing.unit.parent
        call = outer.parents.get(id(thing.unit.node)) if outer is not None else None
        if outer is None or not isinstance(call, model.Call):
            return ANYTHING
        nodes: list[model.Expression] = [
            argument.value for argument in call.arguments[:PIECES] if not isinstance(argument.value, model.Lambda)
        ]
        if isinstance(call.callee, model.Member):
            nodes.insert(0, call.callee.object)
        target = self.links.targets.get(id(call), [])
        own = any(isinstance(each, Code) for each in target)
        if own and call.callee is thing.unit.node:
            return self._join(self.of(each, home) for each in self.links.supplied(thing))
        return self._join(self.node(node, outer, home).blurred for node in nodes) if nodes and not own else ANYTHING

    def _object(self, thing: Object, home: Unit) -> Value:
        if thing.context is None or not thing.arguments:
            return _CONFIGURED
        return self._join(value.blurred for value in self._arguments(thing.arguments, thing.context, home))

    def _pairs(self, thing: Pairs, home: Unit) -> Value:
        values = [self.of(self.evaluator.force(value), home).blurred for _, value in thing.pairs[:PIECES]]
        values += [value.blurred for value in self._arguments(thing.arguments, thing.context, home)]
        return self._join(values) if values else _LITERAL

    def _listing(self, thing: Listing, home: Unit) -> Value:
        return Value.listed(self.of(self.evaluator.force(item), home) for item in thing.items[:PIECES])

    def _mixed(self, thing: Mixed, home: Unit) -> Value:
        found = self._join(self.of(option, home) for option in thing.options[:PIECES])
        return found if thing.key is None else found.join(self.of(thing.key, home).blurred)

    def _derived(self, thing: Derived, home: Unit) -> Value:
        if thing.nothing:
            return _LITERAL
        return self._join(self.of(each, home).blurred for each in thing.origins[:PIECES]) if thing.origins else ANYTHING

    def _external(self, thing: External, _home: Unit) -> Value:
        if self._configures(thing.name):
            return _CONFIGURED
        unexplained = "." not in thing.name and "/" not in thing.name and thing.name[:1].islower()
        return ANYTHING if unexplained else _LITERAL  # a variable that nobody declares may be anything

    def _configures(self, name: str) -> bool:
        found = self._configured.get(name)
        if found is None:
            found = self.table.configures(name) or self.table.configures(self.evaluator.types.plain(name))
            self._configured[name] = found
        return found

    def _names_tool(self, thing: Part | Made, home: Unit) -> bool:
        """Tell whether a thing is ``request.params.name`` of a function that dispatches by it."""
        subjects = self.named.get(id(home))
        if subjects is None:
            return False
        path: list[str] = []
        base: Thing | None = thing
        while isinstance(base, (Part, Made)) and len(path) < PIECES:
            path.insert(0, (base.name or "") if isinstance(base, Part) else base.last)
            base = base.base
        asked = isinstance(base, Parameter) and base.unit is home and not isinstance(self.evaluator.types.of(base), OwnType)
        return asked and ".".join(path) in subjects

    def _part(self, thing: Part, home: Unit) -> Value:
        if self._names_tool(thing, home):
            return Value.parameter(TOOL)
        if thing.name is not None and self._configures(self.evaluator.types.name_of_member(thing.base, thing.name)):
            return _CONFIGURED
        base = thing.base
        if isinstance(base, Object) and base.context is None:
            return Value.chosen(Scope.ARGUMENT) if id(base.type) in self.asked else _CONFIGURED
        if isinstance(base, Parameter) and thing.name is not None and self.home_of(base.unit) is not home and base.loop is None:
            given = self.links.supplied(base)
            members = [self.evaluator.members.member(each, thing.name, Context(base.unit)) for each in given]
            if members:
                return self._join(self.of(each, home) for each in members)
        known = self.of(base, home)
        return known.piece(thing.at, rest=thing.rest) if thing.at is not None and thing.name is None else known.blurred

    def _made(self, thing: Made, home: Unit) -> Value:
        name, plain = thing.name, self.evaluator.types.plain(thing.name)
        if self._names_tool(thing, home) or self._configures(name):
            return Value.parameter(TOOL) if self._names_tool(thing, home) else _CONFIGURED
        carried = self._bearer(thing)
        if carried is not None:
            return self._carried(*carried, home)
        given = self._arguments(thing.arguments, thing.context, home)
        base = self.of(thing.base, home) if thing.base is not None else None
        pure = self._is_pure(name, thing.last) or self._is_pure(plain, thing.last)
        known = self._of_list(thing, given, base) or (_combined([*([base.faded] if base is not None else []), *given]) if pure else None)
        if known is not None:
            return known
        if thing.new:
            return _combined(given) if given else _LITERAL
        if self.table.match(name) or self.table.match(plain) or self.table.sdk(plain):
            return ANYTHING
        return self._join([base.blurred, *(value.blurred for value in given)]) if base is not None else ANYTHING

    def _of_list(self, thing: Made, given: list[Value], base: Value | None) -> Value | None:
        """Give what a function makes that only puts elements behind others, or all into one text."""
        if thing.name in self._appends:
            return Value.listed(given)
        return base.in_a_row if base is not None and base.items is not None and thing.last in self._joins else None

    def _bearer(self, thing: Made) -> tuple[Made, int | str] | None:
        """Give the call of a chain whose argument stands for what the chain makes: ``newBuilder().uri(u).GET().build()`` for ``u``."""
        link: Thing | None = thing
        for _ in range(DEPTH * 2):
            if not isinstance(link, Made):
                return None
            which = self._carries.get(link.name, self._carries.get(self.evaluator.types.plain(link.name)))
            if which is not None and (isinstance(which, str) or which < len(link.arguments)):
                return link, which
            link = link.base
        return None

    def _carried(self, thing: Made, which: int | str, home: Unit) -> Value:
        given = self.evaluator.arguments(thing.arguments, thing.context)
        positional = [value for keyword, value in given if keyword is None]
        found = next((value for keyword, value in given if keyword == which), None)
        if found is None and isinstance(which, int) and which < len(positional):
            found = positional[which]
        return self.of(self.evaluator.force(found), home) if found is not None else ANYTHING

    def _is_pure(self, name: str, last: str) -> bool:
        if name in self._pure or f".{last}" in self._pure:
            return True
        above = name
        while "." in above or "/" in above:
            above = above[: max(above.rfind("."), above.rfind("/"))]
            if f"{above}.*" in self._pure:
                return True
        return False

    def _arguments(self, given: Iterable[Argument], context: Context, home: Unit) -> list[Value]:
        rows: list[Lazy | Thing] = [value for _, value in self.evaluator.arguments(given, context)]
        return [self.of(self.evaluator.force(row), home) for row in rows[:PIECES]]

    def _join(self, values: Iterable[Value]) -> Value:
        found: Value | None = None
        for value in values:
            found = value if found is None else found.join(value)
        return ANYTHING if found is None else found


def _combined(values: list[Value]) -> Value:
    """Give what is known of something made of several values: it begins with the first."""
    if not values:
        return _LITERAL
    found = values[0]
    for value in values[1:]:
        found = found.followed_by(value.faded)
    return found


def _is_around(unit: Unit, inner: Unit) -> bool:
    current = inner.parent
    while current is not None:
        if current is unit:
            return True
        current = current.parent
    return False
