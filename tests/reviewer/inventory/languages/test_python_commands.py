from __future__ import annotations

import textwrap

import pytest

from reviewer.inventory.languages.python import extract

HEAD = """
import asyncio, os, shlex, shutil, subprocess
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("x")

async def words(args):
    child = await asyncio.create_subprocess_exec(*args, stdout=asyncio.subprocess.PIPE)
    return await child.communicate()

def spread(args: list[str]):
    return subprocess.run(["kubectl", *args], capture_output=True).stdout

def added(*args):
    return subprocess.run(["kubectl"] + list(args), capture_output=True).stdout

def cut(args):
    return subprocess.run([args[0], "-n", "x"] + args[1:], capture_output=True).stdout
"""
LOGS = {"proc.exec:tool-argument", "data.query:configuration", "net.out:configuration", "content.untrusted:configuration"}


def powers(body: str) -> set[str]:
    code = f"{HEAD}\n@mcp.tool()\nasync def t(name: str, space: str = ''):\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    (tool,) = extract({"server.py": code}).tools
    return {f"{held.id}:{held.scope}" for held in tool.capabilities}


@pytest.mark.parametrize(
    "body",
    [
        "return await words(['kubectl', 'logs', name])",
        "return spread(['logs', name])",
        "return added('logs', name)",
        "return added(*['logs', name])",
        "return cut(['kubectl', 'logs', name])",
        "args = ['logs', name]\nif space:\n    args += ['-n', space]\nreturn spread(args)",
        "args = ['kubectl', 'logs', name]\nif space:\n    args.extend(['-n', space])\nreturn subprocess.check_output(args)",
        "args = ['kubectl']\nif space:\n    args += ['-n', space]\nargs += ['logs', name]\nreturn subprocess.check_output(args)",
        "return subprocess.check_output(f'kubectl -n {space} logs {name}', shell=True)",
        "return subprocess.check_output(shlex.split(f'kubectl -n {space} logs {name}'))",
        "return subprocess.check_output([shutil.which('kubectl'), 'logs', name])",
        "return subprocess.check_output(['kubectl', 'logs', name] if space else ['kubectl', 'logs', name, '-f'])",
    ],
)
def test_words_are_carried_through_wrappers(body: str) -> None:
    assert powers(body) == LOGS


def test_a_wrapper_is_read_in_each_way_that_it_is_called() -> None:
    assert powers("spread(['version', '--client'])\nreturn spread(['logs', name])") == LOGS
    assert "content.untrusted:configuration" not in powers("return spread(['delete', 'pod', name])")


@pytest.mark.parametrize(
    "body", ["return {**os.environ, 'A': name}", "x = os.environ | {'A': name}", "f(**os.environ)", "x = {'A': name} | os.environ"]
)
def test_a_copy_of_the_whole_environment_reads_secrets(body: str) -> None:
    assert powers(body) == {"secret.read:configuration"}


@pytest.mark.parametrize("body", ["return {**options()}", "x = 1 | 2", "x = {'A': os.environ['A']} | {}"])
def test_other_unions_read_none(body: str) -> None:
    assert "secret.read:configuration" not in powers(body)
