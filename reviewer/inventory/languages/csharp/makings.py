"""Values that C# makes in place: objects with initialisers, arrays, collections, tuples, records with changes."""

from __future__ import annotations

from ast_grep_py import SgNode

from reviewer.inventory.languages.csharp.calls import arguments_of
from reviewer.inventory.languages.csharp.known import property_type
from reviewer.inventory.languages.csharp.nodes import Frame, child_of, parts, type_name
from reviewer.inventory.languages.csharp.programs import command_pairs, with_command_line
from reviewer.inventory.languages.csharp.streams import without_stream
from reviewer.inventory.program.model import Argument, Call, Collection, Expression, Name, Record, Text, TypeName

__all__ = ["anonymous", "array", "collection", "initialised", "made", "tuple_made", "with_changed"]

_Pairs = tuple[tuple[Expression, Expression], ...]


def made(frame: Frame, node: SgNode) -> Expression:
    """``new T(…) {…}`` and ``new(…) {…}``."""
    line = frame.line(node)
    kind = type_name(node.field("type")) or frame.expected
    name = kind.name if kind else ""
    given = parts(node.field("arguments") or child_of(node, "argument_list"))
    arguments = arguments_of(frame, given, name)
    initialiser = node.field("initializer") or child_of(node, "initializer_expression")
    if initialiser is not None and parts(initialiser):
        return _filled(frame, initialiser, kind, arguments, line)
    arguments = with_command_line(name, arguments)
    callee = Name(name=name or "new", line=line)
    return without_stream(
        Call(callee=callee, arguments=arguments, types=kind.arguments if kind else (), line=line, new=True), frame.streams
    )


def _filled(frame: Frame, node: SgNode, kind: TypeName | None, arguments: tuple[Argument, ...], line: int) -> Expression:
    if not _has_pairs(node):
        return Collection(items=_items(frame, node, _element_of(kind)), line=line, type=kind)
    pairs = command_pairs(kind.name if kind else "", arguments, _pairs(frame, node, kind))
    return Record(pairs=pairs, line=line, type=kind, arguments=arguments)


def _has_pairs(node: SgNode) -> bool:
    return any(part.kind() in {"assignment_expression", "initializer_expression"} for part in parts(node))


def _pairs(frame: Frame, node: SgNode, kind: TypeName | None) -> _Pairs:
    found: list[tuple[Expression, Expression]] = []
    for part in parts(node):
        if part.kind() == "assignment_expression":
            found.append(_pair(frame, part, kind))
        elif part.kind() == "initializer_expression" and len(parts(part)) > 1:
            key, value = parts(part)[:2]
            found.append((frame.value(key), frame.value(value, kind.arguments[-1] if kind and kind.arguments else None)))
    return tuple(found)


def _pair(frame: Frame, node: SgNode, kind: TypeName | None) -> tuple[Expression, Expression]:
    left, right = node.field("left"), node.field("right")
    if left is not None and left.kind() == "element_binding_expression":
        keys = [key for part in parts(left) for key in parts(part)[-1:]]
        return frame.value(keys[0] if keys else None), frame.value(right, kind.arguments[-1] if kind and kind.arguments else None)
    name = left.text() if left is not None else ""
    return Text(parts=(name,), line=frame.line(node)), frame.value(right, property_type(kind, name))


def _items(frame: Frame, node: SgNode, expected: TypeName | None) -> tuple[Expression, ...]:
    return tuple(frame.value(part, expected) for part in parts(node))


def _element_of(kind: TypeName | None) -> TypeName | None:
    return kind.arguments[0] if kind and len(kind.arguments) == 1 else None


def initialised(frame: Frame, node: SgNode) -> Expression:
    """``{ 1, 2 }`` or ``{ A = 1 }`` as the value of a property or an array."""
    kind, line = frame.expected, frame.line(node)
    if _has_pairs(node):
        return Record(pairs=command_pairs(kind.name if kind else "", (), _pairs(frame, node, kind)), line=line, type=kind)
    return Collection(items=_items(frame, node, _element_of(kind)), line=line, type=kind)


def array(frame: Frame, node: SgNode) -> Expression:
    """``new T[] {…}`` and ``new[] {…}``."""
    kind = type_name(child_of(node, "array_type")) or frame.expected
    initialiser = child_of(node, "initializer_expression")
    return Collection(items=_items(frame, initialiser, _element_of(kind)) if initialiser else (), line=frame.line(node), type=kind)


def collection(frame: Frame, node: SgNode) -> Expression:
    """``[a, ..b]``; what is spread in counts as one item."""
    elements = [inner for part in parts(node) for inner in parts(part)]
    items: list[Expression] = []
    for element in elements:
        spread = element.kind() == "spread_element"
        value = parts(element)[-1] if parts(element) and element.kind() in {"spread_element", "expression_element"} else element
        items.append(frame.value(value, frame.expected if spread else _element_of(frame.expected)))
    return Collection(items=tuple(items), line=frame.line(node), type=frame.expected)


def tuple_made(frame: Frame, node: SgNode) -> Expression:
    """``(a, b: c)``."""
    types = frame.expected.arguments if frame.expected and frame.expected.name == "System.ValueTuple" else ()
    values = [parts(argument)[-1] for argument in parts(node) if parts(argument)]
    items = (frame.value(value, types[index] if index < len(types) else None) for index, value in enumerate(values))
    return Collection(items=tuple(items), line=frame.line(node), type=TypeName(name="System.ValueTuple"))


def anonymous(frame: Frame, node: SgNode) -> Expression:
    """``new { a = 1, b, c.D }``: a name that is not said is that of the value."""
    return Record(pairs=_named_pairs(frame, node.children(), None), line=frame.line(node))


def with_changed(frame: Frame, node: SgNode) -> Expression:
    """``base with { A = 1 }``."""
    changes = [part.children() for part in parts(node) if part.kind() == "with_initializer"]
    pairs = tuple(pair for change in changes for pair in _named_pairs(frame, change, frame.expected))
    return Record(pairs=pairs, line=frame.line(node), rest=frame.same(parts(node)[0]))


def _named_pairs(frame: Frame, children: list[SgNode], kind: TypeName | None) -> _Pairs:
    pairs: list[tuple[Expression, Expression]] = []
    waiting: SgNode | None = None
    for index, child in enumerate(children):
        if not child.is_named() or child.kind() == "comment":
            continue
        if index + 1 < len(children) and children[index + 1].text() == "=":
            waiting = child
            continue
        name = waiting.text() if waiting is not None else child.text().rpartition(".")[2]
        pairs.append((Text(parts=(name,), line=frame.line(child)), frame.value(child, property_type(kind, name))))
        waiting = None
    return tuple(pairs)
