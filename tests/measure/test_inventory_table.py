from __future__ import annotations

from pathlib import Path

import pytest

from tests.measure.inventory_table import fixtures, measure

LANGUAGES = {"python", "typescript", "javascript", "go", "rust", "java", "kotlin", "csharp"}


@pytest.mark.parametrize("folder", fixtures(), ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_every_tool_of_a_fixture_is_read_as_it_is(folder: Path) -> None:
    assert not measure(folder).faults


def test_every_language_has_three_styles_with_a_computed_tool_each() -> None:
    outcomes = [measure(folder) for folder in fixtures()]
    assert {each.language for each in outcomes} == LANGUAGES
    for language in LANGUAGES:
        whole = [each for each in outcomes if each.language == language and each.expected >= 3 and each.dynamic >= 1]
        assert len(whole) >= 3


def test_a_wrong_description_an_invented_tool_and_a_missing_one_are_faults(tmp_path: Path) -> None:
    folder = tmp_path / "python" / "style"
    folder.mkdir(parents=True)
    (folder / "server.py").write_text(
        "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n"
        "@mcp.tool()\ndef one() -> str:\n    'First.'\n    return ''\n@mcp.tool()\ndef two() -> str:\n    return ''\n",
        encoding="utf-8",
    )
    folder.with_suffix(".yaml").write_text("tools: [{name: one, description: Second.}, {name: three}]\n", encoding="utf-8")
    first, second, third = measure(folder).faults
    assert "description" in first
    assert "three" in second
    assert "two" in third
