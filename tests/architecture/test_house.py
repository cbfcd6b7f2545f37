"""The house keeps its own rules: budgets, imports, documented exit codes and commands."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reviewer.cli import SECTIONS, cli
from reviewer.errors import ExitCode

TOP = Path(__file__).resolve().parents[2]
PACKAGES = ("reviewer", "checks", "allowlist")
MODULE_LINES = 400
FUNCTION_LINES = 60
HEART_LINES = 100


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (TOP / package).rglob("*.py") if "examples" not in path.parts)


def test_no_module_is_longer_than_its_budget() -> None:
    long = {str(path.relative_to(TOP)): n for path in modules() if (n := len(path.read_text().splitlines())) > MODULE_LINES}

    assert long == {}


def test_no_function_is_longer_than_its_budget() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{path.relative_to(TOP)}:{node.name}"] = lines

    assert long == {}


def test_the_heart_fits_on_a_page() -> None:
    assert len((TOP / "reviewer" / "pipeline.py").read_text().splitlines()) <= HEART_LINES


def test_there_is_one_broad_except() -> None:
    broad = [
        f"{path.relative_to(TOP)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]

    assert [place.partition(":")[0] for place in broad] == ["reviewer/examine.py"]


def test_imports_go_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=TOP, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stdout


def test_the_readme_has_the_same_exit_codes_as_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \| ", (TOP / "README.md").read_text(), re.MULTILINE)

    assert [int(row) for row in rows] == [code.value for code in ExitCode]


@pytest.mark.parametrize("name", [name for names in SECTIONS.values() for name in names])
def test_every_command_has_a_file_an_example_and_a_place_in_the_readme(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)

    assert (TOP / "reviewer" / "cli" / f"{name}.py").is_file()
    assert command is not None
    assert "Example: reviewer " in (command.help or "")
    assert f"reviewer {name}" in (TOP / "README.md").read_text()


def test_every_make_target_says_what_it_does() -> None:
    text = (TOP / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)

    assert targets
    assert all(re.search(rf"^{target}:.*## ", text, re.MULTILINE) for target in targets[1].split())


def test_nothing_names_a_package_registry_or_reads_outside_the_project() -> None:
    from pip._internal.models.index import PyPI  # noqa: PLC0415  the one place that knows the hosts to look for

    tracked = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True).stdout.splitlines()
    hosts = (PyPI.netloc, PyPI.file_storage_domain, "registry." + "npmjs")
    found = [
        name
        for name in tracked
        if (TOP / name).is_file() and any(host in (TOP / name).read_text(errors="ignore") for host in (*hosts, "../sha" + "red"))
    ]

    assert found == []


def test_the_readme_says_what_every_room_is_for_and_names_none_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `([\w/]+)` \| ", (TOP / "README.md").read_text(), re.MULTILINE))
    folders = {name for name in named if "/" in name or (TOP / "reviewer" / name).exists()}
    inventory = {f"inventory/{path.parent.name}" for path in (TOP / "reviewer" / "inventory").glob("*/__init__.py")}

    assert [name for name in folders if not (TOP / "reviewer" / name).is_dir() and not (TOP / name).is_dir()] == []
    assert inventory - folders == set()
