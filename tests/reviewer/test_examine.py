from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import (
    Check,
    Confidence,
    Definition,
    File,
    Hit,
    Kind,
    Location,
    Outcome,
    Severity,
    Target,
    TargetKind,
    Unreadable,
)
from reviewer.examine import attempt, combine, finding, inspect, rule_languages, with_ledger
from reviewer.model import Reading, SemgrepReport


def a_check(identity: str = "some-check", inspection: Callable[[Target], Iterable[Hit]] | None = None, **different: Any) -> Check:
    usual: dict[str, Any] = {
        "title": "A check",
        "kind": Kind.MALICE,
        "family": "F01",
        "severity": Severity.HIGH,
        "confidence": Confidence.MEDIUM,
        "question": "Is it?",
        "why": "Because.",
        "remedy": "Do not.",
        "since": "0.1",
        "cwe": ("CWE-1",),
    }
    inspecting: Any = inspection
    semgrep = different.pop("semgrep", None)
    return Check(id=identity, definition=Definition(**(usual | different)), folder=Path(), inspect=inspecting, semgrep=semgrep)


def a_hit(evidence: str = "their text", line: int = 3, path: str = "server.py", **different: Any) -> Hit:
    return Hit(at=Location(path=path, line=line), message="This was seen", evidence=evidence, **different)


def rules(folder: Path, *languages: str) -> Path:
    path = folder / f"{'_'.join(languages)}.yaml"
    path.write_text(f"rules:\n- id: flow\n  languages: [{', '.join(languages)}]\n")
    return path


TARGET = Target(kind=TargetKind.SKILL, name="t", files=(File(path="server.py", mode="100644", size=100, sha256="", language="python"),))


def yielding(*hits: Hit) -> Callable[[Target], Iterator[Hit]]:
    return lambda _: iter(hits)


def test_one_result_for_each_inspection_in_order() -> None:
    checks = [a_check("b", yielding(a_hit())), a_check("a", yielding()), a_check("flow", semgrep=Path("semgrep.yaml"))]
    assert [(result.check, result.outcome) for result in inspect(TARGET, checks)] == [("b", Outcome.FLAGGED), ("a", Outcome.CLEAR)]


def exhausted(_: Target) -> Iterator[Hit]:
    yield a_hit()
    raise MemoryError


def endless_recursion(target: Target) -> Iterator[Hit]:
    yield from endless_recursion(target)


def rude(_: Target) -> Iterator[Hit]:
    yield a_hit()
    raise KeyError("x\n" + "\u202e" * 5000)


@pytest.mark.parametrize(
    ("inspection", "reason"),
    [(exhausted, "ran out of memory"), (endless_recursion, "RecursionError: "), (rude, "KeyError: "), (lambda _: 3, "TypeError: ")],
)
def test_a_check_that_breaks_is_a_failed_result_with_a_bounded_line(inspection: Callable[[Target], Iterator[Hit]], reason: str) -> None:
    (result,) = inspect(TARGET, [a_check(inspection=inspection)])
    assert (result.outcome, result.findings) == (Outcome.FAILED, ())
    assert result.failure is not None
    assert result.failure.startswith(reason)
    assert len(result.failure) <= 200
    assert result.failure.isprintable()


def test_a_check_that_breaks_leaves_the_others_alone() -> None:
    results = inspect(TARGET, [a_check("a", exhausted), a_check("b", yielding(a_hit()))])
    assert [result.outcome for result in results] == [Outcome.FAILED, Outcome.FLAGGED]


def test_leaving_the_program_is_no_failure_of_a_check() -> None:
    with pytest.raises(SystemExit):
        attempt(lambda: sys.exit(0))


def test_a_finding_is_never_graver_or_surer_than_its_check() -> None:
    check = a_check()
    grave = finding(check, a_hit(severity=Severity.CRITICAL, confidence=Confidence.HIGH))
    assert (grave.severity, grave.confidence) == (Severity.HIGH, Confidence.MEDIUM)
    mild = finding(check, a_hit(severity=Severity.INFO, confidence=Confidence.LOW))
    assert (mild.severity, mild.confidence) == (Severity.INFO, Confidence.LOW)


@given(st.text(st.characters(exclude_categories=()), max_size=1000))
def test_their_text_is_bounded_and_shows_itself(text: str) -> None:
    made = finding(a_check(), a_hit(text))
    assert len(made.evidence) <= 300
    assert made.evidence.isprintable() or not made.evidence.isascii()
    assert not set(made.evidence) & set("\n\r\x1b\x00\u202e\u200b\u2066")
    made.evidence.encode()


def test_the_fingerprint_survives_moved_lines_and_changed_white_space() -> None:
    check = a_check()
    first = finding(check, a_hit("os.system( x )", line=3)).fingerprint
    assert finding(check, a_hit("os.system(  x\n)", line=90)).fingerprint == first
    assert finding(check, a_hit("os.system( y )")).fingerprint != first
    assert finding(check, a_hit("os.system( x )", path="other.py")).fingerprint != first
    assert finding(a_check("other"), a_hit("os.system( x )")).fingerprint != first
    assert len(first) == 16


def test_equal_findings_are_told_apart_by_their_order() -> None:
    (result,) = inspect(TARGET, [a_check(inspection=yielding(a_hit(line=9), a_hit(line=2), a_hit(line=5)))])
    assert [one.at.line for one in result.findings] == [2, 5, 9]
    assert len({one.fingerprint for one in result.findings}) == 3
    (alone,) = inspect(TARGET, [a_check(inspection=yielding(a_hit(line=7)))])
    assert alone.findings[0].fingerprint == result.findings[0].fingerprint


def test_the_same_hit_twice_is_one_finding() -> None:
    (result,) = inspect(TARGET, [a_check(inspection=yielding(a_hit(), a_hit()))])
    assert len(result.findings) == 1


def test_many_findings_keep_the_worst_and_say_how_many_are_left_out() -> None:
    hits = [a_hit(f"text {n}", line=n, severity=Severity.LOW) for n in range(1, 500)] + [a_hit("worst", line=999)]
    (result,) = inspect(TARGET, [a_check(inspection=yielding(*hits))])
    assert len(result.findings) == 200
    assert result.findings[0].evidence == "worst"
    assert result.findings[-1].message == "This was seen (300 more of this check are not listed)"


def test_an_inspection_without_end_is_stopped_and_has_failed() -> None:
    def endless(_: Target) -> Iterator[Hit]:
        line = 0
        while True:
            line += 1
            yield a_hit(line=line)

    (result,) = inspect(TARGET, [a_check(inspection=endless)])
    assert (result.outcome, result.failure, len(result.findings)) == (Outcome.FAILED, "stopped after 20000 hits", 200)


def test_scan_has_one_result_per_check_in_the_order_of_the_catalogue(tmp_path: Path) -> None:
    checks = [
        a_check("a", yielding(a_hit())),
        a_check("flow", semgrep=rules(tmp_path, "py", "typescript")),
        a_check("z", yielding()),
    ]
    reading = Reading(target=TARGET, results=inspect(TARGET, checks))
    scan = combine(reading, SemgrepReport(hits={"flow": (a_hit("exec(x)"),)}), checks, "digest")
    assert [(result.check, result.outcome) for result in scan.results] == [
        ("a", Outcome.FLAGGED),
        ("flow", Outcome.FLAGGED),
        ("z", Outcome.CLEAR),
    ]
    assert scan.complete
    assert scan.catalogue_digest == "digest"


def test_semgrep_checks_are_clear_not_applicable_or_failed(tmp_path: Path) -> None:
    reading = Reading(target=TARGET)
    check = a_check("flow", semgrep=rules(tmp_path, "python"))
    other = a_check("other", semgrep=rules(tmp_path, "ruby"))
    report = SemgrepReport(failures={"flow": "semgrep timed out after 120 s"})
    assert combine(reading, SemgrepReport(), [check], "").results[0].outcome is Outcome.CLEAR
    assert combine(reading, SemgrepReport(), [other], "").results[0].outcome is Outcome.NOT_APPLICABLE
    assert combine(reading, report, [check], "").results[0].failure == "semgrep timed out after 120 s"


def test_when_the_child_died_every_check_has_failed_for_that_reason(tmp_path: Path) -> None:
    checks = [a_check("a", yielding()), a_check("flow", semgrep=rules(tmp_path, "ruby"))]
    scan = combine(Reading(target=TARGET, failure="died by signal 11"), SemgrepReport(), checks, "")
    assert [(result.outcome, result.failure) for result in scan.results] == [(Outcome.FAILED, "died by signal 11")] * 2
    assert not scan.complete


def test_a_check_of_which_nothing_was_heard_has_failed() -> None:
    scan = combine(Reading(target=TARGET), SemgrepReport(), [a_check("a", yielding())], "")
    assert scan.results[0].outcome is Outcome.FAILED


def test_a_language_has_one_name(tmp_path: Path) -> None:
    path = rules(tmp_path, "py", "js", "ts", "bash", "golang")
    assert rule_languages(path) == {"flow": frozenset({"python", "javascript", "typescript", "bash", "go"})}


def test_what_semgrep_did_not_read_stands_in_the_ledger_and_lowers_coverage() -> None:
    row = Unreadable(path="server.py", reason="data flow not followed: larger than 2048 KB", gate=True)
    seen = with_ledger(TARGET, SemgrepReport(unreadable=(row,), unread_bytes=40))
    assert seen.unreadable == (row,)
    assert seen.coverage == pytest.approx(0.6)
    assert with_ledger(seen, SemgrepReport(unreadable=(row,), unread_bytes=40)) == seen
    assert with_ledger(TARGET, SemgrepReport()) is TARGET


def test_coverage_with_an_unread_line_is_never_full() -> None:
    row = Unreadable(path="server.py", reason="data flow not followed: not understood: line 4")
    assert 0.99 < with_ledger(TARGET, SemgrepReport(unreadable=(row,), unread_bytes=0)).coverage < 1
