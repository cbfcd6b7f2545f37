"""Reads calls that only make a text of texts as that text: ``fmt.Sprintf``, ``strings.Join`` of a list, and the like."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator

from reviewer.inventory.languages.go.syntax import Source
from reviewer.inventory.program.model import Call, Collection, Expression, Member, Name, Opaque, Text
from reviewer.inventory.program.printing import Verb, pieces

__all__ = ["formatted", "library_name"]

_Join = Callable[[Iterable[str | Expression], int], Text]
#: How long a text may be in which others are replaced: it can grow sixteenfold.
_FOLDED = 20_000


def library_name(callee: Expression, source: Source) -> str:
    """Give the full name of a function of a package that the file imports; empty for anything else."""
    if isinstance(callee, Member) and isinstance(callee.object, Name) and callee.object.name in source.imports:
        return f"{source.imports[callee.object.name]}.{callee.name}"
    return ""


def formatted(call: Call, source: Source, join: _Join) -> Expression:
    """Give the text that a call makes, or the call itself."""
    name = library_name(call.callee, source)
    values = [argument.value for argument in call.arguments]
    if not values or any(argument.spread for argument in call.arguments):
        return call
    if name == "fmt.Sprintf" and (form := _literal(values[0])) is not None:
        return join(_filled(form, values[1:], call.line), call.line)
    if name == "fmt.Sprint":
        return join(values, call.line)
    if name == "strings.Join" and len(values) > 1 and isinstance(values[0], Collection):
        return join(_separated(values[0].items, values[1]), call.line)
    return _changed(name, values, call)


def _filled(form: str, values: list[Expression], line: int) -> Iterator[str | Expression]:
    for piece in pieces(form):
        if isinstance(piece, Verb):
            value = values[piece.argument] if piece.argument < len(values) else Opaque(parts=(), line=line)
            quote = '"' if piece.quoted else ""
            yield from (quote, value, quote) if quote else (value,)
        else:
            yield piece


def _separated(items: Iterable[Expression], separator: Expression) -> Iterator[Expression]:
    for index, item in enumerate(items):
        if index:
            yield separator
        yield item


def _literal(value: Expression) -> str | None:
    """Give a text that is wholly literal."""
    if not isinstance(value, Text) or not all(isinstance(part, str) for part in value.parts):
        return None
    return "".join(part for part in value.parts if isinstance(part, str))


def _changed(name: str, values: list[Expression], call: Call) -> Expression:
    """Do to literal texts what the common functions do."""
    texts = [_literal(value) for value in values]
    first = texts[0]
    if first is None or name not in _CHANGES:
        return call
    try:
        changed = _CHANGES[name](first, [text for text in texts[1:] if text is not None])
    except IndexError:
        return call
    if changed is None:
        return call
    return Text(parts=(changed,) if changed else (), line=call.line)


def _replaced(text: str, others: list[str]) -> str | None:
    bounded = len(text) <= _FOLDED and len(others[1]) <= len(others[0]) * 16
    return text.replace(others[0], others[1]) if bounded else None


_CHANGES: dict[str, Callable[[str, list[str]], str | None]] = {
    "strings.TrimSpace": lambda text, _: text.strip(),
    "strings.ToLower": lambda text, _: text.lower(),
    "strings.ToUpper": lambda text, _: text.upper(),
    "strings.Trim": lambda text, others: text.strip(others[0]),
    "strings.TrimLeft": lambda text, others: text.lstrip(others[0]),
    "strings.TrimRight": lambda text, others: text.rstrip(others[0]),
    "strings.TrimPrefix": lambda text, others: text.removeprefix(others[0]),
    "strings.TrimSuffix": lambda text, others: text.removesuffix(others[0]),
    "strings.ReplaceAll": _replaced,
    "github.com/MakeNowJust/heredoc.Doc": lambda text, _: textwrap.dedent(text.removeprefix("\n")),
    "github.com/lithammer/dedent.Dedent": lambda text, _: textwrap.dedent(text),
}
