"""What a submission can be: one module per kind. The module is the registration: ``find(tree) -> Facts``."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import cast

from reviewer.inventory.facts import Facts
from reviewer.inventory.tree import Tree

Kind = Callable[[Tree], Facts]


@functools.cache
def discover() -> Mapping[str, Kind]:
    """Give the ``find`` of every module beside this one, by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast("Kind", importlib.import_module(f"{__name__}.{name}").find) for name in names}
