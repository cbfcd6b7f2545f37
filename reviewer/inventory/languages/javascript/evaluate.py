"""Find what an expression is known to be: names, members, literals and joins. Calls are read in ``calls``.

Work is bounded: by ``FUEL`` steps for a whole submission, by ``DEPTH`` for one question, and by a guard against asking a question
while it is being answered. Past a bound the answer is ``Unknown``, and ``exhausted`` says that the steps ran out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.domain import (
    PARTS,
    Constant,
    Env,
    Function,
    Imported,
    Lazy,
    Listing,
    Module,
    Parameter,
    Record,
    Setting,
    Unknown,
    Value,
    joined,
    mixed,
    options,
    text_of,
)
from reviewer.inventory.languages.javascript.program import Program
from reviewer.inventory.languages.javascript.source import Binding, Export, Scope, Source, span

FUEL = 600_000
DEPTH = 90
#: Steps for one question asked in passing, and how many calls are followed into one another.
STEPS = 400
CALLS = 6
#: How many return statements of one function are read.
RETURNS = 8
STATEMENTS = frozenset(
    {
        "statement_block",
        "if_statement",
        "else_clause",
        "try_statement",
        "catch_clause",
        "finally_clause",
        "switch_statement",
        "switch_body",
        "switch_case",
        "switch_default",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "labeled_statement",
    }
)
#: Members of an address that say to which host it leads.
_AIMED = frozenset({"host", "hostname", "href", "port", "protocol"})
#: How many members one literal may list.
MEMBERS = 3000

KindReader = Callable[["Evaluator", Lazy], Value]
MemberReader = Callable[["Evaluator", Value, str | int, Lazy | None], Value]


class Evaluator:
    """Answers what expressions of one program are.

    ``kinds`` reads an expression by the kind of its node, ``members`` a member by the type of the value that has it.
    ``libraries`` are known by members that are set on them, for bundles that carry them inside.
    """

    def __init__(
        self,
        program: Program,
        *,
        kinds: Mapping[str, KindReader],
        members: Mapping[type[Value], MemberReader],
        libraries: Mapping[str, frozenset[str]] | None = None,
        fuel: int = FUEL,
    ) -> None:
        """Start with no answers and ``fuel`` steps."""
        self.program = program
        self._kinds = kinds
        self._members = members
        self._libraries = libraries or {}
        self.exhausted = False
        self._fuel = fuel
        self._question = fuel
        self._depth = 0
        self._cuts = 0
        self._calling: list[Scope] = []
        self._growing: set[Binding] = set()
        self._nothing = Env()
        self.supply: Callable[[Parameter], Value | None] | None = None

    def forget(self) -> None:
        """Drop the answers that were found before ``supply`` could tell what parameters are."""
        self._nothing = Env()

    def supplied(self, value: Value) -> Value:
        """Give what callers pass for a parameter, if that is known; any other value as it is."""
        if not isinstance(value, Parameter) or self.supply is None or self._depth >= DEPTH:
            return value
        return self.supply(value) or value

    def ask(self, asked: Lazy, *, steps: int = STEPS) -> Value:
        """Give the value of an expression at a bounded cost: the callees in a bundle's libraries are not worth more."""
        before, self._question = self._question, steps
        try:
            return self.evaluate(asked)
        finally:
            self._question = before

    def evaluate(self, asked: Lazy | Value) -> Value:
        """Give the value of an expression."""
        if isinstance(asked, Value):
            return asked
        kind = asked.node.kind()
        read = self._kinds.get(kind)
        if read is None:
            return Unknown(seen=asked)
        key = (asked.source.path, *span(asked.node), kind)
        env = asked.env or self._nothing
        if key in env.answers:
            return env.answers[key]
        if min(self._fuel, self._question) <= 0 or self._depth >= DEPTH or key in env.asking:
            self.exhausted |= self._fuel <= 0
            self._cuts += 1
            return Unknown(seen=asked)
        cuts = self._cuts
        self._fuel -= 1
        self._question -= 1
        self._depth += 1
        env.asking.add(key)
        try:
            value = read(self, asked)
        finally:
            self._depth -= 1
            env.asking.discard(key)
        if self._cuts == cuts or (self._depth < DEPTH // 2 and self._question > 0):
            env.answers[key] = value
        return value

    def member(self, value: Value, key: str | int, seen: Lazy | None = None) -> Value:
        """Give ``value.key`` or ``value[key]``."""
        read = self._members.get(type(value))
        return read(self, value, key, seen) if read is not None else Unknown(origins=(value,), seen=seen)

    def descend(self, value: Value, path: tuple[str | int, ...]) -> Value:
        """Give what destructuring by ``path`` gives."""
        for key in path:
            value = self.rest(value, str(key)) if str(key).startswith("...") else self.member(value, key, value.seen)
        return value

    def rest(self, value: Value, way: str) -> Value:
        """Give the members of a list from a position on (``...2``); of an object the rest is not known."""
        at = way.removeprefix("...")
        if at and isinstance(value, Listing):
            return Listing(items=value.items[int(at) :], rest=value.rest, seen=value.seen)
        if at and isinstance(value, Parameter):
            return Parameter(binding=value.binding, path=(*value.path, way)[:12], seen=value.seen)
        return Unknown(origins=(value,))

    def bound(self, binding: Binding, env: Env) -> Value:
        """Give what a name stands for."""
        if binding in env:
            return env[binding]
        if binding.kind in {"parameter", "element", "key"}:
            return Parameter(binding=binding)
        if binding.kind == "import":
            return self._imported(binding)
        if binding.kind == "opaque":
            return Unknown()
        for module, members in self._libraries.items():
            if len(members & binding.properties.keys()) > 1:
                return Imported(path=module)  # a library inside a bundle, known by what is set on it
        source = binding.scope.source
        values = [] if binding.node is None else [self._initial(binding, Lazy(binding.node, source, env))]
        values += [self.evaluate(Lazy(node, source, env)) for node in binding.assigned[:8]]
        value = mixed(values)
        if binding.default is not None and isinstance(value, (Unknown, Setting, Parameter)):
            value = mixed([value, self.evaluate(Lazy(binding.default, source, env))])
        return self._grown(binding, value, env)

    def _initial(self, binding: Binding, initial: Lazy) -> Value:
        value = self.evaluate(initial)
        if not binding.path:
            return value
        value = self.descend(value, binding.path)
        if binding.default is not None and isinstance(value, Constant) and value.value is None:
            return self.evaluate(Lazy(binding.default, initial.source, initial.env))
        return value

    def _grown(self, binding: Binding, value: Value, env: Env) -> Value:
        """Add what is pushed to a list, set on an object, or appended to a text after it was made. What grows by itself is read once."""
        if binding.pushed or binding.stored or binding.merged or binding.appended:
            known = (env or self._nothing).grown
            if binding not in known:
                if binding in self._growing:
                    self._cuts += 1
                    return value
                self._growing.add(binding)
                try:
                    known[binding] = self._filled(binding, value, env)
                finally:
                    self._growing.discard(binding)
            value = known[binding]
        return self._with_members(binding, value, env)

    def _filled(self, binding: Binding, value: Value, env: Env) -> Value:
        source = binding.scope.source
        if binding.appended and not (isinstance(value, Constant) and not isinstance(value.value, str)):  # numbers are counted up
            value = joined([value, *(self.evaluate(Lazy(node, source, env)) for node in binding.appended[:PARTS])])
        value = self.grown(value, binding.pushed, binding.stored, source, env)
        if not binding.merged or not isinstance(value, Record):
            return value
        entries, rest = dict(value.entries), list(value.rest)
        for node in binding.merged[:MEMBERS]:
            self.merge(self.evaluate(Lazy(node, source, env)), entries, rest)
            if len(entries) + len(rest) > MEMBERS:
                self.exhausted = True
                break
        return Record(entries=entries, rest=tuple(rest), seen=value.seen)

    def _with_members(self, binding: Binding, value: Value, env: Env) -> Value:
        added = self.properties(binding, binding.scope.source, env)
        if isinstance(value, Imported) and not _AIMED.isdisjoint(added):  # `url.hostname = …` after `new URL(…)`
            return Unknown(origins=(value, *(self.evaluate(each) for each in added.values())), seen=value.seen)
        if added and (isinstance(value, Record) or (isinstance(value, Constant) and value.value is None)):
            before = value.entries if isinstance(value, Record) else {}
            return Record(entries={**before, **added}, rest=value.rest if isinstance(value, Record) else (), seen=value.seen)
        return value

    def grown(self, value: Value, pushed: list[SgNode], stored: list[tuple[SgNode, SgNode]], source: Source, env: Env) -> Value:
        """Add what ``push`` adds to a list, and ``set`` to a ``Map``."""
        if pushed and isinstance(value, Listing):
            items, rest = self.spread(pushed, source, env)
            return Listing(items=(*value.items, *items), rest=(*value.rest, *rest), seen=value.seen)
        is_map = isinstance(value, Record) or (isinstance(value, Imported) and value.path == "Map")
        if not stored or not is_map:
            return value
        entries: dict[str, Lazy | Value] = dict(value.entries) if isinstance(value, Record) else {}
        unnamed: list[Value] = list(value.rest) if isinstance(value, Record) else []
        for key, node in stored[:MEMBERS]:
            name = text_of(self.evaluate(Lazy(key, source, env)))
            if name is not None:
                entries[name] = Lazy(node, source, env)
            else:
                unnamed.append(self.evaluate(Lazy(node, source, env)))
        return Record(entries=entries, rest=tuple(unnamed), seen=value.seen)

    def properties(self, binding: Binding, source: Source, env: Env) -> dict[str, Lazy | Value]:
        """Give what was assigned to members of a name."""
        found: dict[str, Lazy | Value] = {}
        for name in (binding, *binding.aliases):
            for key, nodes in name.properties.items():
                values: list[Lazy | Value] = [Lazy(node, source, env) for node in nodes[:8]]
                found[key] = values[0] if len(values) == 1 else mixed([self.evaluate(each) for each in values])
        return found

    def spread(self, nodes: list[SgNode], source: Source, env: Env) -> tuple[list[Lazy | Value], list[Value]]:
        """Give the members that list elements or arguments stand for, and the spread values that could not be read."""
        items: list[Lazy | Value] = []
        rest: list[Value] = []
        for node in nodes[:MEMBERS]:
            if node.kind() != "spread_element":
                items.append(Lazy(node, source, env))
                continue
            for option in options(self.evaluate(Lazy(node.children()[-1], source, env))):
                if isinstance(option, Listing):
                    items.extend(option.items[: MEMBERS - len(items)])
                    rest.extend(option.rest[:MEMBERS])
                elif not isinstance(option, Constant):
                    rest.append(option)
        return items, rest

    def _imported(self, binding: Binding) -> Value:
        return self.module_member(binding.scope.source, binding.module, str(binding.path[0]))

    def module_member(self, importer: Source, module: str, name: str) -> Value:
        """Give what a module exports, of the submission or of another package. ``*`` is all of it."""
        target = self.program.resolve(importer, module)
        if target is None:
            path = module.removeprefix("node:")
            return Imported(path=path if name in {"*", "default"} else f"{path}.{name}")
        if name == "*":
            return self._whole(target)
        return self.exported(target, name)

    def _whole(self, target: Source) -> Value:
        found = target.exports.get("module.exports")
        return Module(source=target) if found is None or found.node is None else self.evaluate(Lazy(found.node, target))

    def exported(self, target: Source, name: str) -> Value:
        """Give what a file exports under a name."""
        found = self.program.exported(target, name)
        if found is None:
            whole = self._whole(target)
            if isinstance(whole, Module):
                return whole if name == "default" else Unknown()
            return whole if name == "default" else self.member(whole, name)
        return self.export(*found)

    def export(self, source: Source, found: Export) -> Value:
        """Give the value of an export of ``source``."""
        if found.node is not None:
            return self.evaluate(Lazy(found.node, source))
        return self.module_member(source, found.module, found.name)

    def method(self, method: Scope, env: Env) -> Value:
        """Give a method as a function; a getter is what it returns."""
        function = Function(scope=method, env=env)
        return self.invoke(function, []) if any(child.kind() == "get" for child in method.node.children()[:3]) else function

    def invoke(self, function: Function, items: Sequence[Lazy | Value]) -> Value:
        """Give what a function returns for these arguments: the joined values of its return statements."""
        body = function.scope.node.field("body")
        if body is None or len(self._calling) >= CALLS or function.scope in self._calling:
            return Unknown()
        env = self.bind(function, items)
        self._calling.append(function.scope)
        try:
            return self.result(function, env)
        finally:
            self._calling.pop()

    def result(self, function: Function, env: Env) -> Value:
        """Give what a function returns when its parameters are as in ``env``, and open where they are not in it."""
        body = function.scope.node.field("body")
        if body is None:
            return Unknown()
        if body.kind() != "statement_block":
            return self.evaluate(Lazy(body, function.scope.source, env))
        found = returns_of(body)
        if not found or len(found) > RETURNS:
            return Unknown(origins=tuple(env.values())[:4])
        return mixed([self.evaluate(Lazy(node, function.scope.source, env)) for node in found])

    def bind(self, function: Function, items: Sequence[Lazy | Value]) -> Env:
        """Give the parameters of a function the values of these arguments."""
        env = Env(function.env)
        for parameter in function.scope.parameters:
            if parameter.path[:1] == ("...",):
                env[parameter] = Listing(items=tuple(items[parameter.index :]))
                continue
            value: Value = Constant(value=None)
            if parameter.index < len(items):
                value = self.descend(self.evaluate(items[parameter.index]), parameter.path)
            if parameter.default is not None and isinstance(value, Constant) and value.value is None:
                value = self.evaluate(Lazy(parameter.default, function.scope.source, env))
            env[parameter] = value
        return env

    def merge(self, value: Value, entries: dict[str, Lazy | Value], rest: list[Value]) -> None:
        """Add the members of an object to others, as spreading does."""
        for option in options(value):
            if isinstance(option, Record):
                entries.update(option.entries)
                rest.extend(option.rest)
            elif isinstance(option, Module):
                entries.update({name: self.export(option.source, found) for name, found in option.source.exports.items()})
            elif not isinstance(option, (Constant, Function)):
                rest.append(option)


def returns_of(body: SgNode) -> list[SgNode]:
    """Give the expressions that a function's own return statements return."""
    found: list[SgNode] = []
    waiting = [body]
    while waiting:
        for child in waiting.pop().children():
            kind = child.kind()
            if kind == "return_statement":
                found.extend(part for part in child.children()[1:2] if part.is_named())
            elif kind in STATEMENTS:
                waiting.append(child)
    return found
