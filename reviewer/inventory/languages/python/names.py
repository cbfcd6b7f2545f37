"""What a name means: imports, aliases, instances and attributes followed through all modules of a submission.

``Names.resolve`` gives a ``Ref``: a definition of the submission, or the dotted name of something outside it (``httpx.AsyncClient``),
with ``instance`` where it is an object made by calling that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ast_grep_py import SgNode

from reviewer.inventory.languages.python.scopes import Binding, Bound, Module, Scope
from reviewer.inventory.languages.python.strings import parts
from reviewer.inventory.languages.python.syntax import arguments, children

__all__ = ["Names", "Ref"]

#: How many steps one name is followed.
STEPS = 24
#: How many bindings of one name are looked at.
BINDINGS = 12
#: How many expressions one question may look at, and all questions together.
LOOKS, ALL_LOOKS = 4_000, 1_500_000

#: Wrappers of a type whose argument is the type that matters.
_WRAPPERS = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Type", "type", "Required", "NotRequired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """What a name was resolved to: ``scope`` in the submission, else the dotted ``name`` outside."""

    name: str = ""
    scope: Scope | None = None
    instance: bool = False

    def attribute(self, attribute: str) -> Ref:
        """Give an attribute of something outside; whether it is an object is not known."""
        return Ref(name=f"{self.name}.{attribute}", instance=self.instance)


#: Functions that give a name rather than make an object.
_NAMING = frozenset({"typing.cast", "typing_extensions.cast", "getattr", "__import__", "builtins.__import__", "importlib.import_module"})


class Names:
    """All modules of a submission."""

    def __init__(self, modules: Iterable[Module]) -> None:
        """Index the modules by the dotted names under which they can be imported."""
        self.modules: Mapping[str, Module] = {module.source.path: module for module in modules}
        self.callers: dict[Scope, list[tuple[SgNode, Scope]]] = {}
        self._memo: dict[SgNode, Ref | None] = {}
        self._subclasses: dict[str, list[Scope]] | None = None
        self._depth = self._looks = self._all_looks = 0
        self._packages = {path.rpartition("/")[0] for path in self.modules if path.endswith("__init__.py")}

    # -- modules ----------------------------------------------------------------------------------------------------

    def module(self, target: str, importer: Module) -> Module | None:
        """Find the file of a dotted module name as this file would import it."""
        folder = importer.source.path.rpartition("/")[0]
        if target.startswith("."):
            level = len(target) - len(target.lstrip("."))
            for _ in range(level - 1):
                folder = folder.rpartition("/")[0]
            return self._file(folder, target.lstrip("."))
        if target.split(".", maxsplit=1)[0] in sys.stdlib_module_names:
            return None
        for root in self._roots(folder):
            found = self._file(root, target)
            if found is not None and found is not importer:
                return found
        return None

    def _roots(self, folder: str) -> Iterator[str]:
        while True:
            if folder not in self._packages:
                yield folder
                yield f"{folder}/src" if folder else "src"
            if not folder:
                return
            folder = folder.rpartition("/")[0]

    def _file(self, root: str, dotted: str) -> Module | None:
        stem = "/".join(filter(None, (root, dotted.replace(".", "/"))))
        return self.modules.get(f"{stem}.py") or self.modules.get(f"{stem}/__init__.py" if stem else "__init__.py")

    def forget(self) -> None:
        """Drop what was answered before callers were known."""
        self._memo.clear()

    # -- bindings ---------------------------------------------------------------------------------------------------

    def lookup(self, name: str, scope: Scope) -> tuple[Binding, ...]:
        """Give what a name is bound to in the nearest scope that binds it; class bodies are seen only from themselves."""
        here: Scope | None = scope
        while here is not None:
            if name in here.bindings and (here is scope or here.kind != "class"):
                return tuple(_latest(here.bindings[name]))
            here = here.parent
        for star in scope.module.stars:
            other = self.module(star, scope.module)
            if other is not None and name in other.top.bindings:
                return tuple(_latest(other.top.bindings[name]))
        return ()

    def member(self, owner: Scope, name: str, steps: int = STEPS) -> tuple[Binding, ...]:
        """Give what an attribute of a class or module of the submission is bound to, base classes included."""
        found = (*owner.bindings.get(name, ()), *owner.attributes.get(name, ()))
        if found or owner.kind != "class" or steps <= 0:
            return found[-BINDINGS:]
        for base in self.bases(owner, steps - 1):
            if base.scope is not None and base.scope is not owner:
                found = self.member(base.scope, name, steps - 1)
                if found:
                    return found
        return ()

    def bases(self, owner: Scope, steps: int = STEPS) -> list[Ref]:
        """Give the base classes of a class."""
        listed = owner.node.field("superclasses")
        nodes = [node for node in (children(listed) if listed is not None else []) if node.kind() != "keyword_argument"]
        found = [self.resolve(node, owner.parent or owner, steps - 1) for node in nodes[:BINDINGS]]
        return [ref for ref in found if ref is not None]

    def external_bases(self, owner: Scope, steps: int = 8) -> list[str]:
        """Give the dotted names of all classes outside the submission from which a class inherits."""
        names: list[str] = []
        for base in self.bases(owner) if steps > 0 else []:
            if base.scope is None:
                names.append(base.name)
            elif base.scope is not owner:
                names.extend(self.external_bases(base.scope, steps - 1))
        return names

    def subclasses(self, owner: Scope) -> list[Scope]:
        """Give the classes of the submission that name this one as a base."""
        if self._subclasses is None:
            self._subclasses = {}
            for module in self.modules.values():
                for scope in module.scopes:
                    for base in self.bases(scope) if scope.kind == "class" else []:
                        if base.scope is not None:
                            self._subclasses.setdefault(base.scope.id, []).append(scope)
        return self._subclasses.get(owner.id, [])

    # -- expressions ------------------------------------------------------------------------------------------------

    def resolve(self, node: SgNode | None, scope: Scope, steps: int = STEPS) -> Ref | None:
        """Give what an expression stands for, None where that is not known."""
        if node is None or steps <= 0:
            return None
        if node in self._memo:
            return self._memo[node]
        if not self._may_look():
            return None
        self._memo[node] = None  # a name that is defined by itself
        self._depth += 1
        found = self._resolve(node, scope, steps - 1)
        self._depth -= 1
        self._memo[node] = found
        if found is None and self._depth:
            del self._memo[node]  # it may only have been too far from where we came
        return found

    def _may_look(self) -> bool:
        self._looks = self._looks + 1 if self._depth else 0
        self._all_looks += 1
        return self._looks <= LOOKS and self._all_looks <= ALL_LOOKS

    def _resolve(self, node: SgNode, scope: Scope, steps: int) -> Ref | None:
        kind = node.kind()
        match kind:
            case "identifier":
                return self.name(node.text(), scope, steps)
            case "attribute":
                owner, attribute = self.resolve(node.field("object"), scope, steps), node.field("attribute")
                return self.attribute_of(owner, attribute.text(), steps) if attribute is not None else None
            case "call":
                return self._made(node, scope, steps)
            case "lambda":
                return Ref(scope=scope.module.homes[node]) if node in scope.module.homes else None
            case "dotted_name":
                return self._dotted(node.text().split("."), scope, steps)
            case _:
                return self._inside(kind, children(node), scope, steps)

    def _inside(self, kind: str, inside: list[SgNode], scope: Scope, steps: int) -> Ref | None:
        if not inside:
            return None
        if kind == "binary_operator":
            return self.resolve(inside[0], scope, steps)  # a path and what is below it are of one type
        if kind in {"await", "parenthesized_expression", "type", "named_expression"}:
            return self.resolve(inside[-1], scope, steps)
        if kind in {"boolean_operator", "conditional_expression"}:
            first, last = (inside[0], inside[-1]) if kind == "conditional_expression" else (inside[-1], inside[0])
            return self.resolve(first, scope, steps) or self.resolve(last, scope, steps)
        return None

    def _dotted(self, parts: list[str], scope: Scope, steps: int) -> Ref | None:
        found = self.name(parts[0], scope, steps)
        for part in parts[1:]:
            found = self.attribute_of(found, part, steps) if found is not None else None
        return found

    def name(self, name: str, scope: Scope, steps: int = STEPS) -> Ref | None:
        """Give what a plain name stands for; a name that nothing binds is a builtin."""
        bindings = self.lookup(name, scope)
        if not bindings:
            return Ref(name=name) if name.isidentifier() else None
        for binding in reversed(bindings):
            found = self.bound(binding, steps - 1)
            if found is not None:
                return found
        return None

    def bound(self, binding: Binding, steps: int = STEPS) -> Ref | None:
        """Give what one binding stands for."""
        if steps <= 0 or not self._may_look():
            return None
        self._depth += 1
        found = self._bound(binding, steps)
        self._depth -= 1
        return found

    def _bound(self, binding: Binding, steps: int) -> Ref | None:
        match binding.bound:
            case Bound.IMPORT:
                return self.imported(binding.target, binding.scope.module, steps)
            case Bound.DEFINITION:
                return Ref(scope=binding.definition)
            case Bound.VALUE | Bound.OPENED:
                return self.resolve(binding.node, binding.scope, steps) or self.instance(binding.annotation, binding.scope, steps)
            case Bound.PARAMETER:
                return self._parameter(binding, steps)
            case Bound.ELEMENT | Bound.CHANGE:
                return None

    def _parameter(self, binding: Binding, steps: int) -> Ref | None:
        parameter, function = binding.parameter, binding.scope
        if parameter is None:
            return None
        if function.is_method and function.parent is not None and function.parameters[:1] == (parameter,):
            return Ref(scope=function.parent, instance=True)
        typed = self.instance(parameter.annotation, function, steps)
        if typed is not None and typed.name not in {"Any", "typing.Any", "object"}:
            return typed
        for caller, home in self.callers.get(function, [])[:BINDINGS]:
            given = argument_for(caller, function, parameter.name)
            found = self.resolve(given, home, steps - 1)
            if found is not None:
                return found
        return None

    def imported(self, target: str, importer: Module, steps: int = STEPS) -> Ref | None:
        """Give what an imported dotted name stands for."""
        whole = self.module(target, importer)
        if whole is not None:
            return Ref(scope=whole.top)
        parent, _, last = target.rpartition(".")
        if target.startswith(".") and not parent.strip("."):
            parent = target[: len(target) - len(last)]
        owner = self.module(parent, importer) if parent else None
        if owner is not None and owner.top.kind == "module":
            return self.attribute_of(Ref(scope=owner.top), last, steps)
        return None if target.startswith(".") else Ref(name=target)

    def attribute_of(self, owner: Ref | None, name: str, steps: int = STEPS) -> Ref | None:
        """Give an attribute of what was resolved."""
        if owner is None or steps <= 0:
            return None
        if owner.scope is None:
            return owner.attribute(name)
        if owner.scope.kind == "module":
            return self._of_module(owner.scope, name, steps)
        if owner.scope.kind == "class":
            return self._of_class(owner.scope, name, steps)
        return None

    def _of_module(self, top: Scope, name: str, steps: int) -> Ref | None:
        for binding in reversed(self.lookup(name, top)):
            found = self.bound(binding, steps - 1)
            if found is not None:
                return found
        inner = self.module(f".{name}", top.module) if top.module.source.path.endswith("__init__.py") else None
        return Ref(scope=inner.top) if inner is not None else None

    def _of_class(self, owner: Scope, name: str, steps: int) -> Ref | None:
        bindings = self.member(owner, name, steps - 1)
        for binding in reversed(bindings):
            found = self.bound(binding, steps - 1)
            if found is not None and found.scope is not None and found.scope.kind == "function" and _is_property(found.scope):
                return self.returned(found.scope, steps - 1)
            if found is not None:
                return found
        outside = [] if bindings else self.external_bases(owner)
        return Ref(name=f"{outside[0]}.{name}", instance=True) if outside else None

    def _made(self, call: SgNode, scope: Scope, steps: int) -> Ref | None:
        made = self.resolve(call.field("function"), scope, steps)
        if made is None:
            return None
        if made.scope is None:
            return self._made_outside(made.name, call, scope, steps)
        if made.scope.kind == "class":
            return Ref(scope=made.scope, instance=True)
        return self.returned(made.scope, steps) if made.scope.kind == "function" else None

    def _made_outside(self, name: str, call: SgNode, scope: Scope, steps: int) -> Ref | None:
        """Give what an outside function makes; a literal ``__import__("os")`` and ``getattr(os, "system")`` are names written otherwise."""
        given = arguments(call)[0] if name in _NAMING else []
        if name in {"typing.cast", "typing_extensions.cast"} and given:
            return self.instance(given[0], scope, steps)
        text = _literal(given[-1 if name != "getattr" else 1]) if len(given) > (name == "getattr") else None
        if text is None:
            return Ref(name=name, instance=True) if name != "getattr" else None
        return self.attribute_of(self.resolve(given[0], scope, steps), text, steps) if name == "getattr" else Ref(name=text)

    def returned(self, function: Scope, steps: int = STEPS) -> Ref | None:
        """Give what a function of the submission returns: by its annotation, else by what it returns last."""
        typed = self.instance(function.node.field("return_type"), function, steps - 1)
        if typed is not None and (typed.scope is not None or "." in typed.name):
            return typed
        for node in reversed(function.returns[-BINDINGS:]):
            found = self.resolve(node, function, steps - 1)
            if found is not None and (found.scope is not None or "." in found.name):
                return found
        return typed

    def instance(self, annotation: SgNode | None, scope: Scope, steps: int = STEPS) -> Ref | None:
        """Give an object of an annotated type: ``Optional[X]``, ``X | None``, ``Annotated[X, …]`` and ``"X"`` are X."""
        for _ in range(STEPS):
            if annotation is None:
                return None
            if annotation.kind() == "string":
                return self._quoted(annotation.text().strip("\"'"), scope, steps)
            inner = _unwrapped(annotation)
            if inner is annotation:
                found = self.resolve(annotation, scope, steps - 1)
                return Ref(name=found.name, scope=found.scope, instance=True) if found is not None else None
            annotation = inner
        return None

    def _quoted(self, text: str, scope: Scope, steps: int) -> Ref | None:
        parts = text.split("[", maxsplit=1)[0].split(".")
        found = self._dotted(parts, scope, steps) if all(part.isidentifier() for part in parts) else None
        return Ref(name=found.name, scope=found.scope, instance=True) if found is not None else None


def _latest(bindings: list[Binding]) -> tuple[Binding, ...]:
    """Give the latest values of a name; what only changes a list or text crowds none of them out."""
    kept = [binding for binding in bindings if binding.bound is not Bound.CHANGE][-BINDINGS:]
    changes = [binding for binding in bindings if binding.bound is Bound.CHANGE][: 4 * BINDINGS]
    return (*kept, *changes)


def _literal(node: SgNode) -> str | None:
    pieces = parts(node) if node.kind() == "string" else []
    return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else None


def _unwrapped(annotation: SgNode) -> SgNode | None:
    """Take one wrapper off a type; give the type itself if there is none."""
    kind, inside = annotation.kind(), children(annotation)
    if kind not in {"type", "generic_type", "subscript", "binary_operator", "union_type"} or not inside:
        return annotation
    if kind in {"binary_operator", "union_type"}:
        return next((part for part in inside if part.text() != "None"), None)
    if kind != "type" and inside[0].text().rpartition(".")[2] in _WRAPPERS:
        return next(iter(children(inside[-1])), None) if kind == "generic_type" else next(iter(inside[1:]), None)
    return inside[0]


def _is_property(function: Scope) -> bool:
    return any(mark.text().rpartition(".")[2] in {"property", "cached_property"} for mark in function.decorators)


def argument_for(call: SgNode, function: Scope, name: str) -> SgNode | None:
    """Give the argument that a call passes to one parameter of a function, None if it passes none."""
    positional, keywords = arguments(call)
    if name in keywords:
        return keywords[name]
    names = [parameter.name for parameter in function.parameters if not parameter.star]
    if function.is_method and names:
        names = names[1:]
    return positional[names.index(name)] if name in names and names.index(name) < len(positional) else None
