from __future__ import annotations

from checks.model import Capability, Scope, Tool
from reviewer.inventory.languages.javascript import extract

SERVER = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nconst server = new McpServer({ name: "n", version: "1" });\n'
)
LOW = (
    'import { Server } from "@modelcontextprotocol/sdk/server/index.js";\n'
    'import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";\n'
    'import fs from "node:fs";\nconst server = new Server({ name: "n", version: "1" });\n'
)


def tools(text: str, **files: str) -> dict[str, Tool]:
    read = extract({"index.ts": text, **{f"{name}.ts": content for name, content in files.items()}}).tools
    found = {tool.name: tool for tool in read}
    assert len(found) == len(read)
    return found


def claims(tool: Tool) -> list[str]:
    return [f"{each.id.value}:{each.scope.value}" for each in tool.capabilities if _is_sure(each)]


def _is_sure(capability: Capability) -> bool:
    return capability.certainty.value == "proven"


CONTEXT = """
import fs from "node:fs";
interface Context<E> {
  env: E;
  readonly add: (name: string, config: object, answer: Answer) => void;
  scoped(name: string, answer: Answer): void;
}
export function makeContext(seed: Seed, server: McpServer): Context<Env> {
  const add = (name, config, answer) => server.registerTool(name, config, watched(name, answer));
  return { ...seed, add, scoped(name, answer) { const { answer: inner } = scope(answer); return add(name, {}, inner); } };
}
function scope(answer) { return { answer: async (input) => answer(input, "account") }; }
function watched(name, answer) {
  const call = answer as unknown as (...given: unknown[]) => unknown;
  return async (...given) => { log(name); return call(...given); };
}
"""
USES = """
export function register(context: Context<Env>) {
  context.add("read", { description: "Reads." }, async ({ path }) => fs.readFileSync(path));
  context.scoped("drop", async ({ path }, account) => fs.rmSync(`/data/${path}`));
  context.scoped("idle", async () => 1);
}
"""


def test_a_method_of_a_parameter_is_what_the_objects_of_its_type_have() -> None:
    found = tools(SERVER + CONTEXT + USES)
    assert found.keys() == {"read", "drop", "idle"}
    assert found["read"].description == "Reads."


def test_every_tool_of_a_wrapper_has_the_powers_of_its_own_handler() -> None:
    found = tools(SERVER + CONTEXT + USES)
    assert claims(found["read"]) == ["fs.read:tool-argument"]
    assert claims(found["drop"]) == ["fs.write:tool-argument"]
    assert claims(found["idle"]) == []


def test_a_wrapped_tool_answers_where_its_own_handler_stands() -> None:
    text = SERVER + CONTEXT + USES
    handler = tools(text)["drop"].handler
    assert handler is not None
    assert "rmSync" in text.split("\n")[handler.line - 1]


def test_a_destructured_member_with_a_type_is_followed_too() -> None:
    text = SERVER + (
        'import fs from "node:fs";\n'
        "interface Store { load(path: string): string; label?: string }\n"
        "type Options = { store: Store; title?: string };\n"
        "const onDisk: Store = { load(path) { return fs.readFileSync(path); } };\n"
        "export function register({ store, title }: Options) {\n"
        '  server.registerTool("load", {}, async ({ path }) => store.load(path));\n}\n'
    )
    assert claims(tools(text)["load"]) == ["fs.read:tool-argument"]


def test_an_object_without_the_members_of_a_type_is_not_of_it() -> None:
    text = SERVER + (
        'import fs from "node:fs";\n'
        "interface Store { load(path: string): string; close(): void }\n"
        "const other = { load(path) { return fs.readFileSync(path); } };\n"
        'export function register(store: Store) { server.registerTool("load", {}, async ({ path }) => store.load(path)); }\n'
    )
    assert claims(tools(text)["load"]) == []


def test_each_tool_of_a_loop_runs_its_own_function() -> None:
    text = SERVER + (
        'import fs from "node:fs";\n'
        'const all = [{ name: "a", run: async (input) => fs.readFileSync(input.path) }, { name: "b", run: async () => 1 }];\n'
        "for (const tool of all) server.registerTool(tool.name, {}, async (input) => tool.run(input));\n"
    )
    found = tools(text)
    assert (claims(found["a"]), claims(found["b"])) == (["fs.read:tool-argument"], [])


FACTORY = """
const tool = (described) => described;
function injectable({ description, execute, inject }) {
  if (!inject) return tool({ description, execute });
  return tool({ description, execute: async (input) => execute({ ...input, ...inject }) });
}
export function fileTools({ root }) {
  return { show: injectable({ description: "Shows.", inject: { root }, execute: async ({ path }) => fs.readFileSync(path) }) };
}
export function create(options) {
  async function all() { return typeof options.tools === "function" ? await options.tools() : options.tools; }
  server.setRequestHandler(ListToolsRequestSchema, async () => {
    const tools = await all();
    return { tools: await Promise.all(Object.entries(tools).map(async ([name, { description }]) => ({
      name, description: typeof description === "function" ? await description() : description }))) };
  });
  server.setRequestHandler(CallToolRequestSchema, async (request) => {
    const tools = await all();
    const tool = tools[request.params.name];
    return tool.execute(request.params.arguments);
  });
}
create({ tools: async () => { const found = {}; if (on) Object.assign(found, fileTools({ root })); return found; } });
create({ tools: { idle: tool({ description: "Idles.", execute: async () => 1 }) } });
"""


def test_tools_are_the_members_of_an_object_that_a_factory_fills() -> None:
    found = tools(LOW + FACTORY)
    assert {name: tool.description for name, tool in found.items()} == {"show": "Shows.", "idle": "Idles."}
    assert not any(tool.dynamic for tool in found.values())


def test_members_of_a_filled_object_stand_where_they_are_written() -> None:
    text = LOW + FACTORY
    assert "return { show:" in text.split("\n")[tools(text)["show"].at.line - 1]


def test_members_of_a_filled_object_have_their_own_powers() -> None:
    found = tools(LOW + FACTORY)
    assert (claims(found["show"]), claims(found["idle"])) == (["fs.read:tool-argument"], [])


def test_a_registry_that_is_filled_under_computed_names_is_read() -> None:
    text = SERVER + (
        "const registry = {};\nfunction put(tool) { registry[tool.name] = tool; }\n"
        'put({ name: "a", run: () => 1 });\nput({ name: "b", run: () => 2 });\n'
        "for (const tool of Object.values(registry)) server.registerTool(tool.name, {}, tool.run);\n"
    )
    assert tools(text).keys() == {"a", "b"}


def test_scopes_of_spread_arguments_are_those_of_the_list() -> None:
    text = SERVER + (
        'import fs from "node:fs";\nconst read = (path) => fs.readFileSync(path);\n'
        'server.registerTool("t", {}, async (...given) => read(...given));\n'
    )
    assert [capability.scope for capability in tools(text)["t"].capabilities] == [Scope.ARGUMENT]


def test_many_calls_of_one_wrapper_are_all_listed() -> None:
    text = SERVER + "function add(name, answer) { server.registerTool(name, {}, async (...given) => answer(...given)); }\n"
    text += "".join(f'add("t{number}", async ({{ url }}) => fetch(url));\n' for number in range(600))
    found = tools(text)
    assert len(found) == 600
    assert claims(found["t599"]) == ["net.out:tool-argument", "content.untrusted:tool-argument"]


def test_what_is_too_much_to_follow_is_said() -> None:
    text = (
        SERVER
        + "const all = {};\n"
        + "".join(f"Object.assign(all, {{ k{number}: all }}); all[x{number}] = all;\n" for number in range(2500))
    )
    extraction = extract({"index.ts": text + "for (const name of Object.keys(all)) server.registerTool(name, {}, () => 1);"})
    assert [row.gate for row in extraction.unreadable] == [True]


OPTIONS = """
import fs from "node:fs";
import { createServer, tool } from "@other/mcp-kit";
const show = { description: "Shows.", execute: async ({ path }) => fs.readFileSync(path) };
createServer({ name: "n", tools: async () => { const found = {}; Object.assign(found, { show }); return found; } });
createServer({ tools: { idle: tool({ description: "Idles.", parameters: {}, async execute() { return 1; } }), title: "no tool" } });
createServer({ tools: [tool({ name: "listed", description: "Listed.", handler: () => 2 })] });
"""


def test_tools_in_the_options_of_a_server_that_another_package_makes_are_listed() -> None:
    found = tools(OPTIONS)
    assert {name: tool.description for name, tool in found.items()} == {"show": "Shows.", "idle": "Idles.", "listed": "Listed."}
    assert claims(found["show"]) == ["fs.read:tool-argument"]


def test_tools_in_the_options_of_anything_else_are_none() -> None:
    assert tools(OPTIONS.replace("mcp-kit", "model-kit")) == {}


NAMED = """
import fs from "node:fs";
const all = [{ id: "show", run: (input) => fs.readFileSync(input.path) }, { id: "idle", run: () => 1 }];
class Api {
  constructor() { this.tools = all; }
  async call(id, input) { const tool = this.tools.find((each) => each.id === id); return tool.run(input); }
}
const api = new Api();
for (const tool of all) server.registerTool(tool.id, {}, async (input) => api.call(tool.id, input));
"""


def test_a_function_that_looks_a_tool_up_by_its_name_is_read_for_each_name() -> None:
    found = tools(SERVER + NAMED)
    assert (claims(found["show"]), claims(found["idle"])) == (["fs.read:tool-argument"], [])
    assert not found["idle"].capabilities
