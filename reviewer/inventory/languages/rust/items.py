"""Items: functions, types, implementations, inline modules, constants, imports; an inline module becomes a type of static things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.inventory.languages.rust.attributes import marks, only_for_tests
from reviewer.inventory.languages.rust.expressions import Expressions
from reviewer.inventory.languages.rust.macros import definition, pieces
from reviewer.inventory.languages.rust.statements import GIVE, Out, Statements
from reviewer.inventory.languages.rust.syntax import children, first, kinds
from reviewer.inventory.languages.rust.types import path_of, type_of
from reviewer.inventory.program.model import (
    Annotation,
    Call,
    Constant,
    Expression,
    Field,
    Function,
    Lambda,
    Name,
    Parameter,
    Return,
    Statement,
    Type,
    TypeName,
)

if TYPE_CHECKING:
    from ast_grep_py import SgNode

__all__ = ["Found", "function_of", "items"]

_TYPES = frozenset({"struct_item", "enum_item", "union_item", "trait_item", "type_item"})
_VALUES = frozenset({"const_item", "static_item"})
_FUNCTIONS = frozenset({"function_item", "function_signature_item"})
_NAMES = ("identifier", "type_identifier")


@dataclass(slots=True)
class Found:
    """What a file holds, as it is met. ``declared`` are modules and types by their first name, with their full name."""

    types: list[Type] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    constants: list[Field] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    wildcards: list[str] = field(default_factory=list)
    declared: dict[str, str] = field(default_factory=dict)


def items(reader: Expressions, nodes: list[SgNode], found: Found) -> None:
    """Read the items of a file or of an inline module."""
    before: list[SgNode] = []
    for node in nodes:
        if node.kind() in {"line_comment", "block_comment", "attribute_item"}:
            before.append(node)
            continue
        annotations, doc = marks(reader, before)
        before = []
        if not only_for_tests(annotations):
            _item(reader, node, annotations, doc, found)


def _item(reader: Expressions, node: SgNode, annotations: tuple[Annotation, ...], doc: str, found: Found) -> None:
    kind = node.kind()
    if kind in _FUNCTIONS:
        found.functions.append(_named(reader, replace(function_of(reader, node), annotations=annotations, doc=doc)))
    elif kind in _TYPES:
        made = _type(reader, node, annotations, doc)
        found.declared.setdefault(made.name.rpartition(".")[2], f"{reader.place.package}.{made.name}")
        found.types.append(made)
    elif kind == "impl_item":
        found.types.append(_implementation(reader, node, annotations, doc))
    elif kind in _VALUES:
        found.constants.append(_constant(reader, node, annotations, doc))
    else:
        _other(reader, node, kind, found)


def _other(reader: Expressions, node: SgNode, kind: str, found: Found) -> None:
    if kind == "mod_item":
        _module(reader, node, found)
    elif kind == "use_declaration":
        for local, full in _used(reader, node):
            _import(found, local, full)
    elif kind == "extern_crate_declaration":
        names = [part.text() for part in children(node) if part.kind() == "identifier"]
        _import(found, names[-1] if names else "_", names[0] if names else "")
    elif kind == "foreign_mod_item":
        found.body.append(Call(callee=Name(name='extern "C"', line=reader.line(node)), line=reader.line(node)))
    elif kind == "macro_definition":
        found.functions.extend(_macro(reader, node))
    elif kind in {"macro_invocation", "expression_statement"}:
        _invoked(reader, node, found)


def _import(found: Found, local: str, full: str) -> None:
    if local == "*":
        found.wildcards.append(full)
    elif local != "_":
        found.imports.setdefault(local, full)


def _named(reader: Expressions, function: Function) -> Function:
    return replace(function, name=".".join((*reader.place.inside, function.name)))


def function_of(reader: Statements, node: SgNode) -> Function:
    """Lower a function or method; ``self`` among its parameters makes it a method."""
    name, given = first(node, "identifier", "metavariable"), first(node, "parameters")
    inside: Out = []
    parameters: list[Parameter] = []
    before: list[SgNode] = []
    parts = [part for part in given.children() if part.is_named()] if given is not None else []
    assert isinstance(reader, Expressions)  # noqa: S101  the only children of Statements
    for part in parts:
        if part.kind() == "parameter":
            halves = [half for half in children(part) if half.kind() != "mutable_specifier"]
            lowered = reader.parameter(halves[0], type_of(halves[-1], reader.place), len(parameters), inside)
            parameters.append(replace(lowered, annotations=marks(reader, before)[0]))
        before = [*before, part] if part.kind() in {"attribute_item", "line_comment", "block_comment"} else []
    block = first(node, "block")
    if block is not None:
        reader.settle(block, inside, GIVE)
    return Function(
        name=name.text().removeprefix("r#") if name else "",
        line=reader.line(node),
        last=node.range().end.line + 1 + reader.shift,
        parameters=tuple(parameters),
        returns=_returns(reader, node),
        body=tuple(inside),
        static=not any(part.kind() == "self_parameter" for part in parts),
        generics=_generics(node),
    )


def _returns(reader: Expressions, node: SgNode) -> tuple[TypeName, ...]:
    signs = node.children()
    at = next((i for i, part in enumerate(signs) if part.text() == "->"), None)
    given = type_of(signs[at + 1], reader.place) if at is not None and at + 1 < len(signs) else None
    return (given,) if given else ()


def _generics(node: SgNode) -> tuple[str, ...]:
    listed = first(node, "type_parameters")
    names = (first(part, "type_identifier") for part in kinds(listed, "type_parameter")) if listed is not None else ()
    return tuple(name.text() for name in names if name is not None)


def _bounds(reader: Expressions, node: SgNode) -> dict[str, TypeName]:
    """Give the first bound of every type parameter: ``T: Fetch`` is called like a Fetch."""
    found: dict[str, TypeName] = {}
    listed = first(node, "type_parameters")
    for part in kinds(listed, "type_parameter") if listed is not None else []:
        name, bounds = first(part, "type_identifier"), first(part, "trait_bounds")
        kind = type_of(children(bounds)[0], reader.place) if bounds is not None and children(bounds) else None
        if name is not None and kind is not None:
            found[name.text()] = kind
    return found


def _type(reader: Expressions, node: SgNode, annotations: tuple[Annotation, ...], doc: str) -> Type:
    name = first(node, *_NAMES)
    own = ".".join((*reader.place.inside, name.text() if name else ""))
    inside = replace(reader, place=replace(reader.place, itself=own))
    alias = type_of(children(node)[-1], reader.place) if node.kind() == "type_item" else None
    bounds = first(node, "trait_bounds")
    bases = tuple(base for part in children(bounds) if (base := type_of(part, reader.place))) if bounds is not None else ()
    body = first(node, "field_declaration_list", "ordered_field_declaration_list", "enum_variant_list", "declaration_list")
    inner = Found()
    if node.kind() == "trait_item" and body is not None:
        items(inside, [part for part in body.children() if part.is_named()], inner)
    return Type(
        name=own,
        line=reader.line(node),
        last=node.range().end.line + 1 + reader.shift,
        bases=(*bases, *_derived(annotations)),
        fields=(*inner.constants, *(_fields(inside, body) if body is not None and node.kind() != "trait_item" else ())),
        functions=tuple(_bare(reader, function) for function in inner.functions),
        annotations=annotations,
        doc=doc,
        alias=alias,
    )


def _derived(annotations: tuple[Annotation, ...]) -> Iterator[TypeName]:
    """Give the traits that a type derives: their functions are its own (``Args::parse()`` of clap)."""
    for note in annotations:
        for argument in note.arguments if note.name == "derive" else ():
            value = argument.value
            name = argument.keyword if isinstance(value, Constant) else value.name if isinstance(value, Name) else None
            if name:
                yield TypeName(name=name)


def _bare(reader: Expressions, function: Function) -> Function:
    """Take the inline modules off the name of a method: its type has them."""
    prefix = ".".join((*reader.place.inside, ""))
    return replace(function, name=function.name.removeprefix(prefix))


def _fields(reader: Expressions, body: SgNode) -> Iterator[Field]:
    before: list[SgNode] = []
    number = 0
    for node in body.children():
        kind = node.kind()
        if kind in {"attribute_item", "line_comment", "block_comment"}:
            before.append(node)
        elif node.is_named() and kind != "visibility_modifier":
            annotations, doc = marks(reader, before)
            before = []
            yield _field(reader, node, str(number), annotations, doc)
            number += 1


def _field(reader: Expressions, node: SgNode, number: str, annotations: tuple[Annotation, ...], doc: str) -> Field:
    name = first(node, "field_identifier", "identifier")
    kind = type_of(children(node)[-1], reader.place) if node.kind() == "field_declaration" else None
    if node.kind() not in {"field_declaration", "enum_variant"}:
        return Field(name=number, line=reader.line(node), type=type_of(node, reader.place), annotations=annotations, doc=doc)
    label = name.text().removeprefix("r#") if name else number
    constant = node.kind() == "enum_variant"
    return Field(name=label, line=reader.line(node), type=kind, annotations=annotations, doc=doc, constant=constant)


def _implementation(reader: Expressions, node: SgNode, annotations: tuple[Annotation, ...], doc: str) -> Type:
    signs = [part.text() for part in node.children()]
    at = signs.index("for") if "for" in signs else None
    named = [
        part
        for part in node.children()
        if part.is_named() and part.kind() not in {"type_parameters", "where_clause", "line_comment", "block_comment"}
    ]
    body = first(node, "declaration_list")
    heads = [part for part in named if part.kind() != "declaration_list"]
    kind = type_of(heads[-1], reader.place) if heads else None
    own = kind.name if kind is not None else "_"
    base = type_of(heads[0], reader.place) if at is not None and len(heads) > 1 else None
    written = ".".join((*reader.place.inside, own)) if "." not in own else own
    inner = Found()
    inside = replace(reader, place=replace(reader.place, itself=written))
    items(inside, [part for part in body.children() if part.is_named()] if body is not None else [], inner)
    return Type(
        name=written,
        line=reader.line(node),
        last=node.range().end.line + 1 + reader.shift,
        bases=(base,) if base else (),
        fields=tuple(inner.constants),
        functions=tuple(_bare(reader, function) for function in inner.functions),
        annotations=annotations,
        doc=doc,
    )


def _constant(reader: Expressions, node: SgNode, annotations: tuple[Annotation, ...], doc: str) -> Field:
    name = first(node, "identifier")
    signs = node.children()
    texts = [part.text() for part in signs]
    at = texts.index("=") if "=" in texts else None
    before: Out = []
    value: Expression | None = reader.expression(signs[at + 1], before) if at is not None else None
    if before and value is not None:  # what happens before it belongs to it
        line, last = reader.line(node), node.range().end.line + 1 + reader.shift
        value = Call(callee=Lambda(parameters=(), body=(*before, Return(values=(value,), line=line)), line=line, last=last), line=line)
    typed = next((part for part, sign in zip(signs[1:], texts, strict=False) if sign == ":"), None)
    kind = type_of(typed, reader.place) if typed is not None else None
    label = ".".join((*reader.place.inside, name.text() if name else "_"))
    return Field(name=label, line=reader.line(node), type=kind, value=value, annotations=annotations, doc=doc, constant=True)


def _module(reader: Expressions, node: SgNode, found: Found) -> None:
    """Read an inline module as names behind its own; of a module in another file note where it is."""
    name, body = first(node, "identifier"), first(node, "declaration_list")
    if name is None:
        return
    found.declared.setdefault(name.text(), f"{reader.place.module}.{name.text()}")
    if body is None:
        found.imports.setdefault(name.text(), f"{reader.place.module}.{name.text()}")
        return
    place = replace(reader.place, inside=(*reader.place.inside, name.text()))
    items(replace(reader, place=place), [part for part in body.children() if part.is_named()], found)


def _used(reader: Expressions, node: SgNode) -> Iterator[tuple[str, str]]:
    """Give the local names of a ``use`` with what they stand for; ``*`` for all names of a module."""
    waiting: list[tuple[SgNode, tuple[str, ...]]] = [(part, ()) for part in children(node) if part.kind() != "visibility_modifier"]
    while waiting:
        part, above = waiting.pop()
        kind, inner = part.kind(), children(part)
        if kind == "use_list":
            waiting.extend((child, above) for child in reversed(inner))
        elif kind == "scoped_use_list":
            head = (*above, *_words(inner[0])) if len(inner) > 1 else above
            waiting.extend((child, head) for child in inner[-1:])
        elif kind == "use_wildcard":
            yield "*", reader.place.full((*above, *(_words(inner[0]) if inner else ())))
        elif kind == "use_as_clause":
            words = _words(inner[0]) if inner else []
            yield (inner[-1].text() if inner else "_"), reader.place.full(above if above and words == ["self"] else (*above, *words))
        else:
            words = _words(part)
            full = (*above, *words) if words != ["self"] or not above else above
            if full:
                yield full[-1].removeprefix("r#"), reader.place.full(full)


def _words(node: SgNode) -> list[str]:
    return [word.strip() for word in node.text()[:400].split("::") if word.strip()]


def _macro(reader: Expressions, node: SgNode) -> Iterator[Function]:
    """Read a macro of the submission as a function whose parameters are the variables of its rules, by position."""
    name, rules = definition(node)
    longest = max((names for names, _ in rules), key=len, default=[])
    body: Out = []
    for _, piece in rules:
        lowered = replace(reader, shift=reader.shift + piece.shift, depth=reader.depth - 1)
        lowered.settle(piece.node, body, GIVE)
    line, last = reader.line(node), node.range().end.line + 1 + reader.shift
    parameters = tuple(Parameter(names=(label,)) for label in longest)
    yield Function(name=f"{name}!", line=line, last=last, parameters=parameters, body=tuple(body), static=True)


def _invoked(reader: Expressions, node: SgNode, found: Found) -> None:
    """Read a macro that stands among items: the items that it is given, or the call that it is."""
    call = node if node.kind() == "macro_invocation" else first(node, "macro_invocation")
    tree = first(call, "token_tree") if call is not None else None
    if call is None or tree is None:
        return
    given, _ = pieces(tree, as_items=True)
    if given and all(piece.node.kind().endswith(("_item", "_declaration", "_definition")) for piece in given):
        inner = replace(reader, shift=reader.shift + given[0].shift, depth=reader.depth - 1)
        if inner.depth > 0:
            items(inner, [piece.node for piece in given], found)
        return
    path = path_of(children(call)[0], reader.place)
    before: Out = []
    value = reader.expression(call, before)
    if path:
        found.body.extend((*before, value))
