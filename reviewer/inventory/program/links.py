"""Who calls which function, and so in which situations its parameters have which values."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from reviewer.inventory.program import model
from reviewer.inventory.program.evaluate import Evaluator
from reviewer.inventory.program.model import Argument
from reviewer.inventory.program.speakers import Speakers
from reviewer.inventory.program.symbols import OwnType
from reviewer.inventory.program.tables import Words
from reviewer.inventory.program.things import (
    OPEN,
    Class,
    Code,
    Context,
    Derived,
    Env,
    Joined,
    Lazy,
    Listing,
    Made,
    Mixed,
    Pairs,
    Parameter,
    Part,
    Thing,
    options,
    text_of,
)
from reviewer.inventory.program.units import Unit

#: In how many situations one registration is read, how far callers are followed into one another, and of how many callers values are taken.
SITUATIONS, DEPTH, CALLERS = 400, 6, 8
#: How deep a value is searched for parameters, and in how many of its pieces.
OPEN_DEPTH, PIECES = 8, 24
#: How many pieces of one value are searched.
SEEN = 400
#: What decides (a name) and what only describes: for the latter few callers are told apart.
_Ask = Callable[[Env], tuple[list[Thing], list[Thing]]]
CHOICES = 2


class Links:
    """The calls of a program."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Find what every call calls."""
        self.evaluator = evaluator
        self.callers: dict[int, list[tuple[model.Call, Unit]]] = {}
        self.targets: dict[int, list[Thing]] = {}
        self._speakers = Speakers(evaluator.symbols)
        self._asking: set[tuple[int, str]] = set()
        self._naming = _naming(evaluator.words)
        self._expanding: set[int] = set()
        self._opening: set[int] = set()
        for unit in evaluator.symbols.units:
            for site in unit.sites:
                if isinstance(site.node, model.Call):
                    self._note(site.node, unit)

    def _note(self, node: model.Call, unit: Unit) -> None:
        found = self.evaluator.targets(node, Context(unit))
        self.targets[id(node)] = found
        for target in found:
            if isinstance(target, Code):
                self.callers.setdefault(id(target.unit), []).append((node, unit))
            elif isinstance(target, Class):
                for constructor in target.type.constructors:
                    self.callers.setdefault(id(constructor), []).append((node, unit))

    def supplied(self, parameter: Parameter) -> list[Thing]:
        """Give what the callers of a function pass for a parameter; nothing where there are none, or too many."""
        key = (id(parameter.unit), parameter.name)
        callers = self.callers.get(id(parameter.unit), [])
        if parameter.loop is not None or key in self._asking or not 0 < len(callers) <= CALLERS * 4:
            return []
        self._asking.add(key)
        try:
            found: list[Thing] = []
            for node, unit in callers[:CALLERS]:
                bound = self.evaluator.bind(parameter.unit, self.evaluator.arguments(node.arguments, Context(unit)))
                value = bound.get(key)
                if value is not None:
                    found.extend(options(self.evaluator.force(value)))
            return [each for each in found if not (isinstance(each, Parameter) and (id(each.unit), each.name) in self._asking)]
        finally:
            self._asking.discard(key)

    # -- situations

    def situations(self, ask: _Ask, env: Env = OPEN, depth: int = 0) -> list[Env]:
        """Give the situations in which what is asked hangs on as few parameters as possible; at least the one that is given."""
        decides, describes = ask(env)
        open_one = next((each for thing in decides for each in self.open(thing)), None)
        most = SITUATIONS if open_one is not None else CHOICES
        open_one = open_one or next((each for thing in describes for each in self.open(thing)), None)
        if open_one is None or depth >= DEPTH:
            return [env]
        found: list[Env] = []
        for more in itertools.islice(self._alternatives(open_one, env, depth), most):
            found.extend(self.situations(ask, env.with_more(more), depth + 1) if more else [env])
            if len(found) >= SITUATIONS:
                break
        return found or [env]

    def _alternatives(self, open_one: Parameter, env: Env, depth: int) -> Iterator[dict[tuple[int, str], Thing | Lazy]]:
        if open_one.loop is not None:
            yield from self._elements(open_one, env)
            return
        unit = open_one.unit
        kind = self.evaluator.types.of(open_one)
        speakers = self._speakers.of(kind) if isinstance(kind, OwnType) else ()
        if speakers:
            for code in speakers:
                yield {(id(unit), open_one.name): code}
            return
        if id(unit) in self._expanding:
            return  # functions of one name that call each other
        self._expanding.add(id(unit))
        try:
            yield from self._of_callers(open_one, env, depth)
        finally:
            self._expanding.discard(id(unit))

    def _of_callers(self, open_one: Parameter, env: Env, depth: int) -> Iterator[dict[tuple[int, str], Thing | Lazy]]:
        unit = open_one.unit
        yield from self._each(unit, env)
        for node, caller in self._closed_first(self.callers.get(id(unit), [])[:SITUATIONS], open_one):
            for around in self.situations(self._asked(node.arguments, caller, open_one), OPEN, depth + 1):
                bound = self.evaluator.bind(unit, self.evaluator.arguments(node.arguments, Context(caller, around)))
                if (id(unit), open_one.name) in bound:
                    yield bound

    def _closed_first(self, callers: list[tuple[model.Call, Unit]], wanted: Parameter) -> list[tuple[model.Call, Unit]]:
        """Put callers first that pass what they know: those that pass on their own parameters multiply, and there is a bound."""
        if len(callers) <= CALLERS:
            return callers

        def is_open(caller: tuple[model.Call, Unit]) -> bool:
            decides, _ = self._asked(caller[0].arguments, caller[1], wanted)(OPEN)
            return any(True for thing in decides for _ in self.open(thing))

        return sorted(callers, key=is_open)

    def _asked(self, given: tuple[Argument, ...], unit: Unit, wanted: Parameter) -> _Ask:
        """Ask for the argument that a parameter gets, and beside it for the others."""

        def ask(env: Env) -> tuple[list[Thing], list[Thing]]:
            bound = self.evaluator.bind(wanted.unit, self.evaluator.arguments(given[:PIECES], Context(unit, env)))
            first = bound.pop((id(wanted.unit), wanted.name), None)
            decides, describes = self._apart(self.evaluator.force(first)) if first is not None else ([], [])
            return decides, [*describes, *(self.evaluator.force(value) for value in bound.values())]

        return ask

    def _apart(self, thing: Thing) -> tuple[list[Thing], list[Thing]]:
        """Of a record, what names it decides; all else describes."""
        pairs = [pair for option in options(thing) if isinstance(option, Pairs) for pair in option.pairs[:PIECES]]
        if not pairs:
            return [thing], []
        decides = [self.evaluator.force(value) for key, value in pairs if text_of(key) in self._naming]
        return decides, [self.evaluator.force(value) for key, value in pairs if text_of(key) not in self._naming]

    def _elements(self, variable: Parameter, env: Env) -> Iterator[dict[tuple[int, str], Thing | Lazy]]:
        """Give a loop's variables each element of what the loop runs over."""
        bound = variable.loop
        if bound is None or bound.loop is None or bound.loop.over is None:
            return
        names = bound.loop.names
        seq = bound.seq
        for index, item in enumerate(self.evaluator.elements(self.evaluator.value(bound.loop.over, Context(variable.unit, env)))):
            values: tuple[Thing | Lazy, ...] = (item,)
            if len(names) > 1:
                apart = isinstance(item, Listing) and len(item.items) == len(names)
                values = item.items if isinstance(item, Listing) and apart else (Derived(origins=()), item)
            if index < SITUATIONS:
                yield {(id(variable.unit), f"{name}@{seq}"): value for name, value in zip(names, values, strict=False)}

    def _each(self, unit: Unit, env: Env) -> Iterator[dict[tuple[int, str], Thing | Lazy]]:
        """A lambda that is handed to a method of a list of known elements gets each of them: ``tools.forEach(…)``."""
        names = unit.names_of_parameters
        call = unit.parent.parents.get(id(unit.node)) if unit.parent is not None else None
        if unit.parent is None or not names or not isinstance(call, model.Call) or not isinstance(call.callee, model.Member):
            return
        for item in self.evaluator.elements(self.evaluator.value(call.callee.object, Context(unit.parent, env))):
            if len(names) > 1 and isinstance(item, Listing) and len(item.items) == len(names):
                yield {(id(unit), name): value for name, value in zip(names, item.items, strict=True)}
            else:
                yield {(id(unit), names[-1]): item}

    def open(self, thing: Thing) -> Iterator[Parameter]:
        """Give the parameters on which a value hangs."""
        seen: set[int] = set()
        waiting: list[tuple[Thing, int]] = [(thing, 0)]
        while waiting and len(seen) < SEEN:
            current, depth = waiting.pop()
            if depth >= OPEN_DEPTH or id(current) in seen:
                continue
            seen.add(id(current))
            if isinstance(current, Parameter):
                yield from self._over(current)
                yield current
            else:
                waiting.extend((inner, depth + 1) for inner in reversed(self._inside(current)[:PIECES]))

    def _over(self, variable: Parameter) -> Iterator[Parameter]:
        """The variable of a loop hangs on what the loop runs over."""
        loop = variable.loop.loop if variable.loop is not None else None
        if loop is None or loop.over is None or id(loop) in self._opening:  # a name may run over what it was before
            return
        self._opening.add(id(loop))
        try:
            over = self.evaluator.value(loop.over, Context(variable.unit))
            yield from (self.open(over) if not isinstance(over, Parameter) or over.loop is None else (over,))
        finally:
            self._opening.discard(id(loop))

    def _inside(self, thing: Thing) -> tuple[Thing, ...]:
        if isinstance(thing, Joined):
            return thing.parts
        if isinstance(thing, Mixed):
            return thing.options
        if isinstance(thing, Derived):
            return thing.origins
        if isinstance(thing, Part):
            return (thing.base,)
        if isinstance(thing, Made):
            arguments = tuple(self.evaluator.value(argument.value, thing.context) for argument in thing.arguments[:PIECES])
            return (*((thing.base,) if thing.base is not None else ()), *arguments)
        return ()


def _naming(words: Words) -> frozenset[str]:
    """Give the names of the parts of records that hold a name."""
    rows = (*words.makers, *words.registrars)
    found = [source.field or source.keyword for row in rows for source in row.name]
    return frozenset(name for name in found if name)
