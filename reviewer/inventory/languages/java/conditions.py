"""What a condition of Java or Kotlin says of one text: ``"search".equals(name)``, ``name == A || name == B``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.inventory.program.model import Call, Collection, Expression, Member, Name, Opaque, Text

__all__ = ["Condition", "both", "either", "equal", "of_call", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition holds only where ``subject`` is one of ``texts``; nothing is known where they are None. ``besides`` is run too."""

    subject: Expression | None
    texts: tuple[Expression, ...] | None = None
    besides: tuple[Expression, ...] = ()


def other(value: Expression | None) -> Condition:
    """Give a condition of which nothing is known but what it runs."""
    return Condition(subject=value)


def equal(left: Expression, right: Expression) -> Condition:
    """Give the condition that two values are equal: one of them is constant, the other the subject."""
    if _constant(left) and not _constant(right):
        return Condition(subject=right, texts=(left,))
    return Condition(subject=left, texts=(right,))


def _constant(value: Expression) -> bool:
    """Tell whether a value is a text, or a name that is written as constants are."""
    if isinstance(value, Text):
        return all(isinstance(part, str) or _constant(part) for part in value.parts)
    if (
        isinstance(value, Call)
        and isinstance(value.callee, Member)
        and value.callee.name in {"name", "getName", "toString", "value", "key"}
    ):
        return _constant(value.callee.object)
    if isinstance(value, Member) and value.name in {"name", "value", "key", "id", "toolName"}:
        return _constant(value.object)
    qualified = isinstance(value, Member) and isinstance(value.object, Name) and value.object.name[:1].isupper()
    return isinstance(value, Name | Member) and (value.name.isupper() or (qualified and value.name[:1].isupper()))


def of_call(value: Expression) -> Condition:
    """Read ``a.equals(b)``, ``Objects.equals(a, b)`` and ``List.of(…).contains(a)``."""
    if not isinstance(value, Call) or not isinstance(value.callee, Member):
        return other(value)
    given, on = [argument.value for argument in value.arguments], value.callee.object
    if value.callee.name in {"equals", "equalsIgnoreCase", "contentEquals"} and given:
        pair = (given[0], given[1]) if len(given) == 2 and isinstance(on, Name) and on.name == "Objects" else (on, given[0])  # noqa: PLR2004  a pair
        return equal(*pair)
    if value.callee.name == "contains" and isinstance(on, Collection) and len(given) == 1:
        return Condition(subject=given[0], texts=on.items)
    return other(value)


def either(conditions: Iterable[Condition]) -> Condition:
    """Join what ``||`` joins: known where each is known of the same subject."""
    every = list(conditions)
    first = every[0]
    if all(one.texts is not None and _same(one.subject, first.subject) for one in every):
        return Condition(subject=first.subject, texts=tuple(text for one in every for text in one.texts or ()))
    return _blurred(every)


def both(conditions: Iterable[Condition]) -> Condition:
    """Join what ``&&`` joins: what one of them says holds; the others only run."""
    every = list(conditions)
    known = next((one for one in every if one.texts is not None and one.subject is not None), None)
    if known is None:
        return _blurred(every)
    rest = tuple(value for one in every if one is not known for value in (one.subject, *(one.texts or ())) if value is not None)
    return Condition(subject=known.subject, texts=known.texts, besides=(*known.besides, *rest))


def _blurred(every: list[Condition]) -> Condition:
    values = tuple(value for one in every for value in (one.subject, *(one.texts or ())) if value is not None)
    return other(Opaque(parts=values, line=values[0].line)) if values else other(None)


def _same(one: Expression | None, two: Expression | None) -> bool:
    return _path(one) == _path(two) != ""


def _path(value: Expression | None) -> str:
    """Spell a name, member or call without arguments."""
    if isinstance(value, Name):
        return value.name
    if isinstance(value, Member):
        return f"{_path(value.object)}.{value.name}"
    return f"{_path(value.callee)}()" if isinstance(value, Call) and not value.arguments else ""
