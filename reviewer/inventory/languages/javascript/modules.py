"""What a file imports and exports, in ECMAScript modules, CommonJS and bundles."""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.literals import string_text
from reviewer.inventory.languages.javascript.nodes import arguments_of, key_of
from reviewer.inventory.languages.javascript.patterns import names_in
from reviewer.inventory.languages.javascript.source import Binding, Call, Export, Scope, Source

_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration"})


def declare_import(node: SgNode, scope: Scope) -> None:
    """Declare what an ``import`` statement imports; types are left out."""
    source, module = scope.source, _module_of(node)
    second = node.child(1)
    if not module or (second is not None and second.kind() == "type"):
        return
    source.modules.add(module)
    for clause in node.children():
        if clause.kind() not in {"import_clause", "import_require_clause"}:
            continue
        for part in clause.children():
            for name, imported in _imported(part):
                scope.names[name] = Binding(name=name, kind="import", scope=scope, module=module, path=(imported,))


def _imported(part: SgNode) -> Iterator[tuple[str, str]]:
    kind = part.kind()
    if kind == "identifier":
        yield part.text(), "default"
    elif kind == "namespace_import":
        yield from ((child.text(), "*") for child in part.children() if child.kind() == "identifier")
    elif kind == "named_imports":
        for item in part.children():
            if item.kind() == "import_specifier" and (name := item.field("name")) is not None:
                yield (item.field("alias") or name).text(), key_of(name)


def declare_export(node: SgNode, scope: Scope) -> None:
    """Note what an ``export`` statement exports."""
    source, module = scope.source, _module_of(node)
    kinds = {child.kind() for child in node.children()}
    declaration = node.field("declaration")
    for name in _declared_names(declaration) if declaration is not None else ():
        made = (
            declaration if declaration is not None and declaration.kind() in _FUNCTIONS else name
        )  # `tool(tool)`: the name is inside its scope
        source.exports["default" if "default" in kinds else name.text()] = Export(node=made)
    if "default" in kinds and "default" not in source.exports:
        source.exports["default"] = Export(node=node.field("value") or declaration)
    for child in node.children():
        if child.kind() == "export_clause":
            _declare_clause(child, source, module)
        elif child.kind() == "namespace_export" and module:
            source.exports[child.children()[-1].text()] = Export(module=module, name="*")
    if module and "*" in kinds:
        source.stars.append(module)


def _declare_clause(clause: SgNode, source: Source, module: str) -> None:
    for item in clause.children():
        name = item.field("name") if item.kind() == "export_specifier" else None
        if name is not None:
            public = key_of(item.field("alias") or name)
            source.exports[public] = Export(module=module, name=key_of(name)) if module else Export(node=name)


def _declared_names(declaration: SgNode) -> Iterator[SgNode]:
    name = declaration.field("name")
    if name is not None:
        yield name
        return
    for child in declaration.children():
        if child.kind() == "variable_declarator" and (pattern := child.field("name")) is not None:
            yield from (node for node, _, _ in names_in(pattern))


def _module_of(node: SgNode) -> str:
    source = node.field("source")
    if source is None:
        clause = next((child for child in node.children() if child.kind() == "import_require_clause"), None)
        source = next((child for child in clause.children() if child.kind() == "string"), None) if clause is not None else None
    return (string_text(source) if source is not None else None) or ""


def note_module(call: Call, name: str) -> None:
    """See ``require``, CommonJS re-exports and a bundle's namespaces."""
    source, given = call.scope.source, arguments_of(call.node)
    if name == "__exportStar" and given and given[0].kind() == "call_expression":
        inner = arguments_of(given[0])
        module = string_text(inner[0]) if inner else None
        if module:
            source.stars.append(module)
    elif name == "require" and given and (module := string_text(given[0])):
        source.modules.add(module)
    elif call.scope.kind == "module" and [node.kind() for node in given] == ["identifier", "object"]:
        _note_bundle_exports(call.scope, given)


def _note_bundle_exports(scope: Scope, given: list[SgNode]) -> None:
    """``__export(lib_exports, {name: () => value})``, as esbuild writes a namespace; minified under another name."""
    binding = scope.find(given[0].text())
    if binding is None:
        return
    for pair in given[1].children():
        key, value = (pair.field("key"), pair.field("value")) if pair.kind() == "pair" else (None, None)
        body = value.field("body") if value is not None and value.kind() == "arrow_function" else None
        if key is not None and body is not None:
            binding.properties.setdefault(key_of(key), []).append(body)


def note_getter(source: Source, name: str, descriptor: SgNode) -> None:
    """See ``Object.defineProperty(exports, name, {get: function () { return … }})``."""
    found = descriptor.find(kind="return_statement")
    if found is not None and len(found.children()) > 1:
        source.exports.setdefault(name, Export(node=found.children()[1]))
