"""What Cargo.toml says of names: a package's own, and those by which it uses others (Cargo reference, «The Manifest Format»)."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from reviewer.inventory.languages.rust.crates import own_crates, place_of

__all__ = ["building_programs", "names_of"]

_TABLES = ("dependencies", "build-dependencies", "dev-dependencies")
#: Crates that every program has, whatever a package calls itself.
_OTHERS = frozenset({"std", "core", "alloc", "crate", "self", "super"})


def names_of(sources: Mapping[str, str], manifests: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Give, by folder, the names of crates that mean another name here. What is no TOML says nothing."""
    found = {folder: dict(names) for folder, names in own_crates(sources).items()}
    read = {path[: len(path) - len("cargo.toml")]: _content(text) for path, text in manifests.items()}
    libraries = {name: place_of(f"{folder}src/lib.rs").crate for folder, content in read.items() for name in _library(content)}
    shared = {alias: real for content in read.values() for alias, real in _renamed(_table(content, "workspace"))}
    for folder, content in read.items():
        near = {*_library(content), *_near(content)} - _OTHERS
        renamed = shared | dict(_renamed(content))
        known = {name: crate for name, crate in libraries.items() if name in near}
        found.setdefault(folder, {}).update({alias: libraries.get(real, real) for alias, real in renamed.items()} | known)
    return found


def building_programs(manifests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the programs that Cargo runs before a build, by the names that manifests give them, each with its manifest."""
    for path, text in manifests.items():
        named = _table(_content(text), "package").get("build")
        for name in named if isinstance(named, list) else [named]:
            if isinstance(name, str):
                yield posixpath.normpath(posixpath.join(posixpath.dirname(path), name)), path


def _content(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _library(content: Mapping[str, Any]) -> Iterator[str]:
    for name in (_table(content, "package").get("name"), _table(content, "lib").get("name")):
        if isinstance(name, str):
            yield name.replace("-", "_")


def _near(content: Mapping[str, Any]) -> Iterator[str]:
    """Give the packages that are used from a folder: only these are those of the submission, whatever they are called."""
    for kind in _TABLES:
        for name, entry in _table(content, kind).items():
            if isinstance(entry, dict) and (entry.get("path") or entry.get("workspace")):
                yield name.replace("-", "_")


def _renamed(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the packages that are used under another name: ``sdk = {package = "rmcp"}``."""
    targets = [_table(_table(content, "target"), name) for name in _table(content, "target")]
    for table in (content, *targets):
        for kind in _TABLES:
            for alias, entry in _table(table, kind).items():
                package = entry.get("package") if isinstance(entry, dict) else None
                if isinstance(package, str) and package != alias:
                    yield alias.replace("-", "_"), package.replace("-", "_")
