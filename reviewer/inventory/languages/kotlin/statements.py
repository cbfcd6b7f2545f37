"""Kotlin statements, lowered: branches by a text are kept, all other control flow is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ast_grep_py import SgNode

from reviewer.inventory.languages.java import conditions
from reviewer.inventory.languages.java.conditions import Condition
from reviewer.inventory.languages.java.frame import Frame, Give, child_of, parts
from reviewer.inventory.languages.java.strings import joined
from reviewer.inventory.languages.kotlin.expressions import expression, last_given, suffixed
from reviewer.inventory.languages.kotlin.types import kind_in, plain
from reviewer.inventory.program.model import (
    Argument,
    Bind,
    Block,
    Branch,
    Call,
    Collection,
    Expression,
    Lambda,
    Loop,
    Member,
    Name,
    Opaque,
    Return,
    Statement,
)

__all__ = ["block", "branching", "delegated"]

_BRANCHING = frozenset({"if_expression", "when_expression", "try_expression"})
_TYPES = frozenset({"class_declaration", "object_declaration"})
_NO_VALUES = frozenset(
    {
        "assignment",
        "property_declaration",
        "for_statement",
        "while_statement",
        "do_while_statement",
        "jump_expression",
        "function_declaration",
    }
)
_LOOPS = frozenset({"forEach", "forEachIndexed"})


def block(frame: Frame, nodes: list[SgNode], give: Give | None = None) -> Block:
    """Lower statements that follow each other. ``give`` is what becomes of the value of the last."""
    found: list[Statement] = []
    for index, node in enumerate(nodes):
        inner = frame.inner()
        last = give if index == len(nodes) - 1 else None
        lowered = tuple(_statement(node, inner, last))
        found += [*(inner.pending or ()), *lowered]
    return tuple(found)


def _statement(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    kind = node.kind()
    if kind in _BRANCHING:
        yield from branching(frame, node, give)
    elif kind in _READERS:
        yield from _READERS[kind](node, frame)
    elif kind in _TYPES:
        frame.source.types.append(frame.source.declared(frame, node, ""))
    elif kind == "statements":
        yield from block(frame, parts(node), give)
    elif kind not in {"label", "type_alias", "annotation", "import_list"}:
        value = expression(node, frame)
        yield give(value, value.line) if give else _looped(value)


def branching(frame: Frame, node: SgNode, give: Give | None) -> Block:
    """Lower ``if``, ``when`` and ``try``; ``give`` is what becomes of the value of each branch."""
    reader = {"if_expression": _if, "when_expression": _when}.get(node.kind(), _try)
    return tuple(reader(node, frame, give))


def _if(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    """Lower a chain of ``if`` and ``else if`` without recursion."""
    current: SgNode | None = node
    while current is not None:
        inner = parts(current)
        words = [child.kind() for child in current.children()]
        test = next((part for part in inner if part.kind() != "control_structure_body"), None)
        bodies = [part for part in inner if part.kind() == "control_structure_body"]
        found = _condition(test, frame) if test is not None else conditions.other(None)
        yield from found.besides
        has_then = "else" not in words or (bool(bodies) and words.index("control_structure_body") < words.index("else"))
        then = bodies[:1] if has_then else []
        yield Branch(subject=found.subject, texts=found.texts, body=_body(then, frame, give), line=frame.line(current))
        otherwise = bodies[len(then) : len(then) + 1]
        following = parts(otherwise[0]) if otherwise else []
        current = following[0] if len(following) == 1 and following[0].kind() == "if_expression" else None
        if otherwise and current is None:
            yield Branch(subject=None, texts=None, body=_body(otherwise, frame, give), line=frame.line(otherwise[0]))


def _body(bodies: list[SgNode], frame: Frame, give: Give | None) -> Block:
    return block(frame, [part for body in bodies for part in parts(body)], give)


def _condition(node: SgNode, frame: Frame) -> Condition:
    """Tell what a condition says of one text."""
    while node.kind() == "parenthesized_expression" and parts(node):
        node = parts(node)[0]
    kind, inner = node.kind(), parts(node)
    words = {child.kind() for child in node.children()}
    if kind == "equality_expression" and len(inner) > 1 and words & {"==", "==="}:
        return conditions.equal(expression(inner[0], frame), expression(inner[-1], frame))
    if kind in {"conjunction_expression", "disjunction_expression"} and len(inner) > 1:
        join = conditions.both if kind == "conjunction_expression" else conditions.either
        return join(_condition(part, frame) for part in _operands(node))
    if kind == "check_expression" and "in" in words and len(inner) > 1:
        return _within(expression(inner[0], frame), expression(inner[-1], frame))
    return conditions.of_call(expression(node, frame))


def _within(subject: Expression, listed: Expression) -> Condition:
    if isinstance(listed, Collection):
        return Condition(subject=subject, texts=listed.items)
    return conditions.other(Opaque(parts=(subject, listed), line=subject.line))


def _operands(node: SgNode) -> list[SgNode]:
    kind = node.kind()
    found: list[SgNode] = []
    while node.kind() == kind and len(parts(node)) > 1:
        found.append(parts(node)[-1])
        node = parts(node)[0]
    return [node, *reversed(found)]


def _when(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    subject: Expression | None = None
    given = child_of(node, "when_subject")
    if given is not None:
        inner = parts(given)
        subject = expression(inner[-1], frame) if inner else None
        named = child_of(given, "variable_declaration")
        if named is not None and subject is not None:
            name = plain(child_of(named, "simple_identifier"))
            yield frame.declare((name,), subject, subject.line, kind_in(named))
            subject = Name(name=name, line=subject.line)
    for entry in (part for part in parts(node) if part.kind() == "when_entry"):
        tests = [part for part in parts(entry) if part.kind() == "when_condition"]
        found = _entry(subject, tests, frame)
        yield from found.besides
        body = _body([part for part in parts(entry) if part.kind() == "control_structure_body"], frame, give)
        yield Branch(subject=found.subject, texts=found.texts, body=body, line=frame.line(entry))


def _entry(subject: Expression | None, tests: list[SgNode], frame: Frame) -> Condition:
    """Tell what the conditions of one entry say of the subject, or, without one, of any text."""
    inner = [part for test in tests for part in parts(test)]
    if not inner:
        return conditions.other(None)
    if subject is None:
        return conditions.either(_condition(part, frame) for part in inner)
    texts: list[Expression] = []
    for part in inner:
        if part.kind() == "range_test" and parts(part):
            listed = expression(parts(part)[-1], frame)
            if isinstance(listed, Collection):
                texts.extend(listed.items)
                continue
            return conditions.other(Opaque(parts=(subject, listed), line=subject.line))
        if part.kind() == "type_test":
            return conditions.other(subject)
        texts.append(expression(part, frame))
    return Condition(subject=subject, texts=tuple(texts))


def _try(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    for part in parts(node):
        if part.kind() == "catch_block":
            name = child_of(part, "simple_identifier")
            if name is not None:
                yield frame.declare((plain(name),), None, frame.line(part), kind_in(part))
        inner = parts(part) if part.kind() == "statements" else parts(child_of(part, "statements"))
        yield from block(frame, inner, None if part.kind() == "finally_block" else give)


def _property(node: SgNode, frame: Frame) -> Iterator[Statement]:
    line = frame.line(node)
    single, several = child_of(node, "variable_declaration"), child_of(node, "multi_variable_declaration")
    declared = parts(several) if several is not None else [single] if single is not None else []
    names = tuple(plain(child_of(part, "simple_identifier")) for part in declared)
    kind = kind_in(single)
    yield frame.declare(names, value_of(node, frame), line, kind)


def value_of(node: SgNode, frame: Frame) -> Expression | None:
    """Lower what a property is set to, or what it is delegated to."""
    delegate = child_of(node, "property_delegate")
    if delegate is not None:
        inner = parts(delegate)
        return delegated(expression(inner[-1], frame)) if inner else None
    children = node.children()
    place = next((index for index, child in enumerate(children) if child.kind() == "="), None)
    given = parts(node)[-1:] if place is None else [child for child in children[place + 1 :] if child.is_named()][:1]
    return expression(given[0], frame) if given and place is not None else None


def delegated(value: Expression) -> Expression:
    """Give what ``by lazy { … }`` gives."""
    if isinstance(value, Call) and isinstance(value.callee, Lambda) and len(value.callee.body) == 1:
        only = value.callee.body[0]
        return only.values[0] if isinstance(only, Return) and only.values else value
    return value


def _assignment(node: SgNode, frame: Frame) -> Iterator[Statement]:
    line, inner = frame.line(node), parts(node)
    target = inner[0] if inner else None
    if target is None or len(inner) < 2:  # noqa: PLR2004  target and value
        return
    steps = parts(target)
    on = expression(steps[0], frame) if steps else expression(target, frame)
    for step in steps[1:]:
        on = suffixed(on, step, frame)
    value = expression(inner[-1], frame)
    if any(child.kind() == "+=" for child in node.children()):
        value = joined([on, value], line)
    if isinstance(on, Name):
        yield frame.assigned(on.name, value, line)
    else:
        yield Bind(names=(), value=value, line=line, target=on)


def _for(node: SgNode, frame: Frame) -> Iterator[Statement]:
    bodies = [part for part in parts(node) if part.kind() == "control_structure_body"]
    single, several = child_of(node, "variable_declaration"), child_of(node, "multi_variable_declaration")
    declared = parts(several) if several is not None else [single] if single is not None else []
    names = tuple(plain(child_of(part, "simple_identifier")) for part in declared)
    rest = [part for part in parts(node) if part.kind() not in {"control_structure_body", "annotation"} and "variable" not in part.kind()]
    over = expression(rest[-1], frame) if rest else None
    frame.locals.update(names)
    yield Loop(names=names, over=over, body=_body(bodies, frame, None), line=frame.line(node))


def _while(node: SgNode, frame: Frame) -> Iterator[Statement]:
    tests = [part for part in parts(node) if part.kind() != "control_structure_body"]
    yield from (expression(test, frame) for test in tests)
    bodies = [part for part in parts(node) if part.kind() == "control_structure_body"]
    yield Loop(names=(), over=None, body=_body(bodies, frame, None), line=frame.line(node))


def _jump(node: SgNode, frame: Frame) -> Iterator[Statement]:
    """Lower ``return``, ``return@label``, ``throw``; ``break`` and ``continue`` are forgotten."""
    word = next((child.kind() for child in node.children()), "")
    values = [part for part in parts(node) if part.kind() != "label"]
    if word.startswith("return") and values:
        yield from last_given(values[-1], frame)
    elif word.startswith("return"):
        yield Return(values=(), line=frame.line(node))
    else:
        yield from (expression(value, frame) for value in values)


def _local_function(node: SgNode, frame: Frame) -> Iterator[Statement]:
    yield frame.source.function(frame, node)


def _looped(value: Expression) -> Statement:
    """Read ``xs.forEach { x -> … }`` as the loop that it is."""
    callee = value.callee if isinstance(value, Call) else None
    if not isinstance(value, Call) or not isinstance(callee, Member) or callee.name not in _LOOPS or len(value.arguments) != 1:
        return value
    run = value.arguments[0].value
    if not isinstance(run, Lambda):
        call = Call(callee=run, line=value.line, arguments=(Argument(value=Name(name="it", line=value.line)),))
        return Loop(names=("it",), over=callee.object, body=(call,), line=value.line)
    names = tuple(name for parameter in run.parameters for name in parameter.names)
    over: Expression = callee.object
    if callee.name == "forEachIndexed" and len(names) > 1:
        names = names[1:]
    body = tuple(one.values[0] if isinstance(one, Return) and one.values else one for one in run.body)
    return Loop(names=names, over=over, body=body, line=value.line)


def _broken(node: SgNode, frame: Frame) -> Iterator[Statement]:
    """Read what can be read in a stretch that could not be parsed as a whole."""
    yield from block(frame, parts(node))


_READERS: Mapping[str, Callable[[SgNode, Frame], Iterator[Statement]]] = {
    "property_declaration": _property,
    "assignment": _assignment,
    "for_statement": _for,
    "while_statement": _while,
    "do_while_statement": _while,
    "jump_expression": _jump,
    "function_declaration": _local_function,
    "ERROR": _broken,
}
