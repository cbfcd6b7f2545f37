"""The values that checks read and give: what was submitted (``checks.target``), and what was seen in it (here).

This is the one door: whoever writes a check imports from here. All values are frozen; see ``checks.target`` for how paths are written.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checks.target import (
    AutoRun,
    Capability,
    CapabilityId,
    Certainty,
    Change,
    ChangeKind,
    Comparison,
    Component,
    Declaration,
    File,
    Launch,
    Location,
    Relation,
    Scope,
    Surface,
    SurfaceRole,
    Target,
    TargetKind,
    Tool,
    ToolKind,
    Trigger,
    Unreadable,
)

__all__ = [
    "AutoRun",
    "Capability",
    "CapabilityId",
    "Certainty",
    "Change",
    "ChangeKind",
    "Check",
    "Comparison",
    "Component",
    "Confidence",
    "Declaration",
    "Definition",
    "File",
    "Finding",
    "Hit",
    "Kind",
    "Launch",
    "Location",
    "Outcome",
    "Relation",
    "Result",
    "Scan",
    "Scope",
    "Severity",
    "Surface",
    "SurfaceRole",
    "Target",
    "TargetKind",
    "Tool",
    "ToolKind",
    "Trigger",
    "Unreadable",
]


class Severity(enum.StrEnum):
    """How bad one finding is if it is true. The order of definition is the order of badness."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """4 for critical, down to 0 for info."""
        members = list(type(self))
        return len(members) - 1 - members.index(self)


class Confidence(enum.StrEnum):
    """How sure a check is that what it saw is what its question asks for."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Kind(enum.StrEnum):
    """What a check looks for: intent to harm, an exploitable mistake, or an untidiness."""

    MALICE = "malice"
    WEAKNESS = "weakness"
    HYGIENE = "hygiene"


class Outcome(enum.StrEnum):
    """What became of one check on one target."""

    CLEAR = "clear"
    FLAGGED = "flagged"
    NOT_APPLICABLE = "not-applicable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What an inspection yields: a place, our sentence, and their text as it stands there.

    ``severity`` and ``confidence`` may be lower than the check's definition says, never higher.
    """

    at: Location
    message: str
    evidence: str = ""
    severity: Severity | None = None
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One hit with its check's judgement.

    ``evidence`` is their text: at most 300 characters, control and bidirectional characters escaped.
    ``fingerprint`` survives line shifts: it hashes check, path and evidence, not the line.
    """

    check: str
    kind: Kind
    family: str
    severity: Severity
    confidence: Confidence
    cwe: tuple[str, ...]
    message: str
    at: Location
    evidence: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one check gave on one target. ``failure`` is set if, and only if, the outcome is FAILED."""

    check: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One result per check of the catalogue."""

    results: tuple[Result, ...]
    catalogue_digest: str

    @property
    def complete(self) -> bool:
        """True when no check failed."""
        return all(result.outcome is not Outcome.FAILED for result in self.results)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, worst first, then by place."""
        every = [finding for result in self.results for finding in result.findings]
        return tuple(sorted(every, key=lambda f: (-f.severity.rank, f.check, f.at)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A check's ``check.yaml``: what it asks, and how much an answer weighs. Prose for people, loaded, not decorative."""

    title: str
    kind: Kind
    family: str  # "F01" … "F38"
    severity: Severity
    confidence: Confidence
    question: str
    why: str
    remedy: str
    since: str
    cwe: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    taxonomy: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One folder of the catalogue: exactly one of ``inspect`` and ``semgrep`` is set."""

    id: str
    definition: Definition
    folder: Path
    inspect: Callable[[Target], Iterator[Hit]] | None = None
    semgrep: Path | None = None
