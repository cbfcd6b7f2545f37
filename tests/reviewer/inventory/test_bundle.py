from __future__ import annotations

import json

from checks.model import CapabilityId, SurfaceRole, TargetKind, ToolKind
from tests.reviewer.inventory.worlds import able, inventory, texts

MANIFEST = {
    "manifest_version": "0.3",
    "name": "acme-notes",
    "version": "1.4.2",
    "description": "Notes of Acme",
    "server": {
        "type": "node",
        "entry_point": "server/index.js",
        "mcp_config": {"command": "node", "args": ["${__dirname}/server/index.js"], "env": {"ACME_TOKEN": "${user_config.token}"}},
    },
    "tools": [{"name": "find_note", "description": "Finds a note"}, {"name": "add_note", "description": "Adds a note"}],
    "prompts": [{"name": "daily", "description": "Daily notes", "arguments": ["day"], "text": "List the notes of ${arguments.day}."}],
    "user_config": {
        "token": {"type": "string", "title": "Token", "sensitive": True, "required": True},
        "root": {"type": "directory", "title": "Folder"},
    },
}
SERVER = """
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
const server = new McpServer({ name: "notes", version: "1.4.2" });
server.registerTool("find_note", { description: "Finds one note", inputSchema: {} }, async () => ({ content: [] }));
"""


def test_a_bundle_is_one_component_with_its_server() -> None:
    target = inventory({"manifest.json": json.dumps(MANIFEST), "server/index.js": SERVER, "package.json": '{"name": "acme-notes"}'})
    assert (target.kind, target.name, target.version) == (TargetKind.BUNDLE, "acme-notes", "1.4.2")
    assert [(c.id, c.references) for c in target.components] == [("bundle:.", ("server/index.js",))]


def test_declared_tools_are_added_where_the_code_does_not_register_them() -> None:
    target = inventory({"manifest.json": json.dumps(MANIFEST), "server/index.js": SERVER})
    tools = {tool.name: tool for tool in target.tools if tool.kind is ToolKind.TOOL}
    assert {name: tool.at.path for name, tool in tools.items()} == {"find_note": "server/index.js", "add_note": "manifest.json"}
    assert {tool.part for tool in target.tools} == {"bundle:."}
    assert "List the notes of ${arguments.day}." in texts(target, SurfaceRole.PROMPT)


def test_the_launch_and_what_the_user_is_asked_for_are_listed() -> None:
    target = inventory({"manifest.json": json.dumps(MANIFEST, indent=1)})
    (launch,) = target.launches
    assert (launch.command, launch.env, launch.context) == (("node", "${__dirname}/server/index.js"), ("ACME_TOKEN",), "manifest")
    assert [(d.field, d.value) for d in target.declarations if d.field == "manifest.tools"] == [
        ("manifest.tools", "find_note"),
        ("manifest.tools", "add_note"),
    ]
    assert [(d.field, d.value) for d in target.declarations if d.field != "manifest.tools"] == [
        ("user_config", "token (string, sensitive)"),
        ("user_config", "root (directory)"),
    ]
    assert able(target, CapabilityId.ENV_USE)[0].declared


def test_other_manifests_are_no_bundles() -> None:
    assert not inventory({"manifest.json": '{"manifest_version": 3, "name": "browser extension", "background": {}}'}).components


def test_a_binary_with_no_command_is_launched_by_its_entry_point() -> None:
    manifest = {"manifest_version": "0.3", "name": "x", "server": {"type": "binary", "entry_point": "bin/x", "mcp_config": {}}}
    assert [launch.command for launch in inventory({"manifest.json": json.dumps(manifest)}).launches] == [("bin/x",)]
