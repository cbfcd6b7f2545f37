"""Calls and chains of members, lowered link by link, since builders chain hundreds of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ast_grep_py import SgNode

from reviewer.inventory.languages.csharp.known import argument_type, known_text
from reviewer.inventory.languages.csharp.nodes import Frame, parts, type_arguments, type_name
from reviewer.inventory.languages.csharp.programs import with_command_line
from reviewer.inventory.languages.csharp.settings import configured
from reviewer.inventory.program.model import Argument, Bind, Call, Expression, Index, Member, Name, Text, TypeName

__all__ = ["arguments_of", "chain", "named"]

#: Methods that look a key up and give what stands there in an ``out`` argument.
_LOOK_UPS = frozenset({"TryGetValue", "TryGetProperty", "TryGetPropertyValue"})


def chain(frame: Frame, node: SgNode) -> Expression:
    """Lower ``a.B(1)?.C[2]`` from its beginning on, without recursion."""
    links: list[SgNode] = []
    start: SgNode | None = node
    while start is not None and start.kind() in _INNER and (inner := _inner(start)) is not None:
        links.append(start)
        start = inner
    value = frame.value(start)
    for link in reversed(links):
        value = _STEPS[link.kind()](frame, link, value)
    return value


def _inner(node: SgNode) -> SgNode | None:
    return node.field(_INNER[node.kind()]) if _INNER[node.kind()] else next(iter(parts(node)), None)


def _member(frame: Frame, node: SgNode, value: Expression) -> Expression:
    name = node.field("name")
    return Member(object=value, name=_plain(name), line=frame.line(name or node))


def _plain(name: SgNode | None) -> str:
    if name is not None and name.kind() == "generic_name":
        name = next(iter(parts(name)), None)
    return name.text().removeprefix("@") if name is not None else ""


def _conditional(frame: Frame, node: SgNode, value: Expression) -> Expression:
    binding = parts(node)[-1]
    if binding.kind() == "element_binding_expression":
        keys = [key for part in parts(binding) for key in parts(part)[-1:]]
        return Index(object=value, key=frame.value(keys[0] if keys else None), line=frame.line(node))
    return _member(frame, binding, value)


def _element(frame: Frame, node: SgNode, value: Expression) -> Expression:
    keys = [key for part in parts(node.field("subscript")) for key in parts(part)[-1:]]
    return Index(object=value, key=frame.value(keys[0] if keys else None), line=frame.line(node))


def _suffixed(_frame: Frame, _node: SgNode, value: Expression) -> Expression:
    return value


def _call(frame: Frame, node: SgNode, callee: Expression) -> Expression:
    line = callee.line
    given = parts(node.field("arguments"))
    name = named(callee)
    if name == "nameof" and given:
        return Text(parts=(_last_name(given[0]),), line=line)
    arguments = arguments_of(frame, given, name)
    known = known_text(name, arguments, line)
    if known is not None:
        return known
    found = _looked_up(callee, arguments, line)
    arguments, types = (*with_command_line(name, arguments), *configured(arguments)), _types(node)
    result: Expression = found or Call(callee=callee, arguments=arguments, types=types, line=line)
    _bind_outs(frame, given, result)
    return result


def _last_name(argument: SgNode) -> str:
    value = parts(argument)[-1] if parts(argument) else argument
    return value.text().rpartition(".")[2].partition("<")[0].strip().removeprefix("@")


def _types(node: SgNode) -> tuple[TypeName, ...]:
    function = node.field("function")
    if function is not None and function.kind() == "conditional_access_expression":
        function = parts(function)[-1]
    if function is not None and function.kind() in {"member_access_expression", "member_binding_expression"}:
        function = function.field("name")
    return type_arguments(function) if function is not None and function.kind() == "generic_name" else ()


def _looked_up(callee: Expression, arguments: tuple[Argument, ...], line: int) -> Expression | None:
    if isinstance(callee, Member) and callee.name in _LOOK_UPS and len(arguments) == 1:
        return Index(object=callee.object, key=arguments[0].value, line=line)
    return None


def named(callee: Expression) -> str:
    """Give a callee as a dotted name, the empty text if it is more than names."""
    names: list[str] = []
    while isinstance(callee, Member):
        names.append(callee.name)
        callee = callee.object
    return ".".join((callee.name, *reversed(names))) if isinstance(callee, Name) else ""


def arguments_of(frame: Frame, given: list[SgNode], callee: str) -> tuple[Argument, ...]:
    """Lower arguments, those left out that only take a result (``out``)."""
    found: list[Argument] = []
    for index, node in enumerate(argument for argument in given if not _is_out(argument)):
        keyword = node.field("name")
        inside = [part for part in parts(node) if part.kind() != "modifier"]
        value = inside[-1] if inside else None
        expected = argument_type(callee, index if keyword is None else keyword.text())
        found.append(Argument(value=frame.value(value, expected), keyword=keyword.text() if keyword is not None else None))
    return tuple(found)


def _is_out(argument: SgNode) -> bool:
    return any(child.kind() == "out" for child in argument.children())


def _bind_outs(frame: Frame, given: list[SgNode], result: Expression) -> None:
    """``F(x, out var y)`` gives ``y`` what ``F(x)`` gives."""
    if frame.pending is None:
        return
    for argument in given:
        value = parts(argument)[-1] if _is_out(argument) and parts(argument) else None
        if value is None:
            continue
        name = value.field("name") if value.kind() == "declaration_expression" else value
        if name is not None and name.kind() == "identifier" and name.text() != "_":
            kind = type_name(value.field("type")) if value.kind() == "declaration_expression" else None
            frame.pending.append(Bind(names=(name.text(),), value=result, line=frame.line(argument), type=kind))


_INNER: Mapping[str, str] = {
    "invocation_expression": "function",
    "member_access_expression": "expression",
    "conditional_access_expression": "condition",
    "element_access_expression": "expression",
    "postfix_unary_expression": "",
}
_STEPS: Mapping[str, Callable[[Frame, SgNode, Expression], Expression]] = {
    "invocation_expression": _call,
    "member_access_expression": _member,
    "conditional_access_expression": _conditional,
    "element_access_expression": _element,
    "postfix_unary_expression": _suffixed,
}
