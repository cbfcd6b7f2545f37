"""What is known of PowerShell expressions before they run: literals, variables, joined and encoded texts, objects and their types."""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.model import Scope
from reviewer.inventory.languages.powershell.syntax import first, inner, named, text_of
from reviewer.inventory.languages.values import UNKNOWN, Value
from reviewer.tables import load_table

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["COMPUTED", "Known", "name_of", "table", "type_name", "variable_name"]

#: How long a known text may grow by joining; more is kept as a beginning.
LENGTH = 65_536
_DEPTH = 24
_PARTS = 200

_ESCAPE = re.compile(r"`(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "", "a": "", "b": "", "e": "", "f": "", "v": ""}
_HOLE = re.compile(r"\{(\d{1,3})(?:[,:][^{}]{0,40})?\}")
_SCOPES = ("script:", "global:", "local:", "private:", "using:")
_ANY = Value.chosen(Scope.ANY)
#: The type of an object whose class is named at run time.
COMPUTED = "a type that is named at run time"
_NO_VALUES = frozenset({"command_name", "member_name", "type_literal"})
_STRINGS = frozenset({"expandable_string_literal", "expandable_here_string_literal"})
_VARIABLES = frozenset({"variable", "braced_variable"})


def table() -> dict[str, Any]:
    """Give the table of words."""
    rows: dict[str, Any] = load_table(Path(__file__).parent / "words.yaml")
    return rows


def name_of(text: str) -> str:
    """Give the one form of a command's name: lower case, without escapes, folder and ``.exe``; aliases are replaced."""
    name = text.replace("`", "").replace("\\", "/").lower()
    name = name.rpartition("/")[2] if "/" in name else name
    return str(table()["aliases"].get(name, name.removesuffix(".exe")))


def variable_name(text: str) -> str:
    """Give the name of a variable, lower case, without its scope: ``${Script:X}`` is ``x``."""
    name = text.lstrip("$@").removeprefix("{").removesuffix("}").lower()
    return next((name.removeprefix(scope) for scope in _SCOPES if name.startswith(scope)), name)


def type_name(text: str) -> str:
    """Give the full lower-case name of a type: ``[IO.File]`` is ``system.io.file``."""
    name = text.strip("[] ").lower().replace("`", "").partition("[")[0].strip()
    known: Mapping[str, str] = table()["types"]
    if name in known:
        return known[name]
    return name if name.startswith(("system.", "microsoft.", "windows.", "com:")) else f"system.{name}"


def _short(value: Value) -> Value:
    text = value.text
    if text is not None and len(text) > LENGTH:
        return Value(prefix=text[:LENGTH], scope=value.scope, start=value.start)
    return value


@functools.cache
def _folders() -> dict[str, Value]:
    return {name: Value.literal(place) for name, place in table()["folders"].items()}


@dataclass(slots=True)
class Known:
    """What is known of the variables of a script. ``types`` are those that hold objects, ``tables`` hash literals."""

    variables: dict[str, Value] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, Value]] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)

    def assign(self, name: str, value: Value) -> None:
        """Note a value of a variable; one that is assigned twice can be either."""
        before = self.variables.get(name)
        self.variables[name] = value if before is None else before.join(value)

    def variable(self, text: str) -> Value:
        """Give what is known of a variable."""
        name = variable_name(text)
        if name in self.variables:
            return self.variables[name]
        if name in _folders():
            return _folders()[name]
        if name in self.parameters or name in {"args", "input"}:
            return Value.chosen(Scope.ARGUMENT)
        if name.startswith("env:"):
            return Value.chosen(Scope.CONFIGURATION)
        return _ANY

    def value(self, node: Node, depth: int = _DEPTH) -> Value:
        """Give what is known of an expression; nests beyond a depth are unknown."""
        if depth == 0:
            return _ANY
        node = inner(node)
        kind = node.type
        if kind in _STRINGS:
            return self._expandable(node, depth)
        if kind in _VARIABLES:
            return self.variable(text_of(node))
        plain = _plain(node, kind)
        if plain is not None:
            return plain
        made = _MADE.get(kind)
        return made(self, node, depth - 1) if made is not None else self._blurred(node, depth - 1)

    def _blurred(self, node: Node, depth: int) -> Value:
        """Give who chooses something that is made of the parts of an expression."""
        parts = [
            self.value(part, depth).blurred for part in named(node)[:8] if part.type not in {"command_name", "member_name", "type_literal"}
        ]
        found = parts[0] if parts else UNKNOWN
        for part in parts[1:]:
            found = found.join(part)
        return Value.chosen(found.scope)

    def _expandable(self, node: Node, depth: int) -> Value:
        source = node.text or b""
        quote = 2 if node.type == "expandable_here_string_literal" else 1
        start, at = node.start_byte, quote
        value = Value.literal("")
        for part in [child for child in node.children if child.type in {*_VARIABLES, "sub_expression"}][:_PARTS]:
            value = _short(value.followed_by(_literal(source[at : part.start_byte - start])))
            value = _short(value.followed_by(self.value(part, depth - 1)))
            at = part.end_byte - start
        return _short(value.followed_by(_literal(source[at : len(source) - quote])))

    def _pathlike(self, node: Node, depth: int) -> Value:
        value = Value.literal("")
        for part in named(node)[:_PARTS]:
            value = _short(value.followed_by(self.value(part, depth)))
        return value

    def _listed(self, node: Node, depth: int) -> Value:
        parts = [part for part in named(node) if part.type != "ERROR"]
        if node.type == "array_expression" and len(parts) == 1:
            whole = self.value(parts[0], depth)
            return whole if whole.items is not None else Value.listed([whole])
        return Value.listed(self.value(part, depth) for part in parts[:_PARTS])

    def _joined(self, node: Node, depth: int) -> Value:
        parts = named(node)
        if any(child.type == "+" for child in node.children):
            return _short(self._text(parts[0], depth).followed_by(self._text(parts[-1], depth)))
        return self._blurred(node, depth)

    def _text(self, node: Node, depth: int) -> Value:
        value = self.value(node, depth)
        return _concatenated(value, Value.literal(" ")) if value.items is not None else value

    def _formatted(self, node: Node, depth: int) -> Value:
        parts = [part for part in named(node) if part.type != "format_operator"]
        text = self.value(parts[0], depth).text if parts else None
        given = self.value(parts[-1], depth) if len(parts) > 1 else UNKNOWN
        items = given.items if given.items is not None else (given,)
        if text is None:
            return self._blurred(node, depth)
        value, at = Value.literal(""), 0
        for hole in list(_HOLE.finditer(text))[:_PARTS]:
            value = value.followed_by(Value.literal(text[at : hole.start()]))
            number = int(hole[1])
            value = _short(value.followed_by(items[number] if number < len(items) else _ANY))
            at = hole.end()
        return _short(value.followed_by(Value.literal(text[at:])))

    def _compared(self, node: Node, depth: int) -> Value:
        """Give ``-join`` and ``-replace`` of literals; other signs give no text."""
        parts = [part for part in named(node) if part.type != "comparison_operator"]
        sign = first(node, "comparison_operator")
        sort = text_of(sign).lower() if sign is not None else ""
        if sort == "-join" and len(parts) == 2:  # noqa: PLR2004  left and right
            return _concatenated(self.value(parts[0], depth), self.value(parts[1], depth))
        if sort in {"-replace", "-creplace", "-ireplace"} and len(parts) == 2:  # noqa: PLR2004  as above
            return self._replaced(parts, depth)
        return self._blurred(node, depth)

    def _replaced(self, parts: list[Node], depth: int) -> Value:
        text, pair = self.value(parts[0], depth), self.value(parts[1], depth)
        words = [item.text for item in pair.items] if pair.items is not None else [pair.text]
        simple = all(word is not None and re.fullmatch(r"[\w\s#@~%&;:!=<>,/-]{0,40}", word) for word in words)
        if text.text is None or not simple or not words[0]:
            return text.blurred.join(pair.blurred)
        new = (words[1] if len(words) > 1 else "") or ""
        return Value.literal(re.sub(re.escape(words[0]), lambda _: new, text.text, flags=re.IGNORECASE))

    def _unary(self, node: Node, depth: int) -> Value:
        sign = text_of(node.children[0]).lower()
        parts = named(node)
        if sign == "-join" and parts:
            return _concatenated(self.value(parts[-1], depth), Value.literal(""))
        return self._blurred(node, depth)

    def _cast(self, node: Node, depth: int) -> Value:
        parts = named(node)
        value = self.value(parts[-1], depth)
        if type_name(text_of(parts[0])) == "system.char":
            items = value.items if value.items is not None else (value,)
            made = [_character(item) for item in items]
            return Value.listed(made) if value.items is not None else made[0]
        return value

    def _chosen(self, node: Node, depth: int) -> Value:
        """Give the value of an assignment in an expression, or of the one command in ``$(…)``."""
        parts = named(node)
        return self.value(parts[-1], depth) if parts and parts[-1].type != "script_block_body" else _ANY

    def _invoked(self, node: Node, depth: int) -> Value:
        """Give what decoding and joining methods make of literals; what other objects answer is unknown."""
        name, arguments = self.method(node), self.arguments(node, depth)
        first_text = arguments[0].text if arguments else None
        if name == "system.convert.frombase64string" and first_text is not None:
            return _decoded(first_text)
        if name.startswith("system.text.") and name.endswith(".getstring") and arguments:
            return _reencoded(arguments[0], name)
        if name == "system.string.join" and len(arguments) == 2:  # noqa: PLR2004  separator and list
            return _concatenated(arguments[1], arguments[0])
        if name in {"system.io.path.combine", "system.uri.new", "system.uri"} and arguments:
            return _concatenated(Value.listed(arguments), Value.literal("/"))
        return self._answered(node, name, arguments, depth)

    def _answered(self, node: Node, name: str, arguments: list[Value], depth: int) -> Value:
        if name == "system.environment.getenvironmentvariable":
            return Value.chosen(Scope.CONFIGURATION)
        owner = named(node)[0]
        if not name.startswith("?."):
            return _ANY
        value = self.value(owner, depth)
        if name.rpartition(".")[2] in {"tostring", "trim", "tolower"}:
            return value
        return Value.chosen(Value.listed([value.blurred, *arguments]).blurred.scope)

    def _run(self, node: Node, depth: int) -> Value:
        """Give what a command prints: a path that it joins, else anything."""
        called, elements = first(node, "command_name"), first(node, "command_elements")
        name = name_of(text_of(called)) if called is not None else ""
        words = [self.value(part, depth) for part in named(elements) if part.type != "command_parameter"] if elements is not None else []
        if name == "join-path":
            return _concatenated(Value.listed(words), Value.literal("/"))
        if name in {"resolve-path", "write-output", "echo"} and len(words) == 1:
            return words[0]
        return _ANY

    def arguments(self, node: Node, depth: int = _DEPTH) -> list[Value]:
        """Give the arguments of a method call."""
        given = first(node, "argument_list")
        listed = first(given, "argument_expression_list") if given is not None else None
        return [self.value(part, depth) for part in named(listed)[:_PARTS]] if listed is not None else []

    def method(self, node: Node) -> str:
        """Give the full lower-case name of what a method call or member access names."""
        parts = [part for part in named(node) if part.type != "argument_list"]
        if len(parts) < 2:  # noqa: PLR2004  an object and a name
            return ""
        plain = parts[1].type == "member_name" and inner(parts[1]).type == "simple_name"
        label = text_of(parts[1]) if plain else self.value(parts[1], 4).text
        return f"{self.type_of(parts[0])}.{(label or '?').lower()}"

    def type_of(self, node: Node, depth: int = 8) -> str:
        """Give the type of an object: of ``New-Object X``, ``[X]::new()``, ``[X]`` and variables that hold one."""
        node = inner(node)
        if depth == 0:
            return "?"
        if node.type == "type_literal":
            return type_name(text_of(node))
        if node.type in _VARIABLES:
            name = variable_name(text_of(node))
            return self.types.get(name, name if name == "executioncontext" else "?")
        making = {"command": self.made_by, "cast_expression": self._cast_to}.get(node.type)
        if making is not None:
            return making(node)
        if node.type in {"invokation_expression", "member_access"}:
            name = self.method(node)
            return name.removesuffix(".new")
        return "?"

    def _cast_to(self, node: Node) -> str:
        """Give the type of ``[wmiclass]'Win32_Process'``; of ``[type]('System.' + $x)`` that which is named, else ``COMPUTED``."""
        parts = named(node)
        kind = type_name(text_of(parts[0])) if parts and parts[0].type == "type_literal" else "?"
        if kind != "system.type" or len(parts) < 2:  # noqa: PLR2004  a type and a value
            return kind
        text = self.value(parts[-1], 8).text
        return type_name(text) if text else COMPUTED

    def made_by(self, command: Node) -> str:
        """Give the type that ``New-Object`` makes."""
        called = first(command, "command_name")
        if called is None or name_of(text_of(called)) != "new-object":
            return "?"
        elements = first(command, "command_elements")
        com, words = False, []
        for part in named(elements) if elements is not None else []:
            if part.type == "command_parameter":
                com = com or text_of(part).lower().startswith("-c")
            else:
                words.append(self.value(part, 8))
        text = words[0].text if words else None
        return "?" if text is None else f"com:{text.lower()}" if com else type_name(text)


def _literal(source: bytes) -> Value:
    text = source.decode("utf-8", "replace")
    return Value.literal(_ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text.replace('""', '"')))


def _plain(node: Node, kind: str) -> Value | None:
    text = text_of(node)
    if kind == "verbatim_string_characters":
        return _short(Value.literal(text[1:-1].replace("''", "'")))
    if kind == "verbatim_here_string_characters":
        return _short(Value.literal(text[2:-2].strip("\n")))
    if kind in {"generic_token", "command_name", "path_command_name_token", "simple_name", "type_identifier"}:
        return _short(Value.literal(text.replace("`", "")))
    if kind.endswith("_literal") and kind.startswith(("decimal", "hexa", "real", "integer")):
        return Value.literal(text)
    return None


def _concatenated(value: Value, separator: Value) -> Value:
    if value.items is None:
        return value
    found = Value.literal("")
    for number, item in enumerate(value.items):
        found = _short((found.followed_by(separator) if number else found).followed_by(item))
    return found


def _character(value: Value) -> Value:
    try:
        code = int(value.text or "", 0)
    except ValueError:
        return value if value.text is not None and len(value.text) == 1 else _ANY
    return Value.literal(chr(code)) if 0 < code < 0xD800 else _ANY  # noqa: PLR2004  below surrogates


def decode(text: str) -> bytes | None:
    """Give what a base64 text holds; None where it is none."""
    try:
        return base64.b64decode("".join(text.split()) + "=" * (-len("".join(text.split())) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _decoded(text: str) -> Value:
    raw = decode(text)
    return Value.literal(raw.decode("latin-1")) if raw is not None else _ANY


def _reencoded(value: Value, name: str) -> Value:
    """Give bytes (each a character) as the text that an encoding makes of them."""
    text = value.text
    if text is None or any(ord(character) > 0xFF for character in text):  # noqa: PLR2004  a byte
        return value.blurred
    raw = text.encode("latin-1")
    encoding = "utf-16-le" if ".unicode." in name else "utf-8"
    return _short(Value.literal(raw.decode(encoding, "replace")))


_MADE: Mapping[str, Any] = {
    "array_literal_expression": Known._listed,  # noqa: SLF001  its own
    "array_expression": Known._listed,  # noqa: SLF001
    "argument_expression_list": Known._listed,  # noqa: SLF001
    "additive_expression": Known._joined,  # noqa: SLF001
    "additive_argument_expression": Known._joined,  # noqa: SLF001
    "format_expression": Known._formatted,  # noqa: SLF001
    "format_argument_expression": Known._formatted,  # noqa: SLF001
    "comparison_expression": Known._compared,  # noqa: SLF001
    "comparison_argument_expression": Known._compared,  # noqa: SLF001
    "expression_with_unary_operator": Known._unary,  # noqa: SLF001
    "cast_expression": Known._cast,  # noqa: SLF001
    "invokation_expression": Known._invoked,  # noqa: SLF001
    "assignment_expression": Known._chosen,  # noqa: SLF001
    "sub_expression": Known._chosen,  # noqa: SLF001
    "command": Known._run,  # noqa: SLF001
    "path_command_name": Known._pathlike,  # noqa: SLF001
}
