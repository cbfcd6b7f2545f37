"""Lowers Go's statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from ast_grep_py import SgNode

from reviewer.inventory.languages.go.expressions import expression, expressions, joined
from reviewer.inventory.languages.go.formats import library_name
from reviewer.inventory.languages.go.syntax import Source, parts, parts_by_kind
from reviewer.inventory.languages.go.typedeclarations import lower_types
from reviewer.inventory.languages.go.typenames import lower_type
from reviewer.inventory.program.model import (
    Bind,
    Block,
    Branch,
    Call,
    Expression,
    Loop,
    Member,
    Name,
    Opaque,
    Record,
    Return,
    Statement,
    Text,
    TypeName,
)

__all__ = ["block", "specified"]

#: Objects to which a text is written piece by piece, and what writes to them.
_BUILDERS = frozenset({"strings.Builder", "bytes.Buffer"})
_WRITES = frozenset({"WriteString", "Write", "WriteByte", "WriteRune"})
#: Expressions that give a second result which says whether the first is one.
_DOUBTFUL = frozenset({"type_assertion_expression", "index_expression", "unary_expression"})


def block(source: Source, node: SgNode | None) -> Block:
    """Lower the statements of a block."""
    found: list[Statement] = []
    for child in parts(node):
        found.extend(_statements(child, source))
    return tuple(found)


def _statements(node: SgNode, source: Source) -> Iterator[Statement]:
    lower = _KINDS.get(node.kind())
    if lower is not None:
        yield from lower(node, source)
    elif node.is_named():
        yield expression(node, source)


def _nothing(node: SgNode, source: Source) -> Iterator[Statement]:  # noqa: ARG001  the shape that all kinds share
    yield from ()


def _below(node: SgNode, source: Source) -> Iterator[Statement]:
    for child in parts(node):
        if child.kind() != "label_name":
            yield from _statements(child, source)


def _inner(node: SgNode, source: Source) -> Iterator[Statement]:
    yield _always(block(source, node), source.line(node))


def _always(body: Block, line: int) -> Branch:
    return Branch(subject=None, texts=None, body=body, line=line)


def _plain(node: SgNode, source: Source) -> Iterator[Statement]:
    for child in parts(node):
        lowered = expression(child, source)
        yield _written(lowered, source) or lowered


def _written(value: Expression, source: Source) -> Bind | None:
    """Read what is written to the builder of a text as the text growing."""
    if not isinstance(value, Call) or not isinstance(value.callee, Member):
        return None
    receiver, line = value.callee.object, value.line
    values = [argument.value for argument in value.arguments]
    if isinstance(receiver, Name) and receiver.name in source.builders and value.callee.name in _WRITES and len(values) == 1:
        return Bind(names=(receiver.name,), value=joined([receiver, values[0]], line), line=line)
    if library_name(value.callee, source) in {"fmt.Fprintf", "fmt.Fprint", "fmt.Fprintln"} and len(values) > 1:
        target = values[0]
        if isinstance(target, Name) and target.name in source.builders:
            pieces = values[1:] if isinstance(values[1], Text) and len(values) == 2 else [Opaque(parts=tuple(values[1:]), line=line)]  # noqa: PLR2004  the target and one text
            return Bind(names=(target.name,), value=joined([target, *pieces], line), line=line)
    return None


def _declared(node: SgNode, source: Source) -> Iterator[Statement]:
    """Lower ``a, b := x, y`` and ``a, b = f()``."""
    left, right = node.field("left"), node.field("right")
    targets = parts(left) if left is not None and left.kind() == "expression_list" else [left] if left is not None else []
    operator = node.field("operator")
    grown = operator is not None and operator.text() == "+="
    values = expressions(right, source)
    written = parts(right) if right is not None else []
    if len(targets) == len(values):
        for target, value, shape in zip(targets, values, written, strict=False):
            yield _assigned(target, value, source, kind=_cast(shape, source), grown=grown)
    elif len(values) == 1 and written[0].kind() in _DOUBTFUL and targets:
        yield _assigned(targets[0], values[0], source, kind=_cast(written[0], source))
        for target in targets[1:]:
            yield _assigned(target, None, source)
    elif values:
        yield from _taken_apart(targets, values, source, source.line(node))


def _cast(node: SgNode, source: Source) -> TypeName | None:
    return lower_type(node.field("type"), source) if node.kind() == "type_assertion_expression" else None


def _assigned(target: SgNode, value: Expression | None, source: Source, *, kind: TypeName | None = None, grown: bool = False) -> Bind:
    line = source.line(target)
    place = expression(target, source)
    if grown and value is not None:
        value = joined([place, value], line)
    if isinstance(place, Name):
        return Bind(names=(place.name,), value=value, line=line, type=kind)
    return Bind(names=(), value=value, line=line, type=kind, target=place)


def _taken_apart(targets: list[SgNode], values: list[Expression], source: Source, line: int) -> Iterator[Statement]:
    """Bind the results of a call; a field among the targets gets its own through a name that no program can write."""
    places = [expression(target, source) for target in targets]
    names = tuple(place.name if isinstance(place, Name) else f"result {index}" for index, place in enumerate(places))
    yield Bind(names=names, value=values[0], line=line)
    for index, place in enumerate(places):
        if not isinstance(place, Name):
            yield Bind(names=(), value=Name(name=f"result {index}", line=line), line=line, target=place)
    yield from values[1:]


def _variables(node: SgNode, source: Source) -> Iterator[Statement]:
    nested = [spec for group in parts_by_kind(node, "var_spec_list") for spec in parts_by_kind(group, "var_spec")]
    previous: SgNode | None = None
    for index, spec in enumerate([*parts_by_kind(node, "var_spec", "const_spec"), *nested]):
        source.iota = index
        yield from specified(spec, source, previous)
        previous = spec if spec.field("value") is not None or previous is None else previous
    source.iota = None


def specified(spec: SgNode, source: Source, previous: SgNode | None = None) -> Iterator[Bind]:
    """Lower one line of ``var`` or ``const``; a constant without a value has the expression of the line before."""
    names = [each.text() for each in parts_by_kind(spec, "identifier", "blank_identifier")]
    line = source.line(spec)
    said = previous if spec.field("value") is None and spec.kind() == "const_spec" and previous is not None else spec
    kind = lower_type(said.field("type"), source)
    values = expressions(said.field("value"), source)
    if not values and kind is not None and kind.name in _BUILDERS:
        source.builders.update(names)
        values = [Text(parts=(), line=line) for _ in names]
    elif not values and kind is not None and _is_filled_later(spec, names, source):
        values, kind = [Record(pairs=(), line=line, type=kind) for _ in names], None
    if len(values) == len(names):
        for name, value in zip(names, values, strict=True):
            yield Bind(names=(name,), value=value, line=line, type=kind)
    else:
        yield Bind(names=tuple(names), value=values[0] if values else None, line=line, type=kind)


def _is_filled_later(spec: SgNode, names: list[str], source: Source) -> bool:
    """Tell whether a variable is a record of somebody else's type that gets its fields one by one: ``var c exec.Cmd``, ``c.Path = p``."""
    said = spec.field("type")
    if said is None or said.kind() != "qualified_type":
        return False
    return any(re.search(rf"\b{re.escape(name)}\.[A-Z]\w{{0,60}}[ \t]{{0,20}}=[^=]", source.text) for name in names)


def _local_types(node: SgNode, source: Source) -> Iterator[Statement]:
    source.anonymous.extend(lower_types(node, source))
    yield from ()


def _conditional(node: SgNode, source: Source) -> Iterator[Statement]:
    """Lower ``if``; what its first part binds is visible in its branches only."""
    first = node.field("initializer")
    found = list(_statements(first, source)) if first is not None else []
    current: SgNode | None = node
    while current is not None and current.kind() == "if_statement":
        if current is not node and (more := current.field("initializer")) is not None:
            found.extend(_statements(more, source))
        found.append(_branch(current.field("condition"), current.field("consequence"), source))
        current = current.field("alternative")
    if current is not None:
        found.append(_always(block(source, current), source.line(current)))
    if first is None:
        yield from found
    else:
        yield _always(tuple(found), source.line(node))


def _branch(condition: SgNode | None, body: SgNode | None, source: Source) -> Branch:
    line = source.line(condition) if condition is not None else 1
    compared = _comparison(condition, source)
    if compared is not None:
        return Branch(subject=compared[0], texts=compared[1], body=block(source, body), line=line)
    subject = expression(condition, source) if condition is not None else None
    return Branch(subject=subject, texts=None, body=block(source, body), line=line)


def _comparison(node: SgNode | None, source: Source) -> tuple[Expression, tuple[Expression, ...]] | None:
    """Read ``x == "a"`` and ``x == "a" || x == "b"`` as a subject and what it is compared with."""
    if node is None or node.kind() != "binary_expression":
        return None
    left, right, operator = node.field("left"), node.field("right"), node.field("operator")
    sign = operator.text() if operator is not None else ""
    if sign == "||":
        first, second = _comparison(left, source), _comparison(right, source)
        same = first and second and left is not None and right is not None and _subject(left) == _subject(right)
        return (first[0], first[1] + second[1]) if first and second and same else None
    if sign != "==" or left is None or right is None or right.kind() in {"nil", "true", "false", "int_literal"}:
        return None
    if left.kind().endswith("string_literal"):
        left, right = right, left
    return expression(left, source), (expression(right, source),)


def _subject(node: SgNode) -> str:
    while node.kind() == "binary_expression" and (left := node.field("left")) is not None:
        node = left
    return node.text()


def _switch(node: SgNode, source: Source) -> Iterator[Statement]:
    """Lower ``switch``; without a value its cases are conditions."""
    first, value = node.field("initializer"), node.field("value")
    found = list(_statements(first, source)) if first is not None else []
    subject = expression(value, source) if value is not None else None
    for case in parts_by_kind(node, "expression_case", "default_case"):
        tests = case.field("value") if case.kind() == "expression_case" else None
        body = _body(case, source)
        line = source.line(case)
        if tests is None:
            found.append(_always(body, line))
        elif subject is not None:
            found.append(Branch(subject=subject, texts=tuple(expressions(tests, source)), body=body, line=line))
        else:
            compared = _comparison(parts(tests)[0], source) if len(parts(tests)) == 1 else None
            tested = compared[0] if compared else Opaque(parts=tuple(expressions(tests, source)), line=line)
            found.append(Branch(subject=tested, texts=compared[1] if compared else None, body=body, line=line))
    if first is None:
        yield from found
    else:
        yield _always(tuple(found), source.line(node))


def _body(case: SgNode, source: Source) -> Block:
    found: list[Statement] = []
    for statements in parts_by_kind(case, "statement_list"):
        found.extend(block(source, statements))
    return tuple(found)


def _type_switch(node: SgNode, source: Source) -> Iterator[Statement]:
    first = node.field("initializer")
    if first is not None:
        yield from _statements(first, source)
    alias, value = node.field("alias"), expression(node.field("value"), source)
    names = [each.text() for each in parts(alias)] if alias is not None else []
    yield value
    for case in parts_by_kind(node, "type_case", "default_case"):
        kinds = [each for each in parts(case) if each.kind() != "statement_list"]
        kind = lower_type(kinds[0], source) if len(kinds) == 1 else None
        line = source.line(case)
        bound: Block = (Bind(names=(names[0],), value=value, line=line, type=kind),) if names else ()
        yield _always((*bound, *_body(case, source)), line)


def _loop(node: SgNode, source: Source) -> Iterator[Statement]:
    body, line = node.field("body"), source.line(node)
    for clause in parts_by_kind(node, "range_clause"):
        left, right = clause.field("left"), clause.field("right")
        names = [each.text() if each.kind() == "identifier" else "_" for each in parts(left)] if left is not None else []
        yield Loop(names=(*names, "_", "_")[:2], over=expression(right, source), body=block(source, body), line=line)
        return
    found: list[Statement] = []
    for child in parts(node):
        if child.kind() == "for_clause":
            found.extend(_below(child, source))
        elif child.kind() != "block":
            found.append(expression(child, source))
    yield Loop(names=(), over=None, body=(*found, *block(source, body)), line=line)


def _select(node: SgNode, source: Source) -> Iterator[Statement]:
    for case in parts(node):
        found = [each for child in parts(case) if child.kind() != "statement_list" for each in _statements(child, source)]
        yield _always((*found, *_body(case, source)), source.line(case))


def _returned(node: SgNode, source: Source) -> Iterator[Statement]:
    values = [value for child in parts(node) for value in expressions(child, source)]
    yield Return(values=tuple(values), line=source.line(node))


_KINDS: Mapping[str, Callable[[SgNode, Source], Iterator[Statement]]] = MappingProxyType(
    {
        "expression_statement": _plain,
        "go_statement": _plain,
        "defer_statement": _plain,
        "send_statement": _plain,
        "short_var_declaration": _declared,
        "assignment_statement": _declared,
        "receive_statement": _declared,
        "var_declaration": _variables,
        "const_declaration": _variables,
        "type_declaration": _local_types,
        "if_statement": _conditional,
        "expression_switch_statement": _switch,
        "type_switch_statement": _type_switch,
        "for_statement": _loop,
        "select_statement": _select,
        "return_statement": _returned,
        "labeled_statement": _below,
        "statement_list": _below,
        "block": _inner,
        "inc_statement": _nothing,
        "dec_statement": _nothing,
        "break_statement": _nothing,
        "continue_statement": _nothing,
        "goto_statement": _nothing,
        "fallthrough_statement": _nothing,
        "empty_statement": _nothing,
        "import_declaration": _nothing,
    }
)
