"""What each function does: its calls of the submission's own functions, and its calls that mean a capability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ast_grep_py import SgNode

from checks.model import CapabilityId, Trigger
from reviewer.inventory.languages.apis import CallSite, Table, Use
from reviewer.inventory.languages.callgraph import Call, Function
from reviewer.inventory.languages.python.constants import Constants
from reviewer.inventory.languages.python.flow import Flow
from reviewer.inventory.languages.python.names import Names, Ref
from reviewer.inventory.languages.python.scopes import Bound, Condition, Module, Scope, Site
from reviewer.inventory.languages.python.servers import load_registry
from reviewer.inventory.languages.python.syntax import arguments, children
from reviewer.inventory.languages.values import Guard, ObjectKind, Value

__all__ = ["Facts", "note_callers"]

#: The arguments of a call, in order and by name.
Given = tuple[list[SgNode], dict[str, SgNode]]
#: A method that only so many classes of the submission have may be meant where the object is not known.
NAMESAKES = 3
#: How many entries of a dispatch table are followed.
ENTRIES = 500


def note_callers(names: Names) -> None:
    """Note, for every function of the submission, where it is called, so that parameters can be followed back."""
    for module in names.modules.values():
        for scope in module.scopes:
            for site in scope.sites:
                called = site.node.field("function") if site.node.kind() == "call" else None
                ref = names.resolve(called, module.homes[site.node]) if called is not None else None
                function = _body_of(ref, names)
                if function is not None:
                    names.callers.setdefault(function, []).append((site.node, scope))
    names.forget()


def _body_of(ref: Ref | None, names: Names) -> Scope | None:
    """Give the function that runs when this is called: for a class ``__init__``, for an object ``__call__``."""
    if ref is None or ref.scope is None:
        return None
    if ref.scope.kind == "function":
        return ref.scope
    if ref.scope.kind == "class":
        wanted = "__call__" if ref.instance else "__init__"
        return next((one.definition for one in names.member(ref.scope, wanted) if one.definition is not None), None)
    return None


class Facts:
    """Reads the sites of every scope."""

    def __init__(self, names: Names, constants: Constants, table: Table, registrations: frozenset[SgNode]) -> None:
        """Take what resolves and evaluates; ``registrations`` are calls whose functions are registered, not called."""
        self._names = names
        self._constants = constants
        self._flow = Flow(names, constants, table)
        self._table = table
        self._registrations = registrations
        self._methods: dict[str, list[Scope]] = {}
        for module in names.modules.values():
            for scope in module.scopes:
                if scope.kind == "function" and scope.is_method:
                    self._methods.setdefault(scope.name, []).append(scope)

    def functions(self, module: Module) -> Iterator[Function]:
        """Give one function per function, and one for the module's body, of a file."""
        install = module.source.path.rpartition("/")[2] == "setup.py"
        for scope in module.scopes:
            if scope.kind == "class":
                continue
            uses: list[Use] = []
            calls: list[Call] = []
            if scope.kind == "module":
                uses.extend(self._imports(scope))
            for site in scope.sites:
                self._read(site, scope, uses, calls)
            at = module.source.at(scope.node)
            trigger = None if scope.kind == "function" else Trigger.INSTALL if install else Trigger.AUTOMATIC
            parameters = tuple(parameter.name for parameter in scope.parameters)
            yield Function(id=scope.id, at=at, parameters=parameters, uses=tuple(uses), calls=tuple(calls), trigger=trigger)

    def _imports(self, scope: Scope) -> Iterator[Use]:
        for bindings in scope.bindings.values():
            for binding in bindings:
                if binding.bound is not Bound.IMPORT or binding.node is None or not self._table.sdk(binding.target):
                    continue
                if self._names.module(binding.target, scope.module) is None:
                    yield from self._table.imported(binding.target, scope.module.source.at(binding.node))

    def _read(self, site: Site, scope: Scope, uses: list[Use], calls: list[Call]) -> None:
        kind = site.node.kind()
        if kind == "call":
            self._call(site, scope, uses, calls)
        elif kind == "attribute":
            self._attribute(site, scope, calls)
        elif kind == "subscript":
            self._subscript(site, scope, uses)
        else:  # {**os.environ}, os.environ | {…}
            for node in children(site.node):
                uses.extend(self._whole(node, scope, self._guards(site.conditions, scope)))

    def _call(self, site: Site, scope: Scope, uses: list[Use], calls: list[Call]) -> None:
        called = site.node.field("function")
        guards = self._guards(site.conditions, scope)
        if called is None:
            return
        ref = self._names.resolve(called, scope.module.homes[site.node])
        given = arguments(site.node)
        ref, given = self._run_elsewhere(ref, called, given, scope)
        function = _body_of(ref, self._names)
        if function is not None:
            calls.append(self._edge(function, given, scope, guards, starred=_starred(site.node)))
        elif ref is not None and ref.scope is None:
            uses.extend(self._external(ref, site.node, given, scope, guards))
        elif ref is None:
            uses.extend(self._opaque(called, scope, guards))
            calls.extend(self._guessed(called, site.node, scope, guards))
        if site.node not in self._registrations:
            calls.extend(self._passed(given, scope, guards))
            uses.extend(self._handed(site.node, scope, guards))

    def _run_elsewhere(self, ref: Ref | None, called: SgNode, given: Given, scope: Scope) -> tuple[Ref | None, Given]:
        """Take ``asyncio.to_thread(f, x)`` for ``f(x)``: the same with every function that runs another with the rest of its arguments."""
        runners = load_registry().runners
        method = called.field("attribute") if called.kind() == "attribute" else None
        position = runners.get(ref.name) if ref is not None and ref.scope is None else None
        if position is None and method is not None and (ref is None or ref.scope is None):
            position = runners.get(f".{method.text()}")
        positional, keywords = given
        if position is None or len(positional) <= position:
            return ref, given
        run = self._names.resolve(positional[position], scope)
        return (run, (positional[position + 1 :], keywords)) if run is not None else (ref, given)

    def _edge(
        self,
        function: Scope,
        given_nodes: Given,
        scope: Scope,
        guards: tuple[Guard, ...],
        *,
        sure: bool = True,
        starred: SgNode | None = None,
    ) -> Call:
        positional, keywords = given_nodes
        names = [parameter.name for parameter in function.parameters if not parameter.star]
        given: dict[str, Value] = {}
        for parameter in function.parameters:
            if parameter.default is not None:
                given[parameter.name] = self._flow.of(parameter.default, function.parent or function)
        shift = 1 if function.is_method else 0
        given.update({name: self._flow.of(node, scope) for name, node in zip(names[shift:], positional, strict=False)})
        more = [self._flow.of(node, scope) for node in positional[len(names) - shift :]]
        more += [self._flow.of(starred, scope).spread] if starred is not None else []
        given.update({each.name: Value.listed(more) for each in function.parameters if each.star == "*"})
        given.update({name: self._flow.of(node, scope) for name, node in keywords.items()})
        return Call(callee=function.id, arguments=given, sure=sure, guards=guards)

    def _external(self, ref: Ref, call: SgNode, given: Given, scope: Scope, guards: tuple[Guard, ...]) -> Iterator[Use]:
        if not self._table.match(ref.name) and not self._table.sdk(ref.name):
            return
        positional, keywords = given
        called = call.field("function")
        owner = called.field("object") if called is not None and called.kind() == "attribute" else None
        site = CallSite(
            name=ref.name,
            at=scope.module.source.at(call),
            positional=self._positional(call, positional, scope),
            keywords={name: self._flow.of(node, scope) for name, node in keywords.items()},
            receiver=self._flow.of(owner, scope) if owner is not None and ref.instance else None,
        )
        yield from _guarded(self._table.uses(site), guards)

    def _positional(self, call: SgNode, positional: list[SgNode], scope: Scope) -> tuple[Value, ...]:
        """Give the positional arguments; those of a program that takes its words one by one, and of ``*words``, as one list of words."""
        values = [self._flow.of(node, scope) for node in positional]
        starred = _starred(call)
        if starred is not None:
            more = self._flow.of(starred, scope)
            values.extend(more.items if more.items is not None else (more.spread,))
        return tuple(values)

    def _opaque(self, called: SgNode, scope: Scope, guards: tuple[Guard, ...]) -> Iterator[Use]:
        """``getattr(os, name)(…)`` and ``globals()[name](…)`` can call anything: possible, and who chooses the name chooses the call."""
        inner = called.field("function") if called.kind() == "call" else next(iter(children(called)), None)
        inner = inner.field("function") if called.kind() == "subscript" and inner is not None and inner.kind() == "call" else inner
        if inner is None or inner.text() not in {"getattr", "globals", "locals", "vars"}:
            return
        given = arguments(called)[0] if called.kind() == "call" else children(called)
        owner = self._names.resolve(given[0], scope) if inner.text() == "getattr" and given else None
        if len(given) > 1 and (inner.text() != "getattr" or (owner is not None and owner.scope is None and not owner.instance)):
            value = self._flow.of(given[1], scope)
            at = scope.module.source.at(called)
            yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=value, guards=guards, sure=False)

    def _guessed(self, called: SgNode, call: SgNode, scope: Scope, guards: tuple[Guard, ...]) -> Iterator[Call]:
        """Follow a dispatch table (``HANDLERS[name](…)``), or a method that few classes have, of an object that is not known."""
        looked_up = self._looked_up(called, scope)
        table = self._entries(_dispatch_table(looked_up), scope)
        if table:
            yield from self._dispatched(table, looked_up, call, scope, guards)
            return
        method = called.field("attribute") if called.kind() == "attribute" else None
        namesakes = self._methods.get(method.text(), []) if method is not None else []
        if 0 < len(namesakes) <= NAMESAKES:
            yield from (self._edge(function, arguments(call), scope, guards, sure=False) for function in namesakes)

    def _entries(self, node: SgNode | None, scope: Scope) -> dict[object, object]:
        """Give the entries of a dispatch table: of every dict that a name or an attribute may stand for."""
        if node is None:
            return {}
        owner, name = (node.field("object"), node.field("attribute")) if node.kind() == "attribute" else (None, node)
        ref = self._names.resolve(owner, scope) if owner is not None else None
        found = self._names.lookup(node.text(), scope) if owner is None else ()
        if ref is not None and ref.scope is not None and name is not None:
            found = self._names.member(ref.scope, name.text())
        tables = [self._constants.of(one.node, one.scope) for one in found if one.bound is Bound.VALUE]
        tables.append(self._constants.of(node, scope))
        return {key: target for table in tables if isinstance(table, dict) for key, target in table.items()}

    def _looked_up(self, called: SgNode, scope: Scope) -> SgNode:
        """Give ``table[key]`` for ``handler = table[key]; handler(…)``."""
        bindings = self._names.lookup(called.text(), scope) if called.kind() == "identifier" else ()
        nodes = [one.node for one in bindings if one.bound is Bound.VALUE and one.scope is scope and one.node is not None]
        return nodes[-1] if nodes else called

    def _dispatched(
        self, table: dict[object, object], called: SgNode, call: SgNode, scope: Scope, guards: tuple[Guard, ...]
    ) -> Iterator[Call]:
        key = self._parameter(_dispatch_key(called), scope)
        for name, target in list(table.items())[:ENTRIES]:
            function = _body_of(target, self._names) if isinstance(target, Ref) else None
            if function is not None and isinstance(name, str):
                more = (Guard(parameter=key, texts=frozenset({name})),) if key else ()
                yield self._edge(function, arguments(call), scope, (*guards, *more))

    def _passed(self, given: Given, scope: Scope, guards: tuple[Guard, ...]) -> Iterator[Call]:
        """Give a call for each function that is passed on: a callback, or the target of a thread."""
        positional, keywords = given
        for node in (*positional, *keywords.values()):
            if node.kind() in {"identifier", "attribute", "lambda"}:
                ref = self._names.resolve(node, scope)
                if ref is not None and ref.scope is not None and ref.scope.kind == "function":
                    yield Call(callee=ref.scope.id, guards=guards)

    def _handed(self, call: SgNode, scope: Scope, guards: tuple[Guard, ...]) -> Iterator[Use]:
        """Give what it means that a whole is passed on: ``env=os.environ``, ``dict(os.environ)``, ``**os.environ``."""
        listed = call.field("arguments")
        for argument in children(listed)[:64] if listed is not None else []:
            node = (argument.field("value") if argument.kind() == "keyword_argument" else argument) or argument
            yield from self._whole(next(iter(children(node)), node) if node.kind() == "list_splat" else node, scope, guards)

    def _whole(self, node: SgNode, scope: Scope, guards: tuple[Guard, ...]) -> Iterator[Use]:
        if node.kind() in {"identifier", "attribute"}:
            ref = self._names.resolve(node, scope)
            if ref is not None and ref.scope is None and not ref.instance and self._table.match(f"{ref.name}[*]"):
                site = CallSite(name=f"{ref.name}[*]", at=scope.module.source.at(node))
                yield from _guarded(self._table.uses(site), guards)

    def _attribute(self, site: Site, scope: Scope, calls: list[Call]) -> None:
        """Follow a property."""
        owner, name = site.node.field("object"), site.node.field("attribute")
        ref = self._names.resolve(owner, scope) if owner is not None else None
        if ref is None or ref.scope is None or name is None or ref.scope.kind != "class":
            return
        found = [binding.definition for binding in self._names.member(ref.scope, name.text()) if binding.definition is not None]
        properties = [one for one in found if any("property" in mark.text() for mark in one.decorators)]
        calls.extend(Call(callee=one.id, guards=self._guards(site.conditions, scope)) for one in properties)

    def _subscript(self, site: Site, scope: Scope, uses: list[Use]) -> None:
        inside = children(site.node)
        ref = self._names.resolve(inside[0], scope) if inside else None
        if ref is None or ref.scope is not None or not self._table.match(f"{ref.name}[]"):
            return
        key = tuple(self._flow.of(node, scope) for node in inside[1:2])
        found = CallSite(name=f"{ref.name}[]", at=scope.module.source.at(site.node), positional=key)
        uses.extend(_guarded(self._table.uses(found), self._guards(site.conditions, scope)))

    # -- conditions -------------------------------------------------------------------------------------------------

    def _guards(self, conditions: tuple[Condition, ...], scope: Scope) -> tuple[Guard, ...]:
        return tuple(filter(None, (self._guard(condition, scope) for condition in conditions if not condition.loop)))

    def _guard(self, condition: Condition, scope: Scope) -> Guard | None:
        """Read ``name == "x"``, ``name in ("x", "y")``, either of them or'ed, and ``case "x" | "y"``."""
        if condition.subject is not None:
            parameter = self._parameter(condition.subject, scope)
            patterns = [condition.node]
            if children(condition.node) and children(condition.node)[0].kind() == "union_pattern":
                patterns = children(children(condition.node)[0])
            return self._one_of(parameter, patterns, scope)
        tests = [condition.node]
        while len(tests) < NAMESAKES * 10 and tests[0].kind() in {"boolean_operator", "parenthesized_expression"}:
            if tests[0].kind() == "boolean_operator" and " or " not in tests[0].text():
                return None
            tests[:1] = children(tests[0])
        found = [self._comparison(test, scope) for test in tests]
        if not found or any(guard is None or found[0] is None or guard.parameter != found[0].parameter for guard in found):
            return None
        texts = frozenset(text for guard in found if guard is not None for text in guard.texts)
        return Guard(parameter=found[0].parameter, texts=texts) if found[0] is not None else None

    def _comparison(self, test: SgNode, scope: Scope) -> Guard | None:
        parts = children(test)
        operators = [child.text() for child in test.children() if not child.is_named()]
        if test.kind() != "comparison_operator" or len(parts) != 2 or operators not in (["=="], ["in"]):  # noqa: PLR2004  left and right
            return None
        left = self._parameter(parts[0], scope)
        if operators == ["in"]:
            inside = self._constants.of(parts[1], scope)
            texts = [text for text in inside if isinstance(text, str)] if isinstance(inside, list | dict) else []
            return Guard(parameter=left, texts=frozenset(texts)) if left and texts and len(texts) == len(inside) else None
        return self._one_of(left, parts[1:], scope) if left else self._one_of(self._parameter(parts[1], scope), parts[:1], scope)

    def _one_of(self, parameter: str, nodes: Iterable[SgNode], scope: Scope) -> Guard | None:
        texts = [self._constants.of(node, scope) for node in nodes]
        if not parameter or not texts or not all(isinstance(text, str) for text in texts):
            return None
        return Guard(parameter=parameter, texts=frozenset(texts))

    def _parameter(self, node: SgNode | None, scope: Scope) -> str:
        """Give the name of the parameter that an expression is: ``name``, or ``params.name``, which stands for the parameter ``params``."""
        if node is None or node.kind() != "identifier":
            return ""
        value = self._flow.of(node, scope)
        return value.head if value.whole else ""


def _starred(call: SgNode) -> SgNode | None:
    """Give the list in ``f(a, *words)``."""
    listed = call.field("arguments")
    starred = next((child for child in children(listed) if child.kind() == "list_splat"), None) if listed is not None else None
    return next(iter(children(starred)), None) if starred is not None else None


def _guarded(uses: Iterable[Use], guards: tuple[Guard, ...]) -> Iterator[Use]:
    for use in uses:
        yield (
            use
            if not guards
            else Use(
                capability=use.capability, kind=use.kind, at=use.at, value=use.value, objects=use.objects, fixed=use.fixed, guards=guards
            )
        )


def _dispatch_table(called: SgNode) -> SgNode | None:
    """Give the table of ``table[key](…)``, ``table.get(key)(…)``."""
    if called.kind() == "subscript":
        return next(iter(children(called)), None)
    function = called.field("function") if called.kind() == "call" else None
    method = function.field("attribute") if function is not None and function.kind() == "attribute" else None
    return function.field("object") if function is not None and method is not None and method.text() == "get" else None


def _dispatch_key(called: SgNode) -> SgNode | None:
    inside = children(called)
    if called.kind() == "subscript":
        return inside[1] if len(inside) > 1 else None
    return next(iter(arguments(called)[0]), None)
