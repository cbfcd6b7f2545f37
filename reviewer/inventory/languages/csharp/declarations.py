"""Types and their members in C#: classes, records, enums, methods, properties, fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.csharp.documentation import comment_before, described, parameters_described
from reviewer.inventory.languages.csharp.functions import (
    annotations_of,
    body_of,
    extended,
    generics_of,
    parameters_of,
    raised,
)
from reviewer.inventory.languages.csharp.nodes import Frame, child_of, modifiers, parts, type_name
from reviewer.inventory.languages.csharp.statements import declared
from reviewer.inventory.program.model import (
    Annotation,
    Argument,
    Bind,
    Block,
    Call,
    Constant,
    Expression,
    Field,
    Function,
    Member,
    Name,
    Opaque,
    Parameter,
    Return,
    Text,
    Type,
    TypeName,
)

__all__ = ["TYPES", "type_declared"]

TYPES = frozenset(
    {"class_declaration", "struct_declaration", "record_declaration", "interface_declaration", "enum_declaration", "delegate_declaration"}
)
_HOLDERS = frozenset({"preproc_if", "preproc_else", "preproc_elif", "ERROR"})
#: Attributes of methods whose body is compiled code of another file.
_IMPORTS = frozenset({"DllImport", "LibraryImport"})
_DESCRIPTION = "System.ComponentModel.Description"


@dataclass(slots=True)
class _Members:
    """What was found in the body of a type; ``types`` are those inside it."""

    fields: list[Field] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    types: list[Type] = field(default_factory=list)


def type_declared(frame: Frame, node: SgNode, within: str = "", doc: str = "") -> Iterator[Type]:
    """Lower a type and those inside it. ``within`` is the path of what it stands in."""
    name = node.field("name")
    path = f"{within}.{name.text()}" if within and name is not None else name.text() if name is not None else within
    if node.kind() == "delegate_declaration":
        yield _delegate(frame, node, path)
        return
    bases, arguments = _bases(frame, node)
    found = _Members()
    _primary(frame, node, path, arguments, found)
    _read_members(frame, node.field("body"), path, found)
    yield Type(
        name=path,
        line=frame.line(node),
        last=frame.last(node),
        bases=bases,
        fields=tuple(found.fields),
        functions=tuple(found.functions),
        annotations=annotations_of(frame, node),
        doc=described(doc) if "partial" in modifiers(node) else "",
    )
    yield from found.types


def _delegate(frame: Frame, node: SgNode, path: str) -> Type:
    returns = type_name(node.field("type"))
    parameters = tuple(parameter.type for parameter in parameters_of(frame, node.field("parameters")) if parameter.type)
    return Type(name=path, line=frame.line(node), last=frame.last(node), signature=(parameters, (returns,) if returns else ()))


def _bases(frame: Frame, node: SgNode) -> tuple[tuple[TypeName, ...], tuple[Argument, ...]]:
    found: list[TypeName] = []
    arguments: list[Argument] = []
    for part in parts(child_of(node, "base_list")):
        if part.kind() == "argument_list":
            arguments += [Argument(value=frame.value(parts(argument)[-1])) for argument in parts(part) if parts(argument)]
        elif part.kind() == "primary_constructor_base_type":
            inside = parts(part)
            found += [kind for kind in (type_name(inside[0]),) if kind]
            arguments += [Argument(value=frame.value(parts(each)[-1])) for each in parts(inside[-1]) if parts(each)]
        elif (kind := type_name(part)) is not None:
            found.append(kind)
    return tuple(found), tuple(arguments)


def _primary(frame: Frame, node: SgNode, path: str, arguments: tuple[Argument, ...], found: _Members) -> None:
    """Lower a primary constructor: its parameters are visible in all members, those of a record are its properties."""
    given = child_of(node, "parameter_list")
    if given is None:
        return
    line, parameters = frame.line(given), parameters_of(frame, given)
    body: list[Bind | Call] = []
    for parameter in parameters:
        name = parameter.names[0]
        found.fields.append(Field(name=name, line=line, type=parameter.type, value=parameter.default, annotations=parameter.annotations))
        target = Member(object=Name(name="this", line=line), name=name, line=line)
        body.append(Bind(names=(), target=target, value=Name(name=name, line=line), line=line))
    if arguments:
        body.append(Call(callee=Name(name="super", line=line), arguments=arguments, line=line))
    found.functions.append(
        Function(name=path.rpartition(".")[2], line=line, last=frame.last(given), parameters=parameters, body=tuple(body))
    )


def _read_members(frame: Frame, body: SgNode | None, path: str, found: _Members) -> None:
    siblings = body.children() if body is not None else []
    for index, child in enumerate(siblings):
        kind = child.kind()
        if kind in TYPES:
            found.types.extend(type_declared(frame, child, path, comment_before(siblings, index)))
        elif kind in _HOLDERS:
            _read_members(frame, child, path, found)
        elif kind in _MEMBERS:
            _MEMBERS[kind](frame, child, found, comment_before(siblings, index))


def _method(frame: Frame, node: SgNode, found: _Members, comment: str) -> None:
    name = node.field("name")
    returns = type_name(node.field("returns") or node.field("type"))
    given = node.field("parameters") or child_of(node, "parameter_list")
    parameters = parameters_of(frame, given)
    made = Function(
        name=name.text().removeprefix("@") if name is not None else "",
        line=frame.line(name or node),
        last=frame.last(node),
        parameters=parameters,
        returns=(returns,) if returns else (),
        body=body_of(frame, node.field("body"), returns, parameters),
        annotations=(*annotations_of(frame, node), *raised(parameters)),
        static="static" in modifiers(node),
        generics=generics_of(node),
    )
    made = replace(made, body=made.body or _imported(made))
    found.functions.append(_documented(made, comment) if "partial" in modifiers(node) else made)
    receiver, extends = extended(given)
    if extends is not None:  # the other form of its calls: the first parameter is the object
        again = body_of(frame, node.field("body"), returns, parameters)
        found.functions.append(replace(made, parameters=parameters[1:], body=again, annotations=(), receiver=receiver, extends=extends))


def _imported(function: Function) -> Block:
    """Give a method that stands in a compiled library (``[DllImport("libc")]``) a body that says so."""
    found = next((each for each in function.annotations if each.name.rpartition(".")[2] in _IMPORTS), None)
    if found is None:
        return ()
    callee = Name(name=f"System.Runtime.InteropServices.{found.name.rpartition('.')[2]}", line=found.line)
    return (Call(callee=callee, arguments=found.arguments, line=found.line),)


def _documented(function: Function, comment: str) -> Function:
    """Give a partial method what its documentation says of it and of its parameters, where no attribute says it."""
    texts = parameters_described(comment)
    parameters = (
        replace(each, annotations=(*each.annotations, _description(texts[each.names[0]], function.line)))
        if texts.get(each.names[0]) and not _is_described(each)
        else each
        for each in function.parameters
    )
    return replace(function, parameters=tuple(parameters), doc=described(comment))


def _is_described(parameter: Parameter) -> bool:
    return any(each.name.rpartition(".")[2] == "Description" for each in parameter.annotations)


def _description(text: str, line: int) -> Annotation:
    return Annotation(name=_DESCRIPTION, line=line, arguments=(Argument(value=Text(parts=(text,), line=line)),))


def _constructor(frame: Frame, node: SgNode, found: _Members, _comment: str) -> None:
    name, line = node.field("name"), frame.line(node)
    initialiser = child_of(node, "constructor_initializer")
    parameters = parameters_of(frame, node.field("parameters"))
    first: Block = ()
    if initialiser is not None:
        other = "super" if child_of(initialiser, "base") is not None else "this"
        given = parts(child_of(initialiser, "argument_list"))
        values = tuple(Argument(value=frame.value(parts(argument)[-1])) for argument in given if parts(argument))
        first = (Call(callee=Name(name=other, line=line), arguments=values, line=line),)
    made = Function(
        name=name.text() if name is not None else "",
        line=line,
        last=frame.last(node),
        parameters=parameters,
        body=(*first, *body_of(frame, node.field("body"), None, parameters)),
        annotations=annotations_of(frame, node),
        static="static" in modifiers(node),
    )
    found.functions.append(made)


def _other_function(frame: Frame, node: SgNode, found: _Members, _comment: str) -> None:
    """Destructors, operators, conversions and indexers: nobody calls them by name, but what they do counts."""
    parameters = parameters_of(frame, node.field("parameters") or child_of(node, "parameter_list", "bracketed_parameter_list"))
    body = node.field("body") or node.field("value")
    accessors = parts(node.field("accessors"))
    blocks = [body_of(frame, each, None) for each in (body, *(accessor.field("body") for accessor in accessors)) if each is not None]
    line = frame.line(node)
    found.functions.append(
        Function(name=node.kind(), line=line, last=frame.last(node), parameters=parameters, body=tuple(each for b in blocks for each in b))
    )


def _fields(frame: Frame, node: SgNode, found: _Members, _comment: str) -> None:
    given, chosen = child_of(node, "variable_declaration"), modifiers(node)
    if given is None:
        return
    annotations = annotations_of(frame, node)
    for bind in declared(frame, given):
        constant = "const" in chosen or {"static", "readonly"} <= chosen
        found.fields.append(
            Field(name=bind.names[0], line=bind.line, type=bind.type, value=bind.value, annotations=annotations, constant=constant)
        )


def _property(frame: Frame, node: SgNode, found: _Members, _comment: str) -> None:
    name, kind = node.field("name"), type_name(node.field("type"))
    own = node.field("value")
    getter, setters = _accessors(node)
    value = _got(frame, own if own is not None else getter, kind)
    found.fields.append(
        Field(
            name=name.text() if name is not None else "",
            line=frame.line(name or node),
            type=kind,
            value=value,
            annotations=annotations_of(frame, node),
            constant=own is not None and own.kind() == "arrow_expression_clause",
        )
    )
    for setter in setters:
        parameters = (Parameter(names=("value",), type=kind),)
        line = frame.line(setter)
        text = f"set_{name.text()}" if name is not None else "set"
        body = body_of(frame, setter, None)
        found.functions.append(Function(name=text, line=line, last=frame.last(setter), parameters=parameters, body=body))


def _accessors(node: SgNode) -> tuple[SgNode | None, list[SgNode]]:
    getter, setters = None, []
    for accessor in parts(node.field("accessors")):
        name, body = accessor.field("name"), accessor.field("body")
        if body is not None and name is not None and name.text() == "get":
            getter = body
        elif body is not None:
            setters.append(body)
    return getter, setters


def _got(frame: Frame, node: SgNode | None, kind: TypeName | None) -> Expression | None:
    """Give what a property gives: its initial value, or what its getter returns; other statements of the getter are kept."""
    if node is None:
        return None
    if node.kind() not in {"block", "arrow_expression_clause"}:
        return frame.value(node, kind)
    block = body_of(frame, node, kind)
    if len(block) == 1 and isinstance(block[0], Return) and len(block[0].values) == 1:
        return block[0].values[0]
    return Opaque(parts=(), line=frame.line(node), blocks=(block,))


def _enum_member(frame: Frame, node: SgNode, found: _Members, _comment: str) -> None:
    name, value = node.field("name"), node.field("value")
    given = frame.value(value) if value is not None else Constant(value=None, line=frame.line(node))
    annotations = annotations_of(frame, node)
    text = name.text() if name is not None else ""
    found.fields.append(Field(name=text, line=frame.line(node), value=given, annotations=annotations, constant=True))


_MEMBERS: Mapping[str, Callable[[Frame, SgNode, _Members, str], None]] = {
    "method_declaration": _method,
    "local_function_statement": _method,
    "constructor_declaration": _constructor,
    "destructor_declaration": _other_function,
    "operator_declaration": _other_function,
    "conversion_operator_declaration": _other_function,
    "indexer_declaration": _other_function,
    "event_declaration": _other_function,
    "field_declaration": _fields,
    "event_field_declaration": _fields,
    "property_declaration": _property,
    "enum_member_declaration": _enum_member,
}
