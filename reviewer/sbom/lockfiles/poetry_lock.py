"""``poetry.lock``, lock-version 1 and 2: what stands in it; what is direct stands in ``pyproject.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packaging.utils import canonicalize_name

from checks.model import Location
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles.interface import LockfileError
from reviewer.sbom.notation import header_lines, load_toml, table, text_of

__all__ = ["matches", "parse"]


def matches(path: str) -> bool:
    """Any file of that name."""
    return path.rpartition("/")[2] == "poetry.lock"


def parse(path: str, text: str) -> tuple[Package, ...]:
    """Read every locked package. Raises LockfileError."""
    lock = load_toml(text)
    entries = lock.get("package", [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise LockfileError("package", "not a list of tables")
    lines = header_lines(text, "package", "name")
    known = len(lines) == len(entries)
    files = table(table(lock, "metadata"), "files")
    return tuple(
        _package(entry, Location(path=path, line=lines[index] if known else 0), entry.get("files") or files.get(text_of(entry.get("name"))))
        for index, entry in enumerate(entries)
        if text_of(entry.get("name"))
    )


def _package(entry: Mapping[str, Any], at: Location, files: object) -> Package:
    return Package(
        ecosystem="pypi",
        name=canonicalize_name(text_of(entry.get("name"))),
        version=text_of(entry.get("version")) or None,
        at=at,
        requirement=text_of(table(entry, "source").get("url")) if table(entry, "source").get("type") in {"git", "url"} else "",
        scope=_scope(entry),
        integrity=_integrity(files),
    )


def _scope(entry: Mapping[str, Any]) -> PackageScope:
    groups = entry.get("groups")
    if entry.get("category") == "dev" or (isinstance(groups, list) and groups and "main" not in groups):
        return PackageScope.DEVELOPMENT
    return PackageScope.OPTIONAL if entry.get("optional") is True else PackageScope.RUNTIME


def _integrity(files: object) -> str:
    """Give the hash of the file that every platform can install, else of the first."""
    every = [file for file in files if isinstance(file, Mapping)] if isinstance(files, list) else []
    anywhere = [file for file in every if text_of(file.get("file")).endswith("-none-any.whl")]
    return next((text_of(file.get("hash")) for file in (*anywhere, *every) if text_of(file.get("hash"))), "")
