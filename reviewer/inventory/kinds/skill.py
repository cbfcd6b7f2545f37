"""Skills: a folder with a SKILL.md, as the Agent Skills specification has it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Component, Location, SurfaceRole, TargetKind
from reviewer.documents import text_or_none
from reviewer.inventory.agent_pages import instructions, led_to, page_of
from reviewer.inventory.facts import Facts, together
from reviewer.inventory.identity import component_id
from reviewer.inventory.tree import Tree


def find(tree: Tree) -> Facts:
    """Give every Skill with its texts, permissions, commands, and the files to which it leads."""
    return together(_skill(path, tree) for path in _pages(tree))


def _pages(tree: Tree) -> Iterator[str]:
    """Give one page per folder: where the name stands twice in different case, the correct one."""
    folders: set[str] = set()
    for path in sorted(tree.named("skill.md")):
        folder = path.rpartition("/")[0]
        if folder not in folders:
            folders.add(folder)
            yield path


def _skill(path: str, tree: Tree) -> Facts:
    root = path.rpartition("/")[0]
    page = page_of(path, tree)
    identity = component_id(TargetKind.SKILL, root)
    references, further = led_to(page, root, identity, tree)
    metadata = page.front.get("metadata")
    version = page.text("version") or (metadata.get("version") if isinstance(metadata, dict) else None)
    component = Component(
        id=identity,
        kind=TargetKind.SKILL,
        root=root,
        name=page.text("name") or root.rpartition("/")[2] or tree.snapshot.name,
        at=Location(path=path, line=1),
        version=text_or_none(version),
        description=text_or_none(page.text("description")),
        references=references,
    )
    own = instructions(page, identity, SurfaceRole.SKILL_BODY, SurfaceRole.SKILL_DESCRIPTION)
    return together([Facts(components=(component,)), own, further])
