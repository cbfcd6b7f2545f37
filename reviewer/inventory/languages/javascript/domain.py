"""What an expression can be known to be without running it.

The domain is small on purpose: constants, text with holes, objects and lists whose members are read when asked for, functions and
classes of the submission, things that other packages give, parameters and settings; everything else is ``Unknown`` and remembers
what it was made from, so that the question «who chooses this?» still has an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.source import Binding, Scope, Source

#: How long a text, and of how many parts, is put together.
LONGEST = 200_000
PARTS = 400


class Env(dict[Binding, "Value"]):
    """What parameters are in one situation, and the answers that were found in it."""

    __slots__ = ("answers", "asking", "grown")

    def __init__(self, values: Mapping[Binding, Value] | None = None) -> None:
        """Start without answers."""
        super().__init__(values or {})
        self.answers: dict[tuple[str, int, int, str], Value] = {}
        self.asking: set[tuple[str, int, int, str]] = set()
        self.grown: dict[Binding, Value] = {}

    def with_more(self, values: Mapping[Binding, Value]) -> Env:
        """Give the situation in which these are known as well."""
        return Env({**self, **values})


#: The situation in which no parameter is known.
OPEN = Env()


@dataclass(frozen=True, slots=True, eq=False)
class Lazy:
    """An expression and the parameter values under which it is to be read."""

    node: SgNode
    source: Source
    env: Env = field(default_factory=lambda: OPEN)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Value:
    """Any value; ``seen`` is the expression that gave it, where there is one."""

    seen: Lazy | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constant(Value):
    """A text, number, boolean, or None for ``null`` and ``undefined``."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joined(Value):
    """A text put together from parts, of which at least one is not constant."""

    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record(Value):
    """An object literal. ``rest`` are spread values that could not be read."""

    entries: Mapping[str, Lazy | Value]
    rest: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Listing(Value):
    """An array. ``rest`` are spread values or computed members that could not be listed."""

    items: tuple[Lazy | Value, ...]
    rest: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Function(Value):
    """A function of the submission."""

    scope: Scope
    env: Env = field(default_factory=lambda: OPEN)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Class(Value):
    """A class of the submission."""

    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance(Value):
    """An object of a class of the submission."""

    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Module(Value):
    """All that another file of the submission exports."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imported(Value):
    """Something that another package or the platform gives: ``fs.readFile``, ``axios.create.get``; calls leave no mark in ``path``.

    ``made`` is the call that gave it, if one did: its arguments say to which host a client speaks.
    """

    path: str
    made: Lazy | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameter(Value):
    """A parameter of a function, or what is reached from it by property names."""

    binding: Binding
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting(Value):
    """An environment variable; without a name: all of them."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixed(Value):
    """One of several."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unknown(Value):
    """Not known; ``origins`` are the values that it was made from."""

    origins: tuple[Value, ...] = ()


def mixed(values: list[Value], seen: Lazy | None = None) -> Value:
    """Join alternatives: flat, without the absence of a value, equal constants once."""
    if len(values) == 1 and (seen is None or (values[0].seen is not None and not isinstance(values[0], Mixed))):
        return values[0]
    flat: list[Value] = []
    known: set[tuple[str, object]] = set()
    for value in values:
        for option in value.options if isinstance(value, Mixed) else (value,):
            if isinstance(option, Constant):
                key = (type(option.value).__name__, option.value)
                if option.value is None or key in known:
                    continue
                known.add(key)
            flat.append(option)
    if not flat:
        return Constant(value=None, seen=seen)
    return flat[0] if len(flat) == 1 else Mixed(options=tuple(flat), seen=seen)


def joined(parts: list[Value], seen: Lazy | None = None) -> Value:
    """Concatenate parts to a text; neighbouring constants become one. What would grow too long is not known."""
    flat: list[Value] = []
    length = 0
    for piece in (piece for part in parts for piece in (part.parts if isinstance(part, Joined) else (part,))):
        text = text_of(piece)
        length += len(text) if text is not None else 1
        if length > LONGEST or len(flat) > PARTS:
            return Unknown(origins=tuple(flat[:8]), seen=seen)
        if text is not None and flat and (before := text_of(flat[-1])) is not None:
            flat[-1] = Constant(value=before + text)
        else:
            flat.append(piece if text is None else Constant(value=text))
    if not flat:
        return Constant(value="", seen=seen)
    if len(flat) == 1 and isinstance(flat[0], Constant):
        return Constant(value=flat[0].value, seen=seen)
    return Joined(parts=tuple(flat), seen=seen)


def text_of(value: Value) -> str | None:
    """Give a constant as JavaScript writes it into a text; None where it is not constant."""
    if not isinstance(value, Constant):
        return None
    inner = value.value
    if inner is None:
        return "undefined"
    if isinstance(inner, bool):
        return "true" if inner else "false"
    if isinstance(inner, float):
        return str(int(inner)) if inner.is_integer() else repr(inner)
    return inner


def options(value: Value) -> Iterator[Value]:
    """Give each alternative."""
    if isinstance(value, Mixed):
        yield from value.options
    else:
        yield value
