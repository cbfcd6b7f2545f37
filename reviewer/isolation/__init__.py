"""How a process that reads hostile bytes is cut off from everything else, and how far that has succeeded.

Three levels, best first: bubblewrap (namespaces, set up by the parent with ``wrap``), Landlock (the kernel refuses files and the
network to the process itself), resource limits alone (elsewhere; files and network stay open, and the dossier says so). Whatever
the level, ``confine`` is called inside the child before it sees a hostile byte: what bubblewrap leaves, Landlock, seccomp
and the limits close a second time.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from reviewer.isolation import bubblewrap, landlock, rlimits, seccomp
from reviewer.isolation.bubblewrap import wrap
from reviewer.isolation.rlimits import ChildLimits
from reviewer.model import Isolation

__all__ = ["ChildLimits", "available", "confine", "die_with_parent", "interpreter_paths", "python", "wrap"]

_SYSTEM = tuple(
    Path(path)
    for path in (
        *("/usr", "/lib", "/lib64", "/bin", "/sbin", "/nix/store", "/gnu/store"),
        *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/alternatives", "/etc/localtime"),
    )
)
_DEVICES = (Path("/dev/null"), Path("/dev/zero"), Path("/dev/urandom"), Path("/dev/random"))
_SET_PARENT_DEATH_SIGNAL, _SET_DUMPABLE, _SET_NO_NEW_PRIVILEGES = 1, 4, 38
_CAPABILITY_VERSION = 0x20080522
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def available(best: Isolation = Isolation.BUBBLEWRAP) -> Isolation:
    """Give the best level that works on this machine, and that is not above ``best``."""
    if best is Isolation.BUBBLEWRAP and bubblewrap.works(sys.executable, interpreter_paths()):
        return Isolation.BUBBLEWRAP
    if best is not Isolation.RLIMITS and landlock.abi() > 0:
        return Isolation.LANDLOCK
    return Isolation.RLIMITS


def interpreter_paths() -> tuple[Path, ...]:
    """Give what this Python needs to run and to import: interpreter, standard library, installed packages, system libraries."""
    installed = {Path(place) for place in sys.path if place.endswith(("site-packages", "dist-packages"))}
    folders = {*map(Path, sysconfig.get_paths().values()), Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent}
    folders |= installed
    too_wide = {Path(os.sep), Path(os.environ.get("HOME", os.sep))}
    inside = {path for path in folders if path.is_dir()} - too_wide
    return tuple(sorted(inside | {path for path in _SYSTEM if path.exists()}))


def python(code: str, *, folders: Sequence[Path], home: Path) -> tuple[list[str], dict[str, str]]:
    """Give the command line and the whole environment of a clean interpreter that runs ``code``.

    It reads no variable of ours, no site folder of the user and no start folder, writes no byte code, and hashes as every run does.
    ``folders`` come first where it looks for modules.
    """
    start = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}; {code}"
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
    }
    return [sys.executable, "-s", "-P", "-B", "-X", "utf8", "-c", start], environment


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the one that started it ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def confine(
    limits: ChildLimits,
    *,
    readable: Sequence[Path],
    writable: Sequence[Path] = (),
    listable: Sequence[Path] = (),
    level: Isolation = Isolation.LANDLOCK,
) -> Isolation:
    """Cut off the current process, which should be fresh and have one thread. There is no way back.

    Args:
        limits: what it may use up.
        readable: what it may read and execute, besides the interpreter and its libraries.
        writable: folders that it may change.
        listable: folders of which it may see the names, not the content: where modules are looked for.
        level: what to try for; BUBBLEWRAP says that the parent has set that up already.

    Returns:
        The level reached. LANDLOCK only when both files and network are closed.
    """
    die_with_parent()
    rlimits.restrict(limits)
    if sys.platform != "linux":
        return Isolation.RLIMITS
    library = ctypes.CDLL(None)
    library.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    library.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    files = level is not Isolation.RLIMITS and landlock.restrict(
        readable=(*interpreter_paths(), *_DEVICES, *readable), listable=listable, writable=(*writable, _DEVICES[0])
    )
    _drop_capabilities(library)
    network = seccomp.restrict(alone=limits.alone) or _leave_network(library)
    if level is Isolation.BUBBLEWRAP:
        return level
    return Isolation.LANDLOCK if files and network else Isolation.RLIMITS


def _drop_capabilities(library: ctypes.CDLL) -> None:
    """Make root an ordinary user towards the kernel; for an ordinary user nothing changes."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    with contextlib.suppress(AttributeError):
        library.capset(header, (ctypes.c_uint32 * 6)())


def _leave_network(library: ctypes.CDLL) -> bool:
    """Move to an empty network namespace, where there is no filter for this architecture."""
    return any(library.unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USER | _NEW_NETWORK))
