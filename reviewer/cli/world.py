"""The real world for the pipeline: network, sandbox, semgrep, over one folder of bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.cli.console import TerminalProgress

if TYPE_CHECKING:
    from reviewer.pipeline import Standards, World


def standards(policy: Path | None = None) -> Standards:
    """Load the catalogue and the policy. Raises UsageFault naming every error of a policy file."""
    from checks.loader import catalogue_digest, load_checks  # noqa: PLC0415  --help does not need the pipeline
    from reviewer.assess.policy import load_policy  # noqa: PLC0415  the same
    from reviewer.pipeline import Standards  # noqa: PLC0415  the same

    catalogue = load_checks()
    return Standards(checks=catalogue, catalogue_digest=catalogue_digest(catalogue), policy=load_policy(policy))


def world(blobs: Path, *, allow_local_git: bool = False) -> World:
    """Stand everything up over a folder for bytes."""
    from reviewer.acquire import Acquirer  # noqa: PLC0415  --help does not need the pipeline
    from reviewer.acquire.blobs import BlobFolder  # noqa: PLC0415  the same
    from reviewer.pipeline import World  # noqa: PLC0415  the same
    from reviewer.sandbox import SandboxedReader, SandboxedSemgrep  # noqa: PLC0415  the same

    kept = BlobFolder(blobs)
    return World(
        fetcher=Acquirer(kept, allow_local_git=allow_local_git, progress=TerminalProgress()),
        reader=SandboxedReader(kept),
        semgrep=SandboxedSemgrep(kept),
    )
