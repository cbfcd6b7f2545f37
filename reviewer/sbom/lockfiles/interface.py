"""What a lock file module gives: every module beside this one that has ``matches`` and ``parse`` is a format.

A module reads one text and knows nothing of its neighbours; ``reviewer.sbom.lockfiles.read_packages`` brings them together.
"""

from __future__ import annotations

from typing import Protocol

from reviewer.model import Package

__all__ = ["Lockfile", "LockfileError"]


class LockfileError(Exception):
    """A manifest or lock file that cannot be read. ``place`` says where in it (``packages[2].version``, ``line 7``), ``reason`` why."""

    def __init__(self, place: str, reason: str) -> None:
        """Keep the place and the reason apart."""
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place = place
        self.reason = reason


class Lockfile(Protocol):
    """A format, as a module. It may also have ``includes(text) -> tuple[str, ...]``: files that it names, relative to its own folder."""

    def matches(self, path: str) -> bool:
        """Tell from the path alone whether a file is of this format."""
        ...

    def parse(self, path: str, text: str) -> tuple[Package, ...]:
        """Read a text. The same text gives the same packages. Raises LockfileError and nothing else."""
        ...
