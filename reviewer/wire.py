"""Values to canonical JSON bytes and back: the only door through which stored or child-made JSON enters.

Canonical means: keys sorted, no white space, ASCII only, so that equal values have equal bytes and a digest means something.
"""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

Value = TypeVar("Value")


@functools.cache
def _adapter(kind: type[Value]) -> TypeAdapter[Value]:
    return TypeAdapter(kind)


def encode(value: object) -> bytes:
    """Write a value as canonical JSON."""
    plain: Any = _adapter(type(value)).dump_python(value, mode="json")
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def decode(kind: type[Value], document: bytes) -> Value:
    """Read a value back.

    Raises:
        pydantic.ValidationError: the bytes are not such a value; the error names every place.
    """
    return _adapter(kind).validate_json(document)


def digest(value: object) -> str:
    """Give the sha256 (hex) of a value's canonical JSON."""
    return hashlib.sha256(encode(value)).hexdigest()
