"""Handlers that are made anew for every tool: what they call hangs on the situation in which they were made.

``for (const tool of tools) server.tool(tool.name, …, (input) => tool.run(input))`` has one function for all tools, and each runs something
else. So a function whose surroundings are known is read once for every situation, and so are the functions that it calls by names of its
surroundings. Work is bounded by ``FUNCTIONS`` and ``CALLS``; where that is not enough, the evaluator is told that it is exhausted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reviewer.inventory.languages.callgraph import Call as Edge
from reviewer.inventory.languages.callgraph import Function as Node
from reviewer.inventory.languages.javascript.domain import Constant, Env, Function, Imported, Lazy, Parameter, Unknown, Value, options
from reviewer.inventory.languages.javascript.effects import Effects
from reviewer.inventory.languages.javascript.links import Links, entered, spread_free
from reviewer.inventory.languages.javascript.nodes import arguments_of
from reviewer.inventory.languages.javascript.source import Binding, Call, Scope, Source

#: How many functions are read in their situations, and how many calls in all of them together.
FUNCTIONS, CALLS = 4_000, 100_000
#: Steps for the question what one call calls here.
_STEPS = 4_000

_Reading = tuple[tuple[Call, tuple[Value, ...]], ...]


@dataclass(slots=True, eq=False)
class Situated:
    """The functions that are read in their situations. A function and its surroundings are one situation."""

    links: Links
    _readings: dict[tuple[Scope, int], tuple[Function, _Reading]] = field(default_factory=dict)
    _starts: dict[str, list[int]] = field(default_factory=dict)
    _left: int = CALLS

    def follow(self, handlers: Iterable[Function]) -> frozenset[Scope]:
        """Read these handlers, and what they call by names of their surroundings; give the functions that are reached so."""
        waiting = [function for function in handlers if function.env]
        reached: set[Scope] = set()
        while waiting:
            if len(self._readings) >= FUNCTIONS or self._left <= 0:
                self.links.evaluator.exhausted = True
                break
            function = waiting.pop()
            if _key(function) in self._readings:
                continue
            reading = tuple(self._read(function))
            self._readings[_key(function)] = function, reading
            for call, target in ((call, target) for call, targets in reading for target in targets if isinstance(target, Function)):
                if not self._is_fixed(call, target):
                    reached.add(target.scope)
                if target.env:
                    waiting.append(target)
        return frozenset(reached)

    def _read(self, function: Function) -> Iterator[tuple[Call, tuple[Value, ...]]]:
        evaluator, source = self.links.evaluator, function.scope.source
        for call in self._inside(source, function.scope):
            callee = call.node.field("function") or call.node.field("constructor")
            general = self.links.targets.get(call, ())
            if callee is None or call.node.kind() == "new_expression" or (len(general) == 1 and isinstance(general[0], Imported)):
                yield call, general
                continue
            found = tuple(options(evaluator.ask(Lazy(callee, source, function.env), steps=_STEPS)))
            open_ = all(isinstance(each, (Unknown, Parameter)) for each in found)
            found = general if open_ and general else found
            yield call, tuple(self._told(call, each, function.env) for each in found)

    def _told(self, call: Call, target: Value, env: Env) -> Value:
        """A function that is told a constant text here, the tool's name above all, is read for this text."""
        if not isinstance(target, Function):
            return target
        nodes, evaluator = arguments_of(call.node), self.links.evaluator
        known: dict[Binding, Value] = {}
        for parameter in target.scope.parameters:
            if parameter.path or parameter.index >= len(nodes) or not spread_free(nodes[: parameter.index + 1]):
                continue
            value = evaluator.ask(Lazy(nodes[parameter.index], call.scope.source, env))
            general = evaluator.ask(Lazy(nodes[parameter.index], call.scope.source))
            if isinstance(value, Constant) and isinstance(value.value, str) and not isinstance(general, Constant):
                known[parameter] = value
        return Function(scope=target.scope, env=target.env.with_more(known)) if known else target

    def _inside(self, source: Source, scope: Scope) -> list[Call]:
        if source.path not in self._starts:
            self._starts[source.path] = [call.start for call in source.calls]
        first = bisect_left(self._starts[source.path], scope.start)
        last = bisect_left(self._starts[source.path], scope.end)
        self._left -= last - first
        return source.calls[first:last]

    def name(self, function: Function, effects: Effects) -> str:
        """Give the id of a function, or of its reading in its situation, in the call graph."""
        general = effects.units.name(function.scope)
        return f"{general}@{id(function.env)}" if _key(function) in self._readings else general

    def innermost(self, function: Function) -> Function:
        """Give the function that a wrapper was made around: the only one that it calls by a name of its surroundings."""
        seen: set[tuple[Scope, int]] = set()
        while _key(function) in self._readings and _key(function) not in seen:
            seen.add(_key(function))
            around = [
                target
                for call, targets in self._readings[_key(function)][1]
                for target in targets
                if isinstance(target, Function) and not self._is_fixed(call, target)
            ]
            if len({target.scope for target in around}) != 1:
                break
            function = around[0]
        return function

    def _is_fixed(self, call: Call, target: Function) -> bool:
        """Tell whether a call calls this function in every situation."""
        general = self.links.targets.get(call, ())
        return len(general) == 1 and entered(general[0]) is target.scope

    def nodes(self, effects: Effects) -> Iterator[Node]:
        """Give a node for every function in its situation."""
        for function, reading in self._readings.values():
            general = effects.node_of(function.scope)
            uses, edges = list(effects.plain.get(general.id, ())), [edge for edge in general.calls if not (edge.sure or edge.arguments)]
            for call, targets in reading:
                if effects.units.unit_of(call.scope) is not function.scope:
                    continue
                for target in targets:
                    if isinstance(target, Imported):
                        uses.extend(effects.meaning(call, target, function.scope, function.env))
                edges.extend(self._edges(effects, function, call, targets))
            yield Node(
                id=self.name(function, effects),
                at=general.at,
                last=general.last,
                parameters=general.parameters,
                uses=tuple(uses),
                calls=tuple(edges),
            )

    def _edges(self, effects: Effects, function: Function, call: Call, targets: tuple[Value, ...]) -> Iterator[Edge]:
        for target in targets:
            scope = entered(target)
            if scope is None or effects.units.unit_of(scope) is not scope or scope is function.scope:
                continue
            name = self.name(target, effects) if isinstance(target, Function) else effects.units.name(scope)
            arguments = effects.arguments(call, scope, function.scope, function.env)
            yield Edge(callee=name, arguments=arguments, sure=len(targets) == 1)
        if all(isinstance(target, (Unknown, Parameter)) for target in targets):
            yield from effects.namesakes(call, function.scope, function.env)


def _key(function: Function) -> tuple[Scope, int]:
    return function.scope, id(function.env)
