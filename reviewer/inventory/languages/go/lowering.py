"""Lowers one Go file to the form that all typed languages share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ast_grep_py import SgNode

from reviewer.inventory.languages.go.layout import Import, Layout, canonical, is_test, reconciled
from reviewer.inventory.languages.go.literals import text_of
from reviewer.inventory.languages.go.statements import block, specified
from reviewer.inventory.languages.go.syntax import Source, documented, field_of, parse, parts_by_kind
from reviewer.inventory.languages.go.typedeclarations import lower_types
from reviewer.inventory.languages.go.typenames import generics_of, parameters_of, results_of
from reviewer.inventory.program.model import Bind, Block, Branch, Call, Field, Function, Loop, Module, Name, Return, Statement, Type

__all__ = ["lower"]

#: What a function without a body calls: assembly, or what ``//go:linkname`` takes out of another package.
ELSEWHERE = "func without a body"


def lower(path: str, text: str, layout: Layout) -> Module:
    """Lower a file. Raises RecursionError or MemoryError for one that is too deep or too large."""
    source, damage = parse(path, text, block)
    imports = list(_imports(source))
    source.imports = reconciled(imports, _qualifiers(source), _declared(source), layout)
    source.named_maps = frozenset(_named_maps(source))
    types: list[Type] = []
    functions: list[Function] = []
    constants: list[Field] = []
    comments: list[SgNode] = []
    methods: dict[str, list[Function]] = {}
    for node in source.root.children():
        kind = node.kind()
        if kind == "comment":
            comments.append(node)
        elif kind == "type_declaration":
            types.extend(lower_types(node, source, comments))
        elif kind == "function_declaration":
            functions.append(_function(node, source, comments))
        elif kind == "method_declaration":
            methods.setdefault(_receiver(node, source)[1], []).append(_function(node, source, comments))
        elif kind in {"var_declaration", "const_declaration"}:
            constants.extend(_constants(node, source, comments))
        if kind != "comment":
            comments = [] if node.is_named() else comments
    return Module(
        path=path,
        package=layout.package_of(path),
        imports=source.imports | {f"import {each.line}": each.path for each in imports if each.alias == "_"},
        wildcards=tuple(each.path for each in imports if each.alias == "."),
        types=tuple(_with_methods([*types, *source.anonymous], methods)),
        functions=tuple(functions),
        constants=tuple(constants),
        damage=damage,
        test=is_test(path),
    )


def _imports(source: Source) -> Iterator[Import]:
    for declaration in parts_by_kind(source.root, "import_declaration"):
        nested = [spec for group in parts_by_kind(declaration, "import_spec_list") for spec in parts_by_kind(group, "import_spec")]
        for spec in [*parts_by_kind(declaration, "import_spec"), *nested]:
            path = spec.field("path")
            if path is not None:
                yield Import(path=canonical(text_of(path.text())), alias=field_of(spec, "name"), line=source.line(spec))


def _qualifiers(source: Source) -> set[str]:
    """Give the names that stand before a dot, in expressions and types."""
    found = {field_of(node, "package") for node in source.root.find_all(kind="qualified_type")}
    for node in source.root.find_all(kind="selector_expression"):
        operand = node.field("operand")
        if operand is not None and operand.kind() == "identifier":
            found.add(operand.text())
    return found


def _declared(source: Source) -> frozenset[str]:
    """Give the names that the file binds somewhere: they explain a name before a dot as well as an import would."""
    kinds = ("parameter_declaration", "var_spec", "const_spec", "type_parameter_declaration", "variadic_parameter_declaration")
    found = {name.text() for kind in kinds for node in source.root.find_all(kind=kind) for name in parts_by_kind(node, "identifier")}
    for kind in ("short_var_declaration", "range_clause", "receive_statement"):
        for node in source.root.find_all(kind=kind):
            left = node.field("left")
            found.update(name.text() for name in parts_by_kind(left, "identifier"))
    for node in source.root.find_all(kind="type_switch_statement"):
        found.update(name.text() for name in parts_by_kind(node.field("alias"), "identifier"))
    return frozenset(found)


def _named_maps(source: Source) -> Iterator[str]:
    for node in source.root.find_all(kind="type_spec"):
        body = node.field("type")
        if body is not None and body.kind() == "map_type":
            yield field_of(node, "name")


def _constants(node: SgNode, source: Source, comments: list[SgNode]) -> Iterator[Field]:
    """Lower package-level ``var`` and ``const``. A constant without a value repeats the expression above it."""
    above = list(comments)
    constant = node.kind() == "const_declaration"
    previous: SgNode | None = None
    index = 0
    groups = [child for group in node.children() for child in (group.children() if group.kind() == "var_spec_list" else (group,))]
    for child in groups:
        if child.kind() == "comment":
            above.append(child)
        elif child.kind() in {"var_spec", "const_spec"}:
            source.iota = index if constant else None
            for bind in specified(child, source, previous):
                yield from _fields(bind, documented(above, source, source.line(child)), constant=constant)
            previous = child if child.field("value") is not None or previous is None else previous
            index += 1
    source.iota = None


def _fields(bind: Bind, doc: str, *, constant: bool) -> Iterator[Field]:
    for index, name in enumerate(bind.names):
        value = bind.value if index == 0 or len(bind.names) == 1 else None
        yield Field(name=name, line=bind.line, type=bind.type, value=value, doc=doc, constant=constant)


def _receiver(node: SgNode, source: Source) -> tuple[str, str]:
    """Give the name that a method has for its object, and the name of the object's type."""
    given = parameters_of(node.field("receiver"), source)
    if not given or given[0].type is None:
        return "this", ""
    return given[0].names[0], given[0].type.name


def _function(node: SgNode, source: Source, comments: list[SgNode]) -> Function:
    line = source.line(node)
    returns, names = results_of(node.field("result"), source)
    source.builders = set()
    written = node.field("body")
    body = block(source, written) if written is not None else (Call(callee=Name(name=ELSEWHERE, line=line), line=line),)
    named: Block = tuple(Bind(names=(name,), value=None, line=line, type=kind) for name, kind in zip(names, returns, strict=False))
    return Function(
        name=field_of(node, "name"),
        line=line,
        last=source.last(node),
        parameters=parameters_of(node.field("parameters"), source),
        returns=returns,
        body=(*named, *(_named_returns(body, names) if names else body)),
        doc=documented(comments, source, line),
        receiver=_receiver(node, source)[0],
        generics=generics_of(node),
    )


def _named_returns(body: Block, names: tuple[str, ...]) -> Block:
    """Let a ``return`` without values give the named results."""
    found: list[Statement] = []
    for statement in body:
        if isinstance(statement, Return) and not statement.values:
            found.append(replace(statement, values=tuple(Name(name=name, line=statement.line) for name in names)))
        elif isinstance(statement, Branch | Loop):
            found.append(replace(statement, body=_named_returns(statement.body, names)))
        else:
            found.append(statement)
    return tuple(found)


def _with_methods(types: list[Type], methods: dict[str, list[Function]]) -> Iterator[Type]:
    """Put methods on their types; a type of another file is said again by its name alone."""
    for kind in types:
        given = methods.pop(kind.name, [])
        yield replace(kind, functions=(*kind.functions, *given)) if given else kind
    for name, given in methods.items():
        if name:
            yield Type(name=name, line=given[0].line, last=given[-1].last, functions=tuple(given))
