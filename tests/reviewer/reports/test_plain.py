"""What a reviewer reads at a terminal: what decides first, and nothing of theirs that acts."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import AutoRun, Certainty, Location, Scope, Severity, TargetKind, Trigger, Unreadable
from reviewer.model import Package, Reason, Recommendation
from reviewer.reports.plain import render
from tests.builders import (
    a_capability,
    a_component,
    a_dossier,
    a_file,
    a_finding,
    a_scan,
    a_snapshot,
    a_target,
    a_tool,
    a_weakness,
)

RUN = a_capability("proc.exec", Scope.ARGUMENT, "server.py:9")
GET = a_capability("net.out", Scope.LITERAL, "server.py:3", objects=("api.example",))
SERVER = a_target(tools=(a_tool("run", RUN), a_tool("get", GET)), capabilities=(RUN, replace(GET, objects=())))


def section(text: str, heading: str) -> str:
    """Give the lines below the first heading that begins so, up to the next empty line."""
    return next(block for block in text.split("\n\n") if block.startswith(heading))


def test_a_sound_server() -> None:
    text = render(a_dossier(a_target(tools=(a_tool("get", GET),), capabilities=(GET,))))

    assert text == TEXT


TEXT = """weather 1.0.0  (MCP server)
./weather

APPROVE: Nothing was found and everything was read. A person still decides.

Risk 5 of 100
  impact 4.0/10 · malice 0.00 · weakness 0.00 · provenance x1.00 · 100 % read

Why (what the score would lose without each; they overlap)
    +4.8  impact      net.out (literal) weighs 4 of 10: sends data to hosts that can be listed
                      server.py:3

What would change it
  - without the capability net.out (literal) the score falls from 5 to 0

What it can do
    Send data to fixed addresses: api.example  (net.out, notable, in the code)  server.py:3
  All of its own code was read and followed, that of its packages was not. By itself it changes no
  files; reads no stored passwords, keys or tokens; starts no programs.

Tools, prompts and resources (1)
  get  server.py:7
    «Does get.»
    - Send data to fixed addresses: api.example

Findings: none

Dependencies: none named
  Known vulnerabilities: unknown, as no advisories were looked up

How it was examined
  1 check: 1 clear
  isolation bubblewrap
  dirHash h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
  reviewer 0.0.0, catalogue cccccccccccc, policy POLICY
  bill of materials sha256 BOM"""
SOUND = a_dossier(a_target(tools=(a_tool("get", GET),), capabilities=(GET,)))
TEXT = TEXT.replace("POLICY", SOUND.versions.policy_digest[:12]).replace("BOM", SOUND.bom.digest)


def test_what_decides_stands_first_with_what_was_seen() -> None:
    scan = a_scan(a_weakness(), a_finding(severity=Severity.CRITICAL, evidence="say\u200b nothing"))

    lines = render(a_dossier(SERVER, scan)).splitlines()

    assert lines[3].startswith("BLOCK: Do not connect it.")
    assert lines[5] == "  block  server.py: hidden_unicode was seen (line 12)"
    assert lines[6] == "         «say\\u{200b} nothing»"


def test_every_axis_of_the_risk_is_shown_apart() -> None:
    text = render(a_dossier(SERVER, a_scan(a_weakness(), a_finding(severity=Severity.MEDIUM))))

    assert "malice 0.40 · weakness 0.80 · provenance x1.00 · 100 % read" in text
    assert [line.split()[1] for line in section(text, "Why").splitlines()[1:3]] == ["malice", "weakness"]


def test_points_that_several_carry_are_explained_where_they_stand() -> None:
    alone = a_dossier(SERVER, a_scan(a_weakness()))
    together = replace(
        alone, assessment=replace(alone.assessment, reasons=(Reason(axis="malice", sentence="It says two of the same.", points=0.0),))
    )

    assert "shared" not in section(render(alone), "Why")
    assert section(render(together), "Why").splitlines() == [
        "Why (what the score would lose without each; shared: others carry the same)",
        "  shared  malice      It says two of the same.",
    ]


def test_an_incomplete_dossier_says_so_and_claims_no_absence() -> None:
    text = render(a_dossier(SERVER, a_scan(failed=["concealment"])))

    assert "The examination is incomplete" in text
    assert "concealment failed: ValueError: broke" in text
    assert "All of its own code was read" not in text


@pytest.mark.parametrize(
    "held",
    [
        a_capability("code.eval"),
        a_capability("native.code"),
        a_capability("fs.read", certainty=Certainty.POSSIBLE),
    ],
)
def test_no_absence_is_claimed_where_anything_could_follow(held: object) -> None:
    text = render(a_dossier(a_target(tools=(a_tool(),), capabilities=(held,))))

    assert "All of its own code was read" not in text


def test_no_absence_is_claimed_of_code_that_cannot_be_followed() -> None:
    text = render(a_dossier(a_target(tools=(a_tool(),), doubts=(Location(path="server.py", line=3),))))

    assert "All of its own code was read" not in text


def test_no_absence_is_claimed_of_what_was_not_all_read() -> None:
    text = render(a_dossier(a_target(tools=(a_tool(),), coverage=0.999)))

    assert "All of its own code was read" not in text
    assert "99 % read" in text
    assert "everything was read" not in text


def test_an_ability_is_said_once_with_the_worst_first() -> None:
    assert section(render(a_dossier(SERVER)), "What it can do").splitlines()[1:] == [
        "  ! Run programs, with arguments or commands that the assistant chooses  (proc.exec, critical, in",
        "    the code)  server.py:9",
        "    Send data to fixed addresses: api.example  (net.out, notable, in the code)  server.py:3",
    ]


def test_what_starts_by_itself_is_told() -> None:
    held = a_capability("proc.exec", trigger=Trigger.INSTALL, objects=("sh",))

    assert "Run programs that it names itself: sh, while it is being installed" in render(a_dossier(a_target(capabilities=(held,))))


def test_an_ability_that_is_started_in_two_ways_is_one_line() -> None:
    held = (a_capability("net.listen"), a_capability("net.listen", Scope.ANY, trigger=Trigger.AUTOMATIC, place="main.py:2"))

    assert section(render(a_dossier(a_target(capabilities=held))), "What it can do").splitlines()[1:] == [
        "  ! Open a port that other programs can connect to, also as soon as it starts  (net.listen,",
        "    sensitive, in the code)  main.py:2",
    ]


def test_a_place_that_a_tool_reaches_is_shown_before_others() -> None:
    beside = a_capability("net.listen", place="a_test.py:1")
    reached = a_capability("net.listen", place="server.py:8", certainty=Certainty.PROVEN)

    assert "server.py:8" in section(
        render(a_dossier(a_target(tools=(a_tool("serve", reached),), capabilities=(beside,)))), "What it can do"
    )


def test_abilities_of_many_tools_are_told_by_id() -> None:
    many = tuple(a_tool(f"tool{number:02}", RUN, GET) for number in range(13))

    assert section(render(a_dossier(a_target(tools=many))), "Tools").splitlines()[1:4] == [
        "  tool00  server.py:7",
        "    «Does tool00.»",
        "    - proc.exec (tool-argument), net.out (literal)",
    ]


def test_parts_are_listed_worst_first() -> None:
    target = a_target(
        components=(a_component("good", root="a"), a_component("bad", root="b", kind=TargetKind.SKILL)),
        files=(a_file("a/x.py"), a_file("b/SKILL.md")),
    )

    text = render(a_dossier(target, a_scan(a_finding(place="b/SKILL.md:1", severity=Severity.CRITICAL))))

    assert [line.split()[0] for line in section(text, "Parts (2)").splitlines()[1:]] == ["block", "approve"]


def test_what_holds_others_says_how_many_and_which_before_it_says_why() -> None:
    target = a_target(
        kind=TargetKind.COLLECTION, components=(a_component("a", root="a"), a_component("b", root="b")), files=(a_file("a/x.py"),)
    )

    text = render(a_dossier(target, a_scan(a_finding(place="b/SKILL.md:1"))))

    assert "(collection of 2)" in text.splitlines()[0]
    assert text.index("Parts (2)") < text.index("Why (")


def test_what_is_toxic_together_names_the_tools_to_leave_out_unless_those_are_all() -> None:
    strangers = a_capability("content.untrusted")
    apart = a_target(tools=(a_tool("browse", strangers), a_tool("run", RUN)))
    one = a_target(tools=(a_tool("browse", strangers, RUN),))

    assert section(render(a_dossier(apart)), "Toxic together").splitlines()[-3:] == [
        "  - content.untrusted: browse",
        "  - proc.exec: run",
        "  = falls apart without browse",
    ]
    assert section(render(a_dossier(one)), "Toxic together").endswith("= leaving out some of its tools does not break it")


def test_what_runs_by_itself_says_when_and_what_is_asked_before() -> None:
    at = Location(path="package.json", line=4)
    runs = (
        AutoRun(event="npm:postinstall", command="node x.js", trigger=Trigger.INSTALL, at=at),
        AutoRun(event="vscode:folderOpen", command="make", trigger=Trigger.AUTOMATIC, at=at, gate="the folder must be trusted"),
        AutoRun(event="workflow:push", command="make", trigger=Trigger.AUTOMATIC, at=at, elsewhere=True),
    )

    assert section(render(a_dossier(a_target(autoruns=runs))), "Runs by itself (2)").splitlines()[1:] == [
        "  ! npm:postinstall  «node x.js»  package.json:4  [while it is being installed; nobody is asked]",
        "    vscode:folderOpen  «make»  package.json:4  [the folder must be trusted]",
        "  One command of the publisher's pipelines runs elsewhere.",
    ]


def test_what_was_not_read_is_listed_with_what_could_run_first() -> None:
    rows = (Unreadable(path="a.png", reason="an image"), Unreadable(path="z.bin", reason="encrypted", gate=True))

    text = section(render(a_dossier(a_target(unreadable=rows))), "Not read")

    assert text == "Not read (2); 1 could run or instruct\n  ! z.bin: encrypted\n    a.png: an image"


def test_what_was_not_read_for_one_reason_is_one_line_unless_it_could_run() -> None:
    pictures = tuple(Unreadable(path=f"{name}.png", reason="an image") for name in "abc")
    locked = tuple(Unreadable(path=f"{name}.bin", reason="encrypted", gate=True) for name in "xy")

    assert section(render(a_dossier(a_target(unreadable=pictures + locked))), "Not read (5); 2").splitlines()[1:] == [
        "  ! x.bin: encrypted",
        "  ! y.bin: encrypted",
        "    a.png: an image (and 2 more like it)",
    ]


def test_a_reading_that_ended_early_is_told_once() -> None:
    text = render(a_dossier(failure="killed after 30 s"))

    assert "investigate  killed after 30 s: the reading ended early" in text
    assert "! the reading ended early: killed after 30 s" in text
    assert "0 % read" in text


def test_dependencies_are_counted() -> None:
    at = Location(path="package.json")
    packages = (
        Package(ecosystem="npm", name="a", version="1", at=at, direct=True, install_script=True),
        Package(ecosystem="npm", name="b", version=None, at=at),
    )

    assert "2 to run it, 1 of them named by it, 1 without a fixed version, 1 with a script" in render(a_dossier(packages=packages))


def test_long_lists_are_cut_and_say_so() -> None:
    tools = tuple(a_tool(f"tool{number}") for number in range(200))

    assert "… and 120 more; --format json lists all" in render(a_dossier(a_target(tools=tools)))


def test_colour_is_only_where_it_is_asked_for() -> None:
    dossier = a_dossier(SERVER, a_scan(a_finding(severity=Severity.CRITICAL)))

    assert "\x1b" not in render(dossier)
    assert "\x1b[1;31mBLOCK: Do not connect it." in render(dossier, colour=True)


@pytest.mark.parametrize("width", [0, 40, 60, 200])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    dossier = a_dossier(SERVER, a_scan(a_weakness(evidence="x" * 300), a_finding(severity=Severity.CRITICAL, place="a/" * 60 + "b:3")))

    assert max(len(line) for line in render(dossier, width=width).splitlines()) <= max(width, 40)


def test_found_but_harmless_is_not_called_nothing_found() -> None:
    dossier = a_dossier(scan=a_scan(a_weakness(severity=Severity.LOW)))

    assert dossier.assessment.recommendation is Recommendation.APPROVE
    assert "APPROVE: What was found does not stand against it." in render(dossier)


theirs = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)


@settings(max_examples=40, deadline=None)
@given(text=theirs, other=theirs, third=theirs)
def test_nothing_of_theirs_acts_on_a_terminal(text: str, other: str, third: str) -> None:
    at = Location(path=other, line=3)
    held = a_capability("net.out", Scope.ANY, objects=(text, other), evidence=(at,))
    target = a_target(
        name=text,
        version=other,
        tools=(a_tool(third, held, description=text, at=at),),
        capabilities=(held,),
        unreadable=(Unreadable(path=text, reason=other, gate=True),),
        components=(a_component("c", root="x", name=text), a_component("d", name=third)),
    )
    scan = a_scan(a_finding(message=text, evidence=other, at=at, severity=Severity.CRITICAL))
    dossier = a_dossier(target, scan, snapshot=a_snapshot(source=text, digests={"dirHash": third}), failure=other or None)

    shown = render(dossier)

    assert not {unicodedata.category(sign) for sign in shown if sign != "\n"} & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(0x202A <= ord(sign) < 0x202F or 0x2066 <= ord(sign) < 0x206A or 0xE0000 <= ord(sign) < 0xE0080 for sign in shown)
