"""Expressions to the values they certainly have: constants, concatenations, literals of lists and dicts, enum members, made objects.

``Constants.of`` gives ``str int float bool None list dict``, a ``Made`` (a constructor call with known or unknown arguments), a ``Ref``
(a function or class), or ``UNKNOWN``. No text of a submission is evaluated by Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ast_grep_py import SgNode

from reviewer.inventory.languages.python.names import Names, Ref, argument_for
from reviewer.inventory.languages.python.scopes import Binding, Bound, Scope
from reviewer.inventory.languages.python.strings import is_bytes, parts
from reviewer.inventory.languages.python.syntax import arguments, children
from reviewer.inventory.languages.python.texts import FUNCTIONS, LENGTH, METHODS, UNKNOWN, formatted, joined, number, replaced

__all__ = ["UNKNOWN", "Constants", "Made", "documentation"]

#: How deep an expression is followed, how many nodes one question may look at, and how long a list may grow.
DEPTH, LOOKS, ELEMENTS = 40, 50_000, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An object made by calling ``ref``; ``node`` is the call."""

    ref: Ref
    node: SgNode
    scope: Scope
    given: Mapping[str, Any] = field(default_factory=dict)


Env = Mapping[str, Any]


class Constants:
    """Evaluates expressions of one submission. With ``template``, what a text inserts and is not known stays as ``{expression}``."""

    def __init__(self, names: Names, *, template: bool = False) -> None:
        """Take the names of the submission."""
        self.names = names
        self._template = template
        self._memo: dict[SgNode, Any] = {}
        self._depth = self._looks = 0
        self._kinds: dict[str, Callable[[SgNode, Scope, Env], Any]] = {
            "string": self._string,
            "concatenated_string": self._adjacent,
            "integer": lambda n, _s, _e: number(n.text()),
            "float": lambda n, _s, _e: number(n.text()),
            "true": lambda _n, _s, _e: True,
            "false": lambda _n, _s, _e: False,
            "none": lambda _n, _s, _e: None,
            "unary_operator": self._unary,
            "list": self._sequence,
            "tuple": self._sequence,
            "set": self._sequence,
            "expression_list": self._sequence,
            "dictionary": self._dictionary,
            "list_comprehension": self._comprehension,
            "generator_expression": self._comprehension,
            "dictionary_comprehension": self._comprehension,
            "identifier": self._identifier,
            "attribute": self._attribute,
            "dotted_name": self._attribute,
            "subscript": self._subscript,
            "binary_operator": self._binary,
            "call": self._call,
            "lambda": lambda n, s, _e: self.names.resolve(n, s) or UNKNOWN,
            "parenthesized_expression": self._inner,
            "await": self._inner,
            "type": self._inner,
            "case_pattern": self._inner,
            "keyword_argument": lambda n, s, e: self.of(n.field("value"), s, e),
        }

    def of(self, node: SgNode | None, scope: Scope, env: Env | None = None) -> Any:  # noqa: ANN401  a constant can be of any type
        """Give the value of an expression, UNKNOWN if it is not certain. ``env`` gives values for names, such as loop variables."""
        if node is None:
            return UNKNOWN
        if not env and node in self._memo:
            return self._memo[node]
        self._looks = self._looks + 1 if self._depth else 0
        handle = self._kinds.get(node.kind())
        if handle is None or self._depth > DEPTH or self._looks > LOOKS:
            return UNKNOWN
        if not env:
            self._memo[node] = UNKNOWN
        self._depth += 1
        found = handle(node, scope, env or {})
        self._depth -= 1
        if isinstance(found, str | list | dict) and len(found) > (LENGTH if isinstance(found, str) else ELEMENTS):
            found = UNKNOWN
        if not env:
            self._memo[node] = found
        return found

    def text(self, node: SgNode | None, scope: Scope, env: Env | None = None) -> str | None:
        """Give the value if it is a text."""
        found = self.of(node, scope, env)
        return found if isinstance(found, str) else None

    # -- literals ---------------------------------------------------------------------------------------------------

    def _string(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        if is_bytes(node):
            return UNKNOWN
        pieces = [piece if isinstance(piece, str) else self._inserted(piece, scope, env) for piece in parts(node)]
        return "".join(pieces) if all(isinstance(piece, str) for piece in pieces) else UNKNOWN

    def _inserted(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        inside = children(node)
        found = self.of(inside[0], scope, env) if inside else UNKNOWN
        if isinstance(found, str | int | float) and len(inside) == 1:
            return str(found)
        return node.text() if self._template else UNKNOWN

    def _adjacent(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        return joined("", [self.of(child, scope, env) for child in children(node)])

    def _inner(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        inside = children(node)
        return self.of(inside[0], scope, env) if len(inside) == 1 else UNKNOWN

    def _unary(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        found = self.of(node.field("argument"), scope, env)
        return -found if isinstance(found, int | float) and node.text().startswith("-") else UNKNOWN

    def _sequence(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        found: list[Any] = []
        for child in children(node)[: ELEMENTS + 1]:
            if len(found) > ELEMENTS:
                break
            if child.kind() == "list_splat":
                more = self.of(next(iter(children(child)), None), scope, env)
                found.extend(more if isinstance(more, list) else [UNKNOWN])
            else:
                found.append(self.of(child, scope, env))
        return found

    def _dictionary(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        found: dict[Any, Any] = {}
        for child in children(node)[: ELEMENTS + 1]:
            if child.kind() == "dictionary_splat":
                more = self.of(next(iter(children(child)), None), scope, env)
                if not isinstance(more, dict):
                    return UNKNOWN
                found.update(more)
                continue
            key = self.of(child.field("key"), scope, env)
            if not isinstance(key, str | int | float | None):
                return UNKNOWN
            found[key] = self.of(child.field("value"), scope, env)
        return found

    def _comprehension(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        """Give one element per turn; what a condition leaves out is kept, for it may be there."""
        inside = children(node)
        clauses = [child for child in inside if child.kind() == "for_in_clause"]
        if len(clauses) != 1:
            return UNKNOWN
        rows = self.rows(clauses[0], scope, env)
        if rows is None or inside[0].kind() != "pair":
            return UNKNOWN if rows is None else [self.of(inside[0], scope, {**env, **row}) for row in rows]
        key, value = inside[0].field("key"), inside[0].field("value")
        pairs = [(self.of(key, scope, {**env, **row}), self.of(value, scope, {**env, **row})) for row in rows]
        return dict(pairs) if all(isinstance(name, str | int) for name, _ in pairs) else UNKNOWN

    def rows(self, loop: SgNode, scope: Scope, env: Env) -> list[dict[str, Any]] | None:
        """Give, for each turn of a loop over something known, what its variables are; None if it is not known."""
        left, turns = loop.field("left"), self.of(loop.field("right"), scope, env)
        if left is None or not isinstance(turns, list | dict):
            return None
        names = [child.text() for child in children(left)] if left.kind() in {"pattern_list", "tuple_pattern"} else [left.text()]
        if len(names) == 1 and left.kind() == "identifier":
            return [{names[0]: turn} for turn in turns]
        pairs = [turn for turn in turns if isinstance(turn, list) and len(turn) == len(names)]
        return [dict(zip(names, pair, strict=True)) for pair in pairs] if len(pairs) == len(turns) else None

    # -- names ------------------------------------------------------------------------------------------------------

    def _identifier(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        name = node.text()
        if name in env:
            return env[name]
        return self._only(self.names.lookup(name, scope), env)

    def _only(self, bindings: tuple[Binding, ...], env: Env) -> Any:  # noqa: ANN401
        """Give the value of a name that is bound once; more bindings are certain only if they agree."""
        if not bindings or any(binding.bound in {Bound.CHANGE, Bound.ELEMENT, Bound.OPENED} for binding in bindings):
            return self._grown(bindings, env)
        found = [self._bound(binding) for binding in bindings]
        return found[0] if all(type(other) is type(found[0]) and other == found[0] for other in found) else UNKNOWN

    def _grown(self, bindings: tuple[Binding, ...], env: Env) -> Any:  # noqa: ANN401
        """Give a list that was made once and then only appended to."""
        if not bindings or bindings[0].bound is not Bound.VALUE or any(b.bound is not Bound.CHANGE for b in bindings[1:]):
            return UNKNOWN
        first = self._bound(bindings[0])
        if not isinstance(first, list):
            return UNKNOWN
        grown = list(first)
        for binding in bindings[1:]:
            more = self._each(binding) or self.of(binding.node, binding.scope, env)
            grown.extend(more if isinstance(more, list) else [more])
        return grown

    def _each(self, change: Binding) -> list[Any]:
        """Give what a loop variable that is appended to a list can be."""
        if change.node is None or change.node.kind() != "identifier":
            return []
        loops = [one for one in self.names.lookup(change.node.text(), change.scope) if one.bound is Bound.ELEMENT and one.index is None]
        found = [self.of(one.node, one.scope) for one in loops]
        return [element for elements in found if isinstance(elements, list) for element in elements][:ELEMENTS]

    def _bound(self, binding: Binding) -> Any:  # noqa: ANN401
        match binding.bound:
            case Bound.VALUE:
                return self.of(binding.node, binding.scope)
            case Bound.DEFINITION:
                return Ref(scope=binding.definition)
            case Bound.IMPORT:
                return self._imported(binding)
            case Bound.PARAMETER:
                return self._parameter(binding)
            case _:
                return UNKNOWN

    def _parameter(self, binding: Binding) -> Any:  # noqa: ANN401
        """Give what the only call of a function passes."""
        callers = self.names.callers.get(binding.scope, [])
        if binding.parameter is None or len(callers) != 1:
            return UNKNOWN
        caller, home = callers[0]
        return self.of(argument_for(caller, binding.scope, binding.parameter.name) or binding.parameter.default, home)

    def _imported(self, binding: Binding) -> Any:  # noqa: ANN401
        target, importer = binding.target, binding.scope.module
        parent, _, last = target.rpartition(".")
        if target.startswith(".") and not parent.strip("."):
            parent = target[: len(target) - len(last)]
        owner = self.names.module(parent, importer) if parent and self._depth <= DEPTH else None
        if owner is not None and owner.top is not binding.scope and last in owner.top.bindings:
            self._depth += 1  # modules may import each other in a circle
            found = self._only(tuple(owner.top.bindings[last]), {})
            self._depth -= 1
            return found
        ref = self.names.bound(binding)
        return ref if ref is not None else UNKNOWN

    def _attribute(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        owner_node, attribute = node.field("object"), node.field("attribute")
        if node.kind() == "dotted_name":
            ref = self.names.resolve(node, scope)
            owner_name, _, name = node.text().rpartition(".")
            owner = self._only(self.names.lookup(owner_name, scope), env) if owner_name else UNKNOWN
            return self._of(owner, name, env) if owner_name else (ref or self._only(self.names.lookup(name, scope), env))
        if owner_node is None or attribute is None:
            return UNKNOWN
        owner = self.of(owner_node, scope, env)
        if owner is UNKNOWN:
            owner = self.names.resolve(owner_node, scope) or UNKNOWN
        return self._of(owner, attribute.text(), env)

    def _of(self, owner: Any, name: str, env: Env) -> Any:  # noqa: ANN401
        if isinstance(owner, Made):
            return owner.given[name] if name in owner.given else self._of(Ref(scope=owner.ref.scope), name, env)
        if isinstance(owner, str | int) and name in {"value", "name"} and not isinstance(owner, bool):
            return owner if name == "value" else UNKNOWN
        if not isinstance(owner, Ref) or owner.scope is None:
            return UNKNOWN
        if name == "__doc__":
            found = documentation(owner.scope, self)
            return found if found is not None else UNKNOWN
        if owner.scope.kind == "function":
            return owner.scope.name if name == "__name__" else UNKNOWN
        bindings = self.names.member(owner.scope, name)
        return self._only(bindings, {}) if bindings else UNKNOWN

    def _subscript(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        inside = children(node)
        if len(inside) != 2:  # noqa: PLR2004  value and one index
            return UNKNOWN
        owner, index = self.of(inside[0], scope, env), self.of(inside[1], scope, env)
        if isinstance(owner, dict) and isinstance(index, str | int):
            return owner.get(index, UNKNOWN)
        if isinstance(owner, list) and isinstance(index, int) and -len(owner) <= index < len(owner):
            return owner[index]
        return UNKNOWN

    # -- operations -------------------------------------------------------------------------------------------------

    def _binary(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        """Concatenate; the chain a + b + c is a list here, so that a long one needs no deep stack."""
        rights: list[SgNode] = []
        left: SgNode | None = node
        while left is not None and left.kind() == "binary_operator":
            operator, right = left.field("operator"), left.field("right")
            if operator is None or right is None or operator.text() not in {"+", "%", "|"}:
                return UNKNOWN
            if operator.text() == "%":
                return self._percent(left, right, scope, env) if left == node else UNKNOWN
            rights.append(right)
            left = left.field("left")
        values = [self.of(part, scope, env) for part in (left, *reversed(rights))]
        if sum(len(value) for value in values if isinstance(value, list | dict)) > ELEMENTS:
            return UNKNOWN
        if all(isinstance(value, list) for value in values):
            return [element for value in values for element in value]
        if all(isinstance(value, dict) for value in values):
            return {key: element for value in values for key, element in value.items()}
        return joined("", values)

    def _percent(self, node: SgNode, right: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        pattern, given = self.of(node.field("left"), scope, env), self.of(right, scope, env)
        values = given if isinstance(given, list) else [given]
        if not isinstance(pattern, str) or not all(isinstance(value, str) for value in values) or pattern.count("%") != pattern.count("%s"):
            return UNKNOWN
        fits = pattern.count("%s") == len(values) and sum(len(value) for value in values) <= LENGTH
        return pattern % tuple(values) if fits else UNKNOWN

    def _call(self, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        called = node.field("function")
        if called is not None and called.kind() == "attribute":
            owner, method = self.of(called.field("object"), scope, env), called.field("attribute")
            if isinstance(owner, str | dict) and method is not None:
                return self._method(owner, method.text(), node, scope, env)
        ref = self.names.resolve(called, scope)
        if ref is None:
            return UNKNOWN
        if ref.scope is None or ref.scope.kind == "class":
            return self._external(ref, node, scope, env)
        if ref.scope.kind == "function" and len(ref.scope.returns) == 1 and ref.scope is not scope:
            return self.of(ref.scope.returns[0], ref.scope)
        return UNKNOWN

    def _external(self, ref: Ref, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        positional, keywords = arguments(node)
        if ref.scope is None and ref.name in FUNCTIONS and len(positional) == 1:
            text = self.of(positional[0], scope, env)
            return FUNCTIONS[ref.name](text) if isinstance(text, str) else UNKNOWN
        if ref.scope is None and ref.name == "getattr" and len(positional) > 1:
            return self._getattr(positional, scope, env)
        if ref.scope is None and ref.name in {"list", "tuple", "sorted", "set", "frozenset"} and len(positional) == 1:
            found = self.of(positional[0], scope, env)
            return list(found) if isinstance(found, list | dict) else UNKNOWN
        if ref.scope is None and ref.name == "dict" and not positional:
            return {name: self.of(value, scope, env) for name, value in keywords.items()}
        given = {str(index): self.of(value, scope, env) for index, value in enumerate(positional)}
        if ref.scope is not None:
            given = {name: given[str(index)] for index, name in enumerate(self._fields(ref.scope)[: len(positional)])}
        given |= {name: self.of(value, scope, env) for name, value in keywords.items()}
        return Made(ref=Ref(name=ref.name, scope=ref.scope), node=node, scope=scope, given=given)

    def _getattr(self, positional: list[SgNode], scope: Scope, env: Env) -> Any:  # noqa: ANN401
        owner, name = self.of(positional[0], scope, env), self.of(positional[1], scope, env)
        return self._of(owner, name, env) if isinstance(name, str) else UNKNOWN

    def _fields(self, owner: Scope) -> list[str]:
        """Give the names of a class's constructor arguments in order: those of ``__init__``, else its annotated attributes."""
        made = next((b.definition for b in self.names.member(owner, "__init__") if b.definition is not None), None)
        if made is not None:
            return [parameter.name for parameter in made.parameters[1:]]
        return [name for name, bindings in owner.bindings.items() if any(b.annotation is not None for b in bindings)]

    def _method(self, owner: str | dict[Any, Any], method: str, node: SgNode, scope: Scope, env: Env) -> Any:  # noqa: ANN401
        positional, keywords = arguments(node)
        if isinstance(owner, dict):
            return self._of_dict(owner, method, self.text(positional[0], scope, env) if positional else None)
        if method in METHODS and not positional:
            return METHODS[method](owner)
        given = [self.of(value, scope, env) for value in positional]
        if method == "join" and len(given) == 1 and isinstance(given[0], list):
            return joined(owner, given[0])
        if method == "format":
            found = formatted(owner, given, {name: self.of(value, scope, env) for name, value in keywords.items()})
            return owner if found is UNKNOWN and self._template else found
        return replaced(owner, given) if method == "replace" else UNKNOWN

    def _of_dict(self, owner: dict[Any, Any], method: str, key: str | None) -> Any:  # noqa: ANN401
        if method == "get" and key is not None:
            return owner.get(key, UNKNOWN)
        views = {"items": [[name, value] for name, value in owner.items()], "values": list(owner.values()), "keys": list(owner)}
        return views.get(method, UNKNOWN)


def documentation(scope: Scope, constants: Constants) -> str | None:
    """Give a docstring as it stands: the first statement, if it is a plain string."""
    first = next(iter(children(scope.body)), None)
    inside = children(first) if first is not None and first.kind() == "expression_statement" else []
    if len(inside) != 1 or inside[0].kind() not in {"string", "concatenated_string"}:
        return None
    if inside[0].find(kind="interpolation") is not None:
        return None  # an f-string is no docstring
    return constants.text(inside[0], scope)
