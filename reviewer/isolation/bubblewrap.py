"""bubblewrap: the child gets namespaces of its own, a root folder of read-only binds, and no network."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_PROBE_SECONDS = 10


def wrap(
    argv: Sequence[str], *, environment: Mapping[str, str], readable: Iterable[Path], writable: Iterable[Path], folder: Path
) -> list[str]:
    """Give the command line that runs ``argv`` inside bubblewrap.

    Args:
        argv: a program by absolute path, and its arguments.
        environment: all the variables that it gets.
        readable: paths that it may read and execute; absent ones are left out.
        writable: folders that it may change.
        folder: where it starts.
    """
    line = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    for name, value in environment.items():
        line += ["--setenv", name, value]
    line += ["--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108  the child's own, empty
    for path in sorted(set(readable)):  # a folder before what lies below it, else it would cover it
        line += ["--ro-bind-try", str(path), str(path)]
    for path in sorted(set(writable)):
        line += ["--bind", str(path), str(path)]
    return [*line, "--chdir", str(folder), "--", *argv]


@functools.cache
def works(program: str, readable: tuple[Path, ...]) -> bool:
    """Say whether bubblewrap is installed and can start a Python interpreter here; inside many containers it cannot."""
    if shutil.which("bwrap") is None:
        return False
    environment = {"PATH": "/usr/bin:/bin"}
    line = wrap([program, "-I", "-S", "-c", ""], environment=environment, readable=readable, writable=(), folder=Path("/"))
    try:
        done = subprocess.run(  # noqa: S603  our own command line
            line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
