from __future__ import annotations

import json

import pytest

from checks.model import CapabilityId, Tool
from reviewer.inventory.languages.javascript import extract

SERVER = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nconst server = new McpServer({ name: "n", version: "1" });\n'
)
REGISTERS = SERVER + 'import { tell } from "%s";\nserver.registerTool("t", { description: tell }, async () => ({}));\n'


def manifest(**members: object) -> str:
    return json.dumps(members)


def tool_of(files: dict[str, str]) -> Tool:
    (tool,) = extract(files).tools
    return tool


@pytest.mark.parametrize(
    ("members", "path", "module"),
    [
        ({}, "src/index.ts", "@team/words"),
        ({"main": "dist/main.js"}, "src/main.ts", "@team/words"),
        ({"exports": {".": {"import": "./dist/esm/entry.mjs"}}}, "src/entry.mts", "@team/words"),
        ({}, "src/deep/texts.ts", "@team/words/src/deep/texts"),
        ({}, "src/deep/texts.ts", "@team/words/deep/texts"),
    ],
)
def test_a_workspace_package_is_the_folder_whose_manifest_has_its_name(members: dict[str, object], path: str, module: str) -> None:
    files = {
        "packages/a/package.json": manifest(name="@team/words", **members),
        f"packages/a/{path}": 'export const tell = "of another package";',
        "apps/b/index.ts": REGISTERS % module,
    }
    assert tool_of(files).description == "of another package"


@pytest.mark.parametrize(
    ("name", "content", "module"),
    [
        ("tsconfig.json", {"compilerOptions": {"baseUrl": ".", "paths": {"$lib/*": ["code/*"]}}}, "$lib/texts"),
        ("tsconfig.json", {"compilerOptions": {"paths": {"texts": ["./code/texts.ts"]}}}, "texts"),
        ("package.json", {"imports": {"#words": {"default": "./code/texts.js"}}}, "#words"),
    ],
)
def test_an_alias_of_a_manifest_is_followed_in_its_folder(name: str, content: dict[str, object], module: str) -> None:
    files = {
        f"app/{name}": json.dumps(content),
        "app/code/texts.ts": 'export const tell = "aliased";',
        "app/index.ts": REGISTERS % module,
    }
    assert tool_of(files).description == "aliased"


def test_an_alias_says_nothing_outside_its_folder() -> None:
    files = {
        "other/tsconfig.json": '{"compilerOptions": {"paths": {"texts": ["./texts.ts"]}}}',
        "other/texts.ts": 'export const tell = "aliased";',
        "app/index.ts": REGISTERS % "texts",
    }
    assert tool_of(files).dynamic


@pytest.mark.parametrize("name", ["child_process", "@modelcontextprotocol/sdk", "execa"])
def test_no_manifest_gives_a_known_module_another_meaning(name: str) -> None:
    files = {
        "decoy/package.json": manifest(name=name, main="index.ts"),
        "decoy/index.ts": "export const exec = () => 0; export const execa = exec;",
        "decoy/server/mcp.js": "export class McpServer {}",
        "src/index.ts": SERVER
        + 'import { exec } from "child_process";\nimport { execa } from "execa";\n'
        + 'server.registerTool("t", {}, async ({ what }) => { exec(what); execa(what); });\n',
    }
    assert CapabilityId.PROC_EXEC in {each.id for each in tool_of(files).capabilities}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"name": 1, "exports": [[[]]], "imports": 3}', "\0", '{"a":' * 5000, '{"compilerOptions": {"paths": 1}}']
)
def test_a_broken_manifest_says_nothing(text: str) -> None:
    files = dict.fromkeys(("package.json", "tsconfig.json"), text)
    assert tool_of({**files, "index.ts": SERVER + 'server.registerTool("t", {}, async () => ({}));'}).name == "t"
