"""What an expression of a program stands for before it runs: constants, functions, objects, what other people's calls made.

Values know where they come from, so that the same expression can be read again in another situation. They are compared by identity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from checks.model import Location
from reviewer.inventory.program.model import Argument, Expression, TypeName

if TYPE_CHECKING:
    from reviewer.inventory.program.symbols import OwnType
    from reviewer.inventory.program.units import Bound, Unit

#: How many alternatives of one expression are followed.
OPTIONS = 40


@dataclass(slots=True, eq=False)
class Env:
    """A situation: what parameters are bound to, by (unit, name); ``this`` is one of the names.

    ``memo`` holds what was evaluated in it, ``rough`` what was so only in part, since it was asked so deep.
    """

    values: Mapping[tuple[int, str], Thing | Lazy] = field(default_factory=dict)
    memo: dict[int, Thing] = field(default_factory=dict)
    rough: dict[int, tuple[int, Thing]] = field(default_factory=dict)

    def with_more(self, more: Mapping[tuple[int, str], Thing | Lazy]) -> Env:
        """Give a situation in which more is bound."""
        return Env({**self.values, **more}) if more else self


#: The situation in which nothing is bound.
OPEN = Env()


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """Where an expression stands, and in which situation it is read."""

    unit: Unit
    env: Env = OPEN


@dataclass(frozen=True, slots=True, eq=False)
class Lazy:
    """An expression that is evaluated when it is asked for. ``index`` is one of several results, -1 for all."""

    node: Expression
    context: Context
    index: int = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Known:
    """A constant: a text, number, truth value or null."""

    value: str | float | bool | None
    at: Location | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Joined:
    """A text made of pieces."""

    parts: tuple[Thing, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Parameter:
    """A parameter of a function, or the variable of a loop (``loop``), of which nothing more is known here."""

    unit: Unit
    name: str
    loop: Bound | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Code:
    """A function or lambda of the submission, and the situation in which it was made."""

    unit: Unit
    env: Env = OPEN
    receiver: Thing | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Class:
    """A type of the submission itself."""

    type: OwnType


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Object:
    """An object of a type of the submission, with the situation of its constructor, or that in which it is asked (``around``)."""

    type: OwnType
    env: Env = OPEN
    around: Env = OPEN
    context: Context | None = None
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pairs:
    """A record or map. ``kind`` is its type: of the submission, by full name, or unknown. ``rest`` is what it was copied from."""

    kind: Kind
    pairs: tuple[tuple[Thing, Lazy], ...]
    node: Expression
    context: Context
    arguments: tuple[Argument, ...] = ()
    rest: Lazy | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Listing:
    """A list, or (``several``) the results of a function that has more than one."""

    items: tuple[Lazy | Thing, ...]
    several: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class External:
    """A name of other people's code: a function, type, constant or package."""

    name: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Made:
    """What a call of other people's code gives. ``base`` is the object of a method, ``last`` the method's name."""

    name: str
    node: Expression
    context: Context
    arguments: tuple[Argument, ...] = ()
    types: tuple[TypeName, ...] = ()
    base: Thing | None = None
    last: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Part:
    """A member or element of something: ``request.Params``. ``name`` is None for an element, ``at`` its place; ``rest``: all from there."""

    base: Thing
    name: str | None = None
    kind: Kind = None
    at: int | None = None
    rest: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Mixed:
    """One of several things. ``keys`` are the texts under which they were looked up in a table, ``key`` what was looked up."""

    options: tuple[Thing, ...]
    keys: tuple[str | None, ...] = ()
    key: Thing | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Derived:
    """Something made from ``origins``; of which nothing is known if there are none."""

    origins: tuple[Thing, ...] = ()
    kind: Kind = None
    nothing: bool = False


Thing: TypeAlias = "Known | Joined | Parameter | Code | Class | Object | Pairs | Listing | External | Made | Part | Mixed | Derived"
Kind: TypeAlias = "OwnType | str | None"

UNKNOWN = Derived()
#: What a variable is made of when it is made of itself: adds nothing.
NOTHING = Derived(nothing=True)


def mixed(things: list[Thing]) -> Thing:
    """Give one of several things as one."""
    flat = list(dict.fromkeys(option for thing in things[:OPTIONS] for option in options(thing) if option is not NOTHING))
    if not flat:
        return NOTHING if things else UNKNOWN
    return flat[0] if len(flat) == 1 else Mixed(options=tuple(flat[:OPTIONS]))


def options(thing: Thing) -> Iterator[Thing]:
    """Give the alternatives of a thing."""
    yield from thing.options if isinstance(thing, Mixed) else (thing,)


def text_of(thing: Thing | None) -> str | None:
    """Give the text that a thing certainly is."""
    return thing.value if isinstance(thing, Known) and isinstance(thing.value, str) else None


def is_null(thing: Thing | None) -> bool:
    """Tell whether a thing is null, or nothing at all."""
    return thing is None or thing is NOTHING or (isinstance(thing, Known) and thing.value is None)
