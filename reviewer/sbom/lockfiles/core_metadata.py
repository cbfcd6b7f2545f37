"""``METADATA`` of a wheel and ``PKG-INFO`` of a source distribution (Python packaging's core metadata): a wheel has no lock.

At the top of a submission the file tells what the package asks for. Deeper down, it tells that a package was bundled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from packaging.utils import canonicalize_name

from checks.model import Location
from reviewer.model import Package
from reviewer.sbom.lockfiles.interface import LockfileError
from reviewer.sbom.requirement import read_requirement

__all__ = ["matches", "parse"]

_MAX_FIELDS = 5_000
_WHEEL = re.compile(r"(?:.*/)?[^/]+\.dist-info/METADATA")
_OWN = re.compile(r"[^/]+\.dist-info/METADATA|(?:[^/]+/)?PKG-INFO")


def matches(path: str) -> bool:
    """``name-1.0.dist-info/METADATA`` and ``PKG-INFO``, but not the copy in ``.egg-info``."""
    return bool(_WHEEL.fullmatch(path)) or (path.rpartition("/")[2] == "PKG-INFO" and ".egg-info/" not in path)


def parse(path: str, text: str) -> tuple[Package, ...]:
    """Read the header; the description below the first empty line is prose. Raises LockfileError."""
    fields = list(islice(_fields(text), _MAX_FIELDS + 1))
    if len(fields) > _MAX_FIELDS:
        raise LockfileError(f"line {fields[-1][2]}", f"more than {_MAX_FIELDS} header fields")
    if _OWN.fullmatch(path):
        return tuple(read_requirement(value, Location(path=path, line=line)) for key, value, line in fields if key == "requires-dist")
    single = {key: value for key, value, _ in reversed(fields)}
    if not single.get("name") or not single.get("version"):
        raise LockfileError("line 1", "no Name and Version")
    licence = single.get("license-expression", "")
    name = canonicalize_name(single["name"])
    return (Package(ecosystem="pypi", name=name, version=single["version"], at=Location(path=path), licence=licence),)


def _fields(text: str) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            return
        key, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            yield key.strip().lower(), value.strip(), number
