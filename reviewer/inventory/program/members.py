"""Fields, methods and elements of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.inventory.program import model
from reviewer.inventory.program.symbols import Found, OwnType
from reviewer.inventory.program.things import (
    OPEN,
    UNKNOWN,
    Class,
    Code,
    Context,
    Derived,
    Env,
    External,
    Known,
    Lazy,
    Listing,
    Mixed,
    Object,
    Pairs,
    Part,
    Thing,
    mixed,
    options,
    text_of,
)
from reviewer.inventory.program.units import Unit

if TYPE_CHECKING:
    from reviewer.inventory.program.evaluate import Evaluator

#: How many methods of one name, and how many values of one field are looked at.
NAMESAKES, VALUES = 20, 12
#: How many entries of a table are looked at where any of them can be meant.
ENTRIES = 400
#: How deep types are nested in types.
NESTED = 8


class Members:
    """Answers what is inside of things."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Take what evaluates expressions."""
        self.evaluator = evaluator
        self.symbols = evaluator.symbols
        self.types = evaluator.types
        self._records: dict[OwnType, list[tuple[model.Record, Unit]]] | None = None

    # -- members

    def member(self, thing: Thing, name: str, context: Context, *, read: bool = False) -> Thing:
        """Give a member of a thing; ``read``: it is not called, so that a field comes before a method of the same name."""
        if isinstance(thing, Mixed):
            return mixed([self.member(option, name, context, read=read) for option in thing.options[:NAMESAKES]])
        if isinstance(thing, External):
            found = self.symbols.settle(f"{thing.name}.{name}", context.unit.module)
            return self._found(found, context) if isinstance(found, Found) else External(name=found)
        if isinstance(thing, Pairs):
            entry = self.entry(thing, name)
            if entry is not None:
                return entry
        kind = self.types.of(thing)
        if isinstance(kind, OwnType):
            found_here = self._of_own(thing, kind, name, context.env, read=read)
            if found_here is not None:
                return found_here
        extended = self._extended(thing, name)
        return extended if extended is not None else Part(base=thing, name=name)

    def _found(self, found: Found, context: Context) -> Thing:
        thing = self.evaluator.symbol(found.symbol)
        for name in found.rest:
            thing = self.member(thing, name, context)
        return thing

    def entry(self, thing: Pairs, name: str) -> Thing | None:
        """Give what a record or map holds under a name."""
        for key, value in thing.pairs:
            if text_of(key) == name:
                return self.evaluator.force(value)
        if isinstance(thing.kind, OwnType) and thing.arguments and name in thing.kind.fields:
            index = list(thing.kind.fields).index(name)
            if index < len(thing.arguments) and thing.arguments[index].keyword is None:
                return self.evaluator.value(thing.arguments[index].value, thing.context)
        if thing.rest is not None:
            rest = self.evaluator.force(thing.rest)
            return self.entry(rest, name) if isinstance(rest, Pairs) else None
        return None

    def _of_own(self, thing: Thing, own: OwnType, name: str, env: Env, *, read: bool = False) -> Thing | None:
        if read and self.types.field(own, name) is not None:
            return self._field(thing, own, name, env)
        methods = self.methods(own, name)
        if methods:
            return mixed([Code(unit=unit, receiver=thing) for unit in methods])
        if isinstance(thing, Class):
            nested = self.symbols.full(f"{own.name}.{name}", own.module)
            if nested is not None and not nested.rest and isinstance(nested.symbol, OwnType):
                return Class(type=nested.symbol)
        return self._field(thing, own, name, env)

    def methods(self, own: OwnType, name: str) -> list[Unit]:
        """Give the methods that a call of this name can mean: the type's own or inherited, and what its subtypes make of it."""
        found: list[Unit] = []
        for each in self.symbols.lineage(own):
            if isinstance(each, OwnType) and name in each.methods and each.short != name:
                found = list(each.methods[name])
                break
        waiting, seen = list(own.children), {own}
        while waiting and len(found) < NAMESAKES:
            child = waiting.pop(0)
            if child not in seen:
                seen.add(child)
                found.extend(child.methods.get(name, ()))
                waiting.extend(child.children)
        written = [unit for unit in found if unit.body]
        return (written or found)[:NAMESAKES]

    def _field(self, thing: Thing, own: OwnType, name: str, env: Env) -> Thing | None:
        declared = self.types.field(own, name)
        if declared is None:
            return self._injected(thing, own, name)
        field, owner = declared
        kind = self.types.kind_of_field(own, name)
        if not isinstance(thing, (Object, Class)):
            return Part(base=thing, name=name, kind=kind)
        values = self._values(thing, owner, field, env)
        if values:
            return mixed(values)
        if field.constant and field.value is None and not field.type:
            return Known(value=name)
        return Part(base=thing, name=name, kind=kind)

    def _values(self, thing: Object | Class, own: OwnType, field: model.Field, around: Env) -> list[Thing]:
        env = thing.env if isinstance(thing, Object) else OPEN
        around = thing.around if isinstance(thing, Object) and thing.around is not OPEN else around
        found: list[Thing] = []
        if field.value is not None and own.starts is not None:
            found.append(self.evaluator.value(field.value, Context(own.starts)))
        for assignment, unit in own.assigned.get(field.name, [])[:VALUES]:
            if assignment.value is not None and assignment.value is not field.value:
                found.append(
                    self.evaluator.value(assignment.value, Context(unit, env if unit in own.constructors and env is not OPEN else around))
                )
        if not found:
            found = [value for value in (self._injected(thing, own, field.name),) if value is not None]
        if not found and isinstance(thing, Object) and env is OPEN:
            found = self._of_records(own, field.name, around)
        return [value for value in found if not (isinstance(value, Known) and value.value is None)]

    def _injected(self, thing: Thing, own: OwnType, name: str) -> Thing | None:
        """A parameter of a constructor that is a field by its name."""
        for unit in own.constructors:
            if name in unit.names_of_parameters:
                return self.evaluator.parameter(unit, name, thing.env if isinstance(thing, Object) else OPEN)
        return None

    def _of_records(self, own: OwnType, name: str, env: Env) -> list[Thing]:
        """What records of a type hold under a name, wherever they are written."""
        if self._records is None:
            self._records = self._index_records()
        found: list[Thing] = []
        for record, unit in self._records.get(own, [])[:VALUES]:
            thing = self.evaluator.value(record, Context(unit, env))
            entry = self.entry(thing, name) if isinstance(thing, Pairs) else None
            found.extend([entry] if entry is not None else [])
        return found

    def _index_records(self) -> dict[OwnType, list[tuple[model.Record, Unit]]]:
        found: dict[OwnType, list[tuple[model.Record, Unit]]] = {}
        for unit in self.symbols.units:
            for site in unit.sites:
                if isinstance(site.node, model.Record) and site.node.type is not None:
                    kind = self.types.resolved(site.node.type, unit)
                    if isinstance(kind, OwnType):
                        found.setdefault(kind, []).append((site.node, unit))
        return found

    def _extended(self, thing: Thing, name: str) -> Thing | None:
        units = self.symbols.extensions.get(name, ())
        if not units:
            return None
        kind = self.types.of(thing)
        fitting = []
        for unit in units:
            extends = self.types.resolved(unit.node.extends, unit) if isinstance(unit.node, model.Function) else None
            if kind is None or extends == kind or (isinstance(kind, OwnType) and extends in self.symbols.lineage(kind)):
                fitting.append(Code(unit=unit, receiver=thing))
        return mixed([*fitting[:NAMESAKES]]) if fitting else None

    # -- names without an object

    def implicit(self, name: str, context: Context, *, read: bool = False) -> Thing | None:
        """Give what a name alone means inside a type: its own or inherited member; inside a lambda a member of what it is handed to."""
        owner = context.unit.owner
        for _ in range(NESTED):
            if owner is None:
                break
            this = self.evaluator.this(context.unit, context.env) if owner is context.unit.owner else Object(type=owner)
            found = self._of_own(this, owner, name, context.env, read=read)
            if found is not None:
                return found
            owner = owner.outer
        extends = self._extension_receiver(context.unit, context.env)
        if extends is not None:
            found = self.member(extends, name, context)
            if not (isinstance(found, Part) and not self.symbols.known(self.types.name_of_member(extends, name))):
                return found
        return self._of_scope(name, context)

    def _extension_receiver(self, unit: Unit, env: Env) -> Thing | None:
        while unit.parent is not None:
            unit = unit.parent
        extends = unit.node.extends if isinstance(unit.node, model.Function) else None
        return self.evaluator.this(unit, env) if extends is not None else None

    def _of_scope(self, name: str, context: Context) -> Thing | None:
        """``server.apply { addTool(…) }``: the members of what a lambda is handed to need no object."""
        unit: Unit | None = context.unit if self.evaluator.words.scopes else None
        for _ in range(NESTED):
            if unit is None or unit.parent is None:
                return None
            call = unit.parent.parents.get(id(unit.node))
            for base in self._scopes(call, unit.parent, context.env) if isinstance(call, model.Call) else ():
                if self.symbols.known(self.types.name_of_member(base, name)) or self._has(base, name):
                    return self.member(base, name, context)
                extended = self._extended(base, name) if self.types.of(base) is not None else None
                if extended is not None:
                    return extended
            unit = unit.parent
        return None

    def _has(self, base: Thing, name: str) -> bool:
        kind = self.types.of(base)
        return isinstance(kind, OwnType) and bool(self.methods(kind, name))

    def _scopes(self, call: model.Call, unit: Unit, env: Env) -> list[Thing]:
        nodes: list[model.Expression] = [argument.value for argument in call.arguments[:2] if not isinstance(argument.value, model.Lambda)]
        if isinstance(call.callee, model.Member):
            nodes.insert(0, call.callee.object)
        context = Context(unit, env)
        found = [option for node in nodes for option in options(self.evaluator.value(node, context))]
        return [*found, self.evaluator.value(call.callee, context)]

    # -- elements and objects

    def item(self, thing: Thing, key: Thing, *, rest: bool = False) -> Thing:
        """Give an element of a thing, or the ``rest`` of a list from there."""
        if isinstance(thing, Mixed):
            return mixed([self.item(option, key, rest=rest) for option in thing.options[:NAMESAKES]])
        at = key.value if isinstance(key, Known) and isinstance(key.value, int) and 0 <= key.value < ENTRIES else None
        if rest:
            known = at is not None and isinstance(thing, Listing)
            return Listing(items=thing.items[at:]) if known and isinstance(thing, Listing) else Part(base=thing, at=at, rest=True)
        text = text_of(key)
        if isinstance(thing, Pairs):
            return self._looked_up(thing, key) if text is None else self.entry(thing, text) or UNKNOWN
        if isinstance(thing, Listing):
            number = key.value if isinstance(key, Known) else None
            known = isinstance(number, int) and 0 <= number < len(thing.items)
            return self.evaluator.element(thing, int(number or 0)) if known else mixed(self.evaluator.elements(thing))
        return Part(base=thing, name=text, at=at) if isinstance(key, Known) else Derived(origins=(thing, key))

    def _looked_up(self, thing: Pairs, key: Thing) -> Thing:
        """Any entry of a table, with the keys under which they stand."""
        keys = tuple(text_of(each) for each, _ in thing.pairs[:ENTRIES])
        return Mixed(options=tuple(self.evaluator.force(value) for _, value in thing.pairs[:ENTRIES]), keys=keys, key=key)

    def construct(self, own: OwnType, node: model.Call, context: Context) -> Thing:
        """Give a new object of a type of the submission."""
        given = self.evaluator.arguments(node.arguments, context)
        fitting = [unit for unit in own.constructors if len(unit.parameters) >= len(given)]
        bound: dict[tuple[int, str], Thing | Lazy] = {}
        for unit in fitting[:1] or own.constructors[:1]:
            bound = self.evaluator.bind(unit, given)
        env = Env(bound) if bound else OPEN
        return Object(type=own, env=env, context=context, arguments=node.arguments)
