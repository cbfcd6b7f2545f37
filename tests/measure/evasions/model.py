"""What a case of the suite is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A text that harms, and one of the same kind that does not."""

    harm: str
    twin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What somebody submits: files by path, or one archive under a file name."""

    files: Mapping[str, str | bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    executable: frozenset[str] = frozenset()
    archive: bytes = b""
    archive_name: str = ""

    def lay_out(self, folder: Path) -> Path:
        """Write it below a folder that exists; give what is to be scanned."""
        if self.archive_name:
            place = folder / self.archive_name
            place.write_bytes(self.archive)
            return place
        root = folder / "it"
        root.mkdir()
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            if name in self.executable:
                path.chmod(0o755)
        for name, aim in self.links.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).symlink_to(aim)
        return root


@dataclass(frozen=True, slots=True, kw_only=True)
class Evasion:
    """One way to hide something.

    ``where`` are beginnings of the paths under which it may be found or gated. ``flow``: only data flow finds it. ``gate``: it cannot be
    read, and a gate is all that is asked for. ``slow``: it takes seconds.
    """

    name: str
    hostile: Submission
    twin: Submission
    where: tuple[str, ...]
    flow: bool = False
    gate: bool = False
    slow: bool = False


def case(
    name: str,
    hidden: Hidden,
    build: Callable[[str], Submission],
    *where: str,
    twin: Callable[[str], Submission] | None = None,
    flow: bool = False,
    gate: bool = False,
    slow: bool = False,
) -> Evasion:
    """Make a case: the same shape around the text that harms and around the one that does not, unless the shape itself is a gate."""
    harmless = (twin or build)(hidden.twin)
    return Evasion(name=name, hostile=build(hidden.harm), twin=harmless, where=where, flow=flow, gate=gate, slow=slow)
