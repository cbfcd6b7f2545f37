"""Input schemas as JSON Schema: literal ones, zod shapes and chains, TypeBox; loosely, for people and checks to read.

A chain such as ``z.string().describe("…").optional()`` is read by the names of its methods, so zod inside a bundle is read as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.definitions import definition
from reviewer.inventory.languages.javascript.domain import Lazy, Listing, Record, Value, text_of
from reviewer.inventory.languages.javascript.evaluate import Evaluator
from reviewer.inventory.languages.javascript.nodes import arguments_of, member_key
from reviewer.inventory.languages.javascript.plain import plain_of, shown

Schema = dict[str, Any]
#: How deep schemas nest, and how many members one schema may have in all.
_DEPTH = 16
_SIZE = 1500

_PLAIN_TYPES = {
    "string": "string",
    "email": "string",
    "url": "string",
    "uuid": "string",
    "date": "string",
    "number": "number",
    "int": "integer",
    "integer": "integer",
    "bigint": "integer",
    "boolean": "boolean",
    "null": "null",
}
_LIMITS = {
    "string": {"min": "minLength", "max": "maxLength", "length": "maxLength"},
    "number": {"min": "minimum", "max": "maximum", "gte": "minimum", "lte": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"},
    "integer": {"min": "minimum", "max": "maximum"},
    "array": {"min": "minItems", "max": "maxItems", "length": "maxItems"},
}
_CONVERTERS = frozenset({"zodToJsonSchema", "toJsonSchema", "toJSONSchema", "zodToJSONSchema", "jsonSchema", "asSchema"})
_JSON_KEYS = frozenset({"type", "properties", "$ref", "anyOf", "oneOf", "allOf", "$schema"})


_DETAILS = frozenset({"describe", "meta", "default", "prefault", "catch"})


@dataclass(slots=True)
class _Reading:
    evaluator: Evaluator
    left: int = _SIZE
    optional: dict[int, Schema] = field(default_factory=dict)  # by identity; the value keeps the identity taken

    def mark(self, schema: Schema) -> Schema:
        self.optional[id(schema)] = schema
        return schema


def schema_of(evaluator: Evaluator, asked: Lazy | Value | None) -> Schema | None:
    """Give a tool's input schema; None where there is none that can be read."""
    lazy = asked.seen if isinstance(asked, Value) else asked
    if lazy is None:
        return plain_of(evaluator, asked) if isinstance(asked, Record) else None
    return _schema(_Reading(evaluator), lazy, 0) or None


def _schema(reading: _Reading, asked: Lazy, depth: int) -> Schema:
    reading.left -= 1
    if depth > _DEPTH or reading.left < 0:
        return {}
    asked = definition(reading.evaluator, asked)
    kind = asked.node.kind()
    if kind == "object":
        return _of_object(reading, asked, depth)
    if kind == "call_expression":
        return _of_chain(reading, asked, depth)
    if kind == "member_expression":
        return _of_member(reading, asked, depth)
    value = reading.evaluator.evaluate(asked)
    if isinstance(value, Record) and value.entries:
        return _of_record(reading, value, depth)
    return {}


def _of_member(reading: _Reading, asked: Lazy, depth: int) -> Schema:
    holder = asked.node.field("object")
    if member_key(asked.node) == "shape" and holder is not None:
        return _schema(reading, Lazy(holder, asked.source, asked.env), depth + 1)
    value = reading.evaluator.evaluate(asked)
    if isinstance(value, Record):
        return _of_record(reading, value, depth)
    if value.seen is not None and value.seen.node.kind() in {"object", "call_expression"} and value.seen.node != asked.node:
        return _schema(reading, value.seen, depth + 1)
    return {}


def _of_object(reading: _Reading, asked: Lazy, depth: int) -> Schema:
    value = reading.evaluator.evaluate(asked)
    return _of_record(reading, value, depth) if isinstance(value, Record) else {}


def _of_record(reading: _Reading, value: Record, depth: int) -> Schema:
    kind = value.entries.get("type")
    is_json = (kind is not None and text_of(reading.evaluator.evaluate(kind)) is not None) or (
        kind is None and value.entries.keys() & _JSON_KEYS
    )
    if is_json:
        plain = plain_of(reading.evaluator, value)
        return plain if isinstance(plain, dict) else {}
    return _shape(reading, value, depth)


def _shape(reading: _Reading, value: Record, depth: int) -> Schema:
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for name, entry in value.entries.items():
        lazy = entry.seen if isinstance(entry, Value) else entry
        schema = _schema(reading, lazy, depth + 1) if lazy is not None else {}
        properties[name] = schema
        if id(schema) not in reading.optional:
            required.append(name)
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _of_chain(reading: _Reading, asked: Lazy, depth: int) -> Schema:
    """Unroll ``base.method(…).method(…)`` and apply the methods from the base outwards."""
    steps: list[tuple[str, list[Lazy]]] = []
    node: SgNode | None = asked.node
    while node is not None and node.kind() == "call_expression" and len(steps) < 60:  # noqa: PLR2004  nobody chains longer
        callee = node.field("function")
        given = [Lazy(each, asked.source, asked.env) for each in arguments_of(node)]
        if callee is None or callee.kind() != "member_expression":
            steps.append((callee.text() if callee is not None else "", given))
            node = None
            break
        steps.append((member_key(callee) or "", given))
        node = callee.field("object")
    steps.reverse()
    schema = _base(reading, steps[0], node, asked, depth)
    start = 1
    if schema is None:
        schema, start = (_schema(reading, Lazy(node, asked.source, asked.env), depth + 1) if node is not None else {}), 0
    for name, given in steps[start:]:
        schema = _step(reading, schema, name, given, depth)
    return schema


def _base(reading: _Reading, step: tuple[str, list[Lazy]], holder: SgNode | None, asked: Lazy, depth: int) -> Schema | None:
    """Read the first call of a chain; None where it is a method of another schema."""
    name, given = step
    bare = name.rpartition(".")[2]
    if bare in _CONVERTERS:
        return _schema(reading, given[0], depth + 1) if given else {}
    if holder is not None:
        target = definition(reading.evaluator, Lazy(holder, asked.source, asked.env)).node
        if target.kind() == "call_expression" and target != asked.node and not target.text().startswith(("require(", "__to")):
            return None
    bare = bare.strip("_$0123456789")
    if bare[:1].isupper():
        return _typebox(reading, bare, given, depth)
    if bare in _PLAIN_TYPES:
        return {"type": _PLAIN_TYPES[bare]}
    made = _BASES.get(bare)
    return made(reading, given, depth) if made is not None else {}


def _typebox(reading: _Reading, name: str, given: list[Lazy], depth: int) -> Schema:
    made = _BASES.get(name.lower())
    if name == "Optional" and given:
        return reading.mark(dict(_schema(reading, given[0], depth + 1)))
    schema = (
        {"type": _PLAIN_TYPES[name.lower()]} if name.lower() in _PLAIN_TYPES else made(reading, given, depth) if made is not None else {}
    )
    details = plain_of(reading.evaluator, reading.evaluator.evaluate(given[-1])) if given else None
    if (isinstance(details, dict) and name != "Object") or (isinstance(details, dict) and len(given) > 1):
        schema |= {key: value for key, value in details.items() if isinstance(value, (str, int, float, bool))}
    return schema


def _array(reading: _Reading, given: list[Lazy], depth: int) -> Schema:
    items = _schema(reading, given[0], depth + 1) if given else {}
    return {"type": "array", **({"items": items} if items else {})}


def _enum(reading: _Reading, given: list[Lazy], _: int) -> Schema:
    values = plain_of(reading.evaluator, reading.evaluator.evaluate(given[0])) if given else None
    if isinstance(values, dict):
        values = list(values.values())
    return {"type": "string", **({"enum": values} if isinstance(values, list) else {})}


def _literal(reading: _Reading, given: list[Lazy], _: int) -> Schema:
    value = plain_of(reading.evaluator, reading.evaluator.evaluate(given[0])) if given else None
    return {"enum": value} if isinstance(value, list) else {"const": value}


def _object(reading: _Reading, given: list[Lazy], depth: int) -> Schema:
    if not given:
        return {"type": "object", "properties": {}}
    value = reading.evaluator.evaluate(given[0])
    return _shape(reading, value, depth) if isinstance(value, Record) else {"type": "object"}


def _record(reading: _Reading, given: list[Lazy], depth: int) -> Schema:
    values = _schema(reading, given[-1], depth + 1) if given else {}
    return {"type": "object", **({"additionalProperties": values} if values else {})}


def _union(reading: _Reading, given: list[Lazy], depth: int) -> Schema:
    value = reading.evaluator.evaluate(given[-1] if len(given) > 1 else given[0]) if given else None
    listed = value.items if isinstance(value, Listing) else ()
    lazies = [each.seen if isinstance(each, Value) else each for each in listed]
    return {"anyOf": [_schema(reading, each, depth + 1) for each in lazies if each is not None]}


def _inner(reading: _Reading, given: list[Lazy], depth: int) -> Schema:
    return _schema(reading, given[-1], depth + 1) if given else {}


def _optional(reading: _Reading, given: list[Lazy], depth: int) -> Schema:
    return reading.mark(dict(_inner(reading, given, depth)))


def _lazy(reading: _Reading, given: list[Lazy], depth: int) -> Schema:
    body = given[0].node.field("body") if given else None
    return _schema(reading, Lazy(body, given[0].source, given[0].env), depth + 4) if body is not None else {}


_BASES: dict[str, Callable[[_Reading, list[Lazy], int], Schema]] = {
    "array": _array,
    "set": _array,
    "tuple": lambda *_: {"type": "array"},
    "enum": _enum,
    "nativeEnum": _enum,
    "picklist": _enum,
    "literal": _literal,
    "object": _object,
    "strictObject": _object,
    "looseObject": _object,
    "record": _record,
    "union": _union,
    "discriminatedUnion": _union,
    "intersection": _inner,
    "preprocess": _inner,
    "optional": _optional,
    "nullable": _inner,
    "lazy": _lazy,
}


def _step(reading: _Reading, schema: Schema, name: str, given: list[Lazy], depth: int) -> Schema:
    was_optional = id(schema) in reading.optional
    changed = _changed(reading, schema, name, given, depth)
    if was_optional and changed is not schema and name not in {"array", "required"}:
        reading.mark(changed)
    return changed


def _changed(reading: _Reading, schema: Schema, name: str, given: list[Lazy], depth: int) -> Schema:
    if name in {"optional", "nullish", "exactOptional"}:
        return reading.mark(dict(schema))
    if name == "array":
        return {"type": "array", "items": schema}
    if name == "int":
        return {**schema, "type": "integer"}
    if given and name in _DETAILS:
        return _detailed(reading, schema, name, reading.evaluator.evaluate(given[0]))
    return _combined(reading, schema, name, given, depth)


def _detailed(reading: _Reading, schema: Schema, name: str, value: Value) -> Schema:
    if name == "describe":
        return {**schema, "description": shown(value)}
    plain = plain_of(reading.evaluator, value)
    if name == "meta":
        return {**schema, **plain} if isinstance(plain, dict) else schema
    return reading.mark({**schema, **({"default": plain} if plain is not None else {})})


def _combined(reading: _Reading, schema: Schema, name: str, given: list[Lazy], depth: int) -> Schema:
    if name in {"extend", "merge", "and", "augment", "safeExtend"} and given:
        more = _object(reading, given, depth) if name != "merge" else _schema(reading, given[0], depth + 1)
        if not more.get("properties"):
            more = _schema(reading, given[0], depth + 1)
        required = list(dict.fromkeys([*schema.get("required", ()), *more.get("required", ())]))
        properties = {**schema.get("properties", {}), **more.get("properties", {})}
        return {"type": "object", "properties": properties, **({"required": required} if required else {})}
    if name == "partial":
        return {key: value for key, value in schema.items() if key != "required"}
    if name in {"pick", "omit"} and given:
        return _picked(schema, plain_of(reading.evaluator, reading.evaluator.evaluate(given[0])), keep=name == "pick")
    limit = _LIMITS.get(str(schema.get("type")), {}).get(name)
    bound = plain_of(reading.evaluator, reading.evaluator.evaluate(given[0])) if limit and given else None
    return {**schema, limit: bound} if limit and isinstance(bound, (int, float)) else schema


def _picked(schema: Schema, names: object, *, keep: bool) -> Schema:
    chosen = set(names) if isinstance(names, dict) else set()
    properties = {key: value for key, value in schema.get("properties", {}).items() if (key in chosen) == keep}
    required = [key for key in schema.get("required", ()) if key in properties]
    return {**schema, "properties": properties, **({"required": required} if required else {})}
