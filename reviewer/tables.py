"""Reads our own YAML tables: judgement that stands beside the code as data."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml


@functools.cache
def load_table(path: Path) -> Any:  # noqa: ANN401  each table has its own shape, described at its head
    """Read one table. It is ours, so an error in it is an error of ours and is raised."""
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders
