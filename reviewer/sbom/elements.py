"""One thing each as CycloneDX has it: a package, a file, a tool, a capability; its text is made safe, so that the whole is always valid.

Names of properties begin with ``mcp-reviewer:``; CycloneDX knows no vocabulary for MCP yet.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
from cyclonedx.model.license import DisjunctiveLicense, License, LicenseExpression
from cyclonedx.model.service import Service
from cyclonedx.spdx import is_supported_id
from packageurl import PackageURL

from checks.model import Capability, File, Tool
from checks.text import escape
from reviewer.model import Package, PackageScope

__all__ = [
    "References",
    "capability_properties",
    "file_component",
    "hash_of",
    "labelled",
    "link",
    "package_component",
    "prose",
    "tool_service",
]

_NAMESPACE = "mcp-reviewer"
_NAME, _PROSE = 256, 1_000  # characters kept of a name, of a description
_MOST_OBJECTS = 100
_ALGORITHMS = {
    "sha1": (HashAlgorithm.SHA_1, 40),
    "sha256": (HashAlgorithm.SHA_256, 64),
    "sha384": (HashAlgorithm.SHA_384, 96),
    "sha512": (HashAlgorithm.SHA_512, 128),
}
_SCOPES = {
    PackageScope.RUNTIME: ComponentScope.REQUIRED,
    PackageScope.OPTIONAL: ComponentScope.OPTIONAL,
    PackageScope.DEVELOPMENT: ComponentScope.EXCLUDED,
}
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
_LINK = re.compile(r"(?:git\+)?([a-z][a-z0-9+.-]*://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/=@+,-]*)?)")
_EXPRESSION = re.compile(r"[()]|\s+")
_OPERATORS = frozenset({"", "AND", "OR", "WITH"})


class References:
    """Gives each thing a reference that no other thing of the document has."""

    def __init__(self) -> None:
        """Begin with none taken."""
        self._taken: dict[str, int] = {}

    def new(self, wish: str) -> str:
        """Give the wished reference, with a number behind it where it is taken."""
        wish = escape(wish, 2 * _NAME) or "-"
        self._taken[wish] = self._taken.get(wish, 0) + 1
        return wish if self._taken[wish] == 1 else self.new(f"{wish}~{self._taken[wish]}")


def named(text: str) -> str:
    """Make a name safe; nothing is called by an empty name."""
    return escape(text, _NAME) or "unnamed"


def prose(text: str | None) -> str | None:
    """Make a description safe."""
    return escape(text, _PROSE) if text else None


def labelled(name: str, value: object) -> Property:
    """Give a property in our namespace."""
    return Property(name=escape(f"{_NAMESPACE}:{name}", _NAME), value=escape(str(value), _PROSE))


def hash_of(integrity: str) -> Iterator[HashType]:
    """Read Subresource Integrity text (``sha512-<base64>``, several with spaces) or ``sha256:<hex>``; what is neither gives nothing."""
    for token in integrity.split():
        algorithm, separator, value = re.split(r"([:-])", token, maxsplit=1) if re.search("[:-]", token) else ("", "", "")
        if algorithm not in _ALGORITHMS:
            continue
        known, length = _ALGORITHMS[algorithm]
        content = value.lower() if separator == ":" else _from_base64(value.partition("?")[0])
        if len(content) == length and _HEXADECIMAL.fullmatch(content):
            yield HashType(alg=known, content=content)


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def link(kind: ExternalReferenceType, text: str | None) -> Iterator[ExternalReference]:
    """Give an external reference if the text is a plain address; query and fragment are left out, as they may hold secrets."""
    found = _LINK.match(text or "")
    if found:
        yield ExternalReference(type=kind, url=XsUri(found[1]))


def purl_of(ecosystem: str, name: str, version: str | None) -> PackageURL | None:
    """Give the Package URL, None where the parts make none."""
    namespace, _, last = name.strip().rpartition("/")
    if not last.strip():
        return None
    try:
        return PackageURL(type=ecosystem, namespace=namespace or None, name=last, version=version or None)
    except ValueError:
        return None


def package_component(package: Package, references: References) -> Component:
    """Write a dependency: what, how it is needed, where it is named, and what its lock says that its bytes are."""
    name, version = named(package.name), escape(package.version, _NAME) if package.version else None
    purl = purl_of(package.ecosystem, name, version)
    properties = [labelled("package:direct", str(package.direct).lower())]
    if package.requirement:
        properties.append(labelled("package:requirement", package.requirement))
    if package.install_script:
        properties.append(labelled("package:install-script", "true"))
    places = [place for place in (package.at, *package.also) if place.path]
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        purl=purl,
        bom_ref=references.new(purl.to_string() if purl else f"package:{name}"),
        scope=_SCOPES[package.scope],
        hashes=hash_of(package.integrity),
        licenses=_licences(package.licence),
        evidence=ComponentEvidence(occurrences=[Occurrence(location=named(at.path), line=at.line or None) for at in places])
        if places
        else None,
        properties=properties,
    )


def _licences(text: str) -> list[License]:
    words = _EXPRESSION.split(text.strip())
    if not text.strip():
        return []
    if is_supported_id(text.strip()):
        return [DisjunctiveLicense(id=text.strip())]
    if len(words) > 1 and all(word in _OPERATORS or is_supported_id(word) for word in words):
        return [LicenseExpression(value=text.strip())]
    return [DisjunctiveLicense(name=named(text.strip()))]


def file_component(file: File, references: References) -> dict[str, object]:
    """Write a file with the sha256 of its bytes.

    It is JSON at once: there may be tens of thousands, and the library takes a millisecond for each.
    """
    mode = labelled("file:mode", file.mode)
    return {
        "type": "file",
        "name": named(file.path),
        "bom-ref": references.new(f"file:{file.path}"),
        "hashes": [{"alg": "SHA-256", "content": file.sha256}],
        "properties": [{"name": mode.name, "value": mode.value}],
    }


def capability_properties(capabilities: Iterable[Capability]) -> Iterator[Property]:
    """Write what can be done: scope, trigger and certainty; the objects that are known; the places that show it."""
    for capability in capabilities:
        name = f"capability:{capability.id}"
        yield labelled(name, f"{capability.scope} {capability.trigger} {capability.certainty}")
        yield from (labelled(f"{name}:object", item) for item in capability.objects[:_MOST_OBJECTS])
        yield from (labelled(f"{name}:evidence", f"{at.path}:{at.line}") for at in capability.evidence[:_MOST_OBJECTS])


def tool_service(tool: Tool, owner: str, references: References) -> Service:
    """Write a tool, prompt or resource: with the digests of description and schema, a later change of either shows."""
    properties = [
        labelled("tool:kind", tool.kind),
        labelled("tool:dynamic", str(tool.dynamic).lower()),
        labelled("tool:at", f"{tool.at.path}:{tool.at.line}"),
    ]
    if tool.description is not None:
        properties.append(labelled("tool:description:sha256", _sha256(tool.description)))
    if tool.input_schema is not None:
        properties.append(labelled("tool:input-schema:sha256", _sha256(_canonical(tool.input_schema))))
    properties += [labelled(f"tool:annotation:{key}", _canonical(value)) for key, value in (tool.annotations or {}).items()]
    return Service(
        name=named(tool.name),
        bom_ref=references.new(f"{owner}/{tool.kind}:{tool.name}"),
        description=prose(tool.description),
        properties=[*properties, *capability_properties(tool.capabilities)],
    )


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=dict)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
