from __future__ import annotations

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger
from reviewer.inventory.languages.apis import Use
from reviewer.inventory.languages.callgraph import KEPT_OF_TOOL, Call, CallGraph, Function, merge
from reviewer.inventory.languages.values import Guard, ObjectKind, Value

AT = Location(path="a", line=1)


def function(
    name: str, *calls: Call, runs: Value | None = None, parameters: tuple[str, ...] = (), trigger: Trigger | None = None
) -> Function:
    uses = (Use(capability=CapabilityId.PROC_EXEC, kind=ObjectKind.PROGRAM, at=AT, value=runs),) if runs is not None else ()
    return Function(id=name, at=AT, parameters=parameters, uses=uses, calls=calls, trigger=trigger)


def test_arguments_are_carried_along_calls() -> None:
    graph = CallGraph(
        [
            function("handler", Call(callee="run", arguments={"c": Value.parameter("a")}), parameters=("a",)),
            function("fixed", Call(callee="run", arguments={"c": Value.literal("date -u")})),
            function("run", parameters=("c",), runs=Value.parameter("c")),
        ]
    )
    assert graph.of_handler("handler")[0].scope is Scope.ARGUMENT
    (fixed,) = graph.of_handler("fixed")
    assert (fixed.scope, fixed.objects, fixed.certainty) == (Scope.LITERAL, ("date",), Certainty.PROVEN)
    assert graph.of_handler("nowhere") == ()


def test_guards_keep_apart_what_one_handler_does_for_different_tools() -> None:
    only = (Guard(parameter="name", texts=frozenset({"run"})),)
    graph = CallGraph(
        [function("call", Call(callee="run", guards=only), parameters=("name", "args")), function("run", runs=Value.literal("date"))]
    )
    assert graph.of_handler("call", arguments={"name": Value.literal("run")})
    assert graph.of_handler("call", arguments={"name": Value.literal("read")}) == ()


def test_all_code_is_told_once_by_what_starts_it() -> None:
    graph = CallGraph(
        [
            function("body", runs=Value.literal("a"), trigger=Trigger.AUTOMATIC),
            function("handler", runs=Value.literal("b")),
            function("rest", runs=Value.literal("c")),
        ]
    )
    graph.of_handler("handler")
    rows = {(c.trigger, c.certainty, c.objects) for c in graph.of_all()}
    assert rows == {(Trigger.AUTOMATIC, Certainty.PRESENT, ("a",)), (Trigger.MODEL, Certainty.PROVEN, ("b", "c"))}


def test_circles_and_depth_end() -> None:
    ring = [
        function(f"f{n}", Call(callee=f"f{(n + 1) % 3000}", arguments={"a": Value.parameter("a")}), parameters=("a",)) for n in range(3000)
    ]
    graph = CallGraph([*ring, function("end", runs=Value.literal("x"))])
    assert graph.of_handler("f0") == ()


def test_past_the_bound_everything_is_possible_and_nothing_is_lost() -> None:
    chain = [function(f"f{n}", Call(callee=f"f{n + 1}")) for n in range(50)]
    graph = CallGraph([*chain, function("f50", runs=Value.literal("x"))], visits=10)
    for handler in ("f0", "f1"):
        (found,) = graph.of_handler(handler)
        assert (found.id, found.certainty) == (CapabilityId.PROC_EXEC, Certainty.POSSIBLE)


def test_merging_keeps_the_best_certainty_and_bounds_the_places() -> None:
    def one(line: int, certainty: Certainty) -> Capability:
        return Capability(id=CapabilityId.FS_READ, scope=Scope.ANY, certainty=certainty, evidence=(Location(path="a", line=line),))

    rows = [one(line, Certainty.POSSIBLE) for line in range(500)] + [one(1, Certainty.PROVEN)]
    (found,) = merge(rows, kept=KEPT_OF_TOOL)
    assert (found.certainty, len(found.evidence), found.evidence[0].line) == (Certainty.PROVEN, KEPT_OF_TOOL, 0)


def test_what_a_tool_perhaps_reaches_is_possible_for_the_tool_and_present_in_the_code() -> None:
    graph = CallGraph([function("handler", Call(callee="run", sure=False)), function("run", runs=Value.literal("date"))])

    assert [held.certainty for held in graph.of_handler("handler")] == [Certainty.POSSIBLE]
    assert [(held.certainty, held.objects) for held in graph.of_all()] == [(Certainty.PRESENT, ("date",))]


def test_commands_of_a_runner_are_looked_at_in_each_way_in_which_it_is_called() -> None:
    def words(*texts: str) -> Value:
        return Value.listed(Value.literal(text) for text in texts)

    graph = CallGraph(
        [
            function(
                "handler",
                Call(callee="run", arguments={"c": words("git", "status")}),
                Call(callee="run", arguments={"c": words("git", "push", "origin", "main")}),
            ),
            function("run", parameters=("c",), runs=Value.parameter("c")),
        ]
    )

    assert {held.id for held in graph.of_handler("handler")} == {CapabilityId.PROC_EXEC, CapabilityId.NET_OUT, CapabilityId.MSG_SEND}
