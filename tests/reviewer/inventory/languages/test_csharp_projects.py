from __future__ import annotations

from checks.model import CapabilityId, Trigger
from tests.reviewer.inventory.worlds import inventory

TOOL = """using ModelContextProtocol.Server;
[McpServerToolType]
public static class Words {
  [McpServerTool] public static void Look(string word) { %s; }
}
"""
PROJECT = "<Project>%s</Project>"


def _powers(files: dict[str, str]) -> set[str]:
    return {f"{each.id.value}:{each.scope.value}" for tool in inventory(files).tools for each in tool.capabilities}


def test_a_project_says_which_namespaces_and_types_all_files_see() -> None:
    alias = '<ItemGroup><Using Include="System.Diagnostics.Process" Alias="Page" /></ItemGroup>'
    space = '<ItemGroup><Using Include="System.Diagnostics"/></ItemGroup>'

    assert _powers({"a.csproj": PROJECT % alias, "a.cs": TOOL % "Page.Start(word)"}) == {"proc.exec:tool-argument"}
    assert _powers({"Directory.Build.props": PROJECT % space, "a.cs": TOOL % "Process.Start(word)"}) == {"proc.exec:tool-argument"}


def test_what_stands_in_a_comment_is_not_said() -> None:
    project = PROJECT % '<!-- <Using Include="System.Diagnostics"/> <UsingTask TaskName="a"/> -->'

    target = inventory({"a.csproj": project, "a.cs": TOOL % "Process.Start(word)"})

    assert not target.capabilities


def test_a_file_of_another_name_that_is_compiled_is_a_gate() -> None:
    project = PROJECT % '<ItemGroup><Compile Include="a.cs;texts/page.txt" /><Compile Include="more/**/*.cs" /></ItemGroup>'

    target = inventory({"a.csproj": project, "a.cs": TOOL % "Page.Look(word)", "texts/page.txt": "class Page {}"})

    assert [(row.path, row.gate) for row in target.unreadable if "texts/page.txt" in row.reason] == [("a.csproj", True)]


def test_tasks_of_their_own_run_at_a_build() -> None:
    project = PROJECT % '<UsingTask TaskName="Go" TaskFactory="RoslynCodeTaskFactory" AssemblyFile="x.dll"></UsingTask>'

    target = inventory({"build/a.targets": project, "a.csproj": PROJECT % "", "a.cs": TOOL % "word.Trim()"})

    assert [(each.id, each.trigger) for each in target.capabilities] == [(CapabilityId.CODE_EVAL, Trigger.INSTALL)]
