"""What is judged: the facts on which a number depends, so that any of them can be left out and the rest judged again."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from checks.model import AutoRun, Capability, Component, Finding, Location, Outcome, Scan, Target, Tool, Trigger, Unreadable
from reviewer.assess.policy import Policy

__all__ = ["Facts", "gather", "is_under", "narrow", "without_tools"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a judgement rests on.

    ``unread`` are the ledger rows that are gates; ``noted`` the paths of all rows; ``failed`` the ids of failed checks; ``traits``
    names of ``provenance.traits``; ``excused`` names of combinations that are not counted.
    """

    capabilities: tuple[Capability, ...] = ()
    tools: tuple[Tool, ...] = ()
    findings: tuple[Finding, ...] = ()
    autoruns: tuple[AutoRun, ...] = ()
    unread: tuple[Unreadable, ...] = ()
    noted: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    failure: str | None = None
    coverage: float = 1.0
    traits: frozenset[str] = frozenset()
    excused: frozenset[str] = frozenset()

    @property
    def all_capabilities(self) -> tuple[Capability, ...]:
        """Those of the code as a whole, and those of each tool."""
        return (*self.capabilities, *(capability for tool in self.tools for capability in tool.capabilities))

    @property
    def runs_unasked(self) -> bool:
        """True when a hook or an installation script runs. What a server does when it is started, or behind a question, was asked for."""
        return any(not run.gate and not run.elsewhere for run in self.autoruns) or any(
            capability.trigger is Trigger.INSTALL for capability in self.all_capabilities
        )

    @property
    def complete(self) -> bool:
        """True when every check gave an answer, the reading ended well, and nothing is unread that could run or instruct."""
        return not (self.failed or self.failure or self.unread)


def gather(target: Target, scan: Scan, policy: Policy, *, failure: str | None, digests: Mapping[str, str]) -> Facts:
    """Collect the facts. A reading that failed covers nothing."""
    return Facts(
        capabilities=target.capabilities,
        tools=target.tools,
        findings=scan.findings,
        autoruns=target.autoruns,
        unread=tuple(row for row in target.unreadable if row.gate),
        noted=tuple(row.path for row in target.unreadable),
        failed=tuple(sorted(result.check for result in scan.results if result.outcome is Outcome.FAILED)),
        failure=failure,
        coverage=0.0 if failure else min(1.0, max(0.0, target.coverage)),
        traits=_traits(target, policy, digests),
    )


def _traits(target: Target, policy: Policy, digests: Mapping[str, str]) -> frozenset[str]:
    names = {posixpath.basename(file.path) for file in target.files if not file.within}
    provenance = policy.rules.provenance
    published = "integrity" in digests or "artifactSha256" in digests
    holds = {
        "published": published,
        "commit": "gitCommit" in digests,
        "no-lock": not published and bool(names.intersection(provenance.manifests)) and not names.intersection(provenance.lock_files),
        "no-version": target.version is None and "gitCommit" not in digests and not published,
        "install-script": any(autorun.trigger is Trigger.INSTALL for autorun in target.autoruns),
    }
    return frozenset(name for name, true in holds.items() if true)


def is_under(path: str, root: str) -> bool:
    """Tell whether a path lies in a folder; every path lies in the folder ``""``."""
    return not root or path == root or path.startswith(f"{root}/")


def narrow(facts: Facts, component: Component) -> Facts:
    """Keep what belongs to one component. Provenance and failures are those of the whole; no number can be worse.

    So is the share that was read, unless the ledger has no row in the component's folder, nor of a folder around it.
    """
    root = component.root
    all_read = not facts.failure and not any(is_under(path, root) or is_under(root, path) for path in facts.noted)
    return replace(
        facts,
        capabilities=_elsewhere_dropped(facts.capabilities, root),
        tools=tuple(tool for tool in facts.tools if tool.part == component.id),
        findings=tuple(finding for finding in facts.findings if is_under(finding.at.path, root)),
        autoruns=tuple(autorun for autorun in facts.autoruns if is_under(autorun.at.path, root)),
        unread=tuple(row for row in facts.unread if is_under(row.path, root)),
        coverage=1.0 if all_read else facts.coverage,
    )


def _elsewhere_dropped(capabilities: tuple[Capability, ...], root: str) -> tuple[Capability, ...]:
    """Keep the evidence under a folder; a capability without any evidence is kept, as nobody knows where it belongs."""
    kept = []
    for capability in capabilities:
        evidence = tuple(place for place in capability.evidence if is_under(place.path, root))
        if evidence or not capability.evidence:
            kept.append(replace(capability, evidence=evidence))
    return tuple(kept)


def without_tools(facts: Facts, names: frozenset[str]) -> Facts:
    """Leave tools out, and with them the capabilities for which they are the only evidence."""
    kept = tuple(tool for tool in facts.tools if tool.name not in names)
    gone = _evidence(tool for tool in facts.tools if tool.name in names) - _evidence(kept)
    capabilities = []
    for capability in facts.capabilities:
        evidence = tuple(place for place in capability.evidence if (capability.id, place) not in gone)
        if evidence or not capability.evidence:
            capabilities.append(replace(capability, evidence=evidence))
    return replace(facts, tools=kept, capabilities=tuple(capabilities))


def _evidence(tools: Iterable[Tool]) -> set[tuple[str, Location]]:
    return {(capability.id, place) for tool in tools for capability in tool.capabilities for place in capability.evidence}
