from __future__ import annotations

import pytest

from checks.model import Tool, ToolKind
from reviewer.inventory.languages.javascript import extract

SDK = 'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\n'
SERVER = SDK + 'const server = new McpServer({ name: "notes", version: "1.2.0" }, { instructions: "Ask before you delete." });\n'
LOW = (
    'import { Server } from "@modelcontextprotocol/sdk/server/index.js";\n'
    'import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";\n'
    'const server = new Server({ name: "low", version: "0.1.0" }, { capabilities: { tools: {} } });\n'
)


def tools(*texts: str, **files: str) -> dict[str, Tool]:
    given = {f"src/{index}.ts": text for index, text in enumerate(texts)} | {
        name.replace("__", "/") + ".ts": text for name, text in files.items()
    }
    return {tool.name: tool for tool in extract(given).tools}


def test_a_registered_tool_has_name_description_schema_annotations_and_handler() -> None:
    found = extract(
        {
            "src/index.ts": SERVER
            + """
server.registerTool("add_note", {
  title: "Add",
  description: "Add a note to the list.",
  inputSchema: { text: z.string().describe("What to note") },
  annotations: { readOnlyHint: false, destructiveHint: false },
}, async ({ text }) => {
  return { content: [{ type: "text", text }] };
});
"""
        }
    )
    (tool,) = found.tools
    assert (tool.kind, tool.name, tool.description, tool.dynamic) == (ToolKind.TOOL, "add_note", "Add a note to the list.", False)
    assert tool.input_schema == {
        "type": "object",
        "properties": {"text": {"type": "string", "description": "What to note"}},
        "required": ["text"],
    }
    assert tool.annotations == {"readOnlyHint": False, "destructiveHint": False}
    assert (tool.at.path, tool.at.line) == ("src/index.ts", 4)
    assert tool.handler is not None
    assert (tool.handler.line, tool.last) == (9, 11)
    (server,) = found.servers
    assert (server.name, server.version) == ("notes", "1.2.0")
    assert [(surface.role.value, surface.owner, surface.text) for surface in found.surfaces] == [
        ("instructions", "notes", "Ask before you delete.")
    ]


@pytest.mark.parametrize(
    ("call", "description", "properties", "annotated"),
    [
        ("server.tool('t', async () => ({}))", None, None, False),
        ("server.tool('t', 'Says it.', async () => ({}))", "Says it.", None, False),
        ("server.tool('t', { q: z.string() }, async () => ({}))", None, ["q"], False),
        ("server.tool('t', 'Says it.', { q: z.string() }, async () => ({}))", "Says it.", ["q"], False),
        ("server.tool('t', 'Says it.', { q: z.string() }, { readOnlyHint: true }, async () => ({}))", "Says it.", ["q"], True),
        ("server.tool('t', { q: z.string() }, { readOnlyHint: true }, async () => ({}))", None, ["q"], True),
        ("server.tool('t', 'Says it.', shape, handler)", "Says it.", None, False),
        ("server.tool('t', TEXT, async () => ({}))", "From a constant.", None, False),
    ],
)
def test_every_overload_of_tool(call: str, description: str | None, properties: list[str] | None, annotated: bool) -> None:  # noqa: FBT001  a case
    tool = tools(SERVER + "const TEXT = 'From a constant.';\n" + call)["t"]
    assert tool.description == description
    assert list((tool.input_schema or {}).get("properties", {})) == (properties or [])
    assert bool(tool.annotations) is annotated


def test_prompts_and_resources_and_their_texts() -> None:
    found = extract(
        {
            "a.ts": SERVER
            + """
server.registerPrompt("review", { description: "Review a file", argsSchema: { file: z.string() } }, ({ file }) => ({
  messages: [{ role: "user", content: { type: "text", text: `Review ${file} with care.` } }],
}));
server.prompt("short", "Short one", () => ({ messages: [{ role: "user", content: { type: "text", text: "Be short." } }] }));
server.registerResource("config", "config://app", { description: "Settings" }, async (uri) => ({ contents: [{ text: "a=1" }] }));
server.resource("plain", "plain://x", async () => ({ contents: [] }));
"""
        }
    )
    assert [(tool.kind.value, tool.name, tool.description) for tool in found.tools] == [
        ("prompt", "review", "Review a file"),
        ("prompt", "short", "Short one"),
        ("resource", "config", "Settings"),
        ("resource", "plain", None),
    ]
    assert {(surface.role.value, surface.owner, surface.text) for surface in found.surfaces if surface.role.value != "instructions"} == {
        ("prompt", "review", "Review ${file} with care."),
        ("prompt", "short", "Be short."),
        ("resource", "config", "a=1"),
    }


def test_tasks_are_tools() -> None:
    tool = tools(
        SERVER
        + """
server.experimental.tasks.registerToolTask("long", { description: "Takes long", inputSchema: {} }, {
  async createTask(args, extra) { return { task: 1 }; },
  async getTask() { return {}; },
});
"""
    )["long"]
    assert tool.description == "Takes long"
    assert tool.handler is not None
    assert tool.handler.line == 5


def test_registration_by_helper_functions_across_files() -> None:
    found = tools(
        src__index=SERVER + 'import { registerSearch } from "./tools/search.js";\nregisterSearch(server);\n',
        src__tools__search="""
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
export function registerSearch(server: McpServer): void {
  server.registerTool("search", { description: "Search it" }, async () => ({ content: [] }));
}
""",
    )
    assert found["search"].at.path == "src/tools/search.ts"


def test_compiled_commonjs_keeps_no_types() -> None:
    found = extract(
        {
            "dist/index.js": """"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const mcp_js_1 = require("@modelcontextprotocol/sdk/server/mcp.js");
const search_js_1 = require("./search.js");
const server = new mcp_js_1.McpServer({ name: "c", version: "1" });
(0, search_js_1.registerSearch)(server);
""",
            "dist/search.js": """"use strict";
exports.registerSearch = registerSearch;
const names_1 = require("./names");
function registerSearch(s) {
    s.tool(names_1.ToolName.Search, names_1.DESCRIPTION, { q: zod_1.z.string() }, async ({ q }) => ({ content: [] }));
}
""",
            "dist/names.js": """"use strict";
exports.DESCRIPTION = exports.ToolName = void 0;
var ToolName;
(function (ToolName) {
    ToolName["Search"] = "search_all";
})(ToolName || (exports.ToolName = ToolName = {}));
exports.DESCRIPTION = "Searches " + "all.";
""",
        }
    )
    assert [(tool.name, tool.description, tool.at.path) for tool in found.tools] == [("search_all", "Searches all.", "dist/search.js")]


def test_classes_that_hold_the_server() -> None:
    found = tools(
        SDK
        + """
export class Notes {
  private server: McpServer;
  constructor(private readonly other: McpServer) {
    this.server = new McpServer({ name: "n", version: "1" });
    this.setup();
  }
  private setup() {
    this.server.registerTool("one", { description: "First" }, this.one.bind(this));
    this.other.tool("two", "Second", async () => ({}));
  }
  async one() { return {}; }
}
new Notes(new McpServer({ name: "o", version: "1" }));
"""
    )
    assert {name: tool.description for name, tool in found.items()} == {"one": "First", "two": "Second"}
    assert found["one"].handler is not None
    assert found["one"].handler.line == 13


def test_loops_over_tables_give_a_tool_per_row() -> None:
    table = "const tools = [{ name: 'a', description: 'A.' }, { name: 'b', description: `B${'.'}` }];\n"
    for loop in (
        "tools.forEach((t) => server.registerTool(t.name, { description: t.description }, async () => ({})));",
        "for (const t of tools) { server.registerTool(t.name, { description: t.description }, async () => ({})); }",
        "for (const { name, description } of tools) server.tool(name, description, async () => ({}));",
        "tools.map(({ name, description }) => server.tool(name, description, async () => ({})));",
        "const add = (name, text) => server.tool(name, text, async () => ({}));\nadd('a', 'A.');\nadd('b', 'B.');",
        "class R { add(t) { server.tool(t.name, t.description, async () => ({})); } }\nfor (const t of tools) new R().add(t);",
    ):
        found = tools(SERVER + table + loop)
        assert {name: tool.description for name, tool in found.items()} == {"a": "A.", "b": "B."}, loop
        assert not any(tool.dynamic for tool in found.values())


def test_rows_of_a_table_stand_where_the_table_stands() -> None:
    found = tools(
        SERVER + "for (const t of all) server.registerTool(t.name, t, t.run);\n".replace("all", "table"),
        src__table='export const table = [\n  {\n    name: "x",\n    description: "X.",\n    run: async () => ({}),\n  },\n];\n',
        src__2=SERVER + 'import { table } from "./table.js";\nfor (const t of table) server.registerTool(t.name, t, t.run);\n',
    )
    assert (found["x"].at.path, found["x"].at.line, found["x"].description) == ("src/table.ts", 3, "X.")
    assert found["x"].handler is not None
    assert found["x"].handler.line == 5


def test_low_level_lists_through_constants_spreads_and_modules() -> None:
    found = tools(
        src__index=LOW
        + """
import { fileTools, readTool } from "./files";
import * as more from "./more";
const PING: Tool = { name: "ping", description: "Ping.", inputSchema: { type: "object", properties: {} } };
const TOOLS: Tool[] = [PING, readTool];
server.setRequestHandler(ListToolsRequestSchema, async () => {
  const last = { name: "last", description: ["One.", "Two."].join("\\n"), inputSchema: {} };
  return { tools: [...TOOLS, ...fileTools, ...Object.values(more), last] };
});
""",
        src__files="""
export const readTool = { name: "read", description: "Read.", inputSchema: zodToJsonSchema(ReadArgs) };
const ReadArgs = z.object({ path: z.string() });
export const fileTools = ["copy", "move"].map((verb) => ({ name: `file_${verb}`, description: "Will " + verb + ".", inputSchema: {} }));
""",
        src__more='export const extra = { name: "extra", description: "Extra.".trim(), inputSchema: {} };\n',
    )
    assert {name: tool.description for name, tool in found.items()} == {
        "ping": "Ping.",
        "read": "Read.",
        "file_copy": "Will copy.",
        "file_move": "Will move.",
        "extra": "Extra.",
        "last": "One.\nTwo.",
    }
    assert found["read"].input_schema == {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
    assert found["ping"].at.line == 7


def test_low_level_lists_by_map_of_tool_objects_and_by_push() -> None:
    found = tools(
        LOW
        + """
class Echo { name = "echo"; description = "Echo."; schema = { type: "object", properties: {} }; async run() {} }
const all = [new Echo()];
const list = [];
list.push({ name: "pushed", description: "Pushed.", inputSchema: {} });
server.setRequestHandler(ListToolsRequestSchema, async () => ({
  tools: [...all.map((t) => ({ name: t.name, description: t.description, inputSchema: t.schema })), ...list],
}));
"""
    )
    assert {name: tool.description for name, tool in found.items()} == {"echo": "Echo.", "pushed": "Pushed."}


def test_version_two_of_the_sdk_names_requests_by_text() -> None:
    found = tools(
        """
import { Server } from "@modelcontextprotocol/server";
const server = new Server({ name: "v2", version: "1" });
server.setRequestHandler("tools/list", () => ({ tools: [{ name: "two", description: "Second version" }] }));
"""
    )
    assert found["two"].description == "Second version"


def test_fastmcp_for_typescript() -> None:
    found = extract(
        {
            "src/server.ts": """
import { FastMCP } from "fastmcp";
const server = new FastMCP({ name: "fast", version: "1.0.0", instructions: "Be fast." });
server.addTool({
  name: "sum",
  description: "Add numbers",
  parameters: z.object({ a: z.number(), b: z.number().default(2) }),
  annotations: { readOnlyHint: true },
  execute: async (args) => String(args.a + args.b),
});
server.addPrompt({ name: "greet", description: "Greet", load: async () => "Say hello." });
server.addResource({ uri: "file:///log", name: "Log", async load() { return { text: "" }; } });
"""
        }
    )
    assert [(tool.kind.value, tool.name, tool.description) for tool in found.tools] == [
        ("tool", "sum", "Add numbers"),
        ("prompt", "greet", "Greet"),
        ("resource", "Log", None),
    ]
    assert found.tools[0].input_schema is not None
    assert found.tools[0].input_schema["required"] == ["a"]
    assert [surface.text for surface in found.surfaces] == ["Be fast.", "Say hello."]


def test_a_handler_library_hands_the_server_to_a_callback() -> None:
    found = tools(
        'import { createMcpHandler } from "mcp-handler";\n'
        'export default createMcpHandler((s) => { s.tool("roll", "Rolls", {}, async () => ({})); });\n'
    )
    assert found["roll"].description == "Rolls"


def test_tools_as_classes_of_a_framework() -> None:
    found = tools(
        """
import { MCPTool } from "mcp-framework";
class Weather extends MCPTool<Input> {
  name = "weather";
  description = "Tells the weather";
  schema = { city: { type: z.string(), description: "City" } };
  async execute(input: Input) { return 1; }
}
"""
    )
    assert found["weather"].description == "Tells the weather"
    assert found["weather"].handler is not None


def test_transport_is_told_by_what_is_made() -> None:
    stdio = (
        SERVER
        + 'import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";\n'
        + "await server.connect(new StdioServerTransport());\n"
    )
    assert extract({"a.ts": stdio}).servers[0].transport == "stdio"
    assert extract({"a.ts": SERVER}).servers[0].transport is None


def test_tools_kept_in_a_map_by_a_function_that_registers_them() -> None:
    found = tools(
        LOW
        + """
const known = new Map();
function keep(tool) { known.set(tool.definition.name, tool); }
class Base { constructor(definition) { this.definition = { ...definition, inputSchema: {} }; } }
class One extends Base { constructor() { super({ name: "one", description: "One." }); } async run() { return 1; } }
class Two extends Base { constructor(prefix) { super({ name: prefix + "two", description: "Two." }); } async run() { return 2; } }
keep(new One());
keep(new Two("number_"));
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: Array.from(known.values()).map((t) => t.definition) }));
"""
    )
    assert {name: tool.description for name, tool in found.items()} == {"one": "One.", "number_two": "Two."}


def test_objects_that_are_made_with_their_names() -> None:
    found = tools(
        SERVER
        + """
class Action { constructor(name, text, run) { this.name = name; this.text = text; this.run = run; } }
for (const a of [new Action("go", "Goes.", async () => 1), new Action("stop", "Stops.", async () => 2)]) {
  server.registerTool(a.name, { description: a.text }, a.run);
}
"""
    )
    assert {name: tool.description for name, tool in found.items()} == {"go": "Goes.", "stop": "Stops."}


def test_tools_given_to_a_function_that_sets_the_handlers_up() -> None:
    found = tools(
        LOW
        + """
function setUp(s, all) { s.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: all })); }
setUp(server, [{ name: "given", description: "Given.", inputSchema: {} }]);
"""
    )
    assert found["given"].description == "Given."


def test_where_the_collection_cannot_be_followed_tools_are_found_by_their_shape() -> None:
    found = tools(
        src__index=SERVER + "for (const t of await discover('./tools')) { server.registerTool(t.name, t.config, t.handler); }\n",
        src__tools__a="""
export const a = defineTool({ name: "a", description: "A.", schema: { q: z.string() }, handler: async (r) => r });
export const settings = { name: "no_tool", description: "Has no function." };
""",
    )
    assert {name: (tool.description, tool.dynamic) for name, tool in found.items()} == {
        "t.name": ("${t.config.description}", True),
        "a": ("A.", False),
    }


def test_an_sdk_that_was_not_read_is_known_by_the_name_of_its_class() -> None:
    text = (
        'import { McpServer as Sdk } from "./vendor/sdk.js";\nconst s = new Sdk({ name: "v" });\n'
        's.registerTool("v", { description: "V." }, async () => ({}));\n'
    )
    assert tools(text)["v"].description == "V."
