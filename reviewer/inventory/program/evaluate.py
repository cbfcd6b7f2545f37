"""From an expression to the thing that it stands for, in a situation. Bounded in depth and in work; what is too deep is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from checks.model import Location
from reviewer.inventory.program import model
from reviewer.inventory.program.members import Members
from reviewer.inventory.program.model import Expression
from reviewer.inventory.program.printing import pieces
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
    Joined,
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
    text_of,
)
from reviewer.inventory.program.types import Types
from reviewer.inventory.program.units import Bound, Unit

#: How deep expressions are followed, and how many are evaluated in one submission.
DEPTH, STEPS = 60, 1_500_000
#: How many elements of a list, and how many results of a function are looked at.
ELEMENTS, RESULTS = 600, 8
#: How often a function may stand in its own result: more than once brings nothing new, and doubles the work each time.
RECURSION = 2
#: A function with at most so many calls, at most so many functions deep, is read again for the arguments of every call; others once for all.
SMALL, CALLS = 80, 4
#: Of how many pieces a text may be made.
TEXTS = 120


class Evaluator:
    """Evaluates expressions of one program."""

    def __init__(self, symbols: Symbols, words: Words, plain: Callable[[str], str]) -> None:
        """Take the declarations, the words of the language, and what gives the short form of an external name."""
        self.symbols = symbols
        self.words = words
        self.types = Types(symbols, words, plain)
        self.members = Members(self)
        self.left = STEPS
        self._memo: dict[int, Thing] = {}
        self._depth = 0
        self._cut = 0
        self._busy: set[tuple[int, int]] = set()
        self._running: list[int] = []
        self._carrying = frozenset(words.transparent.calls)
        self._giving = frozenset(words.transparent.methods)
        self._handlers: dict[type, Callable[[Any, Context], Thing]] = {
            model.Text: self._text,
            model.Constant: self._constant,
            model.Name: self._name,
            model.Member: self._member,
            model.Index: self._index,
            model.Call: self._call,
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
        return self.members.item(self.value(node.object, context), self.value(node.key, context))

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
            bounds = unit.visible(name, seq, path)
            if bounds:
                found = [self._bound(bound, Context(unit, context.env)) for bound in bounds[:RESULTS]]
                if name in unit.names_of_parameters and bounds[-1].path != path[: len(bounds[-1].path)]:
                    found.append(self.parameter(unit, name, context.env))  # the assignments may not have run
                return mixed(found)
            if name in unit.names_of_parameters:
                return self.parameter(unit, name, context.env)
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
        for site in context.unit.sites:
            if len(origins) >= RESULTS:
                break
            values = [argument.value for argument in site.node.arguments]
            if len(values) > 1 and any(isinstance(value, model.Name) and value.name == bound.name for value in values):
                others = [value for value in values if not (isinstance(value, model.Name) and value.name == bound.name)]
                origins.extend(self.value(value, context) for value in others[:3])
            elif isinstance(site.node, model.Call) and isinstance(site.node.callee, model.Member) and len(values) == 1:
                if isinstance(values[0], model.Name) and values[0].name == bound.name:
                    origins.append(self.value(site.node.callee.object, context))
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
        return (self.symbol(found.symbol), list(found.rest)) if isinstance(found, Found) else (External(name=found), [])

    def symbol(self, symbol: OwnType | Unit | Held) -> Thing:
        """Give what a declaration stands for."""
        if isinstance(symbol, OwnType):
            return Class(type=symbol)
        if isinstance(symbol, Unit):
            return Code(unit=symbol)
        if symbol.field.value is not None:
            return self.value(symbol.field.value, Context(symbol.unit))
        return Derived(kind=self.types.resolved(symbol.field.type, symbol.unit)) if symbol.field.type is not None else UNKNOWN

    # -- calls

    def _call(self, node: model.Call, context: Context) -> Thing:
        return mixed([self.called(option, node, context) for option in self.targets(node, context)])

    def targets(self, node: model.Call, context: Context) -> list[Thing]:
        """Give what a call can call; of functions of one name those that take so many arguments."""
        found = list(options(self.value(node.callee, context)))
        count = len(node.arguments)
        fitting = [each for each in found if isinstance(each, Code) and _takes(each.unit, count)]
        return [each for each in found if not isinstance(each, Code) or each in fitting or not fitting][:RESULTS]

    def called(self, target: Thing, node: model.Call, context: Context) -> Thing:
        """Give what a call of a target gives."""
        if isinstance(target, Code):
            return self.result(target, node.arguments, context)
        if isinstance(target, Class):
            return self.members.construct(target.type, node, context)
        if isinstance(target, External):
            return self._made(target.name, node, context, None, "")
        if isinstance(target, Part) and target.name is not None:
            return self._method(target, node, context)
        arguments = tuple(self.value(argument.value, context) for argument in node.arguments[:RESULTS])
        return Derived(origins=(target, *arguments), kind=self.types.result_of(target))

    def _made(self, name: str, node: model.Call, context: Context, base: Thing | None, last: str) -> Thing:
        if base is None and node.arguments and name in self._carrying:
            return self.value(node.arguments[0].value, context)
        if name in self.words.formats and (printed := self._printed(node, self.words.formats[name], context)) is not None:
            return printed
        return Made(
            name=name, node=node, context=context, arguments=node.arguments, types=node.types, base=base, last=last or name.rpartition(".")[2],
            new=node.new,
        )  # fmt: skip

    def _printed(self, node: model.Call, place: int, context: Context) -> Thing | None:
        """Give a format text with its arguments in it, None where the text is not known."""
        given = [self.force(value) for _, value in self.arguments(node.arguments, context)[: ELEMENTS // 8]]
        form = text_of(given[place]) if place < len(given) else None
        if form is None:
            return None
        at, values = Location(path=context.unit.module.path, line=node.line), given[place + 1 :]
        parts: list[Thing] = []
        for piece in pieces(form):
            if isinstance(piece, str):
                parts.append(Known(value=piece, at=at))
            else:
                mark = [Known(value='"', at=at)] if piece.quoted else []
                parts += [*mark, values[piece.argument] if piece.argument < len(values) else UNKNOWN, *mark]
        return joined(parts, at)

    def _method(self, target: Part, node: model.Call, context: Context) -> Thing:
        if target.name in self._giving:
            return target.base
        name = self.types.name_of_member(target.base, target.name or "")
        return self._made(name, node, context, target.base, target.name or "")

    def arguments(self, given: Iterable[model.Argument], context: Context) -> list[tuple[str | None, Lazy | Thing]]:
        """Give the arguments of a call in order; the several results of a call that is the only argument are arguments each."""
        rows = list(given)
        if len(rows) == 1 and isinstance(rows[0].value, model.Call):
            only = self.value(rows[0].value, context)
            if isinstance(only, Listing) and only.several:
                return [(None, item) for item in only.items]
        found: list[tuple[str | None, Lazy | Thing]] = []
        for row in rows[:ELEMENTS]:
            spread = self.value(row.value, context) if row.spread else None
            if isinstance(spread, Listing):
                found.extend((None, item) for item in spread.items)
            else:
                found.append((row.keyword, Lazy(row.value, context)))
        return found

    def bind(self, unit: Unit, given: list[tuple[str | None, Lazy | Thing]]) -> dict[tuple[int, str], Thing | Lazy]:
        """Give what a function's parameters are bound to by the arguments of a call; defaults where there is none."""
        found: dict[tuple[int, str], Thing | Lazy] = {}
        positional = [value for keyword, value in given if keyword is None]
        keywords = {keyword: value for keyword, value in given if keyword is not None}
        for index, parameter in enumerate(unit.parameters):
            value: Lazy | Thing | None = None
            if parameter.variadic:
                value = Listing(items=tuple(positional[index:]))
            elif len(parameter.names) == 1 and parameter.names[0] in keywords:
                value = keywords[parameter.names[0]]
            elif index < len(positional):
                value = positional[index]
            elif parameter.default is not None:
                value = Lazy(parameter.default, Context(unit))
            if value is not None and len(parameter.names) == 1:
                found[id(unit), parameter.names[0]] = value
            elif value is not None:
                whole = value
                found |= {(id(unit), name): self._taken(whole, name) for name in parameter.names}
        return found

    def _taken(self, whole: Lazy | Thing, name: str) -> Thing:
        return Part(base=self.force(whole), name=name)

    def result(self, code: Code, given: Iterable[model.Argument], context: Context) -> Thing:
        """Give what a function of the submission returns for these arguments."""
        unit = code.unit
        if self._running.count(id(unit)) >= RECURSION:
            return Derived(origins=(UNKNOWN,), kind=self.types.declared_result(unit))
        inside = Context(unit, code.env)
        if len(unit.sites) <= SMALL and len(self._running) < CALLS:
            bound = self.bind(unit, self.arguments(given, context))
            if code.receiver is not None:
                bound[id(unit), "this"] = code.receiver
            inside = Context(unit, code.env.with_more(bound))
        self._running.append(id(unit))
        try:
            found = [self._returned(each, inside) for each in list(self._returns(unit))[:RESULTS]]
        finally:
            self._running.pop()
        kind = self.types.declared_result(unit)
        real = [each for each in found if not (isinstance(each, Known) and each.value is None)]
        thing = mixed(real or found)
        if isinstance(thing, Derived) and thing.kind is None:
            origins = thing.origins or (() if thing.nothing else (UNKNOWN,))
            return Derived(origins=origins, kind=kind)
        return thing

    def _returns(self, unit: Unit) -> Iterator[model.Return]:
        """Those that give something come first: an early return of nothing says little."""
        yield from sorted(unit.returns, key=lambda each: all(_is_empty(value) for value in each.values))

    def _returned(self, each: model.Return, inside: Context) -> Thing:
        if len(each.values) == 1:
            return self.value(each.values[0], inside)
        return Listing(items=tuple(Lazy(value, inside) for value in each.values), several=True) if each.values else NOTHING

    def open_code(self, thing: Thing) -> list[Code]:
        """Give the functions that a thing can be, one by one."""
        return [option for option in options(thing) if isinstance(option, Code)]


def _extends(unit: Unit) -> model.TypeName | None:
    """Give the type that an extension function extends."""
    return unit.node.extends if isinstance(unit.node, model.Function) else None


def _takes(unit: Unit, count: int) -> bool:
    parameters = unit.parameters
    least = sum(parameter.default is None and not parameter.variadic for parameter in parameters)
    return least <= count <= len(parameters) or (count >= least and any(parameter.variadic for parameter in parameters))


def _is_called(node: Expression, unit: Unit) -> bool:
    parent = unit.parents.get(id(node))
    return isinstance(parent, model.Call) and parent.callee is node


def _is_empty(node: Expression) -> bool:
    return (isinstance(node, model.Constant) and node.value is None) or (isinstance(node, model.Record) and not node.pairs)


def joined(parts: list[Thing], at: Location | None) -> Thing:
    """Give pieces as one text, constant if all of them are."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Joined) else (part,))]
    whole: list[Thing] = []
    for part in flat[:TEXTS]:
        text = _shown(part)
        before = text_of(whole[-1]) if whole else None
        if text is not None and before is not None:
            whole[-1] = Known(value=before + text, at=at)
        else:
            whole.append(Known(value=text, at=at) if text is not None else part)
    if len(flat) > TEXTS:
        whole.append(UNKNOWN)
    if not whole:
        return Known(value="", at=at)
    return whole[0] if len(whole) == 1 and text_of(whole[0]) is not None else Joined(parts=tuple(whole))


def _shown(part: Thing) -> str | None:
    if isinstance(part, Known) and part.value is not None:
        return part.value if isinstance(part.value, str) else str(part.value).lower() if isinstance(part.value, bool) else str(part.value)
    return None


__all__ = ["OPEN", "Evaluator", "joined"]
