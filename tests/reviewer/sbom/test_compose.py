"""The parts list: valid, the same each time, and with what drift is told from."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from checks.model import Location, Scope, Target, TargetKind, ToolKind, Unreadable
from reviewer.model import Origin, Package, PackageScope, PublishedPackage, Snapshot, SourcePart
from reviewer.sbom.compose import compose
from tests.builders import a_capability, a_component, a_file, a_snapshot, a_target, a_tool

DIGEST = hashlib.sha512(b"bytes").digest()
PACKAGE = Package(
    ecosystem="npm",
    name="@maps/fast",
    version="1.2.3",
    at=Location(path="package-lock.json", line=12),
    requirement="^1.2.0",
    direct=True,
    integrity=f"sha512-{base64.b64encode(DIGEST).decode()}",
    licence="MIT",
    also=(Location(path="package.json", line=4),),
)


def document(target: Target | None = None, *packages: Package, snapshot: Snapshot | None = None) -> dict[str, Any]:
    bom = compose(snapshot or a_snapshot(), target or a_target(), packages)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bom.document.decode()) is None
    assert bom.digest == hashlib.sha256(bom.document).hexdigest()
    found: dict[str, Any] = json.loads(bom.document)
    assert bom.components == len(found.get("components", []))
    return found


def properties(thing: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in thing.get("properties", []):
        found.setdefault(item["name"].removeprefix("mcp-reviewer:"), []).append(item["value"])
    return found


def test_the_submission_is_the_subject_with_its_digests() -> None:
    package = PublishedPackage(ecosystem="npm", name="@team/weather", version="1.0.0", filename="weather.tgz", integrity="")
    digests = {
        "dirHash": "h1:x",
        "gitCommit": "a" * 40,
        "artifactSha256": "b" * 64,
        "integrity": PACKAGE.integrity,
    }
    snapshot = a_snapshot(package=package, digests=digests, repository="git+https://code.example/team/weather.git")

    subject = document(snapshot=snapshot)["metadata"]["component"]

    assert (subject["type"], subject["name"], subject["version"]) == ("application", "weather", "1.0.0")
    assert subject["purl"] == "pkg:npm/%40team/weather@1.0.0"
    assert {item["alg"]: item["content"] for item in subject["hashes"]} == {"SHA-256": "b" * 64, "SHA-512": DIGEST.hex()}
    assert subject["externalReferences"] == [{"type": "vcs", "url": "https://code.example/team/weather.git"}]
    assert properties(subject)["digest:gitCommit"] == ["a" * 40]


def test_a_dependency_says_what_it_is_needed_for_and_where_it_is_named() -> None:
    found = document(None, PACKAGE)
    (component,) = found["components"]

    assert component["purl"] == component["bom-ref"] == "pkg:npm/%40maps/fast@1.2.3"
    assert component["scope"] == "required"
    assert component["hashes"] == [{"alg": "SHA-512", "content": DIGEST.hex()}]
    assert component["licenses"] == [{"license": {"id": "MIT"}}]
    assert component["evidence"]["occurrences"] == [
        {"line": 12, "location": "package-lock.json"},
        {"line": 4, "location": "package.json"},
    ]
    assert {"ref": "submission", "dependsOn": [component["bom-ref"]]} in found["dependencies"]


@pytest.mark.parametrize(
    ("licence", "written"),
    [
        ("MIT OR Apache-2.0", {"expression": "MIT OR Apache-2.0"}),
        ("our own", {"license": {"name": "our own"}}),
        ("SEE LICENSE IN x", {"license": {"name": "SEE LICENSE IN x"}}),
    ],
)
def test_a_licence_is_an_expression_only_if_it_is_one(licence: str, written: dict[str, Any]) -> None:
    package = Package(ecosystem="npm", name="a", version="1", at=Location(path="x"), licence=licence)

    assert document(None, package)["components"][0]["licenses"] == [written]


def test_scopes_are_those_of_cyclonedx() -> None:
    packages = [
        Package(ecosystem="pypi", name=scope.value, version=None, at=Location(path="x"), scope=scope, integrity="nonsense-%%%")
        for scope in PackageScope
    ]

    scopes = {component["name"]: component["scope"] for component in document(None, *packages)["components"]}

    assert scopes == {"runtime": "required", "development": "excluded", "optional": "optional"}


def test_a_server_is_a_service_with_one_service_per_tool() -> None:
    tool = a_tool("get", a_capability("net.out", Scope.LITERAL, objects=("api.example",)), annotations={"readOnlyHint": True})
    found = document(a_target(tools=(tool, a_tool("ask", kind=ToolKind.PROMPT, input_schema=None, description=None))))
    server = next(service for service in found["services"] if service["bom-ref"] == "server:server")
    get = next(service for service in server["services"] if service["name"] == "get")

    said = properties(get)
    assert said["tool:description:sha256"] == [hashlib.sha256(b"Does get.").hexdigest()]
    schema = json.dumps(tool.input_schema, sort_keys=True, separators=(",", ":")).encode()
    assert said["tool:input-schema:sha256"] == [hashlib.sha256(schema).hexdigest()]
    assert said["tool:annotation:readOnlyHint"] == ["true"]
    assert said["capability:net.out"] == ["literal model present"]
    assert said["capability:net.out:evidence"] == ["server.py:3"]
    assert {"bom-ref": "host:api.example", "name": "api.example", "x-trust-boundary": True} in found["services"]


def test_the_order_of_keys_in_a_schema_changes_no_digest() -> None:
    one = a_tool(input_schema={"a": 1, "b": 2})
    other = a_tool(input_schema={"b": 2, "a": 1})

    assert document(a_target(tools=(one,))) == document(a_target(tools=(other,)))


def test_tools_of_no_known_server_are_not_lost() -> None:
    found = document(a_target(components=(), tools=(a_tool("stray"),)))

    assert found["services"][0]["services"][0]["name"] == "stray"


def test_a_skill_beside_others_is_a_component_with_its_files() -> None:
    skill = a_component("pdf", root="skills/pdf", kind=TargetKind.SKILL)
    files = (a_file("skills/pdf/SKILL.md"), a_file("skills/pdf/run.sh"), a_file("skills/pdfx/SKILL.md"))

    found = document(a_target(components=(a_component(), skill), files=files))

    part = next(component for component in found["components"] if component["name"] == "pdf")
    assert [file["name"] for file in part["components"]] == ["skills/pdf/SKILL.md", "skills/pdf/run.sh"]
    assert part["components"][0]["hashes"][0]["content"] == files[0].sha256


def test_a_skill_that_is_the_whole_gives_its_files() -> None:
    target = a_target(kind=TargetKind.SKILL, components=(a_component("pdf", kind=TargetKind.SKILL),), files=(a_file("SKILL.md"),))

    assert [component["name"] for component in document(target)["components"]] == ["SKILL.md"]


def test_a_remote_server_lies_beyond_a_boundary() -> None:
    target = a_target(kind=TargetKind.REMOTE, components=(a_component(kind=TargetKind.REMOTE),))

    (service,) = document(target, snapshot=a_snapshot(source="https://mcp.example/v1?token=x"))["services"]

    assert (service["endpoints"], service["x-trust-boundary"]) == (["https://mcp.example/v1"], True)


def test_the_same_input_gives_the_same_bytes_and_another_another_serial() -> None:
    one, same = compose(a_snapshot(), a_target(), (PACKAGE,)), compose(a_snapshot(), a_target(), (PACKAGE,))
    other = compose(a_snapshot(), a_target(name="other"), (PACKAGE,))

    assert one.document == same.document
    assert json.loads(one.document)["serialNumber"] != json.loads(other.document)["serialNumber"]
    assert "timestamp" not in json.loads(one.document)["metadata"]


def test_things_of_one_name_have_references_of_their_own() -> None:
    tools = tuple(a_tool("same") for _ in range(3))
    twice = (PACKAGE, PACKAGE)

    found = document(a_target(tools=tools), *twice)

    references = [service["bom-ref"] for service in found["services"][0]["services"]]
    assert len(set(references)) == 3
    assert len({component["bom-ref"] for component in found["components"]}) == 2


def test_what_was_not_read_stands_in_it() -> None:
    target = a_target(unreadable=(Unreadable(path="a\x1b[2J.bin", reason="encrypted"),))

    assert properties(document(target)["metadata"]["component"])["unread"] == ["a\\u{1b}[2J.bin: encrypted"]


def test_packages_that_a_document_starts_are_components_with_their_digests() -> None:
    package = PublishedPackage(ecosystem="pypi", name="notes", version="1.0", filename="notes.whl", integrity=f"sha256:{'0f' * 32}")
    parts = (SourcePart(root="servers/notes", name="n", origin=Origin.SERVER, fetched=True, package=package),)
    (component,) = document(snapshot=replace(a_snapshot(), parts=parts))["components"]
    assert (component["purl"], component["hashes"][0]["content"]) == ("pkg:pypi/notes@1.0", "0f" * 32)
