"""The words of a typed language's ``registrations.yaml``: which calls, records, annotations and types register what.

All names are resolved: full import path + ``.`` + name (``github.com/mark3labs/mcp-go/mcp.NewTool``,
``org.springframework.ai.tool.annotation.Tool``). A method is written on the type of its object or on the call that gives the object;
``same`` (here and in ``capabilities.yaml``, both count everywhere) maps a type to the names that give an object of it::

    same: {github.com/mark3labs/mcp-go/server.MCPServer: [github.com/mark3labs/mcp-go/server.NewMCPServer]}

A trailing ``.*`` is one or more names. A name that no import explains (the file of a macro, a wildcard) also matches by a row's last part
if the row says ``loose: true``.

**Sources.** Every value of a registration (``name``, ``description``, ``handler``, ``tool``, ``input``, each of ``hints``) is one source or
a list of them, tried in order until one gives something. The keys of a source say where to look; they are followed in this order:

1. where: ``option: NAME`` (a call of NAME among the arguments), ``method: m`` (the builder's call ``.m(…)``), ``annotation: NAME``
   (another annotation of the same function, type or parameter), ``member: m`` (what the method, property, field or constant ``m`` of the
   type gives); nothing: the call, record or annotation itself.
2. ``argument: 0`` (from the end if negative; in a record, of its constructor), ``keyword: k`` (also a pair of the record). Both may be
   given: keyword first. ``option``, ``method`` and ``annotation`` without either: the first argument, or ``true`` if there is none.
   ``rest: 1``: all arguments from this one on, as a list (variadic tools). ``count: 7``: only where so many arguments are given.
3. ``field: A.B``: pairs of the record, keywords or builder methods of that name of the call that were found so far.
4. ``then: {…}``: another source, asked of what was found.

Others stand alone: ``doc: true`` (the documentation comment), ``function: true`` (the last argument that is a function or lambda),
``type: 0`` (a type argument of the call, for ``input``), ``parameter: 1`` (the type of the handler's parameter, for ``input``),
``parameters: true`` (all parameters of the handler, as of an annotated function, for ``input``), ``constant: x``.

**What is where.**

* ``annotated``: functions (``on: type``: types) with an annotation; listed at the line of the annotation. Without a name: the
  function's own, as ``named`` says, without ``strip`` at its end. Its parameters are the input unless ``input`` says otherwise.
  For types the handler is a ``member``.
* ``makers``: calls, records and builders (``builders`` name the call that begins a chain) whose result describes a tool. It is listed where
  it is made. The handler is what the row says, else what a registrar is given with it, else the function returned beside it.
* ``registrars``: calls, records and builders that put a described tool (``tool``) and its handler together, or that take name, description
  and handler at once. ``tool`` and ``handler`` may be lists. ``tool`` may also name an object of a type of ``types``.
* ``types``: own types that extend or implement one of ``bases``; sources are ``member``s (also ``{member: definition, field: Name}``).
* ``servers``: what makes a server; ``transports``: what starts one, by kind.
* ``dispatchers``: functions that tell tools apart by name, as ``methods`` of a base (``rmcp.ServerHandler.call_tool``: a function
  ``call_tool`` of any type with that base) or as ``handler`` of ``calls``. A tool without a handler is answered by the branches for its
name. * ``inputs``: how parameters and fields become a JSON schema.
* ``starts``: names of functions that run by themselves (``main``, ``init``); a module's body and static initialisers always do.
* ``pure``: functions whose result is chosen by whoever chose their arguments (``strings.*``); ``.trim`` is a method of any object.
* ``appends``: functions that give a list with the elements of their first argument and the others behind them: ``append``.
* ``adds``: methods that add words to the command line that their object stands for: ``arg``.
* ``joins``: methods of a list that put its elements into one text: ``join``.
* ``formats``: calls that put their arguments into a format text (``%s``), with the position of that text: ``fmt.Sprintf: 0``.
* ``carries``: the argument (position or keyword) that what a call or builder method makes stands for: ``net/http.NewRequest: 1`` is the
  request for its URL, ``java.net.http.HttpRequest.newBuilder.uri: 0`` the same for a builder.
* ``transparent``: ``types`` that stand for their first type argument (``std.sync.Arc``, ``java.util.Optional``), ``methods`` (``unwrap``)
  and ``calls`` (``std.sync.Arc.new``) that give the object (``calls``: the first argument) itself.
* ``scopes``: whether the members of what a lambda is handed to need no object inside it (Kotlin).
* ``tests``: packages and annotations need not be listed: ``Module.test`` says it.

``examples.yaml`` is a list of rows, run by one test for all languages::

    - shows: a tool whose name is a constant of another file
      code: |                      # one file, or `files: {path: text}`
        package main …
      path: main.go                # optional; the language's usual name of a main file
      expect:
        tools:                     # exactly these, in order of place; of each only the keys that are written are compared
          - {name: forecast, description: text, dynamic: false, kind: tool, line: 12, handler: 14,
             capabilities: [net.out:literal], input: [city, days], hints: {readOnlyHint: true}}
        capabilities: [net.out:literal]   # of all code, exactly, as id:scope; left out: not compared
        servers: [{name: weather, version: 1.0.0, transport: stdio}]
        unreadable: 0              # number of rows
        surfaces: [text]           # texts for the model beyond descriptions
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from checks.model import ToolKind
from reviewer.inventory.languages.apis import TableError

__all__ = [
    "Annotation",
    "Described",
    "Dispatcher",
    "Implementation",
    "Inputs",
    "Maker",
    "Property",
    "Registrar",
    "Server",
    "Source",
    "Words",
]

Transport = Literal["stdio", "http", "sse"]


class _Row(BaseModel):
    """A row of a table: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Row):
    """Where a value of a registration stands; see the head of this module."""

    option: str | None = None
    method: str | None = None
    annotation: str | None = None
    member: str | None = None
    argument: int | None = None
    keyword: str | None = None
    rest: int | None = None
    count: int | None = None
    field: str | None = None
    then: Source | None = None
    doc: bool = False
    function: bool = False
    type: int | None = None
    parameter: int | None = None
    parameters: bool = False
    constant: str | bool | int | None = None


def _listed(value: Any) -> Any:  # noqa: ANN401  what YAML gives, before pydantic looks at it
    return [value] if isinstance(value, Mapping) else value


Sources = Annotated[tuple[Source, ...], BeforeValidator(_listed)]


class Property(_Row):
    """An option or builder method that adds one property to the input; ``kind`` is its JSON type."""

    options: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    kind: str | None = None
    name: Sources
    description: Sources = ()
    required: Sources = ()


class Described(_Row):
    """What describes a tool, prompt or resource."""

    kind: ToolKind = ToolKind.TOOL
    name: Sources = ()
    description: Sources = ()
    handler: Sources = ()
    input: Sources = ()
    hints: Mapping[str, Sources] = {}
    why: str


class Annotation(Described):
    """A row of ``annotated``."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    on: Literal["function", "type"] = "function"
    named: Literal["as-is", "snake", "kebab", "camel"] = "as-is"
    strip: tuple[str, ...] = ()
    loose: bool = False


class Maker(Described):
    """A row of ``makers``."""

    calls: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    loose: bool = False


class Registrar(Maker):
    """A row of ``registrars``."""

    tool: Sources = ()


class Implementation(Described):
    """A row of ``types``."""

    bases: Annotated[tuple[str, ...], Field(min_length=1)]


class Server(_Row):
    """A row of ``servers``."""

    calls: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    name: Sources = ()
    version: Sources = ()
    instructions: Sources = ()
    transport: Transport | None = None
    why: str


class Dispatcher(_Row):
    """A row of ``dispatchers``. ``subjects`` are parameters that hold the name of the tool, and paths to it from a request."""

    subjects: tuple[str, ...] = ("name", "Name", "params.name", "Params.Name")

    methods: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    handler: Sources = ()
    kind: ToolKind = ToolKind.TOOL
    why: str


class Inputs(_Row):
    """How parameters of functions and fields of records become a JSON schema.

    ``names``, ``descriptions`` and ``required`` are asked of parameters, fields and their annotations. ``injected`` are types (and
    annotations) of parameters that the framework fills in, ``services`` calls whose type arguments are such types; ``wrappers`` are
    types whose first type argument is the record of all arguments.
    ``types`` gives the JSON type of a type, ``lists`` and ``maps`` are the containers. ``schemas`` are types whose records are JSON
    schemas, their fields spelt with a capital (``Properties``).
    """

    names: Sources = ()
    descriptions: Sources = ()
    required: Sources = ()
    optional: tuple[str, ...] = ()
    injected: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    types: Mapping[str, str] = {}
    lists: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()


class Transparent(_Row):
    """Types, methods and calls that stand for what is in them; ``lookups`` are methods that give the entry of a map or list."""

    types: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ("get", "getOrDefault", "getValue", "GetValueOrDefault", "at")


class Words(_Row):
    """The whole of ``registrations.yaml``. ``same`` maps a type to the names that give an object of it.

    ``include`` names language folders whose words count here too.
    """

    include: tuple[str, ...] = ()
    annotated: tuple[Annotation, ...] = ()
    makers: tuple[Maker, ...] = ()
    registrars: tuple[Registrar, ...] = ()
    types: tuple[Implementation, ...] = ()
    servers: tuple[Server, ...] = ()
    dispatchers: tuple[Dispatcher, ...] = ()
    transports: Mapping[str, Transport] = {}
    same: Mapping[str, tuple[str, ...]] = {}
    inputs: Inputs = Inputs()
    formats: Mapping[str, int] = {}
    carries: Mapping[str, int | str] = {}
    starts: tuple[str, ...] = ("main",)
    scopes: bool = False
    pure: tuple[str, ...] = ()
    appends: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    transparent: Transparent = Transparent()


@functools.cache
def load_words(folder: Path) -> Words:
    """Read ``registrations.yaml`` of a language folder. Raises TableError naming every error with its place."""
    content = _content(folder / "registrations.yaml")
    for name in content.get("include", ()):
        content = _joined(content, _content(folder.parent / str(name) / "registrations.yaml"))
    try:
        return Words.model_validate(content)
    except ValidationError as error:
        sentences = (f"{folder.name}/registrations.yaml: {'.'.join(map(str, row['loc']))}: {row['msg']}" for row in error.errors())
        raise TableError("\n".join(sentences)) from error


def _content(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders
    except yaml.YAMLError as error:
        raise TableError(f"{path.parent.name}/{path.name}: {error}") from error
    if not isinstance(content, dict):
        raise TableError(f"{path.parent.name}/{path.name}: no table")
    return content


def _joined(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """Join two tables: lists follow each other, mappings are joined, of single values the first counts."""
    found = dict(two) | dict(one)
    for key in one.keys() & two.keys():
        if isinstance(one[key], list) and isinstance(two[key], list):
            found[key] = [*one[key], *two[key]]
        elif isinstance(one[key], dict) and isinstance(two[key], dict):
            found[key] = _joined(one[key], two[key])
    return found
