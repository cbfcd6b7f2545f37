"""What a program declares: types with their merged parts, functions and constants, by the full names under which others import them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from reviewer.inventory.program import model
from reviewer.inventory.program.folders import common, folders_of, together
from reviewer.inventory.program.model import Module, TypeName
from reviewer.inventory.program.units import Assignment, Unit, Walk, unit_of
from reviewer.inventory.program.vocabulary import Vocabulary

#: How often a name may stand for another name: imports of imports, aliases of aliases.
HOPS = 6
#: How many names are asked for before one counts as unknown.
ASKED = 200
#: How many supertypes of one type are looked through.
LINEAGE = 40


@dataclass(slots=True, eq=False, kw_only=True)
class OwnType:
    """A type of the submission: all its declarations, Rust's ``impl`` blocks and partial classes among them, as one."""

    name: str
    module: Module
    declarations: list[model.Type] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    fields: dict[str, model.Field] = field(default_factory=dict)
    methods: dict[str, list[Unit]] = field(default_factory=dict)
    assigned: dict[str, list[tuple[Assignment, Unit]]] = field(default_factory=dict)
    outer: OwnType | None = None
    starts: Unit | None = None
    children: list[OwnType] = field(default_factory=list)

    @property
    def short(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def constructors(self) -> list[Unit]:
        """Its constructors: functions of its own name."""
        return self.methods.get(self.short, [])

    @property
    def bases(self) -> Iterator[tuple[TypeName, Module]]:
        """What it extends and implements, as written, with the file in which it is written."""
        for declared, module in zip(self.declarations, self.modules, strict=True):
            for base in declared.bases:
                yield base, module

    @property
    def alias(self) -> TypeName | None:
        """What it is another name for."""
        return next((declared.alias for declared in self.declarations if declared.alias is not None), None)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Held:
    """A constant or variable outside functions."""

    field: model.Field
    unit: Unit


Symbol: TypeAlias = "OwnType | Unit | Held"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Found:
    """A symbol, and what was written behind its name."""

    symbol: Symbol
    rest: tuple[str, ...] = ()


class Symbols:
    """All declarations of a program. ``vocabulary`` says of which external names the tables speak."""

    def __init__(self, modules: Iterable[Module], vocabulary: Vocabulary) -> None:
        """Read all declarations and bodies."""
        self.known, self.named, self._foreign = vocabulary.knows, vocabulary.names, vocabulary.registers
        self.names: dict[str, list[Symbol]] = {}
        self.packages: dict[str, list[Module]] = {}
        self.types: list[OwnType] = []
        self.extensions: dict[str, list[Unit]] = {}
        self.methods: dict[str, list[Unit]] = {}
        self._walk = Walk()
        self._lineages: dict[OwnType, list[OwnType | str]] = {}
        self._roots: list[Unit] = []
        self._resolved: dict[tuple[str, str], Found | str] = {}
        modules = list(modules)
        for module in modules:
            self.packages.setdefault(module.package, []).append(module)
        for module in modules:
            self._declare(module)
        for unit in self._roots:
            self._walk.read(unit)
        self._folders = folders_of(modules, self.known)
        self._link()

    @property
    def size(self) -> int:
        """How many expressions and statements the program has."""
        return self._walk.size

    @property
    def units(self) -> list[Unit]:
        """Every function, lambda and body."""
        return self._walk.units

    def _declare(self, module: Module) -> None:
        for declared in module.types:
            self._declare_type(module, declared)
        for function in module.functions:
            unit = unit_of(function, module, function.name)
            self._roots.append(unit)
            if function.extends is not None:
                self.extensions.setdefault(function.name, []).append(unit)
            else:
                self._name(module, function.name, unit)
        constants = tuple(
            model.Bind(names=(), target=model.Name(name=held.name, line=held.line), value=held.value, line=held.line)
            for held in module.constants
        )
        body = self._body(module, f"{module.path}#body", (*constants, *module.body), None)
        for held in module.constants:
            self._name(module, held.name, Held(field=held, unit=body))

    def _body(self, module: Module, name: str, body: model.Block, owner: OwnType | None) -> Unit:
        line = min((each.line for each in body), default=1)
        unit = Unit(id=name, module=module, node=None, body=body, line=line, last=line, owner=owner, automatic=True)
        self._roots.append(unit)
        return unit

    def _name(self, module: Module, name: str, symbol: Symbol) -> None:
        full = f"{module.package}.{name}" if module.package else name
        if not self._foreign(full):
            self.names.setdefault(full, []).append(symbol)

    def _declare_type(self, module: Module, declared: model.Type) -> None:
        full = f"{module.package}.{declared.name}" if module.package else declared.name
        own = next((each for each in self.names.get(full, ()) if isinstance(each, OwnType) and together(each.module, module)), None)
        if own is None:
            own = OwnType(name=full, module=module)
            self.types.append(own)
            self._name(module, declared.name, own)
        own.declarations.append(declared)
        own.modules.append(module)
        for each in declared.fields:
            own.fields.setdefault(each.name, each)
        for function in declared.functions:
            unit = unit_of(function, module, f"{declared.name}.{function.name}", owner=own)
            own.methods.setdefault(function.name, []).append(unit)
            self.methods.setdefault(function.name, []).append(unit)
            if function.extends is not None:
                self.extensions.setdefault(function.name, []).append(unit)
            self._roots.append(unit)
        held = [each for each in declared.fields if each.value is not None]
        if held:
            binds = tuple(
                model.Bind(
                    names=(), target=model.Member(object=model.Name(name="this", line=each.line), name=each.name, line=each.line),
                    value=each.value, line=each.line,
                )
                for each in held
            )  # fmt: skip
            own.starts = self._body(module, f"{module.path}#{declared.name}@{declared.line}.fields", binds, own)

    def _link(self) -> None:
        """Join what needs all declarations: outer types, subtypes, assignments of fields."""
        for own in self.types:
            outer = self.names.get(own.name.rpartition(".")[0], ())
            own.outer = next((each for each in outer if isinstance(each, OwnType)), None)
            for base in self.bases_of(own):
                if isinstance(base, OwnType) and base is not own:
                    base.children.append(own)
        for unit in self.units:
            this = _this(unit)
            for assignment in unit.assignments if unit.owner is not None else ():
                target = assignment.target
                if (unit.owner is not None and isinstance(target, model.Member) and _is_name(target.object, this)) or (
                    unit.owner is not None and isinstance(target, model.Name) and target.name in unit.owner.fields
                ):
                    unit.owner.assigned.setdefault(target.name, []).append((assignment, unit))
            if unit.owner is not None and unit.name == unit.owner.short:
                self._bare(unit, unit.owner)

    def _bare(self, unit: Unit, owner: OwnType) -> None:
        """In a constructor ``client = x`` may assign a field."""
        for name, bounds in unit.binds.items():
            if name in owner.fields and name not in unit.names_of_parameters:
                for bound in bounds:
                    if bound.type is None and bound.value is not None:
                        assignment = Assignment(target=model.Name(name=name, line=unit.line), value=bound.value, seq=bound.seq)
                        owner.assigned.setdefault(name, []).append((assignment, unit))

    # -- names

    def resolve(self, module: Module, name: str, owner: OwnType | None = None) -> Found | str:
        """Give what a name means in a file: a symbol of the submission, or the full name of something else."""
        key = (f"{module.path}\0{owner.name if owner else ''}", name)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(module, name, owner)
        return self._resolved[key]

    def _resolve(self, module: Module, name: str, owner: OwnType | None) -> Found | str:
        head, _, rest = name.partition(".")
        for own in _outward(owner):
            found = self._inside(own.name, name, module)
            if found is not None:
                return found
        if head in module.imports:
            return self.settle(f"{module.imports[head]}.{rest}" if rest else module.imports[head], module)
        found = self._relative(name, module) or self._inside(module.package, name, module)
        if found is not None:
            return found
        for sibling in self.packages.get(module.package, ()):  # what a file of the package imports for all of it
            if head in sibling.imports and sibling.imports[head] != name and "crate" in module.package:
                return self.settle(f"{sibling.imports[head]}.{rest}" if rest else sibling.imports[head], module)
        return self._of_wildcards(name, module)

    def _of_wildcards(self, name: str, module: Module) -> Found | str:
        for wanted in (self.named, self.known):
            for package in module.wildcards:
                found = self.settle(f"{package}.{name}", module)
                if self._reaches(found, name) if isinstance(found, Found) else wanted(found):
                    return found
        return self.settle(name, module)

    def _inside(self, place: str, name: str, module: Module) -> Found | None:
        """Give what a name means in a type or package, not the place itself with the name as a member that nobody declared."""
        found = self.full(f"{place}.{name}" if place else name, module)
        return found if found is not None and self._reaches(found, name) else None

    def _reaches(self, found: Found, name: str) -> bool:
        """Tell whether the first part of a name was found: a symbol, or a member of a type whose members are visible."""
        own, behind = found.symbol, len(found.rest) - name.count(".")
        if behind != 1 or not isinstance(own, OwnType):
            return behind <= 0
        return found.rest[0] != own.short and (found.rest[0] in own.methods or found.rest[0] in own.fields)

    def _relative(self, name: str, module: Module) -> Found | None:
        """Names that begin where the file is: ``crate.``, ``super.``, ``self.``."""
        head, _, rest = name.partition(".")
        place = module.package
        if head not in {"super", "self", "crate"} or not rest:
            return None
        if head == "crate":
            return self.full(f"{place.partition('.')[0]}.{rest}", module)
        while head == "super":
            place = place.rpartition(".")[0]
            head, _, rest = rest.partition(".") if rest.startswith("super.") else ("", "", rest)
        return self.full(f"{place}.{rest}" if place else rest, module)

    def settle(self, name: str, module: Module, hops: int = HOPS, asked: set[str] | None = None) -> Found | str:
        """Give the symbol of a full name, through packages that only pass it on; the name itself if it is other people's."""
        if name.startswith(("crate.", "super.", "self.")) and (relative := self._relative(name, module)) is not None:
            return relative
        found = self.full(name, module)
        if found is not None:
            return found
        for own in self._homes(name):
            found = self.full(own, module)
            if found is not None:
                return found
        return self._passed_on(name, module, hops, {name} if asked is None else asked)

    def _passed_on(self, name: str, module: Module, hops: int, asked: set[str]) -> Found | str:
        """Follow what a package imports and so offers under its own name. No name is ``asked`` for twice: wildcards lead in circles."""
        parts = _split(name)
        for end in range(len(parts) - 1, 0, -1) if hops else ():
            package = ".".join(parts[:end])
            for each in self.packages.get(package, ()):
                further = each.imports.get(parts[end])
                if further is not None and further != name:
                    return self.settle(".".join((further, *parts[end + 1 :])), module, hops - 1, asked)
                for wild in each.wildcards if _is_crate(package) else ():  # others import for themselves only
                    again = ".".join((wild, *parts[end:]))
                    if again not in asked and len(asked) < ASKED:
                        asked.add(again)
                        if isinstance(found := self.settle(again, each, hops - 1, asked), Found):
                            return found
        return name

    def _homes(self, name: str) -> Iterator[str]:
        """Give names of the submission that an import may mean: folders by their common ending, crates by what is in them."""
        if self.known(name):
            return
        for theirs, ours in self._folders:
            if name.startswith(theirs):
                behind = name[len(theirs) :]
                yield (ours + behind).lstrip("/") if ours or behind.startswith("/") else behind.lstrip(".")
        head, _, rest = name.partition(".")
        if rest and "/" not in head and any(_is_crate(package) for package in self.packages):
            yield f"crate.{rest}"

    def full(self, name: str, module: Module) -> Found | None:
        """Give the symbol of a full name, or of the longest beginning of it, nearest to a file."""
        parts = _split(name)
        for end in range(len(parts), 0, -1):
            symbols = self.names.get(".".join(parts[:end]))
            if symbols:
                return Found(symbol=_nearest(symbols, module), rest=tuple(parts[end:]))
        return None

    # -- types

    def bases_of(self, own: OwnType) -> list[OwnType | str]:
        """Give what a type extends and implements, resolved."""
        found: list[OwnType | str] = []
        for base, module in own.bases:
            if base.name == own.short and not own.outer:
                imported = self.resolve(module, base.name)
                found.append(imported if isinstance(imported, str) else base.name)
            else:
                found.append(self.type_named(base.name, module, own.outer))
        return found

    def type_named(self, name: str, module: Module, owner: OwnType | None = None) -> OwnType | str:
        """Give a type by the name under which a file knows it; through aliases."""
        if name in {"Self", "this"} and owner is not None:
            return owner
        for _ in range(HOPS):
            found = self.resolve(module, name, owner)
            if owner is not None and isinstance(found, Found) and (found.rest or not isinstance(found.symbol, OwnType)):
                found = self.resolve(module, name)  # ``client *client.Client``: a field of that name is no type
            if isinstance(found, str):
                return found
            if not isinstance(found.symbol, OwnType) or found.rest:
                return name
            if found.symbol.alias is None:
                return found.symbol
            name, module, owner = found.symbol.alias.name, found.symbol.module, found.symbol.outer
        return name

    def lineage(self, own: OwnType) -> list[OwnType | str]:
        """Give a type and all that it extends, nearest first."""
        if own in self._lineages:
            return self._lineages[own]
        found: dict[OwnType | str, None] = {own: None}
        waiting: list[OwnType | str] = [own]
        while waiting and len(found) < LINEAGE:
            current = waiting.pop(0)
            if isinstance(current, OwnType):
                fresh = [base for base in self.bases_of(current) if base not in found]
                found.update(dict.fromkeys(fresh))
                waiting.extend(fresh)
        self._lineages[own] = list(found)
        return self._lineages[own]


def _outward(owner: OwnType | None) -> Iterator[OwnType]:
    for _ in range(HOPS):
        if owner is None:
            return
        yield owner
        owner = owner.outer


def _is_crate(package: str) -> bool:
    return package == "crate" or package.startswith("crate.")


def _split(name: str) -> list[str]:
    """Take a name apart at its points; those in the address of a package belong to it."""
    head, slash, tail = name.rpartition("/")
    parts = tail.split(".")
    return [f"{head}{slash}{parts[0]}", *parts[1:]]


def _this(unit: Unit) -> str:
    around: Unit | None = unit
    while around is not None:
        if isinstance(around.node, model.Function):
            return around.this
        around = around.parent
    return "this"


def _is_name(node: model.Expression, this: str) -> bool:
    return isinstance(node, model.Name) and node.name in {this, "this"}


def _nearest(symbols: list[Symbol], module: Module) -> Symbol:
    if len(symbols) == 1:
        return symbols[0]
    return max(symbols[:50], key=lambda symbol: common(_module(symbol).path, module.path))


def _module(symbol: Symbol) -> Module:
    return symbol.unit.module if isinstance(symbol, Held) else symbol.module
