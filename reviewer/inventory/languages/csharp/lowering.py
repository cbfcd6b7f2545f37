"""A file of C#, lowered: namespaces, using directives, types, and the statements that run when the program starts."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode, SgRoot

from reviewer.inventory.languages.csharp.declarations import TYPES, type_declared
from reviewer.inventory.languages.csharp.documentation import comment_before
from reviewer.inventory.languages.csharp.expressions import lower_expression
from reviewer.inventory.languages.csharp.nodes import Frame, Grammar, child_of, dotted, parts
from reviewer.inventory.languages.csharp.settings import settled
from reviewer.inventory.languages.csharp.statements import lower_body, statement
from reviewer.inventory.languages.lines import lined
from reviewer.inventory.program.model import Function, Module, Statement, Type

__all__ = ["Usings", "global_usings", "lower"]

#: Namespaces that .NET projects see without saying so (ImplicitUsings of Microsoft.NET.Sdk and Microsoft.NET.Sdk.Web).
IMPLICIT = (
    "System",
    "System.Collections.Generic",
    "System.IO",
    "System.Linq",
    "System.Net.Http",
    "System.Net.Http.Json",
    "System.Threading",
    "System.Threading.Tasks",
    "Microsoft.AspNetCore.Builder",
    "Microsoft.AspNetCore.Hosting",
    "Microsoft.AspNetCore.Http",
    "Microsoft.AspNetCore.Routing",
    "Microsoft.Extensions.Configuration",
    "Microsoft.Extensions.DependencyInjection",
    "Microsoft.Extensions.Hosting",
    "Microsoft.Extensions.Logging",
)
_NAMESPACES = frozenset({"namespace_declaration", "file_scoped_namespace_declaration"})
_HOLDERS = frozenset({"preproc_if", "preproc_else", "preproc_elif", "declaration_list", "ERROR"})
_GLOBAL = re.compile(r"^[ \t]*global[ \t]+using[ \t][^;\n]{1,400};", re.MULTILINE)
_DIRECTIVE = re.compile(
    r"^[ \t]*#(?:!|:|[ \t]*(?:if|elif|else|endif|region|endregion|pragma|nullable|define|undef|warning|error|line)\b)[^\n]*", re.MULTILINE
)
_ESCAPED = re.compile(r"(?<!\\)\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
#: A comment that ends where C# sees the end of a line, and its grammar does not (C# specification, 6.3.3).
_ENDED = re.compile(r"(//[^\n\x85\u2028\u2029]*)([\x85\u2028\u2029]?)")
_TEST_FOLDER = re.compile(r"(?:^|[./])(?:unit|integration|functional|acceptance|e2e)?tests?(?:$|[./])", re.IGNORECASE)
_TEST_NAMESPACES = frozenset({"Xunit", "NUnit.Framework", "Microsoft.VisualStudio.TestTools.UnitTesting", "TUnit.Core"})
#: More of a file than this cannot be parsed: it is read again without the lines of the preprocessor, and the better reading counts.
_BROKEN = 0.0


@dataclass(slots=True)
class Usings:
    """What using directives make visible: whole namespaces and types, and other names for types.

    ``serves_functions`` is false where no file speaks of an MCP server: functions for a model of the program's own are no tools then.
    """

    wildcards: list[str] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    serves_functions: bool = True


@dataclass(slots=True)
class _Found:
    """What was found in a file; types carry their namespace in their names until the common one is known."""

    usings: Usings = field(default_factory=Usings)
    namespaces: list[str] = field(default_factory=list)
    types: list[tuple[str, Type]] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)


def global_usings(files: Mapping[str, str]) -> Usings:
    """Give what ``global using`` directives of any file make visible in all files."""
    found = Usings()
    for text in files.values():
        if "global" in text and (directives := _GLOBAL.findall(text)):
            root = SgRoot(_encodable("\n".join(each.strip() for each in directives)), "csharp").root()
            for node in parts(root):
                if node.kind() == "using_directive":
                    _use(node, found)
    return found


def lower(path: str, text: str, shared: Usings | None = None) -> Module:
    """Lower one file. ``shared`` is what other files make visible here. May raise RecursionError, nothing else."""
    text = _encodable(text)
    root, damage = _parsed(text)
    lines = [0, *(index + 1 for index, letter in enumerate(text) if letter == "\n")]
    frame = Frame(grammar=Grammar(expression=lower_expression, body=lower_body), lines=lines)
    found = _Found()
    _read(frame, root, "", found)
    return _module(path, found, shared or Usings(), damage)


def _encodable(text: str) -> str:
    """A lone surrogate, which UTF-8 cannot say, is read as ``?``; a letter of a name that is written as its number as the letter."""
    text = _ENDED.sub(lambda comment: f"{comment[1]}\n" if comment[2] else comment[1], lined(text))
    text = _ESCAPED.sub(_unescaped, text) if "\\u" in text or "\\U" in text else text
    return text.encode("utf-8", "replace").decode("utf-8")


def _unescaped(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2], 16)
    letter = chr(number) if number <= sys.maxunicode else ""
    return letter if letter.isalnum() or letter == "_" else escape[0]


def _parsed(text: str) -> tuple[SgNode, float]:
    root = SgRoot(text, "csharp").root()
    damage = _damage(root, len(text))
    if damage <= _BROKEN or not _DIRECTIVE.search(text):
        return root, damage
    again = SgRoot(_DIRECTIVE.sub(lambda found: " " * len(found[0]), text), "csharp").root()
    other = _damage(again, len(text))
    return (again, other) if other < damage else (root, damage)


def _damage(root: SgNode, length: int) -> float:
    lost, reached = 0, 0
    for node in root.find_all(kind="ERROR"):
        edit = node.replace("")
        lost += max(0, edit.end_pos - max(edit.start_pos, reached))
        reached = max(reached, edit.end_pos)
    return lost / length if length else 0.0


def _read(frame: Frame, node: SgNode, namespace: str, found: _Found) -> None:
    """Read what stands in a file or namespace; a namespace for the whole file holds for all that follows it."""
    siblings = node.children()
    for index, child in enumerate(siblings):
        kind = child.kind()
        if kind == "using_directive":
            _use(child, found.usings)
        elif kind in _NAMESPACES:
            inner = ".".join(filter(None, (namespace, dotted(child.field("name")))))
            found.namespaces.append(inner)
            namespace = inner if kind == "file_scoped_namespace_declaration" else namespace
            _read(frame, child.field("body") or child, inner, found)
        elif kind in TYPES:
            found.types.extend((namespace, each) for each in type_declared(frame, child, "", comment_before(siblings, index)))
        elif kind in _HOLDERS:
            _read(frame, child, namespace, found)
        elif kind == "global_statement" or kind.endswith("_statement"):
            found.body.extend(statement(replace(frame, pending=[]), child))


def _use(node: SgNode, usings: Usings) -> None:
    """Note ``using N;``, ``using static N.T;`` and ``using A = N.T;``."""
    alias = node.field("name")
    names = [part for part in parts(node) if part.kind() in {"identifier", "qualified_name", "alias_qualified_name", "generic_name"}]
    target = dotted(names[-1]) if names else ""
    if not target:
        return
    if child_of(node, "=") is not None:
        name = alias.text() if alias is not None else names[0].text()
        usings.imports[name] = target
    elif target not in usings.wildcards:
        usings.wildcards.append(target)


def _module(path: str, found: _Found, shared: Usings, damage: float) -> Module:
    package = _common([namespace for namespace, _ in found.types] or found.namespaces[:1])
    outer = [".".join(package.split(".")[:end]) for end in range(1, package.count(".") + 1)] if package else []
    visible = (*found.usings.wildcards, *shared.wildcards, *found.namespaces, *reversed(outer), *IMPLICIT)
    functions: list[Function] = [each for each in found.body if isinstance(each, Function)]
    return Module(
        path=path,
        package=package,
        imports=dict(shared.imports) | dict(found.usings.imports),
        wildcards=tuple(name for name in dict.fromkeys(visible) if name != package),
        types=tuple(_placed(each, namespace, package, shared) for namespace, each in found.types),
        functions=tuple(functions),
        body=settled(tuple(each for each in found.body if not isinstance(each, Function))),
        damage=damage,
        test=_is_test(path, found.usings.wildcards),
    )


def _common(namespaces: list[str]) -> str:
    """Give the namespace that all types of a file stand in."""
    first = namespaces[0].split(".") if namespaces and namespaces[0] else []
    for other in namespaces[1:]:
        split = other.split(".") if other else []
        first = first[: next((i for i, part in enumerate(first) if i >= len(split) or split[i] != part), len(first))]
    return ".".join(first)


def _placed(found: Type, namespace: str, package: str, shared: Usings) -> Type:
    """Name a type by its path below the package of the file."""
    below = namespace[len(package) :].lstrip(".")
    if not shared.serves_functions:
        found = replace(found, functions=tuple(_own(function) for function in found.functions))
    return replace(found, name=f"{below}.{found.name}") if below else found


def _own(function: Function) -> Function:
    """Give a function without the attributes that offer it to a model of the program's own."""
    return replace(function, annotations=tuple(each for each in function.annotations if each.name.rpartition(".")[2] != "KernelFunction"))


def _is_test(path: str, wildcards: list[str]) -> bool:
    folder = path.rpartition("/")[0]
    return bool(_TEST_FOLDER.search(folder)) or any(name in _TEST_NAMESPACES for name in wildcards)
