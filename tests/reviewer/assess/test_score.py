"""The judgement of a whole and of its parts, and how it is explained."""

from __future__ import annotations

from dataclasses import replace

from checks.model import Confidence, Location, Scope, Severity, TargetKind, Unreadable
from reviewer.assess.policy import load_policy
from reviewer.assess.score import assess, judge_parts
from reviewer.digests import dir_hash
from reviewer.model import Recommendation
from tests.builders import a_capability, a_component, a_file, a_finding, a_scan, a_target, a_tool, a_weakness

POLICY = load_policy()
RUN = a_capability("proc.exec", Scope.ARGUMENT, "server.py:9")
GET = a_capability("net.out", Scope.LITERAL, "server.py:3", objects=("api.example",))
READ = a_capability("content.untrusted", Scope.LITERAL, "server.py:3")
SERVER = a_target(tools=(a_tool("run", RUN), a_tool("get", GET, READ)), capabilities=(RUN, GET, READ))


def test_reasons_say_what_the_score_loses_without_each() -> None:
    scan = a_scan(a_weakness(), a_finding(severity=Severity.MEDIUM, confidence=Confidence.LOW))
    whole = assess(SERVER, scan, POLICY, failure=None)

    weakness = next(reason for reason in whole.reasons if reason.axis == "weakness")
    without = assess(SERVER, a_scan(*[f for f in scan.findings if f.family != "F26"]), POLICY, failure=None)

    assert (weakness.family, weakness.at, weakness.sentence) == ("F26", Location(path="server.py", line=20), "command_injection was seen")
    assert abs(weakness.points - (whole.score - without.score)) <= 1
    assert [reason.points for reason in whole.reasons] == sorted((reason.points for reason in whole.reasons), reverse=True)


def test_the_policys_reason_stands_in_the_explanation() -> None:
    sentences = [reason.sentence for reason in assess(SERVER, a_scan(), POLICY, failure=None).reasons]

    assert "proc.exec (tool-argument) weighs 9 of 10: a program or argument chosen by the model is any program" in sentences
    assert "reads text of strangers and runs programs, so injected text can become a command" in sentences


def test_a_counterfactual_is_computed() -> None:
    said = assess(SERVER, a_scan(a_weakness()), POLICY, failure=None)
    without = assess(SERVER, a_scan(), POLICY, failure=None)

    assert said.counterfactuals[0] == (
        f"without the finding command_injection in server.py:20 the score falls from {said.score} to {without.score} "
        "and the recommendation becomes restrict"
    )


def test_where_no_one_thing_suffices_the_fewest_are_named() -> None:
    two = (a_finding(severity=Severity.CRITICAL), a_finding("piped-to-interpreter", "run.sh:2", family="F13", severity=Severity.CRITICAL))

    first = assess(a_target(), a_scan(*two), POLICY, failure=None).counterfactuals[0]

    assert "hidden_unicode in server.py:12" in first
    assert "piped-to-interpreter in run.sh:2" in first
    assert first.endswith("the recommendation becomes approve")


def test_what_is_left_out_in_vain_is_not_named() -> None:
    launcher = a_weakness("unpinned-launcher", "README.md:3", family="F21", severity=Severity.MEDIUM)
    two = a_target(capabilities=(a_capability("fs.read", Scope.ANY), a_capability("fs.write", Scope.ARGUMENT)))

    first = assess(two, a_scan(launcher), POLICY, failure=None).counterfactuals[0]

    assert first.startswith("without the capability fs.read (any) and the capability fs.write (tool-argument) the score falls")


def test_an_unread_path_has_a_counterfactual_and_its_name_cannot_act() -> None:
    target = a_target(unreadable=(Unreadable(path="\x1b[2Jx", reason="encrypted", gate=True),), coverage=0.9)

    said = assess(target, a_scan(), POLICY, failure=None)

    assert not said.complete
    assert said.counterfactuals == ("with \\u{1b}[2Jx read and found harmless the score stays at 0 and the recommendation becomes approve",)


def test_a_failed_check_has_a_counterfactual() -> None:
    said = assess(a_target(), a_scan(failed=["hidden-unicode"]), POLICY, failure=None)

    assert said.recommendation is Recommendation.INVESTIGATE
    assert said.counterfactuals == ("without the failure of hidden-unicode the score stays at 0 and the recommendation becomes approve",)


def test_a_restriction_comes_with_the_smallest_cut_and_conditions() -> None:
    said = assess(SERVER, a_scan(), POLICY, failure=None)

    assert said.recommendation is Recommendation.RESTRICT
    assert said.conditions[0] == "Leave out the tool run: then the recommendation is approve."
    assert "Let it reach only the hosts that it needs (seen: api.example)." in said.conditions


def test_no_cut_is_proposed_that_leaves_nothing_or_changes_nothing() -> None:
    only = a_target(tools=(a_tool("run", RUN),), capabilities=(RUN,))
    beside = a_target(
        tools=(a_tool("run", RUN), a_tool("get", GET)), capabilities=(replace(RUN, evidence=(Location(path="start.py"),)), GET)
    )

    for target in (only, beside):
        assert not any(sentence.startswith("Leave out") for sentence in assess(target, a_scan(), POLICY, failure=None).conditions)


def test_a_published_package_weighs_less_than_a_folder() -> None:
    folder = assess(SERVER, a_scan(a_weakness()), POLICY, failure=None)
    package = assess(SERVER, a_scan(a_weakness()), POLICY, failure=None, digests={"artifactSha256": "0"})

    assert package.provenance < folder.provenance
    assert package.score < folder.score
    assert package.recommendation is folder.recommendation


def test_a_manifest_without_a_lock_raises_the_factor() -> None:
    without = a_target(files=(a_file("package.json"),))
    locked = a_target(files=(a_file("package.json"), a_file("package-lock.json")))

    assert assess(without, a_scan(), POLICY, failure=None).provenance > assess(locked, a_scan(), POLICY, failure=None).provenance


def test_a_failed_reading_covers_nothing() -> None:
    said = assess(a_target(), a_scan(), POLICY, failure="killed")

    assert (said.coverage, said.complete, said.recommendation) == (0.0, False, Recommendation.INVESTIGATE)


def test_the_same_input_gives_the_same_judgement() -> None:
    scan = a_scan(a_weakness(), a_finding())

    assert assess(SERVER, scan, POLICY, failure=None) == assess(SERVER, scan, POLICY, failure=None)


BUNDLE = a_target(
    kind=TargetKind.COLLECTION,
    components=(a_component("server", root="srv"), a_component("pdf", root="skills/pdf", kind=TargetKind.SKILL)),
    files=(a_file("srv/server.py"), a_file("skills/pdf/SKILL.md"), a_file("README.md")),
    tools=(a_tool("run", a_capability("proc.exec", Scope.ARGUMENT, "srv/server.py:9")),),
    capabilities=(a_capability("proc.exec", Scope.ARGUMENT, "srv/server.py:9"), a_capability("fs.read", place="skills/pdf/SKILL.md:2")),
    unreadable=(Unreadable(path="srv/x.bin", reason="encrypted", gate=True),),
)


def test_each_part_is_judged_by_what_lies_under_its_root() -> None:
    scan = a_scan(a_finding(place="skills/pdf/SKILL.md:4", severity=Severity.CRITICAL))

    server, skill = judge_parts(BUNDLE, scan, POLICY)

    assert (server.assessment.recommendation, server.assessment.complete) == (Recommendation.INVESTIGATE, False)
    assert (skill.assessment.recommendation, skill.assessment.complete) == (Recommendation.BLOCK, True)
    assert (server.assessment.impact, skill.assessment.impact) == (9, 4)
    assert server.assessment.malice == 0


def test_what_was_not_read_beside_a_part_does_not_count_against_it() -> None:
    target = replace(BUNDLE, coverage=0.5)
    whole = replace(target, unreadable=(Unreadable(path="", reason="cut off"),))
    ended = judge_parts(target, a_scan(), POLICY, failure="killed")

    assert [part.assessment.coverage for part in judge_parts(target, a_scan(), POLICY)] == [0.5, 1]
    assert [part.assessment.coverage for part in judge_parts(whole, a_scan(), POLICY)] == [0.5, 0.5]
    assert [part.assessment.coverage for part in ended] == [0, 0]


def test_a_part_is_digested_by_its_paths_from_its_root() -> None:
    _, skill = judge_parts(BUNDLE, a_scan(), POLICY)

    assert skill.digests == {"dirHash": dir_hash([("SKILL.md", a_file("skills/pdf/SKILL.md").sha256)])}


def test_the_only_component_that_is_the_whole_is_no_part() -> None:
    assert judge_parts(a_target(), a_scan(), POLICY) == ()
    assert judge_parts(a_target(components=()), a_scan(), POLICY) == ()
    assert len(judge_parts(a_target(components=(a_component(root="srv"),)), a_scan(), POLICY)) == 1
