"""Texts that are put together of pieces."""

from __future__ import annotations

from checks.model import Location
from reviewer.inventory.program.things import UNKNOWN, Joined, Known, Thing, text_of

#: Of how many pieces a text may be made.
TEXTS = 120


def joined(parts: list[Thing], at: Location | None) -> Thing:
    """Give pieces as one text, constant if all of them are."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Joined) else (part,))]
    whole: list[Thing] = []
    for part in flat[:TEXTS]:
        text = _shown(part)
        before = text_of(whole[-1]) if whole else None
        if text is not None and before is not None:
            whole[-1] = Known(value=before + text, at=at)
        else:
            whole.append(Known(value=text, at=at) if text is not None else part)
    if len(flat) > TEXTS:
        whole.append(UNKNOWN)
    if not whole:
        return Known(value="", at=at)
    return whole[0] if len(whole) == 1 and text_of(whole[0]) is not None else Joined(parts=tuple(whole))


def _shown(part: Thing) -> str | None:
    if isinstance(part, Known) and part.value is not None:
        return part.value if isinstance(part.value, str) else str(part.value).lower() if isinstance(part.value, bool) else str(part.value)
    return None
