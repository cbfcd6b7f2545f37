import json
from typing import Any

import pytest

from reviewer.acquire.declared.configuration import read_configuration
from reviewer.acquire.declared.plan import Means, Plan
from reviewer.model import Origin

STDIO = {"command": "npx", "args": ["-y", "server@1.0.0"], "env": {"TOKEN": "hunter2"}}
REMOTE = {"type": "http", "url": "https://mcp.vendor.example/mcp", "headers": {"Authorization": "Bearer hunter2", "X-Team": "${TEAM}"}}
BOTH = {"one": STDIO, "two": REMOTE}


def kept(plan: Plan) -> dict[str, Any]:
    (page,) = plan.pages
    document: dict[str, Any] = json.loads(page.text)
    return document


def said(plan: Plan) -> str:
    return "\n".join(row.reason for row in plan.unreadable if row.gate)


TOML = """
model = "x"
[mcp_servers.one]
command = "npx"
args = ["-y", "server@1.0.0"]
env = { TOKEN = "hunter2" }
[mcp_servers.two]
url = "https://mcp.vendor.example/mcp"
http_headers = { "Authorization" = "hunter2", "X-Team" = "${TEAM}" }
"""
YAML = """
model: x
mcp_servers:
  one:
    command: npx
    args: ["-y", "server@1.0.0"]
    env: {TOKEN: hunter2}
  two:
    url: https://mcp.vendor.example/mcp
    headers:
      Authorization: Bearer hunter2
      X-Team: ${TEAM}
"""
LISTED = """
mcpServers:
- {name: one, command: npx, args: [-y, server@1.0.0], env: {TOKEN: hunter2}}
- {name: two, url: 'https://mcp.vendor.example/mcp', headers: {Authorization: hunter2, X-Team: '${TEAM}'}}
"""
JSON5 = """// a comment with hunter2
{ mcp: { servers: { one: { command: 'npx', args: ['-y', "server@1.0.0",], env: {TOKEN: 'hunter2'} },
  two: { url: 'https://mcp.vendor.example/mcp', headers: { Authorization: 'Bearer hunter2', 'X-Team': '${TEAM}', }, }, }, },
  gateway: {auth: {token: 'hunter2'}}, }
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/x/claude_desktop_config.json", json.dumps({"mcpServers": BOTH, "oauth": "hunter2"})),
        ("/x/.mcp.json", json.dumps({"mcpServers": BOTH})),
        ("/x/managed-mcp.json", json.dumps({"mcpServers": BOTH})),
        (
            "/x/.claude.json",
            json.dumps({"projects": {"/x/y": {"mcpServers": BOTH, "history": ["hunter2"]}}, "oauthAccount": {"t": "hunter2"}}),
        ),
        ("/x/.cursor/mcp.json", json.dumps({"mcpServers": BOTH})),
        ("/x/.vscode/mcp.json", '{"inputs": [{"id": "t", "default": "hunter2"}], /* c */ "servers": ' + json.dumps(BOTH) + ",}"),
        ("/x/.vscode/settings.json", json.dumps({"editor.tabSize": 2, "mcp": {"servers": BOTH}})),
        (
            "/x/mcp_config.json",
            json.dumps({"mcpServers": {"one": STDIO, "two": {"serverUrl": REMOTE["url"], "headers": REMOTE["headers"]}}}),
        ),
        (
            "/x/.gemini/settings.json",
            json.dumps({"mcpServers": {"one": STDIO, "two": {"httpUrl": REMOTE["url"], "headers": REMOTE["headers"]}}}),
        ),
        (
            "/x/.zed/settings.json",
            json.dumps(
                {"context_servers": {"one": {"command": {"path": "npx", "args": STDIO["args"], "env": STDIO["env"]}}, "two": REMOTE}}
            ),
        ),
        ("/x/cline_mcp_settings.json", json.dumps({"mcpServers": BOTH})),
        ("/x/.kiro/settings/mcp.json", json.dumps({"mcpServers": BOTH})),
        (
            "/x/opencode.json",
            json.dumps(
                {"mcp": {"one": {"type": "local", "command": ["npx", "-y", "server@1.0.0"], "environment": STDIO["env"]}, "two": REMOTE}}
            ),
        ),
        ("/x/.codex/config.toml", TOML),
        ("/x/.hermes/config.yaml", YAML),
        ("/x/.openclaw/openclaw.json", JSON5),
        (
            "/x/config.yaml",
            LISTED,
        ),
    ],
)
def test_every_clients_form_is_read_and_no_value_is_kept(path: str, text: str) -> None:
    plan = read_configuration(path, text)
    servers = [wanted for wanted in plan.wanted if wanted.origin is not Origin.SKILLS]
    assert [(each.name, each.origin, each.means, each.address) for each in servers] == [
        ("one", Origin.SERVER, Means.SOURCE, "npm:server@1.0.0"),
        ("two", Origin.REMOTE, Means.NOTHING, "https://mcp.vendor.example/mcp"),
    ]
    own = kept(plan)["mcpServers"]
    assert own["one"]["env"] == {"TOKEN": "${TOKEN}"}
    assert own["two"]["headers"] == {"Authorization": "REDACTED", "X-Team": "${TEAM}"}
    assert "hunter2" not in repr(plan)
    assert said(plan) == ""
    assert "not of the file" in plan.unreadable[0].reason


def one(entry: object, path: str = "/x/.mcp.json") -> Plan:
    return read_configuration(path, json.dumps({"mcpServers": {"one": entry}}))


def test_what_decides_which_code_runs_is_told_without_its_value() -> None:
    plan = one({"command": "npx", "args": ["server@1.0.0"], "env": {"NODE_OPTIONS": "--require /hunter2"}})
    assert plan.wanted[0].notes == (("it sets NODE_OPTIONS, which can decide what code runs; the value is not kept", True),)
    assert "hunter2" not in repr(plan)


def test_fields_that_permit_something_are_kept() -> None:
    plan = one(
        {
            "command": "npx",
            "args": ["server@1.0.0"],
            "alwaysAllow": ["delete"],
            "trust": True,
            "cwd": "/srv",
            "oauth": {"clientSecret": "hunter2"},
        }
    )
    own = kept(plan)["mcpServers"]["one"]
    assert (own["alwaysAllow"], own["trust"], own["cwd"]) == (["delete"], True, "/srv")
    assert "oauth" not in own


def test_a_helper_for_headers_is_kept_as_the_command_that_it_is() -> None:
    assert (
        kept(one({**REMOTE, "headersHelper": "helper --token=hunter2 --x"}))["mcpServers"]["one"]["headersHelper"]
        == "helper --token=REDACTED --x"
    )


def test_a_command_and_an_address_together_are_told() -> None:
    assert "both a command and an address" in one({**REMOTE, **STDIO}).wanted[0].notes[0][0]


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ({"url": "https://one.example/mcp", "serverUrl": "https://two.example/mcp"}, "several addresses"),
        ({"url": "https://one.example/mcp", "transport": {"url": "https://two.example/mcp"}}, "several addresses"),
        ({"command": "npx", "cmd": "other", "args": ["server@1.0.0"]}, "several commands"),
        ({"command": "npx", "args": ["server@1.0.0"], "arguments": ["other@1.0.0"]}, "several lists of arguments"),
        ({"command": "npx", "args": {"0": "server@1.0.0"}}, "were not read"),
        ({**REMOTE, "envHelper": "other"}, "envHelper"),
        ({"command": "env", "args": ["NODE_OPTIONS=--import=x", "npx", "server@1.0.0"]}, "NODE_OPTIONS"),
    ],
)
def test_what_clients_read_otherwise_is_told(entry: dict[str, Any], word: str) -> None:
    assert any(word in text and gate for text, gate in one(entry).wanted[0].notes)


def test_servers_of_every_reader_of_a_file_are_read() -> None:
    two = {"mcpServers": {"one": STDIO}, "servers": {"two": STDIO}}
    assert list(kept(read_configuration("/x/.mcp.json", json.dumps(two)))["mcpServers"]) == ["one", "two"]
    dotted = {"mcp.servers": {"one": STDIO}, "mcp": {"servers": {"two": STDIO}}}
    assert list(kept(read_configuration("/x/openclaw.json", json.dumps(dotted)))["mcpServers"]) == ["one", "two"]


def test_yaml_that_cannot_be_read_is_a_gate() -> None:
    plan = read_configuration("/x/config.yaml", "mcp_servers:\n  one: {command: npx, args: [server@1.0.0]}\nx: @y\n")
    assert "not YAML" in said(plan)


def test_fields_that_run_commands_are_told() -> None:
    plan = read_configuration(
        "/x/.claude/settings.json", json.dumps({"mcpServers": BOTH, "hooks": {"Stop": ["hunter2"]}, "apiKeyHelper": "hunter2"})
    )
    assert "hooks, apiKeyHelper" in said(plan)
    assert "hunter2" not in repr(plan)


@pytest.mark.parametrize(
    ("path", "text", "folder"),
    [
        ("/x/openclaw.json", '{skills: {load: {extraDirs: ["/srv/skills"]}}}', "/srv/skills"),
        ("/x/.hermes/config.yaml", "skills: {external_dirs: [~/shared]}", "~/shared"),
        ("/x/.codex/config.toml", '[[skills.config]]\npath = "/srv/skills"', "/srv/skills"),
    ],
)
def test_folders_of_skills_are_wanted(path: str, text: str, folder: str) -> None:
    wanted = read_configuration(path, text).wanted
    assert (wanted[0].origin, wanted[0].address, wanted[0].optional) == (Origin.SKILLS, folder, False)
    assert all(each.optional for each in wanted[1:])


@pytest.mark.parametrize(
    "entry",
    [
        None,
        3,
        "npx server",
        [],
        {},
        {"command": 3},
        {"command": {"path": 3}},
        {"args": ["x"]},
        {"url": 3},
        {"command": "", "env": 3, "headers": []},
    ],
)
def test_entries_of_a_wrong_type_are_told(entry: object) -> None:
    plan = one(entry)
    notes = [text for wanted in plan.wanted for text, gate in wanted.notes if gate]
    assert notes or said(plan)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/x/.mcp.json", ""),
        ("/x/.mcp.json", '{"hunter2'),
        ("/x/.mcp.json", "[1]"),
        ("/x/.mcp.json", '{"a":' * 100_000),
        ("/x/.mcp.json", "[" * 200_000 + "hunter2"),
        ("/x/config.toml", "hunter2 = ["),
        ("/x/config.yaml", "- hunter2"),
    ],
)
def test_what_cannot_be_read_is_a_fault_without_its_content(path: str, text: str) -> None:
    plan = read_configuration(path, text)
    assert plan.fault
    assert plan.pages == ()
    assert "hunter2" not in plan.fault


def test_ambiguity_is_told() -> None:
    assert "stands twice" in said(read_configuration("/x/.mcp.json", '{"mcpServers": {}, "mcpServers": {"a": {"command": "x"}}}'))
    assert "aliases" in said(read_configuration("/x/config.yaml", "a: &a [1]\nmcp_servers: *a\n"))


def test_there_is_an_end_to_servers() -> None:
    plan = read_configuration("/x/.mcp.json", json.dumps({"mcpServers": {str(n): STDIO for n in range(600)}}))
    assert len([w for w in plan.wanted if w.origin is Origin.SERVER]) == 500
    assert "more than 500 servers" in said(plan)


@pytest.mark.parametrize(
    "line",
    [
        "npx -y server@1.0.0 --token 'hunter2 hunter2'",
        'npx -y server@1.0.0 --token "hunter2 hunter2',
        "TOKEN=hunter2 npx -y server@1.0.0",
        "env 'TOKEN=hunter2 hunter2' npx -y server@1.0.0",
    ],
)
def test_a_command_line_in_one_text_is_read_as_a_shell_would(line: str) -> None:
    plan = one({"command": line})
    assert plan.wanted[0].address == "npm:server@1.0.0"
    assert "hunter2" not in repr(plan)


def test_a_path_with_spaces_is_one_word() -> None:
    assert kept(one({"command": "/Applications/My App.app/server"}))["mcpServers"]["one"]["command"] == "/Applications/My App.app/server"


def test_arguments_that_are_no_words_are_told() -> None:
    assert ("some of its arguments are lists or mappings and were not read", True) in one(
        {"command": "npx", "args": ["server@1.0.0", {"a": 1}]}
    ).wanted[0].notes
