"""Who chooses a value: constants, configuration, parameters of the enclosing function, or nobody knows."""

from __future__ import annotations

from collections.abc import Callable

from ast_grep_py import SgNode

from checks.model import Scope as Chooser
from reviewer.inventory.languages.apis import Table
from reviewer.inventory.languages.python.constants import Constants
from reviewer.inventory.languages.python.names import Names, Ref, argument_for
from reviewer.inventory.languages.python.scopes import Binding, Bound, Scope
from reviewer.inventory.languages.python.strings import parts
from reviewer.inventory.languages.python.syntax import arguments, children
from reviewer.inventory.languages.values import UNKNOWN, Value

__all__ = ["Flow"]

#: How deep a value is followed, how many expressions one question may look at, how many ways of one value.
DEPTH, LOOKS, WAYS = 24, 2_000, 8
#: How many changes of a list or text are followed.
CHANGES = 48
#: Through how many callers a parameter is followed back.
FUNCTIONS = 3

CONFIGURED = Value.chosen(Chooser.CONFIGURATION)
#: Functions that give their first argument back, a path or an address made absolute, or joined with more of it.
_SAME = frozenset(
    {
        "str",
        "os.path.expanduser",
        "os.path.abspath",
        "os.path.realpath",
        "os.path.normpath",
        "os.fspath",
        "shlex.split",
        "list",
        "tuple",
        "shutil.which",
    }
)
_JOINS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "os.path.join", "posixpath.join"})
_SAME_METHODS = frozenset({"expanduser", "resolve", "absolute", "strip", "rstrip", "lstrip", "as_posix", "split", "encode", "decode"})


class Flow:
    """Evaluates expressions of one submission to what is known of them."""

    def __init__(self, names: Names, constants: Constants, table: Table) -> None:
        """Take names, constants and the names that give configuration."""
        self._names = names
        self._constants = constants
        self._table = table
        self._memo: dict[tuple[SgNode, Scope], Value] = {}
        self._away_from: set[Scope] = set()
        self._active: set[tuple[SgNode, Scope]] = set()
        self._depth = self._looks = 0
        self._kinds: dict[str, Callable[[SgNode, Scope], Value]] = {
            "identifier": self._identifier,
            "attribute": self._attribute,
            "call": self._call,
            "subscript": self._subscript,
            "binary_operator": self._binary,
            "string": self._string,
            "concatenated_string": self._adjacent,
            "list": self._items,
            "tuple": self._items,
            "conditional_expression": self._branches,
            "boolean_operator": self._branches,
            "parenthesized_expression": self._inner,
            "await": self._inner,
            "named_expression": self._inner,
            "dictionary": self._blurred,
            "list_comprehension": self._blurred,
            "generator_expression": self._blurred,
            "set_comprehension": self._blurred,
            "dictionary_comprehension": self._blurred,
            "pair": self._blurred,
            "if_clause": lambda _n, _s: Value.chosen(Chooser.LITERAL),
            "for_in_clause": lambda node, scope: self.of(node.field("right"), scope).blurred,
            "keyword_argument": self._blurred,
        }

    def of(self, node: SgNode | None, scope: Scope) -> Value:
        """Give what is known of an expression, in terms of the parameters of the function in which it stands."""
        if node is None:
            return UNKNOWN
        key = (node, scope)
        if key in self._memo:
            return self._memo[key]
        self._looks = self._looks + 1 if self._depth else 0
        if self._depth > DEPTH or self._looks > LOOKS:
            return UNKNOWN
        if key in self._active:
            return UNKNOWN
        if node.kind() != "identifier":  # a name within its own value is what it was before; its bindings are guarded themselves
            self._active.add(key)
        self._depth += 1
        found = self._of(node, scope)
        self._depth -= 1
        self._active.discard(key)
        self._memo[key] = found
        return found

    def _of(self, node: SgNode, scope: Scope) -> Value:
        if node.kind() not in {"call", "list", "tuple"}:
            constant = self._constants.of(node, scope)
            if isinstance(constant, str | int | float) or constant is None:
                return Value.literal(str(constant))
            if isinstance(constant, list) and constant and all(isinstance(item, str) for item in constant):
                return Value.listed(Value.literal(item) for item in constant)
        handle = self._kinds.get(node.kind())
        return handle(node, scope) if handle is not None else UNKNOWN

    def _identifier(self, node: SgNode, scope: Scope) -> Value:
        every = self._names.lookup(node.text(), scope)
        turns = None if every else _turns(node)
        if turns is not None:
            return self.of(turns, scope).blurred
        ways = [binding for binding in every if binding.bound is not Bound.CHANGE][-WAYS:]
        bindings = (*ways, *[binding for binding in every if binding.bound is Bound.CHANGE][:CHANGES])
        others = [way for way in ways if way.node is None or (way.node, way.scope) not in self._active]  # x = f(x): x is what it was before
        return self._joined([self._bound(way, scope) for way in others], bindings, scope)

    def _joined(self, values: list[Value], bindings: tuple[Binding, ...], scope: Scope) -> Value:
        if not values:
            return UNKNOWN
        found = values[0]
        for value in values[1:]:
            found = found.join(value)
        for binding in bindings:
            if binding.bound is Bound.CHANGE and (binding.node, binding.scope) not in self._active:
                found = self._changed(found, self.of(binding.node, binding.scope) if binding.scope is scope else UNKNOWN)
        return found

    def _changed(self, value: Value, more: Value) -> Value:
        if value.items is not None:
            return Value.listed((value, more))
        return value.followed_by(more)

    def _bound(self, binding: Binding, scope: Scope) -> Value:
        match binding.bound:
            case Bound.PARAMETER:
                return self._parameter(binding, scope)
            case Bound.VALUE | Bound.OPENED:
                found = self.of(binding.node, binding.scope)
                return found if binding.scope is scope else self._away(found, binding.scope)
            case Bound.ELEMENT:
                found = self.of(binding.node, binding.scope).blurred
                return found if binding.scope is scope else self._away(found, binding.scope)
            case Bound.IMPORT:
                return self._imported(binding, scope)
            case _:
                return UNKNOWN

    def _parameter(self, binding: Binding, scope: Scope) -> Value:
        parameter, function = binding.parameter, binding.scope
        if parameter is None or (function.is_method and function.parameters[:1] == (parameter,)):
            return UNKNOWN
        if any(self._is_command(mark, function) for mark in function.decorators):
            return CONFIGURED
        own = Value.parameter(parameter.name)
        return own if function is scope else self._away(own, function)

    def _is_command(self, mark: SgNode, function: Scope) -> bool:
        called = mark.field("function") if mark.kind() == "call" else mark
        ref = self._names.resolve(called, function.parent or function)
        return ref is not None and ref.name.split(".")[0] in {"click", "typer"}

    def _away(self, value: Value, function: Scope) -> Value:
        """Give a value of another function in terms that hold everywhere: its parameters are what its callers pass."""
        callers = self._names.callers.get(function, [])[:WAYS]
        if not value.parameters or function in self._away_from or len(self._away_from) > FUNCTIONS:
            return value.bound({})
        self._away_from.add(function)
        given: dict[str, Value] = {}
        for caller, home in callers:
            for name in value.parameters:
                found = self._away(self.of(argument_for(caller, function, name) or self._default(function, name), home), home)
                given[name] = given[name].join(found) if name in given else found
        self._away_from.discard(function)
        return value.bound(given)

    def _default(self, function: Scope, name: str) -> SgNode | None:
        return next((parameter.default for parameter in function.parameters if parameter.name == name), None)

    def _imported(self, binding: Binding, scope: Scope) -> Value:
        target = binding.target
        parent, _, last = target.rpartition(".")
        if target.startswith(".") and not parent.strip("."):
            parent = target[: len(target) - len(last)]
        owner = self._names.module(parent, binding.scope.module) if parent else None
        found = owner.top.bindings.get(last, [])[-WAYS:] if owner is not None else []
        if not found or owner is None or owner.top is scope or self._depth > DEPTH:
            return CONFIGURED if self._table.configures(target) else UNKNOWN
        return self._joined([self.of(one.node, owner.top) for one in found if one.bound is Bound.VALUE], (), owner.top)

    def _attribute(self, node: SgNode, scope: Scope) -> Value:
        owner, attribute = node.field("object"), node.field("attribute")
        if owner is None or attribute is None:
            return UNKNOWN
        whole = self._names.resolve(node, scope)
        if whole is not None and whole.scope is None and self._table.configures(whole.name):
            return CONFIGURED
        ref = self._names.resolve(owner, scope)
        if ref is not None and ref.scope is not None and ref.scope.kind in {"class", "module"}:
            known = self._member(ref.scope, attribute.text())
            return self.of(owner, scope).blurred if known is UNKNOWN and ref.instance else known  # a field that only its maker sets
        if attribute.text() in {"parent", "name", "stem", "parents"}:
            return self.of(owner, scope).blurred
        return self.of(owner, scope).blurred

    def _member(self, owner: Scope, name: str) -> Value:
        if owner.kind == "class" and any(base.rpartition(".")[2] == "BaseSettings" for base in self._names.external_bases(owner)):
            return CONFIGURED
        bindings = self._names.member(owner, name)[-WAYS:]
        found = [self._away(self.of(one.node, one.scope), one.scope) for one in bindings if one.bound is Bound.VALUE]
        found += [CONFIGURED for one in bindings if one.bound is Bound.IMPORT and self._table.configures(one.target)]
        return self._joined(found, (), owner)

    def _subscript(self, node: SgNode, scope: Scope) -> Value:
        inside = children(node)
        ref = self._names.resolve(inside[0], scope) if inside else None
        if ref is not None and ref.scope is None and self._table.configures(ref.name):
            return CONFIGURED
        return _piece(self.of(inside[0], scope), inside[1:]) if inside else UNKNOWN

    def _binary(self, node: SgNode, scope: Scope) -> Value:
        operator = node.field("operator")
        left, right = self.of(node.field("left"), scope), self.of(node.field("right"), scope)
        match operator.text() if operator is not None else "":
            case "+":
                if left.items is not None or right.items is not None:
                    return Value.listed((left.spread, right.spread))
                return left.followed_by(right)
            case "/":
                return left.followed_by(Value.literal("/")).followed_by(right)
            case "%":
                return Value.literal((left.text or "").split("%")[0]).followed_by(right.blurred)
            case _:
                return left.blurred.join(right.blurred)

    def _string(self, node: SgNode, scope: Scope) -> Value:
        found = Value.literal("")
        for piece in parts(node):
            if isinstance(piece, str):
                found = found.followed_by(Value.literal(piece))
            else:
                found = found.followed_by(self.of(next(iter(children(piece)), None), scope))
        return found

    def _adjacent(self, node: SgNode, scope: Scope) -> Value:
        found = Value.literal("")
        for child in children(node):
            found = found.followed_by(self.of(child, scope))
        return found

    def _items(self, node: SgNode, scope: Scope) -> Value:
        items: list[Value] = []
        for child in children(node)[:256]:
            if child.kind() == "list_splat":
                more = self.of(next(iter(children(child)), None), scope)
                items.append(more.spread)
            else:
                items.append(self.of(child, scope))
        return Value.listed(items)

    def _branches(self, node: SgNode, scope: Scope) -> Value:
        inside = children(node)
        ways = [inside[0], inside[-1]] if node.kind() == "conditional_expression" and inside else inside[:WAYS]
        return self._joined([self.of(way, scope) for way in ways], (), scope)

    def _inner(self, node: SgNode, scope: Scope) -> Value:
        return self.of(children(node)[-1], scope) if children(node) else UNKNOWN

    def _blurred(self, node: SgNode, scope: Scope) -> Value:
        found = Value.chosen(Chooser.LITERAL)
        for child in children(node)[:64]:
            found = found.join(self.of(child, scope).blurred)
        return found

    def _call(self, node: SgNode, scope: Scope) -> Value:
        constant = self._constants.of(node, scope)
        if isinstance(constant, str):
            return Value.literal(constant)
        called = node.field("function")
        ref = self._names.resolve(called, scope)
        positional, keywords = arguments(node)
        if ref is not None and ref.scope is not None and ref.scope.kind == "function":
            return self._returned(ref.scope, node, scope)
        if ref is not None and ref.scope is None:
            known = self._external(ref, positional, keywords, scope)
            if known is not None:
                return known
        owner = called.field("object") if called is not None and called.kind() == "attribute" else None
        method = called.field("attribute") if called is not None and called.kind() == "attribute" else None
        if owner is not None and method is not None and not self._is_module(owner, scope):
            return self._method(owner, method.text(), positional or _all_arguments(node), scope)
        return self._mixed(_all_arguments(node), scope)

    def _is_module(self, owner: SgNode, scope: Scope) -> bool:
        """Tell whether a method is a function of a module or class: then only its arguments choose what it gives."""
        ref = self._names.resolve(owner, scope)
        return ref is not None and not ref.instance and (ref.scope is None or ref.scope.kind in {"class", "module"})

    def _external(self, ref: Ref, positional: list[SgNode], keywords: dict[str, SgNode], scope: Scope) -> Value | None:
        if self._table.configures(ref.name):
            return CONFIGURED
        known = {"pathlib.Path.home": "~", "pathlib.Path.cwd": "."}
        if ref.name in known:
            return Value.literal(known[ref.name])
        if ref.name in _SAME and positional:
            return self.of(positional[0], scope)
        if (ref.name in _JOINS or ref.name == "urllib.parse.urljoin") and positional:
            return self._pieces(positional, scope, "/" if ref.name in _JOINS else "")
        base = keywords.get("base_url") or keywords.get("endpoint_url")
        if base is not None:
            return self.of(base, scope)
        return UNKNOWN if self._table.is_client(ref.name) else None

    def _pieces(self, nodes: list[SgNode], scope: Scope, between: str) -> Value:
        found = self.of(nodes[0], scope)
        for node in nodes[1:]:
            found = found.followed_by(Value.literal(between)).followed_by(self.of(node, scope))
        return found

    def _method(self, owner: SgNode, method: str, positional: list[SgNode], scope: Scope) -> Value:
        value = self.of(owner, scope)
        if method in _SAME_METHODS:
            return value
        if method == "joinpath" and positional:
            return value.followed_by(Value.literal("/")).followed_by(self.of(positional[0], scope))
        mixed = self._mixed(positional, scope, first=value.blurred)
        if method == "format" and value.text is not None:
            return Value.literal(value.text.split("{")[0]).followed_by(mixed)
        return mixed

    def _mixed(self, nodes: list[SgNode], scope: Scope, first: Value | None = None) -> Value:
        """Give who chooses the result of a call that we do not know: who chooses what goes in; nobody knows if that is constant."""
        found = first or Value.chosen(Chooser.LITERAL)
        for node in nodes[:16]:
            found = found.join(self.of(node, scope).blurred)
        return found.blurred if found.parameters or found.scope is not Chooser.LITERAL else UNKNOWN

    def _returned(self, function: Scope, call: SgNode, scope: Scope) -> Value:
        ways = [self.of(node, function) for node in function.returns[-WAYS:]]
        found = self._joined(ways, (), function)
        given = {name: self.of(argument_for(call, function, name) or self._default(function, name), scope) for name in found.parameters}
        return found.bound(given)


def _piece(value: Value, index: list[SgNode]) -> Value:
    """Give ``words[1]`` and ``words[1:]``."""
    text = index[0].text() if len(index) == 1 else ""
    start = text.removesuffix(":")
    return value.piece(int(start), rest=text != start) if start.isascii() and start.isdigit() and len(start) <= 3 else value.blurred  # noqa: PLR2004  a position


def _turns(name: SgNode) -> SgNode | None:
    """Give what the comprehension around a name goes through, if the name is its variable."""
    for around in name.ancestors()[:DEPTH]:
        for clause in (child for child in children(around) if child.kind() == "for_in_clause"):
            left = clause.field("left")
            if left is not None and name.text() in {left.text(), *(child.text() for child in children(left))}:
                return clause.field("right")
        if around.kind().endswith("_statement") or around.kind() == "block":
            return None
    return None


def _all_arguments(call: SgNode) -> list[SgNode]:
    """Give every argument, also those behind ``*`` and ``**``."""
    listed = call.field("arguments")
    inside = children(listed) if listed is not None else []
    named = [(node.field("value") if node.kind() == "keyword_argument" else node) or node for node in inside]
    return [next(iter(children(node)), node) if node.kind() in {"list_splat", "dictionary_splat"} else node for node in named]
