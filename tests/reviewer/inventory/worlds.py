from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from checks.model import Capability, CapabilityId, File, Surface, SurfaceRole, Target, Unreadable
from reviewer.inventory import take_inventory
from reviewer.model import PublishedPackage, Snapshot

Files = Mapping[str, str | bytes]


def submitted(
    files: Files, *, links: Mapping[str, str] | None = None, executable: Collection[str] = (), package: PublishedPackage | None = None
) -> tuple[Snapshot, dict[str, bytes]]:
    contents: dict[str, bytes] = {}
    listed = []
    every = [(path, content, "100755" if path in executable else "100644") for path, content in files.items()]
    every += [(path, aim, "120000") for path, aim in (links or {}).items()]
    for path, content, mode in every:
        raw = content.encode() if isinstance(content, str) else content
        sha256 = hashlib.sha256(raw).hexdigest()
        contents[sha256] = raw
        listed.append(File(path=path, mode=mode, size=len(raw), sha256=sha256))
    snapshot = Snapshot(source="./it", name="it", digests={"dirHash": "h1:it"}, files=tuple(listed), package=package)
    return snapshot, contents


def inventory(
    files: Files, *, links: Mapping[str, str] | None = None, executable: Collection[str] = (), package: PublishedPackage | None = None
) -> Target:
    return take_inventory(*submitted(files, links=links, executable=executable, package=package))


def rows(target: Target, path: str) -> list[Unreadable]:
    return [row for row in target.unreadable if row.path == path]


def gates(target: Target) -> set[str]:
    return {row.path for row in target.unreadable if row.gate}


def texts(target: Target, role: SurfaceRole) -> list[str]:
    return [surface.text for surface in surfaces(target, role)]


def surfaces(target: Target, role: SurfaceRole) -> list[Surface]:
    return [surface for surface in target.surfaces if surface.role is role]


def able(target: Target, identity: CapabilityId) -> list[Capability]:
    return [capability for capability in target.capabilities if capability.id is identity]


def skill(frontmatter: str, body: str = "Do the work.\n") -> str:
    return f"---\n{frontmatter.strip()}\n---\n{body}"
