"""Kotlin expressions, lowered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.java.frame import Frame, child_of, parts
from reviewer.inventory.languages.java.growth import CONTAINERS, grown
from reviewer.inventory.languages.java.library import folded
from reviewer.inventory.languages.java.strings import joined, number, unescaped
from reviewer.inventory.languages.kotlin.calls import called
from reviewer.inventory.languages.kotlin.types import explicit_types, kind_in, plain
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
    Return,
    Text,
    TypeName,
)

__all__ = ["arguments", "body_of", "expression", "last_given", "suffixed"]

_LINKS = frozenset({"call_expression", "navigation_expression", "indexing_expression", "postfix_expression"})
_STATEMENTS = frozenset({"assignment", "property_declaration", "for_statement", "while_statement", "do_while_statement"})
_DECLARATIONS = frozenset({"class_declaration", "object_declaration", "function_declaration", "type_alias", "statements"})


def expression(node: SgNode, frame: Frame) -> Expression:
    """Lower one expression. A chain of calls and members is lowered without recursion: builders make long ones."""
    links: list[SgNode] = []
    while node.kind() in _LINKS and (inner := parts(node)):
        if node.kind() == "call_expression" and inner[0].kind() == "object_literal":
            break  # the grammar takes the body of an object for a lambda that is handed to it
        links.extend(reversed(inner[1:]))
        node = inner[0]
    value = _READERS.get(node.kind(), _opaque)(node, frame)
    for link in reversed(links):
        value = suffixed(value, link, frame)
    return value


def suffixed(on: Expression, suffix: SgNode, frame: Frame) -> Expression:
    """Lower what stands behind an expression: ``.name``, ``[key]``, ``(arguments)``."""
    line = frame.line(suffix)
    if suffix.kind() == "navigation_suffix":
        inner = parts(suffix)
        if not inner:
            return Member(object=on, name="class", line=line)
        if inner[-1].kind() == "parenthesized_expression":
            return Opaque(parts=(on, expression(inner[-1], frame)), line=line)
        return Member(object=on, name=plain(inner[-1]), line=line)
    if suffix.kind() == "indexing_suffix":
        keys = [expression(part, frame) for part in parts(suffix)]
        return Index(object=on, key=keys[0] if keys else Constant(value=None, line=line), line=line)
    if suffix.kind() == "call_suffix":
        line = on.line if isinstance(on, Name | Member) else line
        name = on.name.rpartition(".")[2] if isinstance(on, Name | Member) else ""
        new = name[:1].isupper() and name not in CONTAINERS and not name.isupper()
        return folded_call(Call(callee=on, line=line, arguments=arguments(suffix, frame), types=explicit_types(suffix), new=new))
    return Opaque(parts=(on, _opaque(suffix, frame)), line=line)


def folded_call(call: Call) -> Expression:
    """Give what a call stands for."""
    return folded(call) if (found := called(call)) is None else found


def arguments(node: SgNode | None, frame: Frame) -> tuple[Argument, ...]:
    """Lower the arguments of a call; a lambda behind the parentheses is the last."""
    found: list[Argument] = []
    for part in parts(node):
        if part.kind() == "value_arguments":
            found.extend(_argument(one, frame) for one in parts(part))
        elif part.kind() == "annotated_lambda":
            literal = child_of(part, "lambda_literal")
            found.extend([Argument(value=lambda_of(literal, frame))] if literal is not None else [])
    return tuple(found)


def _argument(node: SgNode, frame: Frame) -> Argument:
    inner = [part for part in parts(node) if part.kind() not in {"annotation", "label"}]
    if not inner:
        return Argument(value=Constant(value=None, line=frame.line(node)))
    named = len(inner) > 1 and any(child.kind() == "=" for child in node.children())
    value = inner[-1]
    spread = value.kind() == "spread_expression" or any(child.kind() == "*" for child in node.children())
    return Argument(value=expression(value, frame), keyword=plain(inner[0]) if named else None, spread=spread)


def _name(node: SgNode, frame: Frame) -> Expression:
    return Name(name=plain(node), line=frame.line(node))


def _this(node: SgNode, frame: Frame) -> Expression:
    return Name(name="super" if node.kind() == "super_expression" else "this", line=frame.line(node))


def _text(node: SgNode, frame: Frame) -> Text:
    raw = node.text().startswith('"""') or node.text().startswith("$")
    pieces: list[str | Expression] = []
    for part in parts(node):
        kind = part.kind()
        if kind == "interpolated_identifier":
            pieces.append(Name(name="this" if part.text() == "this" else plain(part), line=frame.line(part)))
        elif kind == "interpolated_expression":
            pieces += [expression(inner, frame) for inner in parts(part)]
        elif not kind.startswith("interpolation_"):
            pieces.append(part.text() if raw else unescaped(part.text()))
    return joined(pieces, frame.line(node))


def _character(node: SgNode, frame: Frame) -> Text:
    return joined([unescaped(node.text()[1:-1])], frame.line(node))


def _number(node: SgNode, frame: Frame) -> Expression:
    return Constant(value=number(node.text()), line=frame.line(node))


def _word(node: SgNode, frame: Frame) -> Expression:
    return Constant(value={"true": True, "false": False}.get(node.text()), line=frame.line(node))


def _inner(node: SgNode, frame: Frame) -> Expression:
    """Lower what stands in parentheses, before ``as``, behind ``*``."""
    inner = parts(node)
    return expression(inner[0], frame) if inner else Constant(value=None, line=frame.line(node))


def _prefixed(node: SgNode, frame: Frame) -> Expression:
    inner = [part for part in parts(node) if part.kind() not in {"annotation", "label"}]
    if len(inner) != len(parts(node)) and inner:
        return expression(inner[-1], frame)
    return _opaque(node, frame)


def _sum(node: SgNode, frame: Frame) -> Expression:
    """Lower ``a + b + c`` without recursion: texts are often glued from many lines."""
    line = frame.line(node)
    operands: list[SgNode] = []
    while node.kind() == "additive_expression" and any(child.kind() == "+" for child in node.children()) and len(parts(node)) > 1:
        operands.append(parts(node)[-1])
        node = parts(node)[0]
    if not operands:
        return _opaque(node, frame)
    values = [expression(operand, frame) for operand in (node, *reversed(operands))]
    if any(isinstance(value, Collection | Constant) for value in values) and not any(isinstance(value, Text) for value in values):
        return Opaque(parts=tuple(values), line=line)
    return joined(values, line)


def _elvis(node: SgNode, frame: Frame) -> Expression:
    """Lower ``a ?: b``; what only leaves the function is no value."""
    line = frame.line(node)
    values: list[Expression] = []
    while node.kind() == "elvis_expression" and len(parts(node)) > 1:
        values.append(expression(parts(node)[-1], frame))
        node = parts(node)[0]
    values.append(expression(node, frame))
    return Choice(options=tuple(reversed(values)), line=line)


def _infix(node: SgNode, frame: Frame) -> Expression:
    """Lower ``a to b``, which is a pair, and other functions that stand between."""
    inner = parts(node)
    if len(inner) != 3:  # noqa: PLR2004  left, name, right
        return _opaque(node, frame)
    left, right, name, line = expression(inner[0], frame), expression(inner[2], frame), plain(inner[1]), frame.line(node)
    if name == "to":
        return Collection(items=(left, right), line=line, type=TypeName(name="Pair"))
    return Call(callee=Member(object=left, name=name, line=line), line=line, arguments=(Argument(value=right),))


def lambda_of(node: SgNode, frame: Frame) -> Lambda:
    """Lower a lambda; without parameters it has one of the name ``it``. Its last expression is what it gives."""
    given = child_of(node, "lambda_parameters")
    parameters = tuple(_parameter(part) for part in parts(given)) if given is not None else (Parameter(names=("it",)),)
    frame.locals.update(name for parameter in parameters for name in parameter.names)
    body = grown(returning(child_of(node, "statements"), frame.inner()))
    return Lambda(parameters=parameters, body=body, line=frame.line(node), last=frame.last(node))


def _parameter(node: SgNode) -> Parameter:
    if node.kind() == "multi_variable_declaration":
        return Parameter(names=tuple(plain(child_of(part, "simple_identifier")) for part in parts(node)))
    return Parameter(names=(plain(child_of(node, "simple_identifier")),), type=kind_in(node))


def returning(node: SgNode | None, frame: Frame) -> Block:
    """Lower statements of which the last is what they give."""
    nodes = parts(node)
    return (*frame.source.block(frame, nodes[:-1]), *last_given(nodes[-1], frame)) if nodes else ()


def last_given(node: SgNode, frame: Frame) -> Block:
    """Lower a statement of which the value is returned."""
    inner = frame.inner()
    if node.kind() in {"if_expression", "when_expression", "try_expression"}:
        body = frame.source.branching(inner, node, lambda value, line: Return(values=(value,), line=line))
        return (*(inner.pending or ()), *body)
    if node.kind() in _STATEMENTS or node.kind() in _DECLARATIONS or node.kind() == "jump_expression":
        return frame.source.block(frame, [node])
    value = expression(node, inner)
    return (*(inner.pending or ()), Return(values=(value,), line=value.line))


def _lambda(node: SgNode, frame: Frame) -> Expression:
    return lambda_of(node, frame)


def _function(node: SgNode, frame: Frame) -> Expression:
    """Lower ``fun(x: T): R { … }`` as a value."""
    given = [part for part in parts(child_of(node, "function_value_parameters")) if part.kind() == "parameter"]
    parameters = tuple(_parameter(part) for part in given)
    body = body_of(child_of(node, "function_body"), frame.inner())
    return Lambda(parameters=parameters, body=body, line=frame.line(node), last=frame.last(node))


def body_of(node: SgNode | None, frame: Frame) -> Block:
    """Lower the body of a function: statements, or one expression behind ``=``."""
    inner = parts(node)
    if node is None or not inner:
        return ()
    if inner[0].kind() == "statements":
        return frame.source.block(frame, parts(inner[0]))
    return last_given(inner[0], frame)


def _object(node: SgNode, frame: Frame) -> Expression:
    """Lower ``object : T { … }``. With one function and nothing else it is that function, otherwise a type of its own."""
    line = frame.line(node)
    name = frame.source.name("object$")
    made = frame.source.declared(frame, node, name)
    if len(made.functions) == 1 and not made.fields and made.functions[0].name != name:
        function = made.functions[0]
        return Lambda(parameters=function.parameters, body=function.body, line=function.line, last=function.last)
    frame.source.types.append(replace(made))
    return Call(callee=Name(name=made.name, line=line), line=line, new=True)


def _reference(node: SgNode, frame: Frame) -> Expression:
    """Lower ``::f``, ``A::f`` and ``A::class``."""
    line, inner = frame.line(node), parts(node)
    is_class = any(child.kind() == "class" for child in node.children())
    if not inner:
        return Constant(value=None, line=line)
    first = Name(name=plain(inner[0]), line=line)
    if is_class:
        return Member(object=first, name="class", line=line)
    return Member(object=first, name=plain(inner[-1]), line=line) if len(inner) > 1 else first


def _list(node: SgNode, frame: Frame) -> Expression:
    line = frame.line(node)
    return Collection(items=tuple(expression(part, frame) for part in parts(node)), line=line)


def _chosen(node: SgNode, frame: Frame) -> Expression:
    """Lower ``if``, ``when`` and ``try`` as a value: their branches give it to a name."""
    line, name = frame.line(node), frame.source.name()
    inner = frame if frame.pending is not None else frame.inner()
    before = frame.source.branching(inner, node, lambda value, at: Bind(names=(name,), value=value, line=at))
    if frame.pending is None:
        return _immediate((*(inner.pending or ()), *before), name, line)
    frame.pending.extend(before)
    return Name(name=name, line=line)


def _immediate(body: Block, name: str, line: int) -> Call:
    """Give a value that statements make where no statement can stand: a function that is called at once."""
    whole = (*body, Return(values=(Name(name=name, line=line),), line=line))
    return Call(callee=Lambda(parameters=(), body=whole, line=line, last=line), line=line)


def _jump(node: SgNode, frame: Frame) -> Expression:
    """Lower ``throw`` and ``return`` inside an expression: what they give is kept, but no value of it."""
    return Opaque(parts=tuple(expression(part, frame) for part in parts(node) if part.kind() != "label"), line=frame.line(node))


def _opaque(node: SgNode, frame: Frame) -> Expression:
    """Keep what is inside anything else; statements and declarations, which broken code may bring here, run where they stand."""
    inner = parts(node)
    rest = [part for part in inner if part.kind() in _STATEMENTS or part.kind() in _DECLARATIONS]
    plain_parts = [part for part in inner if part not in rest and not part.kind().endswith("type")]
    blocks = (frame.source.block(frame.inner(), rest),) if rest else ()
    return Opaque(parts=tuple(expression(part, frame) for part in plain_parts), line=frame.line(node), blocks=blocks)


_READERS: Mapping[str, Callable[[SgNode, Frame], Expression]] = {
    "simple_identifier": _name,
    "type_identifier": _name,
    "identifier": _name,
    "this_expression": _this,
    "super_expression": _this,
    "string_literal": _text,
    "character_literal": _character,
    "integer_literal": _number,
    "hex_literal": _number,
    "bin_literal": _number,
    "long_literal": _number,
    "unsigned_literal": _number,
    "real_literal": _number,
    "boolean_literal": _word,
    "null_literal": _word,
    "parenthesized_expression": _inner,
    "as_expression": _inner,
    "spread_expression": _inner,
    "prefix_expression": _prefixed,
    "additive_expression": _sum,
    "elvis_expression": _elvis,
    "infix_expression": _infix,
    "lambda_literal": _lambda,
    "anonymous_function": _function,
    "object_literal": _object,
    "call_expression": _object,
    "callable_reference": _reference,
    "collection_literal": _list,
    "if_expression": _chosen,
    "when_expression": _chosen,
    "try_expression": _chosen,
    "jump_expression": _jump,
}
