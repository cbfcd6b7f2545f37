"""Patterns and conditions: which texts a branch asks for, and which names a pattern gives to what it matched."""

from __future__ import annotations

from dataclasses import replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.csharp.nodes import Frame, parts, type_name
from reviewer.inventory.program.model import Bind, Branch, Call, Choice, Expression, Member, Name, Statement, Text

__all__ = ["arm_branches", "bind_pattern", "condition", "matched", "switch_value"]

_Texts = tuple[Expression, ...]
#: How deep conditions and patterns are taken apart.
DEPTH = 40


def bind_pattern(frame: Frame, pattern: SgNode | None, value: Expression, depth: int = 0) -> None:
    """Note the names that a pattern gives: ``is string name``, ``is { Path: var path }``."""
    if pattern is None or frame.pending is None or depth > DEPTH:
        return
    kind, name = pattern.kind(), pattern.field("name")
    if (
        kind in {"declaration_pattern", "var_pattern", "recursive_pattern", "list_pattern"}
        and name is not None
        and name.kind() == "identifier"
    ):
        bound = Bind(names=(name.text(),), value=value, line=frame.line(pattern), type=type_name(pattern.field("type")))
        frame.pending.append(bound)
    for part in parts(pattern):
        if part.kind() == "subpattern" and parts(part):
            inside = parts(part)
            bind_pattern(frame, inside[-1], Member(object=value, name=inside[0].text(), line=frame.line(part)), depth + 1)
        elif part.kind().endswith(("_pattern", "_clause")):
            bind_pattern(frame, part, value, depth + 1)


def matched(frame: Frame, pattern: SgNode | None, subject: Expression, depth: int = 0) -> tuple[Expression, _Texts | None]:
    """Give what a pattern compares and with which constants, None where it asks for something else."""
    if pattern is None or depth > DEPTH:
        return subject, None
    kind = pattern.kind()
    if kind == "constant_pattern":
        return subject, (frame.value(pattern),)
    if kind == "parenthesized_pattern" and parts(pattern):
        return matched(frame, parts(pattern)[0], subject, depth + 1)
    if kind == "or_pattern":
        sides = [matched(frame, pattern.field(side), subject, depth + 1)[1] for side in ("left", "right")]
        return subject, tuple(text for side in sides for text in side or ()) if all(sides) else None
    inside = [part for clause in parts(pattern) if clause.kind() == "property_pattern_clause" for part in parts(clause)]
    if kind == "recursive_pattern" and len(inside) == 1 and len(parts(inside[0])) > 1:
        member = Member(object=subject, name=parts(inside[0])[0].text(), line=frame.line(pattern))
        return matched(frame, parts(inside[0])[-1], member, depth + 1)
    return subject, None


def arm_branches(frame: Frame, node: SgNode, made: str = "") -> tuple[Statement, ...]:
    """Lower the arms of a switch expression to branches that return their value, or give it to the name ``made``."""
    inside = parts(node)
    subject = frame.value(inside[0] if inside else None)
    found: list[Statement] = []
    for arm in (part for part in inside[1:] if part.kind() == "switch_expression_arm"):
        pieces = parts(arm)
        compared, texts = matched(frame, pieces[0], subject)
        within = replace(frame, pending=[])
        bind_pattern(within, pieces[0], subject)
        value = within.same(pieces[-1])
        last = Bind(names=(made,), value=value, line=frame.line(arm), type=frame.expected)
        found.append(Branch(subject=compared, texts=texts, body=(*within.drained(), last), line=frame.line(arm)))
    return tuple(found)


def switch_value(frame: Frame, node: SgNode) -> Expression:
    """Lower a switch expression: its arms run before the statement that it stands in, each only for its texts."""
    line = frame.line(node)
    if frame.pending is not None:
        made = frame.name()
        frame.pending.extend(arm_branches(frame, node, made))
        return Name(name=made, line=line)
    inside = parts(node)
    arms = [parts(part)[-1] for part in inside[1:] if part.kind() == "switch_expression_arm" and parts(part)]
    tests = (frame.value(inside[0]),) if inside else ()
    return Choice(options=tuple(frame.same(arm) for arm in arms), line=line, tests=tests)


def condition(frame: Frame, node: SgNode | None, depth: int = 0) -> tuple[Expression, _Texts | None]:
    """Give what a condition compares with which texts: ``a == "x"``, ``a is "x" or "y"``, ``a.Equals("x")``, joined by ``||`` or ``&&``."""
    while node is not None and node.kind() == "parenthesized_expression" and parts(node):
        node = parts(node)[0]
    if node is None or depth > DEPTH:
        return frame.value(node), None
    operator = node.field("operator")
    sign = operator.text() if operator is not None and node.kind() == "binary_expression" else ""
    if sign == "==":
        return _compared(frame.value(node.field("left")), frame.value(node.field("right")))
    if sign in {"||", "&&"}:
        return _joined(frame, node, sign, depth)
    if node.kind() == "is_pattern_expression":
        subject = frame.value(node.field("expression") or parts(node)[0])
        bind_pattern(frame, node.field("pattern"), subject)
        return matched(frame, node.field("pattern"), subject)
    value = frame.value(node)
    return _equal(value) if isinstance(value, Call) else (value, None)


def _compared(left: Expression, right: Expression) -> tuple[Expression, _Texts | None]:
    """Of two values the literal is the text, else the right one, if it could be a constant."""
    if isinstance(left, Text) and not isinstance(right, Text):
        left, right = right, left
    return left, (right,) if isinstance(right, Text | Name | Member) else None


def _joined(frame: Frame, node: SgNode, sign: str, depth: int) -> tuple[Expression, _Texts | None]:
    left, one = condition(frame, node.field("left"), depth + 1)
    right, other = condition(frame, node.field("right"), depth + 1)
    if sign == "&&":
        kept, texts, seen = (left, one, right) if one else (right, other, left)
        if frame.pending is not None and not isinstance(seen, Name):
            frame.pending.append(seen)
        return kept, texts
    if one and other and _spelled(left) == _spelled(right):
        return left, (*one, *other)
    if frame.pending is not None:
        frame.pending.append(left)
    return right, None


def _spelled(value: Expression) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(value, Member):
        names.append(value.name)
        value = value.object
    return (*names, value.name) if isinstance(value, Name) else (str(id(value)),)


def _equal(value: Call) -> tuple[Expression, _Texts | None]:
    """``a.Equals("x", …)`` and ``string.Equals(a, "x", …)``."""
    callee, given = value.callee, [argument.value for argument in value.arguments]
    if not isinstance(callee, Member) or callee.name != "Equals" or not given:
        return value, None
    if isinstance(callee.object, Name) and callee.object.name.lower() in {"string", "system.string"} and len(given) > 1:
        return _compared(given[0], given[1])
    return _compared(callee.object, given[0])
