"""Data flow over all submissions: one run of semgrep in a sandboxed child for many of them, and its answers mapped back.

Equal files of several submissions are read once (rules look at one file at a time). A run that dies is repeated for each
submission alone, so that a hostile one spoils no other.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import select
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from checks.model import Check
from checks.text import escape
from reviewer import wire
from reviewer.isolation import available
from reviewer.model import Isolation, Reading, SemgrepReport, Snapshot
from reviewer.ports import Blobs
from reviewer.sandbox.frames import READ
from reviewer.sandbox.lane import OUR_CODE, Lane
from reviewer.sandbox.semgrep_files import Choice, Rules, SemgrepLimits, choose, neutral, report
from reviewer.sandbox.semgrep_frames import Sight, Source, Task

_ENTRY = "reviewer.sandbox.semgrep_child"
_TICK = 0.05  # seconds between two looks at clock and memory
_BATCH = 1000  # submissions in one run: one run for all but the largest calls; a run that dies is repeated for each alone
_SECONDS_PER_SUBMISSION = 2.0  # added to the wall clock for each further submission in a run
_JOBS = 2


class SandboxedSemgrep:
    """Implements ``reviewer.ports.Semgrep``."""

    def __init__(self, blobs: Blobs, limits: SemgrepLimits | None = None, *, best: Isolation = Isolation.BUBBLEWRAP) -> None:
        """Read from a folder of blobs.

        Args:
            blobs: where the bytes of the snapshots lie.
            limits: what semgrep may use up.
            best: the highest level of isolation to try for.
        """
        self._blobs = blobs
        self._limits = limits or SemgrepLimits()
        self._best = best

    def run(self, snapshots: Sequence[Snapshot], readings: Sequence[Reading], checks: Sequence[Check]) -> list[SemgrepReport]:
        """Give one report per snapshot, in order. Where no rule reads any file, nothing is started."""
        if len(snapshots) != len(readings):
            raise ValueError("one reading per snapshot")
        rules = Rules.of(checks)
        files = tuple(check.semgrep.resolve() for check in checks if check.semgrep is not None)
        choices = [choose(reading, rules, self._limits) for reading in readings]
        sights: dict[int, Sight | str] = {}
        busy = [number for number, choice in enumerate(choices) if choice.files]
        for batch in _batches(busy):
            inner = {sha256: text for number in batch for sha256, text in readings[number].inner.items()}
            sight = self._see([choices[number] for number in batch], files, inner)
            for number in batch:
                died = isinstance(sight, str) and len(batch) > 1
                sights[number] = self._see([choices[number]], files, readings[number].inner) if died else sight
        return [report(choice, sights.get(number), rules) for number, choice in enumerate(choices)]

    def _see(self, choices: Sequence[Choice], rules: tuple[Path, ...], inner: Mapping[str, str]) -> Sight | str:
        """Run semgrep once; give what it saw, or one sentence why it saw nothing."""
        program, certificates = _program(), _certificates()
        if program is None or certificates is None:
            return "semgrep is not installed"
        wall = self._limits.child.wall + _SECONDS_PER_SUBMISSION * (len(choices) - 1)
        limits = dataclasses.replace(self._limits.child, wall=wall)
        packages, folders = OUR_CODE
        level, blobs = available(self._best), self._blobs.root.resolve()
        readable = (*packages, *(path.parent for path in rules), blobs, program.parent, certificates)
        with Lane(_ENTRY, limits=limits, level=level, readable=readable, writes=True) as lane:
            task = Task(
                program=program,
                certificates=certificates,
                rules=rules,
                sources=_sources(choices, inner),
                blobs=blobs,
                scratch=lane.home,
                rule_seconds=self._limits.rule_seconds,
                jobs=min(_JOBS, os.cpu_count() or 1),
                limits=limits,
                level=level,
                readable=readable,
                listable=folders,
            )
            lane.give(wire.encode(task))
            while (ending := lane.listen()) is None:
                select.select([lane.answers], [], [], _TICK)
        return f"semgrep {ending.failure}" if ending.failure is not None else _sight(ending.answer)


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + _BATCH] for start in range(0, len(numbers), _BATCH))


def _sources(choices: Sequence[Choice], inner: Mapping[str, str]) -> tuple[Source, ...]:
    """Give every file once. A text that no blob holds is handed over, if it is the one that its digest names."""
    files = {neutral(file): file for choice in choices for file in choice.files}
    return tuple(
        Source(name=name, sha256=file.sha256, text=inner[file.sha256] if file.within else None) for name, file in sorted(files.items())
    )


def _program() -> Path | None:
    """Find the executable inside the installed wheel, without importing it."""
    found = importlib.util.find_spec("semgrep")
    places = found.submodule_search_locations if found else None
    return next((path for place in places or () if (path := Path(place).resolve() / "bin" / "semgrep-core").is_file()), None)


def _certificates() -> Path | None:
    found = importlib.util.find_spec("certifi")
    return Path(found.origin).resolve().parent / "cacert.pem" if found and found.origin else None


def _sight(answer: bytes) -> Sight | str:
    _, _, rest = answer.partition(b"\n")
    if rest[:1] != READ:
        return f"semgrep failed: {escape(rest[1:201].decode('utf-8', 'replace'))}"
    try:
        return wire.decode(Sight, rest[1:])
    except ValidationError:
        return "semgrep gave no usable answer"
