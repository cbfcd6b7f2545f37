"""What a language folder hands to the shared reader of typed languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reviewer.inventory.program.model import Module

__all__ = ["Dialect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A typed language.

    ``folder`` holds ``capabilities.yaml``, ``registrations.yaml`` and their ``examples.yaml``. ``lower`` turns (path, text) into a
    module; it may raise RecursionError or MemoryError, nothing else.
    """

    name: str
    folder: Path
    lower: Callable[[str, str], Module]
