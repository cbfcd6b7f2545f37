from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from allowlist.errors import LossError, NotWritten, Unexportable
from allowlist.exports import Rendered, Tenant, differences, formats, render, write_export
from allowlist.exports.pins import command_fault, for_windows, url_fault
from allowlist.model import Allowlist, Conditions, Entry, Subject
from tests.allowlist.world import DAY, NOW, conditions, good_world, subject

SCHEMAS = resources.files("allowlist.exports") / "schemas"
SCHEMA = json.loads((SCHEMAS / "claude-code-managed-settings.schema.json").read_bytes())
EVERYBODY = Tenant(team=None, now=NOW)


def read(rendered: Rendered, path: str) -> Any:
    return json.loads(rendered.files[path])


def settings(listed: Allowlist, tenant: Tenant = EVERYBODY, *accept: str) -> Any:
    found = read(render("claude-code", listed, tenant, frozenset(accept)), "managed-settings.json")
    jsonschema.validate(found, SCHEMA)
    return found


def a_list(*subjects: Subject, under: Conditions | None = None) -> Allowlist:
    first = good_world().entries[0]
    entries = tuple(replace(first, id=f"E-{n}", subject=one, conditions=under or first.conditions) for n, one in enumerate(subjects, 1))
    return replace(good_world().allowlist(), entries=entries, revocations=())


def test_claude_code_allows_exact_commands_and_denies_what_was_revoked() -> None:
    assert settings(good_world().allowlist()) == {
        "allowManagedMcpServersOnly": True,
        "allowedMcpServers": [
            {"serverCommand": ["npx", "-y", "weather@1.2.3"]},
            {"serverCommand": ["cmd", "/c", "npx", "-y", "weather@1.2.3"]},
            {"serverCommand": ["npx", "-y", "notes@1.2.3"]},
            {"serverCommand": ["cmd", "/c", "npx", "-y", "notes@1.2.3"]},
        ],
        "deniedMcpServers": [
            {"serverCommand": ["npx", "-y", "old@1.2.3"]},
            {"serverCommand": ["cmd", "/c", "npx", "-y", "old@1.2.3"]},
        ],
    }


def test_claude_code_names_addresses_and_python_packages() -> None:
    remote = replace(subject("crm"), kind="remote", launches=(), url="https://mcp.acme.example")
    python = replace(subject("git"), launches=(("uvx", "git==1.2.3"), ("uvx", "--from", "git==1.2.3", "git-mcp")))

    assert settings(a_list(remote, python))["allowedMcpServers"] == [
        {"serverUrl": "https://mcp.acme.example/"},
        {"serverCommand": ["uvx", "git==1.2.3"]},
        {"serverCommand": ["uvx", "--from", "git==1.2.3", "git-mcp"]},
    ]


@pytest.mark.parametrize("tenant", [EVERYBODY, Tenant(team="nobody", now=NOW)])
def test_a_list_without_matching_entries_allows_nothing(tenant: Tenant) -> None:
    listed = a_list(subject()) if tenant.team else a_list()

    assert settings(listed, tenant) == {"allowManagedMcpServersOnly": True, "allowedMcpServers": [], "deniedMcpServers": []}


def test_entries_hold_for_their_teams_and_their_time() -> None:
    mine = a_list(subject(), under=conditions("payments", "risk", expires=NOW + DAY))

    assert render("json", mine, Tenant(team="risk", now=NOW)).exported == ("E-1",)
    assert render("json", mine, Tenant(team="sales", now=NOW)).exported == ()
    assert render("json", mine, Tenant(team="risk", now=NOW + DAY)).exported == ()
    assert read(render("json", mine, EVERYBODY), "coverage.json")["entries"][0]["teams"] == ["payments", "risk"]


def test_an_entry_that_is_revoked_is_never_exported() -> None:
    listed = good_world().allowlist()
    listed = replace(listed, revocations=(replace(listed.revocations[0], entry="E-1"),))

    assert render("json", listed, EVERYBODY).exported == ("E-2",)


def test_a_skill_is_left_out_and_named() -> None:
    rendered = render("claude-code", a_list(replace(subject(), kind="skill", launches=())), EVERYBODY)

    assert rendered.exported == ()
    assert "skill without a command" in rendered.left_out["E-1"]
    assert "skill without a command" in read(rendered, "coverage.json")["left_out"][0]["why"]


@pytest.mark.parametrize("kind", ["tools", "hosts", "arguments"])
def test_a_narrowing_that_the_client_cannot_hold_to_refuses_the_export(kind: str) -> None:
    listed = a_list(subject(), under=conditions(**{kind: ("one",)}))

    with pytest.raises(LossError, match=kind) as refused:
        render("claude-code", listed, EVERYBODY)
    assert refused.value.kinds == {kind}
    assert settings(listed, EVERYBODY, kind)["allowedMcpServers"]
    rendered = render("claude-code", listed, EVERYBODY, frozenset({kind}))
    assert read(rendered, "coverage.json")["entries"][0]["losses_accepted"] == [kind]
    assert rendered.losses == {"E-1": (kind,)}
    assert render("json", listed, EVERYBODY).losses == {}


def test_every_loss_has_to_be_accepted() -> None:
    listed = a_list(subject(), under=conditions(tools=("a",), hosts=("b.example",)))

    with pytest.raises(LossError) as refused:
        render("claude-code", listed, EVERYBODY, frozenset({"tools"}))
    assert refused.value.kinds == {"hosts"}


def test_a_loss_that_only_another_team_has_does_not_refuse() -> None:
    listed = a_list(subject(), under=conditions("risk", tools=("a",)))

    assert settings(listed, Tenant(team="payments", now=NOW))["allowedMcpServers"] == []


def test_coverage_holds_what_no_client_reads() -> None:
    coverage = read(render("claude-code", good_world().allowlist(), EVERYBODY), "coverage.json")
    entry = good_world().entries[0]

    assert {name: coverage[name] for name in ("format", "min_client_version", "serial", "team", "list_expires")} == {
        "format": "claude-code",
        "min_client_version": "2.1.259",
        "serial": 1,
        "team": None,
        "list_expires": "2001-05-03T05:06:07Z",
    }
    assert coverage["entries"][0] | {"decisions": [], "matched_by": []} == {
        "id": "E-1",
        "name": "weather",
        "kind": "mcp-server",
        "version": "1.2.3",
        "digests": dict(entry.subject.digests),
        "teams": ["payments"],
        "expires": "2001-06-02T05:06:07Z",
        "reason": "Ada read it\nBen read it",
        "recommendation": "restrict",
        "approved_by": ["Ada", "Ben"],
        "dossier": "d" * 64,
        "decisions": [],
        "matched_by": [],
        "losses_accepted": [],
    }
    assert coverage["denied"][0]["not_denied"] is None


def test_what_was_approved_anew_is_not_denied() -> None:
    listed = good_world().allowlist()
    listed = replace(listed, revocations=(replace(listed.revocations[0], subject=subject()),))
    rendered = render("claude-code", listed, EVERYBODY)

    assert read(rendered, "managed-settings.json")["deniedMcpServers"] == []
    assert "approved anew" in read(rendered, "coverage.json")["denied"][0]["not_denied"]


def test_a_denial_that_the_client_would_drop_is_named_and_the_others_stand() -> None:
    listed = good_world().allowlist()
    bad = replace(subject("old"), launches=((), ("npx", "-y", "old@1.2.3"), ("npx", "${OLD}")), url="https://*.example/")
    listed = replace(listed, revocations=(replace(listed.revocations[0], subject=bad),))

    assert len(settings(listed)["deniedMcpServers"]) == 2
    coverage = read(render("claude-code", listed, EVERYBODY), "coverage.json")
    assert "the command is empty" in coverage["denied"][0]["not_denied"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("",),
        ("npx", ""),
        ("npx",),
        ("npx", "-y"),
        ("npx", "-y", "weather"),
        ("npx", "-y", "weather@latest"),
        ("npx", "-y", "weather@^1.2.3"),
        ("npx", "-y", "weather@1"),
        ("npx", "-y", "weather@1.x.0"),
        ("npx", "-y", "@acme/weather"),
        ("npx", "-y", "https://evil.example/x.tgz"),
        ("npx", "-y", "github:acme/weather"),
        ("npx", "--registry=https://evil.example", "weather@1.2.3"),
        ("npx", "-y", "-c", "weather@1.2.3"),
        ("npx", "-y", "--package", "weather", "weather@1.2.3"),
        ("npx", "-y", "--package", "weather@1.2.3"),
        ("npx", "-y", "--package", "weather@1.2.3", "../evil"),
        ("npx", "-y", "${PACKAGE}@1.2.3"),
        ("npx", "-y", "weather@1.2.3\n"),
        ("cmd", "/c", "npx", "-y", "weather"),
        ("uvx", "weather"),
        ("uvx", "weather==1.*"),
        ("uvx", "weather>=1.2"),
        ("uvx", "--from", "weather", "weather"),
        ("uvx", "--from", "git+https://git.example/x", "weather"),
        ("uvx", "--index-url", "https://evil.example", "weather==1.2.3"),
        ("uvx", "--from"),
        ("docker", "run", "acme/db:latest"),
        ("docker", "run", "-v", "/:/host", "acme/db@sha256:" + "0" * 64),
        ("docker", "exec", "acme/db@sha256:" + "0" * 64),
        ("docker", "run", "--privileged", "acme/db@sha256:" + "0" * 64),
        ("node", "index.js"),
        ("/usr/bin/python3", "-m", "weather"),
        ("/bin/sh", "-c", "weather"),
        ("weather-mcp",),
        ("./weather",),
    ],
)
def test_a_command_that_does_not_start_one_version_is_refused(words: Sequence[str]) -> None:
    assert command_fault(words)
    with pytest.raises(Unexportable, match="E-1"):
        render("claude-code", a_list(replace(subject(), launches=(tuple(words),))), EVERYBODY)


@pytest.mark.parametrize(
    "words",
    [
        ("npx", "-y", "@acme/weather@1.2.3-beta.1", "--verbose"),
        ("npx", "--yes", "--package=weather@1.2.3", "weather-mcp"),
        ("npx", "-y", "-p", "weather@1.2.3", "weather-mcp", "stdio"),
        ("cmd", "/c", "npx", "-y", "weather@1.2.3"),
        ("uvx", "weather[extra]==1.2.3.post1", "serve"),
        ("uvx", "weather@1.2.3"),
        ("docker", "run", "-i", "--rm", "-e", "TOKEN", "oci.acme.example/db@sha256:" + "0" * 64),
        ("/usr/local/bin/mcp-launch", "E-1"),
        ("C:\\Program Files\\Acme\\mcp-launch.exe", "E-1"),
    ],
)
def test_a_command_that_starts_one_version_passes(words: Sequence[str]) -> None:
    assert command_fault(words) is None
    assert settings(a_list(replace(subject(), launches=(tuple(words),))))["allowedMcpServers"]


def test_no_windows_form_where_the_shell_would_read_a_sign() -> None:
    assert for_windows(("npx", "-y", "weather@1.2.3", "a&b")) is None
    assert for_windows(("uvx", "weather==1.2.3")) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://mcp.acme.example/",
        "https://*.acme.example/",
        "https://mcp.acme.example/*",
        "https://user@mcp.acme.example/",
        "https://mcp.acme.example/#x",
        "https://${HOST}/",
        "https:///x",
        "https://[::1/",
        "https://mcp.acme.example:0/",
        "https://mcp.acme.example/ x",
        "mcp.acme.example",
        "https://mcp.äcme.example/",
    ],
)
def test_an_address_that_is_a_pattern_or_none_is_refused(url: str) -> None:
    assert url_fault(url)
    with pytest.raises(Unexportable, match="E-1"):
        render("claude-code", a_list(replace(subject(), launches=(), url=url)), EVERYBODY)


def test_the_schema_is_narrower_than_the_clients_and_stands_in_its_readme() -> None:
    matchers: tuple[dict[str, object], ...] = (
        {"serverName": "weather"},
        {"serverCommand": []},
        {"serverCommand": ["a"], "serverName": "b"},
        {"serverUrl": "https://*/"},
    )
    for matcher in matchers:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"allowManagedMcpServersOnly": True, "allowedMcpServers": [matcher], "deniedMcpServers": []}, SCHEMA)
    digest = hashlib.sha256((SCHEMAS / "claude-code-managed-settings.schema.json").read_bytes()).hexdigest()
    assert digest in (SCHEMAS / "README.md").read_text()


def test_the_folder_is_the_registration() -> None:
    assert list(formats()) == ["claude-code", "json"]
    with pytest.raises(Unexportable, match="claude-code, json"):
        render("fax", good_world().allowlist(), EVERYBODY)


def test_json_holds_entries_as_the_list_has_them() -> None:
    document = read(render("json", good_world().allowlist(), Tenant(team="payments", now=NOW)), "allowlist.json")

    assert [entry["id"] for entry in document["entries"]] == ["E-1", "E-2"]
    assert document["entries"][0]["conditions"]["expires"] == "2001-06-02T05:06:07Z"
    assert document["revocations"][0]["entry"] == "E-0"


def test_rendering_twice_gives_the_same_bytes_whenever() -> None:
    listed = good_world().allowlist()

    assert render("claude-code", listed, EVERYBODY) == render("claude-code", listed, Tenant(team=None, now=NOW + DAY))


def test_what_was_written_does_not_differ_until_it_is_changed(tmp_path: Path) -> None:
    rendered, folder = render("claude-code", good_world().allowlist(), EVERYBODY), tmp_path / "out"
    assert differences(rendered, folder) == ("coverage.json", "managed-settings.json")

    write_export(rendered, folder)
    (folder / "somebody-elses.json").write_text("{}")
    assert differences(rendered, folder) == ()
    assert sorted(path.name for path in folder.iterdir()) == ["coverage.json", "managed-settings.json", "somebody-elses.json"]

    (folder / "managed-settings.json").write_text("{}")
    assert differences(rendered, folder) == ("managed-settings.json",)


def test_an_export_to_what_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")

    with pytest.raises(NotWritten, match="was not written"):
        write_export(render("json", good_world().allowlist(), EVERYBODY), tmp_path / "out")


def test_an_entry_with_the_same_command_as_another_is_written_once() -> None:
    entry: Entry = a_list(subject()).entries[0]
    listed = replace(a_list(), entries=(entry, replace(entry, id="E-2")))

    assert len(settings(listed)["allowedMcpServers"]) == 2
