from __future__ import annotations

import pytest

from checks.model import SurfaceRole, TargetKind
from tests.reviewer.inventory.worlds import gates, inventory, texts

PYTHON = '''
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("clock", instructions="Ask for a zone.")


@mcp.tool()
def now(zone: str) -> str:
    """Tells the time."""
    return zone
'''
JAVASCRIPT = """
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
const server = new McpServer({ name: "rates", version: "0.2.0" });
const inputSchema = { currency: z.string().describe("Three letters") };
server.registerTool("rate", { description: "Gives a rate", inputSchema }, async () => ({ content: [] }));
"""


def test_a_python_server_has_its_packages_name_version_and_programs() -> None:
    project = '[project]\nname = "clock-mcp"\nversion = "0.3.1"\ndescription = "A clock"\n[project.scripts]\nclock-mcp = "clock:main"\n'
    target = inventory({"pyproject.toml": project, "src/clock/server.py": PYTHON})
    assert (target.kind, target.name, target.version, target.programs) == (TargetKind.MCP_SERVER, "clock-mcp", "0.3.1", ("clock-mcp",))
    (component,) = target.components
    assert (component.id, component.language, component.description) == ("mcp-server:.", "python", "A clock")
    assert [(tool.name, tool.part) for tool in target.tools] == [("now", "mcp-server:.")]
    assert texts(target, SurfaceRole.TOOL_DESCRIPTION) == ["Tells the time."]
    assert texts(target, SurfaceRole.INSTRUCTIONS) == ["Ask for a zone."]


def test_a_javascript_server_has_its_packages_name_and_programs() -> None:
    target = inventory({"package.json": '{"name": "@acme/rates", "version": "0.2.0", "bin": "dist/i.js"}', "dist/i.js": JAVASCRIPT})
    assert (target.kind, target.name, target.programs) == (TargetKind.MCP_SERVER, "@acme/rates", ("rates",))
    assert {"Three letters", "currency"} <= set(texts(target, SurfaceRole.SCHEMA))


def test_a_wheel_gives_name_and_programs_by_its_metadata() -> None:
    files = {
        "clock/server.py": PYTHON,
        "clock_mcp-0.3.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: clock-mcp\nVersion: 0.3.1\nSummary: A clock\n\nBody\n",
        "clock_mcp-0.3.1.dist-info/entry_points.txt": "[console_scripts]\nclock-mcp = clock:main\n",
    }
    target = inventory(files)
    assert (target.components[0].name, target.components[0].version, target.programs) == ("clock-mcp", "0.3.1", ("clock-mcp",))


def test_several_servers_are_a_collection_and_tools_know_their_part() -> None:
    target = inventory(
        {
            "a/pyproject.toml": '[project]\nname = "clock"\n',
            "a/server.py": PYTHON,
            "b/package.json": '{"name": "rates"}',
            "b/src/index.js": JAVASCRIPT,
        }
    )
    assert target.kind is TargetKind.COLLECTION
    assert {(c.name, c.root) for c in target.components} == {("clock", "a"), ("rates", "b")}
    assert {tool.name: tool.part for tool in target.tools} == {"now": "mcp-server:a", "rate": "mcp-server:b"}


def test_a_server_without_a_manifest_is_the_whole() -> None:
    target = inventory({"server.py": PYTHON})
    assert (target.kind, target.name, target.components[0].root) == (TargetKind.MCP_SERVER, "clock", "")


def test_a_server_that_only_tests_make_gives_way_to_the_real_one() -> None:
    target = inventory({"pkg/pyproject.toml": '[project]\nname = "clock"\n', "pkg/server.py": PYTHON, "tests/test_it.py": PYTHON})
    assert [c.root for c in target.components] == ["pkg"]


def test_installed_packages_register_no_tools() -> None:
    target = inventory({"package.json": '{"name": "x"}', "node_modules/sdk/examples/server.js": JAVASCRIPT})
    assert not target.tools
    assert not target.components


@pytest.mark.parametrize(
    ("build", "content", "code"),
    [
        ("go.mod", "module x\nrequire github.com/mark3labs/mcp-go v0.1.0\n", "main.go"),
        ("Cargo.toml", '[dependencies]\nrmcp = "0.1"\n', "src/main.rs"),
    ],
)
def test_a_server_in_a_language_without_a_reader_is_recognised_and_its_code_is_a_gate(build: str, content: str, code: str) -> None:
    target = inventory({build: content, code: "main"})
    assert target.kind is TargetKind.MCP_SERVER
    assert gates(target) == {code}


def test_what_holds_neither_server_nor_skill_is_a_collection_of_nothing() -> None:
    target = inventory({"package.json": '{"name": "left", "version": "1.0.0"}', "index.js": "module.exports = 1;\n"})
    assert (target.kind, target.components, target.name) == (TargetKind.COLLECTION, (), "it")


def test_a_manifest_with_a_contradiction_is_a_gate() -> None:
    assert gates(inventory({"package.json": '{"name": "a", "name": "b"}', "i.js": JAVASCRIPT})) == {"package.json"}
