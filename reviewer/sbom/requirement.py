"""One requirement of Python packaging (PEP 508) as a Package."""

from __future__ import annotations

from dataclasses import replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from checks.model import Location
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles.interface import LockfileError

__all__ = ["read_requirement"]

_MAX_LENGTH = 2_000


def read_requirement(text: str, at: Location, scope: PackageScope = PackageScope.RUNTIME) -> Package:
    """Read ``name[extra] >=1; marker``. A marker that asks for an extra makes it optional; an exact pin gives the version.

    Raises:
        LockfileError: not such a requirement.
    """
    if len(text) > _MAX_LENGTH:
        raise LockfileError(f"line {at.line}", f"a requirement of more than {_MAX_LENGTH} characters")
    try:
        requirement = Requirement(text)
    except (InvalidRequirement, RecursionError, ValueError) as error:
        raise LockfileError(f"line {at.line}", f"not a requirement: {str(error).splitlines()[0][:120]}") from None
    marker = str(requirement.marker or "")
    package = Package(
        ecosystem="pypi",
        name=canonicalize_name(requirement.name),
        version=_pinned(requirement),
        at=at,
        requirement=requirement.url or str(requirement.specifier),
        scope=scope,
        direct=True,
    )
    return replace(package, scope=PackageScope.OPTIONAL) if "extra ==" in marker and scope is PackageScope.RUNTIME else package


def _pinned(requirement: Requirement) -> str | None:
    specifiers = list(requirement.specifier)
    if len(specifiers) == 1 and specifiers[0].operator in {"==", "==="} and not specifiers[0].version.endswith(".*"):
        return specifiers[0].version
    return None
