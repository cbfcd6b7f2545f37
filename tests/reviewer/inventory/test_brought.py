"""Parts that a document of the submission names: what inventory makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from checks.model import CapabilityId, Certainty, Scope, SurfaceRole, Target, TargetKind, ToolKind
from reviewer.inventory import take_inventory
from reviewer.model import Origin, SourcePart
from tests.reviewer.inventory.worlds import Files, able, gates, submitted, texts

URL = "https://mcp.vendor.example/mcp"
DECLARATION = json.dumps({"type": "http", "url": URL, "headers": {"Authorization": ""}}, indent=1)
SERVER = """
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("notes")


@mcp.tool()
def notes() -> str:
    '''All notes.'''
    return "none"
"""


def inventory(files: Files, parts: Iterable[SourcePart]) -> Target:
    snapshot, contents = submitted(files)
    return take_inventory(replace(snapshot, parts=tuple(parts)), contents)


def part(root: str, origin: Origin, *, fetched: bool = True, source: str = "npm:x@1.0.0") -> SourcePart:
    return SourcePart(root=root, name=root.rpartition("/")[2] or "it", origin=origin, source=source, fetched=fetched)


REMOTE = part("", Origin.REMOTE, fetched=False, source=URL)


def remote(content: Any) -> Target:
    return inventory({"remote.json": DECLARATION, "tools-list.json": json.dumps(content, indent=1, sort_keys=True)}, [REMOTE])


def test_a_remote_server_without_tools_is_a_gate() -> None:
    target = inventory({"remote.json": DECLARATION}, [REMOTE])
    assert (target.kind, [c.transport for c in target.components]) == (TargetKind.REMOTE, ["http"])
    assert gates(target) == {"remote.json"}
    (out, *_) = able(target, CapabilityId.NET_OUT)
    assert (out.scope, out.objects) == (Scope.LITERAL, ("mcp.vendor.example",))
    assert able(target, CapabilityId.CONTENT_UNTRUSTED)
    assert [launch.env for launch in target.launches] == [("header:Authorization",)]


def test_captured_tools_are_tools_whose_code_nobody_saw() -> None:
    tool = {
        "name": "search",
        "title": "Search",
        "description": "Find tickets.",
        "inputSchema": {"type": "object", "properties": {"query": {"description": "words"}}},
        "annotations": {"readOnlyHint": True},
    }
    target = remote(
        {
            "tools": [tool],
            "prompts": [{"name": "greet", "arguments": [{"name": "who"}]}],
            "resources": [{"uri": "x://a"}],
            "instructions": ["Be kind."],
        }
    )
    assert gates(target) == set()
    listed = {(each.kind, each.name): each for each in target.tools}
    assert set(listed) == {(ToolKind.TOOL, "search"), (ToolKind.PROMPT, "greet"), (ToolKind.RESOURCE, "x://a")}
    search = listed[ToolKind.TOOL, "search"]
    assert (search.description, search.input_schema, search.part) == ("Find tickets.", tool["inputSchema"], "remote:.")
    assert search.annotations == {"readOnlyHint": True, "title": "Search"}
    assert {(c.id, c.certainty) for c in search.capabilities} == {
        (CapabilityId.NET_OUT, Certainty.DECLARED),
        (CapabilityId.CONTENT_UNTRUSTED, Certainty.DECLARED),
        (CapabilityId.DATA_QUERY, Certainty.POSSIBLE),
    }
    assert search.at.line > 1
    assert "words" in texts(target, SurfaceRole.SCHEMA)
    assert "Be kind." in texts(target, SurfaceRole.INSTRUCTIONS)
    assert "Find tickets." in texts(target, SurfaceRole.TOOL_DESCRIPTION)


@pytest.mark.parametrize(
    "tools",
    [
        [{"name": "a"}, {"name": "a", "description": "other"}],
        [{"name": 3}],
        [{}],
        [{"name": "a", "description": ["x"]}],
        [{"name": "a", "inputSchema": "x"}],
    ],
)
def test_what_a_client_may_read_otherwise_is_a_gate(tools: list[dict[str, Any]]) -> None:
    target = remote({"tools": tools})
    assert gates(target) == {"tools-list.json"}
    assert len(target.tools) == len(tools)


def test_no_text_of_an_entry_is_out_of_sight() -> None:
    many = {"a": {"enum": [f"value {number}" for number in range(600)]}, "b": {"items": {"items": {"description": "at the end"}}}}
    tool = {
        "name": "search",
        "inputSchema": {"type": "not a type", "properties": many, "a key of words": 1},
        "outputSchema": {"description": "of the output"},
        "annotations": {"title": "T", "note": "of the hints"},
        "_meta": {"x": "of the meta"},
    }
    said = "\n".join(surface.text for surface in remote({"tools": [tool]}).surfaces)
    for text in ("at the end", "value 599", "not a type", "a key of words", "of the output", "of the hints", "of the meta"):
        assert text in said


@pytest.mark.parametrize(
    "content", [[], 3, {"tools": 3}, {"tools": [3]}, {"tools": [{"name": "a", "annotations": 3}]}, {"instructions": {"a": 1}}]
)
def test_a_list_of_a_wrong_form_raises_nothing(content: object) -> None:
    assert remote(content).kind is TargetKind.REMOTE


@pytest.mark.parametrize(
    "declaration", ["", "{", "[]", '{"url": 3}', '{"url": "https://[::1"}', '{"url": "https://{tenant}.vendor.example/"}']
)
def test_a_declaration_of_a_wrong_form_raises_nothing(declaration: str) -> None:
    target = inventory({"remote.json": declaration}, [REMOTE])
    assert target.kind is TargetKind.REMOTE
    assert "remote.json" in gates(target)


def test_a_file_that_imitates_our_pages_is_nothing_special() -> None:
    target = inventory({"remote.json": DECLARATION, "tools-list.json": '{"tools": [{"name": "a"}]}', "launch.json": "{}"}, [])
    assert (target.components, target.tools) == ((), ())


def test_servers_of_a_configuration_are_components_whatever_is_known_of_them() -> None:
    files = {
        ".mcp.json": json.dumps({"mcpServers": {"py": {"command": "uvx", "args": ["notes==1.0"], "env": {"KEY": "${KEY}"}}}}),
        "servers/py/notes/server.py": SERVER,
        "servers/py/notes-1.0.dist-info/METADATA": "Name: notes\nVersion: 1.0\n",
        "servers/odd/README": "x",
        "servers/box/launch.json": json.dumps({"command": "docker", "args": ["run", "image"], "env": {"TOKEN": "${TOKEN}"}}),
        "remotes/far/remote.json": DECLARATION,
    }
    parts = [
        part("servers/py", Origin.SERVER),
        part("servers/odd", Origin.SERVER),
        part("servers/box", Origin.SERVER, fetched=False),
        part("remotes/far", Origin.REMOTE, fetched=False),
    ]
    target = inventory(files, parts)
    assert {(c.kind, c.root, c.name) for c in target.components} == {
        (TargetKind.MCP_SERVER, "servers/py", "notes"),
        (TargetKind.MCP_SERVER, "servers/odd", "odd"),
        (TargetKind.MCP_SERVER, "servers/box", "box"),
        (TargetKind.REMOTE, "remotes/far", "far"),
    }
    assert target.kind is TargetKind.COLLECTION
    assert [(tool.name, tool.part) for tool in target.tools] == [("notes", "mcp-server:servers/py")]
    assert {launch.part: launch.env for launch in target.launches if launch.part} == {
        "mcp-server:servers/box": ("TOKEN",),
        "remote:remotes/far": ("header:Authorization",),
    }


ENTRY = {
    "name": "com.vendor/server",
    "description": "Does things.",
    "version": "1.0.0",
    "packages": [
        {
            "registryType": "npm",
            "identifier": "@vendor/server",
            "version": "1.0.0",
            "runtimeArguments": [{"type": "positional", "value": "-y"}],
            "packageArguments": [{"type": "named", "name": "--root", "valueHint": "folder"}, {"type": "positional", "valueHint": "file"}],
            "environmentVariables": [{"name": "KEY", "isSecret": True}, {"name": "LEVEL"}],
        },
        {"registry_type": "pypi", "identifier": "server", "version": "1.0", "runtime_hint": "uvx"},
        {"registryType": "oci", "identifier": "image.example/x", "version": "2"},
    ],
}


def test_an_entry_says_how_its_packages_are_started_and_what_they_ask_for() -> None:
    target = inventory({"server.json": json.dumps(ENTRY, indent=1)}, [])
    assert [launch.command for launch in target.launches] == [
        ("npx", "-y", "@vendor/server@1.0.0", "--root", "{file}"),
        ("uvx", "server==1.0"),
        ("docker", "run", "image.example/x:2"),
    ]
    assert target.launches[0].env == ("KEY", "LEVEL")
    assert [each.value for each in target.declarations] == ["KEY (secret)", "LEVEL"]
    assert "Does things." in texts(target, SurfaceRole.INSTRUCTIONS)
    assert (target.components, gates(target)) == ((), set())


def test_packages_of_the_submitted_entry_are_components() -> None:
    parts = [part("packages/server", Origin.PACKAGE), part("packages/x", Origin.PACKAGE, fetched=False, source="")]
    target = inventory({"server.json": json.dumps(ENTRY), "packages/server/server.py": SERVER, "packages/x/declared.json": "{}"}, parts)
    assert {(c.kind, c.root) for c in target.components} == {
        (TargetKind.MCP_SERVER, "packages/server"),
        (TargetKind.MCP_SERVER, "packages/x"),
    }
    assert [tool.part for tool in target.tools] == ["mcp-server:packages/server"]


@pytest.mark.parametrize(
    "text",
    [
        '{"packages"',
        '{"packages": 3}',
        '{"name": "a", "packages": [3, {}]}',
        '{"name": "a", "packages": [{"identifier": 3, "environmentVariables": 3}]}',
        '{"server": []}',
    ],
)
def test_an_entry_of_a_wrong_form_raises_nothing(text: str) -> None:
    assert inventory({"server.json": text}, []).components == ()


def test_plugins_that_were_brought_are_components_and_the_others_too() -> None:
    market = {
        "name": "market",
        "plugins": [
            {"name": "far", "source": {"source": "github", "repo": "o/r"}, "commands": ["./c.md"]},
            {"name": "own", "source": {"source": "npm", "package": "x"}},
            {"name": "gone", "source": {"source": "npm", "package": "y"}},
            {"name": "near", "source": "./near"},
            {"name": "absent", "source": "./plugins/absent"},
            {"name": "unknown", "source": {"source": "command"}},
        ],
    }
    files = {
        ".claude-plugin/marketplace.json": json.dumps(market),
        "plugins/far/c.md": "Ship it.",
        "plugins/far/.claude-plugin/marketplace.json": json.dumps(
            {"plugins": [{"name": "own", "source": {"source": "github", "repo": "a/b"}}]}
        ),
        "plugins/own/.claude-plugin/plugin.json": json.dumps({"name": "its-own-name", "version": "3"}),
        "plugins/gone/declared.json": "{}",
        "plugins/absent/declared.json": "{}",
        "near/skills/a/SKILL.md": "---\nname: a\ndescription: b\n---\nx",
    }
    parts = [
        part("plugins/far", Origin.PLUGIN),
        part("plugins/own", Origin.PLUGIN),
        part("plugins/gone", Origin.PLUGIN, fetched=False),
        part("near", Origin.PLUGIN, source=""),
        part("plugins/absent", Origin.PLUGIN, fetched=False),
    ]
    target = inventory(files, parts)
    plugins = {c.root: c.name for c in target.components if c.kind is TargetKind.PLUGIN}
    assert plugins == {
        "plugins/far": "far",
        "plugins/own": "its-own-name",
        "plugins/gone": "gone",
        "near": "near",
        "plugins/absent": "absent",
    }
    assert "Ship it." in texts(target, SurfaceRole.COMMAND)
    reasons = {row.path: row.reason for row in target.unreadable if row.gate}
    assert reasons[".claude-plugin/marketplace.json"].endswith("(1): unknown")
    assert reasons["plugins/far/.claude-plugin/marketplace.json"].endswith("(1): own")
