"""Two real servers, as their registries serve them today. Their code is read, never run."""

from __future__ import annotations

import json

import pytest

from tests.program import run

pytestmark = pytest.mark.network

NOT_FETCHED = 3


@pytest.mark.parametrize(
    ("source", "purl", "tools", "dependency"),
    [
        ("npm:tavily-mcp", "pkg:npm/tavily-mcp@", {"tavily_search", "tavily_extract", "tavily_crawl", "tavily_map"}, "pkg:npm/axios"),
        (
            "pypi:awslabs.aws-documentation-mcp-server",
            "pkg:pypi/awslabs.aws-documentation-mcp-server@",
            {"read_documentation", "search_documentation", "recommend"},
            "pkg:pypi/httpx",
        ),
    ],
)
def test_a_real_server_is_listed_with_its_tools_powers_and_dependencies(source: str, purl: str, tools: set[str], dependency: str) -> None:
    ran = run("scan", source, "--format", "json")
    if ran.code == NOT_FETCHED:
        pytest.skip(f"the registry does not answer: {ran.err.strip()}")
    dossier = ran.json
    parts = json.loads(run("scan", source, "--format", "cyclonedx").out)

    assert dossier["recommendation"] != "block"
    assert dossier["complete"] is True
    assert dossier["subject"]["purl"].startswith(purl)
    assert {tool["name"] for tool in dossier["tools"]} >= tools
    assert all(tool["description"] and tool["capabilities"] for tool in dossier["tools"])
    assert all("net.out" in {capability["id"] for capability in tool["capabilities"]} for tool in dossier["tools"])
    assert any(component.get("purl", "").startswith(dependency) for component in parts["components"])
    assert parts["metadata"]["component"]["purl"] == dossier["subject"]["purl"]
