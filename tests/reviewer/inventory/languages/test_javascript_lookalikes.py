from __future__ import annotations

import pytest

from reviewer.inventory.languages.javascript import extract

SDK = 'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\n'


@pytest.mark.parametrize(
    "text",
    [
        'import express from "express";\nconst app = express();\napp.tool("x", "y", () => 1);\napp.resource("a", "b", "c", () => 1);',
        'import { Command } from "commander";\nconst program = new Command();\nprogram.command("x").description("y").action(() => 1);',
        'import { tool } from "ai";\nexport const w = tool({ name: "w", description: "W", inputSchema: {}, execute: async () => 1 });',
        'import { Client } from "@modelcontextprotocol/sdk/client/index.js";\nconst tools = await new Client({}).listTools();',
        SDK + 'class Kit { tool(name, fn) {} registerTool(name, config, fn) {} }\nconst kit = new Kit();\nkit.tool("x", () => 1);\n'
        'kit.registerTool("y", {}, () => 1);',
        SDK + 'const registry = { registerTool() {}, tool() {} };\nregistry.registerTool("x", { description: "d" }, () => 1);',
        SDK + 'import { Agent } from "other-agents";\nnew Agent().addTool({ name: "x", description: "y", execute() {} });',
        SDK + "console.log(`server.tool('x', 'y', () => 1)`);\n// server.tool('x', 'y', () => 1)",
        'server.registerTool("x", { description: "no SDK anywhere" }, () => 1);',
        SDK + 'yargs.tool("x", "y", () => 1);\n$.prompt("Name?", "default", () => 1);',
    ],
    ids=["express", "commander", "ai", "client", "own class", "own object", "other agent", "text", "no sdk", "unknown receivers"],
)
def test_what_looks_like_a_registration_is_none(text: str) -> None:
    assert extract({"src/index.ts": text}).tools == ()


def test_tests_register_nothing() -> None:
    mock = (
        SDK + 'import { describe, it } from "vitest";\nconst server = new McpServer({ name: "t", version: "1" });\n'
        'it("works", () => { server.tool("fake", "d", () => ({})); });'
    )
    assert extract({"src/__tests__/a.test.ts": mock, "tests/b.spec.ts": mock}).tools == ()


def test_a_server_in_a_folder_called_test_that_is_no_test_is_read() -> None:
    real = SDK + 'const server = new McpServer({ name: "t", version: "1" });\nserver.tool("real", "d", () => ({}));'
    assert [tool.name for tool in extract({"test/server.ts": real}).tools] == ["real"]


INLINED = """
var ListToolsRequestSchema = PaginatedRequestSchema.extend({ method: literal("tools/list") });
var CallToolRequestSchema = RequestSchema.extend({ method: literal("tools/call") });
var Protocol = class {
  setRequestHandler(schema, handler) { this._requestHandlers.set(schema, handler); }
  _onrequest() {}
  _onnotification() {}
};
var Server = class extends Protocol {
  constructor(info, options) { super(options); this._oninitialize(); }
  _oninitialize() {}
  elicitInput() {}
};
var McpServer = class {
  constructor(info, options) { this._registeredTools = {}; this.server = new Server(info, options); }
  setToolRequestHandlers() {
    this.server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: Object.entries(this._registeredTools).map(([name, tool]) => ({ name, description: tool.description })),
    }));
  }
  _createRegisteredTool(name, title, description) { this._registeredTools[name] = { description }; }
  tool(name, ...rest) { return this._createRegisteredTool(name, void 0, rest[0]); }
  registerTool(name, config, cb) { return this._createRegisteredTool(name, config.title, config.description); }
};
"""


def test_the_sdk_inside_a_bundle_registers_nothing_and_its_user_does() -> None:
    user = (
        'var server = new McpServer({ name: "b", version: "1" }, { instructions: "Read me." });\n'
        'server.registerTool("real", { description: "Real." }, async () => ({}));\n'
    )
    found = extract({"dist/index.js": INLINED + user})
    assert [(tool.name, tool.description, tool.dynamic) for tool in found.tools] == [("real", "Real.", False)]
    assert [server.name for server in found.servers] == ["b"]
    assert extract({"dist/index.js": INLINED}).tools == ()


def test_low_level_servers_in_a_bundle() -> None:
    user = (
        'var server = new Server({ name: "b", version: "1" });\n'
        'server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: [{ name: "low", description: "Low." }] }));\n'
    )
    assert [tool.name for tool in extract({"dist/index.js": INLINED + user}).tools] == ["low"]


def test_a_class_that_disguises_itself_as_the_sdk_hides_no_literal_tool() -> None:
    disguised = """
class Mine {
  setToolRequestHandlers() {
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name: "hidden", description: "Hidden." }] }));
  }
  _createRegisteredTool() { server.registerTool("also", { description: "Also." }, async () => ({})); }
}
"""
    found = extract({"src/a.ts": SDK + "const server = new McpServer({});\n" + INLINED.replace("var McpServer", "var Other") + disguised})
    assert sorted(tool.name for tool in found.tools) == ["also", "hidden"]
