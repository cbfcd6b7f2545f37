"""What a child that reads hostile bytes may use up, and the oldest way to hold it to that: resource limits."""

from __future__ import annotations

import contextlib
import resource
from dataclasses import dataclass

_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """Upper bounds for one child.

    Attributes:
        address_space: bytes of virtual memory, held by the kernel.
        resident: bytes of memory really in use, by the child and all that it starts, watched by the parent.
        cpu: seconds of processor time.
        wall: seconds from the job to its answer.
        output: bytes of the answer.
        file_size: bytes of any one file that it writes.
        open_files: descriptors open at once.
        alone: it may start no process and no program.
    """

    address_space: int = 2048 * _MEBI
    resident: int = 1024 * _MEBI
    cpu: int = 90
    wall: float = 120.0
    output: int = 64 * _MEBI
    file_size: int = 256 * _MEBI
    open_files: int = 256
    alone: bool = True


def restrict(limits: ChildLimits) -> None:
    """Hold this process to its limits. What this system does not know, or has set lower already, is left as it is."""
    wanted = {
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_AS": (limits.address_space, limits.address_space),
        "RLIMIT_CPU": (limits.cpu, limits.cpu + 1),  # first SIGXCPU, which can be told from other deaths, then SIGKILL
        "RLIMIT_FSIZE": (limits.file_size, limits.file_size),
        "RLIMIT_NOFILE": (limits.open_files, limits.open_files),
        "RLIMIT_MSGQUEUE": (0, 0),
        "RLIMIT_MEMLOCK": (0, 0),
    }
    if limits.alone:
        wanted["RLIMIT_NPROC"] = (0, 0)  # counts all processes of the user; root is exempt, which is why seccomp refuses too
    for name, pair in wanted.items():
        number = getattr(resource, name, None)
        if number is not None:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(number, pair)
