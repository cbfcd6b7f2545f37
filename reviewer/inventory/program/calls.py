"""What calls give: results of the submission's functions for their arguments, and what other people's code makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from checks.model import Location
from reviewer.inventory.program import model
from reviewer.inventory.program.model import Expression
from reviewer.inventory.program.pieces import joined
from reviewer.inventory.program.printing import pieces
from reviewer.inventory.program.things import (
    NOTHING,
    UNKNOWN,
    Class,
    Code,
    Context,
    Derived,
    External,
    Known,
    Lazy,
    Listing,
    Made,
    Part,
    Thing,
    mixed,
    options,
    text_of,
)
from reviewer.inventory.program.units import Unit

if TYPE_CHECKING:
    from reviewer.inventory.program.evaluate import Evaluator

#: How many elements of a list, and how many results of a function are looked at.
ELEMENTS, RESULTS = 600, 8
#: How often a function may stand in its own result: more than once brings nothing new, and doubles the work each time.
RECURSION = 2
#: A function with at most so many calls, at most so many functions deep, is read again for the arguments of every call; others once.
SMALL, CALLS = 80, 4


class Calls:
    """Answers what calls call and give."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Take what evaluates expressions."""
        self._evaluator = evaluator
        self._running: list[int] = []
        self._carrying = frozenset(evaluator.words.transparent.calls)
        self._giving = frozenset(evaluator.words.transparent.methods)

    def call(self, node: model.Call, context: Context) -> Thing:
        """Give what a call gives."""
        return mixed([self.called(option, node, context) for option in self.targets(node, context)])

    def targets(self, node: model.Call, context: Context) -> list[Thing]:
        """Give what a call can call; of functions of one name those that take so many arguments."""
        found = list(options(self._evaluator.value(node.callee, context)))
        count = len(node.arguments)
        fitting = [each for each in found if isinstance(each, Code) and _takes(each.unit, count)]
        return [each for each in found if not isinstance(each, Code) or each in fitting or not fitting][:RESULTS]

    def called(self, target: Thing, node: model.Call, context: Context) -> Thing:
        """Give what a call of a target gives."""
        if isinstance(target, Code):
            return self.result(target, node.arguments, context)
        if isinstance(target, Class):
            return self._evaluator.members.construct(target.type, node, context)
        if isinstance(target, External):
            return self._made(target.name, node, context, None, "")
        if isinstance(target, Part) and target.name is not None:
            return self._method(target, node, context)
        arguments = tuple(self._evaluator.value(argument.value, context) for argument in node.arguments[:RESULTS])
        return Derived(origins=(target, *arguments), kind=self._evaluator.types.result_of(target))

    def _made(self, name: str, node: model.Call, context: Context, base: Thing | None, last: str) -> Thing:
        if base is None and node.arguments and name in self._carrying:
            return self._evaluator.value(node.arguments[0].value, context)
        if (
            name in self._evaluator.words.formats
            and (printed := self._printed(node, self._evaluator.words.formats[name], context)) is not None
        ):
            return printed
        return Made(
            name=name, node=node, context=context, arguments=node.arguments, types=node.types, base=base,
            last=last or name.rpartition(".")[2], new=node.new,
        )  # fmt: skip

    def _printed(self, node: model.Call, place: int, context: Context) -> Thing | None:
        """Give a format text with its arguments in it, None where the text is not known."""
        given = [self._evaluator.force(value) for _, value in self.arguments(node.arguments, context)[: ELEMENTS // 8]]
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
        name = self._evaluator.types.name_of_member(target.base, target.name or "")
        return self._made(name, node, context, target.base, target.name or "")

    def arguments(self, given: Iterable[model.Argument], context: Context) -> list[tuple[str | None, Lazy | Thing]]:
        """Give the arguments of a call in order; the several results of a call that is the only argument are arguments each."""
        rows = list(given)
        if len(rows) == 1 and isinstance(rows[0].value, model.Call):
            only = self._evaluator.value(rows[0].value, context)
            if isinstance(only, Listing) and only.several:
                return [(None, item) for item in only.items]
        found: list[tuple[str | None, Lazy | Thing]] = []
        for row in rows[:ELEMENTS]:
            spread = self._evaluator.value(row.value, context) if row.spread else None
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
        return Part(base=self._evaluator.force(whole), name=name)

    def result(self, code: Code, given: Iterable[model.Argument], context: Context) -> Thing:
        """Give what a function of the submission returns for these arguments."""
        unit = code.unit
        if self._running.count(id(unit)) >= RECURSION:
            return Derived(origins=(UNKNOWN,), kind=self._evaluator.types.declared_result(unit))
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
        kind = self._evaluator.types.declared_result(unit)
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
            return self._evaluator.value(each.values[0], inside)
        return Listing(items=tuple(Lazy(value, inside) for value in each.values), several=True) if each.values else NOTHING


def _takes(unit: Unit, count: int) -> bool:
    parameters = unit.parameters
    least = sum(parameter.default is None and not parameter.variadic for parameter in parameters)
    return least <= count <= len(parameters) or (count >= least and any(parameter.variadic for parameter in parameters))


def _is_empty(node: Expression) -> bool:
    return (isinstance(node, model.Constant) and node.value is None) or (isinstance(node, model.Record) and not node.pairs)
