"""The child process in which hostile bytes are parsed: inventory, inspections, lock files.

It starts once and loads our own code. For each snapshot it forks, and the fork confines itself (``reviewer.isolation``) before it
opens the first hostile byte, writes one answer and ends. Nothing that a snapshot does to its own process reaches the next one:
each has a pipe of its own, and only this process, which parses nothing, writes to the parent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import hashlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NoReturn

from checks.loader import load_checks
from checks.model import Check, Comparison, File, Target
from reviewer import wire
from reviewer.compare import Side, compare
from reviewer.examine import attempt, inspect
from reviewer.inventory import take_inventory
from reviewer.inventory.file_types import is_code
from reviewer.isolation import confine, die_with_parent
from reviewer.model import Counterpart, Package, Reading, Snapshot
from reviewer.sandbox.frames import FAILED, READ, STATUS, TOO_MUCH, Setup, frame, receive, take_doors
from reviewer.sbom.lockfiles import read_packages

_INNER_CHARACTERS = 8_000_000  # of the code inside files that is handed on
_SAMPLE = {
    "package.json": b'{"name": "sample", "dependencies": {"sample": "1.0.0"}}',
    "SKILL.md": b"---\nname: sample\ndescription: A sample.\n---\n\nRun `scripts/run.sh`.\n",
    "index.js": b'server.tool("sample", "A sample.", () => fetch("https://sample.example"));\n',
    "index.ts": b"export const sample: number = 1;\n",
    "pyproject.toml": b'[project]\nname = "sample"\n',
    "scripts/run.sh": b"echo sample\n",
    "server.py": b"import os\n\n\n@server.tool()\ndef sample() -> str:\n    return os.getcwd()\n",
}


def main() -> None:
    """Answer jobs from standard input on standard output until there are no more."""
    die_with_parent()
    jobs, answers = take_doors()
    raw = receive(jobs)
    if raw is None:
        return
    setup = wire.decode(Setup, raw)
    checks = _wanted_checks(setup)
    if setup.warm:
        attempt(lambda: wire.encode(read(*_own_sample(), checks)))
    gc.collect()
    gc.freeze()  # pages that are shared with the forks stay shared
    while (job := receive(jobs)) is not None:
        answers.write(frame(_answer_of_a_fork(job, setup, checks, (jobs, answers))))
        answers.flush()


def read(snapshot: Snapshot, contents: Mapping[str, bytes], checks: tuple[Check, ...]) -> Reading:
    """Read one snapshot: what it is, what our inspections see, what it depends on. Texts and surfaces stay behind."""
    target = take_inventory(snapshot, contents)
    packages, unreadable = read_packages(target)
    target = dataclasses.replace(
        target,
        unreadable=tuple(dict.fromkeys((*target.unreadable, *unreadable))),
        comparisons=tuple(_compared(target, packages, snapshot.counterparts, contents)),
    )
    results = inspect(target, checks)
    told = dataclasses.replace(target, texts={}, surfaces=())
    return Reading(target=told, results=results, packages=packages, inner=_inner_code(target))


def _inner_code(target: Target) -> Mapping[str, str]:
    """Give the code that lies inside files, as far as there is room: whoever follows its data flow has no other way to it."""
    room = _INNER_CHARACTERS
    texts: dict[str, str] = {}
    for file in target.files:
        if file.within and is_code(file.language) and file.sha256 not in texts and 0 < file.size <= room:
            texts[file.sha256] = target.texts[file.path]
            room -= file.size
    return texts


def _compared(
    target: Target, packages: tuple[Package, ...], counterparts: tuple[Counterpart, ...], contents: Mapping[str, bytes]
) -> Iterator[Comparison]:
    """Read each counterpart and compare. What a counterpart does to its reading costs its comparison, not the reading."""
    if not counterparts:
        return
    after = Side.of(target, packages)
    for other in counterparts:
        note = other.note
        if other.snapshot is not None:
            before, failure = attempt(functools.partial(_side, other.snapshot, contents))
            if before is not None:
                digest = other.snapshot.digests.get("dirHash", "")
                yield compare(before, after, relation=other.relation, source=other.source, digest=digest)
                continue
            note = f"could not be read: {failure}"
        yield Comparison(relation=other.relation, source=other.source, note=note)


def _side(snapshot: Snapshot, contents: Mapping[str, bytes]) -> Side:
    target = take_inventory(snapshot, contents)
    return Side.of(target, read_packages(target)[0])


class BlobContents(Mapping[str, bytes]):
    """Bytes by their sha256 from the folder of blobs, read when asked for. A blob that is not there is a KeyError."""

    def __init__(self, root: Path, digests: frozenset[str]) -> None:
        """Offer the blobs of one snapshot."""
        self._root = root
        self._digests = digests

    def __getitem__(self, sha256: str) -> bytes:
        """Read one blob."""
        if sha256 not in self._digests:
            raise KeyError(sha256)
        try:
            return (self._root / sha256[:2] / sha256).read_bytes()
        except OSError as error:
            raise KeyError(sha256) from error

    def __iter__(self) -> Iterator[str]:
        """Go through the digests."""
        return iter(self._digests)

    def __len__(self) -> int:
        """Count the digests."""
        return len(self._digests)


def _wanted_checks(setup: Setup) -> tuple[Check, ...]:
    loaded = {check.id: check for catalog in setup.catalogs for check in load_checks(catalog)}
    return tuple(loaded[name] for name in setup.checks)


def _own_sample() -> tuple[Snapshot, Mapping[str, bytes]]:
    """Give a submission of our own, with a file for each reader: what they load once, they hand on to the forks."""
    contents = {hashlib.sha256(content).hexdigest(): content for content in _SAMPLE.values()}
    files = tuple(
        File(path=path, mode="100644", size=len(content), sha256=hashlib.sha256(content).hexdigest()) for path, content in _SAMPLE.items()
    )
    snapshot = Snapshot(source="./sample", name="sample", digests={"dirHash": ""}, files=files)
    return wire.decode(Snapshot, wire.encode(snapshot)), contents


def _answer_of_a_fork(job: bytes, setup: Setup, checks: tuple[Check, ...], doors: tuple[BinaryIO, BinaryIO]) -> bytes:
    receiving, sending = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(receiving)
        for door in doors:
            os.close(door.fileno())
        _work(job, setup, checks, sending)
    os.close(sending)
    with open(receiving, "rb") as pipe:  # noqa: PTH123  a descriptor, not a path
        answer = pipe.read(setup.limits.output + 1)
    too_much = len(answer) > setup.limits.output
    if too_much:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    code = TOO_MUCH if too_much else os.waitstatus_to_exitcode(status)
    return STATUS.pack(code) + (b"" if too_much else answer)


def _work(job: bytes, setup: Setup, checks: tuple[Check, ...], sending: int) -> NoReturn:
    """Be the fork: confine, read, answer, end. Never returns into the loop that trusted code runs."""
    try:
        level = confine(setup.limits, readable=setup.readable, listable=setup.listable, level=setup.level)
        os.dup2(0, 2)  # what a library complains about hostile content is no message of ours
        os.write(sending, level.value.encode() + b"\n")
        answer, failure = attempt(lambda: wire.encode(_read_job(job, setup, checks)))
        with os.fdopen(sending, "wb") as pipe:
            pipe.write(FAILED + failure.encode("utf-8", "backslashreplace") if answer is None else READ + answer)
        os._exit(0)
    finally:
        sys.stderr.flush()
        os._exit(1)


def _read_job(job: bytes, setup: Setup, checks: tuple[Check, ...]) -> Reading:
    snapshot = wire.decode(Snapshot, job)
    others = (other.snapshot for other in snapshot.counterparts if other.snapshot is not None)
    digests = frozenset(file.sha256 for each in (snapshot, *others) for file in each.files)
    return read(snapshot, BlobContents(setup.blobs, digests), checks)
