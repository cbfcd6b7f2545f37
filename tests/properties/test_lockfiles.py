"""Whatever a manifest or lock file holds, it is read to packages or to a ledger row, and to the same each time."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.model import Package
from reviewer.sbom.lockfiles import read_packages
from reviewer.sbom.lockfiles.interface import LockfileError
from reviewer.sbom.notation import key_lines, load_json
from tests.builders import a_target

PATHS = {
    "package_json": "package.json",
    "package_lock": "package-lock.json",
    "pyproject": "pyproject.toml",
    "requirements": "requirements.txt",
    "uv_lock": "uv.lock",
    "poetry_lock": "poetry.lock",
    "core_metadata": "x-1.dist-info/METADATA",
}
any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
words = st.sampled_from(
    [
        "dependencies",
        "packages",
        "node_modules/a",
        "version",
        "integrity",
        "project",
        "package",
        "name",
        "tool",
        "poetry",
        "source",
        "files",
        "x",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | any_text | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | any_text, inner, max_size=5),
    max_leaves=25,
)
lines = st.lists(
    st.sampled_from(
        [
            "[[package]]",
            'name = "a"',
            "[project]",
            'dependencies = ["x>=1"]',
            "a==1 \\",
            "-r b",
            "--hash=sha256:00",
            "x @ https://h.example/a",
        ]
    )
    | any_text,
    max_size=12,
).map("\n".join)
texts = any_text | lines | values.map(json.dumps)


@pytest.mark.parametrize("name", sorted(PATHS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=texts)
def test_a_format_gives_packages_or_its_error(name: str, text: str) -> None:
    module = importlib.import_module(f"reviewer.sbom.lockfiles.{name}")
    assert module.matches(PATHS[name])
    try:
        found = module.parse(PATHS[name], text)
    except LockfileError:
        return
    assert all(isinstance(package, Package) and package.at.path == PATHS[name] for package in found)
    assert found == module.parse(PATHS[name], text)
    assert all(0 <= package.at.line <= text.count("\n") + 1 for package in found)


@settings(max_examples=60, deadline=None)
@given(given_texts=st.dictionaries(st.sampled_from([*PATHS.values(), "a/package.json", "a/requirements.txt"]), texts, max_size=4))
def test_reading_them_all_never_raises_and_gives_what_every_reader_accepts(given_texts: dict[str, str]) -> None:
    packages, ledger = read_packages(a_target(texts=given_texts))

    keys = [
        (package.ecosystem, package.name, package.version, package.requirement if package.version is None else "") for package in packages
    ]
    assert len(keys) == len(set(keys))
    for text in [*(package.name for package in packages), *(package.requirement for package in packages), *(row.reason for row in ledger)]:
        assert text.isprintable()
        text.encode()


def paths_of(value: Any, before: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if isinstance(value, list):
        return {path for item in value for path in paths_of(item, before)}
    if isinstance(value, dict):
        return {path for key, item in value.items() for path in ({(*before, key)} | paths_of(item, (*before, key)))}
    return set()


@settings(max_examples=80, deadline=None)
@given(value=st.dictionaries(words, values, max_size=4), indent=st.sampled_from([None, 0, 2]))
def test_every_key_of_a_section_has_a_line(value: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    sections = {"dependencies", "packages"}

    lines = key_lines(text, sections)

    assert load_json(text) == value
    assert {path for path in paths_of(value) if len(path) > 1 and path[-2] in sections} >= set(lines)
    for path, line in lines.items():
        assert json.dumps(path[-1]) in text.split("\n")[line - 1]
