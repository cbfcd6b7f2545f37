"""Lowers Go's expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ast_grep_py import SgNode

from reviewer.inventory.languages.go.composites import composite, made
from reviewer.inventory.languages.go.formats import formatted, library_name
from reviewer.inventory.languages.go.literals import character, number, text_of
from reviewer.inventory.languages.go.syntax import Source, parts
from reviewer.inventory.languages.go.typenames import TYPES, lower_type, parameters_of
from reviewer.inventory.program.model import Argument, Call, Constant, Expression, Index, Lambda, Member, Name, Opaque, Text, TypeName

__all__ = ["expression", "expressions", "joined"]

#: Types whose name before parentheses converts a value and does not change what it says.
_CONVERSIONS = frozenset(
    {
        *("string", "any", "byte", "rune", "error", "bool", "float32", "float64", "complex128"),
        *("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr"),
    }
)
#: Packages whose ``O_…`` are flags for opening files.
_FLAGS = frozenset({"os", "syscall", "golang.org/x/sys/unix"})
_CONSTANTS = {"true": True, "false": False, "nil": None}


def expression(node: SgNode | None, source: Source) -> Expression:
    """Lower one expression."""
    while node is not None and node.kind() in {"parenthesized_expression", "literal_element"}:
        node = next(iter(parts(node)), None)
    if node is None:
        return Opaque(parts=(), line=1)
    lower = _KINDS.get(node.kind())
    return lower(node, source) if lower else _opaque(node, source)


def expressions(node: SgNode | None, source: Source) -> list[Expression]:
    """Lower what stands in a list of expressions, or the one expression that is given."""
    if node is None:
        return []
    return [expression(each, source) for each in (parts(node) if node.kind() == "expression_list" else [node])]


def joined(pieces: Iterable[str | Expression], line: int) -> Text:
    """Make a text of pieces; texts inside it are taken in, and literals that stand side by side become one."""
    flat: list[str | Expression] = []
    for piece in pieces:
        for part in piece.parts if isinstance(piece, Text) else (piece,):
            if isinstance(part, str) and flat and isinstance(flat[-1], str):
                flat[-1] += part
            elif part != "":
                flat.append(part)
    return Text(parts=tuple(flat), line=line)


def _opaque(node: SgNode, source: Source) -> Expression:
    given = [part for part in parts(node) if part.kind() not in TYPES]
    return Opaque(parts=tuple(expression(part, source) for part in given), line=source.line(node))


def _name(node: SgNode, source: Source) -> Expression:
    return Name(name=node.text(), line=source.line(node))


def _constant(node: SgNode, source: Source) -> Expression:
    return Constant(value=_CONSTANTS[node.kind()], line=source.line(node))


def _iota(node: SgNode, source: Source) -> Expression:
    return Constant(value=source.iota, line=source.line(node))


def _number(node: SgNode, source: Source) -> Expression:
    return Constant(value=number(node.text()), line=source.line(node))


def _character(node: SgNode, source: Source) -> Expression:
    return Constant(value=character(node.text()), line=source.line(node))


def _text(node: SgNode, source: Source) -> Expression:
    return joined([text_of(node.text())], source.line(node))


def _member(node: SgNode, source: Source) -> Expression:
    name = node.field("field")
    place = source.line(name) if name is not None else source.line(node)
    member = Member(object=expression(node.field("operand"), source), name=name.text() if name is not None else "", line=place)
    return Text(parts=(member.name,), line=place) if _is_flag(member, source) else member


def _is_flag(member: Member, source: Source) -> bool:
    """Tell whether this is a flag of ``os.OpenFile``: whether a file is read or written shows in its name, not in its number."""
    return member.name.startswith("O_") and library_name(member, source).rpartition(".")[0] in _FLAGS


def _binary(node: SgNode, source: Source) -> Expression:
    """Lower ``a + b + c`` as one text unless a number is added; chains are walked, since generated ones are long."""
    line = source.line(node)
    operator = node.field("operator")
    if operator is not None and operator.text() == "|":
        return _united(node, source)
    operands: list[SgNode] = []
    while _is_sum(node):
        left, right = node.field("left"), node.field("right")
        if right is not None:
            operands.append(right)
        if left is None:
            break
        node = left
        while node.kind() == "parenthesized_expression" and len(inner := parts(node)) == 1:
            node = inner[0]
    if not operands:
        return _opaque(node, source)
    lowered = [expression(each, source) for each in (node, *reversed(operands))]
    if any(isinstance(each, Constant) for each in lowered):
        return Opaque(parts=tuple(lowered), line=line)
    return joined(lowered, line)


def _united(node: SgNode, source: Source) -> Expression:
    """Lower ``a | b``; flags that are known by name stay so."""
    sides = [expression(node.field(side), source) for side in ("left", "right")]
    if all(isinstance(side, Text) for side in sides):
        return joined([sides[0], "|", sides[1]], source.line(node))
    return Opaque(parts=tuple(sides), line=source.line(node))


def _is_sum(node: SgNode) -> bool:
    if node.kind() != "binary_expression":
        return False
    operator = node.field("operator")
    return operator is not None and operator.text() == "+"


def _unary(node: SgNode, source: Source) -> Expression:
    operand = expression(node.field("operand"), source)
    sign = node.text()[:1]
    if sign in {"&", "*"}:
        return operand
    if sign == "-" and isinstance(operand, Constant) and isinstance(operand.value, int | float):
        return Constant(value=-operand.value, line=operand.line)
    return Opaque(parts=(operand,), line=source.line(node))


def _asserted(node: SgNode, source: Source) -> Expression:
    return expression(node.field("operand"), source)


def _converted(node: SgNode, source: Source) -> Expression:
    """Lower ``[]byte(x)``. ``f[T](x)`` looks the same and is a call."""
    kind, operand = node.field("type"), node.field("operand")
    if kind is None or kind.kind() != "generic_type":
        return expression(operand, source)
    name = lower_type(kind, source) or TypeName(name="")
    given = (Argument(value=expression(operand, source)),) if operand is not None else ()
    return Call(callee=_path(name.name, source.line(node)), line=source.line(node), arguments=given, types=name.arguments)


def _path(name: str, line: int) -> Expression:
    first, *rest = name.split(".")
    path: Expression = Name(name=first, line=line)
    for part in rest:
        path = Member(object=path, name=part, line=line)
    return path


def _indexed(node: SgNode, source: Source) -> Expression:
    """Lower ``a[k]``. ``f[int]`` looks the same and is the function itself."""
    key = node.field("index")
    thing = expression(node.field("operand"), source)
    if key is not None and key.kind() == "identifier" and key.text() in _CONVERSIONS:
        return thing
    return Index(object=thing, key=expression(key, source), line=source.line(node))


def _sliced(node: SgNode, source: Source) -> Expression:
    """Lower ``a[1:]``; of a list that is also cut at its end only the parts count."""
    start = node.field("start")
    if start is None or node.field("end") is not None or node.field("capacity") is not None:
        return _opaque(node, source)
    line = source.line(node)
    return Index(object=expression(node.field("operand"), source), key=expression(start, source), line=line, rest=True)


def _instance(node: SgNode, source: Source) -> Expression:
    return expression(next(iter(parts(node)), None), source)


def _function(node: SgNode, source: Source) -> Expression:
    return Lambda(
        parameters=parameters_of(node.field("parameters"), source),
        body=source.block(source, node.field("body")),
        line=source.line(node),
        last=source.last(node),
    )


def _composite(node: SgNode, source: Source) -> Expression:
    return composite(node, source, expression)


def _call(node: SgNode, source: Source) -> Expression:
    callee = expression(node.field("function"), source)
    written = parts(node.field("arguments"))
    if isinstance(callee, Name):
        if callee.name in {"new", "make"}:
            return made(written, source.line(node), source, expression)
        if callee.name in _CONVERSIONS and len(written) == 1:
            return expression(written[0], source)
    if isinstance(callee, Member) and callee.name == "String" and isinstance(callee.object, Name) and callee.object.name in source.builders:
        return callee.object
    given = tuple(_argument(each, source) for each in written)
    types = tuple(found for each in parts(node.field("type_arguments")) if (found := lower_type(each, source)))
    call = Call(callee=callee, line=_place(callee, node, source), arguments=given, types=types)
    return formatted(call, source, joined)


def _place(callee: Expression, node: SgNode, source: Source) -> int:
    """A call stands where the name of what is called stands: in a long chain every call has its own line."""
    return callee.line if isinstance(callee, Name | Member) else source.line(node)


def _argument(node: SgNode, source: Source) -> Argument:
    if node.kind() == "variadic_argument":
        return Argument(value=expression(next(iter(parts(node)), None), source), spread=True)
    return Argument(value=expression(node, source))


def _type_as_value(node: SgNode, source: Source) -> Expression:
    found = lower_type(node, source)
    return Name(name=found.name if found else "", line=source.line(node))


_KINDS: Mapping[str, Callable[[SgNode, Source], Expression]] = MappingProxyType(
    {
        "identifier": _name,
        "blank_identifier": _name,
        "field_identifier": _name,
        "package_identifier": _name,
        "type_identifier": _name,
        "qualified_type": _type_as_value,
        "true": _constant,
        "false": _constant,
        "nil": _constant,
        "iota": _iota,
        "int_literal": _number,
        "float_literal": _number,
        "rune_literal": _character,
        "interpreted_string_literal": _text,
        "raw_string_literal": _text,
        "selector_expression": _member,
        "binary_expression": _binary,
        "unary_expression": _unary,
        "type_assertion_expression": _asserted,
        "type_conversion_expression": _converted,
        "index_expression": _indexed,
        "slice_expression": _sliced,
        "type_instantiation_expression": _instance,
        "func_literal": _function,
        "composite_literal": _composite,
        "call_expression": _call,
    }
)
