"""Names of components: unique in a submission, and readable."""

from __future__ import annotations

from checks.model import TargetKind


def component_id(kind: TargetKind, root: str) -> str:
    """Give the id of the component of a kind that a folder holds.

    >>> component_id(TargetKind.SKILL, "skills/pdf")
    'skill:skills/pdf'
    """
    return f"{kind.value}:{root or '.'}"
