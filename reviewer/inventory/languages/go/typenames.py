"""Lowers Go's types: ``[]*gh.Client`` is ``[]`` of gh.Client, ``map[string]T`` is ``map`` of string and T."""

from __future__ import annotations

from ast_grep_py import SgNode

from reviewer.inventory.languages.go.literals import text_of
from reviewer.inventory.languages.go.syntax import Source, documented, field_of, parts, parts_by_kind, span
from reviewer.inventory.program.model import Annotation, Argument, Field, Function, Parameter, Text, Type, TypeName

__all__ = ["fields_of", "generics_of", "lower_type", "methods_of", "parameters_of", "results_of", "signature_of"]

_WRAPPERS = frozenset({"pointer_type", "parenthesized_type", "negated_type", "type_elem", "type_constraint"})
_LISTS = frozenset({"slice_type", "array_type", "implicit_length_array_type"})
_CONTAINERS = _LISTS | {"map_type", "channel_type"}
_WORDS = dict.fromkeys(_LISTS, "[]") | {"map_type": "map", "channel_type": "chan", "function_type": "func", "interface_type": "any"}
_NAMES = frozenset({"type_identifier", "identifier", "package_identifier", "qualified_type", "selector_expression", "field_identifier"})
TYPES = (
    _WRAPPERS
    | _LISTS
    | {"type_identifier", "qualified_type", "map_type", "channel_type", "generic_type", "function_type", "interface_type", "struct_type"}
)


def lower_type(node: SgNode | None, source: Source) -> TypeName | None:
    """Lower a type; None where there is none. Anonymous structs become types that are named by their place."""
    while node is not None and node.kind() in _WRAPPERS:
        node = next(reversed(parts(node)), None)
    if node is None or node.kind() in _NAMES:
        return TypeName(name="".join(node.text().split())) if node is not None else None
    kind, inner = node.kind(), parts(node)
    if kind == "struct_type":
        return _anonymous(node, source)
    if kind == "generic_type" and inner:
        return TypeName(name="".join(inner[0].text().split()), arguments=_all(parts(inner[-1]), source))
    return TypeName(
        name=_WORDS.get(kind, kind), arguments=_all(inner[-1:] if kind in _LISTS else inner, source) if kind in _CONTAINERS else ()
    )


def _all(nodes: list[SgNode], source: Source) -> tuple[TypeName, ...]:
    return tuple(found for node in nodes if (found := lower_type(node, source)))


def _anonymous(node: SgNode, source: Source) -> TypeName:
    name = f"struct {span(node)[0]}"
    bases, fields = fields_of(node, source)
    source.anonymous.append(Type(name=name, line=source.line(node), last=source.last(node), bases=bases, fields=fields))
    return TypeName(name=name)


def fields_of(node: SgNode, source: Source) -> tuple[tuple[TypeName, ...], tuple[Field, ...]]:
    """Give the embedded types and the fields of a struct."""
    bases: list[TypeName] = []
    fields: list[Field] = []
    comments: list[SgNode] = []
    for child in (each for body in parts_by_kind(node, "field_declaration_list") for each in body.children()):
        if child.kind() == "comment":
            comments.append(child)
        elif child.kind() == "field_declaration":
            names = [each.text() for each in parts_by_kind(child, "field_identifier")]
            kind = lower_type(child.field("type"), source)
            tags = _tags(child, source)
            line = source.line(child)
            doc = documented(comments, source, line)
            if not names and kind:
                bases.append(kind)
                names = [kind.name.rpartition(".")[2]]
            fields += [Field(name=name, line=line, type=kind, annotations=tags, doc=doc) for name in names]
    return tuple(bases), tuple(fields)


def _tags(node: SgNode, source: Source) -> tuple[Annotation, ...]:
    tag = node.field("tag")
    if tag is None:
        return ()
    line = source.line(tag)
    pairs = tag_pairs(text_of(tag.text()))
    return tuple(Annotation(name=key, line=line, arguments=_tag_arguments(value, line)) for key, value in pairs)


def _tag_arguments(value: str, line: int) -> tuple[Argument, ...]:
    """Give the whole value first, then what stands before its first comma, then every ``key=value`` part by its key."""
    head, *rest = value.split(",")
    given = [Argument(value=_text(value, line)), Argument(value=_text(head, line))]
    for part in [head, *rest]:
        key, equals, text = part.partition("=")
        if key.strip().isidentifier():
            given.append(Argument(value=_text(text if equals else "true", line), keyword=key.strip()))
    return tuple(given)


def _text(text: str, line: int) -> Text:
    return Text(parts=(text,) if text else (), line=line)


def tag_pairs(tag: str) -> list[tuple[str, str]]:
    """Take a struct tag apart by the rules of ``reflect.StructTag``: ``key:"value" key:"value"``."""
    pairs: list[tuple[str, str]] = []
    while (tag := tag.lstrip(" ")) and ':"' in tag:
        key, _, rest = tag.partition(':"')
        end = 0
        while end < len(rest) and rest[end] != '"':
            end += 2 if rest[end] == "\\" else 1
        if not key or " " in key or end >= len(rest):
            break
        pairs.append((key, text_of(f'"{rest[:end]}"')))
        tag = rest[end + 1 :]
    return pairs


def methods_of(node: SgNode, source: Source) -> tuple[tuple[TypeName, ...], tuple[Function, ...]]:
    """Give the embedded interfaces and the methods of an interface."""
    bases: list[TypeName] = []
    methods: list[Function] = []
    for child in parts(node):
        if child.kind() == "method_elem":
            line = source.line(child)
            methods.append(
                Function(
                    name=field_of(child, "name"),
                    line=line,
                    last=source.last(child),
                    parameters=parameters_of(child.field("parameters"), source),
                    returns=results_of(child.field("result"), source)[0],
                )
            )
        elif child.kind() == "type_elem" and (base := lower_type(child, source)):
            bases.append(base)
    return tuple(bases), tuple(methods)


def parameters_of(node: SgNode | None, source: Source) -> tuple[Parameter, ...]:
    """Lower a list of parameters; one without a name is ``_``."""
    found: list[Parameter] = []
    for child in parts_by_kind(node, "parameter_declaration", "variadic_parameter_declaration"):
        kind = lower_type(child.field("type"), source)
        names = [each.text() for each in parts_by_kind(child, "identifier", "blank_identifier")] or ["_"]
        variadic = child.kind() == "variadic_parameter_declaration"
        found += [Parameter(names=(name,), type=kind, variadic=variadic) for name in names]
    return tuple(found)


def results_of(node: SgNode | None, source: Source) -> tuple[tuple[TypeName, ...], tuple[str, ...]]:
    """Give the types of a function's results, and their names where it gives them names."""
    if node is None:
        return (), ()
    if node.kind() != "parameter_list":
        return _all([node], source), ()
    given = parameters_of(node, source)
    names = tuple(parameter.names[0] for parameter in given)
    named = any(name != "_" for name in names)
    return tuple(parameter.type or TypeName(name="any") for parameter in given), names if named else ()


def signature_of(node: SgNode, source: Source) -> tuple[tuple[TypeName, ...], tuple[TypeName, ...]]:
    """Give the types of the parameters and of the results of a function type."""
    parameters = parameters_of(node.field("parameters"), source)
    return tuple(each.type or TypeName(name="any") for each in parameters), results_of(node.field("result"), source)[0]


def generics_of(node: SgNode) -> tuple[str, ...]:
    """Give the names of the type parameters of a function or type."""
    given = parts_by_kind(node.field("type_parameters"), "type_parameter_declaration")
    return tuple(name.text() for each in given for name in parts_by_kind(each, "identifier"))
