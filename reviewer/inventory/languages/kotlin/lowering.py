"""A Kotlin file or script, lowered to a module."""

from __future__ import annotations

import re

from ast_grep_py import SgNode, SgRoot

from reviewer.inventory.languages.java.declarations import initialised
from reviewer.inventory.languages.java.frame import Frame, Source, damage, is_test, parts
from reviewer.inventory.languages.kotlin.declarations import CLASSES, alias_of, declared, function_of, properties_of
from reviewer.inventory.languages.kotlin.statements import block, branching
from reviewer.inventory.languages.kotlin.types import plain
from reviewer.inventory.languages.lines import lined
from reviewer.inventory.program.model import Function, Module, Statement

__all__ = ["lower"]

#: What is understood although it stands in a stretch that could not be parsed as a whole.
READABLE = CLASSES | {"function_declaration", "property_declaration", "companion_object", "import_list", "statements", "call_expression"}
#: Packages of which every name is visible without an import.
IMPLICIT = ("kotlin.text", "kotlin.collections", "kotlin.sequences", "kotlin.jvm", "java.lang")
_SKIPPED = frozenset({"package_header", "import_list", "import_header", "shebang_line", "file_annotation", "getter", "setter"})


def lower(path: str, text: str) -> Module:
    """Lower one file."""
    text = lined(text).encode("utf-8", "replace").decode("utf-8")
    tree = SgRoot(text, "kotlin")
    root = tree.root()
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    frame = Frame(source=Source(text=text, lines=lines, block=block, declared=declared, branching=branching, function=function_of))
    imports, wildcards = _imports(root)
    nodes = _top(root)
    constants, functions = properties_of(nodes, frame, shared=True)
    found, body = _read(nodes, frame)
    types = tuple(frame.source.types)
    return Module(
        path=path,
        package=_package(root),
        imports=imports,
        wildcards=(*wildcards, *IMPLICIT),
        types=types,
        functions=(*found, *functions),
        constants=tuple(constants),
        body=(*body, *initialised(types)),
        damage=damage(root, len(text), READABLE),
        test=is_test(path),
    )


def _package(root: SgNode) -> str:
    header = root.find(kind="package_header")
    return _dotted(parts(header)[-1]) if header is not None and parts(header) else ""


def _dotted(node: SgNode) -> str:
    return ".".join(plain(part) for part in parts(node)) if parts(node) else plain(node)


def _imports(root: SgNode) -> tuple[dict[str, str], list[str]]:
    imports: dict[str, str] = {}
    wildcards: list[str] = []
    for node in root.find_all(kind="import_header"):
        inner = parts(node)
        name = _dotted(inner[0]) if inner else ""
        kinds = {part.kind(): part for part in inner[1:]}
        alias = kinds.get("import_alias")
        if "wildcard_import" in kinds:
            wildcards.append(name)
        elif name:
            imports[plain(parts(alias)[-1]) if alias is not None and parts(alias) else name.rpartition(".")[2]] = name
    return imports, wildcards


def _top(root: SgNode) -> list[SgNode]:
    """Give what stands at the top of a file, and what can be read in stretches there that could not be parsed as a whole."""
    found: list[SgNode] = []
    waiting = list(reversed(parts(root)))
    while waiting:
        node = waiting.pop()
        if node.kind() in {"ERROR", "statements"}:
            waiting.extend(reversed(parts(node)))
        else:
            found.append(node)
    return found


def _read(nodes: list[SgNode], frame: Frame) -> tuple[list[Function], list[Statement]]:
    functions: list[Function] = []
    body: list[Statement] = []
    for node in nodes:
        kind = node.kind()
        if kind in CLASSES:
            frame.source.types.append(declared(frame, node, ""))
        elif kind == "type_alias":
            frame.source.types.append(alias_of(node, frame))
        elif kind == "function_declaration":
            functions.append(function_of(frame, node))
        elif kind not in _SKIPPED and kind != "property_declaration":
            body.extend(block(frame, [node]))
    return functions, body
