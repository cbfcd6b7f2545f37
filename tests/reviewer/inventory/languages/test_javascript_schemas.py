from __future__ import annotations

from typing import Any

import pytest

from reviewer.inventory.languages.javascript import extract

SERVER = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nimport { z } from "zod";\n'
    'const server = new McpServer({ name: "n", version: "1" });\n'
)


def schema(expression: str, before: str = "") -> Any:
    text = SERVER + before + f'\nserver.registerTool("t", {{ inputSchema: {expression} }}, async () => ({{}}));\n'
    (tool,) = extract({"a.ts": text}).tools
    return tool.input_schema


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("z.string()", {"type": "string"}),
        ("z.string().min(1).max(9).describe('d')", {"type": "string", "minLength": 1, "maxLength": 9, "description": "d"}),
        ("z.number().int()", {"type": "integer"}),
        ("z.coerce.number()", {"type": "number"}),
        ("z.boolean()", {"type": "boolean"}),
        ("z.enum(['a', 'b'])", {"type": "string", "enum": ["a", "b"]}),
        ("z.enum(LEVELS)", {"type": "string", "enum": ["low", "high"]}),
        ("z.literal('x')", {"const": "x"}),
        ("z.array(z.string())", {"type": "array", "items": {"type": "string"}}),
        ("z.string().array()", {"type": "array", "items": {"type": "string"}}),
        ("z.record(z.string(), z.number())", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("z.union([z.string(), z.number()])", {"anyOf": [{"type": "string"}, {"type": "number"}]}),
        ("z.any()", {}),
        (
            "z.object({ x: z.number(), y: z.number().optional() })",
            {"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "number"}}, "required": ["x"]},
        ),
        ("Named", {"type": "string", "description": "named"}),
        ("Named.describe('again')", {"type": "string", "description": "again"}),
    ],
)
def test_zod_fields(field: str, expected: dict[str, Any]) -> None:
    before = "const LEVELS = ['low', 'high'] as const;\nconst Named = z.string().describe('named');"
    assert schema(f"{{ f: {field} }}", before) == {"type": "object", "properties": {"f": expected}, "required": ["f"]}


def test_optional_and_defaulted_fields_are_not_required() -> None:
    found = schema("{ a: z.string().optional().describe('x'), b: z.number().default(3), c: z.string().nullish(), d: z.string() }")
    assert found["required"] == ["d"]
    assert found["properties"]["b"] == {"type": "number", "default": 3}
    assert found["properties"]["a"] == {"type": "string", "description": "x"}


def test_objects_are_extended_picked_and_unwrapped() -> None:
    before = "const Base = z.object({ a: z.string(), b: z.string() });\nconst More = Base.extend({ c: z.number() });"
    assert list(schema("More.shape", before)["properties"]) == ["a", "b", "c"]
    assert list(schema("Base.pick({ a: true })", before)["properties"]) == ["a"]
    assert schema("Base.omit({ a: true }).strict()", before)["required"] == ["b"]
    assert "required" not in schema("Base.partial()", before)
    assert list(schema("zodToJsonSchema(More)", before)["properties"]) == ["a", "b", "c"]
    assert list(schema("z.toJSONSchema(More)", before)["properties"]) == ["a", "b", "c"]


def test_json_schema_stays_as_it_is() -> None:
    literal = "{ type: 'object', properties: { q: { type: 'string', description: TEXT } }, required: ['q'], additionalProperties: false }"
    assert schema(literal, "const TEXT = 'what to ' + 'find';") == {
        "type": "object",
        "properties": {"q": {"type": "string", "description": "what to find"}},
        "required": ["q"],
        "additionalProperties": False,
    }


def test_a_shape_may_have_a_field_called_type() -> None:
    assert list(schema("{ type: z.string(), q: z.string() }")["properties"]) == ["type", "q"]


def test_typebox() -> None:
    found = schema("Type.Object({ a: Type.String({ description: 'd' }), b: Type.Optional(Type.Number()) })")
    assert found == {
        "type": "object",
        "properties": {"a": {"type": "string", "description": "d"}, "b": {"type": "number"}},
        "required": ["a"],
    }


def test_a_schema_that_contains_itself_ends() -> None:
    assert schema("Tree", "const Tree = z.object({ left: z.lazy(() => Tree), right: z.lazy(() => Tree) });")["type"] == "object"
