from __future__ import annotations

import pytest

from checks.model import File
from checks.prose import passages
from checks.resources import TEXTS, resource_blocks
from tests.reviewer.inventory.worlds import inventory

SERVER = """import {{ McpServer }} from "@modelcontextprotocol/sdk/server/mcp.js";
import {name} from "./texts.json" with {{ type: "json" }};
const server = new McpServer({{ name: "words", version: "1.0.0" }});
server.registerTool("look", {{ description: {said} }}, async () => ({{ content: [] }}));
"""


def _file(language: str) -> File:
    return File(path="a", mode="100644", size=1, sha256="0" * 64, language=language)


def _texts(language: str, text: str) -> list[tuple[int, str]]:
    return [(block.line, block.text) for block in resource_blocks(_file(language), text)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("json", '{\n"a": {"b": ["Looks a word up \\u0069n the list."]}}'),
        ("yaml", "a:\n  b: Looks a word up in the list."),
        ("yaml", 'a:\n  b: "Looks a word up in the list."'),
        ("ini", "; ours\na.b=Looks a word up in the list."),
        ("toml", '[a]\nb = "Looks a word up in the list."'),
    ],
)
def test_texts_are_told_with_their_lines(language: str, text: str) -> None:
    assert _texts(language, text) == [(2, "Looks a word up in the list.")]


def test_names_and_numbers_are_no_texts_and_code_is_no_data() -> None:
    assert _texts("json", '{"name": "some-long-package-name", "version": "1.0.0-beta.123456"}') == []
    assert _texts("javascript", 'const a = "Looks a word up in the list.";') == []


def test_texts_are_bounded() -> None:
    assert len(_texts("json", '["Looks a word up in the list."]\n' * (TEXTS + 10))) == TEXTS
    assert _texts("json", '"' + "\\" * 100_000) == []


def test_a_tool_speaks_from_the_data_that_its_code_names() -> None:
    files = {"package.json": '{"name": "words", "version": "1.0.0"}', "texts.json": '{"look": "Looks a word up in the list."}'}
    dynamic = inventory({**files, "server.js": SERVER.format(name="texts", said="texts.look")})
    fixed = inventory({**files, "server.js": SERVER.format(name="texts", said='"Looks."')})

    assert [each.interface for each in passages(dynamic) if each.path == "texts.json"] == [True]
    assert [each for each in passages(fixed) if each.path == "texts.json"] == []
