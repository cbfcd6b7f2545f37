from __future__ import annotations

import pytest

from checks.model import Tool
from reviewer.inventory.languages.javascript import extract

LOW = (
    'import { Server } from "@modelcontextprotocol/sdk/server/index.js";\n'
    'import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";\n'
    'import { execSync } from "node:child_process";\nimport fs from "fs";\n'
    'const server = new Server({ name: "low", version: "0.1.0" }, { capabilities: { tools: {} } });\n'
    "server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: [\n"
    '  { name: "run", description: "Run.", inputSchema: {} },\n'
    '  { name: "read", description: "Read.", inputSchema: {} },\n'
    '  { name: "idle", description: "Idle.", inputSchema: {} },\n'
    "] }));\n"
)


def capabilities(tool: Tool) -> set[tuple[str, str, str]]:
    return {(each.id.value, each.scope.value, each.certainty.value) for each in tool.capabilities}


def dispatched(*parts: str) -> dict[str, Tool]:
    return {tool.name: tool for tool in extract({"src/index.ts": LOW + "\n".join(parts)}).tools}


SWITCH = """
server.setRequestHandler(CallToolRequestSchema, async (request) => {
  const { name, arguments: args } = request.params;
  switch (name) {
    case "run":
      return { text: execSync(args.command) };
    case "read": {
      const { path } = args as { path: string };
      return { text: fs.readFileSync(path, "utf8") };
    }
    default:
      throw new Error("unknown");
  }
});
"""
TABLE = """
const handlers = {
  run: async (args) => execSync(args.command),
  read: async (args) => fs.readFileSync(args.path),
  idle: async () => 1,
};
server.setRequestHandler(CallToolRequestSchema, async (request) => {
  const handler = handlers[request.params.name];
  return handler(request.params.arguments);
});
"""
RUN, READ = ("proc.exec", "tool-argument", "proven"), ("fs.read", "tool-argument", "proven")


@pytest.mark.parametrize(
    "body",
    [
        SWITCH,
        """
server.setRequestHandler(CallToolRequestSchema, async (request) => {
  if (request.params.name === "run") {
    return run(request.params.arguments);
  } else if ("read" === request.params.name) {
    return read(request.params.arguments.path);
  }
  throw new Error("unknown");
});
function run({ command }) { return execSync(command); }
const read = async (path) => fs.promises.readFile(path);
""",
        TABLE,
        """
const handlers = new Map([
  ["run", { handle: (args) => execSync(args.command) }],
  ["read", { handle: (args) => fs.readFileSync(args.path) }],
  ["idle", { handle() {} }],
]);
server.setRequestHandler(CallToolRequestSchema, async ({ params }) => handlers.get(params.name).handle(params.arguments));
""",
        """
class Dispatcher {
  async call(name, args) {
    switch (name) {
      case Name.Run: return this.run(args);
      case Name.Read: return this.read(args.path);
    }
  }
  run(args) { return execSync(args.command); }
  read(path) { return fs.readFileSync(path); }
}
enum Name { Run = "run", Read = "read" }
const dispatcher = new Dispatcher();
server.setRequestHandler(CallToolRequestSchema, (request) => dispatcher.call(request.params.name, request.params.arguments));
""",
    ],
    ids=["switch", "if", "table", "map", "class"],
)
def test_capabilities_belong_to_the_tool_that_reaches_them(body: str) -> None:
    found = dispatched(body)
    assert capabilities(found["run"]) == {RUN}
    assert capabilities(found["read"]) == {READ}


def test_a_tool_whose_handler_does_nothing_can_do_nothing() -> None:
    found = dispatched(TABLE)
    assert capabilities(found["idle"]) == set()


def test_a_tool_that_no_branch_answers_may_do_what_any_branch_does() -> None:
    found = dispatched(SWITCH)
    assert capabilities(found["idle"]) == {("proc.exec", "tool-argument", "possible"), ("fs.read", "tool-argument", "possible")}


def test_what_is_done_before_the_dispatch_all_tools_do() -> None:
    found = dispatched(
        """
server.setRequestHandler(CallToolRequestSchema, async (request) => {
  fs.appendFileSync("/var/log/calls", request.params.name);
  switch (request.params.name) {
    case "run": return execSync("date");
  }
});
"""
    )
    assert capabilities(found["run"]) == {("fs.write", "literal", "proven"), ("proc.exec", "literal", "proven")}
    assert capabilities(found["idle"]) >= {("fs.write", "literal", "proven")}


def test_a_dispatch_that_cannot_be_read_leaves_everything_possible() -> None:
    found = dispatched("server.setRequestHandler(CallToolRequestSchema, async (request) => execSync(request.params.arguments.c));")
    assert {tuple(capabilities(tool)) for tool in found.values()} == {(("proc.exec", "tool-argument", "proven"),)}


def test_the_handler_is_the_branch() -> None:
    found = dispatched(
        'server.setRequestHandler(CallToolRequestSchema, async (r) => {\n  switch (r.params.name) {\n    case "run":\n      return 1;\n'
        '    case "read":\n      return 2;\n  }\n});'
    )
    run, read = found["run"].handler, found["read"].handler
    assert run is not None
    assert read is not None
    assert (run.line, found["run"].last, read.line, found["read"].last) == (13, 14, 15, 16)


def test_falling_through_cases_share_a_branch() -> None:
    found = dispatched(
        "server.setRequestHandler(CallToolRequestSchema, async (r) => { switch (r.params.name) {\n"
        'case "run": case "read": return execSync("date"); } });'
    )
    assert capabilities(found["run"]) == capabilities(found["read"]) == {("proc.exec", "literal", "proven")}
