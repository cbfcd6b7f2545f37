"""Fill a parsed file's scopes: which names it declares where, what is assigned to them, what it imports, exports and calls.

One search in the tree gives the nodes that matter in the order of the text; scopes nest by their positions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.literals import string_text
from reviewer.inventory.languages.javascript.source import Binding, Call, Export, Scope, Source, span

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "function_expression",
        "generator_function",
        "arrow_function",
        "method_definition",
    }
)
CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
_BLOCKS = frozenset({"statement_block", "for_statement", "for_in_statement", "catch_clause", "switch_body"})
_OTHERS = frozenset(
    {
        "lexical_declaration",
        "variable_declaration",
        "import_statement",
        "export_statement",
        "assignment_expression",
        "call_expression",
        "new_expression",
        "if_statement",
        "switch_statement",
    }
)
_TYPED = frozenset({"public_field_definition", "enum_declaration", "abstract_class_declaration"})
_PATTERNS = frozenset({"object_pattern", "array_pattern", "assignment_pattern", "object_assignment_pattern", "rest_pattern"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern", "type_identifier", "property_identifier"})


def read_scopes(source: Source) -> None:
    """Fill ``source`` with its scopes, bindings, calls, branches, imports and exports."""
    root = source.tree.root()
    start, _ = span(root)
    source.scopes.append(Scope(kind="module", node=root, source=source, start=min(start, 0), end=len(source.text) + 1, parent=None))
    later: list[tuple[SgNode, Scope]] = []
    stack = [source.top]
    for node in root.find_all({"rule": {"any": [{"kind": kind} for kind in _kinds(source.language)]}}):
        begin, end = span(node)
        while stack[-1].end <= begin:
            stack.pop()
        kind = node.kind()
        scope = stack[-1]
        if kind in FUNCTIONS or kind in CLASSES or kind in _BLOCKS:
            inner = _open(node, kind, scope, begin, end)
            source.scopes.append(inner)
            stack.append(inner)
            if inner.kind != "block":
                source.owners[begin, end] = inner
        elif kind in {"call_expression", "new_expression"}:
            source.calls.append(Call(node=node, scope=scope, start=begin, end=end))
        elif kind in {"if_statement", "switch_statement"}:
            source.branches.append(node)
        elif kind == "assignment_expression":
            later.append((node, scope))
        else:
            _DECLARE[kind](node, scope)
    source.starts = [scope.start for scope in source.scopes]
    for node, scope in later:
        _assign(node, scope)
    for call in source.calls:
        _note_call(call)


def _kinds(language: str) -> frozenset[str]:
    every = FUNCTIONS | CLASSES | _BLOCKS | _OTHERS
    return (every | _TYPED) if language != "javascript" else (every | {"field_definition"}) - _TYPED


def _open(node: SgNode, kind: str, outer: Scope, begin: int, end: int) -> Scope:
    if kind in FUNCTIONS:
        return _open_function(node, kind, outer, begin, end)
    if kind in CLASSES:
        return _open_class(node, kind, outer, begin, end)
    scope = Scope(kind="block", node=node, source=outer.source, start=begin, end=end, parent=outer)
    if kind == "for_in_statement":
        left = node.field("left")
        each = "element" if any(child.kind() == "of" for child in node.children()) else "key"
        if left is not None:
            _declare(left, scope, Binding(name="", kind=each, scope=scope, node=node.field("right")))
    elif kind == "catch_clause" and (caught := node.field("parameter")) is not None:
        _declare(caught, scope, Binding(name="", kind="opaque", scope=scope))
    return scope


def _open_function(node: SgNode, kind: str, outer: Scope, begin: int, end: int) -> Scope:
    scope = Scope(kind="function", node=node, source=outer.source, start=begin, end=end, parent=outer)
    name = node.field("name")
    if name is not None:
        scope.name = _key(name)
        if kind.endswith("declaration"):
            holder = _function_or_module(outer) if outer.kind != "block" else outer
            holder.names[scope.name] = Binding(name=scope.name, kind="function", scope=holder, node=node)
        elif kind == "method_definition":
            if outer.kind == "class":
                outer.methods[scope.name] = scope
        else:
            scope.names[scope.name] = Binding(name=scope.name, kind="function", scope=scope, node=node)
    single = node.field("parameter")
    parameters = [single] if single is not None else _parts(node.field("parameters"))
    for index, parameter in enumerate(parameters):
        _declare_parameter(parameter, index, scope)
    return scope


def _declare_parameter(node: SgNode, index: int, scope: Scope) -> None:
    annotation, default, pattern = "", None, node
    if node.kind() in {"required_parameter", "optional_parameter"}:
        pattern = node.field("pattern") or node
        default = node.field("value")
        if (typed := node.field("type")) is not None:
            annotation = _bare_type(typed)
    made = Binding(name="", kind="parameter", scope=scope, index=index, annotation=annotation, default=default)
    before = len(scope.parameters)
    _declare(pattern, scope, made, into=scope.parameters)
    owner = scope.parent
    if pattern is not node and scope.name == "constructor" and owner is not None and len(scope.parameters) > before:
        if any(child.kind() in {"accessibility_modifier", "readonly"} for child in node.children()):
            name = pattern.text()
            owner.fields.setdefault(name, []).append(pattern)
            owner.annotations[name] = annotation


def _open_class(node: SgNode, kind: str, outer: Scope, begin: int, end: int) -> Scope:
    scope = Scope(kind="class", node=node, source=outer.source, start=begin, end=end, parent=outer)
    name = node.field("name")
    if name is not None:
        scope.name = name.text()
        holder = scope if kind == "class" else outer
        holder.names[scope.name] = Binding(name=scope.name, kind="class", scope=holder, node=node)
    return scope


def _declare_field(node: SgNode, scope: Scope) -> None:
    owner = scope.nearest("class")
    name = node.field("name") or node.field("property")
    if owner is None or name is None:
        return
    if (typed := node.field("type")) is not None:
        owner.annotations[_key(name)] = _bare_type(typed)
    if (value := node.field("value")) is not None:
        owner.fields.setdefault(_key(name), []).append(value)


def _declare_variables(node: SgNode, scope: Scope) -> None:
    holder = _function_or_module(scope) if node.kind() == "variable_declaration" else scope
    for child in node.children():
        if child.kind() == "variable_declarator" and (name := child.field("name")) is not None:
            typed = child.field("type")
            annotation = _bare_type(typed) if typed is not None else ""
            _declare(name, holder, Binding(name="", kind="value", scope=holder, node=child.field("value"), annotation=annotation))


def _declare_enum(node: SgNode, scope: Scope) -> None:
    if (name := node.field("name")) is not None:
        scope.names[name.text()] = Binding(name=name.text(), kind="enum", scope=scope, node=node)


def _declare_import(node: SgNode, scope: Scope) -> None:
    source, module = scope.source, _module_of(node)
    if not module or node.child(1) is not None and node.child(1).kind() == "type":  # type: ignore[union-attr]  # asked just before
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
                yield (item.field("alias") or name).text(), _key(name)


def _declare_export(node: SgNode, scope: Scope) -> None:
    source, module = scope.source, _module_of(node)
    kinds = [child.kind() for child in node.children()]
    declaration = node.field("declaration")
    if declaration is not None:
        for name in _declared_names(declaration):
            source.exports["default" if "default" in kinds else name.text()] = Export(node=name)
    if "default" in kinds and "default" not in source.exports:
        value = node.field("value") or declaration
        source.exports["default"] = Export(node=value)
    for child in node.children():
        if child.kind() == "export_clause":
            for item in child.children():
                if item.kind() == "export_specifier" and (name := item.field("name")) is not None:
                    public = _key(item.field("alias") or name)
                    source.exports[public] = Export(module=module, name=_key(name)) if module else Export(node=name)
        elif child.kind() == "namespace_export" and module:
            source.exports[child.children()[-1].text()] = Export(module=module, name="*")
    if module and "*" in kinds:
        source.stars.append(module)


def _declared_names(declaration: SgNode) -> Iterator[SgNode]:
    name = declaration.field("name")
    if name is not None:
        yield name
        return
    for child in declaration.children():
        if child.kind() == "variable_declarator" and (pattern := child.field("name")) is not None:
            yield from (node for node, _, _ in _names_in(pattern, (), None))


_DECLARE: dict[str, Callable[[SgNode, Scope], None]] = {
    "lexical_declaration": _declare_variables,
    "variable_declaration": _declare_variables,
    "public_field_definition": _declare_field,
    "field_definition": _declare_field,
    "enum_declaration": _declare_enum,
    "import_statement": _declare_import,
    "export_statement": _declare_export,
}


def _declare(pattern: SgNode, scope: Scope, like: Binding, *, into: list[Binding] | None = None) -> None:
    """Declare every name of a pattern as ``like`` is."""
    for node, path, default in _names_in(pattern, (), like.default):
        made = Binding(
            name=node.text(),
            kind=like.kind,
            scope=scope,
            node=like.node,
            path=path,
            default=default,
            index=like.index,
            annotation=like.annotation if not path else "",
        )
        known = scope.names.get(made.name)
        if known is not None and known.kind == "value" and made.kind == "value" and not path:
            if made.node is not None:
                known.assigned.append(made.node)  # `var x` twice, or merged blocks of one function
            continue
        scope.names[made.name] = made
        if into is not None:
            into.append(made)


def _names_in(
    pattern: SgNode, path: tuple[str | int, ...], default: SgNode | None, depth: int = 0
) -> Iterator[tuple[SgNode, tuple[str | int, ...], SgNode | None]]:
    kind = pattern.kind()
    if kind == "shorthand_property_identifier_pattern":
        yield pattern, (*path, pattern.text()), default
    elif kind in _NAMES:
        yield pattern, path, default
    elif depth < 20:  # noqa: PLR2004  nobody destructures deeper
        yield from _names_in_pattern(pattern, kind, path, depth + 1)


def _names_in_pattern(
    pattern: SgNode, kind: str, path: tuple[str | int, ...], depth: int
) -> Iterator[tuple[SgNode, tuple[str | int, ...], SgNode | None]]:
    if kind in {"assignment_pattern", "object_assignment_pattern"}:
        left, right = pattern.field("left"), pattern.field("right")
        if left is not None:
            yield from _names_in(left, path, right, depth)
    elif kind == "rest_pattern":
        yield from _names_in(pattern.children()[-1], (*path, "..."), None, depth)
    elif kind == "array_pattern":
        index = 0
        for child in pattern.children():
            if child.kind() == ",":
                index += 1
            elif child.kind() in _NAMES or child.kind() in _PATTERNS:
                yield from _names_in(child, (*path, index), None, depth)
    elif kind == "object_pattern":
        for child in pattern.children():
            if child.kind() == "pair_pattern":
                key, value = child.field("key"), child.field("value")
                if key is not None and value is not None:
                    yield from _names_in(value, (*path, _key(key)), None, depth)
            elif child.kind() in _NAMES or child.kind() in _PATTERNS:
                yield from _names_in(child, path, None, depth)


def _assign(node: SgNode, scope: Scope) -> None:
    left, right = node.field("left"), node.field("right")
    if left is None or right is None:
        return
    kind = left.kind()
    if kind == "identifier":
        if (binding := scope.find(left.text())) is not None:
            binding.assigned.append(right)
    elif kind in {"member_expression", "subscript_expression"}:
        _assign_member(left, right, scope)


def _assign_member(left: SgNode, right: SgNode, scope: Scope) -> None:
    holder, key = left.field("object"), member_key(left)
    if holder is None or key is None:
        return
    kind, text = holder.kind(), holder.text() if holder.kind() in {"identifier", "member_expression"} else ""
    source = scope.source
    if kind == "this":
        if (owner := scope.nearest("class")) is not None:
            owner.fields.setdefault(key, []).append(right)
    elif text == "module.exports" or (text == "exports" and scope.find("exports") is None):
        if right.kind() != "unary_expression":  # `exports.x = void 0`, as TypeScript declares
            source.exports[key] = Export(node=right)
    elif text == "module" and key == "exports" and scope.find("module") is None:
        source.exports["module.exports"] = Export(node=right)
    elif kind == "identifier" and (binding := scope.find(text)) is not None:
        binding.properties.setdefault(key, []).append(right)


def _note_call(call: Call) -> None:
    """See what a call says of names: ``x.push(…)``, the function around a compiled enum, CommonJS re-exports."""
    callee = call.node.field("function")
    if callee is None:
        return
    kind = callee.kind()
    if kind == "member_expression":
        _note_method(call, callee)
    elif kind == "parenthesized_expression":
        _note_enclosing(call, callee)
    elif kind == "identifier":
        _note_module(call, callee.text())


def _note_method(call: Call, callee: SgNode) -> None:
    holder, key = callee.field("object"), member_key(callee)
    if holder is None:
        return
    if key == "push":
        pushed = arguments_of(call.node)
        if holder.kind() == "identifier" and (binding := call.scope.find(holder.text())) is not None:
            binding.pushed.extend(pushed)
        elif holder.kind() == "member_expression":
            inner = holder.field("object")
            owner, name = call.scope.nearest("class"), member_key(holder)
            if inner is not None and inner.kind() == "this" and owner is not None and name is not None:
                owner.pushed.setdefault(name, []).extend(pushed)
    elif key == "defineProperty" and holder.text() == "Object":
        given = arguments_of(call.node)
        if len(given) > 2 and given[0].text() == "exports" and (name := string_text(given[1])) is not None:  # noqa: PLR2004  (exports, name, descriptor)
            _note_getter(call.scope.source, name, given[2])


def _note_getter(source: Source, name: str, descriptor: SgNode) -> None:
    found = descriptor.find(kind="return_statement")
    if found is not None and len(found.children()) > 1:
        source.exports.setdefault(name, Export(node=found.children()[1]))


def _note_enclosing(call: Call, callee: SgNode) -> None:
    inner = callee.children()[1] if len(callee.children()) > 1 else callee
    scope = call.scope.source.owners.get(span(inner))
    for index, argument in enumerate(arguments_of(call.node)):
        name = argument.field("left") if argument.kind() == "binary_expression" else argument
        outer = call.scope.find(name.text()) if name is not None and name.kind() == "identifier" else None
        inside = next((p for p in scope.parameters if p.index == index and not p.path), None) if scope else None
        if outer is not None and inside is not None:
            outer.aliases.append(inside)


def _note_module(call: Call, name: str) -> None:
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
            binding.properties.setdefault(_key(key), []).append(body)


def arguments_of(call: SgNode) -> list[SgNode]:
    """Give the arguments of a call or ``new`` expression; none for a tagged template."""
    given = call.field("arguments")
    return _parts(given) if given is not None and given.kind() == "arguments" else []


def _parts(node: SgNode | None) -> list[SgNode]:
    return [child for child in node.children() if child.is_named() and child.kind() != "comment"] if node is not None else []


def member_key(node: SgNode) -> str | None:
    """Give the name of a member access, None where it is computed."""
    if node.kind() == "member_expression":
        name = node.field("property")
        return name.text() if name is not None else None
    index = node.field("index")
    return string_text(index) if index is not None else None


def _key(node: SgNode) -> str:
    text = string_text(node)
    return node.text() if text is None else text


def _module_of(node: SgNode) -> str:
    source = node.field("source")
    if source is None:
        clause = next((child for child in node.children() if child.kind() == "import_require_clause"), None)
        source = next((child for child in clause.children() if child.kind() == "string"), None) if clause is not None else None
    return (string_text(source) if source is not None else None) or ""


def _bare_type(typed: SgNode) -> str:
    """``: Promise<McpServer> | null`` -> ``Promise<McpServer> | null``, short."""
    return typed.text().lstrip(": \n\t")[:80]


def _function_or_module(scope: Scope) -> Scope:
    while scope.kind not in {"function", "module"} and scope.parent is not None:
        scope = scope.parent
    return scope
