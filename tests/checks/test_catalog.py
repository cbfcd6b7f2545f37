from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
import yaml

from checks.index import INDEX, render
from checks.loader import CATALOG
from checks.model import Check, Hit, Severity, Target, TargetKind
from tests.checks.world import every_check, semgrep_hits, target_in

LOUD = Severity.MEDIUM


def examples(label: str) -> list[Path]:
    folders = (check.folder / "examples" / label for check in every_check())
    return [path for folder in folders for path in sorted(folder.iterdir()) if path.is_dir()]


def named(folder: Path) -> str:
    return "/".join(folder.relative_to(CATALOG).parts[i] for i in (0, 3))


@functools.cache
def data_flow() -> dict[str, list[tuple[str, Hit]]]:
    return semgrep_hits(CATALOG, every_check())


@functools.cache
def target_of_example(folder: Path) -> Target:
    return target_in(folder)


def hits(check: Check, folder: Path) -> list[Hit]:
    if check.inspect is not None:
        return list(check.inspect(target_of_example(folder)))
    return [hit for path, found in data_flow().items() if Path(path).is_relative_to(folder) for owner, hit in found if owner == check.id]


def owner_of(folder: Path) -> Check:
    return next(check for check in every_check() if folder.is_relative_to(check.folder))


def severity(check: Check, hit: Hit) -> Severity:
    return hit.severity or check.definition.severity


@pytest.mark.parametrize("folder", examples("flagged"), ids=named)
def test_flagged_examples_are_flagged_by_their_check(folder: Path) -> None:
    check = owner_of(folder)
    found = hits(check, folder)
    assert found
    assert all(severity(check, hit).rank <= check.definition.severity.rank for hit in found)
    assert max(severity(check, hit).rank for hit in found) >= min(LOUD.rank, check.definition.severity.rank)


@pytest.mark.parametrize("folder", examples("flagged"), ids=named)
def test_every_hit_says_where(folder: Path) -> None:
    check = owner_of(folder)
    if check.inspect is None:
        return
    target = target_of_example(folder)
    for hit in hits(check, folder):
        assert hit.at.path in target.texts
        assert 0 <= hit.at.line <= target.texts[hit.at.path].count("\n") + 1
        assert hit.message
        assert hit.evidence


@pytest.mark.parametrize("folder", examples("clean"), ids=named)
def test_clean_examples_are_silent_by_all_checks(folder: Path) -> None:
    own = owner_of(folder)
    said = [
        (check.id, hit) for check in every_check() for hit in hits(check, folder) if check is own or severity(check, hit).rank >= LOUD.rank
    ]
    assert said == []


@pytest.mark.parametrize("check", every_check(), ids=lambda check: check.id)
def test_a_check_has_examples_of_both_kinds(check: Check) -> None:
    for label, fewest in (("flagged", 2), ("clean", 3)):
        assert len([path for path in (check.folder / "examples" / label).iterdir() if path.is_dir()]) >= fewest


@pytest.mark.parametrize("check", every_check(), ids=lambda check: check.id)
def test_the_words_of_a_check_are_fit_to_print(check: Check) -> None:
    definition = check.definition
    assert len(definition.title) <= 70
    assert not definition.title.endswith(".")
    assert definition.question.strip().endswith("?")
    assert definition.why.strip()
    assert definition.remedy.strip()
    assert definition.references
    assert definition.cwe
    assert all(url.startswith("https://") for url in definition.references)
    assert set(definition.taxonomy) <= {"owasp-mcp", "ast", "asi", "safe-t", "atlas", "aitech", "snyk"}
    assert definition.taxonomy["owasp-mcp"]


@pytest.mark.parametrize("check", every_check(), ids=lambda check: check.id)
def test_a_check_has_one_method_and_a_name_of_its_own(check: Check) -> None:
    assert (check.inspect is None) != (check.semgrep is None)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.id)
    if check.semgrep is not None:
        rules = yaml.safe_load(check.semgrep.read_text(encoding="utf-8"))["rules"]
        assert all(rule["id"] == check.id or rule["id"].startswith(f"{check.id}-") for rule in rules)


def test_ids_do_not_begin_each_other() -> None:
    ids = [check.id for check in every_check()]
    assert not [(one, other) for one in ids for other in ids if other.startswith(f"{one}-")]


def test_the_index_is_current() -> None:
    assert INDEX.read_text(encoding="utf-8") == render(every_check())


def test_nothing_is_said_of_nothing() -> None:
    nothing = Target(kind=TargetKind.SKILL, name="nothing")
    assert [check.id for check in every_check() if check.inspect is not None and list(check.inspect(nothing))] == []
