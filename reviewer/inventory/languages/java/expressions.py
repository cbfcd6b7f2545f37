"""Java expressions, lowered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.java.frame import Frame, child_of, parts
from reviewer.inventory.languages.java.growth import CONTAINERS, grown
from reviewer.inventory.languages.java.library import folded
from reviewer.inventory.languages.java.strings import indentation_stripped, joined, number, unescaped
from reviewer.inventory.languages.java.types import dotted, explicit_types, type_name
from reviewer.inventory.program.model import (
    Argument,
    Bind,
    Block,
    Call,
    Choice,
    Collection,
    Constant,
    Expression,
    Index,
    Lambda,
    Member,
    Name,
    Opaque,
    Parameter,
    Record,
    Return,
    Text,
    TypeName,
)

__all__ = ["annotation_arguments", "arguments", "assignment", "expression", "in_parentheses"]

_LINKS = frozenset({"method_invocation", "field_access", "array_access"})


def expression(node: SgNode, frame: Frame) -> Expression:
    """Lower one expression. A chain of calls and members is lowered without recursion: builders make long ones."""
    links: list[SgNode] = []
    while node.kind() in _LINKS:
        inner = node.field("array" if node.kind() == "array_access" else "object")
        if inner is None:
            break
        links.append(node)
        node = inner
    value = _link(node, None, frame) if node.kind() in _LINKS else _READERS.get(node.kind(), _opaque)(node, frame)
    for link in reversed(links):
        value = _link(link, value, frame)
    return value


def _link(node: SgNode, on: Expression | None, frame: Frame) -> Expression:
    line = frame.line(node.field("name") or node.field("field") or node)
    if node.kind() == "field_access":
        field = node.field("field")
        name = field.text() if field is not None else ""
        if name in {"this", "super"} or on is None:
            return Name(name=name, line=line)
        return Member(object=on, name=name, line=line)
    if node.kind() == "array_access":
        index = node.field("index")
        key = expression(index, frame) if index is not None else Constant(value=None, line=line)
        return Index(object=on or Constant(value=None, line=line), key=key, line=line)
    name = (node.field("name") or node).text()
    callee = Name(name=name, line=line) if on is None else Member(object=on, name=name, line=line)
    call = Call(callee=callee, line=line, arguments=arguments(node.field("arguments"), frame), types=explicit_types(node))
    return folded(call)


def arguments(node: SgNode | None, frame: Frame) -> tuple[Argument, ...]:
    """Lower the arguments of a call."""
    return tuple(Argument(value=expression(part, frame)) for part in parts(node))


def _name(node: SgNode, frame: Frame) -> Expression:
    return Name(name=dotted(node), line=frame.line(node))


def _text(node: SgNode, frame: Frame) -> Text:
    return joined([_unquoted(node.text())], frame.line(node))


def _unquoted(text: str) -> str:
    if text.startswith('"""'):
        inner = text[3:].removesuffix('"""')
        return unescaped(indentation_stripped(inner.partition("\n")[2]))
    return unescaped(text[1:-1])


def _template(node: SgNode, frame: Frame) -> Expression:
    """Lower a text with values in it, of a template processor."""
    literal = child_of(node, "string_literal")
    pieces: list[str | Expression] = []
    for part in parts(literal):
        if part.kind() == "string_interpolation":
            pieces += [expression(inner, frame) for inner in parts(part)]
        else:
            pieces.append(unescaped(part.text()))
    return joined(pieces, frame.line(node))


def _number(node: SgNode, frame: Frame) -> Expression:
    return Constant(value=number(node.text()), line=frame.line(node))


def _word(node: SgNode, frame: Frame) -> Expression:
    return Constant(value={"true": True, "false": False}.get(node.kind()), line=frame.line(node))


def in_parentheses(node: SgNode) -> SgNode:
    """Give what stands in parentheses, however many."""
    while node.kind() == "parenthesized_expression" and (inner := parts(node)):
        node = inner[-1]
    return node


def _inner(node: SgNode, frame: Frame) -> Expression:
    """Lower what stands in parentheses or behind a cast."""
    inner = parts(node)
    return expression(inner[-1], frame) if inner else Constant(value=None, line=frame.line(node))


def _binary(node: SgNode, frame: Frame) -> Expression:
    """Lower an operation; a chain of one operator is lowered without recursion: texts are often glued from many lines."""
    line, operator = frame.line(node), _operator(node)
    operands: list[SgNode] = []
    while node.kind() == "binary_expression" and _operator(node) == operator:
        left, right = node.field("left"), node.field("right")
        if left is None or right is None:
            break
        operands.append(right)
        node = left
    values = [expression(operand, frame) for operand in (node, *reversed(operands))]
    if operator == "+" and not all(isinstance(value, Constant) for value in values):
        return joined(values, line)
    return Opaque(parts=tuple(values), line=line)


def _operator(node: SgNode) -> str:
    found = node.field("operator")
    return found.text() if found is not None else ""


def _instance_of(node: SgNode, frame: Frame) -> Expression:
    """Lower ``x instanceof T y``, which gives the name y to x."""
    left, name = node.field("left"), node.field("name")
    if left is None:
        return _opaque(node, frame)
    value = expression(left, frame)
    if name is not None and frame.pending is not None:
        frame.pending.append(frame.declare((name.text(),), value, frame.line(node), type_name(node.field("right"))))
    return Opaque(parts=(value,), line=frame.line(node))


def _created(node: SgNode, frame: Frame) -> Expression:
    """Lower ``new T(…)``. A class without a name and with one method is a function, with more it is a type of its own."""
    line, made = frame.line(node), node.field("type")
    body = child_of(node, "class_body")
    given = arguments(node.field("arguments"), frame)
    kind = type_name(made) or TypeName(name="Object")
    if body is not None:
        return of_anonymous(kind, given, body, frame)
    new = kind.name not in CONTAINERS  # what is filled later is not what it was made of
    return folded(Call(callee=Name(name=kind.name, line=line), line=line, arguments=given, types=kind.arguments, new=new))


def of_anonymous(kind: TypeName, given: tuple[Argument, ...], body: SgNode, frame: Frame) -> Expression:
    """Lower a class that is written where an object of it is made."""
    line = frame.line(body)
    made = frame.source.declared(frame, body, frame.source.name(f"{kind.name.rpartition('.')[2]}$"))
    if len(made.functions) == 1 and not made.fields:
        function = made.functions[0]
        return Lambda(parameters=function.parameters, body=function.body, line=function.line, last=function.last)
    frame.source.types.append(replace(made, bases=(kind,)))
    return Call(callee=Name(name=made.name, line=line), line=line, arguments=given, new=True)


def _array(node: SgNode, frame: Frame) -> Expression:
    line = frame.line(node)
    given = node if node.kind().endswith("array_initializer") else child_of(node, "array_initializer")
    if given is None:
        return _opaque(node, frame)
    kind = type_name(node.field("type")) if node.kind() == "array_creation_expression" else None
    listed = TypeName(name="Array", arguments=(kind,) if kind else ())
    return Collection(items=tuple(expression(part, frame) for part in parts(given)), line=line, type=listed)


def _lambda(node: SgNode, frame: Frame) -> Expression:
    body, given = node.field("body"), node.field("parameters")
    inner = frame.inner()
    if body is None:
        return _opaque(node, frame)
    parameters = _parameters(given)
    frame.locals.update(name for parameter in parameters for name in parameter.names)
    return Lambda(parameters=parameters, body=grown(_body(body, inner)), line=frame.line(node), last=frame.last(node))


def _body(node: SgNode, frame: Frame) -> Block:
    if node.kind() == "block":
        return frame.source.block(frame, parts(node))
    value = expression(node, frame)
    return (*(frame.pending or ()), Return(values=(value,), line=frame.line(node)))


def _parameters(node: SgNode | None) -> tuple[Parameter, ...]:
    if node is None:
        return ()
    if node.kind() == "identifier":
        return (Parameter(names=(node.text(),)),)
    named = [(part, part if part.kind() == "identifier" else part.field("name")) for part in parts(node)]
    return tuple(
        Parameter(names=(name.text(),), type=type_name(part.field("type")) if part.kind() != "identifier" else None)
        for part, name in named
        if name is not None
    )


def _reference(node: SgNode, frame: Frame) -> Expression:
    """Lower ``A::b``; ``A::new`` is a function that makes an A of what it is given."""
    line, inner = frame.line(node), parts(node)
    if not inner:
        return Constant(value=None, line=line)
    if any(child.kind() == "new" for child in node.children()):
        made = Name(name=dotted(inner[0]), line=line)
        call = Call(callee=made, line=line, arguments=(Argument(value=Name(name="it", line=line)),), new=True)
        last = frame.last(node)
        return Lambda(parameters=(Parameter(names=("it",)),), body=(Return(values=(call,), line=line),), line=line, last=last)
    owner = Name(name=dotted(inner[0]), line=line) if "type" in inner[0].kind() else expression(inner[0], frame)
    return Member(object=owner, name=inner[-1].text(), line=line)


def _class(node: SgNode, frame: Frame) -> Expression:
    line = frame.line(node)
    kind = type_name(next(iter(parts(node)), None))
    return Member(object=Name(name=kind.name if kind else "void", line=line), name="class", line=line)


def _ternary(node: SgNode, frame: Frame) -> Expression:
    tests, options = node.field("condition"), [node.field("consequence"), node.field("alternative")]
    test = expression(tests, frame) if tests is not None else None
    values = tuple(expression(option, frame) for option in options if option is not None)
    return Choice(options=values, line=frame.line(node), tests=(test,) if test is not None else ())


def _chosen(node: SgNode, frame: Frame) -> Expression:
    """Lower a ``switch`` that gives a value: its branches give it to a name."""
    line, name = frame.line(node), frame.source.name()
    inner = frame if frame.pending is not None else frame.inner()
    before = frame.source.branching(inner, node, lambda value, at: Bind(names=(name,), value=value, line=at))
    if frame.pending is None:
        return Opaque(parts=(), line=line, blocks=((*(inner.pending or ()), *before),))
    frame.pending.extend(before)
    return Name(name=name, line=line)


def _assigned(node: SgNode, frame: Frame) -> Expression:
    """Lower an assignment inside an expression: ``(line = in.readLine()) != null``."""
    bind = assignment(node, frame)
    if frame.pending is None:
        return Opaque(parts=(), line=bind.line, blocks=((bind,),))
    frame.pending.append(bind)
    return bind.target or Name(name=bind.names[0], line=bind.line)


def assignment(node: SgNode, frame: Frame) -> Bind:
    """Lower ``x = …``, ``this.x = …``, ``a[i] = …`` and ``x += …``."""
    line, left, right = frame.line(node), node.field("left"), node.field("right")
    value = expression(right, frame) if right is not None else None
    target = expression(in_parentheses(left), frame) if left is not None else Name(name="_", line=line)
    if _operator(node) == "+=" and value is not None:
        value = joined([target, value], line)
    if isinstance(target, Name):
        return frame.assigned(target.name, value, line)
    return Bind(names=(), value=value, line=line, target=target)


def _opaque(node: SgNode, frame: Frame) -> Expression:
    """Keep what is inside anything else; declarations and statements, which broken code may bring here, run where they stand."""
    inner = parts(node)
    plain = [part for part in inner if not part.kind().endswith(("_statement", "_declaration", "block"))]
    rest = [part for part in inner if part.kind().endswith(("_statement", "_declaration", "block"))]
    blocks = (frame.source.block(frame.inner(), rest),) if rest else ()
    return Opaque(parts=tuple(expression(part, frame) for part in plain), line=frame.line(node), blocks=blocks)


def _annotation(node: SgNode, frame: Frame) -> Expression:
    """Lower an annotation that is a value of another."""
    line = frame.line(node)
    pairs = ((Text(parts=(key or "value",), line=line), value) for key, value in annotation_arguments(node, frame))
    return Record(pairs=tuple(pairs), line=line, type=TypeName(name=dotted(node.field("name"))))


def annotation_arguments(node: SgNode, frame: Frame) -> Iterator[tuple[str | None, Expression]]:
    """Give keyword and value of the arguments of an annotation; ``@A("x")`` has no keyword."""
    for part in parts(node.field("arguments")):
        key, value = part.field("key"), part.field("value")
        if part.kind() == "element_value_pair" and key is not None and value is not None:
            yield key.text(), expression(value, frame)
        else:
            yield None, expression(part, frame)


_READERS: Mapping[str, Callable[[SgNode, Frame], Expression]] = {
    "identifier": _name,
    "type_identifier": _name,
    "scoped_identifier": _name,
    "scoped_type_identifier": _name,
    "this": _name,
    "super": _name,
    "string_literal": _text,
    "character_literal": _text,
    "template_expression": _template,
    "decimal_integer_literal": _number,
    "hex_integer_literal": _number,
    "octal_integer_literal": _number,
    "binary_integer_literal": _number,
    "decimal_floating_point_literal": _number,
    "true": _word,
    "false": _word,
    "null_literal": _word,
    "parenthesized_expression": _inner,
    "cast_expression": _inner,
    "binary_expression": _binary,
    "instanceof_expression": _instance_of,
    "object_creation_expression": _created,
    "array_creation_expression": _array,
    "array_initializer": _array,
    "element_value_array_initializer": _array,
    "lambda_expression": _lambda,
    "method_reference": _reference,
    "class_literal": _class,
    "ternary_expression": _ternary,
    "switch_expression": _chosen,
    "assignment_expression": _assigned,
    "annotation": _annotation,
    "marker_annotation": _annotation,
}
