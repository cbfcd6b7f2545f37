"""Bodies: blocks, branches, loops, matches. What a branch gives is bound to a name of its own where its value is used."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from reviewer.inventory.languages.rust.patterns import bound, names_in, texts_of
from reviewer.inventory.languages.rust.syntax import children, first, kinds, line_of
from reviewer.inventory.languages.rust.types import type_of
from reviewer.inventory.program.model import (
    Bind,
    Block,
    Branch,
    Choice,
    Constant,
    Expression,
    Function,
    Loop,
    Name,
    Opaque,
    Return,
    Statement,
    TypeName,
)

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from reviewer.inventory.languages.rust.crates import Place

__all__ = ["DROP", "GIVE", "Out", "Statements"]

Out: TypeAlias = "list[Statement]"
#: What becomes of the value at the end of a block: nothing, or it is what the function gives; else the name that is bound to it.
DROP, GIVE = "", "return"

_BLOCKS = frozenset({"block", "unsafe_block", "async_block", "const_block", "try_block", "gen_block"})
_BRANCHING = frozenset({"if_expression", "match_expression", "while_expression", "loop_expression", "for_expression"})
_PLACED = frozenset({"type_item", "extern_crate_declaration", "attribute_item", "foreign_mod_item", "const_item", "static_item"})
_ITEMS = frozenset(
    {
        "function_item",
        "struct_item",
        "enum_item",
        "impl_item",
        "trait_item",
        "mod_item",
        "use_declaration",
        "macro_definition",
        "union_item",
    }
)
_JUMPS = frozenset({"return_expression", "break_expression", "continue_expression"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements(ABC):
    """Lowers the statements of one module; ``shift`` is what the lines of the tree lack, ``inner`` takes items that stand in bodies."""

    place: Place
    own: frozenset[str] = frozenset()
    shift: int = 0
    inner: list[tuple[Statements, SgNode]] = field(default_factory=list)

    @abstractmethod
    def expression(self, node: SgNode, out: Out) -> Expression:
        """Lower an expression; what happens before it goes to ``out``."""

    @abstractmethod
    def peeled(self, node: SgNode) -> SgNode:
        """Take off what does not change a value: parentheses, ``?``, ``await``, ``Ok(…)``."""

    @abstractmethod
    def nested_function(self, node: SgNode) -> Function:
        """Lower a function inside a body."""

    def line(self, node: SgNode) -> int:
        """Give the line on which a node begins in the file."""
        return line_of(node) + self.shift

    def body(self, block: SgNode | None) -> Block:
        """Lower the body of a function: its last expression is what it gives."""
        out: Out = []
        if block is not None:
            self.settle(block, out, GIVE)
        return tuple(out)

    def settle(self, node: SgNode, out: Out, sink: str) -> None:
        """Lower an expression and put its value where ``sink`` says."""
        node = self.peeled(node)
        kind = node.kind()
        if kind in _BLOCKS:
            self._block(node, out, sink)
        elif kind == "if_expression":
            self._if(node, out, sink)
        elif kind == "match_expression":
            self._match(node, out, sink)
        elif kind in _BRANCHING:
            self._loop(node, out)
        elif kind in _JUMPS:
            self._jump(node, out)
        else:
            self._put(self.expression(node, out), node, out, sink)

    def branching(self, node: SgNode, out: Out) -> Expression:
        """Lower a branch, match or block whose value is used."""
        simple = self._simple_options(node)
        if simple is not None:
            tests = tuple(self.expression(test, out) for test in simple[1])
            return Choice(options=tuple(self.expression(option, out) for option in simple[0]), line=self.line(node), tests=tests)
        start = node.range().start
        name = f"{node.kind().partition('_')[0]}@{start.line + self.shift + 1}:{start.column}"
        self.settle(node, out, name)
        return Name(name=name, line=self.line(node))

    def _simple_options(self, node: SgNode) -> tuple[list[SgNode], list[SgNode]] | None:
        """Give the values and conditions of an ``if`` of which every branch is one literal or name, and that binds nothing."""
        options: list[SgNode] = []
        tests: list[SgNode] = []
        current: SgNode | None = node
        while current is not None and current.kind() == "if_expression":
            parts = children(current)
            blocks = kinds(current, "block")
            if not blocks or not parts or parts[0].kind() in {"let_condition", "let_chain"} or len(options) > 20:  # noqa: PLR2004  a longer chain is no value
                return None
            tests.append(parts[0])
            options.append(blocks[0])
            clause = first(current, "else_clause")
            current = next(iter(children(clause)), None) if clause is not None else None
        if current is None or current.kind() != "block" or not options:
            return None
        inner = [children(block) for block in (*options, current)]
        if any(len(parts) != 1 or parts[0].kind() in {*_BLOCKS, *_BRANCHING, *_JUMPS, "expression_statement", *_ITEMS} for parts in inner):
            return None
        return [parts[0] for parts in inner], tests

    def _put(self, value: Expression, node: SgNode, out: Out, sink: str) -> None:
        if sink == GIVE:
            out.append(Return(values=(value,), line=self.line(node)))
        elif sink == DROP:
            out.extend([] if isinstance(value, Name | Constant) else [value])
        else:
            out.append(Bind(names=(sink,), value=value, line=self.line(node)))

    def _block(self, node: SgNode, out: Out, sink: str) -> None:
        block = node if node.kind() == "block" else first(node, "block")
        parts = [part for part in children(block) if part.kind() != "label"] if block is not None else []
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            self._statement(part, out, sink if last else DROP)

    def _statement(self, node: SgNode, out: Out, sink: str) -> None:
        kind = node.kind()
        if kind == "let_declaration":
            self._let(node, out)
        elif kind == "function_item":
            out.append(self.nested_function(node))
        elif kind in _ITEMS or kind in _PLACED:
            self._item(node, out)
        elif kind == "expression_statement":
            closed = node.text().endswith(";")
            for part in children(node)[:1]:
                self.settle(part, out, DROP if closed else sink)
        elif kind not in {"empty_statement", "inner_attribute_item"}:
            self.settle(node, out, sink)

    def _item(self, node: SgNode, out: Out) -> None:
        if node.kind() in {"const_item", "static_item"}:
            name, signs = first(node, "identifier"), node.children()
            at = next((number for number, part in enumerate(signs) if part.text() == "="), len(signs))
            if name is not None and at + 1 < len(signs):
                out.append(Bind(names=(name.text(),), value=self.expression(signs[at + 1], out), line=self.line(node)))
        else:
            self.inner.append((self, node))

    def _let(self, node: SgNode, out: Out) -> None:
        between = [part for part in node.children() if part.kind() not in {"line_comment", "block_comment"}]
        signs = [part.text() for part in between]
        at = signs.index("=") if "=" in signs else len(between)
        ahead = [part for part in between[:at] if part.is_named() and part.kind() != "mutable_specifier"]
        typed = signs.index(":") if ":" in signs[:at] else at
        kind = type_of(between[typed + 1], self.place) if typed + 1 < at else None
        pattern = ahead[0] if ahead and not (kind and len(ahead) == 1) else None
        if at + 1 >= len(between):
            out.append(Bind(names=names_in(pattern) if pattern else ("_",), value=None, line=self.line(node), type=kind))
            return
        if pattern is None:  # `let _ = …`
            self.settle(between[at + 1], out, DROP)
            return
        self.bind(pattern, self.expression(between[at + 1], out), out, kind)
        for block in kinds(node, "block")[-1:] if "else" in signs else []:
            inner: Out = []
            self.settle(block, inner, DROP)
            out.append(Branch(subject=None, texts=None, body=tuple(inner), line=self.line(block)))

    def bind(self, pattern: SgNode, value: Expression, out: Out, kind: TypeName | None = None) -> None:
        """Bind the names of a pattern to the parts of a value, which is worked out once."""
        line = self.line(pattern)
        direct = pattern.kind() == "identifier"
        if not direct:
            value = self.named(value, pattern, out, kind)
        for name, part in bound(pattern, value):
            out.append(Bind(names=(name,), value=part, line=line, type=kind if direct else None))

    def named(self, value: Expression, node: SgNode, out: Out, kind: TypeName | None = None) -> Expression:
        """Give a value that is used more than once a name, so that what it does is done, and followed, once."""
        if isinstance(value, Name | Constant):
            return value
        line = self.line(node)
        name = f"{node.kind()}@{line}:{node.range().start.column}"
        out.append(Bind(names=(name,), value=value, line=line, type=kind))
        return Name(name=name, line=line)

    def _condition(self, node: SgNode, out: Out, inside: Out) -> tuple[Expression | None, tuple[Expression, ...] | None]:
        """Lower a condition: what it binds goes inside; give subject and texts where it compares with texts."""
        kind = node.kind()
        parts = children(node)
        if kind == "let_condition" and parts:
            value = self.named(self.expression(parts[-1], out), node, out)
            self.bind(parts[0], value, inside)
            return value, texts_of(parts[0], self.place)
        if kind == "let_chain" or (kind == "binary_expression" and "&&" in [part.text() for part in node.children()]):
            found = [self._condition(part, out, inside) for part in children(node)]
            texts = next((pair for pair in found if pair[1] is not None), None)
            seen = [subject for subject, _ in found if subject is not None]
            return texts or (Opaque(parts=tuple(seen), line=self.line(node)), None)
        compared = self._comparison(node)
        if compared is not None:
            subject, texts_nodes = compared
            return self.expression(subject, out), tuple(self.expression(text, out) for text in texts_nodes)
        return self.expression(node, out), None

    def _comparison(self, node: SgNode) -> tuple[SgNode, list[SgNode]] | None:
        """Give subject and texts of ``x == "a" || x == "b"``."""
        node = self.peeled(node)
        parts = node.children()
        if node.kind() != "binary_expression" or len(parts) != 3:  # noqa: PLR2004  left, sign, right
            return None
        if parts[1].text() == "||":
            left, right = self._comparison(parts[0]), self._comparison(parts[2])
            return (left[0], [*left[1], *right[1]]) if left and right and left[0].text() == right[0].text() else None
        if parts[1].text() != "==":
            return None
        if _names_text(parts[0]):
            return parts[2], [parts[0]]
        return (parts[0], [parts[2]]) if _names_text(parts[2]) else None

    def _if(self, node: SgNode, out: Out, sink: str) -> None:
        parts = children(node)
        inside: Out = []
        subject, texts = self._condition(parts[0], out, inside) if parts else (None, None)
        for block in kinds(node, "block"):
            self.settle(block, inside, sink)
        out.append(Branch(subject=subject, texts=texts, body=tuple(inside), line=self.line(node)))
        clause = first(node, "else_clause")
        sure = bool(parts) and self._comparison(parts[0]) is not None
        for branch in children(clause)[:1] if clause is not None else []:
            self._otherwise(branch, out, sink, subject if sure else None, (texts or ()) if sure else ())

    def _otherwise(self, node: SgNode, out: Out, sink: str, subject: Expression | None, others: tuple[Expression, ...]) -> None:
        inside: Out = []
        self.settle(node, inside, sink)
        out.append(Branch(subject=subject, texts=None, body=tuple(inside), line=self.line(node), others=others))

    def _match(self, node: SgNode, out: Out, sink: str) -> None:
        parts, block = children(node), first(node, "match_block")
        if not parts:
            return
        subject = self.named(self.expression(parts[0], out), parts[0], out)
        taken: list[Expression] = []
        for arm in kinds(block, "match_arm", "last_match_arm") if block is not None else []:
            self._arm(arm, subject, out, sink, taken)

    def _arm(self, arm: SgNode, subject: Expression, out: Out, sink: str, taken: list[Expression]) -> None:
        parts = [part for part in children(arm) if part.kind() != "attribute_item"]
        inside: Out = []
        if not parts:
            return
        pattern, value = parts[0], parts[-1]
        self.bind(pattern, subject, inside)
        texts = texts_of(pattern, self.place)
        guards = children(pattern)[1:] if pattern.kind() == "match_pattern" else []
        for guard in guards:
            asked = self._condition(guard, inside, inside)
            texts = texts if texts is not None else asked[1]
        self.settle(value, inside, sink)
        others = tuple(taken) if texts is None else ()
        out.append(Branch(subject=subject, texts=texts, body=tuple(inside), line=self.line(arm), others=others))
        taken.extend(texts if texts is not None and not guards else ())

    def _loop(self, node: SgNode, out: Out) -> None:
        block = first(node, "block")
        parts = [part for part in children(node) if part.kind() not in {"label", "block"}]
        inside: Out = []
        names: tuple[str, ...] = ()
        over: Expression | None = None
        if node.kind() == "for_expression":
            over = self.expression(parts[-1], out) if parts else None
            names = names_in(parts[0]) if len(parts) > 1 else ("_",)
        elif parts:
            self._condition(parts[0], inside, inside)
        if block is not None:
            self.settle(block, inside, DROP)
        out.append(Loop(names=names, over=over, body=tuple(inside), line=self.line(node)))

    def _jump(self, node: SgNode, out: Out) -> None:
        for value in [part for part in children(node) if part.kind() != "label"][:1]:
            self.settle(value, out, GIVE if node.kind() == "return_expression" else DROP)


def _names_text(node: SgNode) -> bool:
    """Tell whether a node is a string literal or, by its spelling, a constant."""
    return node.kind() in {"string_literal", "raw_string_literal"} or (
        node.kind() in {"identifier", "scoped_identifier"} and node.text().rpartition("::")[2].isupper()
    )
