"""One small form for programs in Go, Rust, Java, Kotlin and C#: what a language folder lowers its syntax trees to.

Lowering forgets what does not matter here (control flow, most types, visibility) and keeps what does: who calls what with which
arguments, what is constant, what is declared where. Names are as written; ``resolution`` follows imports. Everything is frozen.

* Wrappers that change no value are dropped by the language: parentheses, ``await``, ``?``, ``!!``, casts, ``&``, ``*``, ``.clone()``.
* An expression of a kind that is not here becomes ``Opaque`` with its parts, so that calls inside it are still seen.
* ``line`` counts from 1. A name with several parts is joined by ``.`` whatever the language writes (``std::fs::read`` is ``std.fs.read``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = [
    "Annotation",
    "Argument",
    "Bind",
    "Block",
    "Branch",
    "Call",
    "Choice",
    "Collection",
    "Constant",
    "Expression",
    "Field",
    "Function",
    "Index",
    "Lambda",
    "Loop",
    "Member",
    "Module",
    "Name",
    "Opaque",
    "Parameter",
    "Record",
    "Return",
    "Statement",
    "Text",
    "Type",
    "TypeName",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeName:
    """A type as written, without pointers, references and nullability: ``Option<Vec<gh::Client>>`` is Option of Vec of gh.Client."""

    name: str
    arguments: tuple[TypeName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text, with what is put into it: literals, templates, concatenations, ``format!``, ``Sprintf``. No parts: the empty text."""

    parts: tuple[str | Expression, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A number, truth value, character or null."""

    value: int | float | bool | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name, or a path of names: ``x``, ``std.fs.read``; ``self``/``this`` is ``this``, ``super``/``base`` is ``super``."""

    name: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """``object.name``: a field, property or method of a value."""

    object: Expression
    name: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """``object[key]``, or with ``rest`` the list from there on: ``object[key:]``."""

    object: Expression
    key: Expression
    line: int
    rest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An argument, by position or keyword; ``spread`` for ``xs...``."""

    value: Expression
    keyword: str | None = None
    spread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call, a constructor call (``new`` or its equivalent), or a macro (``format!`` is the name ``format!``).

    A lambda behind the parentheses (Kotlin) is the last argument. ``types`` are explicit type arguments.
    """

    callee: Expression
    line: int
    arguments: tuple[Argument, ...] = ()
    types: tuple[TypeName, ...] = ()
    new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lambda:
    """A function without a name, where it stands."""

    parameters: tuple[Parameter, ...]
    body: Block
    line: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A list, array, set, tuple or slice literal, also ``listOf(…)``, ``List.of(…)``, ``vec![…]``."""

    items: tuple[Expression, ...]
    line: int
    type: TypeName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A value with named parts: struct literal, object initialiser, map literal (``type`` is None or the map's type).

    ``pairs`` holds (key, value); the key of a field is a ``Text`` of its name. ``arguments`` are those of a constructor before it.
    """

    pairs: tuple[tuple[Expression, Expression], ...]
    line: int
    type: TypeName | None = None
    arguments: tuple[Argument, ...] = ()
    rest: Expression | None = None  # ``..base`` of Rust, ``with`` of C#


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several values: ``if`` and ``when`` as values, ``?:``, ``??``, ``||`` of texts. ``tests`` are seen for their calls."""

    options: tuple[Expression, ...]
    line: int
    tests: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """Anything else; the parts are kept for the calls in them. ``blocks`` are statements inside (``try`` as a value, ``unsafe``)."""

    parts: tuple[Expression, ...]
    line: int
    blocks: tuple[Block, ...] = ()


Expression: TypeAlias = Text | Constant | Name | Member | Index | Call | Lambda | Collection | Record | Choice | Opaque


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A local name gets a value. ``names`` has several where a tuple or several results are taken apart; ``_`` is kept."""

    names: tuple[str, ...]
    value: Expression | None
    line: int
    type: TypeName | None = None
    target: Expression | None = None  # an assignment to ``this.x``, ``a[i]``; then ``names`` is empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a function gives; ``values`` has several in Go. The last expression of a Rust or Kotlin body is one too."""

    values: tuple[Expression, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Statements that run only where ``subject`` is one of ``texts``: ``case "search": …``, ``if name == "search" {…}``.

    Other conditions have ``texts`` None; the statements still count. ``subject`` is seen for its calls. ``others`` are the texts for
    which branches before it run instead: those of ``default``, ``else`` and ``_ =>``.
    """

    subject: Expression | None
    texts: tuple[Expression, ...] | None
    body: Block
    line: int
    others: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Statements that run for every element of ``over``; ``names`` are the loop's own. Other loops have ``over`` None."""

    names: tuple[str, ...]
    over: Expression | None
    body: Block
    line: int


Statement: TypeAlias = "Bind | Return | Branch | Loop | Function | Expression"
Block: TypeAlias = tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """``@Tool(name = "x")``, ``[McpServerTool(Name = "x")]``, ``#[tool(name = "x")]``; ``key:"value"`` of a Go tag."""

    name: str
    line: int
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter. ``names`` has several where it is taken apart (``Parameters(Query { city, days })``)."""

    names: tuple[str, ...]
    type: TypeName | None = None
    default: Expression | None = None
    annotations: tuple[Annotation, ...] = ()
    variadic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function, method or constructor (its name is that of its type). ``doc`` is its documentation comment without the marks.

    ``receiver`` is the name that a method gives its object in Go; elsewhere it is ``this``. ``extends`` is the receiver of an
    extension function. ``generics`` are the names of its type parameters.
    """

    name: str
    line: int
    last: int
    parameters: tuple[Parameter, ...] = ()
    returns: tuple[TypeName, ...] = ()
    body: Block = ()
    annotations: tuple[Annotation, ...] = ()
    doc: str = ""
    static: bool = False
    receiver: str = "this"
    extends: TypeName | None = None
    generics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field, property, constant or enum constant. A property with a computed getter has the getter's value."""

    name: str
    line: int
    type: TypeName | None = None
    value: Expression | None = None
    annotations: tuple[Annotation, ...] = ()
    doc: str = ""
    constant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A class, struct, interface, trait, object, enum or record. Rust's ``impl`` blocks are merged into it by ``resolution``.

    ``name`` is the path inside the module (``Outer.Inner``). ``alias`` is what a named function type or a type alias stands for.
    ``signature`` is the parameters and results of a named function type.
    """

    name: str
    line: int
    last: int = 0
    bases: tuple[TypeName, ...] = ()
    fields: tuple[Field, ...] = ()
    functions: tuple[Function, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    doc: str = ""
    alias: TypeName | None = None
    signature: tuple[tuple[TypeName, ...], tuple[TypeName, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One file. ``package`` is its full name as others import it (``github.com/acme/srv/tools``, ``com.acme.tools``, ``crate.tools``).

    ``imports`` maps a local name to the full name that it stands for; ``wildcards`` are packages of which every name is visible.
    ``body`` is what runs when the file is loaded or started. ``damage`` is the share of it that could not be parsed, 0 to 1.
    ``test`` is true for tests, which register nothing.
    """

    path: str
    package: str
    imports: Mapping[str, str] = field(default_factory=dict)
    wildcards: tuple[str, ...] = ()
    types: tuple[Type, ...] = ()
    functions: tuple[Function, ...] = ()
    constants: tuple[Field, ...] = ()
    body: Block = ()
    damage: float = 0.0
    test: bool = False
