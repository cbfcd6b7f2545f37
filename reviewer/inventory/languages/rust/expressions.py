"""Expressions: calls, members, texts, records, closures, and the macros that stand for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.inventory.languages.rust.macros import Piece, json_pairs, pieces
from reviewer.inventory.languages.rust.patterns import names_in
from reviewer.inventory.languages.rust.statements import DROP, Out, Statements
from reviewer.inventory.languages.rust.syntax import children, first, line_of, literal
from reviewer.inventory.languages.rust.texts import fallen_back, flat, formatted, is_sum, items_of, key_of, number_of, separates
from reviewer.inventory.languages.rust.types import path_of, type_of
from reviewer.inventory.languages.rust.wrappers import wrappers
from reviewer.inventory.program.model import (
    Argument,
    Bind,
    Call,
    Choice,
    Collection,
    Constant,
    Expression,
    Function,
    Index,
    Lambda,
    Member,
    Name,
    Opaque,
    Parameter,
    Record,
    Text,
    TypeName,
)

if TYPE_CHECKING:
    from ast_grep_py import SgNode

__all__ = ["Expressions"]

_PLAIN = frozenset({"parenthesized_expression", "try_expression", "await_expression", "reference_expression", "type_cast_expression"})
_VALUES = frozenset({"if_expression", "match_expression", "block", "unsafe_block", "async_block", "const_block", "try_block", "gen_block"})
_DOING = frozenset(
    {"for_expression", "while_expression", "loop_expression", "return_expression", "break_expression", "continue_expression"}
)
_NAMES = frozenset(
    {
        "identifier",
        "scoped_identifier",
        "self",
        "crate",
        "metavariable",
        "type_identifier",
        "generic_function",
        "shorthand_field_identifier",
    }
)
_NUMBERS = frozenset({"integer_literal", "float_literal", "boolean_literal", "char_literal", "unit_expression", "negative_literal"})
#: How deep macros inside macros are parsed again.
_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Expressions(Statements):
    """Lowers expressions. ``depth`` is how deep macros may still stand in macros."""

    depth: int = _DEPTH
    unread: list[int] = field(default_factory=list)

    def peeled(self, node: SgNode) -> SgNode:
        """Take off what does not change a value."""
        while True:
            kind = node.kind()
            parts = children(node)
            if kind in _PLAIN and parts:
                node = next((part for part in parts if part.kind() != "mutable_specifier"), parts[0])
            elif kind == "unary_expression" and parts and node.text()[:1] == "*":
                node = parts[0]
            elif kind == "call_expression" and parts and self._is_maker(parts[0]) and len(inner := children(parts[-1])) == 1:
                node = inner[0]
            else:
                return node

    def _is_maker(self, callee: SgNode) -> bool:
        if callee.kind() not in {"identifier", "scoped_identifier"}:
            return False
        words = callee.text().split("::")
        return "::".join(words[-2:]) in wrappers().makers and words[-2:][0].strip() not in self.own

    def expression(self, node: SgNode, out: Out) -> Expression:
        """Lower an expression; what happens before it goes to ``out``."""
        node = self.peeled(node)
        kind = node.kind()
        if kind in {"string_literal", "raw_string_literal"}:
            text = literal(node)
            return Text(parts=(text,) if text else (), line=self.line(node))
        if kind in _NAMES:
            return self._name(node)
        if kind in _NUMBERS:
            return Constant(value=number_of(node.text()), line=self.line(node))
        if kind in _VALUES:
            return self.branching(node, out)
        return self._compound(node, kind, out)

    def _compound(self, node: SgNode, kind: str, out: Out) -> Expression:
        """Lower an expression that is made of others; one without its parts is broken."""
        lowering = _COMPOUND.get(kind)
        if lowering is not None and len(children(node)) >= lowering[0]:
            return lowering[1](self, node, out)
        if kind in _DOING:
            self.settle(node, out, DROP)
            return Constant(value=None, line=self.line(node))
        return Opaque(parts=tuple(self.expression(part, out) for part in children(node)), line=self.line(node))

    def member(self, node: SgNode, out: Out) -> Member:
        """Lower ``object.field``."""
        parts = children(node)
        return Member(object=self.expression(parts[0], out), name=parts[-1].text().removeprefix("r#"), line=self.line(parts[-1]))

    def collection(self, node: SgNode, out: Out) -> Collection:
        """Lower an array or a tuple."""
        return Collection(items=tuple(self.expression(part, out) for part in items_of(node)), line=self.line(node))

    def index(self, node: SgNode, out: Out) -> Index:
        """Lower ``object[key]``."""
        parts = children(node)
        ends = parts[-1].kind() == "range_expression" and parts[-1].text().endswith("..") and children(parts[-1])
        key = children(parts[-1])[0] if ends else parts[-1]
        return Index(object=self.expression(parts[0], out), key=self.expression(key, out), line=self.line(node), rest=bool(ends))

    def binary(self, node: SgNode, out: Out) -> Expression:
        """Lower a sum as a text; of any other sign only the parts count."""
        if is_sum(node):
            return self._sum(node, out)
        return Opaque(parts=tuple(self.expression(part, out) for part in children(node)), line=self.line(node))

    def _name(self, node: SgNode) -> Expression:
        if node.text() == "self":
            return Name(name="this", line=self.line(node))
        if node.kind() == "metavariable":
            return Name(name=node.text().lstrip("$"), line=self.line(node))
        return Name(name=path_of(node, self.place), line=self.line(node))

    def _sum(self, node: SgNode, out: Out) -> Expression:
        """Lower a sum as a text: what is a number says nothing either way. A long chain is walked, not recursed into."""
        parts: list[SgNode] = []
        current = node
        while is_sum(current):
            parts.append(current.children()[2])
            current = self.peeled(current.children()[0])
        values = [self.expression(part, out) for part in (current, *reversed(parts))]
        if any(isinstance(value, Constant) for value in values):
            return Opaque(parts=tuple(values), line=self.line(node))
        return flat(tuple(values), self.line(node))

    def assignment(self, node: SgNode, out: Out) -> Expression:
        """Lower an assignment; its value is the unit."""
        sides = children(node)
        left, value = self.expression(sides[0], out), self.expression(sides[-1], out)
        if isinstance(left, Name) and "+=" in [part.text() for part in node.children()]:
            value = Text(parts=(left, value), line=self.line(node))
        named = isinstance(left, Name)
        names = (left.name,) if isinstance(left, Name) else ()
        out.append(Bind(names=names, value=value, line=self.line(node), target=None if named else left))
        return Constant(value=None, line=self.line(node))

    def record(self, node: SgNode, out: Out) -> Record:
        """Lower a struct expression."""
        pairs: list[tuple[Expression, Expression]] = []
        rest: Expression | None = None
        fields = first(node, "field_initializer_list")
        for part in children(fields) if fields is not None else []:
            inner = [child for child in children(part) if child.kind() != "attribute_item"]
            if part.kind() == "base_field_initializer" and inner:
                rest = self.expression(inner[0], out)
            elif inner:
                key = Text(parts=(inner[0].text().removeprefix("r#"),), line=self.line(part))
                pairs.append((key, self.expression(inner[-1], out)))
        return Record(pairs=tuple(pairs), line=self.line(node), type=type_of(children(node)[0], self.place), rest=rest)

    def closure(self, node: SgNode, _out: Out) -> Lambda:
        """Lower a closure."""
        given = first(node, "closure_parameters")
        parameters = []
        inside: Out = []
        for number, part in enumerate(children(given) if given is not None else []):
            pattern = children(part)[0] if part.kind() == "parameter" else part
            kind = type_of(children(part)[-1], self.place) if part.kind() == "parameter" else None
            parameters.append(self.parameter(pattern, kind, number, inside))
        self.settle(children(node)[-1], inside, "return")
        last = node.range().end.line + 1 + self.shift
        return Lambda(parameters=tuple(parameters), body=tuple(inside), line=self.line(node), last=last)

    def parameter(self, pattern: SgNode, kind: TypeName | None, number: int, inside: Out) -> Parameter:
        """Lower a parameter; what a pattern takes out of it is bound inside the body."""
        if pattern.kind() == "mut_pattern":
            pattern = next((part for part in children(pattern) if part.kind() != "mutable_specifier"), pattern)
        if pattern.kind() == "identifier":
            return Parameter(names=(pattern.text().removeprefix("r#"),), type=kind)
        name = f"parameter@{number}"
        if names_in(pattern) != ("_",):
            self.bind(pattern, Name(name=name, line=self.line(pattern)), inside)
        return Parameter(names=(name,), type=kind)

    def nested_function(self, node: SgNode) -> Function:
        """Lower a function inside a body."""
        from reviewer.inventory.languages.rust.items import function_of  # noqa: PLC0415  items are made of bodies, and stand in them

        return function_of(self, node)

    def _arguments(self, node: SgNode | None, out: Out) -> tuple[Argument, ...]:
        parts = [part for part in children(node) if part.kind() != "attribute_item"] if node is not None else []
        return tuple(Argument(value=self.expression(part, out)) for part in parts)

    def call(self, node: SgNode, out: Out) -> Expression:
        """Lower a call."""
        callee, given = children(node)[0], children(node)[-1]
        types: tuple[TypeName, ...] = ()
        if callee.kind() == "generic_function":
            listed = first(callee, "type_arguments")
            types = tuple(found for part in children(listed) if (found := type_of(part, self.place))) if listed is not None else ()
            callee = children(callee)[0]
        if callee.kind() == "field_expression":
            return self._method(callee, given, types, out)
        if callee.text() == "Err":  # what went wrong is no value
            out.extend(each.value for each in self._arguments(given, out) if not isinstance(each.value, Name | Constant | Text))
            return Constant(value=None, line=self.line(callee))
        if "::".join(callee.text().split("::")[-2:]) in wrappers().lazy and (made := self._made_by(self._arguments(given, out))):
            return made
        target = self.expression(callee, out)
        return Call(callee=target, arguments=self._arguments(given, out), types=types, line=self.line(callee))

    def _method(self, callee: SgNode, given: SgNode, types: tuple[TypeName, ...], out: Out) -> Expression:
        """Lower a call of a method; conversions give what they convert, and still are calls where the submission defines one."""
        parts = children(callee)
        name, line = parts[-1].text().removeprefix("r#"), self.line(parts[-1])
        value = self.expression(parts[0], out)
        arguments = self._arguments(given, out)
        words = wrappers()
        if (not arguments and name in words.conversions) or name in words.handled:
            return self._converted(value, name, arguments, line, out)
        if name in words.initialising and (made := self._made_by(arguments)):
            return Choice(options=(value, made), line=line)
        if name in words.fallbacks and arguments:
            other = arguments[-1].value
            return Choice(options=(value, *fallen_back(other)), line=line, tests=() if fallen_back(other) else (other,))
        if name == "join" and len(arguments) == 1 and not separates(arguments[0].value):
            return Text(parts=(value, "/", arguments[0].value), line=line)
        if name == "push_str" and isinstance(value, Name) and arguments:
            out.append(Bind(names=(value.name,), value=Text(parts=(value, arguments[0].value), line=line), line=line))
            return value
        return Call(callee=Member(object=value, name=name, line=line), arguments=arguments, types=types, line=line)

    def _made_by(self, arguments: tuple[Argument, ...]) -> Expression | None:
        """Give the call of the one closure among arguments."""
        only = arguments[0].value if len(arguments) == 1 else None
        return Call(callee=only, line=only.line) if isinstance(only, Lambda | Name) else None

    def _converted(self, value: Expression, name: str, arguments: tuple[Argument, ...], line: int, out: Out) -> Expression:
        out.extend(argument.value for argument in arguments if isinstance(argument.value, Lambda | Name))
        if self.own.isdisjoint(wrappers().twins.get(name, (name,))):
            return value
        if not isinstance(value, Name):
            kept = f"{name}@{line}:{len(out)}"
            out.append(Bind(names=(kept,), value=value, line=line))
            value = Name(name=kept, line=line)
        out.append(Call(callee=Member(object=value, name=name, line=line), line=line))
        return value

    # -- macros

    def macro(self, node: SgNode, out: Out) -> Expression:
        """Lower a macro: a text, a list, a JSON value, or a call of the macro's name with ``!``."""
        name, tree = path_of(children(node)[0], self.place), first(node, "token_tree")
        short, line = name.rpartition(".")[2], self.line(node)
        if tree is None or self.depth == 0:
            self.unread.append(len(node.text()))
            return Opaque(parts=(), line=line)
        known = short not in self.own
        if known and short in wrappers().json:
            return self._json(tree, out)
        found, complete = pieces(tree)
        if not complete:
            self.unread.append(len(tree.text()))
        given = [(piece, self.piece(piece, out)) for piece in found]
        if short == "select":  # `name = future => …`
            out.extend(Bind(names=(piece.keyword,), value=value, line=line) for piece, value in given if piece.keyword)
        made = self._text_or_list(short, given, line, out) if known else None
        arguments = tuple(Argument(value=value, keyword=piece.keyword or None) for piece, value in given)
        return made or Call(callee=Name(name=f"{name}!", line=line), arguments=arguments, line=line)

    def _text_or_list(self, short: str, given: list[tuple[Piece, Expression]], line: int, out: Out) -> Expression | None:
        if short in wrappers().lists:
            return Collection(items=tuple(value for _, value in given), line=line)
        if short == "concat":
            return flat(tuple(value for _, value in given), line)
        if short in wrappers().formats and given:
            named = [(piece.keyword, self.named(value, piece.node, out)) for piece, value in given[1:]]
            return formatted(given[0][1], named, line)
        return None

    def piece(self, piece: Piece, out: Out) -> Expression:
        """Lower a part of a macro with lines of the file."""
        reader = replace(self, shift=self.shift + piece.shift, depth=self.depth - 1)
        node = piece.node
        if node.kind() == "block" or node.kind().endswith(("_item", "_declaration", "_statement")):
            return reader.block_value(node, out)
        return reader.expression(node, out)

    def block_value(self, node: SgNode, out: Out) -> Expression:
        """Lower statements or an item, and give the value at the end."""
        if node.kind() == "block":
            return self.branching(node, out)
        self._statement(node, out, DROP)
        return Constant(value=None, line=self.line(node))

    def _json(self, tree: SgNode, out: Out) -> Expression:
        """Lower ``json!``: objects are records, arrays are collections."""
        found = json_pairs(tree)
        if found is None:
            return Opaque(parts=(), line=self.line(tree))
        inner = tree.text()[:1] == "("
        values = [(key, self._json_value(value, out)) for key, value in found]
        line = self.line(tree)
        if inner:
            return values[0][1] if values else Constant(value=None, line=line)
        if tree.text()[:1] == "[":
            return Collection(items=tuple(value for _, value in values), line=line)
        pairs = ((key_of(key, line_of(key) + self.shift), value) for key, value in values if key is not None)
        return Record(pairs=tuple(pairs), line=line)

    def _json_value(self, value: Piece | SgNode, out: Out) -> Expression:
        if isinstance(value, Piece):
            return self.piece(value, out)
        return replace(self, depth=self.depth - 1)._json(value, out) if self.depth else Opaque(parts=(), line=self.line(value))  # noqa: SLF001  itself


#: How many parts an expression of a kind has at least, and how it is lowered.
_COMPOUND: Mapping[str, tuple[int, Callable[[Expressions, SgNode, Out], Expression]]] = {
    "field_expression": (2, Expressions.member),
    "struct_expression": (1, Expressions.record),
    "closure_expression": (1, Expressions.closure),
    "array_expression": (0, Expressions.collection),
    "tuple_expression": (0, Expressions.collection),
    "index_expression": (2, Expressions.index),
    "assignment_expression": (2, Expressions.assignment),
    "compound_assignment_expr": (2, Expressions.assignment),
    "binary_expression": (2, Expressions.binary),
    "call_expression": (2, Expressions.call),
    "macro_invocation": (1, Expressions.macro),
}
