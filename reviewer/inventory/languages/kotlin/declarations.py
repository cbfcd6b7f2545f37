"""Kotlin classes, objects, properties and functions, lowered. What stands in a companion object belongs to the class around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.java.declarations import INITIALISER, answered, constructed, documented, injected
from reviewer.inventory.languages.java.frame import Frame, child_of, parts
from reviewer.inventory.languages.java.growth import grown
from reviewer.inventory.languages.kotlin.expressions import arguments, body_of, expression
from reviewer.inventory.languages.kotlin.statements import value_of
from reviewer.inventory.languages.kotlin.types import TYPES, generics, kind_in, plain, type_name
from reviewer.inventory.program.model import (
    Annotation,
    Argument,
    Block,
    Call,
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

__all__ = ["CLASSES", "alias_of", "declared", "function_of", "properties_of"]

CLASSES = frozenset({"class_declaration", "object_declaration"})


@dataclass(slots=True)
class _Members:
    """What was found in the body of a class. ``making`` runs in its constructor, ``starting`` when it is loaded."""

    fields: list[Field] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    making: list[Statement] = field(default_factory=list)
    starting: list[Statement] = field(default_factory=list)


def declared(frame: Frame, node: SgNode, name: str) -> Type:
    """Lower a class, object or object without a name; classes inside it are put with the others of the file."""
    own = child_of(node, "type_identifier", "simple_identifier")
    name = name or plain(own) or frame.source.name("Type$")
    inner = frame.inside(name)
    shared = node.kind() == "object_declaration"
    annotations = annotations_of(node, inner)
    given = tuple(_bases(node, inner))
    bases = tuple(kind for kind, _ in given)
    members = _Members()
    line, last = frame.line(own or node), frame.last(node)
    _read_primary(node, members, inner, name, given)
    _read_members(_body(node), members, inner, name, shared=shared)
    _read_making(members, name, line, last)
    return Type(
        name=inner.owner,
        line=line,
        last=last,
        bases=bases,
        fields=tuple(injected(one, annotations) for one in members.fields),
        functions=tuple(answered(one, annotations, bases) for one in members.functions),
        annotations=annotations,
        doc=documented(node, frame),
    )


def _body(node: SgNode) -> list[SgNode]:
    body = child_of(node, "class_body", "enum_class_body")
    if body is None and node.kind() == "call_expression":  # an object without a name, of which the grammar takes the body for a lambda
        literal = child_of(child_of(child_of(node, "call_suffix"), "annotated_lambda"), "lambda_literal")
        body = child_of(literal, "statements")
    return parts(body)


def _bases(node: SgNode, frame: Frame) -> Iterator[tuple[TypeName, tuple[Argument, ...] | None]]:
    """Give what a class extends, each with the arguments of its constructor."""
    literal = child_of(node, "object_literal") or node
    for part in parts(literal):
        if part.kind() == "delegation_specifier":
            inner = child_of(part, "constructor_invocation", "explicit_delegation") or part
            kind = kind_in(inner)
            if kind is not None:
                made = inner.kind() == "constructor_invocation"
                yield kind, (arguments(inner, frame) if made else None)


def _read_primary(
    node: SgNode, members: _Members, frame: Frame, name: str, bases: Iterable[tuple[TypeName, tuple[Argument, ...] | None]]
) -> None:
    """Read the constructor in the head of a class: its parameters, of which some are properties, and the constructor above it."""
    line = frame.line(node)
    raised = [Call(callee=Name(name="super", line=line), line=line, arguments=given) for _, given in bases if given is not None]
    members.making.extend(raised)
    head = child_of(node, "primary_constructor")
    if head is None:
        return
    parameters: list[Parameter] = []
    kept: list[str] = []
    for part in (part for part in parts(head) if part.kind() == "class_parameter"):
        own = plain(child_of(part, "simple_identifier"))
        annotations = annotations_of(part, frame)
        default = value_of(part, frame) or _given(annotations)
        kind = kind_in(part)
        parameters.append(Parameter(names=(own,), type=kind, default=default, annotations=annotations))
        if child_of(part, "binding_pattern_kind") is not None:
            kept.append(own)
            members.fields.append(Field(name=own, line=frame.line(part), type=kind, annotations=annotations))
    body: Block = tuple(constructed(kept, line))
    members.functions.append(Function(name=name, line=line, last=frame.last(head), parameters=tuple(parameters), body=body))


def _given(annotations: tuple[Annotation, ...]) -> Expression | None:
    said = (one for one in annotations if one.arguments)
    return next((Call(callee=Name(name=one.name, line=one.line), line=one.line, arguments=one.arguments) for one in said), None)


def _read_members(nodes: list[SgNode], members: _Members, frame: Frame, name: str, *, shared: bool) -> None:
    fields, functions = properties_of(nodes, frame, shared=shared)
    members.fields.extend(fields)
    members.functions.extend(functions)
    for node in nodes:
        kind = node.kind()
        if kind in {"function_declaration", "secondary_constructor"}:
            own = kind == "function_declaration"
            members.functions.append(replace(function_of(frame, node), static=shared) if own else _secondary(node, frame, name))
        elif kind in CLASSES:
            frame.source.types.append(declared(frame, node, ""))
        elif kind in {"companion_object", "ERROR", "statements"}:
            own = kind == "companion_object"
            _read_members(_body(node) if own else parts(node), members, frame, name, shared=own or shared)
        elif kind == "anonymous_initializer":
            (members.starting if shared else members.making).extend(frame.source.block(frame, parts(child_of(node, "statements"))))
        elif kind == "enum_entry":
            members.fields.append(_entry(node, members, frame, name))
        elif kind.endswith("_expression") or kind == "assignment":
            members.making.extend(frame.source.block(frame, [node]))


def _read_making(members: _Members, name: str, line: int, last: int) -> None:
    if members.making:
        constructors = [one for one in members.functions if one.name == name]
        rest = [one for one in members.functions if one.name != name]
        made = [replace(one, body=(*members.making, *one.body)) for one in constructors]
        members.functions = [*rest, *(made or [Function(name=name, line=line, last=last, body=tuple(members.making))])]
    if members.starting:
        members.functions.append(Function(name=INITIALISER, line=line, last=last, body=tuple(members.starting), static=True))


def _entry(node: SgNode, members: _Members, frame: Frame, name: str) -> Field:
    """Lower ``ONE("1") { … }``; what its own body declares is put with the members. An entry without arguments is only its name."""
    own, line = plain(child_of(node, "simple_identifier")), frame.line(node)
    body = child_of(node, "class_body")
    _read_members(parts(body), members, frame, name, shared=False)
    given = arguments(node, frame)
    if not given and body is None:
        return Field(name=own, line=line, constant=True)
    made = Call(callee=Name(name=name, line=line), line=line, arguments=given, new=True)
    return Field(name=own, line=line, type=TypeName(name=name), value=made, constant=True)


def properties_of(nodes: list[SgNode], frame: Frame, *, shared: bool) -> tuple[list[Field], list[Function]]:
    """Lower properties. Their getters and setters stand in them or follow them; a getter is the value, a setter a function."""
    fields: list[Field] = []
    functions: list[Function] = []
    for node in nodes:
        kind = node.kind()
        if kind == "property_declaration":
            fields.extend(_property(node, frame, shared=shared))
        accessors = [node] if kind in {"getter", "setter"} else parts(node) if kind == "property_declaration" else []
        for accessor in accessors if fields else []:
            if accessor.kind() == "getter":
                fields[-1] = replace(fields[-1], value=_got(accessor, frame) or fields[-1].value)
            elif accessor.kind() == "setter":
                functions.append(_set(accessor, fields[-1].name, frame, shared=shared))
    return fields, functions


def _property(node: SgNode, frame: Frame, *, shared: bool) -> Iterator[Field]:
    single, several = child_of(node, "variable_declaration"), child_of(node, "multi_variable_declaration")
    declared_here = parts(several) if several is not None else [single] if single is not None else []
    words = {child.text() for part in parts(child_of(node, "modifiers")) for child in part.children()}
    fixed = any(child.text() == "val" for child in node.children() if child.kind() == "binding_pattern_kind")
    value = value_of(node, frame)
    for part in declared_here:
        yield Field(
            name=plain(child_of(part, "simple_identifier")),
            line=frame.line(part),
            type=kind_in(part),
            value=value,
            annotations=annotations_of(node, frame),
            doc=documented(node, frame),
            constant="const" in words or (shared and fixed and value is not None),
        )


def _got(node: SgNode, frame: Frame) -> Expression | None:
    """Give the value of a getter; one with statements is a function that is called at once."""
    body = body_of(child_of(node, "function_body"), frame.inner())
    if len(body) == 1 and isinstance(body[0], Return) and body[0].values:
        only = body[0].values[0]
        return None if isinstance(only, Name) and only.name == "field" else only
    line = frame.line(node)
    return Call(callee=Lambda(parameters=(), body=body, line=line, last=frame.last(node)), line=line) if body else None


def _set(node: SgNode, name: str, frame: Frame, *, shared: bool) -> Function:
    given = child_of(node, "parameter_with_optional_type", "parameter")
    parameters = (Parameter(names=(plain(child_of(given, "simple_identifier")),)),) if given is not None else ()
    body = body_of(child_of(node, "function_body"), frame.inner())
    title = f"set{name[:1].upper()}{name[1:]}"
    return Function(name=title, line=frame.line(node), last=frame.last(node), parameters=parameters, body=body, static=shared)


def _secondary(node: SgNode, frame: Frame, name: str) -> Function:
    line = frame.line(node)
    call = child_of(node, "constructor_delegation_call")
    word = next((child.kind() for child in call.children()), "this") if call is not None else ""
    above = (Call(callee=Name(name=word, line=line), line=line, arguments=arguments(call, frame)),) if call is not None else ()
    body = frame.source.block(frame.inner(), parts(child_of(node, "statements")))
    return Function(name=name, line=line, last=frame.last(node), parameters=tuple(_parameters(node, frame)), body=(*above, *body))


def function_of(frame: Frame, node: SgNode) -> Function:
    """Lower a function."""
    own = child_of(node, "simple_identifier")
    behind = [part.kind() for part in parts(node)]
    start = behind.index("function_value_parameters") + 1 if "function_value_parameters" in behind else len(behind)
    results = [type_name(part) for part in parts(node)[start:] if part.kind() in TYPES]
    receiver = child_of(node, "receiver_type")
    parameters = tuple(_parameters(node, frame))
    inner = frame.function(name for parameter in parameters for name in parameter.names)
    return Function(
        name=plain(own),
        line=frame.line(own or node),
        last=frame.last(node),
        parameters=parameters,
        returns=tuple(result for result in results[:1] if result is not None),
        body=grown(body_of(child_of(node, "function_body"), inner)),
        annotations=annotations_of(node, frame),
        doc=documented(node, frame),
        extends=kind_in(receiver),
        generics=generics(node),
    )


def _parameters(node: SgNode, frame: Frame) -> Iterator[Parameter]:
    """Lower parameters: their modifiers stand before them, their default values behind ``=`` after them."""
    before: SgNode | None = None
    found: Parameter | None = None
    for child in (child_of(node, "function_value_parameters") or node).children():
        if child.kind() == "parameter_modifiers":
            before = child
        elif child.kind() == "parameter":
            if found is not None:
                yield found
            words = before.text().split() if before is not None else []
            annotations = annotations_of(child, frame, before)
            name = plain(child_of(child, "simple_identifier"))
            found = Parameter(names=(name,), type=kind_in(child), annotations=annotations, variadic="vararg" in words)
            before = None
        elif found is not None and child.is_named() and "comment" not in child.kind():
            found = replace(found, default=expression(child, frame))
    if found is not None:
        yield found


def annotations_of(node: SgNode, frame: Frame, place: SgNode | None = None) -> tuple[Annotation, ...]:
    """Lower the annotations of a declaration, ``@field:A("x")`` and ``@[A B]`` among them."""
    places = [place or child_of(node, "modifiers"), *([child_of(child_of(node, "primary_constructor"), "modifiers")])]
    marks = [part for one in places for part in parts(one) if part.kind() == "annotation"]
    return tuple(
        _annotation(part, frame) for mark in marks for part in parts(mark) if part.kind() in {"user_type", "constructor_invocation"}
    )


def _annotation(node: SgNode, frame: Frame) -> Annotation:
    kind = type_name(node) if node.kind() == "user_type" else kind_in(node)
    given = arguments(node, frame) if node.kind() == "constructor_invocation" else ()
    return Annotation(name=kind.name if kind is not None else "", line=frame.line(node), arguments=given)


def alias_of(node: SgNode, frame: Frame) -> Type:
    """Lower ``typealias A = B``."""
    kinds = [part for part in parts(node) if part.kind() in TYPES]
    kind = type_name(kinds[-1]) if kinds else None
    function = bool(kinds) and kinds[-1].kind() == "function_type"
    signature = (kind.arguments[:-1], kind.arguments[-1:]) if function and kind is not None else None
    name, line = plain(child_of(node, "type_identifier")), frame.line(node)
    return Type(name=name, line=line, last=line, alias=None if function else kind, signature=signature)
