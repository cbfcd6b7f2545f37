"""Find the code that answers for one tool of a low-level server: a ``case``, an ``if``, an entry in a table of handlers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.domain import Constant, Function, Lazy, Record, Value, options, text_of
from reviewer.inventory.languages.javascript.drafts import functions_in, handlers_of
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.literals import string_text
from reviewer.inventory.languages.javascript.nodes import member_key
from reviewer.inventory.languages.javascript.source import Source, span
from reviewer.inventory.languages.javascript.units import Region

#: How many entries of a table of handlers are read.
_ENTRIES = 1000
_COMPARISONS = frozenset({"===", "=="})


@dataclass(slots=True, eq=False)
class Dispatch:
    """Where the names of tools decide what happens."""

    regions: dict[str, list[Region]] = field(default_factory=dict)
    tables: list[Record] = field(default_factory=list)

    def of(self, name: str) -> list[Region]:
        """Give the branches that answer for a tool."""
        return [region for regions in self.regions.values() for region in regions if name in region.names]

    def functions(self, evaluator: Evaluator) -> list[Function]:
        """Give every function in the tables."""
        return [
            function
            for table in self.tables
            for entry in list(table.entries.values())[:_ENTRIES]
            for function in _answering(evaluator, evaluator.evaluate(entry))
        ]

    def entry(self, evaluator: Evaluator, name: str) -> list[Function]:
        """Give the functions under a tool's name in the first table of handlers that has it."""
        for table in self.tables:
            if (entry := table.entries.get(name)) is not None and (found := _answering(evaluator, evaluator.evaluate(entry))):
                return list(found)
        return []


def _answering(evaluator: Evaluator, value: Value) -> tuple[Function, ...]:
    return functions_in(value) or handlers_of(evaluator, value)


def _tables(evaluator: Evaluator, holder: Lazy, names: frozenset[str]) -> Iterator[Record]:
    """Give the objects with a tool's name among their keys that a value may be."""
    for option in options(evaluator.ask(holder)):
        for value in options(evaluator.supplied(option)):
            if isinstance(value, Record) and value.entries.keys() & names:
                yield value


def find_dispatch(evaluator: Evaluator, sources: list[Source], names: frozenset[str]) -> Dispatch:
    """Look through all branches and tables for these names of tools."""
    found = Dispatch()
    for source in sources:
        if not any(name in source.text for name in names):
            regions: list[Region] = []
        else:
            regions = [region for node in source.branches for region in _of_branch(evaluator, source, node, names)]
        if regions:
            found.regions[source.path] = regions
        for call in source.calls:
            holder = _table(call.node)
            if holder is not None:
                found.tables.extend(_tables(evaluator, Lazy(holder, source), names))
        found.tables.extend(_subscripts(evaluator, source, names))
    return found


def _table(call: SgNode) -> SgNode | None:
    """``handlers[name](…)`` and ``handlers.get(name)``."""
    callee = call.field("function")
    if callee is None:
        return None
    if callee.kind() == "subscript_expression" or (callee.kind() == "member_expression" and member_key(callee) == "get"):
        return callee.field("object")
    return None


def _subscripts(evaluator: Evaluator, source: Source, names: frozenset[str]) -> Iterator[Record]:
    """``const handler = handlers[name]``: the table is read by a variable."""
    for scope in source.scopes:
        for binding in scope.names.values():
            node = binding.node
            if binding.kind == "value" and node is not None and node.kind() == "subscript_expression" and (holder := node.field("object")):
                yield from _tables(evaluator, Lazy(holder, source), names)


def _of_branch(evaluator: Evaluator, source: Source, node: SgNode, names: frozenset[str]) -> Iterator[Region]:
    if node.kind() == "switch_statement":
        yield from _of_switch(evaluator, source, node, names)
        return
    condition, body = node.field("condition"), node.field("consequence")
    if condition is None or body is None:
        return
    compared = frozenset(_compared(evaluator, source, condition)) & names
    if compared:
        start, end = span(body)
        yield Region(source, start, end, compared)


def _of_switch(evaluator: Evaluator, source: Source, node: SgNode, names: frozenset[str]) -> Iterator[Region]:
    body = node.field("body")
    waiting: set[str] = set()
    for case in body.children() if body is not None else []:
        value = case.field("value") if case.kind() == "switch_case" else None
        if value is None:
            continue
        text = _text(evaluator, source, value)
        if text in names and text is not None:
            waiting.add(text)
        statements = [child for child in case.children() if child.is_named() and child.kind() != "comment"]
        if len(statements) > 1 and waiting:  # the value and something to do
            start, end = span(case)
            yield Region(source, start, end, frozenset(waiting))
            waiting = set()


def _compared(evaluator: Evaluator, source: Source, condition: SgNode) -> Iterator[str]:
    """Give the texts that a condition compares with, on either side of ``===``, alternatives included."""
    waiting, looked = [condition], 0
    while waiting and looked < 80:  # noqa: PLR2004  no condition is longer
        node = waiting.pop()
        looked += 1
        if node.kind() == "parenthesized_expression":
            waiting.extend(child for child in node.children() if child.is_named())
        if node.kind() != "binary_expression" or (sign := node.field("operator")) is None:
            continue
        sides = [side for side in (node.field("left"), node.field("right")) if side is not None]
        if sign.text() in {"||", "&&"}:
            waiting.extend(sides)
        elif sign.text() in _COMPARISONS:
            yield from (text for side in sides if (text := _text(evaluator, source, side)) is not None)


def _text(evaluator: Evaluator, source: Source, node: SgNode) -> str | None:
    text = string_text(node)
    if text is None and node.kind() in {"member_expression", "subscript_expression", "identifier"}:
        value = evaluator.ask(Lazy(node, source), steps=60)
        text = text_of(value) if isinstance(value, Constant) and isinstance(value.value, str) else None
    return text
