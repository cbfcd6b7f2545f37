from __future__ import annotations

import pytest

from tests.reviewer.inventory.worlds import inventory

TOOLS = """using ModelContextProtocol.Server;
[McpServerToolType]
public static class Tides {
  [McpServerTool] public static string NextTide(string harbour) => harbour;
  [McpServerTool(Name = "moon")] public static string Phase() => "full";
}
"""
PROJECT = '<Project><ItemGroup><PackageReference Include="ModelContextProtocol" Version="{}" /></ItemGroup></Project>'


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("0.1.0-preview.10", "NextTide"),
        ("0.2.0-preview.3", "NextTide"),
        ("0.3.0-preview.1", "NextTide"),
        ("0.3.0-preview.2", "next_tide"),
        ("0.3.0-preview.4", "next_tide"),
        ("0.4.0", "next_tide"),
        ("1.0.0", "next_tide"),
        ("$(McpVersion)", "next_tide"),
    ],
)
def test_the_release_of_the_sdk_decides_how_a_method_is_called_as_a_tool(version: str, name: str) -> None:
    target = inventory({"src/Tides.csproj": PROJECT.format(version), "src/Tides.cs": TOOLS})

    assert {tool.name for tool in target.tools} == {name, "moon"}


def test_a_project_speaks_for_its_own_folder_only() -> None:
    files = {"old/Old.csproj": PROJECT.format("0.1.0-preview.1"), "old/Tides.cs": TOOLS, "new/Tides.cs": TOOLS.replace("Tides", "Winds")}

    assert {(tool.at.path, tool.name) for tool in inventory(files).tools if tool.name != "moon"} == {
        ("old/Tides.cs", "NextTide"),
        ("new/Tides.cs", "next_tide"),
    }


def test_a_central_list_of_versions_counts_too() -> None:
    versions = '<Project><ItemGroup><PackageVersion Include="ModelContextProtocol" Version="0.2.0-preview.1" /></ItemGroup></Project>'
    project = '<Project><ItemGroup><PackageReference Include="ModelContextProtocol" /></ItemGroup></Project>'

    target = inventory({"Directory.Packages.props": versions, "src/Tides.csproj": project, "src/Tides.cs": TOOLS})

    assert "NextTide" in {tool.name for tool in target.tools}
