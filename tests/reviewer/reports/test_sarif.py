"""SARIF for code-scanning tools: what OASIS asks of a log, checked by hand."""

from __future__ import annotations

import json
from typing import Any

from checks.model import Severity, Unreadable
from reviewer.model import Dossier
from reviewer.reports.sarif import render
from tests.builders import a_dossier, a_finding, a_scan, a_snapshot, a_target, a_weakness


def runs(*dossiers: Dossier) -> list[dict[str, Any]]:
    log = json.loads(render(dossiers))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"]
        assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
        for result in run["results"]:
            assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["level"] in {"error", "warning", "note", "none"}
            assert result["message"]["text"]
        for invocation in run["invocations"]:
            assert isinstance(invocation["executionSuccessful"], bool)
    found: list[dict[str, Any]] = log["runs"]
    return found


def test_one_run_per_dossier() -> None:
    one, other = runs(a_dossier(), a_dossier(snapshot=a_snapshot(source="./other")))

    assert (one["automationDetails"]["id"], other["automationDetails"]["id"]) == ("./weather", "./other")
    assert one["results"] == []


def test_a_finding_is_a_result_with_its_place() -> None:
    (run,) = runs(a_dossier(scan=a_scan(a_weakness(place="a b/ü.py:20"), a_finding(place="SKILL.md:0", severity=Severity.MEDIUM))))

    weak, hidden = run["results"]
    place = weak["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/%C3%BC.py"
    assert place["region"] == {"startLine": 20, "snippet": {"text": "their text"}}
    assert (weak["level"], hidden["level"]) == ("error", "warning")
    assert "region" not in hidden["locations"][0]["physicalLocation"]
    assert run["tool"]["driver"]["rules"][0]["properties"]["tags"] == ["security", "weakness", "F26", "external/cwe/cwe-78"]


def test_a_rule_is_as_bad_as_its_worst_finding() -> None:
    scan = a_scan(a_finding(severity=Severity.LOW), a_finding(place="b:1", severity=Severity.CRITICAL))

    (run,) = runs(a_dossier(scan=scan))

    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["defaultConfiguration"]["level"], rule["properties"]["security-severity"]) == ("error", "9.5")


def test_no_results_never_looks_like_a_clean_run() -> None:
    target = a_target(
        unreadable=(Unreadable(path="\ud800.bin", reason="encrypted", gate=True), Unreadable(path="a.png", reason="an image"))
    )

    (run,) = runs(a_dossier(target, a_scan(failed=["concealment"]), failure="killed"))

    (invocation,) = run["invocations"]
    told = invocation["toolExecutionNotifications"]
    assert not invocation["executionSuccessful"]
    assert [notification["level"] for notification in told] == ["error", "error", "error", "note"]
    assert told[0]["message"]["text"] == "the reading ended early: killed"
    assert told[1]["associatedRule"] == {"id": "concealment"}


def test_their_text_cannot_act() -> None:
    written = render([a_dossier(scan=a_scan(a_finding(evidence="\x1b[2J\u202e", message="it says \x07")))])

    assert written.isascii()
    assert "\\u001b" not in written
