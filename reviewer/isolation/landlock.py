"""Landlock by ctypes: this process and its children may open only the files that they are told of.

Sources: Linux ``Documentation/userspace-api/landlock.rst`` and ``include/uapi/linux/landlock.h`` (ABI 1 to 7). The three
system calls have no wrapper in the C library; their numbers are the same on every architecture.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_CHANGE_FOLDER = sum(1 << bit for bit in range(4, 13))  # remove and make: folders, files, sockets, pipes, links, devices
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_MAKE_DEVICES = (1 << 6) | (1 << 11)
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ADDED_BY_ABI = {1: _READ | _WRITE_FILE | _CHANGE_FOLDER, 2: _REFER, 3: _TRUNCATE, 5: _IOCTL_DEVICE}
_ABI_WITH_NETWORK, _NETWORK = 4, 0b11  # bind and connect TCP
_ABI_WITH_SCOPES, _SCOPES = 6, 0b11  # abstract Unix sockets and signals


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def abi() -> int:
    """Give the kernel's Landlock version; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)))


def restrict(*, readable: Iterable[Path], listable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Leave this process reading (and executing) below ``readable``, listing names below ``listable``, changing below ``writable``.

    Paths that do not exist are left out. ``no_new_privs`` must be set before.

    Returns:
        True when the kernel has accepted all of it; false when there is no Landlock. Nothing is restricted then.
    """
    version = abi()
    if not version:
        return False
    handled = sum(bits for since, bits in _ADDED_BY_ABI.items() if since <= version)
    wanted = _Ruleset(handled, _NETWORK if version >= _ABI_WITH_NETWORK else 0, _SCOPES if version >= _ABI_WITH_SCOPES else 0)
    size = ctypes.sizeof(_Ruleset) if version >= _ABI_WITH_SCOPES else 16 if version >= _ABI_WITH_NETWORK else 8
    call = ctypes.CDLL(None).syscall
    ruleset = call(_CREATE_RULESET, ctypes.byref(wanted), size, 0)
    if ruleset < 0:
        return False
    try:
        for paths, access in ((readable, _READ), (listable, _READ_DIR), (writable, handled & ~_MAKE_DEVICES & ~_EXECUTE)):
            for path in paths:
                _allow(ruleset, path, access & handled)
        return bool(call(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, access: int) -> None:
    with contextlib.suppress(OSError):
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(folder).st_mode):
                access &= _OF_FILES
            ctypes.CDLL(None).syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_PathBeneath(access, folder)), 0)
        finally:
            os.close(folder)
