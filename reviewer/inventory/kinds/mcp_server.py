"""MCP servers: the packages whose code registers tools or makes a server object."""

from __future__ import annotations

import configparser
import email.parser
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from checks.model import Component, Location, TargetKind
from reviewer.documents import text_or_none
from reviewer.inventory.conventions import conventions, names
from reviewer.inventory.facts import Facts
from reviewer.inventory.file_types import is_vendored
from reviewer.inventory.identity import component_id
from reviewer.inventory.languages.interface import ServerFact
from reviewer.inventory.tree import Tree


@dataclass(slots=True)
class _Evidence:
    """What speaks for a server in one folder."""

    servers: list[ServerFact] = field(default_factory=list)
    places: list[Location] = field(default_factory=list)


def find(tree: Tree) -> Facts:
    """Give one component per package that holds a server, and the programs that packages put on the path."""
    evidence: dict[str, _Evidence] = {}
    for server in tree.extraction.servers:
        found = evidence.setdefault(tree.root_of(server.at.path), _Evidence())
        found.servers.append(server)
        found.places.append(server.at)
    for tool in tree.extraction.tools:
        evidence.setdefault(tree.root_of(tool.at.path), _Evidence()).places.append(tool.at)
    for path in _foreign(tree):
        evidence.setdefault(path.rpartition("/")[0], _Evidence()).places.append(Location(path=path))
    evidence = {root: found for root, found in evidence.items() if _counts(found)} or evidence
    components = tuple(_component(root, evidence[root], tree) for root in sorted(evidence))
    return Facts(components=components, programs=tuple(dict.fromkeys(_programs(tree))))


def _counts(found: _Evidence) -> bool:
    """Tell whether there is evidence outside of tests."""
    return any(names("test_folders").isdisjoint(place.path.lower().split("/")[:-1]) for place in found.places)


def _foreign(tree: Tree) -> Iterator[str]:
    """Give build files that depend on a server library of a language without a reader."""
    for name, libraries in conventions()["server_dependencies"].items():
        yield from (path for path in tree.named(name) if any(library in tree.texts[path] for library in libraries))


def _component(root: str, found: _Evidence, tree: Tree) -> Component:
    name, version, description = package_facts(root, tree)
    server = next(
        (server for server in found.servers if server.name), found.servers[0] if found.servers else ServerFact(at=found.places[0])
    )
    languages = Counter(tree.files[place.path].language for place in found.places if place.path in tree.files)
    transports = [server.transport for server in found.servers if server.transport]
    own = server.name or root.rpartition("/")[2] or tree.snapshot.name
    return Component(
        id=component_id(TargetKind.MCP_SERVER, root),
        kind=TargetKind.MCP_SERVER,
        root=root,
        name=name or own,
        at=server.at,
        version=version or server.version,
        description=description,
        language=languages.most_common(1)[0][0] if languages else None,
        transport=transports[0] if transports else None,
    )


def package_facts(root: str, tree: Tree) -> tuple[str | None, str | None, str | None]:
    """Give name, version and description of the package in a folder: package.json, pyproject.toml, or a wheel's METADATA."""
    prefix = f"{root}/" if root else ""
    for content in (tree.document(f"{prefix}package.json").mapping, _python_project(tree.document(f"{prefix}pyproject.toml").mapping)):
        if text_or_none(content.get("name")):
            return content["name"], text_or_none(content.get("version")), text_or_none(content.get("description"))
    for path in tree.by_name.get("metadata", ()):
        folder = path.rpartition("/")[0]
        if folder.endswith(".dist-info") and folder.rpartition("/")[0] == root and path in tree.texts:
            headers = email.parser.HeaderParser().parsestr(tree.texts[path][:20_000])
            return str(headers["Name"] or "") or None, str(headers["Version"] or "") or None, str(headers["Summary"] or "") or None
    return None, None, None


def _python_project(content: Mapping[str, Any]) -> Mapping[str, Any]:
    project = content.get("project")
    tool = content.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    return project if isinstance(project, dict) else poetry if isinstance(poetry, dict) else {}


def _programs(tree: Tree) -> Iterator[str]:
    for path in tree.named("package.json"):
        content = tree.document(path).mapping
        bins, name = content.get("bin"), content.get("name")
        if isinstance(bins, str) and isinstance(name, str):
            yield name.rpartition("/")[2]
        yield from map(str, bins if isinstance(bins, dict) else ())
    for path in tree.named("pyproject.toml"):
        scripts = _python_project(tree.document(path).mapping).get("scripts")
        yield from map(str, scripts if isinstance(scripts, dict) else ())
    for path in tree.named("entry_points.txt", "setup.cfg"):
        if not is_vendored(path):
            yield from _console_scripts(tree.texts[path][:100_000])


def _console_scripts(text: str) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return
    if parser.has_section("console_scripts"):
        yield from parser.options("console_scripts")
    if parser.has_option("options.entry_points", "console_scripts"):
        lines = parser.get("options.entry_points", "console_scripts").splitlines()
        yield from (line.partition("=")[0].strip() for line in lines if "=" in line)
