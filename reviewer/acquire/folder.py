"""A folder on this machine, read without following a link and without opening what is no plain file.

* ``.git`` is left out, and nothing else: at the top silently, as it is how the folder came here; deeper down a file of that
  name (a worktree's pointer) silently, a folder with a gating row, since code could hide in it.
* A symbolic link is its target's text under mode 120000.
* Empty folders leave no trace, as in git.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.acquire.gather import EXECUTABLE, LINK, PLAIN, Basket, MemberFault
from reviewer.errors import NotFetchedError

__all__ = ["read_folder", "regular_chunks"]

_CHUNK = 1 << 20
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SPECIALS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


Left = Callable[[bytes], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving:
    """What is left unopened and why, and for which reason nothing is said."""

    reason: Left
    quiet: str

    def leaves(self, path: bytes, basket: Basket) -> bool:
        """Tell whether a path is left; it becomes a row."""
        reason = self.reason(path)
        if reason and reason != self.quiet:
            basket.leave_out(path.rstrip(b"/"), reason, gate=False)
        return bool(reason)


def read_folder(folder: Path, basket: Basket, *, most: int, left: Left | None = None, quiet: str = "") -> None:
    """Put every file under ``folder`` into the basket; look at no more than ``most`` names in one folder.

    ``left`` gives, for the path of a file, or of a folder with ``/`` after it, why it must not be opened, or an empty text. What is left
    becomes a row, unless the reason is ``quiet``: the caller deals with it.

    Raises:
        NotFetchedError: the folder itself cannot be opened.
    """
    try:
        handle = os.open(folder.resolve(), _FOLDER_FLAGS)
    except OSError as error:
        raise NotFetchedError(f"The folder cannot be read: {error.strerror}", hint="Check its path and its permissions.") from error
    try:
        _walk(handle, b"", basket, most, _Leaving(reason=left or (lambda _: ""), quiet=quiet))
    finally:
        os.close(handle)


def regular_chunks(name: bytes | Path, *, folder: int | None = None) -> Iterator[bytes]:
    """Read a plain file in pieces. Raises MemberFault when it is none (any more), or cannot be opened or read."""
    try:
        handle = os.open(name, _FILE_FLAGS, dir_fd=folder)
        with os.fdopen(handle, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise MemberFault("it is no plain file")
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise MemberFault(f"it cannot be read: {error.strerror or type(error).__name__}") from error


def _walk(folder: int, prefix: bytes, basket: Basket, most: int, left: _Leaving) -> None:
    """Visit one open folder. The depth of the recursion is bounded by the basket, which refuses deep folders."""
    with os.scandir(folder) as listing:
        names = sorted(os.fsencode(each.name) for each in itertools.islice(listing, most + 1))
    if len(names) > most:
        basket.leave_out(prefix, f"the folder holds more than {most} names; the rest was not read")
    for name in names[:most]:
        if not basket.within_time():
            return
        try:
            _visit(folder, prefix, name, basket, most, left)
        except OSError as error:
            basket.leave_out(prefix + name, f"it cannot be read: {error.strerror or type(error).__name__}")


def _visit(folder: int, prefix: bytes, name: bytes, basket: Basket, most: int, left: _Leaving) -> None:
    state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    path = prefix + name
    if name == b".git":
        if prefix and stat.S_ISDIR(state.st_mode):
            basket.leave_out(path, "a folder of git's own inside the submission is not read")
    elif stat.S_ISDIR(state.st_mode):
        if not left.leaves(path + b"/", basket):
            _descend(folder, path, name, basket, most, left)
    elif left.leaves(path, basket):
        pass
    elif stat.S_ISLNK(state.st_mode):
        basket.add(path, LINK, [os.readlink(name, dir_fd=folder)])
    elif stat.S_ISREG(state.st_mode):
        mode = EXECUTABLE if state.st_mode & stat.S_IXUSR else PLAIN
        basket.add(path, mode, regular_chunks(name, folder=folder))
    else:
        basket.leave_out(path, f"it is {_SPECIALS.get(stat.S_IFMT(state.st_mode), 'no plain file')}, which is never opened")


def _descend(folder: int, path: bytes, name: bytes, basket: Basket, most: int, left: _Leaving) -> None:
    if not basket.may_enter(path):
        return
    handle = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
    try:
        _walk(handle, path + b"/", basket, most, left)
    finally:
        os.close(handle)
