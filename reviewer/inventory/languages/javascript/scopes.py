"""Fill a parsed file's scopes: which names it declares where, what is assigned to them, what it imports, exports and calls.

One search in the tree gives the nodes that matter in the order of the text; scopes nest by their positions.
"""

from __future__ import annotations

from collections.abc import Callable

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.literals import string_text
from reviewer.inventory.languages.javascript.modules import declare_export, declare_import, note_getter, note_module
from reviewer.inventory.languages.javascript.nodes import arguments_of, key_of, member_key, parts_of
from reviewer.inventory.languages.javascript.patterns import names_in
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
_SCOPES = FUNCTIONS | CLASSES | _BLOCKS
_OTHERS = frozenset(
    {
        "lexical_declaration",
        "variable_declaration",
        "import_statement",
        "export_statement",
        "assignment_expression",
        "augmented_assignment_expression",
        "call_expression",
        "new_expression",
        "if_statement",
        "switch_statement",
    }
)
_TYPED = frozenset({"public_field_definition", "enum_declaration", "abstract_class_declaration"})


def read_scopes(source: Source) -> None:
    """Fill ``source`` with its scopes, bindings, calls, branches, imports and exports."""
    root = source.tree.root()
    start, _ = span(root)
    source.scopes.append(Scope(kind="module", node=root, source=source, start=min(start, 0), end=len(source.text) + 1, parent=None))
    assignments: list[tuple[SgNode, Scope]] = []
    stack = [source.top]
    for node in root.find_all({"rule": {"any": [{"kind": kind} for kind in _kinds(source.language)]}}):
        begin, end = span(node)
        while stack[-1].end <= begin:
            stack.pop()
        kind = node.kind()
        if kind in _SCOPES:
            stack.append(_open(node, kind, stack[-1], begin, end))
        elif kind in {"call_expression", "new_expression"}:
            source.calls.append(Call(node=node, scope=stack[-1], start=begin, end=end))
        elif kind in {"assignment_expression", "augmented_assignment_expression"}:
            assignments.append((node, stack[-1]))
        else:
            _DECLARE[kind](node, stack[-1])
    source.starts = [scope.start for scope in source.scopes]
    for node, scope in assignments:
        _assign(node, scope)
    for call in source.calls:
        _note_call(call)


def _branch(node: SgNode, scope: Scope) -> None:
    scope.source.branches.append(node)


def _kinds(language: str) -> frozenset[str]:
    every = _SCOPES | _OTHERS
    return (every | _TYPED) if language != "javascript" else (every | {"field_definition"}) - _TYPED


def _open(node: SgNode, kind: str, outer: Scope, begin: int, end: int) -> Scope:
    source = outer.source
    if kind in FUNCTIONS:
        inner = source.owners[begin, end] = _open_function(node, kind, outer, begin, end)
    elif kind in CLASSES:
        inner = source.owners[begin, end] = _open_class(node, kind, outer, begin, end)
    else:
        inner = _open_block(node, kind, outer, begin, end)
    source.scopes.append(inner)
    return inner


def _open_block(node: SgNode, kind: str, outer: Scope, begin: int, end: int) -> Scope:
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
        scope.name = key_of(name)
        if kind.endswith("declaration"):
            holder = _function_or_module(outer) if outer.kind != "block" else outer
            holder.names[scope.name] = Binding(name=scope.name, kind="function", scope=holder, node=node)
        elif kind == "method_definition":
            if outer.kind == "class":
                outer.methods[scope.name] = scope
        else:
            scope.names[scope.name] = Binding(name=scope.name, kind="function", scope=scope, node=node)
    single = node.field("parameter")
    parameters = [single] if single is not None else parts_of(node.field("parameters"))
    for index, parameter in enumerate(parameters):
        _declare_parameter(parameter, index, scope)
    return scope


def _declare_parameter(node: SgNode, index: int, scope: Scope) -> None:
    annotation, default, pattern, typed = "", None, node, None
    if node.kind() in {"required_parameter", "optional_parameter"}:
        pattern = node.field("pattern") or node
        default = node.field("value")
        if (typed := node.field("type")) is not None:
            annotation = _bare_type(typed)
    made = Binding(name="", kind="parameter", scope=scope, index=index, annotation=annotation, default=default, typed=typed)
    before = len(scope.parameters)
    _declare(pattern, scope, made, into=scope.parameters)
    owner = scope.parent
    declares = pattern is not node and scope.name == "constructor" and len(scope.parameters) > before
    if owner is not None and declares and any(child.kind() in {"accessibility_modifier", "readonly"} for child in node.children()):
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
        owner.annotations[key_of(name)] = _bare_type(typed)
    if (value := node.field("value")) is not None:
        owner.fields.setdefault(key_of(name), []).append(value)


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


_DECLARE: dict[str, Callable[[SgNode, Scope], None]] = {
    "lexical_declaration": _declare_variables,
    "variable_declaration": _declare_variables,
    "public_field_definition": _declare_field,
    "field_definition": _declare_field,
    "enum_declaration": _declare_enum,
    "import_statement": declare_import,
    "export_statement": declare_export,
    "if_statement": _branch,
    "switch_statement": _branch,
}


def _declare(pattern: SgNode, scope: Scope, like: Binding, *, into: list[Binding] | None = None) -> None:
    """Declare every name of a pattern as ``like`` is."""
    for node, path, default in names_in(pattern, (), like.default):
        made = Binding(
            name=node.text(),
            kind=like.kind,
            scope=scope,
            node=like.node,
            path=path,
            default=default,
            index=like.index,
            annotation=like.annotation if not path else "",
            typed=like.typed,
        )
        known = scope.names.get(made.name)
        if known is not None and known.kind == "value" and made.kind == "value" and not path:
            if made.node is not None:
                known.assigned.append(made.node)  # `var x` twice, or merged blocks of one function
            continue
        scope.names[made.name] = made
        if into is not None:
            into.append(made)


def _assign(node: SgNode, scope: Scope) -> None:
    left, right = node.field("left"), node.field("right")
    if left is None or right is None:
        return
    kind = left.kind()
    if kind == "identifier":
        if (binding := scope.find(left.text())) is not None:
            grows = any(child.kind() == "+=" for child in node.children()[:3])
            (binding.appended if grows else binding.assigned).append(right)
    elif kind in {"member_expression", "subscript_expression"}:
        _assign_member(left, right, scope)


def _assign_member(left: SgNode, right: SgNode, scope: Scope) -> None:
    holder, key = left.field("object"), member_key(left)
    if holder is None or key is None:
        _note_computed(left, right, scope)
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


def _note_computed(left: SgNode, right: SgNode, scope: Scope) -> None:
    """``table[tool.name] = tool``, as ``table.set(tool.name, tool)``."""
    holder, index = left.field("object"), left.field("index")
    if holder is not None and index is not None and holder.kind() == "identifier" and (binding := scope.find(holder.text())) is not None:
        binding.stored.append((index, right))


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
    elif kind == "super" and (owner := call.scope.nearest("class")) is not None:
        owner.raised = call.node
    elif kind == "identifier":
        note_module(call, callee.text())


def _note_method(call: Call, callee: SgNode) -> None:
    holder, key = callee.field("object"), member_key(callee)
    if holder is None:
        return
    if key in {"push", "set"}:
        _note_growth(call, holder, key)
    elif key == "assign" and holder.text() == "Object":
        first, *others = arguments_of(call.node) or [holder]
        if first.kind() == "identifier" and (binding := call.scope.find(first.text())) is not None:
            binding.merged.extend(others)
    elif key == "defineProperty" and holder.text() == "Object":
        given = arguments_of(call.node)
        if len(given) > 2 and given[0].text() == "exports" and (name := string_text(given[1])) is not None:  # noqa: PLR2004  (exports, name, descriptor)
            note_getter(call.scope.source, name, given[2])


def _note_growth(call: Call, holder: SgNode, key: str) -> None:
    """``list.push(item)``, ``map.set(key, value)``, and the same on ``this.list`` and ``this.map``."""
    given = arguments_of(call.node)
    if key == "set" and len(given) != 2:  # noqa: PLR2004  (key, value)
        return
    if holder.kind() == "identifier" and (binding := call.scope.find(holder.text())) is not None:
        if key == "push":
            binding.pushed.extend(given)
        else:
            binding.stored.append((given[0], given[1]))
    elif holder.kind() == "member_expression":
        inner, name = holder.field("object"), member_key(holder)
        owner = call.scope.nearest("class")
        if inner is None or inner.kind() != "this" or owner is None or name is None:
            return
        if key == "push":
            owner.pushed.setdefault(name, []).extend(given)
        else:
            owner.stored.setdefault(name, []).append((given[0], given[1]))


def _note_enclosing(call: Call, callee: SgNode) -> None:
    inner = callee.children()[1] if len(callee.children()) > 1 else callee
    scope = call.scope.source.owners.get(span(inner))
    for index, argument in enumerate(arguments_of(call.node)):
        name = argument.field("left") if argument.kind() == "binary_expression" else argument
        outer = call.scope.find(name.text()) if name is not None and name.kind() == "identifier" else None
        inside = next((p for p in scope.parameters if p.index == index and not p.path), None) if scope else None
        if outer is not None and inside is not None:
            outer.aliases.append(inside)


def _bare_type(typed: SgNode) -> str:
    """``: Promise<McpServer> | null`` -> ``Promise<McpServer> | null``, short."""
    return typed.text().lstrip(": \n\t")[:80]


def _function_or_module(scope: Scope) -> Scope:
    while scope.kind not in {"function", "module"} and scope.parent is not None:
        scope = scope.parent
    return scope
