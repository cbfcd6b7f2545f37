"""Runs one task of ours over hostile bytes in a fresh child process that is cut off from everything else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reviewer.acquire.limits import Limits
from reviewer.isolation import ChildLimits, available, interpreter_paths, python, wrap
from reviewer.model import Isolation

__all__ = ["ChildFault", "child_limits", "run_confined"]

_GRACE_SECONDS = 5
_SPARE_BYTES = 1 << 20
_SIGNALS = {signal.SIGXCPU: "it used too much processor time", signal.SIGKILL: "it was killed, perhaps for its memory"}


class ChildFault(Exception):  # noqa: N818  becomes a row in the ledger, or an error with its words
    """The child gave nothing usable; the words say why."""


def child_limits(limits: Limits) -> ChildLimits:
    """Give what such a child may use up."""
    return ChildLimits(
        address_space=limits.memory_bytes,
        cpu=int(limits.seconds) + 1,
        wall=limits.seconds,
        file_size=max(limits.total_bytes, limits.manifest_bytes) + _SPARE_BYTES,
        open_files=32,
    )


def run_confined(module: str, task: Mapping[str, Any], *, readable: Sequence[Path], out: Path, limits: Limits) -> None:
    """Run ``main`` of one of our modules; its one argument is the task as JSON, with ``out``, ``level`` and ``limits`` added.

    Args:
        module: its full name.
        task: what it is to do.
        readable: the hostile files, absolute.
        out: the only folder in which it may write.
        limits: what it may use up.

    Raises:
        ChildFault: it died, took too long, or failed.
    """
    code = Path(__file__).resolve().parents[2]
    level = available()
    whole = {**task, "out": str(out), "level": level, "limits": asdict(limits)}
    line, environment = python(f"from {module} import main; main()", folders=[code], home=out)
    line = [*line, json.dumps(whole)]
    if level is Isolation.BUBBLEWRAP:
        visible = (*interpreter_paths(), code / "reviewer", code / "checks", *readable)
        line = wrap(line, environment=environment, readable=visible, writable=[out], folder=out)
    child = subprocess.Popen(  # noqa: S603  our own module, no shell
        line,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=out,
        env=environment,
        start_new_session=True,
    )
    _await(child, limits)


def _await(child: subprocess.Popen[bytes], limits: Limits) -> None:
    try:
        status = child.wait(timeout=limits.seconds + _GRACE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ChildFault(f"it took longer than {limits.seconds:g} seconds") from error
    finally:
        with suppress(ProcessLookupError):  # it has ended
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if status < 0:
        raise ChildFault(_SIGNALS.get(signal.Signals(-status), f"its reader died by {signal.Signals(-status).name}"))
    if status:
        raise ChildFault("its reader failed, perhaps for lack of memory or space")
