"""Java statements, lowered: branches by a text are kept, all other control flow is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ast_grep_py import SgNode

from reviewer.inventory.languages.java import conditions
from reviewer.inventory.languages.java.conditions import Condition
from reviewer.inventory.languages.java.expressions import arguments, assignment, expression, in_parentheses
from reviewer.inventory.languages.java.frame import Frame, Give, child_of, parts, span
from reviewer.inventory.languages.java.types import type_name
from reviewer.inventory.program.model import Argument, Block, Branch, Call, Expression, Lambda, Loop, Member, Name, Return, Statement

__all__ = ["block", "branching"]

_DECLARATIONS = frozenset(
    {"class_declaration", "record_declaration", "enum_declaration", "interface_declaration", "annotation_type_declaration"}
)
_ENDS = frozenset({"break_statement", "return_statement", "throw_statement", "continue_statement", "yield_statement"})


def block(frame: Frame, nodes: list[SgNode], give: Give | None = None) -> Block:
    """Lower statements that follow each other. ``give`` is what becomes of the value of a ``yield``."""
    found: list[Statement] = []
    for node in nodes:
        inner = frame.inner()
        lowered = tuple(statement(node, inner, give))
        found += [*(inner.pending or ()), *lowered]
    return tuple(found)


def statement(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    """Lower one statement to none, one or several."""
    kind = node.kind()
    reader = _READERS.get(kind)
    if reader is not None:
        yield from reader(node, frame, give)
    elif kind in _DECLARATIONS:
        frame.source.types.append(frame.source.declared(frame, node, ""))
    elif kind == "yield_statement":
        yield from _given(parts(node)[-1:], frame, give)
    elif kind not in _ENDS:
        yield expression(node, frame)


def _given(nodes: list[SgNode], frame: Frame, give: Give | None) -> Iterator[Statement]:
    for node in nodes:
        value = expression(node, frame)
        yield give(value, value.line) if give else value


def _local(node: SgNode, frame: Frame, _: Give | None) -> Iterator[Statement]:
    kind = type_name(node.field("type"))
    for declarator in parts(node):
        name, value = declarator.field("name"), declarator.field("value")
        if declarator.kind() == "variable_declarator" and name is not None:
            given = expression(value, frame) if value is not None else None
            yield frame.declare((name.text(),), given, frame.line(declarator), kind)


def _expression(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    for inner in parts(node):
        if inner.kind() == "assignment_expression":
            yield assignment(inner, frame)
        elif inner.kind() == "switch_expression":
            yield from branching(frame, inner, give)
        else:
            yield _looped(expression(inner, frame))


def _looped(value: Expression) -> Statement:
    """Read ``xs.forEach(x -> …)`` as the loop that it is."""
    if not (isinstance(value, Call) and isinstance(value.callee, Member) and value.callee.name == "forEach" and len(value.arguments) == 1):
        return value
    over, run = value.callee.object, value.arguments[0].value
    while isinstance(over, Call) and isinstance(over.callee, Member) and over.callee.name in {"stream", "parallelStream"}:
        over = over.callee.object
    if isinstance(run, Lambda):
        names = tuple(name for parameter in run.parameters for name in parameter.names)
        body = tuple(one.values[0] if isinstance(one, Return) and one.values else one for one in run.body)
        return Loop(names=names, over=over, body=body, line=value.line)
    call = Call(callee=run, line=value.line, arguments=(Argument(value=Name(name="it", line=value.line)),))
    return Loop(names=("it",), over=over, body=(call,), line=value.line)


def _if(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    """Lower a chain of ``if`` and ``else if`` without recursion."""
    line = frame.line(node)
    current: SgNode | None = node
    while current is not None and current.kind() == "if_statement":
        test, then, otherwise = current.field("condition"), current.field("consequence"), current.field("alternative")
        found = condition(test, frame) if test is not None else conditions.other(None)
        yield from found.besides
        body = block(frame, [then] if then is not None else [], give)
        yield Branch(subject=found.subject, texts=found.texts, body=body, line=frame.line(current))
        current = otherwise
    if current is not None:
        yield Branch(subject=None, texts=None, body=block(frame, [current], give), line=line)


def condition(node: SgNode, frame: Frame) -> Condition:
    """Tell what a condition says of one text."""
    node = in_parentheses(node)
    left, right, operator = node.field("left"), node.field("right"), node.field("operator")
    if node.kind() == "binary_expression" and left is not None and right is not None and operator is not None:
        sign = operator.text()
        if sign == "==":
            return conditions.equal(expression(left, frame), expression(right, frame))
        if sign in {"||", "&&"}:
            joined = conditions.either if sign == "||" else conditions.both
            return joined(condition(part, frame) for part in _operands(node, sign))
    return conditions.of_call(expression(node, frame))


def _operands(node: SgNode, sign: str) -> list[SgNode]:
    found: list[SgNode] = []
    while node.kind() == "binary_expression":
        left, right, operator = node.field("left"), node.field("right"), node.field("operator")
        if left is None or right is None or operator is None or operator.text() != sign:
            break
        found.append(right)
        node = left
    return [node, *reversed(found)]


def branching(frame: Frame, node: SgNode, give: Give | None) -> Block:
    """Lower a ``switch``. What runs into the next group of statements belongs to its texts too."""
    test = node.field("condition")
    subject = expression(in_parentheses(test), frame) if test is not None else None
    found: list[Statement] = []
    carried: tuple[Expression, ...] | None = ()
    for group in parts(node.field("body")):
        labels = [child for child in group.children() if child.kind() == "switch_label"]
        body = [part for part in parts(group) if part.kind() != "switch_label"]
        texts = _texts(labels, frame)
        texts = None if texts is None or carried is None else (*carried, *texts)
        bound = tuple(bind for label in labels for bind in _patterns(label, subject, frame))
        lowered = (*bound, *_case(group, body, frame, give))
        found.append(Branch(subject=subject, texts=texts, body=lowered, line=frame.line(group)))
        carried = texts if group.kind() == "switch_block_statement_group" and not _ends(body) else ()
    return tuple(found)


def _case(group: SgNode, body: list[SgNode], frame: Frame, give: Give | None) -> Iterator[Statement]:
    if group.kind() == "switch_rule" and give and len(body) == 1 and body[0].kind() == "expression_statement":
        inner = frame.inner()
        lowered = tuple(_given(parts(body[0])[:1], inner, give))
        yield from (*(inner.pending or ()), *lowered)
    else:
        yield from block(frame, body, give)


def _ends(body: list[SgNode]) -> bool:
    return bool(body) and (body[-1].kind() in _ENDS or (body[-1].kind() == "block" and _ends(parts(body[-1]))))


def _texts(labels: list[SgNode], frame: Frame) -> tuple[Expression, ...] | None:
    """Give what the labels of a group say, None for ``default`` and patterns."""
    found: list[Expression] = []
    for label in labels:
        inner = parts(label)
        if not inner or any(part.kind() == "pattern" or part.text() == "default" for part in inner):
            return None
        found += [expression(part, frame) for part in inner if part.kind() != "guard"]
    return tuple(found)


def _patterns(label: SgNode, subject: Expression | None, frame: Frame) -> Iterator[Statement]:
    for pattern in label.find_all(kind="type_pattern"):
        inner = parts(pattern)
        if len(inner) > 1:
            yield frame.declare((inner[-1].text(),), subject, frame.line(pattern), type_name(inner[0]))
    for guard in (part for part in parts(label) if part.kind() == "guard"):
        yield from (expression(part, frame) for part in parts(guard))


def _each(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    name, over, body = node.field("name"), node.field("value"), node.field("body")
    names = (name.text(),) if name is not None else ()
    frame.locals.update(names)
    lowered = block(frame, [body] if body is not None else [], give)
    yield Loop(names=names, over=expression(over, frame) if over is not None else None, body=lowered, line=frame.line(node))


def _loop(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    """Lower ``for``, ``while`` and ``do``: what stands in the head runs once before it, for what it calls."""
    body = node.field("body")
    head = [part for part in parts(node) if body is None or span(part) != span(body)]
    yield from block(frame, head, give)
    yield Loop(names=(), over=None, body=block(frame, [body] if body is not None else [], give), line=frame.line(node))


def _nested(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    """Lower statements inside a statement, in their order."""
    yield from block(frame, [part for part in parts(node) if part.kind() != "identifier"], give)


def _catch(node: SgNode, frame: Frame, give: Give | None) -> Iterator[Statement]:
    caught = child_of(node, "catch_formal_parameter")
    name = caught.field("name") if caught is not None else None
    kind = type_name(next(iter(parts(child_of(caught, "catch_type"))), None))
    if name is not None:
        yield frame.declare((name.text(),), None, frame.line(node), kind)
    yield from block(frame, [part for part in parts(node) if part.kind() == "block"], give)


def _resource(node: SgNode, frame: Frame, _: Give | None) -> Iterator[Statement]:
    name, value = node.field("name"), node.field("value")
    if name is not None and value is not None:
        yield frame.declare((name.text(),), expression(value, frame), frame.line(node), type_name(node.field("type")))
    else:
        yield from (expression(part, frame) for part in parts(node))


def _return(node: SgNode, frame: Frame, _: Give | None) -> Iterator[Statement]:
    line, values = frame.line(node), parts(node)
    if values and in_parentheses(values[0]).kind() == "switch_expression":
        yield from branching(frame, in_parentheses(values[0]), lambda value, at: Return(values=(value,), line=at))
    else:
        yield Return(values=tuple(expression(value, frame) for value in values), line=line)


def _constructed(node: SgNode, frame: Frame, _: Give | None) -> Iterator[Statement]:
    """Lower ``this(…)`` and ``super(…)``."""
    line = frame.line(node)
    called = node.field("constructor")
    name = called.text() if called is not None and called.text() in {"this", "super"} else "super"
    yield Call(callee=Name(name=name, line=line), line=line, arguments=arguments(node.field("arguments"), frame))


_READERS: Mapping[str, Callable[[SgNode, Frame, Give | None], Iterator[Statement]]] = {
    "local_variable_declaration": _local,
    "expression_statement": _expression,
    "if_statement": _if,
    "switch_expression": lambda node, frame, give: iter(branching(frame, node, give)),
    "enhanced_for_statement": _each,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "block": _nested,
    "constructor_body": _nested,
    "labeled_statement": _nested,
    "synchronized_statement": _nested,
    "try_statement": _nested,
    "try_with_resources_statement": _nested,
    "resource_specification": _nested,
    "finally_clause": _nested,
    "ERROR": _nested,
    "resource": _resource,
    "catch_clause": _catch,
    "return_statement": _return,
    "throw_statement": _nested,
    "explicit_constructor_invocation": _constructed,
}
