"""One folder per programming language: how tools are registered, and which calls mean which capability."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from typing import cast

from reviewer.inventory.languages.interface import Language


@functools.cache
def discover() -> Mapping[str, Language]:
    """Give every language folder beside this module, by its name. The folder is the registration."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return {name: cast("Language", importlib.import_module(f"{__name__}.{name}")) for name in names}
