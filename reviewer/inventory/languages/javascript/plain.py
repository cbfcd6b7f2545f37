"""Values as JSON has them: for schemas, annotations, and ``JSON.stringify``."""

from __future__ import annotations

from typing import Any

from reviewer.inventory.languages.javascript.domain import Constant, Joined, Listing, Mixed, Parameter, Record, Value, text_of
from reviewer.inventory.languages.javascript.evaluate import Evaluator

#: How deep, and with how many members in all, a value is written out.
_DEPTH = 30
_MEMBERS = 5000


def plain_of(evaluator: Evaluator, value: Value, depth: int = 0, left: list[int] | None = None) -> Any:  # noqa: ANN401  JSON
    """Give a value as JSON has it; members that are not known are left out, and None stands for what is not known at all."""
    left = [_MEMBERS] if left is None else left
    left[0] -= 1
    if depth > _DEPTH or left[0] < 0:
        return None
    if isinstance(value, Constant):
        number = value.value
        return int(number) if isinstance(number, float) and number.is_integer() else number
    if isinstance(value, Record):
        members = {key: plain_of(evaluator, evaluator.evaluate(entry), depth + 1, left) for key, entry in value.entries.items()}
        return {key: member for key, member in members.items() if member is not None}
    if isinstance(value, Listing):
        listed = [plain_of(evaluator, evaluator.evaluate(item), depth + 1, left) for item in value.items]
        return [member for member in listed if member is not None]
    if isinstance(value, Mixed):
        return next((found for option in value.options if (found := plain_of(evaluator, option, depth + 1, left)) is not None), None)
    return shown(value) if isinstance(value, Joined) else None


def shown(value: Value) -> str:
    """Give a text with ``${source}`` where a part is computed; alternatives one below the other."""
    text = text_of(value)
    if text is not None:
        return text
    if isinstance(value, Joined):
        return "".join(_hole(part) for part in value.parts)
    if isinstance(value, Mixed):
        return "\n".join(shown(option) for option in value.options)
    return _hole(value)


def _hole(value: Value) -> str:
    text = text_of(value)
    if text is not None:
        return text
    if isinstance(value, Mixed) and all(isinstance(option, (Constant, Joined)) for option in value.options):
        return "\n".join(shown(option) for option in value.options)
    source = value.seen.node.text() if value.seen is not None else "…"
    if value.seen is None and isinstance(value, Parameter):
        source = ".".join([value.binding.name, *map(str, value.path)])
    return "${" + " ".join(source.split())[:200] + "}"
