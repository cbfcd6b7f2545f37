"""Turns bodies into the call graph: what each call means by ``capabilities.yaml``, whom it calls, and under which names of tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from checks.model import CapabilityId, Location, Scope, Trigger
from reviewer.inventory.languages.apis import Api, CallSite, ObjectKind, Table, Use
from reviewer.inventory.languages.callgraph import Call as Edge
from reviewer.inventory.languages.callgraph import Function as Node
from reviewer.inventory.languages.values import UNKNOWN, Guard, Value
from reviewer.inventory.program import model
from reviewer.inventory.program.knowledge import TOOL, Knowledge
from reviewer.inventory.program.links import Links
from reviewer.inventory.program.sources import chain
from reviewer.inventory.program.symbols import OwnType
from reviewer.inventory.program.things import Class, Code, Context, External, Made, Mixed, Object, Pairs, Parameter, Part, Thing, options
from reviewer.inventory.program.units import Site, Unit

#: How many methods of one name are taken for the one that is called on something unknown, and how many arguments of a call are read.
NAMESAKES, ARGUMENTS = 3, 24
#: Powers of which the object alone, given out of sight, is worth a doubt; clients and files are given about everywhere.
RUNNING = frozenset({CapabilityId.PROC_EXEC, CapabilityId.CODE_EVAL, CapabilityId.NATIVE_CODE})


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A call of a function of the submission, before its arguments are read."""

    home: Unit
    callee: Unit
    call: model.Call | None
    unit: Unit
    sure: bool
    guards: tuple[Guard, ...] = ()
    receiver: bool = True


class Effects:
    """Builds the nodes of the call graph. ``dispatching`` are the functions that tell tools apart by name."""

    def __init__(self, links: Links, knowledge: Knowledge, table: Table, dispatching: frozenset[int]) -> None:
        """Take what is known of the program."""
        self.links = links
        self.evaluator = links.evaluator
        self.knowledge = knowledge
        self.table = table
        self.dispatching = dispatching
        self._makers = frozenset(name.rpartition(".")[2] for name in table.givers)
        self._adds = frozenset(self.evaluator.words.adds)
        self._uses: dict[int, list[Use]] = {}
        self._entries: list[_Entry] = []

    def nodes(self) -> list[Node]:
        """Give every function and body with its uses and calls."""
        units = self.evaluator.symbols.units
        for unit in units:
            home = self.knowledge.home_of(unit)
            for site in unit.sites:
                self._site(site, unit, home)
            self._reads(unit, home)
        edges = self._edges()
        found = [self._node(unit, edges.get(id(unit), [])) for unit in units if self.knowledge.home_of(unit) is unit]
        modules = [module for each in self.evaluator.symbols.packages.values() for module in each]
        found.extend(
            Node(id=f"{module.path}#imports", at=Location(path=module.path, line=1), uses=self._imports(module)) for module in modules
        )
        return found

    def _node(self, unit: Unit, edges: list[Edge]) -> Node:
        starts = unit.automatic or (unit.name in self.evaluator.words.starts and unit.parent is None and _is_entry(unit))
        more = (TOOL,) if id(unit) in self.dispatching else ()
        return Node(
            id=unit.id,
            at=unit.at,
            last=unit.last,
            parameters=(*unit.names_of_parameters, *self.knowledge.captured.get(id(unit), ()), *more),
            uses=tuple(self._uses.get(id(unit), ())),
            calls=tuple(edges),
            trigger=Trigger.AUTOMATIC if starts else None,
        )

    def _imports(self, module: model.Module) -> tuple[Use, ...]:
        at = Location(path=module.path, line=1)
        names = dict.fromkeys((*module.imports.values(), *module.wildcards))
        return tuple(use for name in names for use in self.table.imported(name, at))

    # -- sites

    def _site(self, site: Site, unit: Unit, home: Unit) -> None:
        guards = self.guards(site.branches, unit, home)
        if isinstance(site.node, model.Record):
            thing = self.evaluator.value(site.node, Context(unit))
            if isinstance(thing, Pairs) and isinstance(thing.kind, str):
                self._use(thing.kind, site, unit, home, guards)
            elif isinstance(thing, Pairs) and isinstance(thing.kind, OwnType):
                self._inherited(thing.kind, site, unit, home, guards)
            return
        targets = self.links.targets.get(id(site.node), [])
        for target, own in self._with_guards(targets, site.node, unit, home):
            self._target(target, site, unit, home, (*guards, *own), sure=len(targets) == 1 or bool(own))
        self._handed(site.node, unit, home, guards)

    def _with_guards(self, targets: list[Thing], node: model.Call, unit: Unit, home: Unit) -> Iterator[tuple[Thing, tuple[Guard, ...]]]:
        """Functions that were looked up in a table by a name are called for that name."""
        callee = self.evaluator.value(node.callee, Context(unit))
        if isinstance(callee, Mixed) and callee.key is not None:
            parameter = self._chosen_by(callee.key, home)
            for option, key in zip(callee.options, callee.keys, strict=False):
                yield option, (Guard(parameter=parameter, texts=frozenset({key})),) if parameter and key is not None else ()
            return
        for target in targets:
            yield target, ()

    def _chosen_by(self, thing: Thing, home: Unit) -> str:
        value = self.knowledge.of(thing, home)
        return value.head if value.whole else ""

    def guards(self, branches: Iterable[model.Branch], unit: Unit, home: Unit) -> tuple[Guard, ...]:
        """Give the conditions on parameters under which a place is reached."""
        found = []
        for branch in branches:
            if branch.subject is None or not (branch.texts or branch.others):
                continue
            parameter = self._chosen_by(self.evaluator.value(branch.subject, Context(unit)), home)
            texts = [text for node in branch.texts or () for text in self.knowledge.node(node, unit, home).texts]
            others = [value.texts[0] for node in branch.others if len((value := self.knowledge.node(node, unit, home)).texts) == 1]
            if parameter and len(texts) >= len(branch.texts or ()):
                found.append(Guard(parameter=parameter, texts=frozenset(texts), others=frozenset(others)))
        return tuple(found)

    def _target(self, target: Thing, site: Site, unit: Unit, home: Unit, guards: tuple[Guard, ...], *, sure: bool) -> None:
        node = site.node if isinstance(site.node, model.Call) else None
        if isinstance(target, Code):
            self._entries.append(_Entry(home, target.unit, node, unit, sure, guards))
        elif isinstance(target, Class):
            fitting = [each for each in target.type.constructors if node is None or len(each.parameters) >= len(node.arguments)]
            self._entries.extend(_Entry(home, each, node, unit, len(fitting) == 1, guards) for each in fitting)
            self._inherited(target.type, site, unit, home, guards)
        elif isinstance(target, External):
            known = self._use(target.name, site, unit, home, guards)
            if (
                not known
                and isinstance(unit.node, model.Lambda)
                and any(site.node is value for each in unit.returns for value in each.values)
            ):
                self._given_away(target.name, site.node, unit, home)
        elif isinstance(target, Part) and target.name is not None:
            name = self.evaluator.types.name_of_member(target.base, target.name)
            if not self._use(name, site, unit, home, guards, target.base):
                self._by_name(target, site, unit, home, guards)
        elif isinstance(target, Parameter):
            self._function_value(target, site, unit, home, guards)

    def _inherited(self, own: OwnType, site: Site, unit: Unit, home: Unit, guards: tuple[Guard, ...]) -> None:
        """Making an object of a type that extends somebody else's makes one of those."""
        for base in self.evaluator.symbols.lineage(own)[1:]:
            if isinstance(base, str):
                self._use(base, site, unit, home, guards)

    def _function_value(self, target: Parameter, site: Site, unit: Unit, home: Unit, guards: tuple[Guard, ...]) -> None:
        """A parameter that is a function: what the callers pass. Which of them a handler was made with, its tool knows."""
        if id(home) in self.knowledge.handlers and self.knowledge.home_of(target.unit) is not home and target.loop is None:
            self.knowledge.of(target, home)
            return
        node = site.node if isinstance(site.node, model.Call) else None
        found = [code for each in self.links.supplied(target) for code in self.evaluator.open_code(each)]
        self._entries.extend(_Entry(home, code.unit, node, unit, len(found) == 1, guards) for code in found)

    def _by_name(self, target: Part, site: Site, unit: Unit, home: Unit, guards: tuple[Guard, ...]) -> None:
        """A method of something unknown: a type of the submission with such a method may be meant."""
        kind = self.evaluator.types.of(target.base)
        known = isinstance(kind, str) and self.evaluator.symbols.known(kind)
        namesakes = self.evaluator.symbols.methods.get(target.name or "", []) if not known else []
        node = site.node if isinstance(site.node, model.Call) else None
        if 0 < len(namesakes) <= NAMESAKES:
            self._entries.extend(_Entry(home, each, node, unit, False, guards) for each in namesakes)  # noqa: FBT003  a row of a table

    def _handed(self, node: model.Call, unit: Unit, home: Unit, guards: tuple[Guard, ...]) -> None:
        """Functions that are handed over by name may be called by whoever gets them; handlers of tools are by the tool's caller."""
        for argument in node.arguments[:ARGUMENTS]:
            if isinstance(argument.value, (model.Name, model.Member)):
                for code in self.evaluator.open_code(self.evaluator.value(argument.value, Context(unit))):
                    if id(code.unit) not in self.knowledge.handlers and not isinstance(code.unit.node, model.Lambda):
                        self._entries.append(_Entry(home, code.unit, None, unit, False, guards))  # noqa: FBT003  a row of a table

    # -- uses

    def _use(self, name: str, site: Site, unit: Unit, home: Unit, guards: tuple[Guard, ...], base: Thing | None = None) -> bool:
        """Note what a call of other people's code means; tell whether the table knows it."""
        rows = self.table.match(name)
        if not rows:
            name = self.evaluator.types.plain(name)
            rows = self.table.match(name)
        if not rows and not self.table.sdk(name):
            return False
        positional, keywords = self._arguments(site, unit, home)
        receiver = self._receiver(base, home) if base is not None else None
        if any(row.object is ObjectKind.PROGRAM for row in rows):
            positional = _command(positional, next((row.argument for row in rows if isinstance(row.argument, int)), 0))
            receiver = self._command_line(base, site, unit, home) if base is not None and len(chain(base)) > 0 else receiver
        elif receiver is not None and not _is_base(rows, receiver, positional, keywords):
            receiver = None
        at = Location(path=unit.module.path, line=site.node.line)
        call = CallSite(name=name, at=at, positional=tuple(positional), keywords=keywords, receiver=receiver)
        self._uses.setdefault(id(home), []).extend(replace(use, guards=guards) for use in self.table.uses(call))
        return True

    def _arguments(self, site: Site, unit: Unit, home: Unit) -> tuple[list[Value], dict[str, Value]]:
        positional: list[Value] = []
        keywords: dict[str, Value] = {}
        for keyword, lazy in self.evaluator.arguments(site.node.arguments[:ARGUMENTS], Context(unit)):
            thing = self.evaluator.force(lazy)
            value = self.knowledge.of(thing, home)
            if keyword is not None:
                keywords[keyword] = value
            else:
                positional.append(value)
            if isinstance(thing, Pairs):
                self._pairs(thing, home, keywords)
        if isinstance(site.node, model.Record):
            thing = self.evaluator.value(site.node, Context(unit))
            if isinstance(thing, Pairs):
                self._pairs(thing, home, keywords)
        return positional, keywords

    def _pairs(self, thing: Pairs, home: Unit, keywords: dict[str, Value]) -> None:
        for key, value in thing.pairs[:ARGUMENTS]:
            name = self.knowledge.of(key, home).text
            if name is not None:
                keywords.setdefault(name, self.knowledge.of(self.evaluator.force(value), home))

    def _receiver(self, base: Thing, home: Unit) -> Value:
        """Give the value from which the object of a method was made."""
        made = base
        if isinstance(made, Made) and not self.table.configures(self.evaluator.types.plain(made.name)):
            given = self.evaluator.arguments(made.arguments, made.context)
            positional = [value for _, value in given]
            plain = self.knowledge.of(made, home)
            if plain.beginnings or not positional or made.base is not None or made.new:
                return plain
            return self.knowledge.of(self.evaluator.force(positional[0]), home)
        if isinstance(made, (Parameter, Part, Object, External)):
            return self.knowledge.of(made, home)
        return self.knowledge.of(base, home)

    def _command_line(self, base: Thing, site: Site, unit: Unit, home: Unit) -> Value:
        """Give a program and its arguments as they were given to a chain of calls: ``Command::new("git").arg("log")``.

        What else of it a caller chooses, such as the folder to start in, stands behind them, blurred.
        """
        given: list[tuple[bool, Value]] = []
        for number, link in enumerate(reversed(chain(base))):
            words = not number or not self._adds or link.last in self._adds
            values = (self.evaluator.force(lazy) for _, lazy in self.evaluator.arguments(link.arguments, link.context))
            given.extend((words, self.knowledge.of(value, home)) for value in values)
        for name, call in self._told(site, unit):
            values = (self.evaluator.value(argument.value, Context(unit)) for argument in call.arguments[:ARGUMENTS])
            given.extend((name in self._adds, self.knowledge.of(value, home)) for value in values)
        others = (value.blurred for words, value in given if not words and (value.parameters or value.scope is Scope.ARGUMENT))
        return Value.listed([*(value for words, value in given if words), *others])

    def _told(self, site: Site, unit: Unit) -> list[tuple[str, model.Call]]:
        """Give the calls before a place on the command that a variable holds: ``command.arg("log");``, with the methods' names."""
        callee = site.node.callee if isinstance(site.node, model.Call) else None
        holder = callee.object if isinstance(callee, model.Member) else None
        found: list[tuple[int, str, model.Call]] = []
        for each in unit.sites if isinstance(holder, model.Name) and self._adds else ():
            other = each.node.callee if isinstance(each.node, model.Call) and each.seq < site.seq else None
            first = _first_of(other) if isinstance(other, model.Member) else None
            same = isinstance(holder, model.Name) and isinstance(first, model.Name) and first.name == holder.name
            if same and isinstance(other, model.Member) and isinstance(each.node, model.Call):
                found.append((each.seq, other.name, each.node))
        found.reverse()  # of one chain, whose calls have one place, the outermost was met first
        found.sort(key=lambda row: row[0])
        return [(name, call) for _, name, call in found]

    def _reads(self, unit: Unit, home: Unit) -> None:
        """Names of other people's code that mean something without being called."""
        callees = {id(site.node.callee) for site in unit.sites if isinstance(site.node, model.Call)}
        for node, branches in unit.names:
            parent = unit.parents.get(id(node))
            if id(node) in callees or isinstance(parent, model.Member) or not self._may_matter(node, unit.module):
                continue
            for option in options(self.evaluator.value(node, Context(unit))):
                name = self._name_of(option)
                if name and not self.table.match(name):
                    self._given_away(name if isinstance(option, External) else "", node, unit, home)
                    name = self.evaluator.types.plain(name)
                if name and self.table.match(name):
                    receiver = self.knowledge.of(option.base, home) if isinstance(option, Part) else None
                    call = CallSite(name=name, at=Location(path=unit.module.path, line=node.line), receiver=receiver, handed=True)
                    guards = self.guards(branches, unit, home)
                    self._uses.setdefault(id(home), []).extend(replace(use, guards=guards) for use in self.table.uses(call))

    def _given_away(self, name: str, node: model.Expression, unit: Unit, home: Unit) -> None:
        """What makes an object that runs programs is handed over, or its object is: what becomes of it is not followed."""
        kind = self.evaluator.types.plain(name)
        at = Location(path=unit.module.path, line=node.line)
        powers = sorted(self.table.powers(kind) & RUNNING) if kind != name else ()
        found = (Use(capability=power, kind=ObjectKind.NONE, at=at, value=UNKNOWN) for power in powers)
        self._uses.setdefault(id(home), []).extend(found)

    def _may_matter(self, node: model.Expression, module: model.Module) -> bool:
        if not isinstance(node, (model.Name, model.Member)):
            return False
        name = module.imports.get(node.name, node.name) if isinstance(node, model.Name) else node.name
        return name.rpartition(".")[2] in self.table.last_names or name.rpartition(".")[2] in self._makers

    def _name_of(self, thing: Thing) -> str:
        if isinstance(thing, External):
            return thing.name
        return self.evaluator.types.name_of_member(thing.base, thing.name) if isinstance(thing, Part) and thing.name else ""

    # -- edges

    def _edges(self) -> dict[int, list[Edge]]:
        """Make the edges. Arguments are read only where something that matters is behind the call."""
        callers: dict[int, set[int]] = {}
        for entry in self._entries:
            callers.setdefault(id(self.knowledge.home_of(entry.callee)), set()).add(id(entry.home))
        matters, waiting = set(self._uses), list(self._uses)
        while waiting:
            found = callers.get(waiting.pop(), set()) - matters
            matters |= found
            waiting.extend(found)
        edges: dict[int, list[Edge]] = {}
        for entry in self._entries:
            callee = self.knowledge.home_of(entry.callee)
            if id(callee) in matters and callee is entry.callee and callee is not entry.home:
                edge = Edge(callee=callee.id, arguments=self._passed(entry), sure=entry.sure, guards=entry.guards)
                edges.setdefault(id(entry.home), []).append(edge)
        return edges

    def _passed(self, entry: _Entry) -> dict[str, Value]:
        if entry.call is None:
            return {}
        bound = self.evaluator.bind(entry.callee, self.evaluator.arguments(entry.call.arguments, Context(entry.unit)))
        wanted = id(entry.callee)
        return {name: self.knowledge.of(self.evaluator.force(value), entry.home) for (unit, name), value in bound.items() if unit == wanted}


def _first_of(node: model.Member) -> model.Expression:
    """Give what a chain of calls begins with: ``c`` of ``c.arg(x).arg``."""
    current: model.Expression = node.object
    for _ in range(ARGUMENTS):
        if not isinstance(current, model.Call) or not isinstance(current.callee, model.Member):
            break
        current = current.callee.object
    return current


def _is_base(rows: Iterable[Api], receiver: Value, positional: list[Value], keywords: Mapping[str, Value]) -> bool:
    """Tell whether the object of a method says something: it matters itself, names a host, or stands before what is relative."""
    if receiver.beginnings:
        return True
    for row in rows:
        if row.argument == "receiver" or row.object is not ObjectKind.HOST:
            return True
        given = keywords.get(row.keyword or "") or next(iter(positional[row.argument or 0 : (row.argument or 0) + 1]), None)
        if receiver.start is not Scope.LITERAL and (given is None or given.beginnings):
            return True
    return False


def _command(positional: list[Value], first: int) -> list[Value]:
    """Put a program, which is the argument ``first``, and its arguments together: ``exec.Command("git", "log", name)``."""
    line = positional[first:]
    if len(line) < 2 or line[0].items is not None:  # noqa: PLR2004  (program, arguments)
        return positional
    items = [item for value in line for item in (value.items if value.items is not None else (value,))]
    return [*positional[:first], Value.listed(items), *line[1:]]


def _is_entry(unit: Unit) -> bool:
    return unit.owner is None or (isinstance(unit.node, model.Function) and unit.node.static)
