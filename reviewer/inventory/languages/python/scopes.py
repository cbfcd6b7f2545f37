"""One walk over a module: its scopes, what each name in them is bound to, and every call with the conditions around it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from reviewer.inventory.languages.python.syntax import Source, children

__all__ = ["Binding", "Bound", "Condition", "Module", "Parameter", "Scope", "Site", "read_module"]

#: How many nested conditions around a call are remembered.
CONDITIONS = 12
#: Methods that change a list or a dict in place.
_CHANGES = frozenset({"append", "extend", "insert", "update", "add", "setdefault", "appendleft"})


class Bound(enum.Enum):
    """How a name came by what it stands for."""

    IMPORT = enum.auto()
    DEFINITION = enum.auto()
    VALUE = enum.auto()
    ELEMENT = enum.auto()  # an element of what ``node`` is: loops, unpacking
    OPENED = enum.auto()  # what ``with node as name`` gives
    CHANGE = enum.auto()  # ``name.append(node)``: the name's object holds it too
    PARAMETER = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a function; ``star`` is ``*`` or ``**`` for the rest."""

    name: str
    annotation: SgNode | None = None
    default: SgNode | None = None
    star: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One thing that a name may stand for. ``node`` is to be read in ``scope``."""

    bound: Bound
    scope: Scope
    node: SgNode | None = None
    target: str = ""  # an import: the dotted name, with leading dots if relative
    definition: Scope | None = None
    parameter: Parameter | None = None
    index: int | None = None  # which element, where it is known
    annotation: SgNode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """``if node:`` or, with a subject, ``match subject: case node:``; with ``loop`` the node is a ``for`` around it."""

    node: SgNode
    subject: SgNode | None = None
    loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A call, subscript, attribute or assignment that may mean something, and the conditions under which it happens."""

    node: SgNode
    conditions: tuple[Condition, ...]


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function body."""

    kind: str  # "module" | "class" | "function"
    name: str
    node: SgNode
    module: Module
    parent: Scope | None
    id: str = ""
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)  # of a class: what methods assign to ``self.x``
    parameters: tuple[Parameter, ...] = ()
    decorators: tuple[SgNode, ...] = ()
    sites: list[Site] = field(default_factory=list)
    returns: list[SgNode] = field(default_factory=list)
    documentation: list[SgNode] = field(default_factory=list)  # what is assigned to ``__doc__``

    @property
    def body(self) -> SgNode:
        """The block of statements."""
        return self.node.field("body") or self.node

    @property
    def is_method(self) -> bool:
        """Whether the first parameter is the object or the class."""
        return self.parent is not None and self.parent.kind == "class" and "staticmethod" not in {d.text() for d in self.decorators}


@dataclass(slots=True, eq=False)
class Module:
    """A file with its scopes. ``homes`` says in which scope a call or a decorator stands; ``decorated`` what a decorator decorates."""

    source: Source
    top: Scope = field(init=False)
    scopes: list[Scope] = field(default_factory=list)
    homes: dict[SgNode, Scope] = field(default_factory=dict)
    loops: dict[SgNode, tuple[SgNode, ...]] = field(default_factory=dict)  # of a call: the loops around it, outermost first
    decorated: dict[SgNode, Scope] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)
    cut: bool = False


def read_module(source: Source, *, sites: int) -> Module:
    """Walk a tree once, without recursion; after so many ``sites`` the rest is left out and the module is ``cut``."""
    module = Module(source=source)
    module.top = Scope(kind="module", name="", node=source.root, module=module, parent=None, id=source.path)
    module.scopes.append(module.top)
    walk = _Walk(module, sites)
    walk.run()
    return module


_Task = tuple[SgNode, Scope, tuple[Condition, ...]]


class _Walk:
    """The walk's stack, and one method per kind of node that means something."""

    def __init__(self, module: Module, sites: int) -> None:
        self.module = module
        self.left = sites
        self.stack: list[_Task] = []
        self.special: dict[str, Callable[[SgNode, Scope, tuple[Condition, ...]], None]] = {
            "decorated_definition": self._decorated,
            "function_definition": self._function,
            "lambda": self._function,
            "class_definition": self._class,
            "import_statement": self._import,
            "import_from_statement": self._import_from,
            "future_import_statement": lambda _n, _s, _c: None,
            "assignment": self._assignment,
            "augmented_assignment": self._assignment,
            "named_expression": self._named,
            "for_statement": self._for,
            "for_in_clause": self._for,
            "list_comprehension": self._comprehension,
            "generator_expression": self._comprehension,
            "dictionary_comprehension": self._comprehension,
            "set_comprehension": self._comprehension,
            "as_pattern": self._as,
            "if_statement": self._if,
            "elif_clause": self._if,
            "match_statement": self._match,
            "call": self._call,
            "attribute": self._site,
            "subscript": self._site,
            "dictionary_splat": self._site,
            "binary_operator": lambda n, s, c: (self._site if n.children()[1].kind() == "|" else self._later)(n, s, c),
            "return_statement": self._return,
            "keyword_argument": lambda n, s, c: self._push(n.field("value"), s, c),
        }

    def run(self) -> None:
        self._later(self.module.source.root, self.module.top, ())
        while self.stack and not self.module.cut:
            node, scope, conditions = self.stack.pop()
            handle = self.special.get(node.kind())
            if handle is None:
                self._later(node, scope, conditions)
            else:
                handle(node, scope, conditions)

    def _later(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        self.stack.extend((child, scope, conditions) for child in reversed(children(node)))

    def _push(self, node: SgNode | None, scope: Scope, conditions: tuple[Condition, ...] = ()) -> None:
        if node is not None:
            self.stack.append((node, scope, conditions))

    def _bind(self, scope: Scope, name: str, binding: Binding) -> None:
        scope.bindings.setdefault(name, []).append(binding)

    def _decorated(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        definition = node.field("definition")
        decorators = tuple(child for mark in children(node) if mark.kind() == "decorator" for child in children(mark))
        for decorator in decorators:
            self.module.homes[decorator] = scope
            self._push(decorator, scope, conditions)
        if definition is not None:
            (self._class if definition.kind() == "class_definition" else self._function)(definition, scope, conditions, decorators)

    def _open(self, kind: str, node: SgNode, scope: Scope, decorators: tuple[SgNode, ...]) -> Scope:
        named = node.field("name")
        name = named.text() if named is not None else "<lambda>"
        inner = Scope(kind=kind, name=name, node=node, module=self.module, parent=scope, decorators=decorators)
        inner.id = f"{self.module.source.path}#{len(self.module.scopes)}:{name}"
        self.module.scopes.append(inner)
        self.module.homes[node] = inner
        self.module.decorated.update(dict.fromkeys(decorators, inner))
        if named is not None:
            self._bind(scope, name, Binding(bound=Bound.DEFINITION, scope=scope, definition=inner))
        return inner

    def _function(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...], decorators: tuple[SgNode, ...] = ()) -> None:
        inner = self._open("function", node, scope, decorators)
        listed = node.field("parameters")
        inner.parameters = tuple(filter(None, map(_parameter, children(listed) if listed is not None else [])))
        for parameter in inner.parameters:
            self._bind(inner, parameter.name, Binding(bound=Bound.PARAMETER, scope=inner, parameter=parameter))
            self._push(parameter.default, scope, conditions)
        body = node.field("body")
        if node.kind() == "lambda" and body is not None:
            inner.returns.append(body)
        self._push(body, inner)

    def _class(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...], decorators: tuple[SgNode, ...] = ()) -> None:
        inner = self._open("class", node, scope, decorators)
        self._push(node.field("superclasses"), scope, conditions)
        self._push(node.field("body"), inner)

    def _import(self, node: SgNode, scope: Scope, _conditions: tuple[Condition, ...]) -> None:
        for child in children(node):
            alias, name = child.field("alias"), child.field("name")
            target = _squeezed(name or child)
            self.module.imports.add(target)
            bound = alias.text() if alias is not None else target.split(".")[0]
            self._bind(scope, bound, Binding(bound=Bound.IMPORT, scope=scope, target=target if alias is not None else bound, node=node))

    def _import_from(self, node: SgNode, scope: Scope, _conditions: tuple[Condition, ...]) -> None:
        origin = node.field("module_name")
        if origin is None:
            return
        base = _squeezed(origin)
        self.module.imports.add(base)
        for child in children(node)[1:]:
            if child.kind() == "wildcard_import":
                self.module.stars.append(base)
                continue
            alias, name = child.field("alias"), _squeezed(child.field("name") or child)
            target = f"{base}{'' if base.endswith('.') else '.'}{name}"
            self.module.imports.add(target)
            self._bind(
                scope, alias.text() if alias is not None else name, Binding(bound=Bound.IMPORT, scope=scope, target=target, node=node)
            )

    def _assignment(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        left, right = node.field("left"), node.field("right")
        if left is None:
            return
        value = right
        while value is not None and value.kind() == "assignment":
            value = value.field("right")
        bound = Bound.CHANGE if node.kind() == "augmented_assignment" else Bound.VALUE
        self._target(left, value, scope, bound, node.field("type"))
        if left.kind() in {"attribute", "subscript"}:
            self._site(left, scope, conditions)
        self._push(right, scope, conditions)

    def _target(self, left: SgNode, value: SgNode | None, scope: Scope, bound: Bound, annotation: SgNode | None = None) -> None:
        kind = left.kind()
        if kind == "identifier":
            self._bind(scope, left.text(), Binding(bound=bound, scope=scope, node=value, annotation=annotation))
        elif kind == "attribute":
            self._attribute(left, Binding(bound=bound, scope=scope, node=value, annotation=annotation))
        elif kind == "subscript" and value is not None:
            whole = left.field("value")
            if whole is not None and whole.kind() in {"identifier", "attribute"}:
                self._target(whole, value, scope, Bound.CHANGE)
        elif kind in {"pattern_list", "tuple_pattern", "tuple", "list_pattern", "expression_list"} and value is not None:
            self._unpack(left, value, scope)

    def _unpack(self, left: SgNode, value: SgNode, scope: Scope) -> None:
        names = children(left)
        pairwise = value.kind() in {"expression_list", "tuple", "list"} and len(children(value)) == len(names)
        for index, name in enumerate(names):
            if name.kind() not in {"identifier", "attribute"}:
                continue
            if pairwise:
                self._target(name, children(value)[index], scope, Bound.VALUE)
            elif name.kind() == "identifier":
                self._bind(scope, name.text(), Binding(bound=Bound.ELEMENT, scope=scope, node=value, index=index))

    def _attribute(self, left: SgNode, binding: Binding) -> None:
        owner, attribute = left.field("object"), left.field("attribute")
        if owner is None or attribute is None:
            return
        scope = binding.scope
        if attribute.text() == "__doc__" and binding.node is not None:
            for found in scope.bindings.get(owner.text(), ()):
                if found.definition is not None:
                    found.definition.documentation.append(binding.node)
        if scope.is_method and scope.parent is not None and scope.parameters and owner.text() == scope.parameters[0].name:
            scope.parent.attributes.setdefault(attribute.text(), []).append(binding)

    def _named(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        name, value = node.field("name"), node.field("value")
        if name is not None:
            self._target(name, value, scope, Bound.VALUE)
        self._push(value, scope, conditions)

    def _for(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None:
            named = children(left) if left.kind() in {"pattern_list", "tuple_pattern", "tuple"} else []
            for index, name in enumerate(named or [left]):
                if name.kind() == "identifier":
                    found = Binding(bound=Bound.ELEMENT, scope=scope, node=right, index=index if named else None, target="each")
                    self._bind(scope, name.text(), found)
        inner = self._looped(node, conditions) if node.kind() == "for_statement" else conditions
        for child in reversed(children(node)):
            self._push(child, scope, inner if node.field("body") == child else conditions)

    def _looped(self, loop: SgNode, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        return (*conditions, Condition(node=loop, loop=True)) if len(conditions) < CONDITIONS else conditions

    def _comprehension(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        inner = conditions
        for child in children(node):
            if child.kind() == "for_in_clause":
                inner = self._looped(child, inner)
        for child in reversed(children(node)):
            self._push(child, scope, inner)

    def _as(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        parts, alias = children(node), node.field("alias")
        if alias is not None and len(parts) > 1 and alias.text().isidentifier():
            self._bind(scope, alias.text(), Binding(bound=Bound.OPENED, scope=scope, node=parts[0]))
        self._later(node, scope, conditions)

    def _if(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        test, then = node.field("condition"), node.field("consequence")
        more = (*conditions, Condition(node=test)) if test is not None and len(conditions) < CONDITIONS else conditions
        for child in reversed(children(node)):
            self._push(child, scope, more if then is not None and child == then else conditions)

    def _match(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        subject, body = node.field("subject"), node.field("body")
        self._push(subject, scope, conditions)
        for clause in reversed(children(body) if body is not None else []):
            patterns = [part for part in children(clause) if part.kind() == "case_pattern"]
            more = conditions
            if subject is not None and len(patterns) == 1 and len(conditions) < CONDITIONS:
                more = (*conditions, Condition(node=patterns[0], subject=subject))
            self._push(clause.field("consequence"), scope, more)

    def _call(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        self._site(node, scope, conditions)
        called = node.field("function")
        if called is None or called.kind() != "attribute":
            return
        owner, method = called.field("object"), called.field("attribute")
        if owner is not None and method is not None and method.text() in _CHANGES:
            listed = node.field("arguments")
            for argument in (children(listed) if listed is not None else [])[-1:]:
                self._target(owner, argument, scope, Bound.CHANGE)

    def _return(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        scope.returns.extend(children(node)[:1])
        self._later(node, scope, conditions)

    def _site(self, node: SgNode, scope: Scope, conditions: tuple[Condition, ...]) -> None:
        home = scope
        while home.kind == "class" and home.parent is not None:
            home = home.parent
        self.left -= 1
        self.module.cut = self.left <= 0
        self.module.homes[node] = scope
        if conditions:
            loops = tuple(condition.node for condition in conditions if condition.loop)
            if loops:
                self.module.loops[node] = loops
        home.sites.append(Site(node=node, conditions=conditions))
        if node.kind() == "attribute":
            self._push(node.field("object"), scope, conditions)
        else:
            self._later(node, scope, conditions)


def _squeezed(node: SgNode) -> str:
    return "".join(node.text().split()).replace("\\", "")


def _parameter(node: SgNode) -> Parameter | None:
    kind = node.kind()
    if kind == "identifier":
        return Parameter(name=node.text())
    if kind in {"list_splat_pattern", "dictionary_splat_pattern"}:
        return Parameter(name=node.text().lstrip("* "), star="*" if kind == "list_splat_pattern" else "**")
    if kind not in {"typed_parameter", "default_parameter", "typed_default_parameter"}:
        return None
    named = node.field("name") or next(iter(children(node)), None)
    if named is None:
        return None
    stars = len(named.text()) - len(named.text().lstrip("*"))
    return Parameter(name=named.text().lstrip("* "), annotation=node.field("type"), default=node.field("value"), star="*" * stars)
