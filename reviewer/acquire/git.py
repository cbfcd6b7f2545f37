"""A git repository: one commit, fetched bare and shallow, its objects read one by one.

Never a checkout and never ``git archive``: attributes in the repository make both leave files out or rewrite them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reviewer.acquire.gather import Basket, MemberFault
from reviewer.acquire.git_process import GitFailure, GitProcess
from reviewer.acquire.limits import Limits
from reviewer.acquire.sources import Source
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError, UsageFault

__all__ = ["Commit", "read_git"]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_ABBREVIATED = re.compile(r"[0-9a-f]{7,39}")
_CHUNK = 1 << 16
_MODES = {b"100644": "100644", b"100664": "100644", b"100755": "100755", b"120000": "120000"}
_SUBMODULE = b"160000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What was read: the commit's id, and the id of the tree of the subdirectory (or of the whole)."""

    commit: str
    tree: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    mode: bytes
    blob: str
    size: int
    path: bytes


def read_git(source: Source, basket: Basket, limits: Limits) -> Commit:
    """Fetch the commit that a git source names and put its files into the basket.

    Raises:
        UsageFault: GitPython's guard knows the address as dangerous.
        NotFetchedError: no such repository, ref or subdirectory; no answer; git refuses its objects; it is too large.
    """
    _guard(source.url)
    with tempfile.TemporaryDirectory(prefix="reviewer-git-") as folder:
        git = GitProcess(Path(folder).resolve(), limits, protocol=source.url.partition(":")[0])
        git.run("init", "--bare", "--quiet", "--template=")
        _fetch(git, source)
        commit = _only_id(git.run("rev-parse", "--verify", "--end-of-options", "FETCH_HEAD^{commit}"))
        tree = _tree_of(git, commit, source.subdirectory)
        with _listed(git, tree) as rows, git.stream("cat-file", "--batch") as (ask, answer):
            for row in rows:
                if not basket.within_time():
                    break
                _take(row, ask, answer, basket)
    return Commit(commit=commit, tree=tree)


def _guard(url: str) -> None:
    from git import Git  # noqa: PLC0415  slow to import; only for git
    from git.exc import UnsafeProtocolError  # noqa: PLC0415  the same

    try:
        Git.check_unsafe_protocols(url)
    except UnsafeProtocolError as error:
        raise UsageFault("This address is dangerous to give to git.", hint="Write git+https://host/owner/repo.") from error


def _fetch(git: GitProcess, source: Source) -> None:
    wanted = source.ref or "HEAD"
    try:
        git.run(
            *("fetch", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-commit-graph", "--quiet", "--no-auto-maintenance"),
            *("--", source.url, wanted),
        )
    except GitFailure as failure:
        what = f"{shown(source.url)} at {wanted}" if source.ref else shown(source.url)
        hint = " A commit is written with all its 40 digits." if _ABBREVIATED.fullmatch(wanted) else ""
        raise NotFetchedError(f"Cannot fetch {what}", hint=f"Check the address and the ref; {failure.hint}{hint}") from failure


def _tree_of(git: GitProcess, commit: str, subdirectory: str) -> str:
    name = f"{commit}:{subdirectory}" if subdirectory else f"{commit}^{{tree}}"
    try:
        tree = _only_id(git.run("rev-parse", "--verify", "--end-of-options", name))
        if git.run("cat-file", "-t", tree).strip() == b"tree":
            return tree
    except GitFailure as error:
        raise NotFetchedError(f"The repository has no folder {shown(subdirectory)} at this commit.", hint="Check its spelling.") from error
    raise NotFetchedError(f"{shown(subdirectory)} is no folder in the repository.", hint="Give the folder in which it lies.")


def _only_id(output: bytes) -> str:
    identity = output.decode("ascii", "replace").strip()
    if not _COMMIT.fullmatch(identity):
        raise NotFetchedError("git gave no object id of 40 digits.", hint="Repositories that use SHA-256 are not read by this version.")
    return identity


@contextmanager
def _listed(git: GitProcess, tree: str) -> Iterator[Iterator[_Row]]:
    """List a tree as a stream: a bomb of ten million names is cut by the basket, not held in memory."""
    with git.stream("ls-tree", "-r", "-z", "-l", "--full-tree", tree) as (_, output):
        yield _rows(output)


def _rows(output: IO[bytes]) -> Iterator[_Row]:
    left = b""
    while chunk := output.read(_CHUNK):
        *lines, left = (left + chunk).split(b"\0")
        for line in lines:
            facts, _, path = line.partition(b"\t")
            mode, _, identity, size = facts.split()
            yield _Row(mode=mode, blob=identity.decode("ascii"), size=0 if size == b"-" else int(size), path=path)


def _take(row: _Row, ask: IO[bytes], answer: IO[bytes], basket: Basket) -> None:
    if row.mode == _SUBMODULE:
        basket.leave_out(row.path, f"it is a submodule at commit {row.blob}: another repository, which was not read")
        return
    mode = _MODES.get(row.mode)
    if mode is None:
        basket.leave_out(row.path, f"it has the unknown mode {shown(row.mode)}")
        return
    basket.add(row.path, mode, _content(row, ask, answer))


def _content(row: _Row, ask: IO[bytes], answer: IO[bytes]) -> Iterator[bytes]:
    """Ask for one blob. Nothing is asked before the basket begins to read, so that what it refuses costs nothing."""
    ask.write(row.blob.encode("ascii") + b"\n")
    ask.flush()
    header = answer.readline(200).split()
    if header[1:2] != [b"blob"] or header[0].decode("ascii", "replace") != row.blob:
        raise MemberFault("git does not have its content")
    left = int(header[2])
    while left > 0:
        chunk = answer.read(min(_CHUNK, left))
        if not chunk:
            raise MemberFault("git stopped while it was read")
        left -= len(chunk)
        yield chunk
    answer.read(1)
