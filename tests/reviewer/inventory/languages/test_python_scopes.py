"""Who chooses a value, where it goes through classes, comprehensions, modules' functions and lists of words."""

from __future__ import annotations

import textwrap

import pytest

from reviewer.inventory.languages.python import extract

HEAD = """
import asyncio, re, subprocess
import httpx, git, boto3, pdfplumber
from pydantic import BaseModel
from mcp.server.fastmcp import FastMCP
mcp = FastMCP('x')

class Query(BaseModel):
    url: str
"""


def powers(body: str, parameters: str = "arg: str, many: list[str], options: dict") -> set[str]:
    code = f"{HEAD}\n@mcp.tool()\nasync def t({parameters}):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    (tool,) = extract({"server.py": code}).tools
    return {f"{held.id.value}:{held.scope.value}" for held in tool.capabilities if held.id.value != "content.untrusted"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("query = Query(**options)\nhttpx.get(str(query.url))", {"net.out:tool-argument"}),
        ("wanted = [each for each in many if each]\nhttpx.get(wanted[0])", {"net.out:tool-argument"}),
        ("found = re.match('x', arg)\nhttpx.get(found.group(1))", {"net.out:tool-argument"}),
        ("httpx.get([f'https://a.example/{each}' for each in many][0])", {"net.out:tool-argument"}),
        ("words = ['convert', arg]\nawait asyncio.create_subprocess_exec(*words)", {"proc.exec:tool-argument"}),
        ("await asyncio.create_subprocess_exec('convert', '--in', arg)", {"proc.exec:tool-argument"}),
        ("await asyncio.create_subprocess_exec('convert', '--version')", {"proc.exec:literal"}),
        ("pdfplumber.open(arg)", {"fs.read:tool-argument"}),
        (
            "boto3.client('secretsmanager').get_secret_value(SecretId='x')",
            {"secret.read:configuration", "data.query:configuration", "net.out:configuration"},
        ),
        ("subprocess.run(['podman', 'push', arg])", {"proc.exec:tool-argument", "msg.send:tool-argument", "net.out:tool-argument"}),
    ],
)
def test_who_chooses(body: str, expected: set[str]) -> None:
    assert powers(body) == expected


def test_what_git_does_with_files_is_told_beside_that_it_is_started() -> None:
    assert {power.partition(":")[0] for power in powers("repo.git.diff('--cached', arg)", "repo: git.Repo, arg: str")} == {
        "fs.read",
        "proc.exec",
    }
    assert {power.partition(":")[0] for power in powers("repo.git.checkout(arg)", "repo: git.Repo, arg: str")} == {"fs.write", "proc.exec"}


def test_a_function_without_a_name_answers_for_a_tool() -> None:
    code = HEAD + "\nmcp.tool(name='ask', description='Ask.')(lambda word: httpx.get('https://a.example/' + word).text)\n"

    (tool,) = extract({"server.py": code}).tools

    assert {held.id.value for held in tool.capabilities} == {"net.out", "content.untrusted"}


def test_a_module_that_is_imported_by_name_for_one_of_its_functions_is_followed() -> None:
    code = HEAD + "\n__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n__import__('os').system('id')\n"

    found = {held.id.value for held in extract({"pkg/__init__.py": code}).capabilities}
    assert "proc.exec" in found
    assert "code.eval" not in found
