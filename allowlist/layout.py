"""The published folder: which files it holds, and reading them without following a link out of it.

::

    root.json                        version 1 of the root, to be handed to tenants once, by another way
    metadata/1.root.json …           every version of the root
    metadata/timestamp.json snapshot.json targets.json
    targets/allowlist.json
    targets/decisions/<sha256>.json  one envelope per decision

Metadata bears no version in its name (TUF's ``consistent_snapshot`` is false): the folder changes as a whole, so there is no
older state to keep beside the newer, a copy laid over an older copy verifies, and TUF clients read it as they come.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from allowlist.errors import Malformed, Missing, NotCovered

ROOT = "root.json"
TIMESTAMP = "metadata/timestamp.json"
SNAPSHOT = "metadata/snapshot.json"
TARGETS = "metadata/targets.json"
TARGETS_FOLDER = "targets/"
ALLOWLIST_TARGET = "allowlist.json"
ALLOWLIST = TARGETS_FOLDER + ALLOWLIST_TARGET
FOLDERS = frozenset({"metadata", "targets", "targets/decisions"})

_OURS = re.compile(
    r"root\.json|metadata/([1-9][0-9]{0,8}\.root|timestamp|snapshot|targets)\.json|targets/(allowlist|decisions/[0-9a-f]{64})\.json"
)
_DECISION = re.compile(r"decisions/([0-9a-f]{64})\.json")
_LARGEST_FILE = 64 * 1024 * 1024
_LARGEST_FOLDER = 1024 * 1024 * 1024
_MOST_FILES = 200_000
_TRIES = 50


def root_path(version: int) -> str:
    """Give the path of one version of the root."""
    return f"metadata/{version}.root.json"


def decision_target(sha256: str) -> str:
    """Give the target name of a decision's envelope."""
    return f"decisions/{sha256}.json"


def decision_of(target: str) -> str | None:
    """Give the sha256 in a decision's target name; None for other targets."""
    found = _DECISION.fullmatch(target)
    return found[1] if found else None


def is_ours(path: str) -> bool:
    """Tell whether a path is one that a published folder can hold."""
    return _OURS.fullmatch(path) is not None


def walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Give everything in a folder, by its path in it, never following a link. Raises OSError."""
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(folder / inside) as found:
            for item in found:
                path = f"{inside}{item.name}"
                status = item.stat(follow_symlinks=False)
                yield path, status
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(path + "/")


def first_foreign(folder: Path) -> str | None:
    """Give the first path in a folder that a published folder does not hold, or None. Raises OSError."""
    for path, status in walk(folder):
        expected = path in FOLDERS if stat.S_ISDIR(status.st_mode) else stat.S_ISREG(status.st_mode) and is_ours(path)
        if not expected:
            return path
    return None


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read a published folder as it is at one moment: read again if it was exchanged meanwhile.

    Raises:
        Missing: there is no such folder, or it cannot be read.
        NotCovered: a link, a device, or a file of a name that no published folder holds.
        Malformed: a file or the whole is larger than any list can be.
    """
    for _ in range(_TRIES):
        try:
            before = _identity(folder)
            files = _read(folder)
            if _identity(folder) == before:
                return files
        except FileNotFoundError as error:
            if not folder.is_dir():
                raise Missing(f"{folder} is not there, or is not a folder") from error
        except NotADirectoryError as error:
            raise Missing(f"{folder} is not a folder") from error
        except OSError as error:
            raise Missing(f"{folder} cannot be read: {error.strerror}") from error
    raise Missing(f"{folder} is being exchanged all the time; try again")


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _read(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for path, status in walk(folder):
        if stat.S_ISDIR(status.st_mode) and path in FOLDERS:
            continue
        if not stat.S_ISREG(status.st_mode) or not is_ours(path):
            raise NotCovered(f"{path[:120]!a} is covered by no signature; a published folder holds nothing else")
        total += status.st_size
        if status.st_size > _LARGEST_FILE or total > _LARGEST_FOLDER or len(files) >= _MOST_FILES:
            raise Malformed(f"{path} is larger than any part of a list, or there are too many files")
        files[path] = _content(folder / path)
    return files


def _content(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(_LARGEST_FILE + 1)
