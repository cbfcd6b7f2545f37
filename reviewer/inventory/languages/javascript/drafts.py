"""What is known of a registration before it becomes a ``Tool``: values instead of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks.model import Location, Tool, ToolKind
from reviewer.inventory.languages.javascript.domain import (
    Constant,
    Function,
    Instance,
    Joined,
    Lazy,
    Mixed,
    Record,
    Value,
    options,
    text_of,
)
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.plain import plain_of, shown
from reviewer.inventory.languages.javascript.schemas import schema_of
from reviewer.inventory.languages.javascript.tables import load_registrations

#: How many alternatives of a computed name become tools of their own.
_NAMES = 40
#: How many functions of which one answers are followed.
_HANDLERS = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """A registration. ``request`` is the protocol's request that lists it, for low-level servers; ``lister`` is the file that lists it."""

    kind: ToolKind
    name: Value
    at: Location
    description: Value | None = None
    schema: Lazy | Value | None = None
    annotations: Value | None = None
    handlers: tuple[Function, ...] = ()
    expression: str = ""
    request: str = ""
    lister: str = ""

    @property
    def handler(self) -> Function | None:
        """The function that answers, or the first of those that may."""
        return self.handlers[0] if self.handlers else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """A tool as it will be listed, without its capabilities, and the registration that it comes from."""

    tool: Tool
    draft: Draft


def is_static(value: Value) -> bool:
    """Tell whether a text is one of a few constants, whatever happens at run time."""
    if isinstance(value, Mixed):
        return all(is_static(option) for option in value.options)
    if isinstance(value, Joined):
        return all(is_static(part) for part in value.parts)
    return isinstance(value, Constant)


def is_textual(value: Value) -> bool:
    """Tell whether a value is a text, or may be."""
    return any(isinstance(option, Joined) or (isinstance(option, Constant) and isinstance(option.value, str)) for option in options(value))


def from_object(evaluator: Evaluator, kind: ToolKind, value: Value, at: Location, *, request: str = "") -> Draft:
    """Read an object that describes a tool: ``{name, description, inputSchema, …}``."""
    members = load_registrations().members
    name = next((found for key in members.name if is_textual(found := evaluator.member(value, key))), evaluator.member(value, "name"))
    entries = (_entry(evaluator, value, key) for key in members.schema_names)
    return Draft(
        kind=kind,
        name=name,
        at=at,
        description=evaluator.member(value, "description"),
        schema=next((entry for entry in entries if entry is not None), None),
        annotations=evaluator.member(value, "annotations"),
        handlers=handlers_of(evaluator, value),
        expression=value.seen.node.text() if value.seen is not None else "",
        request=request,
    )


def _entry(evaluator: Evaluator, value: Value, key: str) -> Lazy | Value | None:
    if isinstance(value, Record):
        return value.entries.get(key)
    if isinstance(value, Instance):
        nodes = next((c.fields[key] for c in (value.scope,) if key in c.fields), None)
        return Lazy(nodes[0], value.scope.source) if nodes else None
    return next((found for each in options(value) if each is not value and (found := _entry(evaluator, each, key)) is not None), None)


def handlers_of(evaluator: Evaluator, value: Value) -> tuple[Function, ...]:
    """Give the functions that may answer, if the describing object holds them."""
    for key in load_registrations().members.handler:
        if found := functions_in(evaluator.member(value, key)):
            return found
    return ()


def functions_in(value: Value) -> tuple[Function, ...]:
    """Give the functions that a value may be."""
    return tuple(option for option in options(value) if isinstance(option, Function))[:_HANDLERS]


def tools_of(evaluator: Evaluator, draft: Draft) -> Iterator[Written]:
    """Write a draft out; a name that is one of a few constants gives a tool for each."""
    named = [
        text
        for option in options(draft.name)
        if isinstance(option, Constant) and (text := text_of(option)) is not None and option.value is not None
    ]
    complete = bool(named) and len(named) == len(list(options(draft.name)))
    tool = Tool(
        kind=draft.kind,
        part="",
        name=_expression(draft),
        at=draft.at,
        dynamic=True,
        description=_description(draft.description),
        input_schema=_schema(evaluator, draft),
        annotations=_annotations(evaluator, draft.annotations),
        handler=draft.handler.scope.source.at(draft.handler.scope.node) if draft.handler is not None else None,
        last=draft.handler.scope.source.line(draft.handler.scope.end - 1) if draft.handler is not None else 0,
    )
    dynamic = draft.description is not None and not is_static(draft.description)
    for name in named[:_NAMES]:
        yield Written(tool=replace(tool, name=name, dynamic=dynamic), draft=draft)
    if not complete:
        yield Written(tool=tool, draft=draft)


def _expression(draft: Draft) -> str:
    if isinstance(draft.name, Joined):
        return shown(draft.name)[:200]
    seen = draft.name.seen.node.text() if draft.name.seen is not None else draft.expression
    return " ".join((seen or draft.expression).split())[:200] or "…"


def _description(value: Value | None) -> str | None:
    if value is None or (isinstance(value, Constant) and not isinstance(value.value, str)):
        return None
    return shown(value)


def _schema(evaluator: Evaluator, draft: Draft) -> dict[str, object] | None:
    if isinstance(draft.schema, Constant):
        return None
    return schema_of(evaluator, draft.schema) if draft.schema is not None else None


def _annotations(evaluator: Evaluator, value: Value | None) -> dict[str, object] | None:
    plain = plain_of(evaluator, value) if value is not None else None
    return plain if isinstance(plain, dict) and plain else None
