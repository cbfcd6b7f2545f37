"""What can go wrong, whose fault it is, and what to do next.

Exit codes (one table here, one in the README, one test that they agree).
"""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """The numbers with which ``reviewer`` ends. All others are reserved."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FETCHED = 3
    REFUSED = 4
    STALE = 5
    RESTRICT = 11
    FIX_FIRST = 12
    INVESTIGATE = 13
    BLOCK = 14
    UNVERIFIED = 20
    DRIFT = 21


class ReviewerError(Exception):
    """We failed; no verdict was made. ``hint`` says what to do next."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep one sentence about what happened and one about what to do."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageFault(ReviewerError):  # noqa: N818  click's own UsageError stays distinct
    """What was asked for cannot be meant: a bad source, an unknown id, an invalid policy file."""

    exit_code = ExitCode.USAGE


class NotFetchedError(ReviewerError):
    """There is nothing to review, or it could not be fetched."""

    exit_code = ExitCode.NOT_FETCHED


class Refused(ReviewerError):  # noqa: N818  a decision, not a malfunction
    """Somebody may not do this: role, threshold or policy."""

    exit_code = ExitCode.REFUSED


class Stale(ReviewerError):  # noqa: N818  a state, not a malfunction
    """What was compared is not what is published now."""

    exit_code = ExitCode.STALE


class Unverified(ReviewerError):  # noqa: N818  a verdict on a list, not a malfunction
    """An allowlist or a log does not verify."""

    exit_code = ExitCode.UNVERIFIED
