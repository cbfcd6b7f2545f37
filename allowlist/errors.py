"""Why a list, a key or an export is refused. ``reason`` is one word for programs, the message one sentence for people."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar


class AllowlistError(Exception):
    """What every refusal of this package is."""

    reason: ClassVar[str] = "unverified"


class Expired(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """A signature, the root or the list is too old to be believed."""

    reason = "expired"


class ClockBehind(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """The list was made after now: with a clock that is behind, nothing ever expires."""

    reason = "clock-behind"


class RolledBack(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """An older list than one that was seen, or demanded, is offered."""

    reason = "rolled-back"


class Tampered(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """A file is not the one that was signed."""

    reason = "tampered"


class Missing(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """A file that signed metadata names is absent."""

    reason = "missing"


class NotCovered(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """The folder holds something that no signature speaks of."""

    reason = "not-covered"


class WronglySigned(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """Another key, another root, or a signature that does not fit."""

    reason = "wrongly-signed"


class KeysOverlap(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """One key stands for two names, two people or two duties, so thresholds would count it twice."""

    reason = "keys-overlap"


class Unapproved(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """An entry says more than its signed decisions say, or has none that count."""

    reason = "unapproved"


class Revoked(AllowlistError):  # noqa: N818  a verdict on a list, not a malfunction
    """An entry is listed although it was revoked."""

    reason = "revoked"


class Malformed(AllowlistError):  # noqa: N818  a verdict on a document, not a malfunction
    """A document is not of the form that was agreed. The message begins with the place, ``entries[2].subject.digests``."""

    reason = "malformed"


class StateUnusable(AllowlistError):  # noqa: N818  a verdict on a file, not a malfunction
    """What was seen before cannot be read, or what is seen now cannot be kept."""

    reason = "state-unusable"


class KeyUnusable(AllowlistError):  # noqa: N818  a verdict on a key, not a malfunction
    """A key of unknown form, too short, or encrypted and not opened."""

    reason = "key-unusable"


class NotWritten(AllowlistError):  # noqa: N818  says what did not happen
    """A folder was not published or exported; what stood there stands there still."""

    reason = "not-written"


class Foreign(NotWritten):
    """The place holds something that is not a published list: a link, a file, or a folder with other things in it."""

    reason = "foreign"


class Unexportable(AllowlistError):  # noqa: N818  a decision, not a malfunction
    """A format cannot say this at all, or would say it so that the client reads something else."""

    reason = "unexportable"


class LossError(Unexportable):
    """The client would allow more than was approved. ``kinds`` are what it cannot hold to, such as ``tools``."""

    reason = "loss"

    def __init__(self, message: str, *, kinds: Collection[str]) -> None:
        """Keep the sentence and the kinds of loss that were not accepted."""
        super().__init__(message)
        self.kinds = frozenset(kinds)
