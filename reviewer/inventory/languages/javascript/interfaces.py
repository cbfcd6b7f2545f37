"""What a method of a parameter calls when only the parameter's type is known: the objects of the submission that are of this type.

TypeScript's types are structural: an object literal or a class is of an interface if it has the interface's members (TypeScript handbook,
«Type Compatibility»). Types are found by their bare names, wherever they are declared; of several with one name all count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.domain import Function, Instance, Lazy, Parameter, Value, mixed, options
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.nodes import key_of
from reviewer.inventory.languages.javascript.source import Source

_DECLARED = ("interface_declaration", "type_alias_declaration")
_SIGNATURES = frozenset({"property_signature", "method_signature"})
#: Types that stand for their first argument, or for its members.
_WRAPPERS = frozenset({"Promise", "Readonly", "Required", "Partial", "NonNullable", "Awaited", "Omit", "Pick"})
#: How many names, members and objects one question may cost, and how many objects make an answer.
_DEPTH, _MEMBERS, _OBJECTS, _ANSWERS = 8, 400, 6000, 8
#: An object that takes others in may have the rest of the members from them.
_SHARED = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Literal:
    """An object literal, or the scope of a class, with the names of its members."""

    made: Lazy | Instance
    keys: frozenset[str]
    spreads: bool


@dataclass(slots=True, eq=False)
class Interfaces:
    """The declared types of a program and the objects that have them."""

    evaluator: Evaluator
    sources: list[Source]
    _types: dict[str, list[SgNode]] | None = None
    _literals: dict[str, list[_Literal]] | None = None
    _answers: dict[tuple[int, str], Value | None] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)

    def implementation(self, value: Parameter) -> Value | None:
        """Give the functions that ``parameter.….method`` can be by the parameter's type; None where the type says nothing."""
        way = (*value.binding.path, *value.path)
        if value.binding.typed is None or not way or not all(isinstance(key, str) and not key.startswith("...") for key in way):
            return None
        *steps, method = map(str, way)
        kinds = [value.binding.typed]
        for step in steps:
            kinds = [node for kind in kinds[:_DEPTH] for node in self._members(kind).get(step, ())]
        found = [each for kind in kinds[:_DEPTH] if (each := self._of_type(kind, method)) is not None]
        return mixed(found) if found else None

    def _of_type(self, kind: SgNode, method: str) -> Value | None:
        name = f"{kind.text()[:200]}#{method}"
        if name in self._open:
            return None
        self._open.add(name)
        try:
            members = self._members(kind)
            return self._made(members, method) if method in members else None
        finally:
            self._open.discard(name)

    def _made(self, members: dict[str, list[SgNode]], method: str) -> Value | None:
        required = frozenset(key for key, nodes in members.items() if not any(_is_optional(node) for node in nodes))
        fitting = [each for each in self._with(method) if _fits(each, members, required)]
        if not 0 < len(fitting) <= _ANSWERS:
            return None
        found = [self.evaluator.member(self.evaluator.evaluate(each.made), method) for each in fitting]
        functions: list[Value] = [option for value in found for option in options(value) if isinstance(option, Function)]
        return mixed(functions) if functions else None

    def _members(self, kind: SgNode, depth: int = 0) -> dict[str, list[SgNode]]:
        """Give the signatures in a type by their names."""
        found: dict[str, list[SgNode]] = {}
        if depth > _DEPTH:
            return found
        for part in self._parts(kind):
            if part.kind() in _SIGNATURES and (name := part.field("name")) is not None:
                found.setdefault(key_of(name), []).append(part)
            elif part.kind() not in _SIGNATURES:
                for key, nodes in self._members(part, depth + 1).items():
                    found.setdefault(key, []).extend(nodes)
            if len(found) > _MEMBERS:
                break
        return found

    def _parts(self, kind: SgNode) -> Iterator[SgNode]:
        """Give the members of a type, or the types that it is made of."""
        name = kind.kind()
        if name == "type_identifier":
            yield from self._declared(kind.text())
        elif name == "generic_type":
            holder, given = kind.field("name"), kind.field("type_arguments")
            text = holder.text() if holder is not None else ""
            if text in _WRAPPERS and given is not None:
                yield from [child for child in given.children() if child.is_named()][:1]
            else:
                yield from self._declared(text)
        elif name == "property_signature":
            yield from (child for child in kind.children() if child.kind() == "type_annotation")
        elif name not in {"predefined_type", "literal_type", "function_type", "array_type", "method_signature"}:
            yield from (child for child in kind.children() if child.is_named() and child.kind() != "type_parameters")

    def _declared(self, name: str) -> list[SgNode]:
        if self._types is None:
            self._types = {}
            for source in self.sources:
                if source.language != "javascript":
                    self._note_types(source)
        return self._types.get(name, [])[:_DEPTH]

    def _note_types(self, source: Source) -> None:
        assert self._types is not None  # noqa: S101  the caller made it
        for node in source.tree.root().find_all({"rule": {"any": [{"kind": kind} for kind in _DECLARED]}}):
            name = node.field("name")
            for child in node.children() if name is not None else ():
                if name is not None and child.is_named() and child.kind() not in {"type_identifier", "type_parameters"}:
                    self._types.setdefault(name.text(), []).append(child)
            value = node.field("value")
            if name is not None and value is not None and value.kind() == "type_identifier":
                self._types.setdefault(name.text(), []).append(value)

    def _with(self, key: str) -> list[_Literal]:
        """Give the objects and classes that have a member of this name."""
        if self._literals is None:
            self._literals = {}
            for literal in (each for source in self.sources for each in _literals(source)):
                for name in literal.keys:
                    self._literals.setdefault(name, []).append(literal)
        return self._literals.get(key, [])


def _fits(literal: _Literal, members: dict[str, list[SgNode]], required: frozenset[str]) -> bool:
    if literal.spreads:
        return len(literal.keys & members.keys()) >= min(_SHARED, len(members))
    return required <= literal.keys


def _is_optional(signature: SgNode) -> bool:
    return any(child.kind() == "?" for child in signature.children())


def _literals(source: Source) -> Iterator[_Literal]:
    for scope in source.scopes:
        if scope.kind == "class":
            keys = frozenset({*scope.methods, *scope.fields})
            yield _Literal(Instance(scope=scope), keys, spreads="extends" in scope.node.text()[:200])
    if "=>" not in source.text and "function" not in source.text and "(" not in source.text:
        return
    for node in source.tree.root().find_all(kind="object")[:_OBJECTS]:
        parts = [child for child in node.children() if child.is_named()]
        names = (child if child.kind() == "shorthand_property_identifier" else child.field("key") or child.field("name") for child in parts)
        keys = frozenset(key_of(name) for name in names if name is not None)
        if keys:
            yield _Literal(Lazy(node, source), keys, spreads=any(child.kind() == "spread_element" for child in parts))
