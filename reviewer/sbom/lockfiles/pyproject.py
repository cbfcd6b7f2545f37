"""``pyproject.toml``: PEP 621, PEP 735, build requirements (PEP 518) and the tables of Poetry and uv."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from checks.model import Location
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles.interface import LockfileError
from reviewer.sbom.notation import first_line, load_toml, table, text_of
from reviewer.sbom.requirement import read_requirement

__all__ = ["matches", "parse"]

_MAX_CHARACTERS = 300_000  # each requirement's line is looked for in the text
_DIGITS = "0123456789"


def matches(path: str) -> bool:
    """Any file of that name."""
    return path.rpartition("/")[2] == "pyproject.toml"


def parse(path: str, text: str) -> tuple[Package, ...]:
    """Read all that the project asks for. Raises LockfileError."""
    if len(text) > _MAX_CHARACTERS:
        raise LockfileError("", f"longer than {_MAX_CHARACTERS} characters")
    manifest = load_toml(text)
    asked = [
        read_requirement(requirement, Location(path=path, line=_line(text, requirement)), scope) for requirement, scope in _asked(manifest)
    ]
    return (*asked, *_poetry(path, text, table(table(manifest, "tool"), "poetry")))


def _asked(manifest: Mapping[str, Any]) -> Iterator[tuple[str, PackageScope]]:
    project = table(manifest, "project")
    yield from ((text, PackageScope.RUNTIME) for text in _texts(project.get("dependencies")))
    for extra in table(project, "optional-dependencies").values():
        yield from ((text, PackageScope.OPTIONAL) for text in _texts(extra))
    for group in table(manifest, "dependency-groups").values():
        yield from ((text, PackageScope.DEVELOPMENT) for text in _texts(group))
    uv = table(table(manifest, "tool"), "uv")
    yield from ((text, PackageScope.DEVELOPMENT) for text in _texts(uv.get("dev-dependencies")))
    yield from ((text, PackageScope.DEVELOPMENT) for text in _texts(table(manifest, "build-system").get("requires")))


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _line(text: str, requirement: str) -> int:
    return first_line(text, f'"{requirement}"', f"'{requirement}'", json.dumps(requirement))


def _poetry(path: str, text: str, poetry: Mapping[str, Any]) -> Iterator[Package]:
    sections = [("tool.poetry.dependencies", poetry.get("dependencies"), PackageScope.RUNTIME)]
    sections.append(("tool.poetry.dev-dependencies", poetry.get("dev-dependencies"), PackageScope.DEVELOPMENT))
    for group, content in table(poetry, "group").items():
        scope = PackageScope.RUNTIME if group == "main" else PackageScope.DEVELOPMENT
        sections.append((f"tool.poetry.group.{group}.dependencies", table(content, "dependencies"), scope))
    for header, section, scope in sections:
        if not isinstance(section, Mapping):
            continue
        start = max(text.find(f"[{header}]"), 0)
        for name, wish in section.items():
            if name.lower() != "python":
                yield _wished(name, wish, Location(path=path, line=_key_line(text, start, name)), scope)


def _key_line(text: str, start: int, name: str) -> int:
    line = first_line(text, f"\n{name} ", f"\n{name}=", f'\n"{name}"', f"\n{name}.", start=start)
    return line and line + 1  # a piece begins with the end of the line before


def _wished(name: str, wish: object, at: Location, scope: PackageScope) -> Package:
    inner = wish if isinstance(wish, Mapping) else {}
    range_ = wish if isinstance(wish, str) else text_of(inner.get("version")) or text_of(inner.get("git")) or text_of(inner.get("url"))
    bare = range_.removeprefix("==").strip()
    exact = range_ != "*" and bare[:1] in _DIGITS and bare != "" and not set(bare) & set("*,<>~^|! /:")
    optional = inner.get("optional") is True and scope is PackageScope.RUNTIME
    return Package(
        ecosystem="pypi",
        name=canonicalize_name(name),
        version=bare if exact else None,
        at=at,
        requirement=range_,
        scope=PackageScope.OPTIONAL if optional else scope,
        direct=True,
    )
