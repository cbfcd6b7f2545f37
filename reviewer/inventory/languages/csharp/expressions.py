"""Expressions of C#, lowered to the form that all typed languages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ast_grep_py import SgNode

from reviewer.inventory.languages.csharp.calls import chain
from reviewer.inventory.languages.csharp.functions import lambda_of
from reviewer.inventory.languages.csharp.literals import number, raw_lines, text_of, unescaped
from reviewer.inventory.languages.csharp.makings import anonymous, array, collection, initialised, made, tuple_made, with_changed
from reviewer.inventory.languages.csharp.matching import bind_pattern, switch_value
from reviewer.inventory.languages.csharp.nodes import Frame, child_of, dotted, parts, type_name
from reviewer.inventory.languages.csharp.streams import note
from reviewer.inventory.program.model import Argument, Bind, Block, Call, Choice, Constant, Expression, Loop, Member, Name, Opaque, Text

__all__ = ["assigned", "lower_expression"]

_SAME = frozenset(
    {"parenthesized_expression", "await_expression", "checked_expression", "ref_expression", "constant_pattern", "expression_element"}
)
_CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False}


def lower_expression(frame: Frame, node: SgNode | None) -> Expression:
    """Lower one expression; what has no form of its own keeps its parts, so that calls in them are seen."""
    if node is None:
        return Constant(value=None, line=1)
    while node.kind() in _SAME and parts(node):
        node = parts(node)[-1]
    reader = _READERS.get(node.kind())
    return reader(frame, node) if reader else _opaque(frame, node)


def _opaque(frame: Frame, node: SgNode) -> Expression:
    return Opaque(parts=tuple(frame.value(part) for part in parts(node)), line=frame.line(node))


def _name(frame: Frame, node: SgNode) -> Expression:
    return Name(name=dotted(node), line=frame.line(node))


def _this(frame: Frame, node: SgNode) -> Expression:
    return Name(name="this" if node.kind() == "this" else "super", line=frame.line(node))


def _literal(frame: Frame, node: SgNode) -> Expression:
    text = text_of(node)
    return Text(parts=(text,) if text else (), line=frame.line(node))


def _number(frame: Frame, node: SgNode) -> Expression:
    return Constant(value=number(node), line=frame.line(node))


def _truth(frame: Frame, node: SgNode) -> Expression:
    return Constant(value=node.text() == "true", line=frame.line(node))


def _null(frame: Frame, node: SgNode) -> Expression:
    return Constant(value=None, line=frame.line(node))


def _character(frame: Frame, node: SgNode) -> Expression:
    return Text(parts=(unescaped(node.text()[1:-1]),), line=frame.line(node))


def _interpolated(frame: Frame, node: SgNode) -> Expression:
    opening = child_of(node, "interpolation_start")
    start = opening.text() if opening is not None else "$"
    verbatim, raw = "@" in start, child_of(node, "interpolation_quote") is not None
    holes = [child for child in node.children() if child.kind() in {"string_content", "escape_sequence", "interpolation"}]
    pieces: list[str | SgNode] = []
    for child in holes:
        text = child if child.kind() == "interpolation" else _content(child.text(), verbatim=verbatim, raw=raw)
        if isinstance(text, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += text
        else:
            pieces.append(text)
    found = raw_lines(pieces) if raw else iter(pieces)
    values = (piece if isinstance(piece, str) else _hole(frame, piece) for piece in found)
    return Text(parts=tuple(value for value in values if value != ""), line=frame.line(node))


def _content(text: str, *, verbatim: bool, raw: bool) -> str:
    if raw:
        return text
    text = text.replace("{{", "{").replace("}}", "}")
    return text.replace('""', '"') if verbatim else unescaped(text)


def _hole(frame: Frame, node: SgNode) -> Expression:
    inside = [part for part in parts(node) if not part.kind().startswith("interpolation_")]
    return frame.value(inside[0] if inside else None)


def _binary(frame: Frame, node: SgNode) -> Expression:
    """Flatten a chain of one operator, which may be thousands long, without recursion."""
    operator = _operator(node)
    operands: list[SgNode] = []
    left: SgNode | None = node
    while left is not None and left.kind() == "binary_expression" and _operator(left) == operator:
        right = left.field("right")
        operands += [right] if right is not None else []
        left = left.field("left")
    operands += [left] if left is not None else []
    expected = frame.expected if operator == "??" else None
    values = tuple(frame.value(operand, expected) for operand in reversed(operands))
    if operator == "??":
        return Choice(options=values, line=frame.line(node))
    if operator == "+" and not any(isinstance(value, Constant) for value in values):
        return Text(parts=values, line=frame.line(node))
    if operator == "+" and any(isinstance(value, Text) for value in values):
        return Text(parts=tuple(str(value.value) if isinstance(value, Constant) else value for value in values), line=frame.line(node))
    return Opaque(parts=values, line=frame.line(node))


def _operator(node: SgNode) -> str:
    found = node.field("operator")
    return found.text() if found is not None else ""


def _conditional(frame: Frame, node: SgNode) -> Expression:
    test = frame.value(node.field("condition"))
    options = tuple(frame.same(node.field(side)) for side in ("consequence", "alternative"))
    return Choice(options=options, line=frame.line(node), tests=(test,))


def _cast(frame: Frame, node: SgNode) -> Expression:
    return frame.value(node.field("value"), type_name(node.field("type")))


def _as(frame: Frame, node: SgNode) -> Expression:
    return frame.value(node.field("left") or next(iter(parts(node)), None))


def _prefixed(frame: Frame, node: SgNode) -> Expression:
    value = frame.same(next(iter(parts(node)), None))
    sign = node.children()[0].text()
    if sign == "-" and isinstance(value, Constant) and isinstance(value.value, int | float):
        return Constant(value=-value.value, line=value.line)
    return value if sign in {"&", "*", "+"} else Opaque(parts=(value,), line=frame.line(node))


def _is(frame: Frame, node: SgNode) -> Expression:
    value = frame.value(node.field("expression") or next(iter(parts(node)), None))
    bind_pattern(frame, node.field("pattern"), value)
    return Opaque(parts=(value,), line=frame.line(node))


def _assignment(frame: Frame, node: SgNode) -> Expression:
    """An assignment inside an expression runs before it; its value is what was assigned."""
    bind = assigned(frame, node)
    if frame.pending is None or bind.value is None:
        return bind.value or Opaque(parts=(), line=frame.line(node))
    frame.pending.append(bind)
    return Name(name=bind.names[0], line=bind.line) if len(bind.names) == 1 else bind.value


def assigned(frame: Frame, node: SgNode) -> Bind:
    """Lower an assignment: to names, or to a target; ``+=`` keeps what was there before."""
    left = node.field("left")
    value = frame.value(node.field("right"))
    line = frame.line(node)
    if left is not None and left.kind() == "tuple_expression":
        return Bind(names=_names(left), value=value, line=line)
    target = frame.value(left)
    operator = _operator(node)
    if operator == "+=" and not isinstance(target, Member):
        value = Text(parts=(target, value), line=line)
    elif operator == "??=":
        value = Choice(options=(target, value), line=line)
    if isinstance(target, Name):
        note(frame.streams, target.name, None, value)
        return Bind(names=(target.name,), value=value, line=line)
    return Bind(names=(), value=value, line=line, target=target)


def _names(node: SgNode) -> tuple[str, ...]:
    given = [parts(argument)[-1] for argument in parts(node) if parts(argument)]
    named = [value.field("name") if value.kind() == "declaration_expression" else value for value in given]
    return tuple(name.text() if name is not None and name.kind() == "identifier" else "_" for name in named)


def _declared(frame: Frame, node: SgNode) -> Expression:
    name = node.field("name")
    return Name(name=name.text() if name is not None else "_", line=frame.line(node))


def _query(frame: Frame, node: SgNode) -> Expression:
    """``from x in xs where … select y`` is a loop over ``xs`` that gives ``y``."""
    blocks: list[Block] = []
    values: list[Expression] = []
    for clause in parts(node):
        kind, inside = clause.kind(), parts(clause)
        if kind in {"from_clause", "join_clause"} and len(inside) > 1:
            names = tuple(part.text() for part in inside[:1])
            blocks.append((Loop(names=names, over=frame.value(inside[1]), body=(), line=frame.line(clause)),))
        elif kind == "let_clause" and len(inside) > 1:
            blocks.append((Bind(names=(inside[0].text(),), value=frame.value(inside[1]), line=frame.line(clause)),))
        else:
            values.extend(frame.value(part) for part in inside)
    return Opaque(parts=tuple(values), line=frame.line(node), blocks=tuple(blocks))


def _type_of(frame: Frame, node: SgNode) -> Expression:
    line = frame.line(node)
    named = type_name(node.field("type") or next(iter(parts(node)), None))
    argument = Argument(value=Name(name=named.name if named else "", line=line))
    return Call(callee=Name(name="typeof", line=line), arguments=(argument,), types=(named,) if named else (), line=line)


_READERS: Mapping[str, Callable[[Frame, SgNode], Expression]] = {
    "identifier": _name,
    "qualified_name": _name,
    "alias_qualified_name": _name,
    "generic_name": _name,
    "predefined_type": _name,
    "this": _this,
    "base": _this,
    "string_literal": _literal,
    "verbatim_string_literal": _literal,
    "raw_string_literal": _literal,
    "interpolated_string_expression": _interpolated,
    "character_literal": _character,
    "integer_literal": _number,
    "real_literal": _number,
    "boolean_literal": _truth,
    "null_literal": _null,
    "default_expression": _null,
    "binary_expression": _binary,
    "conditional_expression": _conditional,
    "cast_expression": _cast,
    "as_expression": _as,
    "prefix_unary_expression": _prefixed,
    "postfix_unary_expression": chain,
    "element_access_expression": chain,
    "is_pattern_expression": _is,
    "is_expression": _is,
    "assignment_expression": _assignment,
    "declaration_expression": _declared,
    "query_expression": _query,
    "typeof_expression": _type_of,
    "invocation_expression": chain,
    "member_access_expression": chain,
    "conditional_access_expression": chain,
    "object_creation_expression": made,
    "implicit_object_creation_expression": made,
    "anonymous_object_creation_expression": anonymous,
    "array_creation_expression": array,
    "implicit_array_creation_expression": array,
    "initializer_expression": initialised,
    "collection_expression": collection,
    "tuple_expression": tuple_made,
    "with_expression": with_changed,
    "switch_expression": switch_value,
    "lambda_expression": lambda_of,
    "anonymous_method_expression": lambda_of,
}
