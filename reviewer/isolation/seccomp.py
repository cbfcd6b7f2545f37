"""A seccomp filter by ctypes: system calls that reading hostile bytes never needs are refused by the kernel.

Refused for every child: sockets of every family (``socketpair`` stays), another process's memory, mounts, namespaces, kernel
keys, BPF, io_uring (which would go round this filter). Refused for a child that is to stay alone: new processes, new programs,
signals to others, leaving its process group.

Sources: ``include/uapi/linux/{filter,seccomp,audit}.h``; numbers from ``arch/x86/entry/syscalls/syscall_64.tbl`` and
``include/uapi/asm-generic/unistd.h``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass

_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD_WORD, _JUMP_EQUAL, _JUMP_ANY_BIT, _JUMP_FROM, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; arguments are little-endian 64-bit words
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000  # the second calling convention of x86_64, whose numbers would pass a filter for the first
_CLONE_THREAD = 0x00010000
_CLONE_NAMESPACES = 0x7E020000

# Since 2018 new calls have one number on all architectures.
_COMMON = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "clone3": 435,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
}
_X86_64 = _COMMON | {
    "socket": 41,
    "connect": 42,
    "clone": 56,
    "fork": 57,
    "vfork": 58,
    "execve": 59,
    "kill": 62,
    "ptrace": 101,
    "syslog": 103,
    "setpgid": 109,
    "setsid": 112,
    "rt_sigqueueinfo": 129,
    "mknod": 133,
    "personality": 135,
    "modify_ldt": 154,
    "pivot_root": 155,
    "chroot": 161,
    "acct": 163,
    "settimeofday": 164,
    "mount": 165,
    "umount2": 166,
    "swapon": 167,
    "swapoff": 168,
    "reboot": 169,
    "sethostname": 170,
    "setdomainname": 171,
    "iopl": 172,
    "ioperm": 173,
    "init_module": 175,
    "delete_module": 176,
    "tkill": 200,
    "clock_settime": 227,
    "tgkill": 234,
    "kexec_load": 246,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "mknodat": 259,
    "unshare": 272,
    "rt_tgsigqueueinfo": 297,
    "perf_event_open": 298,
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "kcmp": 312,
    "finit_module": 313,
    "memfd_create": 319,
    "kexec_file_load": 320,
    "bpf": 321,
    "execveat": 322,
    "userfaultfd": 323,
}
_AARCH64 = _COMMON | {
    "mknodat": 33,
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "chroot": 51,
    "acct": 89,
    "personality": 92,
    "unshare": 97,
    "kexec_load": 104,
    "init_module": 105,
    "delete_module": 106,
    "clock_settime": 112,
    "syslog": 116,
    "ptrace": 117,
    "kill": 129,
    "tkill": 130,
    "tgkill": 131,
    "rt_sigqueueinfo": 138,
    "reboot": 142,
    "setpgid": 154,
    "setsid": 157,
    "sethostname": 161,
    "setdomainname": 162,
    "settimeofday": 170,
    "socket": 198,
    "connect": 203,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "clone": 220,
    "execve": 221,
    "swapon": 224,
    "swapoff": 225,
    "rt_tgsigqueueinfo": 240,
    "perf_event_open": 241,
    "name_to_handle_at": 264,
    "open_by_handle_at": 265,
    "setns": 268,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "kcmp": 272,
    "finit_module": 273,
    "memfd_create": 279,
    "bpf": 280,
    "execveat": 281,
    "userfaultfd": 282,
    "kexec_file_load": 294,
}
_ONLY_WHEN_ALONE = frozenset(
    {
        *("fork", "vfork", "execve", "execveat", "setsid", "setpgid"),
        *("kill", "tkill", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo"),
    }
)
_BY_ARGUMENT = frozenset({"clone", "clone3", "tgkill"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    audit: int
    numbers: Mapping[str, int]
    numbers_below: int | None  # refuse every call number from here on


_MACHINES = {
    "x86_64": _Machine(audit=0xC000003E, numbers=_X86_64, numbers_below=_X32),
    "aarch64": _Machine(audit=0xC00000B7, numbers=_AARCH64, numbers_below=None),
}


def restrict(*, alone: bool) -> bool:
    """Install the filter on this process and all that it starts. ``no_new_privs`` must be set before.

    Args:
        alone: refuse new processes and new programs too.

    Returns:
        True when the kernel has accepted it; false on other systems and architectures.
    """
    machine = _MACHINES.get(platform.machine()) if sys.platform == "linux" else None
    if machine is None or sys.maxsize < 2**32:
        return False
    program = b"".join(_program(machine, alone=alone))
    code = ctypes.create_string_buffer(program, len(program))

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    wanted = Filter(len(program) // 8, ctypes.addressof(code))
    return bool(ctypes.CDLL(None).prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(wanted), 0, 0) == 0)


def _program(machine: _Machine, *, alone: bool) -> list[bytes]:
    code = [
        *(_step(_LOAD_WORD, _ARCHITECTURE), _step(_JUMP_EQUAL, machine.audit, 1, 0), _step(_RETURN, _KILL)),
        _step(_LOAD_WORD, _NUMBER),
    ]
    if machine.numbers_below is not None:
        code += [_step(_JUMP_FROM, machine.numbers_below, 0, 1), _step(_RETURN, _KILL)]
    for name, number in machine.numbers.items():
        if name not in _BY_ARGUMENT and (alone or name not in _ONLY_WHEN_ALONE):
            code += [_step(_JUMP_EQUAL, number, 0, 1), _refuse(errno.EPERM)]
    # clone3 hides its flags behind a pointer; told that it does not exist, the C library uses clone.
    code += [_step(_JUMP_EQUAL, machine.numbers["clone3"], 0, 1), _refuse(errno.ENOSYS)]
    code += _clone(machine.numbers["clone"], alone=alone)
    if alone:  # abort() signals the process itself; nobody else may be signalled
        code += [
            _step(_JUMP_EQUAL, machine.numbers["tgkill"], 0, 4),
            *(_step(_LOAD_WORD, _ARGUMENT), _step(_JUMP_EQUAL, os.getpid(), 1, 0), _refuse(errno.EPERM), _step(_RETURN, _ALLOW)),
        ]
    return [*code, _step(_RETURN, _ALLOW)]


def _clone(number: int, *, alone: bool) -> list[bytes]:
    flags = [_step(_LOAD_WORD, _ARGUMENT), _step(_JUMP_ANY_BIT, _CLONE_NAMESPACES, 0, 1), _refuse(errno.EPERM)]
    if alone:
        flags += [_step(_JUMP_ANY_BIT, _CLONE_THREAD, 1, 0), _refuse(errno.EPERM)]
    flags += [_step(_RETURN, _ALLOW)]
    return [_step(_JUMP_EQUAL, number, 0, len(flags)), *flags]


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _ERRNO | error)


def _step(operation: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, when_true, when_false, value)
