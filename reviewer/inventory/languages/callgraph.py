"""From calls inside functions to what a tool can do: language-neutral reachability and merging of capabilities.

A language gives one ``Function`` per function and one per module body; ``CallGraph`` follows calls from a handler, carries what is known
of the arguments along (literal < configuration < tool-argument < any), and merges what it meets by (id, scope, trigger).
Nothing here recurses, and the work is bounded: past the bound, capabilities are ``possible`` instead of ``proven``.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger
from reviewer.inventory.languages.apis import Use
from reviewer.inventory.languages.values import UNKNOWN, Guard, Value

__all__ = ["Call", "CallGraph", "Function", "merge"]

#: How many visits of functions all questions to one graph may cost together.
VISITS = 200_000
#: How often one function may be visited from one handler, before its parameters are taken as unknown.
REVISITS = 6
#: In how many ways of calling one function its commands and paths are looked at one by one.
WAYS = 16
#: How many places and objects one merged capability keeps; the inventory keeps fewer, but some of every component.
KEPT = 2_000
#: The same for one tool.
KEPT_OF_TOOL = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a function of the submission. ``arguments`` are by the callee's parameter names; a missing one is unknown.

    ``sure`` is false where only the name of the method says what is called.
    """

    callee: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    sure: bool = True
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function, or the body of a module (then ``trigger`` says what starts it). ``id`` is unique in the graph."""

    id: str
    at: Location
    last: int = 0
    parameters: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    calls: tuple[Call, ...] = ()
    trigger: Trigger | None = None


@dataclass(slots=True)
class _Visit:
    """What is known of one function while a handler is followed."""

    arguments: dict[str, Value]
    sure: bool
    times: int = 0
    ways: list[dict[str, Value]] = field(default_factory=list)


class CallGraph:
    """All functions of one language in a submission."""

    def __init__(self, functions: Iterable[Function], *, visits: int = VISITS) -> None:
        """Take the functions; of two with one id the later counts."""
        self._functions = {function.id: function for function in functions}
        self._left = visits
        self._reached: set[str] = set()
        self._perhaps: dict[str, tuple[_Visit, Trigger]] = {}
        self._answers: dict[str, tuple[Capability, ...]] = {}

    def of_handler(self, handler: str, *, arguments: Mapping[str, Value] | None = None) -> tuple[Capability, ...]:
        """Give what a tool's handler can do. Its parameters are chosen by the caller of the tool, but for those given in ``arguments``."""
        function = self._functions.get(handler)
        if function is None:
            return ()
        if self._left <= 0:
            return self._anything
        given = {name: Value.chosen(Scope.ARGUMENT) for name in function.parameters} | dict(arguments or {})
        answer = merge(self._follow(handler, given, Trigger.MODEL), kept=KEPT_OF_TOOL)
        before = self._answers.get(handler)
        self._answers[handler] = answer if before is None else merge((*before, *answer))
        return answer

    def of_all(self) -> tuple[Capability, ...]:
        """Give what all code can do: what the handlers asked for so far reach, what module bodies start, and the rest."""
        found = [capability for answer in self._answers.values() for capability in answer]
        for function in self._functions.values():
            if function.trigger is not None:
                found.extend(self._follow(function.id, {}, function.trigger))
        for identifier, function in self._functions.items():
            if identifier not in self._reached:  # what may not be reached still stands there
                visit, trigger = self._perhaps.get(identifier, (None, Trigger.MODEL))
                found.extend(_facts(function, visit.arguments if visit else {}, Certainty.PRESENT, trigger))
        return merge(found)

    @functools.cached_property
    def _anything(self) -> tuple[Capability, ...]:
        """What any of the code could do: the answer once the bound is used up."""
        every = self._functions.values()
        facts = (capability for function in every for capability in _facts(function, {}, Certainty.POSSIBLE, Trigger.MODEL))
        return merge(facts, kept=KEPT_OF_TOOL)

    def _follow(self, start: str, arguments: Mapping[str, Value], trigger: Trigger) -> Iterator[Capability]:
        """Carry arguments along calls until nothing more is learned, then give what was met."""
        visits = {start: _Visit(dict(arguments), sure=True)}
        waiting = deque([start])
        while waiting and self._left > 0:
            name = waiting.popleft()
            self._left -= 1 + len(self._functions[name].calls)
            for call in self._functions[name].calls:
                allowed = all(guard.allows(visits[name].arguments) for guard in call.guards)
                if allowed and call.callee in self._functions and self._enter(visits, visits[name], call):
                    waiting.append(call.callee)
        self._reached.update(name for name, visit in visits.items() if visit.sure)
        self._perhaps.update({name: (visit, trigger) for name, visit in visits.items() if not visit.sure})
        if waiting:
            yield from self._anything
        best = Certainty.PROVEN if trigger is Trigger.MODEL else Certainty.PRESENT
        for name, visit in visits.items():
            certainty = best if visit.sure and not waiting else Certainty.POSSIBLE
            yield from _facts(self._functions[name], visit.arguments, certainty, trigger, visit.ways)

    def _enter(self, visits: dict[str, _Visit], caller: _Visit, call: Call) -> bool:
        """Note a call; tell whether more is known of the callee than before."""
        parameters = self._functions[call.callee].parameters
        given = {name: call.arguments.get(name, UNKNOWN).bound(caller.arguments) for name in parameters}
        sure = call.sure and caller.sure
        before = visits.get(call.callee)
        if before is None:
            visits[call.callee] = _Visit(given, sure=sure, ways=[given])
            return True
        before.times += 1
        if len(before.ways) < WAYS and given not in before.ways:
            before.ways.append(given)
        joined = dict.fromkeys(parameters, UNKNOWN)
        if before.times < REVISITS:
            joined = {name: before.arguments[name].join(given[name]) for name in parameters}
        if joined == before.arguments and (before.sure or not sure):
            return False
        before.arguments, before.sure = joined, before.sure or sure
        return True


def _facts(
    function: Function, arguments: Mapping[str, Value], certainty: Certainty, trigger: Trigger, ways: Iterable[Mapping[str, Value]] = ()
) -> Iterator[Capability]:
    """Give what a function can do with what is known of its arguments together, and what its commands mean in each way it is called."""
    for use in (use for use in function.uses if all(guard.allows(arguments) for guard in use.guards)):
        several = [meaning for way in ways for meaning in use.beyond(way)]
        for capability, scope, objects in (*use.resolved(arguments), *several):
            if capability is CapabilityId.CONTENT_UNTRUSTED and trigger is not Trigger.MODEL:
                continue  # what is fetched while nobody asks reaches no model by itself
            known = certainty if use.sure else Certainty.POSSIBLE
            yield Capability(id=capability, scope=scope, trigger=trigger, certainty=known, objects=objects, evidence=(use.at,))


def merge(capabilities: Iterable[Capability], *, kept: int = KEPT) -> tuple[Capability, ...]:
    """Merge by (id, scope, trigger): the best certainty, all objects and places up to a bound, in a fixed order."""
    groups: dict[tuple[CapabilityId, Scope, Trigger], list[Capability]] = {}
    for capability in capabilities:
        groups.setdefault((capability.id, capability.scope, capability.trigger), []).append(capability)
    return tuple(_merged(group, kept) for _, group in sorted(groups.items(), key=lambda item: _order(item[0])))


def _order(key: tuple[CapabilityId, Scope, Trigger]) -> tuple[int, int, int]:
    return list(CapabilityId).index(key[0]), list(Scope).index(key[1]), list(Trigger).index(key[2])


def _merged(group: list[Capability], kept: int) -> Capability:
    places = {at for capability in group for at in capability.evidence}
    return Capability(
        id=group[0].id,
        scope=group[0].scope,
        trigger=group[0].trigger,
        certainty=min((capability.certainty for capability in group), key=list(Certainty).index),
        declared=any(capability.declared for capability in group),
        objects=tuple(sorted({text for capability in group for text in capability.objects}))[:kept],
        evidence=tuple(sorted(places, key=lambda at: (at.path, at.line)))[:kept],
    )
