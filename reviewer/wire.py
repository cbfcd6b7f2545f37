"""Values to canonical JSON bytes and back: the only door through which stored or child-made JSON enters.

Canonical means: keys sorted, no white space, ASCII only, so that equal values have equal bytes and a digest means something.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

Value = TypeVar("Value")


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    """Make an adapter once per type: making one takes longer than using it."""
    return _ADAPTERS.get(kind) or _ADAPTERS.setdefault(kind, TypeAdapter(kind))


def encode(value: object) -> bytes:
    """Write a value as canonical JSON."""
    plain: Any = _adapter(value.__class__).dump_python(value, mode="json")
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def decode(kind: type[Value], document: bytes) -> Value:
    """Read a value back.

    Raises:
        pydantic.ValidationError: the bytes are not such a value; the error names every place.
    """
    value: Value = _adapter(kind).validate_json(document)
    return value


def digest(value: object) -> str:
    """Give the sha256 (hex) of a value's canonical JSON."""
    return hashlib.sha256(encode(value)).hexdigest()
