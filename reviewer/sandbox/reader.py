"""Reads snapshots in sandboxed children, two at a time, and believes what comes back only as far as it can be checked."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import select
from collections import deque
from collections.abc import Sequence

from pydantic import ValidationError

from checks.model import Check, File, Finding, Outcome, Target, TargetKind, Unreadable
from checks.text import escape
from reviewer import wire
from reviewer.isolation import ChildLimits, available
from reviewer.model import Isolation, Reading, Snapshot
from reviewer.ports import Blobs
from reviewer.sandbox.frames import FAILED, READ, Setup
from reviewer.sandbox.lane import OUR_CODE, Ending, Lane

_LANES = 2
_TICK = 0.05  # seconds between two looks at clock and memory
_ENTRY = "reviewer.sandbox.child"
_NO_ANSWER = "gave no usable answer"
_REASON, _MESSAGE = 200, 1000  # characters


class SandboxedReader:
    """Implements ``reviewer.ports.Reader``: one confined process per snapshot."""

    def __init__(self, blobs: Blobs, limits: ChildLimits | None = None, *, best: Isolation = Isolation.BUBBLEWRAP) -> None:
        """Read from a folder of blobs.

        Args:
            blobs: where the bytes of the snapshots lie.
            limits: what one snapshot may use up.
            best: the highest level of isolation to try for.
        """
        self._blobs = blobs
        self._limits = limits or ChildLimits()
        self._best = best

    def read(self, snapshots: Sequence[Snapshot], checks: Sequence[Check]) -> list[Reading]:
        """Give one reading per snapshot, in order. What a submission does to its child becomes its reading's ``failure``."""
        inspections = [check for check in checks if check.inspect is not None]
        setup = self._setup(inspections, warm=len(snapshots) > _LANES)
        crew = _Crew(setup, lanes=min(_LANES, os.cpu_count() or 1, len(snapshots)))
        try:
            endings = crew.run([wire.encode(snapshot) for snapshot in snapshots])
        finally:
            crew.close()
        return [reading_of(*each, inspections, level=setup.level) for each in zip(snapshots, endings, strict=True)]

    def _setup(self, checks: Sequence[Check], *, warm: bool) -> Setup:
        packages, folders = OUR_CODE
        catalogs = tuple(sorted({check.folder.parent.resolve() for check in checks}))
        blobs = self._blobs.root.resolve()
        return Setup(
            blobs=blobs,
            catalogs=catalogs,
            checks=tuple(check.id for check in checks),
            limits=self._limits,
            level=available(self._best),
            readable=(*packages, *catalogs, blobs),
            listable=folders,
            warm=warm,
        )


class _Crew:
    """A few lanes over one list of jobs. A lane that failed is replaced when there is more to do."""

    def __init__(self, setup: Setup, *, lanes: int) -> None:
        self._setup = setup
        self._lanes: list[Lane | None] = [None] * lanes
        self._busy: dict[int, int] = {}  # number of the lane -> number of the job

    def run(self, jobs: Sequence[bytes]) -> list[Ending]:
        waiting = deque(range(len(jobs)))
        endings: dict[int, Ending] = {}
        while len(endings) < len(jobs):
            for number in range(len(self._lanes)):
                if waiting and number not in self._busy:
                    self._busy[number] = waiting.popleft()
                    self._lane(number).give(jobs[self._busy[number]])
            endings |= self._listen()
        return [endings[number] for number in range(len(jobs))]

    def close(self) -> None:
        for lane in self._lanes:
            if lane is not None:
                lane.close()

    def _lane(self, number: int) -> Lane:
        lane = self._lanes[number]
        if lane is None:
            limits, level, readable = self._setup.limits, self._setup.level, self._setup.readable
            lane = Lane(_ENTRY, limits=limits, level=level, readable=readable)
            lane.tell(wire.encode(self._setup))
            self._lanes[number] = lane
        return lane

    def _listen(self) -> dict[int, Ending]:
        """Wait a tick at most; give the jobs that have ended."""
        lanes = {number: self._lane(number) for number in self._busy}
        select.select([lane.answers for lane in lanes.values()], [], [], _TICK)
        ended = {}
        for number, lane in lanes.items():
            ending = lane.listen()
            if ending is not None:
                ended[self._busy.pop(number)] = ending
                if not ending.alive:
                    lane.close()
                    self._lanes[number] = None
        return ended


def reading_of(snapshot: Snapshot, ending: Ending, checks: Sequence[Check], *, level: Isolation) -> Reading:
    """Make a reading of how a job ended. A child that lies about files, results or coverage has given no usable answer.

    ``level`` is what was tried for; the level reached is what the child said before it read anything.
    """
    if ending.failure is not None:
        return _nothing(snapshot, ending.failure, level)
    reached, _, rest = ending.answer.partition(b"\n")
    levels = {one.value.encode(): one for one in Isolation}
    if reached not in levels:
        return _nothing(snapshot, _NO_ANSWER, Isolation.RLIMITS)
    level = levels[reached]
    if rest[:1] == FAILED:
        return _nothing(snapshot, f"could not be read: {escape(rest[1:].decode('utf-8', 'replace'), _REASON)}", level)
    reading = _decoded(rest[1:]) if rest[:1] == READ else None
    if reading is None or not _credible(reading, snapshot, checks):
        return _nothing(snapshot, _NO_ANSWER, level)
    ledger = tuple(dict.fromkeys((*snapshot.unreadable, *reading.target.unreadable)))
    target = dataclasses.replace(reading.target, unreadable=ledger, texts={}, surfaces=())
    inner = {sha256: text for sha256, text in reading.inner.items() if _is_digest(sha256, text)}
    return dataclasses.replace(reading, target=target, isolation=level, failure=None, inner=inner)


def _is_digest(sha256: str, text: str) -> bool:
    """Say whether a text is the one that a digest names: files with one digest share what is found in them."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() == sha256


def _decoded(document: bytes) -> Reading | None:
    try:
        return wire.decode(Reading, document)
    except ValidationError:
        return None


def _credible(reading: Reading, snapshot: Snapshot, checks: Sequence[Check]) -> bool:
    target = reading.target
    return (
        0 <= target.coverage <= 1
        and _same_files(target.files, snapshot.files)
        and [result.check for result in reading.results] == [check.id for check in checks]
        and all((result.outcome is Outcome.FAILED) == (result.failure is not None) for result in reading.results)
        and all(_faithful(finding, check) for result, check in zip(reading.results, checks, strict=True) for finding in result.findings)
    )


def _faithful(finding: Finding, check: Check) -> bool:
    """Say whether a finding keeps to its check's definition, and its texts to what may be shown."""
    definition = check.definition
    return (
        finding.check == check.id
        and (finding.kind, finding.family) == (definition.kind, definition.family)
        and finding.severity.rank <= definition.severity.rank
        and finding.evidence == escape(finding.evidence)
        and finding.message == escape(finding.message, _MESSAGE)
    )


def _same_files(told: Sequence[File], known: Sequence[File]) -> bool:
    """Say whether all known files are told unchanged, and no other than what lies inside them."""
    own = {(file.path, file.mode, file.size, file.sha256) for file in known}
    paths = {file.path for file in known}
    mine = [file for file in told if not file.within]
    others = [file for file in told if file.within]
    return (
        len(mine) == len(known)
        and {(file.path, file.mode, file.size, file.sha256) for file in mine} == own
        and all(file.within in paths and file.path.startswith(f"{file.within}!/") and file.path not in paths for file in others)
    )


def _nothing(snapshot: Snapshot, failure: str, level: Isolation) -> Reading:
    """Give what acquire knew, and a row that says that nobody has read it."""
    rows = (*snapshot.unreadable, Unreadable(path="", reason=failure, gate=True))
    target = Target(
        kind=TargetKind.COLLECTION, name=snapshot.name, version=snapshot.version, files=snapshot.files, unreadable=rows, coverage=0.0
    )
    return Reading(target=target, isolation=level, failure=failure)
