"""Constant expressions of JavaScript and TypeScript, worked out over the syntax tree with bounded sizes."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from checks.text import Lines
from reviewer.inventory.contents.folded import Folded, Steps

if TYPE_CHECKING:
    from ast_grep_py import SgNode

Constant: TypeAlias = "str | int | tuple[Constant, ...]"

LONGEST, DEPTH, NODES = 200_000, 100, 1_000_000
STEPS, ALL_STEPS = 20_000, 1_000_000
_GRAMMARS = {"javascript": "javascript", "jsx": "javascript", "typescript": "typescript", "tsx": "tsx"}
_KINDS = ("binary_expression", "call_expression", "template_string")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r?\n)|(.))", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v"}
_LAST = 0x10FFFF


class _NotConstant(Exception):  # noqa: N818  the usual case, not an error
    """An expression that is not worked out here."""


def reader(language: str) -> Callable[[str], Iterator[Folded | None]]:
    """Give what folds the expressions of a dialect."""
    return lambda text: fold(text, _GRAMMARS[language])


def fold(text: str, grammar: str) -> Iterator[Folded | None]:
    """Yield what the constant expressions of a source come to, None where there is too much."""
    from ast_grep_py import SgRoot  # noqa: PLC0415  only where there is code

    body = text.encode("utf-8", "replace").decode()
    root = SgRoot(body, grammar).root()
    names = _names(root)
    lines = Lines(body)
    waiting = [root]
    steps = Steps(ALL_STEPS)
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > NODES or not steps.left:
            yield None
            return
        if node.kind() in _KINDS:
            value = _attempt(node, names, steps)
            if value is not None:
                yield Folded(text=value, line=lines.at(node.range().start.index), plain=node.kind() != "call_expression")
                continue
        waiting.extend(reversed(node.children()))


def _attempt(node: SgNode, names: Mapping[str, SgNode], steps: Steps) -> str | None:
    try:
        value = _Folding(names, steps).value(node)
    except (_NotConstant, ValueError, LookupError, TypeError, RecursionError, MemoryError, binascii.Error):
        return None
    return value if isinstance(value, str) else None


def _names(root: SgNode) -> dict[str, SgNode]:
    """Give the constants that are declared once in the whole file."""
    found: dict[str, SgNode | None] = {}
    for node in root.find_all(kind="variable_declarator"):
        name, value = node.field("name"), node.field("value")
        if name is not None and value is not None and name.kind() == "identifier":
            found[name.text()] = None if name.text() in found else value
    for node in root.find_all(kind="assignment_expression"):
        aim = node.field("left")
        if aim is not None:
            found[aim.text()] = None
    return {name: value for name, value in found.items() if value is not None}


class _Folding:
    """Works out one expression."""

    def __init__(self, names: Mapping[str, SgNode], steps: Steps) -> None:
        self._names = names
        self._depth = self._steps = 0
        self._all = steps

    def value(self, node: SgNode) -> Constant:
        """Give what an expression comes to. Raises _NotConstant."""
        way = _WAYS.get(node.kind())
        self._depth += 1
        self._steps += 1
        if way is None or self._depth > DEPTH or self._steps > STEPS or not self._all.take():
            raise _NotConstant
        found = way(self, node)
        self._depth -= 1
        if isinstance(found, str | tuple) and len(found) > LONGEST:
            raise _NotConstant
        return found

    def string(self, node: SgNode) -> Constant:
        """Give a literal without its quotes and escapes."""
        return _unescaped(node.text()[1:-1])

    def template(self, node: SgNode) -> Constant:
        """Give a template of constants; one without any is a literal."""
        parts: list[str] = []
        at = node.range().start.index + 1
        text, start = node.text(), node.range().start.index
        for child in node.children():
            if child.kind() == "template_substitution":
                parts.append(_unescaped(text[at - start : child.range().start.index - start]))
                parts.append(str(self.value(child.children()[1])))
                at = child.range().end.index
        parts.append(_unescaped(text[at - start : -1]))
        return "".join(parts)

    def number(self, node: SgNode) -> Constant:
        """Give a whole number."""
        return int(node.text().replace("_", ""), 0)

    def name(self, node: SgNode) -> Constant:
        """Give a name that is declared once."""
        if node.text() not in self._names:
            raise _NotConstant
        return self.value(self._names[node.text()])

    def array(self, node: SgNode) -> Constant:
        """Give an array."""
        return tuple(self.value(child) for child in node.children() if child.is_named())

    def inner(self, node: SgNode) -> Constant:
        """Give what stands in parentheses."""
        return self.value(next(child for child in node.children() if child.is_named()))

    def operation(self, node: SgNode) -> Constant:
        """Add texts, or calculate with small numbers."""
        left, right, operator = node.field("left"), node.field("right"), node.field("operator")
        if left is None or right is None or operator is None:
            raise _NotConstant
        first, second = self.value(left), self.value(right)
        if operator.text() == "+" and (isinstance(first, str) or isinstance(second, str)):
            return f"{first}{second}" if isinstance(first, str | int) and isinstance(second, str | int) else _no()
        if isinstance(first, int) and isinstance(second, int) and max(abs(first), abs(second)) <= LONGEST:
            known = {"+": first + second, "-": first - second, "^": first ^ second, "*": first * second}
            return known[operator.text()]
        raise _NotConstant

    def call(self, node: SgNode) -> Constant:
        """Give what a method of texts and arrays, or a decoder, comes to."""
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None:
            raise _NotConstant
        shown = re.sub(r"\s+", "", function.text()) if len(function.text()) <= _NAME else ""
        given = [child for child in arguments.children() if child.is_named()]
        if shown in {"String.fromCharCode", "String.fromCodePoint"}:
            return "".join(chr(_point(value)) for value in self._spread(given))
        if shown in {"atob", "window.atob", "globalThis.atob"}:
            return _base64(self.value(given[0]))
        if shown in {"decodeURIComponent", "unescape"}:
            from urllib.parse import unquote  # noqa: PLC0415  seldom

            return unquote(_text(self.value(given[0])))
        return self._method(function, given)

    def _spread(self, given: list[SgNode]) -> Iterator[Constant]:
        for child in given:
            if child.kind() == "spread_element":
                yield from _items(self.inner(child))
            else:
                yield self.value(child)

    def _method(self, function: SgNode, given: list[SgNode]) -> Constant:
        owner, name = function.field("object"), function.field("property")
        if owner is None or name is None:
            raise _NotConstant
        if name.text() == "from" and owner.text() == "Buffer":
            values = [self.value(child) for child in given]
            return _buffer(values[0], _text(values[1]) if len(values) > 1 else "utf8")
        if name.text() == "map":  # .map(c => String.fromCharCode(c)): the most common way to spell a text
            codes = _items(self.value(owner))
            shown = given[0].text() if given else ""
            return tuple(chr(_point(code)) for code in codes) if "fromCharCode" in shown and not re.search(r"[-^+*]", shown) else _no()
        way = _METHODS.get(name.text())
        if way is None:
            raise _NotConstant
        return way(self.value(owner), [self.value(child) for child in given])


def _unescaped(body: str) -> str:
    def shown(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            return chr(int(code, 16)) if int(code, 16) <= _LAST else ""
        return "" if match[4] else _NAMED.get(match[5], match[5])

    return _ESCAPE.sub(shown, body)


def _no() -> Constant:
    raise _NotConstant


def _text(value: Constant) -> str:
    return value if isinstance(value, str) else str(_no())


def _items(value: Constant) -> tuple[Constant, ...]:
    return value if isinstance(value, tuple) else tuple(_text(_no()))


def _point(value: Constant) -> int:
    return value if isinstance(value, int) and 0 <= value <= _LAST else int(_text(_no()))


def _base64(value: Constant) -> str:
    return base64.b64decode(_text(value).replace("-", "+").replace("_", "/") + "==").decode("utf-8", "replace")


def _buffer(value: Constant, encoding: str) -> str:
    if isinstance(value, tuple):
        return bytes(_point(item) for item in value).decode("utf-8", "replace")
    if encoding in {"base64", "base64url"}:
        return _base64(value)
    return bytes.fromhex(_text(value)).decode("utf-8", "replace") if encoding == "hex" else _text(value)


def _join(whole: Constant, given: list[Constant]) -> Constant:
    between = _text(given[0]) if given else ","
    return between.join(str(item) for item in _items(whole))


def _split(whole: Constant, given: list[Constant]) -> Constant:
    return tuple(_text(whole)) if given == [""] else tuple(_text(whole).split(_text(given[0])))


def _reverse(whole: Constant, _: list[Constant]) -> Constant:
    return tuple(reversed(_items(whole)))


def _concat(whole: Constant, given: list[Constant]) -> Constant:
    return _text(whole) + "".join(_text(value) for value in given)


def _replace(whole: Constant, given: list[Constant]) -> Constant:
    return _text(whole).replace(_text(given[0]), _text(given[1]))


def _same(whole: Constant, _: list[Constant]) -> Constant:
    return _text(whole)


_METHODS: Mapping[str, Callable[[Constant, list[Constant]], Constant]] = {
    "join": _join, "split": _split, "reverse": _reverse, "concat": _concat, "replace": _replace, "replaceAll": _replace,
    "toString": _same, "trim": lambda whole, _: _text(whole).strip(), "toLowerCase": lambda whole, _: _text(whole).lower(),
}  # fmt: skip
_NAME = 200
_WAYS: Mapping[str, Callable[[_Folding, SgNode], Constant]] = {
    "string": _Folding.string, "template_string": _Folding.template, "number": _Folding.number, "identifier": _Folding.name,
    "array": _Folding.array, "parenthesized_expression": _Folding.inner, "binary_expression": _Folding.operation,
    "call_expression": _Folding.call,
}  # fmt: skip
