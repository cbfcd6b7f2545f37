"""Small worlds for the sandbox: a catalogue with a check that does what a submission tells it to, blobs, and snapshots of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.model import File
from reviewer.acquire.blobs import BlobFolder
from reviewer.isolation import available
from reviewer.model import Isolation, Snapshot

LEVELS = [level for level in Isolation if available(level) is level]
"""The levels that this machine can reach, best first."""
NO_LINUX = sys.platform != "linux"

DEFINITION = """\
title: A check for tests
kind: malice
family: F01
severity: high
confidence: high
question: Does it hold?
why: It is a test.
remedy: None is needed.
since: "0.1"
"""


def a_catalog(folder: Path, name: str, module: str) -> Path:
    """Write a catalogue of one check."""
    check = folder / "catalog" / name
    check.mkdir(parents=True)
    (check / "check.yaml").write_text(DEFINITION)
    (check / "__init__.py").write_text(module)
    return folder / "catalog"


def a_rule_catalog(folder: Path, **rules: str) -> Path:
    """Write a catalogue of semgrep checks: id (with ``_``) to the text of its rules."""
    for name, text in rules.items():
        check = folder / "rules" / name
        check.mkdir(parents=True)
        (check / "check.yaml").write_text(DEFINITION)
        (check / "semgrep.yaml").write_text(text)
    return folder / "rules"


def a_submission(blobs: BlobFolder, files: Mapping[str, bytes], name: str = "sample", **different: Any) -> Snapshot:
    """Keep files and give their snapshot."""
    rows = tuple(File(path=path, mode="100644", size=len(content), sha256=blobs.put(content)) for path, content in sorted(files.items()))
    return Snapshot(**({"source": f"./{name}", "name": name, "digests": {"dirHash": "h1:"}, "files": rows} | different))
