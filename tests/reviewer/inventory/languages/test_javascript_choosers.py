from __future__ import annotations

import pytest

from checks.model import Certainty
from reviewer.inventory.languages.javascript import extract

SERVER = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nconst server = new McpServer({ name: "n", version: "1" });\n'
)
MADE = "const make = (base) => new Api({ base });\nconst api = make('https://c.example');"


def claims(body: str, before: str = "") -> set[str]:
    text = f'{SERVER}{before}\nserver.registerTool("t", {{}}, async ({{ url, path, ...rest }}) => {{\n{body}\n}});\n'
    (tool,) = extract({"src/index.ts": text}).tools
    return {
        f"{each.id.value} {each.scope.value} {','.join(each.objects)}".strip()
        for each in tool.capabilities
        if each.certainty is Certainty.PROVEN and each.id.value != "content.untrusted"
    }


@pytest.mark.parametrize(
    ("before", "body", "expected"),
    [
        (
            "",
            "const u = new URL('https://a.example/v1'); u.searchParams.set('q', url); await fetch(u.toString());",
            "net.out literal a.example",
        ),
        ("", "const u = new URL(`https://a.example/${path}`); await fetch(u.href);", "net.out literal a.example"),
        ("", "const u = new URL(url); await fetch(`${u.origin}/x`);", "net.out tool-argument"),
        ("", "const u = new URL('https://a.example'); u.hostname = url; await fetch(u);", "net.out tool-argument"),
        ("", "const u = new URL(url); await fetch('https://a.example' + u.pathname);", "net.out tool-argument"),
        ("const get = (at = 'https://d.example') => fetch(at);", "await get();", "net.out literal d.example"),
        (
            "class Api { base; constructor(given) { this.base = given.base; } ask() { return fetch(`${this.base}/x`); } }\n" + MADE,
            "await api.ask();",
            "net.out literal c.example",
        ),
        (
            "class Api { #base = process.env.BASE ?? 'https://c.example'; ask() { return fetch(new URL('/x', this.#base)); } }",
            "await new Api().ask();",
            "net.out configuration",
        ),
        (
            "function make(given) { const { at = 'https://e.example' } = given; return { ask: () => fetch(at) }; }\nconst api = make({});",
            "await api.ask();",
            "net.out literal e.example",
        ),
        (
            "import { parseArgs } from 'node:util';\nconst { values: { at } } = parseArgs({ options: { at: { type: 'string' } } });",
            "await fetch(at);",
            "net.out configuration",
        ),
        ("import { program } from 'commander';\nconst given = program.parse().opts();", "await fetch(given.at);", "net.out configuration"),
        ("import { z } from 'zod';\nconst env = z.object({}).parse(process.env);", "await fetch(env.base);", "net.out configuration"),
        ("import { env } from './elsewhere.js';", "await fetch(env.BASE_URL);", "net.out configuration"),
        ("import { env } from 'cloudflare:workers';", "await fetch(`${env.BASE_URL}/x`);", "net.out configuration"),
        (
            "import createClient from 'openapi-fetch';\nconst api = createClient({ baseUrl: 'https://f.example/v1' });",
            "await api.GET('/things');",
            "net.out literal f.example",
        ),
        (
            "import got from 'got';\nconst api = got.extend({ prefixUrl: 'https://g.example' });",
            "await api.put('x');",
            "net.out literal g.example",
        ),
        ("import { ofetch } from 'ofetch';", "await ofetch(url);", "net.out tool-argument"),
        (
            "import Cloudflare from 'cloudflare';\nconst c = new Cloudflare({});",
            "await c.zones.list();",
            "net.out literal api.cloudflare.com",
        ),
        ("import { $ } from 'execa';", "await $`ls ${path}`;", "proc.exec tool-argument ls"),
        ("import { spawn } from 'node-pty';", "spawn('bash', [path]);", "proc.exec tool-argument bash"),
        ("", "setTimeout(`run(${path})`, 10);", "code.eval tool-argument"),
        ("import vm from 'node:vm';", "vm.runInNewContext(path);", "code.eval tool-argument"),
        (
            "import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';",
            "new StdioClientTransport({ command: path });",
            "proc.exec tool-argument",
        ),
        (
            "import Stripe from 'stripe';\nconst api = { client: new Stripe('k') };\nconst list = ({ client }) => client.customers.list();",
            "await list(api);",
            "data.personal configuration",
        ),
        ("import { shell } from 'electron';", "shell.openExternal(url);", "proc.exec any open"),
        ("import keytar from 'keytar';", "await keytar.getPassword('mail', 'me');", "secret.read literal mail"),
    ],
)
def test_who_chooses_is_followed(before: str, body: str, expected: str) -> None:
    assert expected in claims(body, before)


@pytest.mark.parametrize(
    "body", ["setTimeout(() => 1, 10);", "await new Promise((done) => setTimeout(done, 10));", "setInterval(rest.tick, 5);"]
)
def test_a_timer_with_a_function_runs_no_text(body: str) -> None:
    assert claims(body) == set()


WORKER = (
    'import { McpAgent } from "agents/mcp";\nexport class Mine extends McpAgent {\n'
    '  async init() { this.server.registerTool("t", {}, async () => fetch(this.env.SERVICE_URL)); }\n}\n'
)
CONTEXT = SERVER + (
    'export function register(context: Context) {\n  const base = context.env.SERVICE_URL.replace(/\\/$/, "");\n'
    '  server.registerTool("t", {}, async () => fetch(`${base}/x`));\n}\n'
)
HANDLER = SERVER + (
    "export default { async fetch(request: Request, env: Env) {\n"
    '  server.registerTool("t", {}, async () => fetch(env.SERVICE_URL));\n} };\n'
)


@pytest.mark.parametrize("text", [WORKER, CONTEXT, HANDLER])
def test_bindings_of_a_worker_are_variables_of_its_environment(text: str) -> None:
    extraction = extract({"src/index.ts": text})
    found = {f"{each.id.value} {each.scope.value} {','.join(each.objects)}".strip() for each in extraction.capabilities}
    assert {"env.use literal SERVICE_URL", "net.out configuration"} <= found


@pytest.mark.parametrize(
    "text",
    [
        "const env = { BASE: 'https://h.example' }; export const go = () => env.BASE;",
        "export default { fetch: (request, env) => env.ASSETS.fetch(request) };",
        "export const limits = (x) => x.env.depth;",
    ],
)
def test_what_is_no_variable_is_not_said_to_be_one(text: str) -> None:
    assert "env.use" not in {each.id.value for each in extract({"src/index.ts": SERVER + text}).capabilities}
