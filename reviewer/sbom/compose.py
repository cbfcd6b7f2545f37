"""Compose the parts list of a submission as CycloneDX 1.6 JSON (https://cyclonedx.org/docs/1.6/json/).

The model is that of cyclonedx-python-lib. The same input gives the same bytes: there is no time in the document, and its serial number is
a UUIDv5 of its content. It is not validated at run time (the validator takes longer to load than a scan may take); the tests do it.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import checks.model as facts
from reviewer import __version__
from reviewer.model import Bom, Package, Snapshot

if TYPE_CHECKING:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component
    from cyclonedx.model.service import Service

    from reviewer.sbom.elements import References

__all__ = ["compose"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:mcp-reviewer:sbom")
_SERVERS = frozenset({facts.TargetKind.MCP_SERVER, facts.TargetKind.REMOTE})
_MOST_HOSTS = 200
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")


def compose(snapshot: Snapshot, target: facts.Target, packages: tuple[Package, ...]) -> Bom:
    """Write the submission as ``metadata.component``, dependencies and Skills as components, servers and their tools as services."""
    document = _document(snapshot, target, (*_brought(snapshot), *packages))
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    document["serialNumber"] = uuid.uuid5(_NAMESPACE, hashlib.sha256(body.encode()).hexdigest()).urn
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return Bom(document=written, digest=hashlib.sha256(written).hexdigest(), components=len(document.get("components", ())))


def _brought(snapshot: Snapshot) -> Iterator[Package]:
    """Give the published packages that a document of the submission starts or lists: they are what it is made of."""
    for part in snapshot.parts:
        if part.package is not None:
            package = part.package
            at = facts.Location(path=part.root)
            yield Package(
                ecosystem=package.ecosystem, name=package.name, version=package.version, at=at, direct=True, integrity=package.integrity
            )


def _document(snapshot: Snapshot, target: facts.Target, packages: tuple[Package, ...]) -> dict[str, Any]:
    from cyclonedx.model.bom import Bom as Model  # noqa: PLC0415  a tenth of a second that --help does not need
    from cyclonedx.model.bom import BomMetaData  # noqa: PLC0415  the same
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415  the same
    from cyclonedx.model.dependency import Dependency  # noqa: PLC0415  the same
    from cyclonedx.model.tool import ToolRepository  # noqa: PLC0415  the same
    from cyclonedx.output.json import JsonV1Dot6  # noqa: PLC0415  the same

    from reviewer.sbom.elements import References, package_component  # noqa: PLC0415  the same

    references = References()
    subject = _subject(snapshot, target, references)
    needed = [package_component(package, references) for package in packages]
    direct = [component for component, package in zip(needed, packages, strict=True) if package.direct]
    parts, files = _parts(target, references)
    tool = Component(type=ComponentType.APPLICATION, name="mcp-reviewer", version=__version__, bom_ref=references.new("mcp-reviewer"))
    model = Model(
        components=[*needed, *parts],
        services=[*_servers(snapshot, target, references), *_hosts(target, references)],
        metadata=BomMetaData(component=subject, tools=ToolRepository(components=[tool])),
    )
    needs = [Dependency(ref=component.bom_ref) for component in (*(direct or needed), *parts)]
    alone = [Dependency(ref=component.bom_ref) for component in (*needed, *parts)]
    model.dependencies = [Dependency(ref=subject.bom_ref, dependencies=needs), *alone]
    document: dict[str, Any] = json.loads(JsonV1Dot6(model).output_as_string())
    components = document.setdefault("components", [])
    for component in components:
        if inside := files.get(component["bom-ref"]):
            component["components"] = inside
    components += files.get("", [])
    if loose := files.get("", []):
        root = next(row for row in document["dependencies"] if row["ref"] == subject.bom_ref.value)
        root["dependsOn"] = sorted([*root.get("dependsOn", ()), *(file["bom-ref"] for file in loose)])
    del document["serialNumber"], document["metadata"]["timestamp"]  # the library writes random and present ones
    for component in document.get("components", ()):  # the library orders occurrences by chance
        component.get("evidence", {}).get("occurrences", []).sort(key=lambda place: (place["location"], place.get("line", 0)))
    return document


def _subject(snapshot: Snapshot, target: facts.Target, references: References) -> Component:
    from cyclonedx.model import ExternalReferenceType  # noqa: PLC0415  as above
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415  the same

    from reviewer.sbom.elements import hash_of, link, named, prose, purl_of  # noqa: PLC0415  the same

    package = snapshot.package
    version = target.version or snapshot.version
    where = snapshot.repository or (snapshot.source.partition("@")[0] if snapshot.source.startswith("git+") else None)
    got = snapshot.source if snapshot.source.startswith("https://") else None
    described = next((component.description for component in target.components if component.description), None)
    return Component(
        type=ComponentType.APPLICATION,
        name=named(target.name),
        version=named(version) if version else None,
        description=prose(described),
        purl=purl_of(package.ecosystem, named(package.name), named(package.version)) if package else None,
        bom_ref=references.new("submission"),
        hashes=sorted({item for text in _integrities(snapshot) for item in hash_of(text)}),
        external_references=[*link(ExternalReferenceType.VCS, where), *link(ExternalReferenceType.DISTRIBUTION, got)],
        properties=_facts(snapshot, target),
    )


def _integrities(snapshot: Snapshot) -> Iterator[str]:
    yield snapshot.digests.get("integrity", "")
    yield f"sha256:{snapshot.digests.get('artifactSha256', '').removeprefix('sha256:')}"


def _facts(snapshot: Snapshot, target: facts.Target) -> list[Property]:
    from reviewer.sbom.elements import capability_properties, labelled  # noqa: PLC0415  as above

    digests = [labelled(f"digest:{name}", value) for name, value in sorted(snapshot.digests.items())]
    said = [labelled("source", snapshot.source), labelled("kind", target.kind), labelled("coverage", f"{target.coverage:.4f}")]
    unread = [labelled("unread", f"{row.path}: {row.reason}") for row in target.unreadable[:_MOST_HOSTS]]
    return [*said, *digests, *unread, *capability_properties(target.capabilities)]


def _parts(target: facts.Target, references: References) -> tuple[list[Component], dict[str, list[dict[str, object]]]]:
    """Write what is not a server: Skills, plugins and bundles, and a Skill's files by its reference ("" for a Skill that is the whole)."""
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415  as above

    from reviewer.sbom.elements import file_component, labelled, named, prose  # noqa: PLC0415  the same

    components, files = [], {}
    tree = sorted((file for file in target.files if not file.within), key=lambda file: file.path)
    paths = [file.path for file in tree]
    for part in target.components:
        if part.kind in _SERVERS:
            continue
        inside: list[dict[str, object]] = []
        if part.kind is facts.TargetKind.SKILL:
            begin, end = (bisect_left(paths, f"{part.root}{mark}") for mark in "/0") if part.root else (0, len(tree))
            inside = [file_component(file, references) for file in tree[begin:end]]  # "0" is the character after "/"
        if not part.root and len(target.components) == 1:
            files[""] = inside
            continue
        reference = references.new(f"part:{part.id}")
        files[reference] = inside
        components.append(
            Component(
                type=ComponentType.APPLICATION,
                name=named(part.name),
                version=named(part.version) if part.version else None,
                description=prose(part.description),
                bom_ref=reference,
                properties=[labelled("kind", part.kind), labelled("root", part.root or ".")],
            )
        )
    return components, files


def _servers(snapshot: Snapshot, target: facts.Target, references: References) -> Iterator[Service]:
    """Write each server with its tools; tools that belong to no known server stand under the submission's name."""
    servers = [part for part in target.components if part.kind in _SERVERS]
    known = {part.id for part in servers}
    for part in servers:
        yield _server(snapshot, part, [tool for tool in target.tools if tool.part == part.id], references)
    strays = [tool for tool in target.tools if tool.part not in known]
    if strays:
        whole = facts.Component(
            id=target.name, kind=facts.TargetKind.MCP_SERVER, root="", name=target.name, at=facts.Location(path=""), version=target.version
        )
        yield _server(snapshot, whole, strays, references)


def _server(snapshot: Snapshot, part: facts.Component, tools: Iterable[facts.Tool], references: References) -> Service:
    from cyclonedx.model import ExternalReferenceType  # noqa: PLC0415  as above
    from cyclonedx.model.service import Service  # noqa: PLC0415  the same

    from reviewer.sbom.elements import labelled, link, named, prose, tool_service  # noqa: PLC0415  the same

    reference = references.new(f"server:{part.id}")
    remote = part.kind is facts.TargetKind.REMOTE
    addresses = [found.url for found in link(ExternalReferenceType.DISTRIBUTION, snapshot.source)] if remote else []
    said = [labelled(name, value) for name, value in (("transport", part.transport), ("language", part.language)) if value]
    return Service(
        name=named(part.name),
        version=named(part.version) if part.version else None,
        description=prose(part.description),
        bom_ref=reference,
        endpoints=addresses,
        x_trust_boundary=True if remote else None,
        services=[tool_service(tool, reference, references) for tool in tools],
        properties=[labelled("kind", part.kind), *said],
    )


def _hosts(target: facts.Target, references: References) -> Iterator[Service]:
    """Write each host that the code is known to reach: data crosses a boundary there."""
    from cyclonedx.model.service import Service  # noqa: PLC0415  as above

    held = [*target.capabilities, *(capability for tool in target.tools for capability in tool.capabilities)]
    hosts = {
        item for capability in held if capability.id is facts.CapabilityId.NET_OUT for item in capability.objects if _HOST.fullmatch(item)
    }
    for host in sorted(hosts)[:_MOST_HOSTS]:
        yield Service(name=host, bom_ref=references.new(f"host:{host}"), x_trust_boundary=True)
