"""``requirements*.txt`` of pip: pins, ranges, hashes, markers, includes (pip's «Requirements File Format»)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from packaging.utils import canonicalize_name

from checks.model import Location
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles.interface import LockfileError
from reviewer.sbom.notation import MAX_CHARACTERS
from reviewer.sbom.requirement import read_requirement

__all__ = ["includes", "matches", "parse"]

_MAX_LINES = 20_000
_MAX_INCLUDES = 100
_NAME = re.compile(r"(?:.*[-_.])?requirements?(?:[-_.].*)?\.(?:txt|in)", re.IGNORECASE)
_DEVELOPMENT = re.compile(r"dev|test|lint|docs?|ci|build", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|\s)#.*")
_HASH = re.compile(r"\s--hash[= ]\s*([a-z0-9]+):([0-9a-fA-F]{32,128})(?=\s|$)")
_OPTION = re.compile(r"\s--[a-z-]+(?:[= ]\S+)?")
_INCLUDE = re.compile(r"(?:-r|--requirement|-c|--constraint)(?:\s+|=|(?=[^-\s]))(\S+)")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s+|=)(\S+)")
_EGG = re.compile(r"#egg=([A-Za-z0-9._-]+)")


def matches(path: str) -> bool:
    """``requirements.txt``, ``requirements-dev.txt``, ``dev-requirements.in``, ``requirements/test.txt``."""
    folder, _, name = path.rpartition("/")
    return bool(_NAME.fullmatch(name)) or (folder.rpartition("/")[2] == "requirements" and name.endswith((".txt", ".in")))


def includes(text: str) -> tuple[str, ...]:
    """Give the files that ``-r`` and ``-c`` name, as they are written."""
    found = (_INCLUDE.match(line) for _, line in _lines(text))
    return tuple(dict.fromkeys(match[1] for match in found if match))[:_MAX_INCLUDES]


def parse(path: str, text: str) -> tuple[Package, ...]:
    """Read every requirement of the file itself. Raises LockfileError."""
    if len(text) > MAX_CHARACTERS or text.count("\n") > _MAX_LINES:
        raise LockfileError("", f"longer than {MAX_CHARACTERS} characters or {_MAX_LINES} lines")
    folder, _, name = path.rpartition("/")
    stem = f"{folder.rpartition('/')[2]}/{name}".rpartition("requirements/")[2] if folder.endswith("requirements") else name
    scope = PackageScope.DEVELOPMENT if _DEVELOPMENT.search(stem.replace("requirements", "")) else PackageScope.RUNTIME
    return tuple(package for number, line in _lines(text) for package in _read(line, Location(path=path, line=number), scope))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Join continued lines, drop comments; each with the number of its first line."""
    pieces: list[str] = []
    first = 1
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        line = raw.rstrip("\r")
        first = first if pieces else number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            pieces.append(line[:-1])
            continue
        joined = _COMMENT.sub("", " ".join((*pieces, line))).strip()
        pieces.clear()
        if joined:
            yield first, joined
    if pieces:
        yield first, " ".join(pieces).strip()


def _read(line: str, at: Location, scope: PackageScope) -> Iterator[Package]:
    editable = _EDITABLE.match(line)
    wish = editable[1] if editable else line
    if wish.startswith("-") or (editable and not _EGG.search(wish)):
        return  # an option of pip, an include, or a folder of the submission itself
    hashes = sorted(f"{found[1]}:{found[2].lower()}" for found in _HASH.finditer(f" {wish}"))
    bare = _OPTION.sub("", f" {wish}").strip()
    egg = _EGG.search(bare)
    if "://" in bare.partition("@")[0] or editable:
        if egg:
            yield Package(ecosystem="pypi", name=canonicalize_name(egg[1]), version=None, at=at, requirement=bare, scope=scope, direct=True)
        return
    if bare.startswith((".", "/")) or ("://" not in bare and bare.endswith((".whl", ".tar.gz", ".zip"))):
        return  # a file of the submission, which is read as such
    yield replace(read_requirement(bare, at, scope), integrity=hashes[0] if len(hashes) == 1 else "")
