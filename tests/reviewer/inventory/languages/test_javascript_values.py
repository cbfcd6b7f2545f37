from __future__ import annotations

import pytest

from checks.model import Tool
from reviewer.inventory.languages.javascript import extract

SERVER = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\n'
    'import dedent from "dedent";\n'
    'const server = new McpServer({ name: "n", version: "1" });\n'
)


def described(expression: str, before: str = "", **files: str) -> Tool:
    text = SERVER + before + f'\nserver.registerTool("t", {{ description: {expression} }}, async () => ({{}}));\n'
    (tool,) = extract({"src/index.ts": text, **{f"src/{name}.ts": content for name, content in files.items()}}).tools
    return tool


@pytest.mark.parametrize(
    ("expression", "before", "text"),
    [
        ("\"a\" + 'b' + `c`", "", "abc"),
        ("`x${1 + '2'}y`", "", "x12y"),
        ("TEXT", "const TEXT = 'constant';", "constant"),
        ("TEXT", "let TEXT; TEXT = 'later';", "later"),
        ("T.a.b", "const T = { a: { b: 'deep' } } as const;", "deep"),
        ("T['a-b']", "const T = { 'a-b': 'quoted' };", "quoted"),
        ("Text.One", "enum Text { One = 'enumerated' }", "enumerated"),
        ("T.one", "const T = Object.freeze({ one: 'frozen' });", "frozen"),
        ("parts.join('\\n')", "const parts = ['one', 'two'];", "one\ntwo"),
        ("`  padded  `.trim()", "", "padded"),
        ("dedent`\n    first\n      second\n    `", "", "first\n  second"),
        ("describe('it')", "const describe = (what) => `Does ${what}.`;", "Does it."),
        ("describe('it')", "function describe(what, how = 'well') { return 'Does ' + what + ' ' + how; }", "Does it well"),
        ("Texts.tool", "class Texts { static tool = 'of a class'; }", "of a class"),
        ("text", "const { text } = { text: 'destructured' };", "destructured"),
        ("text", "const [, text] = ['a', 'second'];", "second"),
        (r"'\u0041\x42\u{43}\n\'\101'", "", "ABC\n'A"),
        ("'\\ud83d\\ude00'", "", "\N{GRINNING FACE}"),
        ("(0, x.y)", "const x = { y: 'sequence' };", "sequence"),
        ("yes ? 'a' : 'b'", "const yes = true;", "a"),
        ("missing ?? 'fallback'", "const missing = undefined;", "fallback"),
        ("String.raw`a\\n`", "", "a\\n"),
        ("JSON.stringify({ a: [1, 'b'] })", "", '{"a":[1,"b"]}'),
    ],
)
def test_descriptions_are_found_through_constants(expression: str, before: str, text: str) -> None:
    tool = described(expression, before)
    assert (tool.description, tool.dynamic) == (text, False)


def test_descriptions_are_found_through_imports() -> None:
    before = (
        'import main, { TEXT, other as o } from "./texts.js";\nimport * as all from "./texts";\nimport { again } from "./barrel";\n'
        "const whole = [main, TEXT, o, all.TEXT, again].join('|');"
    )
    tool = described(
        "whole",
        before,
        texts='export const TEXT = "named";\nconst other = "renamed";\nexport { other };\nexport default "default";\n',
        barrel='export * from "./texts";\nexport { TEXT as again } from "./texts";\n',
    )
    assert tool.description == "default|named|renamed|named|named"


def test_a_choice_between_constants_shows_them_all_and_is_not_computed() -> None:
    tool = described("`Reads ${flag ? 'one' : 'two'}.`", "const flag = process.argv.length > 2;")
    assert (tool.description, tool.dynamic) == ("Reads one\ntwo.", False)


@pytest.mark.parametrize(
    ("expression", "before", "shown"),
    [
        (
            "`Hello ${await remote()}`",
            "async function remote() { return (await fetch('https://a.example')).text(); }",
            "Hello ${(await fetch('https://a.example')).text()}",
        ),
        ("process.env.DESCRIPTION", "", "${process.env.DESCRIPTION}"),
        ("fs.readFileSync('d.txt', 'utf8')", "import fs from 'node:fs';", "${fs.readFileSync('d.txt', 'utf8')}"),
        ("'At ' + new Date().toISOString()", "", "At ${new Date().toISOString()}"),
    ],
)
def test_what_is_computed_is_marked_and_shown_as_source(expression: str, before: str, shown: str) -> None:
    tool = described(expression, before)
    assert (tool.dynamic, tool.description) == (True, shown)


def test_a_computed_name_is_shown_as_source() -> None:
    text = SERVER + "for (const t of await load()) {\n  server.registerTool(t.name, { description: t.text }, async () => ({}));\n}\n"
    (tool,) = extract({"a.ts": text}).tools
    assert (tool.dynamic, tool.name, tool.at.line) == (True, "t.name", 5)


def test_a_name_that_is_one_of_two_constants_is_two_tools() -> None:
    text = SERVER + 'server.tool(legacy() ? "old_name" : "new_name", "Does.", async () => ({}));\n'
    assert [(tool.name, tool.dynamic) for tool in extract({"a.ts": text}).tools] == [("old_name", False), ("new_name", False)]


def test_minified_scopes_are_kept_apart() -> None:
    text = (
        'import{McpServer as e}from"@modelcontextprotocol/sdk/server/mcp.js";var t="outer";function n(e){var t="inner";return e+t}'
        'var r=new e({name:"m",version:"1"});{let t="block";r.registerTool("a",{description:t},async t=>({}))}'
        'r.registerTool("b",{description:t},async()=>({}));r.registerTool("c",{description:n("is ")},async()=>({}));'
    )
    assert {tool.name: tool.description for tool in extract({"dist/i.js": text}).tools} == {"a": "block", "b": "outer", "c": "is inner"}
