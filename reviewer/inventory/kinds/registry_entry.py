"""Entries of an MCP registry (``server.json``): how its packages are started, what they ask for, and packages that could not be fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from checks.model import Declaration, Launch, Location, Surface, SurfaceRole
from reviewer.documents import line_of, text_or_none
from reviewer.inventory.brought import bare_servers
from reviewer.inventory.facts import Facts, together
from reviewer.inventory.tree import Tree
from reviewer.model import Origin

#: How many packages, arguments and variables of one entry are listed.
KEPT = 100

_RUNNERS = {"npm": "npx", "pypi": "uvx", "oci": "docker", "nuget": "dnx"}
_SEPARATORS = {"npm": "@", "pypi": "==", "nuget": "@", "oci": ":"}


def find(tree: Tree) -> Facts:
    """Give what every entry in the submission declares, and a component for each package of the submitted one."""
    paths = (path for path in tree.named("server.json") if '"packages"' in tree.texts[path] or '"remotes"' in tree.texts[path])
    return together([bare_servers(tree, Origin.PACKAGE), *(_entry(path, tree) for path in paths)])


def _entry(path: str, tree: Tree) -> Facts:
    content, text = tree.document(path).mapping, tree.texts[path]
    inner = content.get("server")
    entry = inner if isinstance(inner, dict) else content
    packages = _items(entry, "packages")
    if not text_or_none(entry.get("name")) or not (packages or _items(entry, "remotes")):
        return Facts()
    at = Location(path=path, line=line_of(text, '"description"') or 1)
    described = text_or_none(entry.get("description"))
    surfaces = (Surface(role=SurfaceRole.INSTRUCTIONS, owner=path, text=described, at=at),) if described else ()
    launches = tuple(launch for package in packages for launch in _launch(package, path, text))
    asked = tuple(declaration for package in packages for declaration in _asked(package, path, text))
    return Facts(surfaces=surfaces, launches=launches, declarations=asked)


def _items(mapping: Mapping[str, Any], *keys: str) -> list[Mapping[str, Any]]:
    listed: list[Any] = next((mapping[key] for key in keys if isinstance(mapping.get(key), list)), [])
    found: list[Mapping[str, Any]] = [item for item in listed if isinstance(item, dict)]
    return found[:KEPT]


def _text(mapping: Mapping[str, Any], *keys: str) -> str:
    return next((mapping[key] for key in keys if isinstance(mapping.get(key), str)), "")


def _launch(package: Mapping[str, Any], path: str, text: str) -> Iterator[Launch]:
    """Give the command that a client makes of a package: the runner, its arguments, the package at its version, the package's arguments."""
    kind = _text(package, "registryType", "registry_type", "registry_name")
    identifier, version = _text(package, "identifier", "name"), _text(package, "version")
    runner = _text(package, "runtimeHint", "runtime_hint") or _RUNNERS.get(kind, "")
    if not identifier or not runner:
        return
    pinned = identifier if not version or "@sha256:" in identifier else f"{identifier}{_SEPARATORS.get(kind, '@')}{version}"
    before = _arguments(_items(package, "runtimeArguments", "runtime_arguments"))
    after = _arguments(_items(package, "packageArguments", "package_arguments"))
    middle = ("run",) if runner in {"docker", "podman"} and "run" not in before else ()
    names = tuple(_text(variable, "name") for variable in _items(package, "environmentVariables", "environment_variables"))
    at = Location(path=path, line=line_of(text, json.dumps(identifier)) or 1)
    yield Launch(command=(runner, *middle, *before, pinned, *after), at=at, env=tuple(filter(None, names)), context="manifest")


def _arguments(items: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Give arguments as far as the entry fixes them; what the user fills in stands in braces."""
    words: list[str] = []
    for item in items:
        name, value = _text(item, "name"), _text(item, "value", "default")
        filled = value or "{" + (_text(item, "valueHint", "value_hint") or name or "value") + "}"
        words.extend([name, *([filled] if value else [])] if name.startswith("-") else [filled])
    return tuple(words)


def _asked(package: Mapping[str, Any], path: str, text: str) -> Iterator[Declaration]:
    for variable in _items(package, "environmentVariables", "environment_variables"):
        name = _text(variable, "name")
        if name:
            secret = variable.get("isSecret") is True or variable.get("is_secret") is True
            at = Location(path=path, line=line_of(text, json.dumps(name)))
            yield Declaration(field="environmentVariables", value=name[:200] + (" (secret)" if secret else ""), at=at)
