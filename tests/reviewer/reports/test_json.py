"""The machine face of a scan agrees with its schema."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from checks.model import CapabilityId, Location, Scope, Severity, TargetKind, Unreadable
from reviewer.errors import NotFetchedError
from reviewer.model import Dossier, PublishedPackage
from reviewer.reports import cyclonedx
from reviewer.reports.json import document, error_document, render, render_error
from tests.builders import a_capability, a_component, a_dossier, a_file, a_finding, a_scan, a_snapshot, a_target, a_tool, a_weakness

SCHEMA: dict[str, Any] = json.loads(resources.files("reviewer.reports").joinpath("dossier.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
RUN = a_capability("proc.exec", Scope.ARGUMENT, "srv/server.py:9", objects=("git",))


def a_full_dossier() -> Dossier:
    target = a_target(
        kind=TargetKind.COLLECTION,
        components=(a_component("server", root="srv"), a_component("pdf", root="skills/pdf", kind=TargetKind.SKILL)),
        files=(a_file("srv/server.py"), a_file("skills/pdf/SKILL.md")),
        tools=(a_tool("run", RUN, annotations={"readOnlyHint": True}),),
        capabilities=(RUN, a_capability("fs.read", place="skills/pdf/SKILL.md:2")),
        unreadable=(Unreadable(path="srv/x.bin", reason="encrypted", gate=True),),
        coverage=0.5,
    )
    scan = a_scan(
        a_finding(place="skills/pdf/SKILL.md:4", severity=Severity.CRITICAL), a_weakness(place="srv/server.py:9"), failed=["concealment"]
    )
    package = PublishedPackage(ecosystem="npm", name="@team/weather", version="1.0.0", filename="w.tgz", integrity="")
    return a_dossier(target, scan, snapshot=a_snapshot(package=package))


@pytest.mark.parametrize("dossier", [a_dossier(), a_full_dossier(), a_dossier(failure="killed")], ids=["empty", "full", "failed"])
def test_a_dossier_agrees_with_the_schema(dossier: Dossier) -> None:
    VALIDATOR.validate(document(dossier))
    assert json.loads(render(dossier)) == document(dossier)
    assert "\n" not in render(dossier)


def test_an_error_agrees_with_the_schema() -> None:
    error = NotFetchedError("nothing there", hint="look elsewhere")

    assert error_document("./x", error) == {
        "schema": "reviewer.error/1",
        "source": "./x",
        "error": "nothing there",
        "hint": "look elsewhere",
        "exit_code": 3,
    }
    VALIDATOR.validate(json.loads(render_error("./x", error)))


def test_the_schema_is_one_and_strict() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    objects = [found for found in every_object(SCHEMA) if "properties" in found and found.get("required") != ["dirHash"]]

    assert len(objects) > 10
    assert all(found["additionalProperties"] is False for found in objects)
    assert set(SCHEMA["$defs"]["capability"]["properties"]["id"]["enum"]) == set(CapabilityId)


def every_object(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in every_object(item)]
    if isinstance(value, dict):
        return [*([value] if value.get("type") == "object" else []), *(found for item in value.values() for found in every_object(item))]
    return []


@pytest.mark.parametrize("key", ["schema", "subject", "assessment", "parts", "tools", "findings", "sbom", "versions"])
def test_what_is_missing_or_unknown_is_no_dossier(key: str) -> None:
    whole = document(a_dossier())
    assert not VALIDATOR.is_valid({name: value for name, value in whole.items() if name != key})
    assert not VALIDATOR.is_valid(whole | {"extra": 1})


def test_tools_and_findings_of_the_whole_contain_those_of_its_parts() -> None:
    whole = document(a_full_dossier())
    server, skill = whole["parts"]

    assert [tool["name"] for tool in server["tools"]] == ["run"]
    assert [finding["check"] for finding in server["findings"]] == ["command_injection"]
    assert [finding["check"] for finding in skill["findings"]] == ["hidden_unicode"]
    assert [row["path"] for row in server["unreadable"]] == ["srv/x.bin"]
    assert skill["unreadable"] == skill["tools"] == []
    assert [capability["id"] for capability in skill["capabilities"]] == ["fs.read"]
    for part in whole["parts"]:
        assert "schema" not in part
        assert all(found in whole[key] for key in ("tools", "findings", "unreadable") for found in part[key])


def test_the_subject_names_what_was_read() -> None:
    whole = document(a_full_dossier())

    assert whole["subject"]["purl"] == "pkg:npm/%40team/weather@1.0.0"
    assert whole["subject"]["digests"]["dirHash"].startswith("h1:")
    assert (whole["parts"][1]["subject"]["id"], whole["parts"][1]["subject"]["root"]) == ("pdf", "skills/pdf")


def test_unknown_vulnerabilities_are_null_and_not_zero() -> None:
    assert document(a_dossier())["sbom"]["vulnerabilities"] is None


def test_their_text_is_exact_and_ascii() -> None:
    text = "a\x1b[2J\u202e\U000e0041\ud800"
    dossier = a_dossier(a_target(tools=(a_tool("x", description=text),)), a_scan(a_finding(at=Location(path=text))))

    written = render(dossier)

    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["tools"][0]["description"] == text


def test_the_parts_list_is_given_byte_for_byte() -> None:
    dossier = a_full_dossier()

    assert cyclonedx.render(dossier).encode() == dossier.bom.document
