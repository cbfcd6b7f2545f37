"""What submissions try so that semgrep does not read them, and what becomes of it when it cannot."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from checks.loader import load_checks
from checks.model import Check, File, Location, Target, TargetKind
from reviewer.acquire.blobs import BlobFolder
from reviewer.model import Isolation, Reading, SemgrepReport, Snapshot
from reviewer.sandbox import SandboxedSemgrep
from reviewer.sandbox.semgrep_files import SemgrepLimits
from tests.reviewer.sandbox.worlds import LEVELS, NO_LINUX, a_rule_catalog, a_submission

pytestmark = pytest.mark.skipif(NO_LINUX, reason="Linux only")

PYTHON_RULE = """\
rules:
- id: shell-call
  languages: [python]
  severity: ERROR
  message: Calls a shell with $X
  pattern: os.system($X)
"""
SCRIPT_RULE = """\
rules:
- id: script-eval
  languages: [javascript, typescript]
  severity: ERROR
  message: Evaluates a text
  pattern: eval(...)
- id: script-eval.indirect
  languages: [javascript, typescript]
  severity: ERROR
  message: Evaluates a parameter
  mode: taint
  pattern-sources:
  - patterns:
    - pattern: "function $F(..., $P, ...) { ... }"
    - focus-metavariable: $P
  pattern-sinks:
  - pattern: evaluate(...)
"""
BROKEN_RULE = """\
rules:
- id: broken
  languages: [python]
  severity: ERROR
  message: Never
  pattern: "def (("
"""
CALL = b"import os\nos.system(user)\n"
LANGUAGES = {"py": "python", "js": "javascript", "ts": "typescript", "tsx": "tsx", "sh": "shell", "md": "markdown"}


@pytest.fixture
def checks(tmp_path: Path) -> tuple[Check, ...]:
    return load_checks(a_rule_catalog(tmp_path, shell_call=PYTHON_RULE, script_eval=SCRIPT_RULE))


@pytest.fixture
def blobs(tmp_path: Path) -> BlobFolder:
    return BlobFolder(tmp_path / "blobs")


def a_reading(snapshot: Snapshot, languages: Mapping[str, str] | None = None) -> Reading:
    def known(file: File) -> str | None:
        return (languages or {}).get(file.path) or LANGUAGES.get(file.path.rpartition(".")[2])

    files = tuple(replace(file, language=known(file)) for file in snapshot.files)
    return Reading(target=Target(kind=TargetKind.SKILL, name=snapshot.name, files=files))


def seen(blobs: BlobFolder, checks: tuple[Check, ...], files: Mapping[str, bytes], **how: object) -> SemgrepReport:
    snapshot = a_submission(blobs, files)
    limits = how.get("limits")
    assert limits is None or isinstance(limits, SemgrepLimits)
    (report,) = SandboxedSemgrep(blobs, limits).run([snapshot], [a_reading(snapshot)], checks)
    return report


EVASIONS = {
    "suppressed.py": b"import os\nos.system(user)  # nosemgrep\n",
    "suppressed_by_id.py": b"import os\n# nosem: shell-call\nos.system(user)\n",
    "ignored.py": CALL,
    ".semgrepignore": b"*.py\nignored.py\n",
    ".gitignore": b"*\n",
    "tests/test_it.py": CALL + b"# in a folder that is left out by default\n",
    "node_modules/x/y.py": CALL + b"# the same\n",
    "-rf.py": CALL + b"# a name that looks like an option\n",
    "a\nb\x1b[2J.py": CALL + b"# a name with a line end\n",
    "\u202egnp.py": CALL + b"# a name that reads backwards\n",
    "utf16.py": CALL.decode().encode("utf-16"),
    "marked.py": b"\xef\xbb\xbf" + CALL,
    "large.py": CALL + b"# padding\n" * 150_000,
    "run": b"#!/usr/bin/env python3\n" + CALL,
    "broken.py": CALL + b"def broken(:\n    x = = 3\n",
    "long_line.js": b";".join(b"var v%d=%d" % (n, n) for n in range(2_000)) + b";eval(x)",
    "page.tsx": b"export const P = (p: {a: string}) => <div>{eval(p.a)}</div>;\n",
    "first.min.js": b"function f(a){evaluate(a)}",
}


@pytest.mark.parametrize("level", LEVELS)
def test_no_evasion_hides_a_match(blobs: BlobFolder, checks: tuple[Check, ...], level: Isolation) -> None:
    snapshot = a_submission(blobs, EVASIONS)
    reading = a_reading(snapshot, {"run": "python"})
    (report,) = SandboxedSemgrep(blobs, best=level).run([snapshot], [reading], checks)
    found = {hit.at.path for hits in report.hits.values() for hit in hits}
    assert found == set(EVASIONS) - {".semgrepignore", ".gitignore"}
    assert report.failures == {}
    assert [(row.path, row.gate) for row in report.unreadable] == [("broken.py", False)]
    assert 0 < report.unread_bytes < len(EVASIONS["broken.py"])


def test_hits_carry_check_place_sentence_and_the_line_itself(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    report = seen(blobs, checks, {"a.py": b"import os\n\nos.system(user)\n", "b.js": b"function f(a) {\n  evaluate(a)\n}\n"})
    (call,), (evaluation,) = report.hits["shell-call"], report.hits["script-eval"]
    assert (call.at, call.message, call.evidence) == (Location(path="a.py", line=3), "Calls a shell with user", "os.system(user)")
    assert (evaluation.at, evaluation.evidence) == (Location(path="b.js", line=2), "  evaluate(a)")


def test_equal_files_are_told_at_each_of_their_places(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    one, two = a_submission(blobs, {"a.py": CALL, "b/c.py": CALL}), a_submission(blobs, {"d.py": CALL, "e.md": b"text"})
    reports = SandboxedSemgrep(blobs).run([one, two], [a_reading(one), a_reading(two)], checks)
    assert [[hit.at.path for hit in report.hits["shell-call"]] for report in reports] == [["a.py", "b/c.py"], ["d.py"]]


def test_what_is_not_given_to_semgrep_is_a_gate(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    files = {"large.py": CALL * 100, "node_modules/z.py": CALL + b"#", "a.py": CALL, "large.md": b"x" * 5000}
    report = seen(blobs, checks, files, limits=SemgrepLimits(file_bytes=1024, files=1))
    assert {(row.path, row.reason, row.gate) for row in report.unreadable} == {
        ("large.py", "data flow not followed: larger than 1 KB", True),
        ("node_modules/z.py", "data flow not followed: more than 1 files of code", True),
    }
    assert report.unread_bytes == len(CALL) * 100 + len(CALL) + 1


def test_bytes_that_are_not_at_hand_are_a_gate(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    snapshot = a_submission(blobs, {"a.py": CALL})
    inside = File(path="b.zip!/c.py", mode="100644", size=7, sha256="0" * 64)
    reading = a_reading(replace(snapshot, files=(*snapshot.files, inside)))
    (report,) = SandboxedSemgrep(blobs).run([snapshot], [reading], checks)
    assert [(row.path, row.gate) for row in report.unreadable] == [("b.zip!/c.py", True)]
    assert "shell-call" in report.hits


def test_too_many_matches_are_not_silence(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    report = seen(blobs, checks, {"many.py": b"import os\n" + b"os.system(x)\n" * 1100})
    assert len(report.hits["shell-call"]) == 1000
    assert [(row.path, row.reason, row.gate) for row in report.unreadable] == [
        ("many.py", "data flow not followed: more than 1000 matches of shell-call", True)
    ]


def test_nothing_is_started_where_no_rule_reads_a_file(
    blobs: BlobFolder, checks: tuple[Check, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subprocess.Popen", None)
    prose, died = a_submission(blobs, {"SKILL.md": b"text"}), a_submission(blobs, {"a.py": CALL})
    readings = [a_reading(prose), replace(a_reading(died), failure="died by signal 11")]
    assert SandboxedSemgrep(blobs).run([prose, died], readings, checks) == [SemgrepReport(), SemgrepReport()]
    assert SandboxedSemgrep(blobs).run([died], [a_reading(died)], []) == [SemgrepReport()]
    assert SandboxedSemgrep(blobs).run([], [], checks) == []


def test_a_rule_that_semgrep_does_not_take_fails_its_check(tmp_path: Path, blobs: BlobFolder) -> None:
    checks = load_checks(a_rule_catalog(tmp_path, broken=BROKEN_RULE))
    report = seen(blobs, checks, {"a.py": CALL})
    assert set(report.failures) == {"broken"}
    assert len(report.failures["broken"]) < 300


def test_a_run_that_is_killed_is_repeated_for_each_submission_alone(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    quiet = a_submission(blobs, {"quiet.py": CALL})
    loud = a_submission(blobs, {f"{n}.py": b"# %d\nimport os\n" % n + b"os.system(x)\n" * 400 for n in range(2)})
    limits = SemgrepLimits(child=replace(SemgrepLimits().child, output=50_000))
    reports = SandboxedSemgrep(blobs, limits).run([quiet, loud], [a_reading(quiet), a_reading(loud)], checks)
    assert [hit.at.path for hit in reports[0].hits["shell-call"]] == ["quiet.py"]
    assert reports[0].failures == {}
    assert reports[1].failures == dict.fromkeys(("script-eval", "shell-call"), "semgrep killed: over 48.8 KB of output")


def test_a_run_without_time_or_memory_has_failed(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    child = SemgrepLimits().child
    hurried = seen(blobs, checks, {"a.py": CALL}, limits=SemgrepLimits(child=replace(child, wall=0.1)))
    assert hurried.failures["shell-call"] == "semgrep timed out after 0.1 s"
    cramped = seen(blobs, checks, {"a.py": CALL}, limits=SemgrepLimits(child=replace(child, address_space=300 << 20)))
    assert "shell-call" in cramped.failures


def test_without_semgrep_its_checks_have_failed(blobs: BlobFolder, checks: tuple[Check, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    report = seen(blobs, checks, {"a.py": CALL})
    assert report.failures == dict.fromkeys(("script-eval", "shell-call"), "semgrep is not installed")


def test_code_inside_files_is_read_where_its_text_is_at_hand(blobs: BlobFolder, checks: tuple[Check, ...]) -> None:
    snapshot = a_submission(blobs, {"a.zip": b"PK"})
    digest = hashlib.sha256(CALL).hexdigest()
    inner = File(path="a.zip!/b.py", mode="100644", size=len(CALL), sha256=digest, language="python", within="a.zip")
    other = replace(inner, path="a.zip!/c.py", sha256="0" * 64)
    plain = a_reading(snapshot)
    reading = replace(plain, target=replace(plain.target, files=(*snapshot.files, inner, other)), inner={digest: CALL.decode()})
    (report,) = SandboxedSemgrep(blobs).run([snapshot], [reading], checks)
    assert [hit.at.path for hit in report.hits["shell-call"]] == ["a.zip!/b.py"]
    assert [(row.path, row.gate) for row in report.unreadable] == [("a.zip!/c.py", False)]
