"""``package.json`` of npm: what a package asks for; inside ``node_modules``, what has been bundled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checks.model import Location
from reviewer.model import Package, PackageScope
from reviewer.sbom.notation import key_lines, load_json, table, text_of

__all__ = ["matches", "parse"]

_SECTIONS = {
    "dependencies": PackageScope.RUNTIME,
    "optionalDependencies": PackageScope.OPTIONAL,
    "peerDependencies": PackageScope.RUNTIME,
    "devDependencies": PackageScope.DEVELOPMENT,
}
_EXACT = re.compile(r"=?v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)")
_ALIAS = re.compile(r"npm:((?:@[^/@]+/)?[^/@]+)(?:@(.*))?")
_INSTALL_SCRIPTS = ("preinstall", "install", "postinstall")


def matches(path: str) -> bool:
    """Any file of that name."""
    return path.rpartition("/")[2] == "package.json"


def parse(path: str, text: str) -> tuple[Package, ...]:
    """Read the four dependency sections. Raises LockfileError."""
    manifest = load_json(text)
    if "node_modules/" in path:
        return _bundled(path, manifest)
    lines = key_lines(text, _SECTIONS)
    found: dict[tuple[str, PackageScope], Package] = {}
    for section, scope in _SECTIONS.items():
        for name, requirement in table(manifest, section).items():
            at = Location(path=path, line=lines.get((section, name), 0))
            optional = table(table(manifest, "peerDependenciesMeta"), name).get("optional") is True and section == "peerDependencies"
            package = _asked(name, text_of(requirement), at, PackageScope.OPTIONAL if optional else scope)
            found.setdefault((package.name, package.scope), package)
    return tuple(found.values())


def _asked(name: str, requirement: str, at: Location, scope: PackageScope) -> Package:
    alias = _ALIAS.fullmatch(requirement)
    if alias:
        name, requirement = alias[1], alias[2] or ""
    exact = _EXACT.fullmatch(requirement.strip())
    version = exact[1] if exact else None
    return Package(ecosystem="npm", name=name, version=version, at=at, requirement=requirement, scope=scope, direct=True)


def _bundled(path: str, manifest: Mapping[str, object]) -> tuple[Package, ...]:
    name, version = text_of(manifest.get("name")), text_of(manifest.get("version"))
    if not name or not version:  # folders inside a package may hold a package.json that only sets a module type
        return ()
    scripts = table(manifest, "scripts")
    return (
        Package(
            ecosystem="npm",
            name=name,
            version=version,
            at=Location(path=path),
            licence=text_of(manifest.get("license")),
            install_script=any(event in scripts for event in _INSTALL_SCRIPTS),
        ),
    )
