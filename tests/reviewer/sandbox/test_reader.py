"""What a compromised child can do to us: each deed is done inside by a check, as hostile bytes would that took over a parser."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.loader import load_checks
from checks.model import File, Kind, Outcome, Severity, TargetKind, Unreadable
from reviewer import wire
from reviewer.acquire.blobs import BlobFolder
from reviewer.isolation import ChildLimits
from reviewer.model import Isolation, Reading
from reviewer.sandbox import SandboxedReader
from reviewer.sandbox.lane import Ending
from reviewer.sandbox.reader import reading_of
from tests.builders import a_snapshot
from tests.reviewer.sandbox.worlds import LEVELS, NO_LINUX, a_catalog, a_submission

pytestmark = pytest.mark.skipif(NO_LINUX, reason="Linux only")

MEBI = 1 << 20
LIMITS = ChildLimits(address_space=1024 * MEBI, resident=400 * MEBI, cpu=1, wall=4.0, output=2 * MEBI)

DEEDS = """
import ctypes, os, signal, socket, sys, time
from checks.model import Hit, Location

def everywhere(content):
    for door in range(3, 64):
        try:
            while content:
                content = content[os.write(door, content):]
        except OSError:
            pass

def burn():
    while True:
        pass

DEEDS = {
    "nothing": lambda: None,
    "abort": os.abort,
    "segfault": lambda: ctypes.string_at(0),
    "address-space": lambda: bytearray(2 << 30),
    "resident": lambda: (bytearray(b"x" * (600 << 20)), time.sleep(60)),
    "burn": burn,
    "sleep": lambda: time.sleep(60),
    "output": lambda: everywhere(b"x" * (8 << 20)),
    "leave": lambda: os._exit(0),
    "exit": lambda: sys.exit(0),
    "print": lambda: (print("R{}" * 1000, flush=True), os.system("")),
    "network": lambda: socket.create_connection(("192.0.2.1", 80), 1),
    "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    "home": lambda: open(SECRET).read(),
    "environment": lambda: {}[",".join(sorted(os.environ))],
    "write": lambda: open(SECRET + ".new", "w"),
    "blob": lambda: open(BLOBS + "/planted", "w"),
    "fork": lambda: [os.fork() for _ in range(1000)],
    "parent": lambda: os.kill(os.getppid(), 9),
    "sibling": lambda: [os.kill(-1, 9)],
    "answer": lambda: (everywhere(b"bubblewrap\\nR{}"), os._exit(0)),
    "failure": lambda: (everywhere(b"F" + b"\\x1b[2J" * 1000), os._exit(0)),
}

def inspect(target):
    deed = target.texts["deed.txt"]
    DEEDS[deed]()
    yield Hit(at=Location(path="deed.txt", line=1), message="It was done", evidence=deed)
"""

KILLED = {
    "abort": "died by signal 6",
    "segfault": "died by signal 11",
    "resident": "killed: over 400 MB of memory",
    "burn": "killed: over 1 s of processor time",
    "sleep": "timed out after 4 s",
    "output": "killed: over 2 MB of output",
    "leave": "gave no usable answer",
    "exit": "gave no usable answer",
    "answer": "gave no usable answer",
}
SLOW = {"resident", "burn", "sleep", "output"}
"""Shown at the best level only: the parent does the same at all of them."""
REFUSED = {
    "network": "PermissionError",
    "datagram": "PermissionError",
    "fork": "PermissionError",
    "parent": "PermissionError",
    "sibling": "PermissionError",
}
DONE = ("nothing",)


@pytest.fixture(scope="module", params=LEVELS)
def level(request: pytest.FixtureRequest) -> Isolation:
    level: Isolation = request.param
    return level


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("home") / "id_ed25519"
    path.write_text("PRIVATE")
    return path


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory, level: Isolation, secret: Path) -> Mapping[str, Reading]:
    """Every deed by a submission of its own, all in one call: none may spoil another."""
    folder = tmp_path_factory.mktemp("world")
    blobs = BlobFolder(folder / "blobs")
    module = DEEDS + f"\nSECRET = {str(secret)!r}\nBLOBS = {str(blobs.root)!r}\n"
    checks = load_checks(a_catalog(folder, "deeds", module))
    deeds = [*KILLED, *REFUSED, *DONE, "address-space", "home", "write", "blob", "environment", "print", "failure"]
    deeds = [deed for deed in deeds if level is LEVELS[0] or deed not in SLOW]
    snapshots = [a_submission(blobs, {"deed.txt": deed.encode()}, name=deed) for deed in deeds]
    read = SandboxedReader(blobs, LIMITS, best=level).read(snapshots, checks)
    assert not (secret.parent / "id_ed25519.new").exists() or level is Isolation.RLIMITS
    return dict(zip(deeds, read, strict=True))


@pytest.mark.parametrize(("deed", "failure"), KILLED.items())
def test_a_child_that_dies_or_is_killed_leaves_one_sentence(readings: Mapping[str, Reading], deed: str, failure: str) -> None:
    if deed not in readings:
        pytest.skip("shown at the best level")
    reading = readings[deed]
    assert reading.failure == failure
    assert reading.target.kind is TargetKind.COLLECTION
    assert [file.path for file in reading.target.files] == ["deed.txt"]
    assert reading.target.unreadable == (Unreadable(path="", reason=failure, gate=True),)
    assert reading.target.coverage == 0
    assert reading.results == ()


@pytest.mark.parametrize(("deed", "error"), REFUSED.items())
def test_a_refused_deed_is_a_failed_check(readings: Mapping[str, Reading], deed: str, error: str) -> None:
    (result,) = readings[deed].results
    assert result.outcome is Outcome.FAILED
    assert error in (result.failure or "")


@pytest.mark.parametrize("deed", DONE)
def test_other_submissions_are_read_as_if_they_were_alone(readings: Mapping[str, Reading], deed: str) -> None:
    reading = readings[deed]
    assert reading.failure is None
    assert [finding.evidence for finding in reading.results[0].findings] == [deed]
    assert not reading.target.texts
    assert not reading.target.surfaces


def test_too_much_address_space_is_a_failed_check(readings: Mapping[str, Reading]) -> None:
    assert readings["address-space"].results[0].failure == "ran out of memory"


@pytest.mark.parametrize("deed", ["home", "write", "blob"])
def test_files_of_the_user_can_be_neither_read_nor_written(readings: Mapping[str, Reading], level: Isolation, deed: str) -> None:
    if level is Isolation.RLIMITS:
        pytest.skip("resource limits alone close no file; the dossier says so")
    (result,) = readings[deed].results
    assert result.outcome is Outcome.FAILED
    assert result.failure is not None
    assert any(error in result.failure for error in ("PermissionError", "FileNotFoundError", "Read-only"))


def test_the_environment_holds_nothing_of_ours(readings: Mapping[str, Reading]) -> None:
    names = set((readings["environment"].results[0].failure or "").removeprefix("KeyError: ").strip("'").split(","))
    assert names <= {"HOME", "LANG", "LC_CTYPE", "PATH", "PWD", "PYTHONHASHSEED", "TMPDIR"}


def test_printing_reaches_nobody(readings: Mapping[str, Reading]) -> None:
    assert readings["print"].failure is None


def test_what_a_compromised_child_says_of_its_failure_is_bounded_and_escaped(readings: Mapping[str, Reading]) -> None:
    failure = readings["failure"].failure or ""
    assert failure.isprintable()
    assert len(failure) < 400


def test_the_level_is_the_one_that_was_reached(readings: Mapping[str, Reading], level: Isolation) -> None:
    assert {reading.isolation for reading in readings.values()} == {level}


def world(tmp_path: Path, module: str = DEEDS) -> tuple[BlobFolder, Any]:
    return BlobFolder(tmp_path / "blobs"), load_checks(a_catalog(tmp_path, "deeds", module))


def test_nothing_to_read_starts_nothing(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    assert SandboxedReader(blobs, LIMITS).read([], checks) == []


def test_rows_of_acquire_stay_in_the_ledger(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    row = Unreadable(path="huge.bin", reason="larger than 10 MB", gate=True)
    snapshot = a_submission(blobs, {"deed.txt": b"nothing"}, unreadable=(row,))
    (reading,) = SandboxedReader(blobs, LIMITS).read([snapshot], checks)
    assert row in reading.target.unreadable


def test_a_blob_that_is_gone_is_not_silence(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    snapshot = a_submission(blobs, {"deed.txt": b"nothing", "server.py": b"import os\n"})
    for path in blobs.root.rglob("*"):
        if path.is_file() and path.read_bytes() == b"import os\n":
            path.unlink()
    (reading,) = SandboxedReader(blobs, LIMITS).read([snapshot], checks)
    assert reading.failure or any(row.path == "server.py" for row in reading.target.unreadable)


def test_a_child_that_cannot_start_is_a_failure_that_says_why(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    snapshot = a_submission(blobs, {"deed.txt": b"nothing"})
    (tmp_path / "catalog" / "deeds" / "check.yaml").write_text("title: 3")
    (reading,) = SandboxedReader(blobs, LIMITS).read([snapshot], checks)
    assert reading.failure is not None
    assert reading.failure.startswith("gave no usable answer (")


def soon(deed: Callable[[], None]) -> threading.Timer:
    """Do something once the children are at work."""
    timer = threading.Timer(1.0, deed)
    timer.daemon = True
    timer.start()
    return timer


def test_ctrl_c_kills_the_children_and_is_raised_again(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    snapshots = [a_submission(blobs, {"deed.txt": b"sleep"}, name=name) for name in ("one", "two", "three")]
    timer = soon(lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        SandboxedReader(blobs, ChildLimits(wall=60.0)).read(snapshots, checks)
    timer.join()
    assert not children()


def test_a_child_that_somebody_kills_is_a_failure(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    snapshot = a_submission(blobs, {"deed.txt": b"sleep"})
    timer = soon(lambda: os.kill(children()[0], signal.SIGKILL))
    (reading,) = SandboxedReader(blobs, ChildLimits(wall=60.0)).read([snapshot], checks)
    timer.join()
    assert reading.failure == "died by signal 9"
    assert not children()


def children() -> list[int]:
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            ours = f"PPid:\t{os.getpid()}\n" in (process / "status").read_text("utf-8", "replace")
            if ours and "reviewer.sandbox" in (process / "cmdline").read_text("utf-8", "replace"):
                found.append(int(process.name))
    return found


def test_a_lying_child_has_given_no_usable_answer(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    snapshot = a_submission(blobs, {"deed.txt": b"nothing", "a.zip": b"PK"})
    (honest,) = SandboxedReader(blobs, LIMITS).read([snapshot], checks)
    target, (result,) = honest.target, honest.results

    def judged(reading: Reading) -> str | None:
        ending = Ending(answer=b"landlock\nR" + wire.encode(reading))
        return reading_of(snapshot, ending, checks, level=Isolation.LANDLOCK).failure

    def told(**different: Any) -> str | None:
        return judged(replace(honest, target=replace(target, **different)))

    inside = File(path="a.zip!/b.md", mode="100644", size=3, sha256="0" * 64, within="a.zip")
    beside = replace(inside, path="b.md", within="")
    assert judged(honest) is None
    assert told(files=(*target.files, inside)) is None
    lies = [
        told(files=(*target.files, beside)),
        told(files=target.files[1:]),
        told(files=(*target.files, target.files[0])),
        told(files=(replace(target.files[0], sha256="0" * 64), *target.files[1:])),
        told(files=(replace(target.files[0], size=1), *target.files[1:])),
        told(files=(replace(target.files[0], mode="100755"), *target.files[1:])),
        told(files=(*target.files, replace(inside, path="c.zip!/b.md"))),
        told(coverage=2.0),
        told(coverage=-1.0),
        judged(replace(honest, results=())),
        judged(replace(honest, results=(result, result))),
        judged(replace(honest, results=(replace(result, check="other"),))),
        judged(replace(honest, results=(replace(result, failure="but flagged"),))),
        *(
            judged(replace(honest, results=(replace(result, findings=(replace(result.findings[0], **lie),)),)))
            for lie in (
                {"check": "other"},
                {"kind": Kind.HYGIENE},
                {"severity": Severity.CRITICAL},
                {"evidence": "\x1b[2J"},
                {"message": "x" * 5000},
            )
        ),
    ]
    assert set(lies) == {"gave no usable answer"}


def test_a_child_cannot_drop_rows_of_acquire_nor_choose_its_level(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    row = Unreadable(path="huge.bin", reason="larger than 10 MB", gate=True)
    snapshot = a_submission(blobs, {"deed.txt": b"nothing"}, unreadable=(row,))
    (honest,) = SandboxedReader(blobs, LIMITS).read([snapshot], checks)
    liar = replace(honest, isolation=Isolation.BUBBLEWRAP, target=replace(honest.target, unreadable=()))
    reading = reading_of(snapshot, Ending(answer=b"rlimits\nR" + wire.encode(liar)), checks, level=Isolation.LANDLOCK)
    assert reading.target.unreadable == (row,)
    assert reading.isolation is Isolation.RLIMITS


@given(st.binary(max_size=200), st.sampled_from([b"", b"landlock\n", b"landlock\nR", b"landlock\nF", b"bubblewrap\nR{}"]))
def test_no_answer_makes_the_parent_raise(noise: bytes, start: bytes) -> None:
    snapshot = a_snapshot()
    reading = reading_of(snapshot, Ending(answer=start + noise), [], level=Isolation.LANDLOCK)
    assert reading.failure is not None
    assert reading.failure.isprintable()
    assert reading.target.files == snapshot.files


def test_a_text_that_is_not_the_one_its_digest_names_is_not_handed_on(tmp_path: Path) -> None:
    blobs, checks = world(tmp_path)
    snapshot = a_submission(blobs, {"deed.txt": b"nothing"})
    (honest,) = SandboxedReader(blobs, LIMITS).read([snapshot], checks)
    told = {hashlib.sha256(b"true").hexdigest(): "true", hashlib.sha256(b"other").hexdigest(): "a lie"}
    reading = reading_of(
        snapshot, Ending(answer=b"landlock\nR" + wire.encode(replace(honest, inner=told))), checks, level=Isolation.LANDLOCK
    )
    assert list(reading.inner.values()) == ["true"]
