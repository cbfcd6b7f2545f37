"""The machine face of a scan: ``reviewer.dossier/1``, whose schema lies beside this module (``dossier.schema.json``).

Their text stands in it exactly as it was seen; JSON with ASCII only keeps it from acting on a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from checks.model import AutoRun, Capability, Comparison, Finding, Location, Tool, Unreadable
from reviewer.errors import ReviewerError
from reviewer.model import Assessment, Dossier, Part, Reason, Toxic

__all__ = ["document", "error_document", "render", "render_error"]

Json = dict[str, Any]


def document(dossier: Dossier) -> Json:
    """Give the dossier as plain JSON values."""
    return {
        "schema": "reviewer.dossier/1",
        **_face(dossier, _whole(dossier)),
        "comparisons": [_comparison(each) for each in dossier.target.comparisons],
        "parts": [_part(dossier, part) for part in dossier.parts],
    }


def render(dossier: Dossier) -> str:
    """Write the dossier on one line."""
    return _line(document(dossier))


def error_document(source: str, error: ReviewerError) -> Json:
    """Give what stands in the place of a dossier where there is none: ``reviewer.error/1``."""
    return {
        "schema": "reviewer.error/1",
        "source": source,
        "error": error.message,
        "hint": error.hint,
        "exit_code": int(error.exit_code),
    }


def render_error(source: str, error: ReviewerError) -> str:
    """Write why there is no dossier, on one line."""
    return _line(error_document(source, error))


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(", ", ": "))


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What of the dossier is shown: all of it, or what belongs to one part."""

    subject: Json
    assessment: Assessment
    tools: tuple[Tool, ...]
    belongs: Callable[[str], bool]


def _whole(dossier: Dossier) -> _View:
    snapshot, target = dossier.snapshot, dossier.target
    subject = {
        "source": snapshot.source,
        "kind": target.kind.value,
        "name": target.name,
        "version": target.version or snapshot.version,
        "purl": snapshot.package.purl if snapshot.package else None,
        "digests": dict(sorted(snapshot.digests.items())),
    }
    return _View(subject=subject, assessment=dossier.assessment, tools=target.tools, belongs=lambda _: True)


def _part(dossier: Dossier, part: Part) -> Json:
    component = part.component
    root = component.root
    brought = next((each for each in dossier.snapshot.parts if each.root == root), None)
    subject = {
        "source": (brought.source if brought else "") or dossier.snapshot.source,
        "kind": component.kind.value,
        "name": component.name,
        "version": component.version,
        "purl": brought.package.purl if brought and brought.package else None,
        "digests": dict(sorted(part.digests.items())),
        "id": component.id,
        "root": root,
    }
    view = _View(
        subject=subject,
        assessment=part.assessment,
        tools=tuple(tool for tool in dossier.target.tools if tool.part == component.id),
        belongs=lambda path: not root or path == root or path.startswith(f"{root}/"),
    )
    return {**_face(dossier, view), "parts": []}


def _face(dossier: Dossier, view: _View) -> Json:
    target = dossier.target
    return {
        "subject": view.subject,
        "complete": view.assessment.complete,
        "recommendation": view.assessment.recommendation.value,
        "failure": dossier.failure,
        "assessment": _assessment(view.assessment),
        "isolation": dossier.isolation.value,
        "tools": [_tool(tool) for tool in view.tools],
        "autoruns": [_autorun(run) for run in target.autoruns if view.belongs(run.at.path)],
        "capabilities": [given for capability in target.capabilities for given in _narrowed(capability, view.belongs)],
        "findings": [_finding(finding) for finding in dossier.scan.findings if view.belongs(finding.at.path)],
        "unreadable": [_unreadable(row) for row in target.unreadable if view.belongs(row.path)],
        "results": [{"check": result.check, "outcome": result.outcome.value, "failure": result.failure} for result in dossier.scan.results],
        "sbom": {"components": dossier.bom.components, "vulnerabilities": dossier.bom.vulnerabilities, "digest": dossier.bom.digest},
        "versions": {
            "reviewer": dossier.versions.reviewer,
            "catalogue_digest": dossier.versions.catalogue_digest,
            "policy_digest": dossier.versions.policy_digest,
            "advisories": dossier.versions.advisories,
        },
    }


def _assessment(assessment: Assessment) -> Json:
    gates = [{"id": gate.id, "effect": gate.effect.value, "path": gate.path, "reason": gate.reason} for gate in assessment.gates]
    return {
        "score": assessment.score,
        "upper": assessment.upper,
        "impact": assessment.impact,
        "malice": assessment.malice,
        "weakness": assessment.weakness,
        "provenance": assessment.provenance,
        "coverage": assessment.coverage,
        "gates": gates,
        "reasons": [_reason(reason) for reason in assessment.reasons],
        "counterfactuals": list(assessment.counterfactuals),
        "conditions": list(assessment.conditions),
        "toxic": [_toxic(combination) for combination in assessment.toxic],
    }


def _autorun(run: AutoRun) -> Json:
    return {
        "event": run.event,
        "command": run.command,
        "trigger": run.trigger.value,
        "matcher": run.matcher,
        "gate": run.gate,
        "hosts": list(run.hosts),
        "elsewhere": run.elsewhere,
        "at": {"path": run.at.path, "line": run.at.line},
    }


def _comparison(comparison: Comparison) -> Json:
    changes = [
        {
            "kind": change.kind.value,
            "subject": change.subject,
            "path": change.at.path,
            "line": change.at.line,
            "before": change.before,
            "after": change.after,
            "expected": change.expected,
        }
        for change in comparison.changes
    ]
    return {
        "relation": comparison.relation.value,
        "source": comparison.source,
        "dirHash": comparison.digest or None,
        "changes": changes,
        "omitted": comparison.omitted,
        "note": comparison.note,
    }


def _toxic(combination: Toxic) -> Json:
    legs = [
        {"capabilities": [held.value for held in leg.capabilities], "tools": list(leg.tools), "elsewhere": _places(leg.elsewhere)}
        for leg in combination.legs
    ]
    return {"name": combination.name, "says": combination.says, "legs": legs, "cut": list(combination.cut)}


def _reason(reason: Reason) -> Json:
    at = reason.at
    place = {"path": at.path if at else None, "line": at.line if at else None}
    return {"axis": reason.axis, "sentence": reason.sentence, "points": reason.points, "family": reason.family, **place}


def _places(places: Iterable[Location]) -> list[Json]:
    return [{"path": at.path, "line": at.line} for at in places]


def _tool(tool: Tool) -> Json:
    return {
        "kind": tool.kind.value,
        "part": tool.part,
        "name": tool.name,
        "dynamic": tool.dynamic,
        "description": tool.description,
        "input_schema": None if tool.input_schema is None else dict(tool.input_schema),
        "annotations": None if tool.annotations is None else dict(tool.annotations),
        "capabilities": [_capability(capability, capability.evidence) for capability in tool.capabilities],
        "at": {"path": tool.at.path, "line": tool.at.line},
    }


def _narrowed(capability: Capability, belongs: Callable[[str], bool]) -> Iterable[Json]:
    evidence = tuple(at for at in capability.evidence if belongs(at.path))
    if evidence or not capability.evidence:
        yield _capability(capability, evidence)


def _capability(capability: Capability, evidence: Iterable[Location]) -> Json:
    return {
        "id": capability.id.value,
        "scope": capability.scope.value,
        "trigger": capability.trigger.value,
        "certainty": capability.certainty.value,
        "declared": capability.declared,
        "objects": list(capability.objects),
        "evidence": _places(evidence),
    }


def _finding(finding: Finding) -> Json:
    return {
        "check": finding.check,
        "kind": finding.kind.value,
        "family": finding.family,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "cwe": list(finding.cwe),
        "message": finding.message,
        "path": finding.at.path,
        "line": finding.at.line,
        "evidence": finding.evidence,
        "fingerprint": finding.fingerprint,
    }


def _unreadable(row: Unreadable) -> Json:
    return {"path": row.path, "reason": row.reason, "gate": row.gate}
