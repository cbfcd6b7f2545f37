"""A Java file, lowered to a module."""

from __future__ import annotations

import re

from ast_grep_py import SgNode, SgRoot

from reviewer.inventory.languages.java.declarations import DECLARATIONS, declared, function_of, initialised
from reviewer.inventory.languages.java.frame import Frame, Source, damage, is_test, parts
from reviewer.inventory.languages.java.statements import block, branching
from reviewer.inventory.languages.java.types import dotted
from reviewer.inventory.languages.lines import lined
from reviewer.inventory.program.model import Function, Module, Statement

__all__ = ["lower", "readable"]

#: What is understood although it stands in a stretch that could not be parsed as a whole.
READABLE = DECLARATIONS | {"method_declaration", "field_declaration", "import_declaration", "package_declaration", "expression_statement"}
_ESCAPED = re.compile(r"\\(\\|u+[0-9a-fA-F]{4})")
#: Packages of which every name is visible without an import.
IMPLICIT = ("java.lang",)


def lower(path: str, text: str) -> Module:
    """Lower one file."""
    text, lines = readable(lined(text).encode("utf-8", "replace").decode("utf-8"))
    tree = SgRoot(text, "java")
    root = tree.root()
    frame = Frame(
        source=Source(
            text=text,
            lines=lines,
            block=block,
            declared=declared,
            branching=branching,
            function=lambda inside, node: function_of(node, inside),
        )
    )
    imports, wildcards = _imports(root)
    functions, body = _top(root, frame)
    types = tuple(frame.source.types)
    return Module(
        path=path,
        package=next((dotted(parts(part)[-1]) for part in parts(root) if part.kind() == "package_declaration" and parts(part)), ""),
        imports=imports,
        wildcards=(*wildcards, *IMPLICIT),
        types=types,
        functions=tuple(functions),
        body=(*body, *initialised(types)),
        damage=damage(root, len(text), READABLE),
        test=is_test(path),
    )


def readable(text: str) -> tuple[str, list[int]]:
    r"""Give the text after Java's first step, which reads ``A`` anywhere (JLS 3.3), and where the lines of the file begin in it."""
    found = [0]
    pieces: list[str] = []
    end = length = 0
    for match in _ESCAPED.finditer(text):
        if match[1] == "\\":
            continue
        plain = text[end : match.start()]
        found += [length + index + 1 for index, letter in enumerate(plain) if letter == "\n"]
        letter = chr(int(match[1].lstrip("u"), 16))
        pieces += [plain, letter]
        length += len(plain) + 1
        end = match.end()
    plain = text[end:]
    found += [length + place.end() for place in re.finditer("\n", plain)]
    read = "".join([*pieces, plain])
    whole = read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole, found


def _imports(root: SgNode) -> tuple[dict[str, str], list[str]]:
    imports: dict[str, str] = {}
    wildcards: list[str] = []
    for node in root.find_all(kind="import_declaration"):
        inner = parts(node)
        name = dotted(inner[0]) if inner else ""
        if any(part.kind() == "asterisk" for part in inner):
            wildcards.append(name)
        elif name:
            imports[name.rpartition(".")[2]] = name
    return imports, wildcards


def _top(root: SgNode, frame: Frame) -> tuple[list[Function], list[Statement]]:
    """Read what stands at the top of a file; methods and statements may, in a script of jbang or a class without a name."""
    functions: list[Function] = []
    body: list[Statement] = []
    waiting = list(reversed(parts(root)))
    while waiting:
        node = waiting.pop()
        kind = node.kind()
        if kind in DECLARATIONS:
            frame.source.types.append(declared(frame, node, ""))
        elif kind == "method_declaration":
            functions.append(function_of(node, frame))
        elif kind == "ERROR":
            waiting.extend(reversed(parts(node)))
        elif kind.endswith("_statement") or kind in {"local_variable_declaration", "block", "field_declaration"}:
            body.extend(block(frame, [node]))
        elif kind in {"method_invocation", "object_creation_expression"}:
            body.extend(frame.source.block(frame, [node]))
    return functions, body
