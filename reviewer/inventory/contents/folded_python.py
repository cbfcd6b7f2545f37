"""Constant expressions of Python, worked out over the syntax tree with bounded sizes. Nothing is evaluated by Python itself."""

from __future__ import annotations

import ast
import base64
import binascii
import bz2
import codecs
import lzma
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from reviewer.inventory.contents.folded import Folded, Steps

Constant: TypeAlias = "str | bytes | int | tuple[Constant, ...]"

#: How long a worked out text, and how deep an expression, may be; how many expressions of one file are worked out.
LONGEST, DEPTH, NODES = 200_000, 200, 1_000_000
#: How many steps one expression may take; names that are made of names could take any number.
STEPS, ALL_STEPS = 20_000, 2_000_000
_PACKED, _MEMORY = 10_000_000, 128 << 20

_EXPRESSIONS = (ast.BinOp, ast.Call, ast.Subscript, ast.JoinedStr, ast.Constant)
_STRIPS: Mapping[str, Callable[[str], str]] = {
    "strip": str.strip,
    "lower": str.lower,
    "upper": str.upper,
    "swapcase": str.swapcase,
    "title": str.title,
}


class _NotConstant(Exception):  # noqa: N818  the usual case, not an error
    """An expression that is not worked out here."""


def fold(text: str) -> Iterator[Folded | None]:
    """Yield what the constant expressions of a source come to, None where there is too much; nothing of one that is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in their literals
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    names = _names(tree)
    waiting: list[ast.AST] = [tree]
    steps = Steps(ALL_STEPS)
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > NODES or not steps.left:
            yield None
            return
        if isinstance(node, _EXPRESSIONS):
            value = _attempt(node, names, steps)
            if value is not None:
                if not isinstance(node, ast.Constant):
                    yield Folded(text=value, line=node.lineno, plain=_is_plain(node))
                continue
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _attempt(node: ast.expr, names: Mapping[str, ast.expr], steps: Steps) -> str | None:
    try:
        value = _Folding(names, steps).value(node)
    except (_NotConstant, ValueError, ArithmeticError, LookupError, TypeError, RecursionError, MemoryError, EOFError, OSError):
        return None
    except (zlib.error, lzma.LZMAError, binascii.Error):
        return None
    return value if isinstance(value, str) else value.decode("utf-8", "replace") if isinstance(value, bytes) else None


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp | ast.JoinedStr | ast.Constant) and not any(
        isinstance(each, ast.Call | ast.Subscript) for each in ast.walk(node)
    )


def _names(tree: ast.Module) -> dict[str, ast.expr]:
    """Give the names that are assigned once in the whole file, to what they are assigned."""
    found: dict[str, ast.expr | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for aim in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(aim, ast.Name):
                    found[aim.id] = None if aim.id in found else node.value
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = None
    return {name: value for name, value in found.items() if value is not None}


class _Folding:
    """Works out one expression. ``_bound`` are the variables of comprehensions."""

    def __init__(self, names: Mapping[str, ast.expr], steps: Steps) -> None:
        self._names = names
        self._bound: dict[str, Constant] = {}
        self._depth = self._steps = 0
        self._all = steps

    def value(self, node: ast.expr) -> Constant:
        """Give what an expression comes to. Raises _NotConstant."""
        way = _WAYS.get(type(node))
        self._depth += 1
        self._steps += 1
        if way is None or self._depth > DEPTH or self._steps > STEPS or not self._all.take():
            raise _NotConstant
        found = way(self, node)
        self._depth -= 1
        if isinstance(found, str | bytes | tuple) and len(found) > LONGEST:
            raise _NotConstant
        return found

    def texts(self, node: ast.expr) -> str:
        """Give a text. Raises _NotConstant."""
        value = self.value(node)
        if not isinstance(value, str):
            raise _NotConstant
        return value

    def constant(self, node: ast.Constant) -> Constant:
        """Give a literal."""
        if isinstance(node.value, str | bytes | int):
            return node.value
        raise _NotConstant

    def name(self, node: ast.Name) -> Constant:
        """Give a variable of a comprehension, or a name that is assigned once."""
        if node.id in self._bound:
            return self._bound[node.id]
        if node.id not in self._names:
            raise _NotConstant
        return self.value(self._names[node.id])

    def sequence(self, node: ast.List | ast.Tuple) -> Constant:
        """Give a list as a tuple."""
        return tuple(self.value(item) for item in node.elts)

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Constant:
        """Give ``[f(x) for x in constants]`` with one variable and no condition."""
        (only,) = node.generators if len(node.generators) == 1 else (None,)
        if only is None or only.ifs or not isinstance(only.target, ast.Name):
            raise _NotConstant
        found = []
        for item in _items(self.value(only.iter)):
            self._bound[only.target.id] = item
            found.append(self.value(node.elt))
        return tuple(found)

    def operation(self, node: ast.BinOp) -> Constant:
        """Add, repeat, format, or calculate with small numbers."""
        left = self.value(node.left)
        right = self.value(node.right)
        if isinstance(left, int) and isinstance(right, int):
            return _number(node.op, left, right)
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            return _formatted(left, right)
        if isinstance(node.op, ast.Add):
            return _sum(left, right)
        if isinstance(node.op, ast.Mult) and isinstance(right, int) and isinstance(left, str | bytes) and len(left) * right <= LONGEST:
            return left * right
        raise _NotConstant

    def formatted(self, node: ast.JoinedStr) -> Constant:
        """Give an f-string of constants."""
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        if not any(isinstance(part, ast.FormattedValue) for part in node.values):
            raise _NotConstant
        values = [self.value(part) for part in parts]
        return "".join(value if isinstance(value, str) else str(value) for value in values)

    def slice(self, node: ast.Subscript) -> Constant:
        """Give a part of a text, most of all ``[::-1]``."""
        whole = self.value(node.value)
        if isinstance(whole, int):
            raise _NotConstant
        if not isinstance(node.slice, ast.Slice):
            at = self.value(node.slice)
            return whole[at] if isinstance(at, int) else self._refuse()
        numbers = [None if part is None else self._signed(part) for part in (node.slice.lower, node.slice.upper, node.slice.step)]
        return whole[slice(*numbers)]

    def _signed(self, node: ast.expr) -> int:
        negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        value = self.value(node.operand if isinstance(node, ast.UnaryOp) else node)
        if not isinstance(value, int):
            raise _NotConstant
        return -value if negative else value

    def call(self, node: ast.Call) -> Constant:
        """Give what a call of a method of texts, of a decoder or of ``chr`` and its like comes to."""
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
        if any(keyword.arg not in {"errors", "encoding", None} for keyword in node.keywords) or name not in _CALLS | _METHODS.keys():
            raise _NotConstant
        if name == "map":
            return self._mapped(node)
        values = tuple(self.value(argument) for argument in node.args)
        if isinstance(function, ast.Attribute) and not _is_module(function.value):
            return _method(self.value(function.value), name, values)
        return _function(name, values)

    def _mapped(self, node: ast.Call) -> Constant:
        if len(node.args) != 2 or not isinstance(node.args[0], ast.Name):  # noqa: PLR2004  a function and what it is applied to
            raise _NotConstant
        return tuple(_function(node.args[0].id, (item,)) for item in _items(self.value(node.args[1])))

    def _refuse(self) -> Constant:
        raise _NotConstant


def _is_module(node: ast.expr) -> bool:
    known = {"base64", "binascii", "codecs", "zlib", "gzip", "bz2", "lzma", "bytes", "bytearray", "str", "builtins"}
    return (isinstance(node, ast.Name) and node.id in known) or (isinstance(node, ast.Call) and not node.args)


def _items(value: Constant) -> tuple[Constant, ...]:
    if isinstance(value, int):
        raise _NotConstant
    return tuple(value)


def _number(operator: ast.operator, left: int, right: int) -> int:
    if abs(left) > LONGEST or abs(right) > LONGEST:
        raise _NotConstant
    found: dict[type[ast.operator], Callable[[int, int], int]] = {
        ast.Add: int.__add__, ast.Sub: int.__sub__, ast.BitXor: int.__xor__, ast.Mult: int.__mul__, ast.FloorDiv: int.__floordiv__,
        ast.Mod: int.__mod__,
    }  # fmt: skip
    if type(operator) not in found:
        raise _NotConstant
    return found[type(operator)](left, right)


def _sum(left: Constant, right: Constant) -> Constant:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, bytes) and isinstance(right, bytes):
        return left + right
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    raise _NotConstant


def _formatted(pattern: str, values: Constant) -> str:
    if pattern.count("%") != pattern.count("%s") or len(pattern) > LONGEST:
        raise _NotConstant
    return pattern % (values if isinstance(values, tuple) else (values,))


def _method(whole: Constant, name: str, values: tuple[Constant, ...]) -> Constant:
    way = _METHODS.get(name)
    if way is None:
        raise _NotConstant
    return way(whole, values)


def _join(whole: Constant, values: tuple[Constant, ...]) -> Constant:
    parts = _items(values[0])
    if isinstance(whole, str):
        return whole.join(part for part in parts if isinstance(part, str)) if all(isinstance(p, str) for p in parts) else _no()
    if isinstance(whole, bytes) and all(isinstance(part, bytes) for part in parts):
        return whole.join(part for part in parts if isinstance(part, bytes))
    return _no()


def _replace(whole: Constant, values: tuple[Constant, ...]) -> Constant:
    if isinstance(whole, str) and len(values) == 2 and isinstance(values[0], str) and isinstance(values[1], str):  # noqa: PLR2004
        return whole.replace(values[0], values[1]) if len(whole) * max(1, len(values[1])) <= 10 * LONGEST else _no()
    return _no()


def _split(whole: Constant, values: tuple[Constant, ...]) -> Constant:
    if not isinstance(whole, str) or len(values) > 1:
        return _no()
    between = values[0] if values else None
    return tuple(whole.split(between)) if between is None or isinstance(between, str) else _no()


def _format(whole: Constant, values: tuple[Constant, ...]) -> Constant:
    if not isinstance(whole, str) or whole.count("{") != whole.count("{}"):
        return _no()
    return whole.format(*values)


def _decode(whole: Constant, values: tuple[Constant, ...]) -> Constant:
    named = str(values[0]).lower() if values else "utf-8"
    if named.replace("_", "").replace("-", "") == "rot13":
        return str(codecs.decode(whole, "rot13")) if isinstance(whole, str) else _no()
    return whole.decode("utf-8", "replace") if isinstance(whole, bytes) else _no()


def _encode(whole: Constant, _: tuple[Constant, ...]) -> Constant:
    return whole.encode("utf-8", "replace") if isinstance(whole, str) else _no()


def _no() -> Constant:
    raise _NotConstant


def _plain(name: str) -> Callable[[Constant, tuple[Constant, ...]], Constant]:
    def apply(whole: Constant, values: tuple[Constant, ...]) -> Constant:
        return _STRIPS[name](whole) if isinstance(whole, str) and not values else _no()

    return apply


_METHODS: Mapping[str, Callable[[Constant, tuple[Constant, ...]], Constant]] = {
    "join": _join, "replace": _replace, "split": _split, "format": _format, "decode": _decode, "encode": _encode,
    **{name: _plain(name) for name in _STRIPS},
}  # fmt: skip


def _raw(value: Constant) -> bytes:
    if isinstance(value, str):
        return value.encode("ascii", "replace")
    if isinstance(value, bytes):
        return value
    raise _NotConstant


def _numbers(value: Constant) -> bytes:
    if isinstance(value, tuple):
        return bytes(item for item in value if isinstance(item, int))
    return _raw(value)


def _inflated(content: bytes) -> bytes:
    for window in (zlib.MAX_WBITS + 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(window).decompress(content, _PACKED)
        except zlib.error:
            continue
    if content.startswith(b"BZh"):
        return bz2.BZ2Decompressor().decompress(content, _PACKED)
    return lzma.LZMADecompressor(memlimit=_MEMORY).decompress(content, _PACKED)


def _base64(content: bytes) -> bytes:
    return base64.b64decode(content.replace(b"-", b"+").replace(b"_", b"/") + b"==")


_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "b64decode": _base64, "urlsafe_b64decode": _base64, "standard_b64decode": _base64, "decodebytes": _base64, "a2b_base64": _base64,
    "b32decode": base64.b32decode, "b16decode": base64.b16decode,
    "b85decode": base64.b85decode, "a85decode": base64.a85decode, "unhexlify": binascii.unhexlify, "a2b_hex": binascii.unhexlify,
    "decompress": _inflated,
}  # fmt: skip
_CALLS = frozenset({"chr", "bytes", "bytearray", "str", "list", "tuple", "reversed", "fromhex", "map", "ord", "decode", *_DECODERS})


def _function(name: str, values: tuple[Constant, ...]) -> Constant:
    first = values[0] if values else _no()
    if name in _DECODERS:
        return _DECODERS[name](_raw(first))
    if name == "decode":  # codecs.decode(text, "rot13")
        return _decode(first, values[1:])
    if name in {"bytes", "bytearray"}:
        return _numbers(first)
    if name == "fromhex":
        return bytes.fromhex(first) if isinstance(first, str) else _no()
    return _of_sequence(name, first)


def _of_sequence(name: str, first: Constant) -> Constant:
    if name == "chr":
        return chr(first) if isinstance(first, int) else _no()
    if name == "ord":
        return ord(first) if isinstance(first, str) else _no()
    if name == "str":
        return first if isinstance(first, str) else first.decode("utf-8", "replace") if isinstance(first, bytes) else _no()
    items = _items(first)
    return tuple(reversed(items)) if name == "reversed" else items


_WAYS: Mapping[type[ast.expr], Callable[..., Constant]] = {
    ast.Constant: _Folding.constant, ast.Name: _Folding.name, ast.List: _Folding.sequence, ast.Tuple: _Folding.sequence,
    ast.ListComp: _Folding.comprehension, ast.GeneratorExp: _Folding.comprehension, ast.BinOp: _Folding.operation,
    ast.JoinedStr: _Folding.formatted, ast.Subscript: _Folding.slice, ast.Call: _Folding.call,
}  # fmt: skip
