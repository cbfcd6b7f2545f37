"""From what a registration says to a ``Tool``: name, description and hints as far as they are constant, else as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.model import Location, Tool, ToolKind
from reviewer.inventory.program.evaluate import Evaluator
from reviewer.inventory.program.sources import Sources, Subject, shown
from reviewer.inventory.program.tables import Annotation, Described
from reviewer.inventory.program.things import (
    Code,
    Derived,
    External,
    Joined,
    Known,
    Made,
    Mixed,
    Object,
    Pairs,
    Parameter,
    Part,
    Thing,
    is_null,
    options,
    text_of,
)

#: How deep the pieces of a computed text are written, and how long it may become.
DEPTH, LENGTH = 4, 20_000
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\-\s]+")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Draft:
    """A tool as it is registered, before its code is followed. ``handlers`` are what answers for it; ``own`` is an annotated function."""

    row: Described
    kind: ToolKind
    at: Location
    subject: Subject
    name: Thing | None
    description: Thing | None
    handlers: tuple[Thing, ...] = ()
    registrar: Subject | None = None
    own: Code | None = None
    schema: Mapping[str, Any] | None = None


def tools_of(evaluator: Evaluator, sources: Sources, draft: Draft) -> Iterator[Tool]:
    """Give the tools of a draft: one for each name that it can have."""
    names = [text_of(option) for option in options(draft.name)] if draft.name is not None else []
    if not names and draft.own is not None and isinstance(draft.row, Annotation):
        names = [own_name(draft.own.unit.name, draft.row)]
    static = [name for name in names if name]
    computed = len(static) < max(1, len(names))
    description, sure = described(evaluator, draft.description)
    for name in dict.fromkeys(static if not computed else [_written(evaluator, draft)]):
        yield Tool(
            kind=draft.kind,
            part="",
            name=name[:LENGTH],
            at=draft.at,
            dynamic=computed or not sure,
            description=description,
            input_schema=draft.schema,
            annotations=_hints(sources, draft) or None,
        )


def own_name(name: str, row: Annotation) -> str:
    """Give what a framework makes of a function's name."""
    for ending in row.strip:
        name = name.removesuffix(ending) or name
    if row.named == "as-is":
        return name
    parts = [part for part in _WORDS.split(name) if part]
    if row.named == "camel":
        return "".join([parts[0].lower(), *(part.capitalize() for part in parts[1:])]) if parts else name
    return ("_" if row.named == "snake" else "-").join(part.lower() for part in parts)


def _written(evaluator: Evaluator, draft: Draft) -> str:
    """Give a computed name as it is written, its constant pieces as they are."""
    if draft.name is None:
        return "…"
    return written(evaluator, draft.name) or "…"


def described(evaluator: Evaluator, thing: Thing | None) -> tuple[str | None, bool]:
    """Give a description and whether it is constant."""
    if is_null(thing) or thing is None:
        return None, True
    texts = [text for option in options(thing) if (text := text_of(option)) is not None]
    if isinstance(thing, Known):
        return texts[0] if texts else None, True
    if isinstance(thing, Mixed):
        return max(texts, key=len) if texts else written(evaluator, thing) or None, False
    return _prose(evaluator, thing), False


def _prose(evaluator: Evaluator, thing: Thing) -> str | None:
    """Of something computed, the text that was most likely meant: a template with gaps, or the longest text that went in."""
    if isinstance(thing, Joined):
        return written(evaluator, thing)
    found = sorted(_texts(evaluator, thing, 0), key=len)
    return found[-1] if found and " " in found[-1] else None


def _texts(evaluator: Evaluator, thing: Thing, depth: int) -> Iterator[str]:
    text = text_of(thing)
    if text is not None:
        yield text
    inner: tuple[Thing, ...] = ()
    if isinstance(thing, Derived):
        inner = thing.origins
    elif isinstance(thing, Mixed):
        inner = thing.options
    elif isinstance(thing, Made):
        inner = tuple(evaluator.value(argument.value, thing.context) for argument in thing.arguments)
    for each in inner[:16] if depth < DEPTH else ():
        yield from _texts(evaluator, each, depth + 1)


def written(evaluator: Evaluator, thing: Thing, depth: int = 0) -> str:
    """Write a thing that is computed: constants as they are, the rest as its source."""
    text = text_of(thing)
    if text is not None:
        return text
    if depth > DEPTH:
        return "…"
    if isinstance(thing, Joined):
        pieces = (
            part_text if (part_text := text_of(part)) is not None else f"{{{written(evaluator, part, depth + 1)}}}" for part in thing.parts
        )
        return "".join(pieces)[:LENGTH]
    if isinstance(thing, Part):
        base = written(evaluator, thing.base, depth + 1)
        return f"{base}.{thing.name}" if thing.name else base
    return _written_rarely(evaluator, thing, depth)


def _written_rarely(evaluator: Evaluator, thing: Thing, depth: int) -> str:
    if isinstance(thing, (Made, Pairs)):
        return shown(thing.node)
    if isinstance(thing, (Parameter, External)):
        return thing.name.partition("@")[0]
    if isinstance(thing, Object):
        return "this" if thing.context is None else thing.type.short
    if isinstance(thing, Known):
        return str(thing.value)
    if isinstance(thing, (Mixed, Derived)):
        inner = [each for each in (thing.options if isinstance(thing, Mixed) else thing.origins) if not is_null(each)]
        return " | ".join(dict.fromkeys(written(evaluator, each, depth + 1) for each in inner[:4])) or "…"
    return "…"


def _hints(sources: Sources, draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, rows in draft.row.hints.items():
        thing = sources.find(rows, draft.subject)
        if isinstance(thing, Known) and thing.value is not None:
            found[name] = thing.value
    return found
