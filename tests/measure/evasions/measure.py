"""What becomes of a case: found, gated or silent, and whether its twin stays quiet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.model import Check, Finding, Kind, Severity, Unreadable
from reviewer.acquire import Acquirer
from reviewer.acquire.blobs import BlobFolder
from reviewer.assess.policy import load_policy
from reviewer.assess.score import assess
from reviewer.cli.world import standards, world
from reviewer.errors import ReviewerError
from reviewer.examine import combine, inspect
from reviewer.inventory import take_inventory
from reviewer.model import Dossier, Reading, Recommendation, SemgrepReport
from reviewer.pipeline import prepare
from tests.measure.evasions import encodings, insides, places
from tests.measure.evasions.model import Evasion, Submission

CASES: tuple[Evasion, ...] = (*places.CASES, *encodings.CASES, *insides.CASES)
_QUIET = Recommendation.RESTRICT  # what a harmless program may get for what it is able to do
_FOUND = Severity.MEDIUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a scan said about one submission."""

    findings: tuple[Finding, ...]
    gates: tuple[Unreadable, ...]
    recommendation: Recommendation


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one case. ``noise`` is what the twin raised."""

    name: str
    verdict: str  # "found" | "gated" | "silent"
    found: tuple[str, ...]
    noise: tuple[str, ...]


def run_all(cases: Sequence[Evasion]) -> list[Outcome]:
    """Scan every submission and its twin as the command line does, all in one run."""
    with tempfile.TemporaryDirectory(prefix="reviewer-evasions-") as folder:
        sources = list(_laid_out((one for each in cases for one in (each.hostile, each.twin)), Path(folder)))
        dossiers = prepare(map(str, sources), world=world(Path(folder) / "blobs"), standards=standards())
        seen = [_of_dossier(dossier) for dossier in dossiers]
    return [judge(each, *seen[2 * at : 2 * at + 2]) for at, each in enumerate(cases)]


def run_quickly(each: Evasion, checks: Sequence[Check], folder: Path) -> Outcome:
    """Acquire both submissions and read them in this process, without data flow."""
    seen = []
    for source in _laid_out((each.hostile, each.twin), folder):
        blobs = BlobFolder(folder / "blobs")
        snapshot = Acquirer(blobs).fetch(str(source))
        target = take_inventory(snapshot, {file.sha256: blobs.get(file.sha256) for file in snapshot.files})
        own = [check for check in checks if check.inspect is not None]
        scan = combine(Reading(target=target, results=inspect(target, own)), SemgrepReport(), own, "")
        judged = assess(target, scan, load_policy(), failure=None, digests=snapshot.digests)
        gates = tuple(row for row in target.unreadable if row.gate)
        seen.append(Seen(findings=scan.findings, gates=gates, recommendation=judged.recommendation))
    return judge(each, *seen)


def judge(each: Evasion, hostile: Seen, twin: Seen) -> Outcome:
    """Say what became of a case."""
    found = [
        finding
        for finding in hostile.findings
        if finding.kind is Kind.MALICE and finding.severity.rank >= _FOUND.rank and finding.at.path.startswith(each.where)
    ]
    gated = any(row.path.startswith(each.where) for row in hostile.gates)
    verdict = "found" if found else "gated" if gated else "silent"
    shown = tuple(dict.fromkeys(f"{finding.check} {finding.severity} {finding.at.path}:{finding.at.line}" for finding in found))
    return Outcome(name=each.name, verdict=verdict, found=shown, noise=tuple(_noise(twin)))


def _noise(twin: Seen) -> Iterable[str]:
    yield from (
        f"{finding.check} ({finding.severity}) at {finding.at.path}:{finding.at.line}"
        for finding in twin.findings
        if finding.severity.rank >= Severity.LOW.rank
    )
    yield from (f"gate at {row.path}: {row.reason}" for row in twin.gates)
    if twin.recommendation.rank > _QUIET.rank:
        yield f"recommendation {twin.recommendation}"


def _laid_out(submissions: Iterable[Submission], folder: Path) -> Iterable[Path]:
    for number, submission in enumerate(submissions):
        place = folder / f"submission-{number}"
        place.mkdir()
        yield submission.lay_out(place)


def _of_dossier(dossier: Dossier | ReviewerError) -> Seen:
    if isinstance(dossier, ReviewerError):
        raise dossier
    gates = tuple(row for row in dossier.target.unreadable if row.gate)
    return Seen(findings=dossier.scan.findings, gates=gates, recommendation=dossier.assessment.recommendation)
