from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from checks.loader import CATALOG, CatalogueError, catalogue_digest, load_checks
from checks.model import Severity, Target, TargetKind
from checks.new import begin
from tests.checks.world import target_in


def a_catalogue(folder: Path, *names: str) -> Path:
    for name in names:
        begin(name, folder)
    return folder


def errors_of(catalog: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as caught:
        load_checks(catalog)
    assert str(caught.value).splitlines() == list(caught.value.errors)
    return caught.value.errors


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_begun_check_loads_and_finds_its_flagged_examples_only(tmp_path: Path) -> None:
    (check,) = load_checks(a_catalogue(tmp_path, "loud-names"))
    assert check.id == "loud-names"
    assert check.folder == tmp_path / "loud_names"
    assert check.definition.severity is Severity.LOW
    assert check.inspect is not None
    for label, expected in (("flagged", True), ("clean", False)):
        for example in (check.folder / "examples" / label).iterdir():
            assert bool(list(check.inspect(target_in(example)))) is expected


@pytest.mark.parametrize("name", ["", "Loud", "loud names", "../loud", "1loud", "loud__names"])
def test_a_check_needs_a_name_that_can_be_an_id(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a check"):
        begin(name, tmp_path)


def test_every_mistake_of_every_check_is_told_at_once_with_file_and_key(tmp_path: Path) -> None:
    a_catalogue(tmp_path, "first", "second", "third", "fourth")
    change(tmp_path / "first/check.yaml", "severity: low", "severity: huge\ncolour: red")
    change(tmp_path / "second/check.yaml", "question: Does …?", "question: It does")
    change(tmp_path / "second/check.yaml", "family: F01", "family: F77")
    change(tmp_path / "third/check.yaml", "since:", "since: [")
    (tmp_path / "fourth/semgrep.yaml").write_text("rules: []\n")
    told = errors_of(tmp_path)
    assert [line.split(": ")[:2] for line in told] == [
        ["first/check.yaml", "colour"],
        ["first/check.yaml", "severity"],
        ["fourth", "has both of __init__.py:inspect and semgrep.yaml"],
        ["second/check.yaml", "question"],
        ["second/check.yaml", "family"],
        ["third/check.yaml", told[-1].split(": ")[1]],
    ]


def test_wrong_addresses_weaknesses_and_titles_are_told(tmp_path: Path) -> None:
    a_catalogue(tmp_path, "first")
    change(tmp_path / "first/check.yaml", "references: []", "references: [http://plain.example]")
    change(tmp_path / "first/check.yaml", "cwe: []", "cwe: [78]")
    assert [line.split(": ")[1] for line in errors_of(tmp_path)] == ["cwe.0"]
    change(tmp_path / "first/check.yaml", "cwe: [78]", "cwe: [cwe-78]")
    change(tmp_path / "first/check.yaml", "title: ", "title: Much too long, for nobody reads so many words in a list, ")
    assert [line.split(": ")[1] for line in errors_of(tmp_path)] == ["title", "cwe", "references"]


def test_a_check_without_method_definition_or_sound_code_is_told(tmp_path: Path) -> None:
    a_catalogue(tmp_path, "first", "second", "third", "fourth")
    (tmp_path / "first/__init__.py").write_text('"""Nothing."""\n')
    (tmp_path / "second/check.yaml").unlink()
    (tmp_path / "third/__init__.py").write_text("def inspect(:\n")
    (tmp_path / "fourth/check.yaml").write_text("- a list\n")
    first, fourth, second, third = errors_of(tmp_path)
    assert "neither" in first
    assert "not a mapping" in fourth
    assert second.startswith("second/check.yaml: ")
    assert third.startswith("third/__init__.py: ")


def test_no_catalogue_and_an_empty_one_are_told(tmp_path: Path) -> None:
    assert errors_of(tmp_path) == (f"{tmp_path.name}: holds no check",)
    assert "missing" in errors_of(tmp_path / "missing")[0]


def test_the_digest_follows_what_decides_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    first = a_catalogue(tmp_path / "one", "loud")
    shutil.copytree(first, tmp_path / "two")
    digest = catalogue_digest(load_checks(first))
    assert catalogue_digest(load_checks(tmp_path / "two")) == digest
    assert catalogue_digest(reversed(load_checks(first))) == digest
    (first / "loud/examples/clean/ordinary/SKILL.md").write_text("changed")
    assert catalogue_digest(load_checks(first)) == digest
    change(first / "loud/check.yaml", "severity: low", "severity: high")
    assert catalogue_digest(load_checks(first)) != digest


def test_our_own_catalogue_loads_ordered_by_id() -> None:
    checks = load_checks()
    assert [check.folder.name for check in checks] == sorted(path.name for path in CATALOG.iterdir() if (path / "check.yaml").is_file())
    assert len(checks) >= 12
    nothing = Target(kind=TargetKind.SKILL, name="nothing")
    assert all(not list(check.inspect(nothing)) for check in checks if check.inspect)
