"""Calls of Kotlin's standard library that are values or other calls in another spelling: scope functions, builders of JSON and text."""

from __future__ import annotations

from dataclasses import replace

from reviewer.inventory.languages.java.strings import joined
from reviewer.inventory.program.model import (
    Argument,
    Block,
    Branch,
    Call,
    Choice,
    Collection,
    Expression,
    Lambda,
    Loop,
    Member,
    Name,
    Record,
    Return,
    Text,
    TypeName,
)

__all__ = ["called"]

#: ``x.let { f(it) }``: the lambda is called with the object, and its value is the value.
_GIVEN = frozenset({"let", "use"})
#: ``x.also { f(it) }``: the same, but the object is the value.
_KEPT = frozenset({"also", "onEach"})
#: ``x.takeIf { it > 0 }``: the object, or nothing.
_TESTED = frozenset({"takeIf", "takeUnless", "ifEmpty", "ifBlank"})
#: ``runBlocking { f() }``: the lambda is called, and its value is the value.
_RUN = frozenset(
    {"runBlocking", "runCatching", "coroutineScope", "supervisorScope", "lazy", "synchronized", "withContext", "run", "withTimeout"}
    | {"withTimeoutOrNull", "suspendCancellableCoroutine", "runInterruptible", "newSuspendedTransaction", "transaction", "dbQuery"}
)
_EMPTY_LISTS = frozenset({"emptyList", "emptySet", "emptyArray"})
_FILLED = frozenset({"buildList", "buildSet"})
_OBJECTS = frozenset({"buildJsonObject", "putJsonObject", "addJsonObject"})
_ARRAYS = frozenset({"buildJsonArray", "putJsonArray", "addJsonArray"})
_LITERALS = frozenset({"JsonPrimitive", "JsonArray", "JsonObject"})


def called(call: Call) -> Expression | None:
    """Give what a call stands for, None if it is none of these."""
    name = call.callee.name if isinstance(call.callee, Name | Member) else ""
    last = call.arguments[-1].value if call.arguments else None
    if isinstance(last, Lambda):
        return _with_lambda(call, name, last)
    if isinstance(call.callee, Member) and name in _GIVEN and len(call.arguments) == 1 and isinstance(last, Name | Member):
        made = last.name[:1].isupper()  # ``x?.let(::File)``
        return Call(callee=last, line=call.line, arguments=(Argument(value=call.callee.object),), new=made)
    if name in _EMPTY_LISTS and isinstance(call.callee, Name):
        return Collection(items=(), line=call.line)
    if name in _LITERALS and isinstance(last, Text | Record | Collection) and isinstance(call.callee, Name):
        return last
    return None


def _with_lambda(call: Call, name: str, last: Lambda) -> Expression | None:
    alone = len(call.arguments) == 1
    if isinstance(call.callee, Member):
        return _on_object(call, call.callee, last) if alone else None
    if name in _RUN and len(call.arguments) <= 2:  # noqa: PLR2004  a context, and the lambda
        return Call(callee=last, line=call.line)
    if name in _OBJECTS and alone:
        return _json_object(last, call.line)
    if name in _ARRAYS and alone:
        return _json_array(last, call.line)
    return _filled(last, name, call.line) if alone else None


def _filled(function: Lambda, name: str, line: int) -> Expression | None:
    if name == "buildString":
        return _built(function, line)
    items = _listed(function.body) if name in _FILLED else None
    return Collection(items=tuple(items), line=line, type=TypeName(name="List")) if items is not None else None


def _listed(body: Block) -> list[Expression] | None:
    """Give what ``buildList { add(a); if (b) add(c) }`` adds; None where it does anything else."""
    items: list[Expression] = []
    for one in _without_returns(body):
        inner = _listed(one.body) if isinstance(one, (Branch, Loop)) else None
        if inner is not None:
            items += inner
        elif isinstance(one, Call) and isinstance(one.callee, Name) and one.callee.name in {"add", "addAll"} and len(one.arguments) == 1:
            items.append(one.arguments[0].value)
        else:
            return None
    return items


def _on_object(call: Call, callee: Member, last: Lambda) -> Expression | None:
    given = (Argument(value=callee.object),)
    if callee.name in _GIVEN:
        return Call(callee=last, line=call.line, arguments=given)
    if callee.name in _KEPT:
        return Call(callee=_keeping(last), line=call.line, arguments=given)
    if callee.name in _TESTED:
        return Choice(options=(callee.object,), tests=(Call(callee=last, line=call.line, arguments=given),), line=call.line)
    return None


def _keeping(function: Lambda) -> Lambda:
    """Let a lambda give its first parameter."""
    name = next((name for parameter in function.parameters for name in parameter.names), "it")
    kept = Return(values=(Name(name=name, line=function.line),), line=function.line)
    return replace(function, body=(*_without_returns(function.body), kept))


def _without_returns(body: Block) -> Block:
    return (*body[:-1], *(body[-1].values if isinstance(body[-1], Return) else body[-1:])) if body else ()


def _json_object(function: Lambda, line: int) -> Record | None:
    """Give the map that ``buildJsonObject { put("type", "string") }`` makes; None where it does anything else."""
    pairs: list[tuple[Expression, Expression]] = []
    for statement in _without_returns(function.body):
        if not isinstance(statement, Call) or not isinstance(statement.callee, Name):
            return None
        values, name = [argument.value for argument in statement.arguments], statement.callee.name
        if name == "put" and len(values) == 2:  # noqa: PLR2004  key and value
            pairs.append((values[0], values[1]))
            continue
        nested = _nested(name, values, statement.line)
        if nested is None or not name.startswith("put"):
            return None
        pairs.append((values[0], nested))
    return Record(pairs=tuple(pairs), line=line)


def _json_array(function: Lambda, line: int) -> Collection | None:
    """Give the list that ``buildJsonArray { add("x") }`` makes; None where it does anything else."""
    items: list[Expression] = []
    for statement in _without_returns(function.body):
        if isinstance(statement, Record | Collection):
            items.append(statement)
            continue
        if not isinstance(statement, Call) or not isinstance(statement.callee, Name):
            return None
        values, name = [argument.value for argument in statement.arguments], statement.callee.name
        if name != "add" or len(values) != 1:
            return None
        items.append(values[0])
    return Collection(items=tuple(items), line=line)


def _nested(name: str, values: list[Expression], line: int) -> Expression | None:
    if len(values) != 2 or not isinstance(values[1], Lambda):  # noqa: PLR2004  key and value
        return None
    if name in _OBJECTS:
        return _json_object(values[1], line)
    return _json_array(values[1], line) if name in _ARRAYS else None


def _built(function: Lambda, line: int) -> Text | None:
    """Give the text of ``buildString { append(a); appendLine(b) }``; None where it does anything else."""
    pieces: list[str | Expression] = []
    for statement in _without_returns(function.body):
        if not isinstance(statement, Call) or not isinstance(statement.callee, Name) or len(statement.arguments) > 1:
            return None
        if statement.callee.name not in {"append", "appendLine"}:
            return None
        pieces += [argument.value for argument in statement.arguments]
        pieces += ["\n"] if statement.callee.name == "appendLine" else []
    return joined(pieces, line)
