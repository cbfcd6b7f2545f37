"""Reads a document of any of the notations that clients use, with every ambiguity told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.documents import Document, read_json, read_toml, read_yaml

__all__ = ["at", "decoded", "read_document"]

_JSON5 = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?|//[^\n]*|/\*.*?(?:\*/|\Z)|[:\t,]",
    re.DOTALL,
)


def decoded(content: bytes) -> str:
    """Give the text of a document: UTF-8, or UTF-16 where its first bytes say so. What is neither keeps replacement characters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8", "replace").removeprefix("\ufeff")


def read_document(name: str, text: str) -> Document:
    """Read a document as its name says; JSON with comments, trailing commas and JSON5's free spelling too."""
    lower = name.lower()
    if lower.endswith(".toml"):
        return read_toml(text)
    if lower.endswith((".yaml", ".yml")):
        return read_yaml(text)
    document = read_json(text, lenient=True)
    if document.value is not None or any(fault.startswith("nested") for fault in document.faults):
        return document
    free = read_yaml(_JSON5.sub(_spaced, text))  # YAML's flow style has JSON5's quotes and bare keys
    return free if isinstance(free.value, dict) and not free.faults else document


def _spaced(match: re.Match[str]) -> str:
    sign = match[0]
    if sign.startswith(("//", "/*")):
        return " "
    return {":": ": ", "\t": " ", ",": ", "}.get(sign, sign)


def at(value: object, path: str) -> Iterator[object]:
    """Give what stands under a path of keys; ``*`` is every key. A key that itself holds dots is found too, as clients differ in that."""
    if "." in path and isinstance(value, dict) and path in value:
        yield value[path]
    key, _, rest = path.partition(".")
    inside = (
        value if isinstance(value, dict) else {str(number): item for number, item in enumerate(value)} if isinstance(value, list) else {}
    )
    found = list(inside.values()) if key == "*" else [inside[key]] if key in inside else []
    for item in found:
        if rest:
            yield from at(item, rest)
        else:
            yield item
