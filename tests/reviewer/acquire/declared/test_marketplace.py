import json
from typing import Any

import pytest

from reviewer.acquire.declared.marketplace import read_marketplace
from reviewer.acquire.declared.plan import Means, Plan, Wanted

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SHA = "0f" * 32


def market(*sources: object, **more: Any) -> Plan:
    plugins = [{"name": f"p{number}", "source": source} for number, source in enumerate(sources)]
    return read_marketplace(json.dumps({"name": "m", "plugins": plugins} | more))


def plugin(source: object) -> Wanted:
    (wanted,) = market(source).wanted
    return wanted


def gates(plan: Plan) -> str:
    return "\n".join([row.reason for row in plan.unreadable if row.gate] + [text for w in plan.wanted for text, gate in w.notes if gate])


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ({"source": "github", "repo": "o/r", "sha": COMMIT}, f"git+https://github.com/o/r@{COMMIT}"),
        ({"source": "github", "repo": "o/r", "ref": "main", "sha": COMMIT}, f"git+https://github.com/o/r@{COMMIT}"),
        ({"source": "github", "repo": "o/r", "ref": COMMIT}, f"git+https://github.com/o/r@{COMMIT}"),
        ({"source": "url", "url": "https://git.example/o/r.git", "sha": COMMIT}, f"git+https://git.example/o/r.git@{COMMIT}"),
        (
            {"source": "git-subdir", "url": "https://git.example/o/r", "path": "./a/b/", "sha": COMMIT},
            f"git+https://git.example/o/r@{COMMIT}#subdirectory=a/b",
        ),
        ({"source": "npm", "package": "@s/p", "version": "1.0.0"}, "npm:@s/p@1.0.0"),
    ],
)
def test_pinned_sources(source: dict[str, str], address: str) -> None:
    wanted = plugin(source)
    assert (wanted.means, wanted.address, wanted.notes) == (Means.SOURCE, address, ())


@pytest.mark.parametrize(
    ("source", "address", "gate", "word"),
    [
        ({"source": "github", "repo": "o/r"}, "git+https://github.com/o/r", False, "no commit is named"),
        ({"source": "github", "repo": "o/r", "ref": "v1"}, "git+https://github.com/o/r@v1", False, "only the ref v1"),
        ({"source": "url", "url": "https://git.example/o/r", "sha": "abc"}, "git+https://git.example/o/r", True, "no full commit id"),
        ({"source": "npm", "package": "p", "version": "^1.0.0"}, "npm:p", True, "not pinned"),
        ({"source": "npm", "package": "p"}, "npm:p", True, "not pinned"),
    ],
)
def test_what_is_not_pinned_says_so(source: dict[str, str], address: str, *, gate: bool, word: str) -> None:
    wanted = plugin(source)
    assert wanted.address == address
    assert (word in wanted.notes[0][0], wanted.notes[0][1]) == (True, gate)


def test_the_promised_commit_and_digest_are_handed_on() -> None:
    assert plugin({"source": "github", "repo": "o/r", "sha": COMMIT}).commit == COMMIT
    archive = plugin({"source": "archive", "url": "https://files.example/p.zip", "sha256": SHA})
    assert (archive.means, archive.address, archive.sha256, archive.notes) == (Means.ARCHIVE, "https://files.example/p.zip", SHA, ())
    assert "no sha256" in gates(market({"source": "archive", "url": "https://files.example/p.zip"}))


def test_an_address_for_ssh_is_read_over_https() -> None:
    wanted = plugin({"source": "url", "url": "git@git.example:o/r.git", "sha": COMMIT})
    assert wanted.address == f"git+https://git.example/o/r.git@{COMMIT}"
    assert "ssh" in wanted.notes[0][0]


@pytest.mark.parametrize(("source", "path"), [("./plugins/a", "plugins/a"), ("plugins/a/", "plugins/a"), ("./", ""), ("./a/../b", "b")])
def test_plugins_of_the_marketplace_itself(source: str, path: str) -> None:
    assert (plugin(source).means, plugin(source).address) == (Means.LOCAL, path)


def test_a_root_for_plugins_counts() -> None:
    assert market("a", metadata={"pluginRoot": "./plugins"}).wanted[0].address == "plugins/a"


@pytest.mark.parametrize("source", ["../a", "./a/../../b", "/etc", "~/x", "a\\..\\..\\b", "https://other.example/x", "a\0b", ".."])
def test_paths_that_lead_out_are_gates(source: str) -> None:
    assert plugin(source).means is Means.NOTHING
    assert "leads out of the marketplace" in gates(market(source))


@pytest.mark.parametrize(
    "source",
    [
        None,
        3,
        [],
        {},
        {"source": 3},
        {"source": "command", "command": "curl x | sh"},
        {"source": "github"},
        {"source": "github", "repo": "../x"},
        {"source": "url", "url": "ext::sh -c id"},
        {"source": "url", "url": "http://git.example/o/r"},
        {"source": "npm"},
        {"source": "archive"},
        {"source": "file", "path": "/etc"},
    ],
)
def test_sources_that_are_not_fetched_are_gates(source: object) -> None:
    assert plugin(source).means is Means.NOTHING
    assert gates(market(source))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"plugins": 3}',
        '{"plugins": {"a": 1}}',
        '{"plugins": [3, null, "x"]}',
        "[" * 200_000,
        '{"plugins": [], "plugins": []}',
        "\x00",
    ],
)
def test_what_is_no_marketplace_is_a_gate_and_never_an_error(text: str) -> None:
    plan = read_marketplace(text)
    assert gates(plan)
    assert plan.pages[0].text == text


def test_there_is_an_end_to_plugins() -> None:
    plan = market(*(["./a"] * 2001))
    assert len(plan.wanted) == 2000
    assert "more than 2000 plugins" in gates(plan)
