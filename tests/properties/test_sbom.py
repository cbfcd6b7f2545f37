"""Whatever a submission holds, its parts list is valid CycloneDX, and the same each time."""

from __future__ import annotations

import json

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.model import Capability, CapabilityId, Component, Location, Scope, Target, TargetKind, Tool, ToolKind, Unreadable
from reviewer.model import Package, PackageScope, PublishedPackage
from reviewer.sbom.compose import compose
from tests.builders import a_file, a_snapshot

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)
weird = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)
maybe = st.none() | weird
paths = st.sampled_from(["server.py", "a/SKILL.md", "\x00", "a\nb", "\ud800", ""]) | weird
places = st.builds(Location, path=paths, line=st.integers(0, 9))
capabilities = st.builds(
    Capability,
    id=st.sampled_from(CapabilityId),
    scope=st.sampled_from(Scope),
    objects=st.lists(weird | st.just("api.example"), max_size=3).map(tuple),
    evidence=st.lists(places, max_size=2).map(tuple),
)
schemas = st.none() | st.dictionaries(weird, st.none() | st.integers() | weird | st.lists(weird, max_size=2), max_size=3)
tools = st.builds(
    Tool,
    kind=st.sampled_from(ToolKind),
    part=st.sampled_from(["server", "skill", "gone"]),
    name=weird,
    at=places,
    description=maybe,
    input_schema=schemas,
    annotations=schemas,
    capabilities=st.lists(capabilities, max_size=2).map(tuple),
)
components = st.builds(
    Component,
    id=st.sampled_from(["server", "skill"]) | weird,
    kind=st.sampled_from(TargetKind),
    root=st.sampled_from(["", "a"]) | weird,
    name=weird,
    at=places,
    version=maybe,
    description=maybe,
    transport=maybe,
)
integrities = st.sampled_from(["sha512-AAAA", "sha1-" + "A" * 27 + "=", "sha256:" + "0" * 64, "md5-x", "sha512", "-", ":"]) | weird
packages = st.builds(
    Package,
    ecosystem=st.sampled_from(["npm", "pypi"]) | weird,
    name=weird | st.sampled_from(["@a/b", "a", "//", "/"]),
    version=maybe,
    at=places,
    requirement=weird,
    scope=st.sampled_from(PackageScope),
    direct=st.booleans(),
    integrity=integrities,
    licence=weird | st.sampled_from(["MIT", "MIT OR ISC", "( )", "OR"]),
    also=st.lists(places, max_size=2).map(tuple),
)
sources = st.sampled_from(["./x", "https://h.example/a?b#c", "git+https://h.example:99/a@main", "https://[::", "https://a:b:c/%zz"]) | weird
snapshots = st.builds(
    lambda source, repository, digest, package: a_snapshot(
        source=source, repository=repository, digests={"dirHash": digest, "integrity": digest, "artifactSha256": digest}, package=package
    ),
    sources,
    sources | st.none(),
    integrities,
    st.none() | st.builds(PublishedPackage, ecosystem=st.just("npm"), name=weird, version=weird, filename=weird, integrity=weird),
)
targets = st.builds(
    Target,
    kind=st.sampled_from(TargetKind),
    name=weird,
    version=maybe,
    components=st.lists(components, max_size=3).map(tuple),
    files=st.lists(paths.filter(lambda path: path.isprintable()).map(a_file), max_size=3).map(tuple),
    tools=st.lists(tools, max_size=3).map(tuple),
    capabilities=st.lists(capabilities, max_size=2).map(tuple),
    unreadable=st.lists(st.builds(Unreadable, path=paths, reason=weird), max_size=2).map(tuple),
    coverage=st.floats(0, 1),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshot=snapshots, target=targets, named=st.lists(packages, max_size=4).map(tuple))
def test_the_parts_list_is_valid_and_the_same_each_time(snapshot: object, target: Target, named: tuple[Package, ...]) -> None:
    bom = compose(snapshot, target, named)  # type: ignore[arg-type]  # the strategy builds snapshots

    assert VALIDATOR.validate_str(bom.document.decode("ascii")) is None
    assert bom == compose(snapshot, target, named)  # type: ignore[arg-type]  # the same
    assert all(sign >= " " for text in strings(json.loads(bom.document)) for sign in text)


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []
