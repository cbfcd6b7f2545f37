"""Java types, fields and methods, lowered.

What a framework does because of an annotation is written out: a method without a body is answered by what its annotations (and those
of its type) name, and by the methods of that name of the types that it extends; a field or a constructor's parameter that is annotated
with arguments, and has no value of its own, gets its value from there (``@Value("${api.url}")``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.java.expressions import annotation_arguments, arguments, expression
from reviewer.inventory.languages.java.frame import Frame, child_of, parts, span
from reviewer.inventory.languages.java.growth import grown
from reviewer.inventory.languages.java.types import dotted, generics, type_name
from reviewer.inventory.program.model import (
    Annotation,
    Argument,
    Bind,
    Block,
    Call,
    Expression,
    Field,
    Function,
    Member,
    Name,
    Opaque,
    Parameter,
    Return,
    Statement,
    Type,
    TypeName,
)

__all__ = ["DECLARATIONS", "annotations_of", "answered", "constructed", "declared", "documented", "function_of", "initialised", "injected"]

DECLARATIONS = frozenset(
    {"class_declaration", "record_declaration", "enum_declaration", "interface_declaration", "annotation_type_declaration"}
)
#: The name under which initialisers of a class run.
INITIALISER = "<init>"
#: Annotations of Spring, Jakarta EE and Quarkus for which a method runs by itself: at the start, at events, by the clock.
_STARTING = frozenset({"Scheduled", "Schedules", "PostConstruct", "Startup", "EventListener", "Observes", "ObservesAsync"})
_ANNOTATIONS = frozenset({"annotation", "marker_annotation"})


@dataclass(slots=True)
class _Members:
    """What was found in the body of a type."""

    fields: list[Field] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    starting: list[Statement] = field(default_factory=list)
    making: list[Statement] = field(default_factory=list)


def declared(frame: Frame, node: SgNode, name: str) -> Type:
    """Lower a type; types inside it are put with the others of the file. ``name`` is for a body of a class that has none."""
    own = node.field("name")
    name = name or (own.text() if own is not None else frame.source.name("Type$"))
    inner = frame.inside(name)
    annotations = annotations_of(node, inner)
    bases = tuple(_bases(node))
    members = _Members()
    body = node if node.kind() == "class_body" else node.field("body")
    _read_members(parts(body) if body is not None else [], members, inner, name)
    components = _components(node, inner) if node.kind() == "record_declaration" else ()
    if components:
        _read_record(components, members, name, inner.line(node))
    _read_making(members, name, inner.line(node), frame.last(node))
    return Type(
        name=inner.owner,
        line=frame.line(own or node),
        last=frame.last(node),
        bases=bases,
        fields=tuple(injected(one, annotations) for one in members.fields),
        functions=tuple(answered(one, annotations, bases) for one in members.functions),
        annotations=annotations,
        doc=documented(node, frame),
    )


def _bases(node: SgNode) -> Iterator[TypeName]:
    for part in parts(node):
        if part.kind() in {"superclass", "super_interfaces", "extends_interfaces"}:
            inner = parts(part)
            listed = parts(inner[0]) if inner and inner[0].kind() == "type_list" else inner
            yield from (found for one in listed if (found := type_name(one)) is not None)


def _read_members(nodes: list[SgNode], members: _Members, frame: Frame, name: str) -> None:
    bare = not any(node.kind() == "enum_body_declarations" for node in nodes)
    for node in nodes:
        kind = node.kind()
        if kind in {"field_declaration", "constant_declaration"}:
            members.fields.extend(_fields(node, frame))
        elif kind in _FUNCTIONS:
            members.functions.append(_FUNCTIONS[kind](node, frame))
        elif kind in DECLARATIONS:
            frame.source.types.append(declared(frame, node, ""))
        elif kind == "enum_constant":
            members.fields.append(_enum_constant(node, members, frame, name, bare=bare))
        elif kind in {"enum_body_declarations", "ERROR"}:
            _read_members(parts(node), members, frame, name)
        elif kind in {"static_initializer", "block"} or kind.endswith("_statement"):
            target = members.starting if kind == "static_initializer" else members.making
            target.extend(frame.source.block(frame, parts(node) if kind == "static_initializer" else [node]))


def _read_making(members: _Members, name: str, line: int, last: int) -> None:
    """Let initialisers run: those of objects in every constructor, those of the class in a function of its own."""
    if members.making:
        constructors = [one for one in members.functions if one.name == name]
        rest = [one for one in members.functions if one.name != name]
        made = [replace(one, body=(*members.making, *one.body)) for one in constructors]
        members.functions = [*rest, *(made or [Function(name=name, line=line, last=last, body=tuple(members.making))])]
    if members.starting:
        members.functions.append(Function(name=INITIALISER, line=line, last=last, body=tuple(members.starting), static=True))


def _fields(node: SgNode, frame: Frame) -> Iterator[Field]:
    words = _modifiers(node)
    kind, annotations, doc = type_name(node.field("type")), annotations_of(node, frame), documented(node, frame)
    constant = {"static", "final"} <= words or node.kind() == "constant_declaration"
    for declarator in parts(node):
        name, value = declarator.field("name"), declarator.field("value")
        if declarator.kind() == "variable_declarator" and name is not None:
            yield Field(
                name=name.text(),
                line=frame.line(declarator),
                type=kind,
                value=expression(value, frame) if value is not None else None,
                annotations=annotations,
                doc=doc,
                constant=constant,
            )


def _enum_constant(node: SgNode, members: _Members, frame: Frame, name: str, *, bare: bool) -> Field:
    """Lower ``ONE("1") { … }``; what its own body declares is put with the members. A constant of a ``bare`` enum is only its name."""
    own, line = node.field("name"), frame.line(node)
    given = arguments(node.field("arguments"), frame)
    body = child_of(node, "class_body")
    _read_members(parts(body) if body is not None else [], members, frame, name)
    text, annotations = own.text() if own is not None else "", annotations_of(node, frame)
    if not given and bare:
        return Field(name=text, line=line, annotations=annotations, constant=True)
    made = Call(callee=Name(name=name, line=line), line=line, arguments=given, new=True)
    return Field(name=text, line=line, type=TypeName(name=name), value=made, annotations=annotations, constant=True)


def function_of(node: SgNode, frame: Frame) -> Function:
    """Lower a method or constructor."""
    own, body = node.field("name"), node.field("body")
    made = node.kind() != "method_declaration"
    parameters = tuple(_parameters(node.field("parameters"), frame, made=made))
    result = type_name(node.field("type"))
    inner = frame.function(name for parameter in parameters for name in parameter.names)
    return Function(
        name=own.text() if own is not None else "",
        line=frame.line(own or node),
        last=frame.last(node),
        parameters=parameters,
        returns=(result,) if result else (),
        body=grown(frame.source.block(inner, [body])) if body is not None else (),
        annotations=annotations_of(node, frame),
        doc=documented(node, frame),
        static="static" in _modifiers(node),
        generics=generics(node),
    )


def _element(node: SgNode, frame: Frame) -> Function:
    own, value = node.field("name"), node.field("value")
    line = frame.line(node)
    body = (Return(values=(expression(value, frame),), line=line),) if value is not None else ()
    return Function(name=own.text() if own is not None else "", line=line, last=frame.last(node), body=body)


def _parameters(node: SgNode | None, frame: Frame, *, made: bool) -> Iterator[Parameter]:
    for part in parts(node):
        name = part.field("name") or (child_of(part, "variable_declarator") if part.kind() == "spread_parameter" else None)
        if name is None:
            continue
        kinds = [child for child in parts(part) if child.kind() not in {"modifiers", "variable_declarator"}]
        kind = type_name(part.field("type") or next(iter(kinds), None))
        annotations = annotations_of(part, frame)
        given = _given(annotations) if made else None
        yield Parameter(names=(name.text(),), type=kind, default=given, annotations=annotations, variadic=part.kind() == "spread_parameter")


def _components(node: SgNode, frame: Frame) -> tuple[Parameter, ...]:
    return tuple(_parameters(node.field("parameters"), frame, made=False))


def _read_record(components: tuple[Parameter, ...], members: _Members, name: str, line: int) -> None:
    """Write out what a record has by itself: fields, a constructor that fills them, methods that give them."""
    compact = [one for one in members.functions if one.name == name and not one.parameters]
    rest = [one for one in members.functions if one not in compact]
    body = (*(statement for one in compact for statement in one.body), *constructed((one.names[0] for one in components), line))
    members.functions = [*rest, Function(name=name, line=line, last=line, parameters=components, body=body)]
    written = {one.name for one in rest if not one.parameters}
    for component in components:
        own = component.names[0]
        members.fields.append(Field(name=own, line=line, type=component.type, annotations=component.annotations))
        if own not in written:
            result = (component.type,) if component.type else ()
            value = Member(object=Name(name="this", line=line), name=own, line=line)
            body = (Return(values=(value,), line=line),)
            members.functions.append(Function(name=own, line=line, last=line, returns=result, body=body))


def constructed(names: Iterable[str], line: int) -> Iterator[Bind]:
    """Give ``this.x = x`` for each name."""
    for name in names:
        target = Member(object=Name(name="this", line=line), name=name, line=line)
        yield Bind(names=(), value=Name(name=name, line=line), line=line, target=target)


def _modifiers(node: SgNode) -> frozenset[str]:
    given = child_of(node, "modifiers")
    return frozenset(child.kind() for child in given.children()) if given is not None else frozenset()


def annotations_of(node: SgNode, frame: Frame) -> tuple[Annotation, ...]:
    """Lower the annotations of a declaration."""
    given = child_of(node, "modifiers")
    marks = [child for child in (given.children() if given is not None else node.children()) if child.kind() in _ANNOTATIONS]
    return tuple(_annotation(mark, frame) for mark in marks)


def _annotation(node: SgNode, frame: Frame) -> Annotation:
    given = tuple(Argument(value=value, keyword=key) for key, value in annotation_arguments(node, frame))
    return Annotation(name=dotted(node.field("name")), line=frame.line(node), arguments=given)


def _given(annotations: tuple[Annotation, ...]) -> Expression | None:
    """Give the value that a framework puts in a place with annotations, as a call of the first that says something."""
    return next((_called(one) for one in annotations if one.arguments), None)


def _called(annotation: Annotation) -> Call:
    return Call(callee=Name(name=annotation.name, line=annotation.line), line=annotation.line, arguments=annotation.arguments)


def injected(one: Field, outer: tuple[Annotation, ...]) -> Field:
    """Give a field without a value the one that annotations give it: its own, or those of the type (``@ConfigurationProperties``)."""
    if one.value is not None or one.constant:
        return one
    return replace(one, value=_given(one.annotations) or (None if one.annotations else _given(outer)))


def answered(one: Function, outer: tuple[Annotation, ...], bases: tuple[TypeName, ...]) -> Function:
    """Give a method without a body the one that a framework gives it."""
    if one.body:
        return one
    called = [_called(annotation) for annotation in (*one.annotations, *outer)]
    given = tuple(Argument(value=Name(name=name, line=one.line)) for parameter in one.parameters for name in parameter.names)
    inherited = [_inherited(base, one, given) for base in bases]
    values: tuple[Expression, ...] = (*called, *inherited)
    if not values:
        return one
    value = values[0] if len(values) == 1 else Opaque(parts=values, line=one.line)
    body: Block = (Return(values=(value,), line=one.line),)
    return replace(one, body=body)


def _inherited(base: TypeName, one: Function, given: tuple[Argument, ...]) -> Call:
    callee = Member(object=Name(name=base.name, line=one.line), name=one.name, line=one.line)
    return Call(callee=callee, line=one.line, arguments=given)


def documented(node: SgNode, frame: Frame) -> str:
    """Give the text of the documentation comment that stands before a declaration, without its marks and tags."""
    text, end = frame.source.text, span(node)[0]
    while end and text[end - 1].isspace():
        end -= 1
    start = text.rfind("/*", 0, end) if text[max(0, end - 2) : end] == "*/" else -1
    if start < 0 or not text.startswith("/**", start):
        return ""
    lines = (re.sub(r"^[ \t]{0,200}\*? ?", "", line) for line in text[start + 3 : end - 2].split("\n"))
    return "\n".join(line.rstrip() for line in itertools.takewhile(lambda line: not line.startswith("@"), lines)).strip()


_FUNCTIONS: Mapping[str, Callable[[SgNode, Frame], Function]] = {
    "method_declaration": function_of,
    "constructor_declaration": function_of,
    "compact_constructor_declaration": function_of,
    "annotation_type_element_declaration": _element,
}


def initialised(types: Iterable[Type]) -> Iterator[Call]:
    """Give the calls that run when the classes of a file are loaded, or that a framework makes by itself (``@Scheduled``)."""
    for one in types:
        for function in one.functions:
            marks = _starting(function)
            if function.name == INITIALISER or marks:
                owner = Name(name=one.name, line=function.line)
                yield from (_called(mark) for mark in marks)
                yield Call(callee=Member(object=owner, name=function.name, line=function.line), line=function.line)


def _starting(function: Function) -> list[Annotation]:
    """Give the annotations of a function, or of what it takes, for which a framework calls it without being asked."""
    given = (*function.annotations, *(mark for parameter in function.parameters for mark in parameter.annotations))
    return [mark for mark in given if mark.name.rpartition(".")[2] in _STARTING]
