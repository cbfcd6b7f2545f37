import json
from typing import Any

import pytest

from reviewer.acquire.declared.entry import read_entry
from reviewer.acquire.declared.lookup import find_entry
from reviewer.acquire.declared.plan import Means, Plan
from reviewer.model import Origin

SHA = "0f" * 32
NAME = "com.vendor/server"


def entry(version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    return {
        "name": NAME,
        "description": "x",
        "version": version,
        "remotes": [{"type": "sse", "url": "https://mcp.vendor.example/sse"}],
    } | more


def gates(plan: Plan) -> str:
    return "\n".join([row.reason for row in plan.unreadable if row.gate] + [text for w in plan.wanted for text, gate in w.notes if gate])


def test_packages_of_every_schema_version_are_wanted() -> None:
    new = {
        "registryType": "npm",
        "registryBaseUrl": "https://npm.vendor.example",
        "identifier": "@s/server",
        "version": "1.0.0",
        "fileSha256": SHA.upper(),
    }
    old = {"registry_type": "pypi", "identifier": "server", "version": "1.0", "file_sha256": SHA}
    oldest = {"registry_name": "npm", "name": "server", "version": "1.0.0"}
    plan = read_entry(json.dumps({"name": NAME, "version_detail": {"version": "3"}, "packages": [new, old, oldest]}))
    assert [(w.address, w.sha256, w.registry, w.means) for w in plan.wanted] == [
        ("npm:@s/server@1.0.0", SHA, "https://npm.vendor.example", Means.SOURCE),
        ("pypi:server==1.0", SHA, "", Means.SOURCE),
        ("npm:server@1.0.0", "", "", Means.SOURCE),
    ]
    assert (plan.name, plan.version, gates(plan)) == (NAME, "3", "")


def test_a_bundle_is_an_archive_with_a_digest() -> None:
    url = "https://files.vendor.example/server.mcpb"
    plan = read_entry(
        json.dumps(
            entry(
                remotes=[],
                packages=[{"registryType": "mcpb", "identifier": url, "fileSha256": SHA}, {"registryType": "mcpb", "identifier": url}],
            )
        )
    )
    assert [(w.name, w.means, w.address, w.sha256) for w in plan.wanted] == [
        ("server.mcpb", Means.ARCHIVE, url, SHA),
        ("server.mcpb", Means.ARCHIVE, url, ""),
    ]
    assert "no fileSha256" in gates(plan)


@pytest.mark.parametrize("kind", ["oci", "nuget", "cargo", "brew", ""])
def test_what_cannot_be_fetched_is_listed_with_its_reason(kind: str) -> None:
    plan = read_entry(json.dumps(entry(remotes=[], packages=[{"registryType": kind, "identifier": "image.example/x", "version": "1"}])))
    assert (plan.wanted[0].means, plan.wanted[0].origin) == (Means.NOTHING, Origin.PACKAGE)
    assert "not fetched by this version" in gates(plan)
    assert "image.example/x" in plan.wanted[0].pages[0].text


@pytest.mark.parametrize("version", ["latest", "^1.0.0", ">=1", "", 3, None])
def test_a_package_without_an_exact_version_is_a_gate(version: object) -> None:
    plan = read_entry(json.dumps(entry(packages=[{"registryType": "npm", "identifier": "server", "version": version}])))
    assert plan.wanted[0].address == "npm:server"
    assert "no exact version" in gates(plan)


def test_an_entry_within_an_entry_is_a_gate() -> None:
    assert "holds another one" in gates(read_entry(json.dumps(entry(server=entry()))))
    assert gates(read_entry(json.dumps({"server": entry(), "_meta": {}}))) == ""


def started(*arguments: dict[str, Any], **more: Any) -> str:
    package = {"registryType": "npm", "identifier": "server", "version": "1.0.0", "runtimeArguments": list(arguments)} | more
    return gates(read_entry(json.dumps(entry(packages=[package]))))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([{"type": "named", "name": "--package", "value": "other@1.0.0"}], "leads to something else"),
        ([{"type": "positional", "value": "other@1.0.0"}], "leads to something else"),
        ([{"type": "named", "name": "--registry", "value": "https://npm.other.example"}], "npm.other.example"),
        ([{"type": "positional", "value": "--userconfig=x"}], "--userconfig"),
        ([{"type": "named", "name": "-c", "value": "other"}], "command of its own"),
    ],
)
def test_arguments_for_the_runner_that_lead_elsewhere_are_gates(arguments: list[dict[str, Any]], word: str) -> None:
    assert word in started(*arguments)


def test_plain_arguments_for_the_runner_are_no_gate() -> None:
    assert started({"type": "named", "name": "-y"}, runtimeHint="npx") == ""
    assert started({"type": "positional", "value": "--python=3.12"}, registryType="pypi", version="1.0") == ""
    assert started(environmentVariables=[{"name": "NODE_OPTIONS"}, {"name": "TOKEN", "value": "x"}, 3]) == ""


def test_a_variable_that_decides_what_runs_is_a_gate() -> None:
    assert "sets NODE_OPTIONS" in started(environmentVariables=[{"name": "NODE_OPTIONS", "value": "--import=data:,1"}])


def test_a_remote_is_kept_by_its_declaration() -> None:
    headers = [{"name": "Authorization", "isSecret": True, "value": "hunter2"}, {"name": "X-Team"}]
    plan = read_entry(
        json.dumps(
            entry(remotes=[{"type": "streamable-http", "url": "https://{tenant}.vendor.example/mcp?key=hunter2", "headers": headers}])
        )
    )
    (wanted,) = plan.wanted
    page = json.loads(wanted.pages[0].text)
    assert page == {
        "type": "streamable-http",
        "url": "https://{tenant}.vendor.example/mcp?key=REDACTED",
        "headers": {"Authorization": "", "X-Team": ""},
    }
    assert "looks like a secret" in gates(plan)


@pytest.mark.parametrize("status", ["deleted", "deprecated"])
def test_a_withdrawn_entry_is_a_gate(status: str) -> None:
    meta = {"_meta": {"io.modelcontextprotocol.registry/official": {"status": status}}}
    assert f"this entry is {status}" in gates(read_entry(json.dumps({"server": entry(), **meta})))
    assert f"this entry is {status}" in gates(read_entry(json.dumps(entry(status=status))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"name": "x"}',
        '{"name": 3, "packages": []}',
        '{"packages": {}}',
        "[" * 200_000,
        '{"a":' * 200_000,
        "\x00",
        '{"name": "a", "packages": []}',
        json.dumps(entry(remotes=[3, None, []])),
        json.dumps(entry(remotes=[], packages=["x"])),
        '{"name": "a/b", "name": "c/d", "packages": [], "remotes": []}',
    ],
)
def test_what_is_no_entry_is_a_gate_and_never_an_error(text: str) -> None:
    plan = read_entry(text)
    assert gates(plan)
    assert plan.pages[0].text == text


@pytest.mark.parametrize(
    "package",
    [
        {},
        {"registryType": []},
        {"registryType": "npm"},
        {"registryType": "npm", "identifier": ["x"]},
        {"registryType": "mcpb", "identifier": 3},
    ],
)
def test_packages_of_a_wrong_type_are_gates(package: dict[str, Any]) -> None:
    assert gates(read_entry(json.dumps(entry(packages=[package]))))


def test_there_is_an_end_to_packages() -> None:
    plan = read_entry(json.dumps(entry(remotes=[], packages=[{"registryType": "npm", "identifier": "x", "version": "1.0.0"}] * 101)))
    assert len(plan.wanted) == 100
    assert "more than 100 packages" in gates(plan)


OTHER = {"name": "com.vendor/other", "version": "9.0.0", "packages": []}


@pytest.mark.parametrize(
    "texts",
    [
        [json.dumps(entry())],
        [json.dumps({"server": entry(), "_meta": {}})],
        [json.dumps({"servers": [{"server": OTHER}, {"server": entry()}], "metadata": {"count": 2}})],
        [json.dumps({"servers": [OTHER, entry()]})],
        [json.dumps([OTHER, entry()])],
        [json.dumps({"version": "1.0.0", "data": {"servers": [entry(), OTHER]}})],
        [json.dumps(OTHER) + "\n" + json.dumps({"server": entry()}) + "\n"],
        [json.dumps(OTHER), json.dumps(entry())],
    ],
)
def test_an_entry_is_found_in_every_form_of_a_dump(texts: list[str]) -> None:
    plan = find_entry(texts, NAME, "")
    assert (plan.name, plan.version, plan.fault) == (NAME, "1.0.0", "")
    assert json.loads(plan.pages[0].text) == entry()


def test_the_version_asked_for_or_the_newest_is_taken() -> None:
    dump = [json.dumps([entry("1.2.0"), entry("1.10.0"), entry("1.10.0-rc.1"), entry("1.9.0")])]
    assert find_entry(dump, NAME, "").version == "1.10.0"
    assert find_entry(dump, NAME, "latest").version == "1.10.0"
    assert find_entry(dump, NAME, "1.9.0").version == "1.9.0"
    missing = find_entry(dump, NAME, "2.0.0")
    assert (missing.fault, missing.others) == ("no such version", ("1.2.0", "1.10.0", "1.10.0-rc.1", "1.9.0"))
    assert find_entry(dump, "com.vendor/absent", "").fault == "no such entry"


def test_the_registrys_own_mark_decides_what_is_newest() -> None:
    meta = {"_meta": {"io.modelcontextprotocol.registry/official": {"isLatest": True}}}
    assert find_entry([json.dumps([{"server": entry("1.0.0"), **meta}, {"server": entry("2.0.0")}])], NAME, "").version == "1.0.0"


def test_two_entries_of_one_name_and_version_are_told() -> None:
    other = entry(remotes=[{"type": "sse", "url": "https://other.example/sse"}])
    assert "different content" in gates(find_entry([json.dumps([entry(), other])], NAME, ""))
    assert gates(find_entry([json.dumps([entry(), entry()])], NAME, "")) == ""


def test_lines_that_cannot_be_read_are_told() -> None:
    assert "1 lines" in gates(find_entry([json.dumps(entry()) + "\n{broken\n"], NAME, ""))


def test_the_next_page_is_named() -> None:
    assert find_entry([json.dumps({"servers": [], "metadata": {"nextCursor": "abc"}})], NAME, "").cursor == "abc"


@pytest.mark.parametrize(
    "text", ["", "[", "3", "null", "[" * 200_000, '{"servers": 3}', '{"servers": [3, null, []]}', "\n\n", '{"servers": {"a": 1}}']
)
def test_a_hostile_dump_holds_nothing(text: str) -> None:
    assert find_entry([text], NAME, "").fault
