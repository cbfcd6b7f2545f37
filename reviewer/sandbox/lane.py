"""One child process as its parent sees it: give it a job, wait for the answer, kill it when it takes too much of anything."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import checks
import reviewer
from checks.text import escape
from reviewer.isolation import ChildLimits, interpreter_paths, python, wrap
from reviewer.model import Isolation
from reviewer.sandbox.frames import LENGTH, STATUS, TOO_MUCH, frame

_CHUNK = 1 << 20
_LAST_SECONDS = 2.0  # between the end of its answers and its own end
_MESSAGES = 4096  # bytes of the end of what the child complained about
_PACKAGES = tuple(Path(path) for package in (reviewer, checks) for path in package.__path__)
OUR_CODE = (_PACKAGES, tuple({path.parent for path in _PACKAGES}))
"""The folders of our packages, and the folders in which they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a job ended: with an answer, or with one sentence why there is none. ``alive``: the child can take another job."""

    answer: bytes = b""
    failure: str | None = None
    alive: bool = False


def start(
    entry: str, *, level: Isolation, readable: Sequence[Path], writable: Sequence[Path], home: Path, messages: BinaryIO
) -> subprocess.Popen[bytes]:
    """Start a clean interpreter that runs ``main`` of the module ``entry``, inside bubblewrap if that is the level.

    What it complains about goes to the open file ``messages``. It has a session of its own, so that Ctrl-C reaches the parent alone,
    which then kills it.
    """
    packages, folders = OUR_CODE
    line, environment = python(f"from {entry} import main; main()", folders=folders, home=home)
    if level is Isolation.BUBBLEWRAP:
        visible = (*interpreter_paths(), *packages, *readable, home)
        line = wrap(line, environment=environment, readable=visible, writable=writable, folder=home)
    return subprocess.Popen(  # noqa: S603  our own command line
        line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages, cwd=home, env=environment, start_new_session=True
    )


class Lane:
    """One child that takes one job after the other. Closing it, or leaving its ``with``, kills it."""

    def __init__(self, entry: str, *, limits: ChildLimits, level: Isolation, readable: Sequence[Path], writes: bool = False) -> None:
        """Start the child.

        Args:
            entry: the module whose ``main`` it runs.
            limits: what a job may use up.
            level: how to start it.
            readable: paths that it may read besides Python and our own code.
            writes: it may write in its home, an empty folder that goes with it.
        """
        self._limits = limits
        self.home = Path(tempfile.mkdtemp(prefix="reviewer-child-")).resolve()
        """Its home folder."""
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the child; nameless, so that it cannot be swapped
        writable = (self.home,) if writes else ()
        self._process = start(entry, level=level, readable=readable, writable=writable, home=self.home, messages=self._messages)
        assert self._process.stdin is not None  # noqa: S101  asked for above
        assert self._process.stdout is not None  # noqa: S101  asked for above
        self._jobs, self._answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._jobs, False)
        os.set_blocking(self._answers, False)
        self._unsent = bytearray()
        self._heard = bytearray()
        self._deadline = 0.0

    @property
    def answers(self) -> int:
        """The descriptor that becomes readable when there is something to ``listen`` to."""
        return self._answers

    def __enter__(self) -> Self:
        """Use it until the end of the ``with``."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kill it."""
        self.close()

    def tell(self, setup: bytes) -> None:
        """Send what it must know before its first job."""
        self._unsent += frame(setup)

    def give(self, job: bytes) -> None:
        """Hand over a job; the clock starts."""
        self._unsent += frame(job)
        self._deadline = time.monotonic() + self._limits.wall

    def listen(self) -> Ending | None:
        """Send and take what the pipes hold now. Gives the job's ending, or None while it goes on."""
        self._send()
        over = self._take()
        if len(self._heard) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._heard)
            if length > self._limits.output + STATUS.size:
                return Ending(failure=_too_much_output(self._limits))
            if len(self._heard) >= LENGTH.size + length:
                whole = bytes(self._heard[LENGTH.size : LENGTH.size + length])
                del self._heard[: LENGTH.size + length]
                return self._ending(whole)
        if over:
            return Ending(failure=self._last_words())
        return self._overdrawn()

    def close(self) -> None:
        """Kill the child and all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._messages):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def _send(self) -> None:
        """Send what fits. That the child has gone shows when it is listened to."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            while self._unsent:
                del self._unsent[: os.write(self._jobs, self._unsent[:_CHUNK])]

    def _take(self) -> bool:
        """Take what is there, and not more than an answer may have; true when the child has closed its end."""
        with contextlib.suppress(BlockingIOError):
            while len(self._heard) <= LENGTH.size + STATUS.size + self._limits.output:
                chunk = os.read(self._answers, _CHUNK)
                if not chunk:
                    return True
                self._heard += chunk
        return False

    def _ending(self, content: bytes) -> Ending:
        (code,) = STATUS.unpack_from(content)
        if code == 0:
            return Ending(answer=content[STATUS.size :], alive=True)
        return Ending(failure=died(code, self._limits), alive=True)

    def _overdrawn(self) -> Ending | None:
        if time.monotonic() > self._deadline:
            return Ending(failure=f"timed out after {self._limits.wall:g} s")
        if resident(self._process.pid) > self._limits.resident:
            return Ending(failure=f"killed: over {_amount(self._limits.resident)} of memory")
        return None

    def _last_words(self) -> str:
        """Say how the child itself has ended, with its last message."""
        try:
            code = self._process.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            code = 0  # it has closed its door and lives on: no answer will come
        self._messages.seek(max(0, os.fstat(self._messages.fileno()).st_size - _MESSAGES))
        lines = self._messages.read(_MESSAGES).decode("utf-8", "replace").strip().splitlines()
        return died(code, self._limits) + (f" ({escape(lines[-1], 160)})" if lines else "")


def died(code: int, limits: ChildLimits) -> str:
    """Say in one sentence what an exit status means."""
    if code == TOO_MUCH:
        return _too_much_output(limits)
    if code == -signal.SIGXCPU:
        return f"killed: over {limits.cpu} s of processor time"
    return f"died by signal {-code}" if code < 0 else "gave no usable answer"


def resident(root: int) -> int:
    """Sum the resident bytes of a process and all its descendants, as far as ``/proc`` shows them; 0 where there is none."""
    pages, waiting = 0, [root]
    while waiting:
        process = Path("/proc") / str(waiting.pop())
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages += int((process / "statm").read_text().split()[1])
            for thread in (process / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return pages * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _too_much_output(limits: ChildLimits) -> str:
    return f"killed: over {_amount(limits.output)} of output"


def _amount(count: int) -> str:
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"
