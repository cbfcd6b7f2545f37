from __future__ import annotations

import pytest

from checks.model import CapabilityId, Certainty
from reviewer.inventory.languages.javascript import extract

SERVER = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nconst server = new McpServer({ name: "n", version: "1" });\n'
)
TOOL = 'server.tool("seen", "Seen.", async () => ({}));\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\0\0",
        "\ud800 foo('\udfff')",
        "(" * 20_000,
        "[" * 20_000 + "]" * 20_000,
        "{" * 20_000,
        "a" + ".b()" * 5_000,
        "x = " + "-" * 20_000 + "1",
        "`${" * 5_000,
        "x = " + " + ".join(["'a'"] * 3_000),
        "f(" * 3_000 + ")" * 3_000,
        "const a = b, b = a; a.c.d();",
        "class A extends B {} class B extends A {} new A().x();",
        "const f = (x) => f(f(x)); f(1);",
        "function f(n) { return g(n) + g(n); } function g(n) { return f(n) + f(n); } f(1);",
        "const { " + "a: { " * 200 + "b" + " }" * 200 + " } = x;",
        "import x from './x'; export * from './x'; export { x } from './x';",
        "switch (a) { case 'x': case 'y' }",
        "export default",
        "exports.x = exports.x; module.exports = module.exports;",
        "a?.b?.[c]`d${e}`",
    ],
)
def test_nothing_raises(text: str) -> None:
    assert [tool.name for tool in extract({"x.ts": SERVER + text, "x.js": text}).tools] == []


def test_a_tool_is_seen_beside_damage() -> None:
    found = extract({"a.ts": SERVER + TOOL + "\nconst broken = {{{ ;\n"})
    assert [tool.name for tool in found.tools] == ["seen"]


def test_what_cannot_be_parsed_is_a_gate() -> None:
    found = extract({"a.js": "%%% ### ((( \\\\ " * 400})
    assert [(row.path, row.gate) for row in found.unreadable] == [("a.js", True)]


def test_bytes_that_are_no_text_are_not_parsed() -> None:
    (row,) = extract({"a.js": "\x00\x01\ufffd\x02" * 10_000}).unreadable
    assert (row.gate, row.reason) == (True, "not the text of a program")


def test_a_tool_table_that_doubles_itself_ends() -> None:
    doubled = "const t0 = [{ name: 'a', description: 'A' }];\n" + "".join(f"const t{i + 1} = [...t{i}, ...t{i}];\n" for i in range(40))
    assert extract({"a.ts": SERVER + doubled + "for (const t of t40) server.tool(t.name, t.description, async () => ({}));\n"}).tools


def test_strings_that_double_themselves_end() -> None:
    doubled = "const s0 = 'aaaaaaaaaa';\n" + "".join(f"const s{i + 1} = s{i} + s{i};\n" for i in range(40))
    (tool,) = extract({"a.ts": SERVER + doubled + "server.tool('big', s40, async () => ({}));\n"}).tools
    assert tool.name == "big"
    assert len(tool.description or "") < 2_000_000


def test_many_callers_of_one_registration_are_bounded() -> None:
    calls = "".join(f"add('t{i}');\n" for i in range(1_000))
    found = extract({"a.ts": SERVER + "function add(n) { server.tool(n, 'd', async () => ({})); }\n" + calls})
    assert len(found.tools) >= 400


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("node_modules/x/index.js", 'require("child_process").execSync("id");'),
        ("tests/steps.test.js", 'import { test } from "node:test";\nimport { execSync } from "child_process";\nexecSync("id");'),
    ],
)
def test_tests_and_installed_packages_give_no_tools_but_what_they_can_do_is_possible(path: str, text: str) -> None:
    found = extract({"server.js": SERVER + TOOL, path: SERVER + TOOL + text})

    assert {tool.at.path for tool in found.tools} == {"server.js"}
    assert {(c.id, c.certainty) for c in found.capabilities} == {(CapabilityId.PROC_EXEC, Certainty.POSSIBLE)}


def test_declarations_hold_no_code() -> None:
    assert extract({"a.d.ts": "export declare const x: string;"}).unreadable == ()
