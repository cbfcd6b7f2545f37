"""What one reader of a submission contributes to the target."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from dataclasses import dataclass, fields
from typing import Any

from checks.model import AutoRun, Capability, Component, Declaration, Launch, Surface, Tool, Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A part of a ``Target``. The names mean what they mean there."""

    components: tuple[Component, ...] = ()
    tools: tuple[Tool, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    launches: tuple[Launch, ...] = ()
    autoruns: tuple[AutoRun, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    programs: tuple[str, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    surfaces: tuple[Surface, ...] = ()


def beyond(items: Sized, most: int, path: str, what: str) -> Facts:
    """Give a row if there are more items than are read; a list that long was not written for people."""
    if len(items) <= most:
        return Facts()
    return Facts(unreadable=(Unreadable(path=path, reason=f"more than {most} {what}: the others are not read", gate=True),))


def together(parts: Iterable[Facts]) -> Facts:
    """Join facts in order; what is said twice is kept once."""
    every = list(parts)
    joined: dict[str, tuple[Any, ...]] = {
        field.name: _unique(item for part in every for item in getattr(part, field.name)) for field in fields(Facts)
    }
    return Facts(**joined)


def _unique(items: Iterable[object]) -> tuple[object, ...]:
    seen: dict[object, object] = {}
    for item in items:
        seen.setdefault(repr(item) if isinstance(item, Tool) else item, item)  # a tool's schema is a mapping, which has no hash
    return tuple(seen.values())
