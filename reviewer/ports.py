"""The world outside, as the pipeline sees it: each Protocol names what it may raise. Tests give small in-memory worlds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from checks.model import Check
from reviewer.model import PublishedPackage, Reading, SemgrepReport, Snapshot


class Blobs(Protocol):
    """Bytes by their sha256 (hex)."""

    @property
    def root(self) -> Path:
        """The folder that the sandboxed child may read: ``root/ab/abcdef…``."""
        ...

    def put(self, content: bytes) -> str:
        """Keep bytes; give their sha256. Putting twice is no error."""
        ...

    def get(self, sha256: str) -> bytes:
        """Give bytes back. Raises KeyError if they are not kept."""
        ...


class Progress(Protocol):
    """Where long work says what it does. Silent unless stderr is a terminal."""

    def say(self, sentence: str) -> None:
        """Tell what is being done now."""
        ...


class Fetcher(Protocol):
    """Brings a source's bytes here."""

    def fetch(self, source: str) -> Snapshot:
        """Acquire one source. Raises UsageFault or NotFetchedError."""
        ...


class Upstream(Fetcher, Protocol):
    """A fetcher that also asks registries."""

    def claimed_repository(self, package: PublishedPackage) -> str:
        """Give ``https://host/owner/repo[#folder]``, empty if the package names none. Raises NotFetchedError."""
        ...


class Reader(Protocol):
    """Reads hostile bytes apart from us."""

    def read(self, snapshots: Sequence[Snapshot], checks: Sequence[Check]) -> list[Reading]:
        """Give one reading per snapshot, in order. Never raises for what a submission holds."""
        ...


class Semgrep(Protocol):
    """Data flow over all submissions at once."""

    def run(self, snapshots: Sequence[Snapshot], readings: Sequence[Reading], checks: Sequence[Check]) -> list[SemgrepReport]:
        """Give one report per snapshot, in order. Never raises for what a submission holds."""
        ...
