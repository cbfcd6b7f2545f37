"""Words of a shell text as values: what is literal, what comes from the environment, what the caller chooses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.model import Scope
from reviewer.inventory.languages.values import Value

if TYPE_CHECKING:
    from ast_grep_py import SgNode

#: How long a known text may grow by joining; more is kept as a beginning.
LENGTH = 4_096

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_POSITIONAL = re.compile(r"[0-9@*]")
_NAME = re.compile(r"\$\{?[#!]?([A-Za-z_]\w*|[0-9@*#?$!-])")
_ANY = Value.chosen(Scope.ANY)
_JOINED = frozenset({"string", "concatenation", "command_name", "translated_string"})


def value_of(node: SgNode, variables: Mapping[str, Value]) -> Value:
    """Give what is known of one word. Nesting of quotes inside words is followed a few levels deep, then taken as unknown."""
    return _value(node, variables, 6)


def _value(node: SgNode, variables: Mapping[str, Value], depth: int) -> Value:
    kind = node.kind()
    if depth == 0:
        return _ANY
    if kind in {"simple_expansion", "expansion"}:
        return _variable(node.text(), variables)
    if kind in _JOINED:
        return _together(node, variables, depth)
    return _plain(kind, node.text())


def _plain(kind: str, text: str) -> Value:
    if kind in {"word", "number", "variable_name", "file_descriptor", "test_operator", "regex", "extglob_pattern"}:
        return _short(Value.literal(_ESCAPE.sub(r"\1", text)))
    if kind == "raw_string":
        return _short(Value.literal(text[1:-1]))
    if kind == "ansi_c_string":
        return _short(Value.literal(text[2:-1]))
    if kind in {"string_content", "heredoc_content"}:
        return _short(Value.literal(re.sub(r'\\([$`"\\])', r"\1", text)))
    return _ANY


def _together(node: SgNode, variables: Mapping[str, Value], depth: int) -> Value:
    parts = [child for child in node.children() if child.is_named()]
    if not parts:
        return _short(Value.literal(node.text().strip('"')))
    value = Value.literal("")
    for part in parts[:50]:
        value = _short(value.followed_by(_value(part, variables, depth - 1)))
    return value if len(parts) <= 50 else _ANY  # noqa: PLR2004  nobody writes such a word by hand


def _short(value: Value) -> Value:
    text = value.text
    if text is not None and len(text) > LENGTH:
        return Value(prefix=text[:LENGTH], scope=value.scope, start=value.start)
    return value


def variable_name(text: str) -> str:
    """Give the name in ``$X`` or ``${X…}``; empty where there is none."""
    match = _NAME.match(text)
    return match[1] if match else ""


def _variable(text: str, variables: Mapping[str, Value]) -> Value:
    name = variable_name(text)
    if name in variables:
        return variables[name]
    if (_POSITIONAL.fullmatch(name) and name != "0") or name == "ARGUMENTS":  # the latter is what a user types behind a command
        return Value.chosen(Scope.ARGUMENT)
    return Value.chosen(Scope.CONFIGURATION)
