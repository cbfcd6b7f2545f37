"""The catalogue: every folder of ``checks/catalog`` is a check, and its name, with ``-`` for ``_``, is the check's id.

A folder holds ``check.yaml`` and exactly one method: a function ``inspect`` in ``__init__.py``, or rules in ``semgrep.yaml``.
The catalogue is loaded whole or not at all; all that is wrong with it is told at once.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from checks.model import Check, Definition

CATALOG = Path(__file__).parent / "catalog"
TITLE_LENGTH = 70
_KEPT = frozenset({".py", ".yaml"})

_DEFINITION = TypeAdapter(Definition)
_KEYS = frozenset(field.name for field in dataclasses.fields(Definition))
_SHAPES = (
    ("title", re.compile(rf"[^\n]{{1,{TITLE_LENGTH - 1}}}[^.\n]"), f"is longer than {TITLE_LENGTH} characters or ends with a full stop"),
    ("question", re.compile(r".+\?\s*", re.DOTALL), "does not end with a question mark"),
    ("family", re.compile(r"F(?:0[1-9]|[12]\d|3[0-8])"), "is none of F01 to F38"),
    ("cwe", re.compile(r"CWE-\d{1,4}"), "is not written like CWE-78"),
    ("references", re.compile(r"https://\S+"), "is not an https address"),
)


class CatalogueError(Exception):
    """The catalogue cannot be loaded. ``errors`` names every mistake as ``folder/file: key: what is wrong``."""

    def __init__(self, errors: Iterable[str]) -> None:
        """Keep all mistakes, one a line."""
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))


def load_checks(catalog: Path | None = None) -> tuple[Check, ...]:
    """Load every check of a catalogue, ordered by id.

    Raises CatalogueError with every mistake of every check.
    """
    catalog = catalog or CATALOG
    errors: list[str] = []
    loaded = [_load(folder, errors) for folder in sorted(_folders(catalog))]
    if not loaded:
        errors.append(f"{catalog.name}: holds no check")
    if errors:
        raise CatalogueError(errors)
    return tuple(check for check in loaded if check is not None)


def catalogue_digest(checks: Iterable[Check]) -> str:
    """Sha256 (hex) over all that decides what these checks find: their YAML and Python, and the modules that they share.

    Examples, and where the catalogue lies, do not matter.
    """
    shared = ((f"checks/{path.name}", path) for path in Path(__file__).parent.iterdir() if path.suffix in _KEPT)
    own = ((f"{check.id}/{path.relative_to(check.folder).as_posix()}", path) for check in checks for path in _sources(check.folder))
    digest = hashlib.sha256()
    for name, path in sorted([*shared, *own]):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _folders(catalog: Path) -> Iterator[Path]:
    try:
        entries = list(catalog.iterdir())
    except OSError as error:
        raise CatalogueError([f"{catalog.name}: {error.strerror}"]) from error
    return (entry for entry in entries if entry.is_dir() and not entry.name.startswith((".", "__")))


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if path.suffix in _KEPT and inside[0] not in {"examples", "__pycache__"}:
            yield path


def _load(folder: Path, errors: list[str]) -> Check | None:
    """Load one folder, or note what is wrong with it."""
    before = len(errors)
    definition = _definition(folder, errors)
    module = _module(folder, errors) if (folder / "__init__.py").is_file() else None
    inspect = getattr(module, "inspect", None)
    semgrep = folder / "semgrep.yaml" if (folder / "semgrep.yaml").is_file() else None
    if len(errors) == before and (inspect is None) == (semgrep is None):
        errors.append(
            f"{folder.name}: has {'both' if semgrep else 'neither'} of __init__.py:inspect {'and' if semgrep else 'nor'} semgrep.yaml"
        )
    if definition is None or len(errors) > before:
        return None
    return Check(id=folder.name.replace("_", "-"), definition=definition, folder=folder, inspect=inspect, semgrep=semgrep)


def _definition(folder: Path, errors: list[str]) -> Definition | None:
    place = f"{folder.name}/check.yaml"
    try:
        content = yaml.load((folder / "check.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    except OSError as error:
        errors.append(f"{place}: {error.strerror}")
        return None
    except yaml.YAMLError as error:
        errors.append(f"{place}: {' '.join(str(error).split())}")
        return None
    if not isinstance(content, dict):
        errors.append(f"{place}: is not a mapping")
        return None
    errors.extend(f"{place}: {key}: is unknown" for key in content if key not in _KEYS)
    try:
        definition = _DEFINITION.validate_python(content)
    except ValidationError as error:
        errors.extend(f"{place}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return None
    errors.extend(f"{place}: {key}: {value!r} {wrong}" for key, value, wrong in _misshapen(definition))
    return definition


def _misshapen(definition: Definition) -> Iterator[tuple[str, str, str]]:
    """Yield key, value and reason of each text that a reader would stumble over."""
    for key, shape, wrong in _SHAPES:
        value: Any = getattr(definition, key)
        for text in (value,) if isinstance(value, str) else value:
            if not shape.fullmatch(text):
                yield key, text, wrong


def _module(folder: Path, errors: list[str]) -> ModuleType | None:
    try:
        if folder.parent == CATALOG:
            return importlib.import_module(f"checks.catalog.{folder.name}")
        return _module_elsewhere(folder)
    except (ImportError, SyntaxError) as error:
        errors.append(f"{folder.name}/__init__.py: {error}")
        return None


def _module_elsewhere(folder: Path) -> ModuleType:
    """Import a check of a catalogue that is not a package of ours, under a name of its own."""
    name = f"checks_of_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError("cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
