from __future__ import annotations

import pytest

from checks.model import Capability, Trigger
from reviewer.inventory.languages.javascript import extract

SERVER = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nconst server = new McpServer({ name: "n", version: "1" });\n'
)


def of_tool(body: str, before: str = "", **files: str) -> tuple[Capability, ...]:
    handler = f"async ({{ url, path, ...rest }}, extra) => {{\n{body}\n}}"
    text = f'{SERVER}{before}\nserver.tool("t", "d", {{ url: z.string() }}, {handler});\n'
    given = {"src/index.ts": text, **{f"src/{name}.ts": content for name, content in files.items()}}
    return next(tool for tool in extract(given).tools if tool.name == "t").capabilities


def shown(capabilities: tuple[Capability, ...]) -> set[str]:
    return {f"{each.id.value} {each.scope.value} {','.join(each.objects)}".strip() for each in capabilities}


def web(scope: str) -> set[str]:
    return {f"net.out {scope}", f"content.untrusted {scope}"}


@pytest.mark.parametrize(
    ("before", "body", "expected"),
    [
        ("", "await fetch('https://api.example/v1?q=' + url);", web("literal api.example")),
        ("", "await fetch(`https://api.example/${url}`);", web("literal api.example")),
        ("", "await fetch(`https://${url}/x`);", web("tool-argument")),
        ("", "await fetch(url);", web("tool-argument")),
        ("", "await fetch(new URL('/v2', 'https://b.example'));", web("literal b.example")),
        ("const BASE = process.env.BASE;", "await fetch(`${BASE}/x`);", web("configuration")),
        ("import axios from 'axios';", "await axios.post('https://a.example', rest);", web("literal a.example")),
        (
            "import axios from 'axios';\nconst api = axios.create({ baseURL: 'https://a.example/v1' });",
            "await api.get('/things', { params: rest });",
            web("literal a.example"),
        ),
        ("import https from 'node:https';", "https.get({ hostname: 'c.example' });", web("literal c.example")),
        ("import fs from 'fs';", "fs.readFileSync(path);", {"fs.read tool-argument"}),
        ("import * as fs from 'node:fs/promises';", "await fs.writeFile('/tmp/x', url);", {"fs.write literal /tmp/x"}),
        ("import { promises as fs } from 'fs';", "await fs.rm(path, { recursive: true });", {"fs.write tool-argument"}),
        ("const { readFile } = require('fs/promises');", "await readFile(path);", {"fs.read tool-argument"}),
        (
            "import fs from 'fs';\nimport os from 'os';\nimport p from 'path';",
            "fs.readFileSync(p.join(os.homedir(), '.ssh', 'id_rsa'));",
            {"fs.read literal ~/.ssh/id_rsa", "secret.read literal ~/.ssh/id_rsa"},
        ),
        ("import { exec } from 'child_process';", "exec(`ls ${url}`);", {"proc.exec tool-argument ls"}),
        ("import cp from 'child_process';", "cp.spawn('git', ['log', url]);", {"proc.exec tool-argument git"}),
        (
            "import { exec } from 'child_process';\nimport { promisify } from 'util';\nconst run = promisify(exec);",
            "await run('cat ' + path);",
            {"proc.exec tool-argument cat", "fs.read tool-argument cat"},
        ),
        (
            "import { execSync } from 'child_process';",
            "execSync('npm install left');",
            {"proc.exec literal npm", "install.software literal npm"},
        ),
        ("import { execa } from 'execa';", "await execa('git', ['status']);", {"proc.exec literal git"}),
        ("", "eval(url);", {"code.eval tool-argument"}),
        ("", "return new Function('a', url)();", {"code.eval tool-argument"}),
        ("import vm from 'vm';", "vm.runInNewContext(url);", {"code.eval tool-argument"}),
        ("", "return process.env.API_KEY;", {"env.use literal API_KEY"}),
        ("", "const { A, B: b } = process.env;", {"env.use literal A,B"}),
        ("", "return JSON.stringify(process.env);", {"secret.read configuration environment"}),
        ("", "for (const key in process.env) use(key);", {"env.use literal"}),
        ("import pg from 'pg';\nconst pool = new pg.Pool();", "await pool.query(url);", {
            "data.query configuration", "net.out configuration"}),
        ("import { Client } from '@notionhq/client';\nconst n = new Client({});", "await n.pages.retrieve({});", {
            "data.personal configuration", "net.out configuration", "content.untrusted configuration"}),
        ("import nodemailer from 'nodemailer';\nconst t = nodemailer.createTransport({});", "await t.sendMail(rest);", {
            "msg.send tool-argument", "net.out configuration"}),
        (
            "import Stripe from 'stripe';\nconst s = new Stripe('k');",
            "await s.charges.create(rest);",
            {"money.move configuration", "net.out configuration"},
        ),
        ("import { chromium } from 'playwright';", "await chromium.launch();", {"ui.control any", "net.out any", "content.untrusted any"}),
        ("const fetch = (x) => x;", "fetch(url);", set()),
        ("const fs = { readFileSync() {} };", "fs.readFileSync(path);", set()),
    ],
)  # fmt: skip
def test_calls_mean_capabilities(before: str, body: str, expected: set[str]) -> None:
    assert shown(of_tool(body, before)) == expected


def test_calls_are_followed_through_functions_methods_and_files() -> None:
    found = of_tool(
        "return new Api().search(url);",
        'import { Api } from "./api.js";',
        api="""
import { request } from "./http";
export class Api {
  private base = "https://api.example";
  async search(q: string) { return this.get("/search", { q }); }
  private async get(path: string, params: object) { return request(`${this.base}${path}`, params); }
}
""",
        http="export const request = async (address: string, params: object) => { const r = await fetch(address); return r.json(); };\n",
    )
    assert shown(found) == web("literal api.example")
    assert [each.certainty.value for each in found] == ["proven", "proven"]
    assert [(at.path, at.line) for at in found[0].evidence] == [("src/http.ts", 1)]


def test_each_tool_has_its_own() -> None:
    text = (
        SERVER
        + """
import fs from "fs";
const load = (p) => fs.readFileSync(p);
server.tool("fixed", "d", async () => load("/etc/hosts"));
server.tool("free", "d", { p: z.string() }, async ({ p }) => load(p));
server.tool("none", "d", async () => ({}));
"""
    )
    found = {tool.name: shown(tool.capabilities) for tool in extract({"a.ts": text}).tools}
    assert found == {"fixed": {"fs.read literal /etc/hosts"}, "free": {"fs.read tool-argument"}, "none": set()}


def test_functions_that_are_handed_over_are_followed() -> None:
    found = of_tool("return retry(() => load(url));", "const retry = (f) => f();\nconst load = (u) => fetch(u);")
    assert shown(found) == web("tool-argument")
    injected = of_tool(
        "return search(client, url);", "const search = (c, q) => c.get(q);\nconst client = { get: (q) => fetch('https://d.example?' + q) };"
    )
    assert shown(injected) == web("literal d.example")


def test_what_runs_by_itself_is_automatic_and_unreached_code_is_present() -> None:
    text = SERVER + "import fs from 'fs';\nfs.readFileSync('/etc/passwd');\nexport function unused(p) { fs.unlinkSync(p); }\n"
    found = {(each.id.value, each.trigger, each.certainty.value) for each in extract({"a.ts": text}).capabilities}
    assert ("fs.read", Trigger.AUTOMATIC, "present") in found
    assert ("fs.write", Trigger.MODEL, "present") in found


def test_servers_that_listen() -> None:
    text = SERVER + "import express from 'express';\nconst app = express();\napp.listen(3000);\n"
    assert "net.listen configuration" in shown(extract({"a.ts": text}).capabilities)


def test_an_inlined_library_in_a_bundle_is_known_by_what_it_sets_on_itself() -> None:
    text = """
function createInstance(c) { const i = {}; return i; }
var axios = createInstance({});
axios.AxiosError = AxiosError;
axios.isCancel = isCancel;
var axios_default = axios;
"""
    assert shown(of_tool("await axios_default.get('https://e.example');", text)) == {
        "net.out literal e.example",
        "content.untrusted literal e.example",
    }


def test_prefixes_of_own_settings_are_no_secret() -> None:
    assert shown(of_tool("return Object.keys(process.env).filter((k) => /^debug_/i.test(k));")) == {"env.use literal debug_*"}
    assert "secret.read configuration environment" in shown(of_tool("return Object.keys(process.env).map((k) => process.env[k]);"))
