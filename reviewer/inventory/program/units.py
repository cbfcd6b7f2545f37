"""The functions of a program, lambdas and bodies of files among them: what each binds, calls and returns, in order."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from checks.model import Location
from reviewer.inventory.program import model
from reviewer.inventory.program.model import Block, Expression, Module, Statement

if TYPE_CHECKING:
    from reviewer.inventory.program.symbols import OwnType

#: How many assignments before a place are looked at.
NEAREST = 16

Path: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Bound:
    """A name that gets a value. ``index`` is its place where a value is taken apart, -1 otherwise; ``loop`` gives each element."""

    name: str
    seq: int
    path: Path
    value: Expression | None
    index: int = -1
    type: model.TypeName | None = None
    loop: model.Loop | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Site:
    """A call or record, with the branches around it."""

    node: model.Call | model.Record
    seq: int
    branches: tuple[model.Branch, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Assignment:
    """``target = value`` for a field or element."""

    target: Expression
    value: Expression | None
    seq: int


@dataclass(slots=True, eq=False, kw_only=True)
class Unit:
    """A function, lambda, or body. ``parent`` is the unit around it, in which ``seq`` is its place."""

    id: str
    module: Module
    node: model.Function | model.Lambda | None
    body: Block
    line: int
    last: int
    owner: OwnType | None = None
    parent: Unit | None = None
    seq: int = 0
    automatic: bool = False
    binds: dict[str, list[Bound]] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    names: list[tuple[Expression, tuple[model.Branch, ...]]] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    handed: dict[str, list[model.Call | model.Record]] = field(default_factory=dict)
    later: dict[str, list[Assignment]] = field(default_factory=dict)
    returns: list[model.Return] = field(default_factory=list)
    lambdas: dict[int, Unit] = field(default_factory=dict)
    nested: dict[str, Unit] = field(default_factory=dict)
    where: dict[int, tuple[int, Path]] = field(default_factory=dict)
    parents: dict[int, Statement] = field(default_factory=dict)
    branches_of: dict[int, tuple[model.Branch, ...]] = field(default_factory=dict)

    @property
    def at(self) -> Location:
        """Where it begins."""
        return Location(path=self.module.path, line=self.line)

    @property
    def parameters(self) -> tuple[model.Parameter, ...]:
        """Its parameters, in order."""
        return self.node.parameters if self.node is not None else ()

    @property
    def names_of_parameters(self) -> tuple[str, ...]:
        """The names that its parameters bind."""
        return tuple(name for parameter in self.parameters for name in parameter.names)

    @property
    def this(self) -> str:
        """What it calls its own object."""
        return self.node.receiver if isinstance(self.node, model.Function) else "this"

    @property
    def name(self) -> str:
        """Its name, empty for a lambda or body."""
        return self.node.name if isinstance(self.node, model.Function) else ""

    def visible(self, name: str, seq: int, path: Path) -> list[Bound]:
        """Give what a local name can be at a place: the nearest assignment that certainly ran before it, and those since."""
        found: list[Bound] = []
        known = self.binds.get(name, [])
        end = bisect.bisect_left(known, seq, key=lambda bound: bound.seq)
        if not end and name not in self.names_of_parameters:
            end = len(known)  # it is bound later, by a loop or before this is called
        for index in range(end - 1, max(-1, end - 1 - NEAREST), -1):
            found.append(known[index])
            if known[index].path == path[: len(known[index].path)]:
                break
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    node: Statement
    path: Path
    branches: tuple[model.Branch, ...]
    seq: int


class Walk:
    """Reads bodies without recursion, however deep they are."""

    def __init__(self) -> None:
        """Begin with no units."""
        self.units: list[Unit] = []
        self.size = 0
        self._blocks = 0

    def read(self, unit: Unit) -> None:
        """Read a unit and all that stand in it."""
        waiting = [unit]
        while waiting:
            current = waiting.pop()
            self.units.append(current)
            self._read_one(current)
            waiting.extend(current.lambdas.values())
            waiting.extend(current.nested.values())

    def _read_one(self, unit: Unit) -> None:
        seq = 0
        stack = [_Item(node, (), (), -1) for node in reversed(unit.body)]
        while stack:
            item = stack.pop()
            seq += 1
            self.size += 1
            handle = _HANDLERS.get(type(item.node))
            if handle is not None:
                stack.extend(reversed(list(handle(self, unit, item, seq))))
            else:
                stack.extend(reversed(list(self._expression(unit, item, seq))))

    def _block(self, body: Block, item: _Item, *more: model.Branch) -> Iterator[_Item]:
        self._blocks += 1
        path = (*item.path, self._blocks)
        yield from (_Item(node, path, (*item.branches, *more), -1) for node in body)

    def _bind(self, unit: Unit, item: _Item, seq: int) -> Iterator[_Item]:
        node = item.node
        if not isinstance(node, model.Bind):
            return
        several = len(node.names) > 1
        for index, name in enumerate(node.names):
            bound = Bound(name=name, seq=seq, path=item.path, value=node.value, index=index if several else -1, type=node.type)
            unit.binds.setdefault(name, []).append(bound)
        if node.target is not None:
            assignment = Assignment(target=node.target, value=node.value, seq=seq)
            unit.assignments.append(assignment)
            if isinstance(node.target, model.Member) and isinstance(node.target.object, model.Name):
                unit.later.setdefault(node.target.object.name, []).append(assignment)
            yield _Item(node.target, item.path, item.branches, seq)
        if node.value is not None:
            unit.parents[id(node.value)] = node
            yield _Item(node.value, item.path, item.branches, seq)

    def _return(self, unit: Unit, item: _Item, seq: int) -> Iterator[_Item]:
        if isinstance(item.node, model.Return):
            unit.returns.append(item.node)
            for value in item.node.values:
                unit.parents[id(value)] = item.node
                yield _Item(value, item.path, item.branches, seq)

    def _branch(self, _unit: Unit, item: _Item, seq: int) -> Iterator[_Item]:
        if isinstance(item.node, model.Branch):
            if item.node.subject is not None:
                yield _Item(item.node.subject, item.path, item.branches, seq)
            for text in (*(item.node.texts or ()), *item.node.others):
                yield _Item(text, item.path, item.branches, seq)
            yield from self._block(item.node.body, item, *((item.node,) if item.node.texts is not None or item.node.others else ()))

    def _loop(self, unit: Unit, item: _Item, seq: int) -> Iterator[_Item]:
        node = item.node
        if isinstance(node, model.Loop):
            body = list(self._block(node.body, item))
            path = body[0].path if body else item.path
            for index, name in enumerate(node.names):
                bound = Bound(name=name, seq=seq, path=path, value=None, index=index if len(node.names) > 1 else -1, loop=node)
                unit.binds.setdefault(name, []).append(bound)
            if node.over is not None:
                yield _Item(node.over, item.path, item.branches, seq)
            yield from body

    def _function(self, unit: Unit, item: _Item, seq: int) -> Iterator[_Item]:
        node = item.node
        if isinstance(node, model.Function):
            child = unit_of(node, unit.module, f"{unit.id}.{node.name}", owner=unit.owner)
            child.parent, child.seq = unit, seq
            unit.nested[node.name] = child
        return iter(())

    def _lambda(self, unit: Unit, item: _Item, seq: int) -> Iterator[_Item]:
        node = item.node
        if isinstance(node, model.Lambda):
            place = seq if item.seq < 0 else item.seq
            name = f"{unit.id}:{node.line}.{len(unit.lambdas)}"
            child = Unit(
                id=name,
                module=unit.module,
                node=node,
                body=node.body,
                line=node.line,
                last=node.last,
                owner=unit.owner,
                parent=unit,
                seq=place,
            )
            unit.lambdas[id(node)] = child
            unit.where[id(node)] = (place, item.path)
            unit.branches_of[id(node)] = item.branches
        return iter(())

    def _expression(self, unit: Unit, item: _Item, seq: int) -> Iterator[_Item]:
        node = item.node
        place = seq if item.seq < 0 else item.seq
        if isinstance(node, (model.Call, model.Record)):
            unit.sites.append(Site(node=node, seq=place, branches=item.branches))
            for argument in node.arguments:
                if isinstance(argument.value, model.Name):
                    unit.handed.setdefault(argument.value.name, []).append(node)
        elif isinstance(node, (model.Name, model.Member)):
            unit.names.append((node, item.branches))
            unit.where[id(node)] = (place, item.path)
        for part in parts_of(node):
            unit.parents[id(part)] = node
            yield _Item(part, item.path, item.branches, place)
        for number, block in enumerate(node.blocks if isinstance(node, model.Opaque) else ()):
            yield from self._block(block, item) if number else (_Item(each, item.path, item.branches, -1) for each in block)


_HANDLERS = {
    model.Bind: Walk._bind,  # noqa: SLF001  the class's own table
    model.Return: Walk._return,  # noqa: SLF001
    model.Branch: Walk._branch,  # noqa: SLF001
    model.Loop: Walk._loop,  # noqa: SLF001
    model.Function: Walk._function,  # noqa: SLF001
    model.Lambda: Walk._lambda,  # noqa: SLF001
}


def unit_of(node: model.Function, module: Module, name: str, *, owner: OwnType | None = None) -> Unit:
    """Make the unit of a function. One that is also an extension is two, one of each form."""
    form = "+" if node.extends is not None else ""
    return Unit(
        id=f"{module.path}#{name}{form}@{node.line}", module=module, node=node, body=node.body, line=node.line, last=node.last, owner=owner
    )


def parts_of(node: Statement) -> Iterator[Expression]:
    """Give the expressions directly inside an expression; lambdas have none, they are units."""
    if isinstance(node, model.Text):
        yield from (part for part in node.parts if not isinstance(part, str))
    elif isinstance(node, model.Member):
        yield node.object
    elif isinstance(node, model.Index):
        yield from (node.object, node.key)
    elif isinstance(node, model.Call):
        yield node.callee
        yield from (argument.value for argument in node.arguments)
    else:
        yield from _parts_of_values(node)


def _parts_of_values(node: Statement) -> Iterator[Expression]:
    if isinstance(node, model.Collection):
        yield from node.items
    elif isinstance(node, model.Record):
        yield from (argument.value for argument in node.arguments)
        for key, value in node.pairs:
            yield from (key, value)
        if node.rest is not None:
            yield node.rest
    elif isinstance(node, model.Choice):
        yield from (*node.tests, *node.options)
    elif isinstance(node, model.Opaque):
        yield from node.parts
