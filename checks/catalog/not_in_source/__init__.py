"""Code and hooks of a published artefact that its repository lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.model import Change, ChangeKind, Comparison, Confidence, Hit, Relation, Severity, Target

_RUNS = re.compile(
    r"\.(?:py|pyw|js|mjs|cjs|ts|jsx|tsx|sh|bash|ps1|bat|cmd|rb|php|pl|go|rs|java|kt|cs|pth|so|pyd|node|dll|exe)$", re.IGNORECASE
)
_FILES = frozenset({ChangeKind.FILE_ADDED, ChangeKind.FILE_CHANGED})
#: Files that are told one by one; what lies beyond is counted. A package with more is built otherwise, and one finding says so.
_TOLD = 10


def inspect(target: Target) -> Iterator[Hit]:
    """Report what runs and stands in the artefact only."""
    for comparison in target.comparisons:
        if comparison.relation is Relation.REPOSITORY:
            yield from _beyond(comparison)


def _beyond(comparison: Comparison) -> Iterator[Hit]:
    files = [change for change in comparison.changes if change.kind in _FILES and not change.expected and _RUNS.search(change.subject)]
    for change in files[:_TOLD]:
        yield _of_file(change, many=len(files) > _TOLD)
    for change in comparison.changes:
        if change.kind is ChangeKind.HOOK_ADDED:
            yield Hit(at=change.at, message=f"The package runs {change.subject}, which its repository does not.", evidence=change.after)


def _of_file(change: Change, *, many: bool) -> Hit:
    """Tell of one file. Where very many differ, the package is made in a way that was not seen, which says less of each."""
    if change.kind is ChangeKind.FILE_ADDED:
        message = f"{change.subject[:120]} stands in the package and not in its repository."
    else:
        message = f"{change.subject[:120]} differs from {change.before[:120]} in the repository."
    return Hit(
        at=change.at,
        message=message,
        evidence=change.subject,
        severity=Severity.MEDIUM if many else None,
        confidence=Confidence.LOW if many else None,
    )
