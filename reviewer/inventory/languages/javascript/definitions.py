"""Follow names and members to the expression that they stand for, without reading it: for schemas, which are read as they are written."""

from __future__ import annotations

from reviewer.inventory.languages.javascript.domain import Lazy, Module, Record
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.source import Binding, span

#: How many names in a row are followed.
_CHAIN = 16


def definition(evaluator: Evaluator, asked: Lazy) -> Lazy:
    """Follow names and members to the expression that they stand for, without reading it."""
    for _ in range(_CHAIN):
        found = _step(evaluator, asked)
        if found is None:
            break
        asked = found
    return asked


def _step(evaluator: Evaluator, asked: Lazy) -> Lazy | None:
    kind = asked.node.kind()
    if kind in {"identifier", "shorthand_property_identifier"}:
        return _named(evaluator, asked)
    if kind in {"as_expression", "satisfies_expression", "non_null_expression", "parenthesized_expression"}:
        inner = next((child for child in asked.node.children() if child.is_named()), None)
        return Lazy(inner, asked.source, asked.env) if inner is not None else None
    return _member(evaluator, asked) if kind == "member_expression" else None


def _named(evaluator: Evaluator, asked: Lazy) -> Lazy | None:
    binding = asked.source.scope_at(span(asked.node)[0]).find(asked.node.text())
    if binding is None or binding in asked.env:
        return asked.env[binding].seen if binding is not None else None
    if binding.kind == "import":
        return _elsewhere(evaluator, binding)
    nodes = [node for node in (binding.node, *binding.assigned) if node is not None]
    return Lazy(nodes[-1], binding.scope.source, asked.env) if binding.kind == "value" and nodes and not binding.path else None


def _member(evaluator: Evaluator, asked: Lazy) -> Lazy | None:
    holder, name = asked.node.field("object"), asked.node.field("property")
    if holder is None or name is None:
        return None
    value = evaluator.evaluate(Lazy(holder, asked.source, asked.env))
    if isinstance(value, Module) and (found := evaluator.program.exported(value.source, name.text())) is not None:
        return Lazy(found[1].node, found[0]) if found[1].node is not None else None
    entry = value.entries.get(name.text()) if isinstance(value, Record) else None
    return entry if isinstance(entry, Lazy) else entry.seen if entry is not None else None


def _elsewhere(evaluator: Evaluator, binding: Binding) -> Lazy | None:
    target = evaluator.program.resolve(binding.scope.source, binding.module)
    found = evaluator.program.exported(target, str(binding.path[0])) if target is not None else None
    return Lazy(found[1].node, found[0]) if found is not None and found[1].node is not None else None
