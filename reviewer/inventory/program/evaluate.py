"""From an expression to the thing that it stands for, in a situation. Bounded in depth and in work; what is too deep is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checks.model import Location
from reviewer.inventory.program import model
from reviewer.inventory.program.calls import Calls
from reviewer.inventory.program.members import Members
from reviewer.inventory.program.model import Expression
from reviewer.inventory.program.pieces import joined
from reviewer.inventory.program.symbols import Found, Held, OwnType, Symbols
from reviewer.inventory.program.tables import Words
from reviewer.inventory.program.things import (
    NOTHING,
    OPEN,
    UNKNOWN,
    Class,
    Code,
    Context,
    Derived,
    Env,
    External,
    Kind,
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
    mixed,
    options,
)
from reviewer.inventory.program.types import Types
from reviewer.inventory.program.units import Bound, Unit

#: How deep expressions are followed, how many are evaluated in any submission, and how many more for each that it has.
EACH = 15
DEPTH, STEPS = 60, 100_000
#: How many elements of a list, and how many values of a name are looked at.
ELEMENTS, RESULTS = 600, 8


class Evaluator:
    """Evaluates expressions of one program."""

    def __init__(self, symbols: Symbols, words: Words, plain: Callable[[str], str]) -> None:
        """Take the declarations, the words of the language, and what gives the short form of an external name."""
        self.symbols = symbols
        self.words = words
        self.types = Types(symbols, words, plain)
        self.members = Members(self)
        self.left = STEPS + EACH * symbols.size
        self._memo: dict[int, Thing] = {}
        self._rough: dict[int, tuple[int, Thing]] = {}
        self._depth = 0
        self._cut = 0
        self._busy: set[tuple[int, int]] = set()
        self.calls = Calls(self)
        self.targets, self.arguments, self.bind, self.result = self.calls.targets, self.calls.arguments, self.calls.bind, self.calls.result
        self._handlers: dict[type, Callable[[Any, Context], Thing]] = {
            model.Text: self._text,
            model.Constant: self._constant,
            model.Name: self._name,
            model.Member: self._member,
            model.Index: self._index,
            model.Call: self.calls.call,
            model.Lambda: self._lambda,
            model.Collection: self._collection,
            model.Record: self._record,
            model.Choice: self._choice,
            model.Opaque: self._opaque,
        }

    # -- expressions

    def value(self, node: Expression, context: Context) -> Thing:
        """Give what an expression stands for. Never raises for what it is."""
        memo = self._memo if context.env is OPEN else context.env.memo
        known = memo.get(id(node))
        if known is not None:
            return known
        rough = self._rough if context.env is OPEN else context.env.rough
        before_deep = rough.get(id(node))
        if before_deep is not None and before_deep[0] <= self._depth:
            self._cut += 1
            return before_deep[1]
        key = (id(node), id(context.env))
        if key in self._busy:
            return NOTHING
        if self._depth >= DEPTH or self.left <= 0:
            self._cut += 1
            return UNKNOWN
        self.left -= 1
        self._depth += 1
        self._busy.add(key)
        before = self._cut
        try:
            found = self._handlers[type(node)](node, context)
        finally:
            self._depth -= 1
            self._busy.discard(key)
        if self._cut == before:
            memo[id(node)] = found
        else:
            rough[id(node)] = (self._depth, found)
        return found

    def force(self, lazy: Lazy | Thing) -> Thing:
        """Give what a thing stands for that was not evaluated yet."""
        if not isinstance(lazy, Lazy):
            return lazy
        found = self.value(lazy.node, lazy.context)
        return found if lazy.index < 0 else self.element(found, lazy.index)

    def element(self, thing: Thing, index: int) -> Thing:
        """Give one of several results, or one part of something that is taken apart."""
        if isinstance(thing, Listing):
            return self.force(thing.items[index]) if index < len(thing.items) else UNKNOWN
        if isinstance(thing, Mixed):
            return mixed([self.element(option, index) for option in thing.options])
        return thing if index == 0 else Derived(origins=(thing,))

    def elements(self, thing: Thing) -> list[Thing]:
        """Give the elements of a list whose elements are known; the values of a map are pairs of key and value."""
        found: list[Thing] = []
        for option in options(thing):
            if isinstance(option, Listing):
                found.extend(self.force(item) for item in option.items[:ELEMENTS])
            elif isinstance(option, Pairs):
                found.extend(Listing(items=(key, value), several=True) for key, value in option.pairs[:ELEMENTS])
        return found

    def _text(self, node: model.Text, context: Context) -> Thing:
        at = Location(path=context.unit.module.path, line=node.line)
        parts = [Known(value=part, at=at) if isinstance(part, str) else self.value(part, context) for part in node.parts]
        return joined(parts, at)

    def _constant(self, node: model.Constant, context: Context) -> Thing:
        return Known(value=node.value, at=Location(path=context.unit.module.path, line=node.line))

    def _choice(self, node: model.Choice, context: Context) -> Thing:
        return mixed([self.value(option, context) for option in node.options])

    def _opaque(self, node: model.Opaque, context: Context) -> Thing:
        return Derived(origins=tuple(self.value(part, context) for part in node.parts[:16]))

    def _collection(self, node: model.Collection, context: Context) -> Thing:
        return Listing(items=tuple(Lazy(item, context) for item in node.items[:ELEMENTS]))

    def _lambda(self, node: model.Lambda, context: Context) -> Thing:
        unit = context.unit.lambdas.get(id(node))
        return Code(unit=unit, env=context.env) if unit is not None else UNKNOWN

    def _record(self, node: model.Record, context: Context) -> Thing:
        kind = self.types.resolved(node.type, context.unit) if node.type is not None else None
        pairs = tuple((self._key(key, context), Lazy(value, context)) for key, value in node.pairs[: ELEMENTS * 4])
        rest = Lazy(node.rest, context) if node.rest is not None else None
        return Pairs(kind=kind, pairs=pairs, node=node, context=context, arguments=node.arguments, rest=rest)

    def _key(self, node: Expression, context: Context) -> Thing:
        return self.value(node, context)

    def _index(self, node: model.Index, context: Context) -> Thing:
        return self.members.item(self.value(node.object, context), self.value(node.key, context), rest=node.rest)

    def _member(self, node: model.Member, context: Context) -> Thing:
        return self.members.member(self.value(node.object, context), node.name, context, read=not _is_called(node, context.unit))

    # -- names

    def _name(self, node: model.Name, context: Context) -> Thing:
        head, *rest = node.name.split(".")
        found = self._local(node, head, context)
        if found is None:
            found, rest = self._global(node, context)
        for name in rest:
            found = self.members.member(found, name, context)
        return found

    def _local(self, node: Expression, name: str, context: Context) -> Thing | None:
        unit: Unit | None = context.unit
        seq, path = context.unit.where.get(id(node), (1 << 30, ()))
        while unit is not None:
            found = self._assigned(unit, name, unit.visible(name, seq, path), path, context.env)
            if found is not None:
                return found
            if name in unit.nested:
                return Code(unit=unit.nested[name], env=context.env)
            if name == unit.this != "" and unit.parent is None and (unit.owner is not None or _extends(unit) is not None):
                return self.this(unit, context.env)
            if unit.parent is not None and isinstance(unit.node, model.Lambda):
                seq, path = unit.parent.where.get(id(unit.node), (unit.seq, ()))
            elif unit.parent is not None:
                seq, path = 1 << 30, ()
            unit = unit.parent
        return self._this_or_base(name, context)

    def _assigned(self, unit: Unit, name: str, bounds: list[Bound], path: tuple[int, ...], env: Env) -> Thing | None:
        """Give what a name of a unit was set to; a parameter stays itself as long as no assignment has certainly run."""
        found = [self._bound(bound, Context(unit, env)) for bound in bounds[:RESULTS]]
        if name in unit.names_of_parameters and (not bounds or bounds[-1].path != path[: len(bounds[-1].path)]):
            found.append(self.parameter(unit, name, env))
        return mixed(found) if found else None

    def _this_or_base(self, name: str, context: Context) -> Thing | None:
        owner = context.unit.owner
        if name == "this" and owner is not None:
            return self.this(context.unit, context.env)
        if name == "super" and owner is not None:
            base = next(iter(self.symbols.bases_of(owner)), None)
            return Object(type=base) if isinstance(base, OwnType) else Derived(kind=base)
        return None

    def this(self, unit: Unit, env: Env) -> Thing:
        """Give the object whose method a unit is."""
        while unit.parent is not None:
            unit = unit.parent
        bound = env.values.get((id(unit), "this"))
        if bound is not None:
            return self.force(bound)
        extends = _extends(unit)
        if extends is not None:
            return Derived(kind=self.types.resolved(extends, unit))
        return Object(type=unit.owner, around=env) if unit.owner is not None else UNKNOWN

    def parameter(self, unit: Unit, name: str, env: Env) -> Thing:
        """Give what a parameter is in a situation; itself where nothing is known."""
        bound = env.values.get((id(unit), name))
        call = unit.parent.parents.get(id(unit.node)) if bound is None and unit.parent is not None else None
        if isinstance(call, model.Call) and call.callee is unit.node and unit.parent is not None:  # a lambda that is called where it stands
            bound = self.bind(unit, self.arguments(call.arguments, Context(unit.parent, env))).get((id(unit), name))
        return self.force(bound) if bound is not None else Parameter(unit=unit, name=name)

    def _bound(self, bound: Bound, context: Context) -> Thing:
        if bound.loop is not None:
            given = context.env.values.get((id(context.unit), f"{bound.name}@{bound.seq}"))
            return self.force(given) if given is not None else Parameter(unit=context.unit, name=f"{bound.name}@{bound.seq}", loop=bound)
        if bound.value is None or (isinstance(bound.value, model.Record) and not bound.value.pairs and bound.type is None):
            return self._filled(bound, context)
        found = self.value(bound.value, context)
        found = found if bound.index < 0 else self.element(found, bound.index)
        return found if bound.type is None else self._declared(found, bound.type, context)

    def _declared(self, found: Thing, type_: model.TypeName, context: Context) -> Thing:
        """Give a thing the type with which its name is declared, where nothing better is known of it."""
        if isinstance(found, Derived) and found.kind is None:
            return Derived(origins=found.origins, kind=self.types.resolved(type_, context.unit), nothing=found.nothing)
        if isinstance(found, Made) and not self.symbols.known(found.name):
            kind = self.types.resolved(type_, context.unit)
            return Derived(origins=(found,), kind=kind) if isinstance(kind, str) and self.symbols.known(kind) else found
        return found

    def _filled(self, bound: Bound, context: Context) -> Thing:
        """A variable without a value gets it from a call to which it is handed: ``json.Unmarshal(data, &x)``."""
        origins: list[Thing] = []
        for node in context.unit.handed.get(bound.name, ())[:RESULTS]:
            values = [argument.value for argument in node.arguments]
            others = [value for value in values if not (isinstance(value, model.Name) and value.name == bound.name)]
            if not others and isinstance(node, model.Call) and isinstance(node.callee, model.Member):
                others = [node.callee.object]
            origins.extend(self.value(value, context) for value in others[:3])
        kind: Kind = self.types.resolved(bound.type, context.unit) if bound.type is not None else None
        if kind is None and isinstance(bound.value, model.Record):
            kind = self.types.resolved(bound.value.type, context.unit)
        if not origins and isinstance(bound.value, model.Record):
            return self.value(bound.value, context)
        return Derived(origins=tuple(origins), kind=kind)

    def _global(self, node: model.Name, context: Context) -> tuple[Thing, list[str]]:
        found = self.symbols.resolve(context.unit.module, node.name, context.unit.owner)
        head, *rest = node.name.split(".")
        if isinstance(found, Found) and len(found.rest) <= len(rest):
            return self.symbol(found.symbol), list(found.rest)
        member = self.members.implicit(head, context, read=bool(rest) or not _is_called(node, context.unit))
        if member is not None:
            return member, rest
        if isinstance(found, Found):
            return self.symbol(found.symbol), list(found.rest)
        unexplained = found == node.name and head[:1].islower() and not self.symbols.known(head) and head not in context.unit.module.imports
        around = self._around(context) if unexplained else None
        return (Part(base=around, name=head), rest) if around is not None else (External(name=found), [])

    def _around(self, context: Context) -> Thing | None:
        """Give the object of which a name that nobody declares is a member: what an extension function extends, what a lambda is handed."""
        unit = context.unit
        while self.words.scopes and unit.parent is not None:
            if isinstance(unit.node, model.Lambda) and unit.names_of_parameters == ("it",):
                return self.parameter(unit, "it", context.env)
            unit = unit.parent
        return self.this(unit, context.env) if _extends(unit) is not None else None

    def symbol(self, symbol: OwnType | Unit | Held) -> Thing:
        """Give what a declaration stands for."""
        if isinstance(symbol, OwnType):
            return self._type(symbol)
        if isinstance(symbol, Unit):
            return Code(unit=symbol)
        if symbol.field.value is not None:
            return self.value(symbol.field.value, Context(symbol.unit))
        return Derived(kind=self.types.resolved(symbol.field.type, symbol.unit)) if symbol.field.type is not None else UNKNOWN

    def _type(self, own: OwnType) -> Thing:
        """Give a type, for another name of somebody else's type that one."""
        kind = self.symbols.type_named(own.alias.name, own.module, own.outer) if own.alias is not None else own
        if isinstance(kind, OwnType):
            return Class(type=kind)
        return External(name=kind) if self.symbols.known(kind) else Class(type=own)

    def open_code(self, thing: Thing) -> list[Code]:
        """Give the functions that a thing can be, one by one."""
        return [option for option in options(thing) if isinstance(option, Code)]


def _extends(unit: Unit) -> model.TypeName | None:
    """Give the type that an extension function extends."""
    return unit.node.extends if isinstance(unit.node, model.Function) else None


def _is_called(node: Expression, unit: Unit) -> bool:
    parent = unit.parents.get(id(node))
    return isinstance(parent, model.Call) and parent.callee is node
