"""Classes of the submission: what they extend, and what their members are."""

from __future__ import annotations

from reviewer.inventory.languages.javascript.domain import OPEN, Class, Env, Function, Imported, Instance, Lazy, Value, mixed
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.nodes import arguments_of
from reviewer.inventory.languages.javascript.source import Scope


def _above(evaluator: Evaluator, scope: Scope) -> Value | None:
    heritage = next((child for child in scope.node.children() if child.kind() == "class_heritage"), None)
    if heritage is None:
        return None
    parts = heritage.children()
    clause = next((part for part in parts if part.kind() == "extends_clause"), None)
    target = clause.field("value") if clause is not None else parts[-1]
    return evaluator.evaluate(Lazy(target, scope.source)) if target is not None else None


def lineage(evaluator: Evaluator, scope: Scope) -> list[Value]:
    """Give a class and what it extends, nearest first; the last may come from another package."""
    found: list[Value] = [Class(scope=scope)]
    while isinstance(found[-1], Class) and len(found) < 8:  # noqa: PLR2004  deep enough for any real hierarchy
        above = _above(evaluator, found[-1].scope)
        if above is None or (isinstance(above, Class) and any(above.scope is c.scope for c in found if isinstance(c, Class))):
            break
        found.append(above)
    return found


def member_of_class(evaluator: Evaluator, scope: Scope, key: str, made: Lazy | None = None) -> Value | None:
    """Give a member of a class: a method, or what is assigned to the field anywhere in it.

    ``made`` is the ``new`` expression that made the object: its arguments are the constructor's parameters, and those of
    ``super(…)`` the parameters of the constructor above.
    """
    items = evaluator.spread(arguments_of(made.node), made.source, made.env)[0] if made is not None else None
    for ancestor in lineage(evaluator, scope):
        if not isinstance(ancestor, Class):
            return Imported(path=f"{ancestor.path}.{key}") if isinstance(ancestor, Imported) else None
        constructor = ancestor.scope.methods.get("constructor")
        env = OPEN if items is None or constructor is None else evaluator.bind(Function(scope=constructor), items)
        if (value := _own(evaluator, ancestor.scope, key, env)) is not None:
            return value
        if constructor is not None and (raised := ancestor.scope.raised) is not None:
            items = evaluator.spread(arguments_of(raised), ancestor.scope.source, env)[0]
    return None


def _own(evaluator: Evaluator, scope: Scope, key: str, env: Env) -> Value | None:
    if (method := scope.methods.get(key)) is not None:
        return evaluator.method(method, env)
    nodes = scope.fields.get(key)
    if nodes is None:
        return object_of(evaluator, scope.annotations.get(key, ""), scope)
    value = mixed([evaluator.evaluate(Lazy(node, scope.source, env)) for node in nodes[:8]])
    return evaluator.grown(value, scope.pushed.get(key, []), scope.stored.get(key, []), scope.source, env)


def object_of(evaluator: Evaluator, annotation: str, scope: Scope) -> Value | None:
    """Give an object of the class that a type annotation names, None where it names none."""
    name = annotation.partition("<")[0].partition("|")[0].strip()
    parts = name.split(".")
    binding = scope.find(parts[0]) if name.replace(".", "").isidentifier() else None
    if binding is None or binding.kind not in {"class", "import"}:
        return None
    value = evaluator.bound(binding, OPEN)
    for part in parts[1:]:
        value = evaluator.member(value, part)
    if isinstance(value, Class):
        return Instance(scope=value.scope)
    return value if isinstance(value, Imported) else None
