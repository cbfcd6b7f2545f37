"""SARIF 2.1.0 for code-scanning tools (OASIS, «Static Analysis Results Interchange Format»): one run per dossier.

What could not be read, and checks that failed, are notifications of the invocation: no results is not the same as nothing found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from checks.model import Finding, Outcome, Severity
from checks.text import escape
from reviewer.model import Dossier

__all__ = ["render"]

_MESSAGE = 1_000
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note", Severity.INFO: "note"}
# GitHub's `security-severity`: over 9.0 is shown as critical, 7.0 to 8.9 as high, 4.0 to 6.9 as medium, below as low.
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0", Severity.INFO: "0.0"}


def render(dossiers: Iterable[Dossier]) -> str:
    """Write all dossiers as one SARIF log on one line."""
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [_run(dossier) for dossier in dossiers],
    }
    return json.dumps(log, ensure_ascii=True, allow_nan=False, separators=(", ", ": "))


def _run(dossier: Dossier) -> dict[str, Any]:
    findings = dossier.scan.findings
    rules = list(_rules(findings))
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    assessment = dossier.assessment
    return {
        "tool": {"driver": {"name": "reviewer", "version": dossier.versions.reviewer, "rules": rules}},
        "automationDetails": {"id": escape(dossier.snapshot.source, _MESSAGE)},
        "invocations": [{"executionSuccessful": assessment.complete, "toolExecutionNotifications": list(_notifications(dossier))}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places[finding.check]) for finding in findings],
        "properties": {
            "recommendation": assessment.recommendation.value,
            "score": assessment.score,
            "upper": assessment.upper,
            "coverage": assessment.coverage,
            "digests": {name: escape(value) for name, value in sorted(dossier.snapshot.digests.items())},
            "catalogueDigest": dossier.versions.catalogue_digest,
            "policyDigest": dossier.versions.policy_digest,
        },
    }


def _rules(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    """Write one rule per check that found something, as bad as its worst finding."""
    worst: dict[str, Finding] = {}
    for finding in findings:
        known = worst.get(finding.check)
        if known is None or finding.severity.rank > known.severity.rank:
            worst[finding.check] = finding
    for check, finding in sorted(worst.items()):
        yield {
            "id": check,
            "name": "".join(word.capitalize() for word in check.replace("-", "_").split("_")),
            "shortDescription": {"text": escape(finding.message, _MESSAGE)},
            "defaultConfiguration": {"level": _LEVELS[finding.severity]},
            "properties": {
                "tags": ["security", finding.kind.value, finding.family, *(f"external/cwe/{cwe.lower()}" for cwe in finding.cwe)],
                "security-severity": _SCORES[finding.severity],
            },
        }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(finding.at.path)}
    if finding.at.line:
        place["region"] = {"startLine": finding.at.line}
        if finding.evidence:
            place["region"]["snippet"] = {"text": escape(finding.evidence)}
    return {
        "ruleId": finding.check,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": escape(finding.message, _MESSAGE)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"reviewer/v1": finding.fingerprint},
        "properties": {"severity": finding.severity.value, "confidence": finding.confidence.value, "kind": finding.kind.value},
    }


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogatepass"), safe="/")}


def _notifications(dossier: Dossier) -> Iterator[dict[str, Any]]:
    if dossier.failure:
        yield {"level": "error", "message": {"text": f"the reading ended early: {escape(dossier.failure, _MESSAGE)}"}}
    for result in dossier.scan.results:
        if result.outcome is Outcome.FAILED:
            yield {
                "level": "error",
                "message": {"text": f"the check {result.check} failed: {escape(result.failure or '', _MESSAGE)}"},
                "associatedRule": {"id": result.check},
            }
    for row in dossier.target.unreadable:
        yield {
            "level": "error" if row.gate else "note",
            "message": {"text": f"not read: {escape(row.reason, _MESSAGE)}"},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(row.path)}}],
        }
