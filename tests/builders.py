"""Small worlds: a submission, what was seen in it, and the dossier of both, with whatever a test wants to be different."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from checks.model import (
    Capability,
    CapabilityId,
    Component,
    Confidence,
    File,
    Finding,
    Kind,
    Location,
    Outcome,
    Result,
    Scan,
    Scope,
    Severity,
    Target,
    TargetKind,
    Tool,
    ToolKind,
)
from reviewer.assess.policy import Policy, load_policy
from reviewer.assess.score import assess, judge_parts
from reviewer.model import Dossier, Isolation, Package, Snapshot, Versions
from reviewer.sbom.compose import compose


def a_file(path: str, **different: Any) -> File:
    usual: dict[str, Any] = {"path": path, "mode": "100644", "size": 10, "sha256": hashlib.sha256(path.encode()).hexdigest()}
    return File(**(usual | different))


def a_capability(identity: str, scope: Scope = Scope.LITERAL, place: str = "server.py:3", **different: Any) -> Capability:
    path, _, line = place.rpartition(":")
    evidence = (Location(path=path, line=int(line)),)
    usual: dict[str, Any] = {"id": CapabilityId(identity), "scope": scope, "evidence": evidence}
    return Capability(**(usual | different))


def a_tool(name: str = "read_page", *capabilities: Capability, **different: Any) -> Tool:
    usual: dict[str, Any] = {
        "kind": ToolKind.TOOL,
        "part": "server",
        "name": name,
        "at": Location(path="server.py", line=7),
        "description": f"Does {name}.",
        "input_schema": {"type": "object", "properties": {"url": {"type": "string"}}},
        "capabilities": capabilities,
    }
    return Tool(**(usual | different))


def a_component(identity: str = "server", root: str = "", kind: TargetKind = TargetKind.MCP_SERVER, **different: Any) -> Component:
    at = Location(path=f"{root}/server.py" if root else "server.py", line=1)
    usual: dict[str, Any] = {"id": identity, "kind": kind, "root": root, "name": identity, "at": at}
    return Component(**(usual | different))


def a_target(**different: Any) -> Target:
    usual: dict[str, Any] = {
        "kind": TargetKind.MCP_SERVER,
        "name": "weather",
        "version": "1.0.0",
        "components": (a_component(),),
        "files": (a_file("server.py", language="python"),),
    }
    return Target(**(usual | different))


def a_finding(check: str = "hidden_unicode", place: str = "server.py:12", **different: Any) -> Finding:
    path, _, line = place.rpartition(":")
    usual: dict[str, Any] = {
        "check": check,
        "kind": Kind.MALICE,
        "family": "F01",
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "cwe": ("CWE-451",),
        "message": f"{check} was seen",
        "at": Location(path=path, line=int(line)),
        "evidence": "their text",
    }
    every = usual | different
    fingerprint = hashlib.sha256(repr(sorted(every.items(), key=str)).encode()).hexdigest()
    return Finding(**({"fingerprint": fingerprint} | every))


def a_weakness(check: str = "command_injection", place: str = "server.py:20", **different: Any) -> Finding:
    return a_finding(check, place, **({"kind": Kind.WEAKNESS, "family": "F26", "cwe": ("CWE-78",)} | different))


def a_scan(*findings: Finding, failed: Iterable[str] = (), clear: Iterable[str] = ("path_traversal",)) -> Scan:
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    results = [Result(check=check, outcome=Outcome.FLAGGED, findings=tuple(found)) for check, found in by_check.items()]
    results += [Result(check=check, outcome=Outcome.FAILED, failure="ValueError: broke") for check in failed]
    results += [Result(check=check, outcome=Outcome.CLEAR) for check in clear if check not in by_check]
    return Scan(results=tuple(sorted(results, key=lambda result: result.check)), catalogue_digest="c" * 64)


def a_snapshot(**different: Any) -> Snapshot:
    usual: dict[str, Any] = {
        "source": "./weather",
        "name": "weather",
        "digests": {"dirHash": "h1:" + "A" * 43 + "="},
        "files": (a_file("server.py"),),
    }
    return Snapshot(**(usual | different))


def a_dossier(
    target: Target | None = None,
    scan: Scan | None = None,
    *,
    snapshot: Snapshot | None = None,
    packages: tuple[Package, ...] = (),
    policy: Policy | None = None,
    failure: str | None = None,
) -> Dossier:
    target, scan, snapshot, policy = target or a_target(), scan or a_scan(), snapshot or a_snapshot(), policy or load_policy()
    return Dossier(
        snapshot=snapshot,
        target=target,
        scan=scan,
        packages=packages,
        bom=compose(snapshot, target, packages),
        assessment=assess(target, scan, policy, failure=failure, digests=snapshot.digests),
        isolation=Isolation.BUBBLEWRAP,
        versions=Versions(reviewer="0.0.0", catalogue_digest="c" * 64, policy_digest=policy.digest),
        parts=judge_parts(target, scan, policy, failure=failure, digests=snapshot.digests),
        failure=failure,
    )
