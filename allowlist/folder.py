"""Publishing a folder in one step: whoever reads it, and whenever the power fails, finds the old one or the new one, whole.

The new folder is written beside the old one (``.NAME.partial-…``), brought to the disk, and exchanged with it by one system
call where there is one (Linux ``renameat2`` with RENAME_EXCHANGE); elsewhere the old one is renamed away and the new one in,
with a moment between in which there is neither. What is not ours is never deleted: a folder that holds anything else is refused.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from allowlist.errors import Foreign, NotWritten
from allowlist.layout import FOLDERS, first_foreign, is_ours, walk
from allowlist.memory import sync_folder

if sys.platform != "win32":
    import fcntl

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class Disk:
    """The calls that change a disk, so that a test can let any of them fail. Each raises OSError."""

    def make_folder(self, path: Path) -> None:
        """Make a folder that is not there yet."""
        path.mkdir()

    def write(self, path: Path, content: bytes) -> None:
        """Write a new file and bring it to the disk."""
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def sync(self, folder: Path) -> None:
        """Bring a folder's names to the disk."""
        sync_folder(folder)

    def set_mode(self, path: Path, mode: int) -> None:
        """Give a folder the permissions of another."""
        path.chmod(mode)

    def exchange(self, one: Path, other: Path) -> bool:
        """Let two folders change places in one step. False where the system cannot."""
        return exchange(one, other)

    def rename(self, source: Path, target: Path) -> None:
        """Rename a folder to a name that is free."""
        source.rename(target)

    def remove(self, path: Path) -> None:
        """Remove one file, or one empty folder."""
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


def exchange(one: Path, other: Path) -> bool:
    """Let two paths change places in one step (Linux 3.15, ``renameat2``). False where kernel or file system cannot. Raises OSError."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), str(other))


def write_folder(files: Mapping[str, bytes], folder: Path, *, disk: Disk | None = None) -> None:
    """Put a published folder in place of the old one, or of nothing. Leftovers of earlier crashes of ours are removed.

    Raises:
        Foreign: a link or a file stands there, or the folder holds something that no published list holds.
        NotWritten: the disk is full or read-only. What stood there stands there still.
    """
    disk = disk or Disk()
    folder = folder.absolute()
    if foreign := next((path for path in files if not is_ours(path)), None):
        raise NotWritten(f"{foreign} is not a file of a published folder")
    if not folder.name:
        raise Foreign(f"{folder} is no folder that could be exchanged; name one below it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(folder):
            _clean(folder, disk)
            old = _put(files, folder, disk)
    except OSError as error:
        raise NotWritten(f"{folder} was not written ({error.strerror or error}); what stood there is as it was") from error
    with contextlib.suppress(OSError):  # the new list is in place; the next publication removes what stays of the old one
        _remove(old, disk)


def _put(files: Mapping[str, bytes], folder: Path, disk: Disk) -> Path:
    """Write the new folder and put it in place; give the name under which the old one stands then."""
    partial = folder.with_name(f".{folder.name}.partial-{secrets.token_hex(8)}")
    mode = _old_mode(folder)
    old = None
    try:
        _write_all(files, partial, mode, disk)
        old = _place(folder, partial, disk, exists=mode is not None)
    finally:
        if old is None:
            with contextlib.suppress(OSError):
                _remove(partial, disk)
    try:
        disk.sync(folder.parent)
    except OSError as error:
        raise NotWritten(f"{folder} is the new one, but the disk does not confirm it ({error.strerror}); publish again") from error
    return old


def _old_mode(folder: Path) -> int | None:
    """Give the permissions of the folder that is to be replaced; None if there is none. Refuse what may not be replaced."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        raise Foreign(f"{folder} is a symbolic link; name the folder itself")
    if not stat.S_ISDIR(status.st_mode):
        raise Foreign(f"{folder} is a file; name a folder")
    foreign = first_foreign(folder)
    if foreign is not None:
        raise Foreign(f"{folder} holds {foreign!r}, which no published list holds; publish to a folder of its own")
    return stat.S_IMODE(status.st_mode)


def _write_all(files: Mapping[str, bytes], partial: Path, mode: int | None, disk: Disk) -> None:
    disk.make_folder(partial)
    for inside in sorted(FOLDERS):
        disk.make_folder(partial / inside)
    for path, content in files.items():
        disk.write(partial / path, content)
    for inside in (*sorted(FOLDERS), ""):
        disk.sync(partial / inside)
    if mode is not None:
        disk.set_mode(partial, mode)


def _place(folder: Path, partial: Path, disk: Disk, *, exists: bool) -> Path:
    """Put the new folder in place; give the name under which the old one stands then."""
    if not exists:
        disk.rename(partial, folder)
        return partial
    if disk.exchange(partial, folder):
        return partial
    away = partial.with_name(partial.name.replace(".partial-", ".previous-"))
    disk.rename(folder, away)
    try:
        disk.rename(partial, folder)
    except OSError:
        disk.rename(away, folder)
        raise
    return away


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold a lock on the parent while publishing, where the file system has locks; one dies with its process."""
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clean(folder: Path, disk: Disk) -> None:
    """Remove what crashes of ours left beside the folder; a folder that was only renamed away comes back first."""
    name = re.escape(folder.name)
    left = [path for path in sorted(folder.parent.iterdir()) if re.fullmatch(rf"\.{name}\.(partial|previous)-[0-9a-f]{{16}}", path.name)]
    ours = [path for path in left if path.is_dir() and not path.is_symlink() and first_foreign(path) is None]
    for path in sorted(ours, key=lambda path: ".previous-" not in path.name):
        if ".previous-" in path.name and not os.path.lexists(folder):
            disk.rename(path, folder)
        else:
            _remove(path, disk)


def _remove(folder: Path, disk: Disk) -> None:
    """Remove a folder of ours, file by file, and nothing that does not look like ours."""
    if not folder.exists() or first_foreign(folder) is not None:
        return
    found = [path for path, _ in walk(folder)]
    for path in (*(path for path in found if path not in FOLDERS), *sorted(FOLDERS & set(found), reverse=True)):
        disk.remove(folder / path)
    disk.remove(folder)
