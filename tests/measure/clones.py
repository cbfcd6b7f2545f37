"""Public servers as bare git clones: where they lie, and one folder of one commit of them as a submission."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from checks.model import File
from reviewer.model import Snapshot

#: A clone can lack objects on purpose; they are left out, never fetched.
ENVIRONMENT = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}


class CloneError(Exception):
    """A clone is not there, or lacks the commit. The message says which and where it was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a reader of submissions is given, and the paths whose bytes the clone lacks."""

    snapshot: Snapshot
    contents: dict[str, bytes]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    mode: str
    blob: str
    path: str


def sheets(folder: Path) -> dict[str, dict[str, Any]]:
    """Read every YAML file of a folder, by its name without the ending."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))}


def clone_of(clones: Path, repository: str) -> Path:
    """Give the bare clone of ``owner/name`` below a folder. Raises CloneError if none of the three customary places holds it."""
    joined = repository.replace("/", "+")
    for place in (f"{joined}/repo", f"{repository}.git", f"{joined}.git"):
        if (clones / place / "HEAD").is_file():
            return clones / place
    raise CloneError(f"MISSING CLONE: {repository} ({clones}/{joined}/repo, {repository}.git or {joined}.git)")


def submit(clones: Path, repository: str, commit: str, folder: str, without: Iterable[str] = ()) -> Submitted:
    """Give one folder of one commit as a submission; ``folder`` is empty for all.

    ``without`` are paths below the folder, or patterns, that are left out. Raises CloneError if clone, commit or folder is not there.
    """
    patterns = tuple(without)
    clone = clone_of(clones, repository)
    entries = _entries(clone, repository, commit, folder)
    blobs = _blobs(clone, [entry.blob for entry in entries])
    files, contents, absent = [], {}, []
    for entry in entries:
        raw = blobs.get(entry.blob)
        path = entry.path[len(folder) + 1 :] if folder else entry.path
        if matches(path, patterns):
            continue
        if raw is None:
            absent.append(path)
            continue
        sha256 = hashlib.sha256(raw).hexdigest()
        contents[sha256] = raw
        files.append(File(path=path, mode=entry.mode, size=len(raw), sha256=sha256))
    source = f"{repository}@{commit}//{folder}"
    snapshot = Snapshot(source=source, name=repository.rpartition("/")[2], digests={"gitCommit": commit}, files=tuple(files))
    return Submitted(snapshot=snapshot, contents=contents, absent=tuple(absent))


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path is one of the patterns, below one, or matches one; ``*`` goes across folders."""
    return any(path == each or path.startswith(f"{each}/") or fnmatchcase(path, each) for each in patterns)


def _entries(clone: Path, repository: str, commit: str, folder: str) -> list[_Entry]:
    words = ["ls-tree", "-r", "-z", "--full-tree", commit, *(["--", f"{folder}/"] if folder else [])]
    listed = _git(clone, words)
    if listed.returncode or not listed.stdout:
        raise CloneError(f"MISSING COMMIT: {repository} has no {commit}//{folder}")
    found = []
    for row in listed.stdout.split(b"\0"):
        head, _, path = row.partition(b"\t")
        mode, kind, blob = [*head.decode("ascii").split(), "", "", ""][:3]
        if kind == "blob":
            found.append(_Entry(mode=mode, blob=blob, path=path.decode("utf-8", "surrogateescape")))
    return sorted(found, key=lambda entry: entry.path)


def _blobs(clone: Path, names: list[str]) -> dict[str, bytes]:
    """Read blobs by name; those that the clone lacks are not in the answer."""
    answer = _git(clone, ["cat-file", "--batch"], "".join(f"{name}\n" for name in names).encode("ascii")).stdout
    blobs: dict[str, bytes] = {}
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        head = answer[at:end].split()
        at = end + 1
        if len(head) == 3 and head[1] == b"blob":
            size = int(head[2])
            blobs[head[0].decode("ascii")] = answer[at : at + size]
            at += size + 1
    return blobs


def _git(clone: Path, words: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(clone), *words]
    return subprocess.run(command, input=given, capture_output=True, check=False, env={**os.environ, **ENVIRONMENT})
