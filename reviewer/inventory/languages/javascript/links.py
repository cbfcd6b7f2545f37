"""Who calls whom: what every call calls, and for every function the calls that call it.

The arguments of a function's callers say what its parameters can be: for tools registered by a function that is called once
per tool, by a loop over a list, or by ``list.forEach(…)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.domain import (
    OPEN,
    Class,
    Constant,
    Env,
    Function,
    Instance,
    Joined,
    Lazy,
    Listing,
    Mixed,
    Parameter,
    Record,
    Unknown,
    Value,
    mixed,
    options,
)
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.interfaces import Interfaces
from reviewer.inventory.languages.javascript.nodes import arguments_of, member_key
from reviewer.inventory.languages.javascript.scopes import FUNCTIONS
from reviewer.inventory.languages.javascript.source import Binding, Call, Scope, Source, span

#: How many situations one registration is read in, and how many callers are followed into one another.
SITUATIONS = 2_000
DEPTH = 4
#: With more callers than this a parameter is not looked up.
CALLERS = 8
_CALLBACKS = frozenset({"forEach", "map", "flatMap", "filter", "find", "some", "every", "then"})


@dataclass(slots=True, eq=False)
class Links:
    """The calls of a program. ``targets`` are by call, ``callers`` and ``each`` (callbacks for every element of a list) by function."""

    evaluator: Evaluator
    interfaces: Interfaces
    targets: dict[Call, tuple[Value, ...]] = field(default_factory=dict)
    callers: dict[Scope, list[Call]] = field(default_factory=dict)
    each: dict[Scope, list[Lazy]] = field(default_factory=dict)
    handed: dict[Scope, list[Call]] = field(default_factory=dict)
    _asking: set[Binding] = field(default_factory=set)

    def read(self, sources: Iterable[Source]) -> None:
        """Find the target of every call."""
        for source in sources:
            for call in source.calls:
                self.targets[call] = tuple(options(self._target(call, source)))
                for target in self.targets[call]:
                    if (scope := entered(target)) is not None:
                        self.callers.setdefault(scope, []).append(call)
                self._callbacks(call, source)

    def complete(self) -> None:
        """Look again at calls of parameters and of what is made from them, now that callers are known."""
        self.evaluator.supply = self.supply
        self.evaluator.forget()
        for call, before in list(self.targets.items()):
            if not any(isinstance(target, (Parameter, Unknown)) for target in before):
                continue
            self.targets[call] = tuple(options(self.evaluator.supplied(self._target(call, call.scope.source))))
            for target in self.targets[call]:
                scope = entered(target)
                if scope is not None and call not in self.callers.get(scope, ()):
                    self.callers.setdefault(scope, []).append(call)

    def supply(self, value: Parameter) -> Value | None:
        """Give what the callers of a function pass for a parameter; or what its type says; None where neither is known."""
        scope = value.binding.scope
        if scope.kind != "function" or value.binding in self._asking:
            return None
        callers = self.callers.get(scope, ())
        self._asking.add(value.binding)
        try:
            found = [self._passed(value, call) for call in callers] if len(callers) <= CALLERS else []
            if any(not isinstance(each, (Unknown, Parameter)) for each in found):
                return mixed(found)
            return self.interfaces.implementation(value)
        finally:
            self._asking.discard(value.binding)

    def _passed(self, value: Parameter, call: Call) -> Value:
        nodes = arguments_of(call.node)
        if value.binding.index >= len(nodes) or not spread_free(nodes[: value.binding.index + 1]):
            return Unknown()
        given = self.evaluator.evaluate(Lazy(nodes[value.binding.index], call.scope.source))
        return self.evaluator.descend(self.evaluator.descend(given, value.binding.path), value.path)

    def _target(self, call: Call, source: Source) -> Value:
        callee = call.node.field("function") or call.node.field("constructor")
        if callee is None:
            return Unknown()
        value = self.evaluator.ask(Lazy(callee, source))
        return Instance(scope=value.scope) if isinstance(value, Class) else value

    def _callbacks(self, call: Call, source: Source) -> None:
        """Note functions that stand among the arguments of a call."""
        callee = call.node.field("function")
        for node in arguments_of(call.node):
            if node.kind() not in FUNCTIONS:
                continue
            scope = source.owners.get(span(node))
            if scope is None:
                continue
            self.handed.setdefault(scope, []).append(call)
            holder = callee.field("object") if callee is not None and callee.kind() == "member_expression" else None
            if holder is not None and callee is not None and member_key(callee) in _CALLBACKS:
                self.each.setdefault(scope, []).append(Lazy(holder, source))

    def situations(self, asked: list[Lazy | Value], depth: int = 0) -> list[Env]:
        """Give the values that the open parameters in some expressions can have, one mapping per way in; at least one, maybe empty."""
        open_binding = next(self._open(self.evaluator.evaluate(each) for each in asked), None)
        if open_binding is None or depth >= DEPTH:
            return [OPEN]
        found: list[Env] = []
        for env in self._alternatives(open_binding.scope, depth):
            rebound = [
                Lazy(each.node, each.source, each.env.with_more(env)) if isinstance(each, Lazy) else self.rebind(each, env)
                for each in asked
            ]
            before = self._open(self.evaluator.evaluate(each) for each in rebound)
            if open_binding in set(before):
                found.append(env)
            else:
                found.extend(env.with_more(more) for more in self.situations(list(rebound), depth + 1))
            if len(found) >= SITUATIONS:
                self.evaluator.exhausted = True
                break
        return found or [OPEN]

    def rebind(self, asked: Lazy | Value, env: Env) -> Value:
        """Give the value of an expression in a situation."""
        if isinstance(asked, Lazy):
            return self.evaluator.evaluate(Lazy(asked.node, asked.source, asked.env.with_more(env)))
        if isinstance(asked, Parameter) and asked.binding in env:
            return self.evaluator.descend(env[asked.binding], asked.path)
        return asked

    def _open(self, values: Iterable[Value]) -> Iterator[Binding]:
        return iter(list(dict.fromkeys(binding for value in values for binding in open_parameters(value))))

    def _alternatives(self, scope: Scope, depth: int) -> list[Env]:
        if scope.kind == "block":
            return self._elements(scope, depth)
        found: list[Env] = []
        function = Function(scope=scope)
        for holder in self.each.get(scope, ()):
            for env in self.situations([holder], depth + 1):
                value = self.evaluator.evaluate(Lazy(holder.node, holder.source, env))
                found.extend(self.evaluator.bind(function, [item]) for item in _members(value))
        for call in self.callers.get(scope, ())[:SITUATIONS]:
            nodes = arguments_of(call.node)
            for env in self.situations([Lazy(node, call.scope.source) for node in nodes if node.kind() != "spread_element"], depth + 1):
                items, _ = self.evaluator.spread(nodes, call.scope.source, env)
                found.append(self.evaluator.bind(function, items))
        return found

    def _elements(self, scope: Scope, depth: int) -> list[Env]:
        """Give a loop variable each element of what the loop runs over."""
        bindings = list(scope.names.values())
        if not bindings or bindings[0].node is None:
            return []
        iterated = Lazy(bindings[0].node, scope.source)
        found: list[Env] = []
        for env in self.situations([iterated], depth + 1):
            value = self.evaluator.evaluate(Lazy(iterated.node, iterated.source, env))
            items: list[Lazy | Value] = _members(value)
            if isinstance(value, Record):
                items = _of_record(value, keys=bindings[0].kind == "key")
            found.extend(
                env.with_more({binding: self.evaluator.descend(self.evaluator.evaluate(item), binding.path) for binding in bindings})
                for item in items
            )
        return found


def _of_record(value: Record, *, keys: bool) -> list[Lazy | Value]:
    """What ``for (… in object)`` and ``for (const [key, value] of map)`` run over."""
    if keys:
        return [Constant(value=key) for key in value.entries]
    return [Listing(items=(Constant(value=key), entry)) for key, entry in value.entries.items()]


def _members(value: Value) -> list[Lazy | Value]:
    found: list[Lazy | Value] = []
    for option in options(value):
        if isinstance(option, Listing):
            found.extend(option.items)
    return found


def open_parameters(value: Value, depth: int = 0) -> list[Binding]:
    """Give the parameters that a value hangs on."""
    if isinstance(value, Parameter):
        return [value.binding]
    inner: tuple[Value, ...] = ()
    if isinstance(value, Joined):
        inner = value.parts
    elif isinstance(value, Mixed):
        inner = value.options
    elif isinstance(value, (Unknown, Record, Listing)):
        inner = value.origins if isinstance(value, Unknown) else value.rest
    return [binding for each in inner[:40] for binding in open_parameters(each, depth + 1)] if depth < 8 else []  # noqa: PLR2004  bounded


def entered(target: Value) -> Scope | None:
    """Give the function that a call of ``target`` enters; the constructor for a class."""
    if isinstance(target, Function):
        return target.scope
    if isinstance(target, Instance):
        return target.scope.methods.get("constructor")
    return None


def spread_free(nodes: list[SgNode]) -> bool:
    """Tell whether no argument is spread, so that positions are certain."""
    return all(node.kind() != "spread_element" for node in nodes)
