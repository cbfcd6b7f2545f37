"""The real world for the pipeline: network, sandbox, semgrep, over one folder of bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.cli.console import TerminalProgress
from reviewer.errors import UsageFault

if TYPE_CHECKING:
    from checks.model import Check
    from reviewer.model import Counterpart, Reading, SemgrepReport, Snapshot
    from reviewer.pipeline import Standards, World
    from reviewer.ports import Progress, Reader, Semgrep


def catalogue() -> tuple[Check, ...]:
    """Load all checks. Raises UsageFault naming every error of every check with its place."""
    from checks.loader import CatalogueError, load_checks  # noqa: PLC0415  --help does not need the catalogue

    try:
        return load_checks()
    except CatalogueError as error:
        raise UsageFault(f"the catalogue of checks is invalid: {error}", hint="mend the named files; nothing was changed") from error


def standards(policy: Path | None = None) -> Standards:
    """Load the catalogue and the policy. Raises UsageFault naming every error of either."""
    from checks.loader import catalogue_digest  # noqa: PLC0415  --help does not need the pipeline
    from reviewer.assess.policy import load_policy  # noqa: PLC0415  the same
    from reviewer.pipeline import Standards  # noqa: PLC0415  the same

    checks = catalogue()
    return Standards(checks=checks, catalogue_digest=catalogue_digest(checks), policy=load_policy(policy))


def world(
    blobs: Path,
    *,
    allow_local_git: bool = False,
    against: Sequence[str] = (),
    tools: Path | None = None,
    before: Callable[[Snapshot], tuple[Counterpart, ...]] = lambda _: (),
) -> World:
    """Stand everything up over a folder for bytes.

    Args:
        blobs: the folder.
        allow_local_git: let git repositories of this machine be read.
        against: sources to compare with; ``repository`` is the one that a published package names, at its version.
        tools: a captured list of tools of the remote server that is asked for.
        before: gives what else a snapshot is compared with.
    """
    from reviewer.acquire import Acquirer  # noqa: PLC0415  --help does not need the pipeline
    from reviewer.acquire.blobs import BlobFolder  # noqa: PLC0415  the same
    from reviewer.acquire.counterparts import counterparts  # noqa: PLC0415  --help does not need the pipeline
    from reviewer.pipeline import World  # noqa: PLC0415  the same
    from reviewer.sandbox import SandboxedReader, SandboxedSemgrep  # noqa: PLC0415  the same

    kept, progress = BlobFolder(blobs), TerminalProgress()
    others = Acquirer(kept, allow_local_git=allow_local_git, progress=progress)
    return World(
        fetcher=Acquirer(kept, allow_local_git=allow_local_git, progress=progress, tools=tools),
        counterparts=lambda snapshot: (*counterparts(snapshot, against, others), *before(snapshot)),
        reader=_AnnouncedReader(SandboxedReader(kept), progress),
        semgrep=_AnnouncedSemgrep(SandboxedSemgrep(kept), progress),
    )


@dataclass(frozen=True, slots=True)
class _AnnouncedReader:
    reader: Reader
    progress: Progress

    def read(self, snapshots: Sequence[Snapshot], checks: Sequence[Check]) -> list[Reading]:
        self.progress.say(f"Examining {', '.join(snapshot.name for snapshot in snapshots[:3])}")
        return self.reader.read(snapshots, checks)


@dataclass(frozen=True, slots=True)
class _AnnouncedSemgrep:
    semgrep: Semgrep
    progress: Progress

    def run(self, snapshots: Sequence[Snapshot], readings: Sequence[Reading], checks: Sequence[Check]) -> list[SemgrepReport]:
        self.progress.say("Following data flow")
        return self.semgrep.run(snapshots, readings, checks)
