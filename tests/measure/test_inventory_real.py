from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import Location, Target, TargetKind, Tool, ToolKind
from tests.measure.clones import sheets
from tests.measure.inventory_real import REAL, Row, compared, main, totals

SHEET = {"language": "go", "tools": ["one", "two", "gone"], "explained": {"gone": "was removed"}, "undocumented": {"new": "a.go:9"}}


def a_tool(name: str, *, dynamic: bool = False, kind: ToolKind = ToolKind.TOOL) -> Tool:
    return Tool(kind=kind, part="", name=name, at=Location(path="a.go", line=3), dynamic=dynamic)


def row_of(*tools: Tool) -> Row:
    return compared("server", SHEET, Target(kind=TargetKind.MCP_SERVER, name="server", tools=tools))


def test_wanted_names_are_the_list_without_its_errors_and_with_what_it_leaves_out() -> None:
    assert row_of().wanted == {"one", "two", "new"}


def test_names_are_found_missed_or_invented() -> None:
    row = row_of(a_tool("one"), a_tool("new"), a_tool("other"))
    assert row.recall == pytest.approx(2 / 3)
    assert row.precision == pytest.approx(2 / 3)
    assert row.missed == ["two"]
    assert row.invented == ["other"]


def test_explained_names_computed_names_and_prompts_count_neither_way() -> None:
    row = row_of(a_tool("gone"), a_tool("name + suffix", dynamic=True), a_tool("ask", kind=ToolKind.PROMPT))
    assert not row.found
    assert list(row.computed) == ["name + suffix"]


def test_a_tool_with_a_computed_description_counts_by_its_name() -> None:
    row = row_of(a_tool("one", dynamic=True))
    assert list(row.found) == ["one"]
    assert not row.computed


def test_listed_names_that_the_server_computes_need_the_place_or_the_name() -> None:
    sheet = {**SHEET, "computed": [{"at": "a.go:3", "names": ["one", "two"]}]}
    placed, named, nothing = (
        compared("server", sheet, Target(kind=TargetKind.MCP_SERVER, name="server", tools=tools))
        for tools in ((a_tool("prefix + name", dynamic=True),), (a_tool("prefix + name", dynamic=True), a_tool("one")), ())
    )
    assert placed.missed == ["new"]
    assert (named.missed, named.agreed) == (["new"], 1)
    assert nothing.missed == ["new", "one", "two"]


def test_totals_are_over_names_not_over_servers() -> None:
    full = row_of(a_tool("one"), a_tool("two"), a_tool("new"))
    poor = row_of(a_tool("one"), a_tool("x"))
    recall, precision = totals([full, poor])
    assert recall == pytest.approx(4 / 6)
    assert precision == pytest.approx(4 / 5)


def test_a_missing_clone_is_said_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "MISSING CLONE: apollographql/apollo-mcp-server" in capsys.readouterr().out


def test_every_list_says_where_it_is_from_and_explains_only_what_it_does_not_want() -> None:
    found = sheets(REAL)
    for sheet in found.values():
        assert sheet["source"]
        assert sheet["taken"]
        assert not sheet.get("undocumented", {}).keys() & set(sheet["tools"])
        assert all([*sheet.get("explained", {}).values(), *sheet.get("undocumented", {}).values()])
    of_aws = [sheet for sheet in found.values() if sheet["repository"] == "awslabs/mcp"]
    assert len(of_aws) >= 20
