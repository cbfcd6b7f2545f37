"""A setup.py that does more than describe its package."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import yaml

from checks.model import Hit, Location, Severity

_WORDS = Path(__file__).with_name("words.yaml")
_LIMIT = 500_000
# Asking the compiler, the platform or git for the version: what honest setup scripts start programs for.
_HARMLESS = re.compile(r"\b(?:git|pkg-config|uname|sw_vers|xcrun|nvcc|cmake|gcc|g\+\+|clang|cargo|rustc|llvm-config|\w+-config)\b")


def setup_hits(path: str, text: str) -> Iterator[Hit]:
    """Yield calls that act while the file is loaded, and setuptools commands that are replaced by ones that act."""
    words = yaml.load(_WORDS.read_bytes(), Loader=yaml.CSafeLoader)
    acts, commands = re.compile(words["acts"]), frozenset(words["commands"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text[:_LIMIT])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            if any(_name(base).rpartition(".")[2] in commands for base in statement.bases):
                yield from _command(path, statement, acts)
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _calls(path, statement, acts, "setup.py calls {} while it is loaded.")


def _command(path: str, statement: ast.ClassDef, acts: re.Pattern[str]) -> Iterator[Hit]:
    found = list(_calls(path, statement, acts, f"The installation command {statement.name} calls {{}}."))
    yield from found[:1]


def _calls(path: str, statement: ast.stmt, acts: re.Pattern[str], message: str) -> Iterator[Hit]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and acts.match(_name(node.func)):
            harmless = _HARMLESS.search(" ".join(_strings(node)))
            severity = Severity.LOW if harmless else None
            yield Hit(
                at=Location(path=path, line=node.lineno),
                message=message.format(_name(node.func)),
                evidence=_shown(node),
                severity=severity,
            )


def _strings(node: ast.Call) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def _shown(node: ast.AST) -> str:
    try:
        return ast.unparse(node)[:300]
    except (RecursionError, ValueError):
        return ""


def _name(node: ast.expr) -> str:
    """Give ``os.system`` for the expression of that name, else ``""``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
