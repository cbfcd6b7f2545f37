"""The heart: the steps in order, and nothing else.

Bytes enter on the left and leave as dossiers. One source that cannot be fetched does not stop the others;
semgrep is started once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from checks.model import Check
from reviewer import __version__
from reviewer.assess.policy import Policy
from reviewer.assess.score import assess, judge_parts
from reviewer.errors import ReviewerError
from reviewer.examine import combine, with_ledger
from reviewer.model import Counterpart, Dossier, Reading, SemgrepReport, Snapshot, Versions
from reviewer.ports import Fetcher, Reader, Semgrep
from reviewer.sbom.compose import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the pipeline needs from outside. ``counterparts`` gives what a snapshot is compared with."""

    fetcher: Fetcher
    reader: Reader
    semgrep: Semgrep
    counterparts: Callable[[Snapshot], tuple[Counterpart, ...]] = lambda _: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """By what a submission is judged: the catalogue of checks, its digest, and the policy."""

    checks: Sequence[Check]
    catalogue_digest: str
    policy: Policy


def prepare(sources: Iterable[str], *, world: World, standards: Standards) -> list[Dossier | ReviewerError]:
    """Bring submissions to the desk of a human reviewer: one dossier, or the reason why there is none, per source, in order."""
    fetched = [_fetch(source, world) for source in sources]
    snapshots = [snapshot for snapshot in fetched if isinstance(snapshot, Snapshot)]
    readings = world.reader.read(snapshots, standards.checks)
    reports = world.semgrep.run(snapshots, readings, standards.checks)
    dossiers = iter([_judge(*each, standards) for each in zip(snapshots, readings, reports, strict=True)])
    return [item if isinstance(item, ReviewerError) else next(dossiers) for item in fetched]


def _fetch(source: str, world: World) -> Snapshot | ReviewerError:
    try:
        snapshot = world.fetcher.fetch(source)
        return replace(snapshot, counterparts=world.counterparts(snapshot))
    except ReviewerError as error:
        return error


def _judge(snapshot: Snapshot, reading: Reading, report: SemgrepReport, standards: Standards) -> Dossier:
    reading = replace(reading, target=with_ledger(reading.target, report))
    scan = combine(reading, report, standards.checks, standards.catalogue_digest)
    bom = compose(snapshot, reading.target, reading.packages)
    assessment = assess(reading.target, scan, standards.policy, failure=reading.failure, digests=snapshot.digests)
    parts = judge_parts(reading.target, scan, standards.policy, failure=reading.failure, digests=snapshot.digests, brought=snapshot.parts)
    return Dossier(
        snapshot=replace(snapshot, counterparts=()),
        target=reading.target,
        scan=scan,
        packages=reading.packages,
        bom=bom,
        assessment=assessment,
        isolation=reading.isolation,
        versions=Versions(
            reviewer=__version__, catalogue_digest=standards.catalogue_digest, policy_digest=standards.policy.digest, advisories=None
        ),
        parts=parts,
        failure=reading.failure,
    )
