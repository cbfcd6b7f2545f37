"""Statements of C#, lowered to the form that all typed languages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.csharp.expressions import assigned
from reviewer.inventory.languages.csharp.functions import local_function, returned
from reviewer.inventory.languages.csharp.matching import bind_pattern, condition, matched
from reviewer.inventory.languages.csharp.nodes import Frame, child_of, parts, type_name
from reviewer.inventory.languages.csharp.settings import settled
from reviewer.inventory.languages.csharp.streams import note
from reviewer.inventory.program.model import Bind, Block, Branch, Expression, Loop, Return, Statement

__all__ = ["declared", "lower_body", "statement"]


def lower_body(frame: Frame, node: SgNode | None) -> Block:
    """Lower what stands in braces, behind an arrow, or a single statement or expression."""
    if node is None:
        return ()
    if node.kind() == "arrow_expression_clause":
        inside = parts(node)
        return settled(returned(frame, inside[0])) if inside else ()
    if node.kind() == "block":
        return settled(tuple(made for part in parts(node) for made in statement(frame, part)))
    if node.kind() in _READERS or node.kind() in _PLAIN:
        return tuple(statement(frame, node))
    return settled(returned(frame, node))


def statement(frame: Frame, node: SgNode) -> list[Statement]:
    """Lower one statement to what runs before it and itself."""
    kind = node.kind()
    if kind in _PLAIN:
        return [made for part in parts(node) for made in statement(frame, part)]
    reader = _READERS.get(kind)
    if reader:
        own = list(reader(frame, node))
        return [*frame.drained(), *own]
    if kind in _EMPTY:
        return []
    value = frame.value(node)
    return [*frame.drained(), value]


def _expression(frame: Frame, node: SgNode) -> list[Statement]:
    inside = next(iter(parts(node)), None)
    if inside is not None and inside.kind() == "assignment_expression":
        return [assigned(frame, inside)]
    return [frame.value(inside)]


def _local(frame: Frame, node: SgNode) -> list[Statement]:
    found = child_of(node, "variable_declaration")
    return list(declared(frame, found)) if found is not None else []


def declared(frame: Frame, node: SgNode) -> list[Bind]:
    """Lower ``T a = 1, b``; the statements that a value needs come first."""
    kind = type_name(node.field("type"))
    found: list[Bind] = []
    for part in (part for part in parts(node) if part.kind() == "variable_declarator"):
        name, equals = part.field("name"), [index for index, child in enumerate(part.children()) if child.text() == "="]
        value = frame.value(part.children()[equals[0] + 1], kind) if equals and equals[0] + 1 < len(part.children()) else None
        names = _names(child_of(part, "tuple_pattern") or name)
        note(frame.streams, names[0], kind, value)
        found.append(Bind(names=names, value=value, line=frame.line(part), type=kind))
    return found


def _names(node: SgNode | None) -> tuple[str, ...]:
    if node is None:
        return ("_",)
    if node.kind() in {"tuple_pattern", "parenthesized_variable_designation"}:
        return tuple(part.text() if part.kind() == "identifier" else "_" for part in parts(node))
    return (node.text().removeprefix("@"),)


def _return(frame: Frame, node: SgNode) -> list[Statement]:
    inside = parts(node)
    values = (frame.value(inside[-1], frame.returns),) if inside else ()
    return [Return(values=values, line=frame.line(node))]


def _if(frame: Frame, node: SgNode) -> list[Statement]:
    """Lower a chain of ``else if`` without recursion."""
    found: list[Statement] = []
    current: SgNode | None = node
    while current is not None and current.kind() == "if_statement":
        subject, texts = condition(frame, current.field("condition"))
        body = frame.body(current.field("consequence"))
        found += [*frame.drained(), Branch(subject=subject, texts=texts, body=body, line=frame.line(current))]
        current = current.field("alternative")
    if current is not None:
        found.append(Branch(subject=None, texts=None, body=frame.body(current), line=frame.line(current)))
    return found


def _switch(frame: Frame, node: SgNode) -> list[Statement]:
    """Lower a switch; labels without statements belong to the next section."""
    subject = frame.value(node.field("value"))
    found: list[Statement] = []
    waiting: list[Expression] | None = []
    for section in (part for part in parts(node.field("body")) if part.kind() == "switch_section"):
        labels = [part for part in parts(section) if part.kind().endswith("_pattern")]
        within = replace(frame, pending=[])
        compared = subject
        for label in labels:
            compared, texts = matched(within, label, subject)
            bind_pattern(within, label, subject)
            waiting = [*waiting, *texts] if waiting is not None and texts else None
        if not labels:
            waiting = None
        inside = [part for part in parts(section) if part not in labels and not part.kind().endswith(("_pattern", "when_clause"))]
        guards = [within.value(part) for clause in parts(section) if clause.kind() == "when_clause" for part in parts(clause)]
        body = (*within.drained(), *guards, *(made for part in inside for made in statement(within, part)))
        if inside:
            found.append(Branch(subject=compared, texts=tuple(waiting) if waiting else None, body=body, line=frame.line(section)))
            waiting = []
    return found


def _for_each(frame: Frame, node: SgNode) -> list[Statement]:
    over = frame.value(node.field("right"))
    body = frame.body(node.field("body"))
    return [Loop(names=_names(node.field("left")), over=over, body=body, line=frame.line(node))]


def _loop(frame: Frame, node: SgNode) -> list[Statement]:
    """``for``, ``while`` and ``do``: what they test and count is seen for its calls."""
    body = node.field("body")
    start = node.field("initializer")
    before: list[Statement] = list(declared(frame, start)) if start is not None and start.kind() == "variable_declaration" else []
    tests = [frame.value(part) for name in ("condition", "update") if (part := node.field(name)) is not None]
    return [*before, *frame.drained(), *tests, Loop(names=(), over=None, body=frame.body(body), line=frame.line(node))]


def _with_resource(frame: Frame, node: SgNode) -> list[Statement]:
    """``using (…) {…}``, ``lock``, ``fixed``: the statements inside run as if they stood here."""
    found: list[Statement] = []
    for part in parts(node):
        if part.kind() == "variable_declaration":
            found += declared(frame, part)
        elif part.kind() in _READERS or part.kind() in _PLAIN:
            found += [*frame.drained(), *statement(frame, part)]
        else:
            found.append(frame.value(part))
    return found


def _catch(frame: Frame, node: SgNode) -> list[Statement]:
    declaration, filtered = child_of(node, "catch_declaration"), child_of(node, "catch_filter_clause")
    name = declaration.field("name") if declaration is not None else None
    kind = type_name(declaration.field("type")) if declaration is not None else None
    found: list[Statement] = [Bind(names=(name.text(),), value=None, line=frame.line(node), type=kind)] if name is not None else []
    found += [frame.value(part) for part in parts(filtered)]
    return [*found, Branch(subject=None, texts=None, body=frame.body(child_of(node, "block")), line=frame.line(node))]


def _function(frame: Frame, node: SgNode) -> list[Statement]:
    return [local_function(frame, node)]


def _thrown(frame: Frame, node: SgNode) -> list[Statement]:
    return [frame.value(part) for part in parts(node)]


_READERS: Mapping[str, Callable[[Frame, SgNode], list[Statement]]] = {
    "expression_statement": _expression,
    "local_declaration_statement": _local,
    "return_statement": _return,
    "yield_statement": _return,
    "if_statement": _if,
    "switch_statement": _switch,
    "foreach_statement": _for_each,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "using_statement": _with_resource,
    "lock_statement": _with_resource,
    "fixed_statement": _with_resource,
    "catch_clause": _catch,
    "local_function_statement": _function,
    "throw_statement": _thrown,
}
#: What only holds other statements. Of what the preprocessor chooses between, all counts.
_PLAIN = frozenset(
    {
        "block",
        "global_statement",
        "try_statement",
        "finally_clause",
        "checked_statement",
        "unsafe_statement",
        "labeled_statement",
        "preproc_if",
        "preproc_else",
        "preproc_elif",
        "preproc_if_in_statement",
        "ERROR",
    }
)
_EMPTY = frozenset(
    {"empty_statement", "break_statement", "continue_statement", "goto_statement", "identifier", "using_directive", "attribute_list"}
    | {"preproc_arg", "preproc_define", "preproc_undef", "preproc_error", "preproc_warning", "shebang_directive"}
)
