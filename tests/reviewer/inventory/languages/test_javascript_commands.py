from __future__ import annotations

import pytest

from reviewer.inventory.languages.javascript import extract

HEAD = """
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { execFileSync, execSync, spawn, execFile } from "child_process";
import { promisify } from "util";
const execFileAsync = promisify(execFile);
const server = new McpServer({ name: "x", version: "1" });
function whole(args: string[]) { return execFileSync(args[0], args.slice(1)).toString(); }
function apart(args: string[]) { const [command, ...rest] = args; return execFileSync(command, rest).toString(); }
function kubectl(args: string[]) { return execFileSync("kubectl", args).toString(); }
function rest(...args: string[]) { return execFileSync("kubectl", args).toString(); }
function behind(args: string[]) { return execFileSync("kubectl", ["-n", "x", ...args]).toString(); }
async function sh(command: string, args: string[]) { const { stdout } = await execFileAsync(command, args, {}); return stdout; }
class Manager { execute(args: string[]) { return execSync(`kubectl ${args.join(" ")}`); } }
const manager = new Manager();
"""
LOGS = {"proc.exec:tool-argument", "data.query:configuration", "net.out:configuration", "content.untrusted:configuration"}


def powers(body: str) -> set[str]:
    code = f'{HEAD}\nserver.tool("t", {{ name: z.string(), space: z.string() }}, async ({{ name, space }}) => {{ {body} }});'
    (tool,) = extract({"s.ts": code}).tools
    return {f"{held.id}:{held.scope}" for held in tool.capabilities}


@pytest.mark.parametrize(
    "body",
    [
        'return whole(["kubectl", "logs", name]);',
        'return apart(["kubectl", "logs", name]);',
        'return kubectl(["logs", name]);',
        'return rest("logs", name);',
        'return rest(...["logs", name]);',
        'return behind(["logs", name]);',
        'return await sh("kubectl", ["logs", name]);',
        'return manager.execute(["logs", name]);',
        'const args = ["logs", name]; if (space) { args.push("-n", space); } return kubectl(args);',
        'const args = ["logs", name]; if (space) { args.push("-n", space); } return execFileSync("kubectl", args);',
        'const args = ["kubectl"]; if (space) args.push("-n", space); args.push("logs", name); return execSync(args.join(" "));',
        'spawn("kubectl", ["logs", ...(space ? ["-n", space] : []), name]);',
        "return execSync(`kubectl -n ${space} logs ${name}`);",
        'let line = "kubectl logs " + name; if (space) { line += " -n " + space; } return execSync(line);',
        'let line = "kubectl"; if (space) { line += ` -n ${space}`; } line += ` logs ${name}`; return execSync(line);',
    ],
)
def test_words_are_carried_through_wrappers(body: str) -> None:
    assert powers(body) == LOGS


@pytest.mark.parametrize(
    "body",
    ['let line = "date"; line += name; execSync(line);', 'let line = "date"; for (const each of name) line += each; execSync(line);'],
)
def test_what_is_appended_chooses_too(body: str) -> None:
    assert "proc.exec:tool-argument" in powers(body)


def test_what_appends_itself_is_read_once() -> None:
    names = [f"a{number}" for number in range(60)]
    code = "".join(f'let {name} = "x"; ' for name in names)
    code += "".join(f"{one} += {two} + {one}; " for one in names[:20] for two in names)
    assert "proc.exec:literal" in powers(f"{code} execSync(a0);") or "proc.exec:any" in powers(f"{code} execSync(a0);")


def test_counting_up_makes_no_text() -> None:
    assert powers('let count = 0; count += 1; execFileSync("date", [count]);') == {"proc.exec:literal"}
