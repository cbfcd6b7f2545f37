"""Which calls mean which capability: the tables of the language folders, and how one call is read against them.

* ``capabilities.yaml`` of a language folder names APIs as they are after imports are resolved: ``subprocess.run``,
  ``requests.*``. A method of what a constructor gave is written on the constructor: ``httpx.AsyncClient.get`` is
  ``httpx.AsyncClient().get(…)``. A trailing ``*`` stands for one or more names.
* ``objects.yaml`` beside this module holds what literal paths mean, in any language: ``~/.ssh/id_rsa``; ``commands.yaml`` what commands do.

The vocabulary is that of ``checks.model.CapabilityId``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checks.model import CapabilityId, Location, Scope
from reviewer.inventory.languages.commands import Meant, meant_by
from reviewer.inventory.languages.values import UNKNOWN, Guard, ObjectKind, Value, reading

__all__ = ["Api", "CallSite", "Condition", "ObjectKind", "Sdk", "Table", "TableError", "Use", "Value", "load_table"]

_Shape = TypeVar("_Shape", bound=BaseModel)


class TableError(ValueError):
    """A table of ours is wrong. The message names every error with its place, one a line."""


class _Row(BaseModel):
    """A row of a table: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Row):
    """An argument that must match for the row to apply. A missing one is ``default``; ``certain``: an unknown one does not match."""

    argument: int | None = None
    keyword: str | None = None
    matches: str
    default: str = ""
    certain: bool = False

    def holds(self, site: CallSite, *, unknown: bool) -> bool:
        """Tell whether the call's argument matches; ``unknown`` is the answer where it is not constant."""
        value = site.argument(self.argument, self.keyword)
        texts = (self.default,) if value is None and not site.handed else value.texts if value is not None else ()
        return any(re.search(self.matches, text, re.IGNORECASE) for text in texts) if texts else unknown and not self.certain


class Api(_Row):
    """A row of ``apis``: calls (or subscripts and reads) that mean the same.

    ``argument`` is the position of the argument that matters, or ``receiver``: what the method is called on was
    made from it. ``scope`` is set where it does not depend on an argument. ``unless`` is the opposite of ``when``;
    ``count`` is the number of arguments that a call must have. ``whole`` says that the argument is a whole address, whatever the
    object was made with; ``words``, that all arguments from it on are the words of one command. ``without`` are keywords of which
    none may be given.
    """

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    capability: Annotated[tuple[CapabilityId, ...], Field(min_length=1)]
    object: ObjectKind = ObjectKind.NONE
    argument: int | Literal["receiver"] | None = None
    keyword: str | None = None
    scope: Scope | None = None
    whole: bool = False
    words: bool = False
    objects: tuple[str, ...] = ()
    when: Condition | None = None
    unless: Condition | None = None
    count: int | None = None
    without: tuple[str, ...] = ()
    why: str = ""

    def applies(self, site: CallSite) -> bool:
        """Tell whether the conditions hold."""
        if self.count is not None and self.count != len(site.positional) + len(site.keywords):
            return False
        if any(keyword in site.keywords for keyword in self.without):
            return False
        excluded = self.unless is not None and self.unless.holds(site, unknown=False)
        return not excluded and (self.when is None or self.when.holds(site, unknown=True))


class Sdk(_Row):
    """A row of ``imports``: a library whose import implies a capability; its calls have it too."""

    modules: Annotated[tuple[str, ...], Field(min_length=1)]
    capability: Annotated[tuple[CapabilityId, ...], Field(min_length=1)]
    scope: Scope = Scope.CONFIGURATION
    objects: tuple[str, ...] = ()
    why: str = ""


class Builders(_Row):
    """How builders are written in a language: ``T.builder().….build()``, between these words, is a ``T``."""

    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()

    def made(self, parts: list[str]) -> str:
        """Give the type that a builder makes, empty if these parts of a name are no builder that was told to finish."""
        if not parts or parts[-1] not in self.ends:
            return ""
        place = next((index for index, part in enumerate(parts) if part in self.begins), 0)
        return ".".join(parts[:place])


class _Sheet(_Row):
    """The whole of ``capabilities.yaml``. ``include`` names language folders whose tables count here too."""

    include: tuple[str, ...] = ()
    apis: tuple[Api, ...] = ()
    imports: tuple[Sdk, ...] = ()
    configuration: tuple[str, ...] = ()
    same: Mapping[str, tuple[str, ...]] = {}
    built: Builders = Builders()


class _Meaning(_Row):
    capability: CapabilityId
    pattern: str
    scope: Scope | None = None
    when: Annotated[tuple[CapabilityId, ...], Field(min_length=1)]
    why: str


class _Meanings(_Row):
    paths: tuple[_Meaning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSite:
    """A call as a language saw it. Options that stand in an object literal are ``keywords`` too. ``at`` is its place.

    ``name`` is resolved through imports. ``receiver`` is the value from which a method's object was made. ``handed``: the function is
    not called here but handed to others, so that nothing is known of its arguments.
    """

    name: str
    at: Location
    positional: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    receiver: Value | None = None
    handed: bool = False

    def argument(self, position: int | str | None, keyword: str | None) -> Value | None:
        """Give the argument at a position or by its keyword, None if it is not given."""
        if position == "receiver":
            return self.receiver
        if keyword is not None and keyword in self.keywords:
            return self.keywords[keyword]
        return self.positional[position] if isinstance(position, int) and 0 <= position < len(self.positional) else None


#: Kinds of objects whose literal text says more than that it is read, written or run.
_TELLING = frozenset({ObjectKind.PATH, ObjectKind.PROGRAM})
Meaning: TypeAlias = tuple[CapabilityId, Scope, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A call that means a capability, inside one function; its value may still hang on the function's parameters."""

    capability: CapabilityId
    kind: ObjectKind
    at: Location
    value: Value
    objects: tuple[str, ...] = ()
    fixed: Scope | None = None
    guards: tuple[Guard, ...] = ()
    sure: bool = True

    def resolved(self, arguments: Mapping[str, Value]) -> Iterator[Meaning]:
        """Give capability, scope and objects once the parameters are known; also what literal paths and commands mean beyond it."""
        value = self.value.bound(arguments)
        scope, objects = reading(self.kind, value)
        yield self.capability, self.fixed or scope, tuple(dict.fromkeys((*self.objects, *objects)))
        yield from self.beyond(arguments)

    def beyond(self, arguments: Mapping[str, Value]) -> Iterator[Meaning]:
        """Give only what literal paths and commands mean beyond being read, written or run: ``git push`` is also a message."""
        if self.kind in _TELLING:
            value = self.value.bound(arguments)
            scope, objects = reading(self.kind, value)
            for meant in _meanings(self.kind, self.capability, value):
                yield meant.capability, self.fixed or meant.scope or scope, objects if meant.objects is None else meant.objects


class Table:
    """A language's ``capabilities.yaml``, ready to be asked."""

    def __init__(
        self,
        apis: tuple[Api, ...],
        imports: tuple[Sdk, ...],
        configuration: tuple[str, ...] = (),
        same: Mapping[str, tuple[str, ...]] | None = None,
        built: Builders | None = None,
    ) -> None:
        """Index the rows by name. ``same`` maps a type to the names that give an object of it."""
        self._built = built or Builders()
        self._same = {name: kind for kind, names in (same or {}).items() for name in names}
        self._configuration = frozenset(configuration)
        self._exact: dict[str, list[Api]] = {}
        self._below: dict[str, list[Api]] = {}
        self._sdks: dict[str, list[Sdk]] = {}
        self._clients = {name.rpartition(".")[0] for api in apis if api.object is ObjectKind.HOST for name in api.names}
        self._all: dict[str, frozenset[CapabilityId]] = {}
        for api in apis:
            for name in api.names:
                index, key = (self._below, name[:-2]) if name.endswith(".*") else (self._exact, name)
                index.setdefault(key, []).append(api)
        for sdk in imports:
            for module in sdk.modules:
                self._sdks.setdefault(module, []).append(sdk)

    def plain(self, name: str) -> str:
        """Give the short form of a resolved name: ``pathlib.Path.home.parent.open`` is ``pathlib.Path.open``."""
        ends = self._built.ends
        if name.startswith(".") or (not ends and not any(giver in name for giver in self._same)):
            return name
        short, parts = "", name.split(".")
        for index, part in enumerate(parts):
            short = f"{short}.{part}" if short else part
            short = self._same.get(short, short)
            if part in ends and index + 1 < len(parts):  # by itself it is a call of the builder, not of the type
                made = self._built.made(short.split("."))
                short = self._same.get(made, made) or short
        return short

    def match(self, name: str) -> tuple[Api, ...]:
        """Give the rows for a resolved name: those that name it exactly, else those of the nearest ``*`` above it."""
        if name in self._exact:
            return tuple(self._exact[name])
        name = self.plain(name)
        if name in self._exact:
            return tuple(self._exact[name])
        return next((tuple(self._below[above]) for above in _above(name) if above in self._below), ())

    @functools.cached_property
    def last_names(self) -> frozenset[str]:
        """The last parts of all names that have rows: what is not among them needs no look-up."""
        return frozenset(name.rpartition(".")[2] for name in self._exact)

    @property
    def givers(self) -> frozenset[str]:
        """The names that give an object of a type with another name."""
        return frozenset(self._same)

    def names(self, name: str) -> bool:
        """Tell whether a row says this name itself, or one inside it."""
        return name in self._exact or name in self._configuration or name in self._sdks or bool(self.powers(name))

    def configures(self, name: str) -> bool:
        """Tell whether what this name gives is chosen by whoever sets the program up: environment, command line, temporary folders."""
        return name in self._configuration or any(f"{above}.*" in self._configuration for above in _above(name))

    def is_client(self, name: str) -> bool:
        """Tell whether what this makes has methods that reach hosts, so that its other arguments say nothing about the host."""
        return name in self._clients

    def sdk(self, module: str) -> tuple[Sdk, ...]:
        """Give the rows for an imported module, or for the nearest package above it (``.`` or ``/`` between)."""
        found = (self._sdks[above] for above in (module, *_above(module)) if above in self._sdks)
        return tuple(next(found, ()))

    def powers(self, module: str) -> frozenset[CapabilityId]:
        """Give all that the calls of a module could do, by the rows that name it or something in it."""
        return self._powers().get(module, frozenset())

    def _powers(self) -> Mapping[str, frozenset[CapabilityId]]:
        if not self._all:
            found: dict[str, set[CapabilityId]] = {}
            rows = [*self._exact.items(), *((f"{above}.*", apis) for above, apis in self._below.items())]
            for name, apis in rows:
                for above in _above(name):
                    found.setdefault(above, set()).update(capability for api in apis for capability in api.capability)
            for module, sdks in self._sdks.items():
                found.setdefault(module, set()).update(capability for sdk in sdks for capability in sdk.capability)
            self._all = {name: frozenset(powers) for name, powers in found.items()}
        return self._all

    def uses(self, site: CallSite) -> Iterator[Use]:
        """Give what a call means. A call into an SDK means what its import means."""
        rows = [api for api in self.match(site.name) if api.applies(site)]
        for api in rows:
            value = _object(api, site)
            for capability in api.capability:
                yield Use(capability=capability, kind=api.object, at=site.at, value=value, objects=api.objects, fixed=api.scope)
        if not rows:
            yield from self.imported(site.name, site.at)

    def imported(self, module: str, at: Location) -> Iterator[Use]:
        """Give what the import of a module means."""
        for sdk in self.sdk(module):
            for capability in sdk.capability:
                yield Use(capability=capability, kind=ObjectKind.NONE, at=at, value=UNKNOWN, objects=sdk.objects, fixed=sdk.scope)


def _object(api: Api, site: CallSite) -> Value:
    """Give the argument that matters; a relative URL stands behind what the client was made with."""
    value = site.argument(api.argument, api.keyword) or UNKNOWN
    if api.words and isinstance(api.argument, int) and value.items is None:
        return Value.listed((value, *site.positional[api.argument + 1 :]))
    if api.whole or api.object is not ObjectKind.HOST or site.receiver is None:
        return value
    if not site.receiver.beginnings and site.receiver.start is Scope.ANY:
        return value
    absolute = any("//" in text for text in value.beginnings)
    return value if absolute else site.receiver.followed_by(value)


@functools.cache
def load_table(folder: Path) -> Table:
    """Read ``capabilities.yaml`` of a language folder. Raises TableError naming every error with its place."""
    sheet = _read(folder / "capabilities.yaml", _Sheet)
    others = [_read(folder.parent / name / "capabilities.yaml", _Sheet) for name in sheet.include]
    every = [sheet, *others]
    apis = tuple(api for each in every for api in each.apis)
    _check_patterns(folder, [row for api in apis for row in (api.when, api.unless) if row])
    imports = tuple(sdk for each in every for sdk in each.imports)
    same: dict[str, tuple[str, ...]] = {}
    for each in every:
        same |= {kind: (*same.get(kind, ()), *names) for kind, names in each.same.items()}
    built = next((each.built for each in every if each.built.begins), Builders())
    return Table(apis, imports, tuple(name for each in every for name in each.configuration), same, built)


def _check_patterns(folder: Path, conditions: list[Condition]) -> None:
    wrong = [f"{folder.name}/capabilities.yaml: no regular expression: {c.matches!r}" for c in conditions if not _compiles(c.matches)]
    if wrong:
        raise TableError("\n".join(wrong))


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _read(path: Path, shape: type[_Shape]) -> _Shape:
    try:
        content = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders
        return shape.model_validate(content)
    except yaml.YAMLError as error:
        _refuse(path, [str(error)], error)
    except ValidationError as error:
        _refuse(path, [f"{'.'.join(map(str, row['loc']))}: {row['msg']}" for row in error.errors()], error)


def _refuse(path: Path, sentences: list[str], error: Exception) -> NoReturn:
    raise TableError("\n".join(f"{path.parent.name}/{path.name}: {sentence}" for sentence in sentences)) from error


def _above(name: str) -> Iterator[str]:
    for end in range(len(name) - 1, 0, -1):
        if name[end] in "./":
            yield name[:end]


@functools.cache
def _known() -> tuple[_Meanings, dict[str, re.Pattern[str]]]:
    sheet = _read(Path(__file__).parent / "objects.yaml", _Meanings)
    return sheet, {row.pattern: re.compile(row.pattern, re.IGNORECASE) for row in sheet.paths}


def _meanings(kind: ObjectKind, capability: CapabilityId, value: Value) -> Iterator[Meant]:
    """Give what a literal path or command means beyond being read, written or run."""
    if kind is ObjectKind.PROGRAM:
        yield from meant_by(value) if capability is CapabilityId.PROC_EXEC else ()
        return
    sheet, patterns = _known()
    texts = [text.replace("\\", "/") for text in value.paths]
    seen: set[CapabilityId] = set()
    for row in sheet.paths:
        if capability in row.when and row.capability not in seen and any(patterns[row.pattern].search(text[:4096]) for text in texts):
            seen.add(row.capability)
            yield Meant(row.capability, row.scope)
