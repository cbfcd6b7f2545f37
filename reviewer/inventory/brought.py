"""Parts that acquire has brought because a document names them: a component for each, also where its code shows no server."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Component, Location, TargetKind
from reviewer.inventory.facts import Facts, together
from reviewer.inventory.identity import component_id
from reviewer.inventory.launches import read_servers
from reviewer.inventory.tree import Tree
from reviewer.model import Origin, SourcePart

__all__ = ["bare_servers", "of_origin"]

LAUNCH_PAGE = "launch.json"


def of_origin(tree: Tree, origin: Origin) -> Iterator[SourcePart]:
    """Give the parts of one origin."""
    return (part for part in tree.snapshot.parts if part.origin is origin)


def bare_servers(tree: Tree, origin: Origin) -> Facts:
    """Give a server for each part in which no other kind finds one, so that what is started is listed whatever it is."""
    parts = list(of_origin(tree, origin))
    known = _known(tree) if parts else set()
    return together(_bare(part, tree) for part in parts if not _has(known, part.root))


def _has(known: set[str], root: str) -> bool:
    return root in known or any(each.startswith(f"{root}/") for each in known)


def _known(tree: Tree) -> set[str]:
    from reviewer.inventory.kinds import bundle, mcp_server  # noqa: PLC0415  kinds import this module

    return {component.root for find in (bundle.find, mcp_server.find) for component in find(tree).components}


def _bare(part: SourcePart, tree: Tree) -> Facts:
    identity = component_id(TargetKind.MCP_SERVER, part.root)
    page = f"{part.root}/{LAUNCH_PAGE}"
    inside = sorted(path for path in tree.files if path.startswith(f"{part.root}/"))
    component = Component(
        id=identity,
        kind=TargetKind.MCP_SERVER,
        root=part.root,
        name=part.name,
        at=Location(path=page if page in tree.files else inside[0] if inside else part.root, line=1 if inside else 0),
        version=part.package.version if part.package else None,
        transport="stdio",
    )
    found = Facts(components=(component,))
    if part.fetched or page not in tree.texts:
        return found
    return together([found, read_servers({part.name: tree.document(page).value}, page, tree.texts[page], identity)])
