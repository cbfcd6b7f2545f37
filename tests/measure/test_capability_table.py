from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Target, TargetKind
from tests.measure import capability_table
from tests.measure.capability_table import GOLDEN, HELD_OUT, Row, compared, main, total, widest
from tests.measure.clones import matches, sheets

LINES = [
    {"id": "net.out", "scope": "literal", "at": "a.py:1"},
    {"id": "fs.read", "scope": "tool-argument", "at": "a.py:2"},
    {"id": "env.use", "scope": "literal", "at": "a.py:3"},
]
SHEET = {"language": "python", "capabilities": LINES}


def a_capability(identity: str, scope: str, certainty: str = "proven", line: int = 1) -> Capability:
    at = Location(path="a.py", line=line)
    return Capability(id=CapabilityId(identity), scope=Scope(scope), certainty=Certainty(certainty), evidence=(at,))


def row_of(*capabilities: Capability) -> Row:
    return compared("one", SHEET, Target(kind=TargetKind.MCP_SERVER, name="one", capabilities=capabilities))


def test_ids_agree_are_missed_or_are_too_many() -> None:
    row = row_of(a_capability("net.out", "any"), a_capability("fs.read", "tool-argument"), a_capability("fs.write", "any"))
    assert row.agreed == {"net.out", "fs.read"}
    assert row.missed == {"env.use"}
    assert row.extra == {"fs.write"}
    assert row.scoped == {"fs.read"}


def test_what_is_only_possible_counts_neither_way() -> None:
    row = row_of(a_capability("env.use", "literal", "possible"), a_capability("code.eval", "any", "possible"))
    assert row.missed == {"net.out", "fs.read", "env.use"}
    assert not row.extra
    assert row.possible == {"env.use", "code.eval"}


def test_the_widest_scope_of_an_id_counts() -> None:
    found = widest([a_capability("net.out", "any", line=7), a_capability("net.out", "literal", line=3)])
    assert (found["net.out"].scope, found["net.out"].at) == ("any", "a.py:7")


def test_shares_are_taken_over_all_servers() -> None:
    full = row_of(*(a_capability(line["id"], line["scope"]) for line in LINES))
    half = row_of(a_capability("net.out", "any"), a_capability("msg.send", "any"))
    share = total([full, half])
    assert share.precision == pytest.approx(4 / 5)
    assert share.recall == pytest.approx(4 / 6)
    assert share.scopes == pytest.approx(3 / 4)
    assert total([]).precision == total([]).recall == 1


def test_paths_are_left_out_by_name_folder_or_pattern() -> None:
    patterns = ("tests", "*_test.go", "build.rs")
    assert [path for path in ("tests/a.py", "x/a_test.go", "build.rs", "testsuite.py", "x/tests/a.py") if not matches(path, patterns)] == [
        "testsuite.py",
        "x/tests/a.py",
    ]


def test_a_missing_clone_is_said_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "MISSING CLONE: github/github-mcp-server" in capsys.readouterr().out


@pytest.mark.parametrize(("first", "code"), [("right", 0), ("wrong", 1)])
def test_held_out_servers_are_totalled_apart_and_do_not_decide(
    first: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right, wrong = row_of(*(a_capability(line["id"], line["scope"]) for line in LINES)), row_of(a_capability("msg.send", "any"))
    rows = {GOLDEN: right if first == "right" else wrong, HELD_OUT: wrong if first == "right" else right}
    monkeypatch.setattr(capability_table, "_measure", lambda folder, _: ([rows[folder]], []))
    assert main([str(tmp_path)]) == code
    ours, held_out = capsys.readouterr().out.split("held out: never tuned on")
    assert ("recall 1.000" in ours) == (first == "right")
    assert ("recall 1.000" in held_out) == (first == "wrong")


def test_a_server_is_not_both_held_out_and_tuned_on() -> None:
    folders = [{(sheet["repository"], sheet["path"]) for sheet in sheets(folder).values()} for folder in (GOLDEN, HELD_OUT)]
    assert not folders[0] & folders[1]


def test_every_golden_line_is_of_the_vocabulary_and_names_a_place() -> None:
    found, held_out = sheets(GOLDEN), sheets(HELD_OUT)
    assert len(found) >= 12
    assert len(held_out) >= 8
    for each in (found, held_out):
        assert len({sheet["language"] for sheet in each.values()}) >= 6
    for sheet in (*found.values(), *held_out.values()):
        assert len(sheet["commit"]) == 40
        identities = [CapabilityId(line["id"]) for line in sheet["capabilities"]]
        assert len(set(identities)) == len(identities)
        for line in sheet["capabilities"]:
            assert Scope(line["scope"])
            assert line["at"].rpartition(":")[2].isdigit()
            assert line["why"]
