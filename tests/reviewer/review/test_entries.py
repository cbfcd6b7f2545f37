from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import Refused, UsageFault
from reviewer.model import PublishedPackage
from reviewer.review.entries import expiry, pinned_commands

NOW = datetime(2026, 5, 1, 15, 30, tzinfo=UTC)


def package(ecosystem: str, name: str) -> PublishedPackage:
    return PublishedPackage(ecosystem=ecosystem, name=name, version="1.2.3", filename="x", integrity="sha512-x")


def test_an_npm_package_is_started_by_name_and_version() -> None:
    assert pinned_commands(package("npm", "@acme/jira-mcp"), ["jira-mcp"]) == (("npx", "-y", "@acme/jira-mcp@1.2.3"),)
    assert pinned_commands(package("npm", "jira"), ["jira-mcp"])[0] == ("npx", "-y", "jira@1.2.3")


def test_an_npm_package_of_several_programs_is_started_by_naming_one() -> None:
    assert pinned_commands(package("npm", "jira"), ["one", "two"]) == (
        ("npx", "-y", "--package", "jira@1.2.3", "one"),
        ("npx", "-y", "--package", "jira@1.2.3", "two"),
    )


def test_a_python_package_is_started_by_uvx_with_its_version() -> None:
    assert ("uvx", "acme-git==1.2.3") in pinned_commands(package("pypi", "acme-git"), ["acme-git"])
    assert pinned_commands(package("pypi", "acme-git"), ["git-mcp"]) == (("uvx", "--from", "acme-git==1.2.3", "git-mcp"),)


def test_a_package_without_programs_cannot_be_started() -> None:
    assert pinned_commands(package("npm", "library"), []) == ()
    assert pinned_commands(package("pypi", "library"), []) == ()


@given(st.sampled_from(["npm", "pypi"]), st.lists(st.text("abc-", min_size=1, max_size=5), max_size=4))
def test_every_command_names_the_version(ecosystem: str, programs: list[str]) -> None:
    assert all(any("1.2.3" in word for word in command) for command in pinned_commands(package(ecosystem, "name"), programs))


def test_two_people_on_one_day_mean_the_same_expiry() -> None:
    later = NOW + timedelta(hours=7)

    assert expiry("90d", now=NOW, longest_days=180) == expiry("90d", now=later, longest_days=180)


def test_nothing_typed_means_the_longest_life() -> None:
    assert expiry(None, now=NOW, longest_days=180) == datetime(2026, 10, 28, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "d", "1.5d", "2026-13-01", "2026-05-01", "tomorrow", "٣d"])
def test_what_is_no_later_date_is_a_usage_fault(text: str) -> None:
    with pytest.raises(UsageFault):
        expiry(text, now=NOW, longest_days=180)


def test_beyond_the_longest_life_is_refused() -> None:
    with pytest.raises(Refused):
        expiry("181d", now=NOW, longest_days=180)
    with pytest.raises(Refused):
        expiry("99999d", now=NOW, longest_days=180)


@pytest.mark.parametrize(
    "program", ["--registry=https://evil.example", "-c", "two words", "${HOME}", "", "../x", "other@2.0.0", "a\u202eb"]
)
@pytest.mark.parametrize("ecosystem", ["npm", "pypi"])
def test_a_program_with_a_name_that_is_no_name_gives_no_command(ecosystem: str, program: str) -> None:
    commands = pinned_commands(package(ecosystem, "acme"), ["acme", program, "fine"])

    assert commands
    assert not any(program in command for command in commands)


def test_a_version_that_pins_nothing_gives_no_command() -> None:
    latest = PublishedPackage(ecosystem="npm", name="acme", version="latest", filename="x", integrity="sha512-x")

    assert pinned_commands(latest, ["acme"]) == ()
