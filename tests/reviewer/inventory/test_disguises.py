"""A file that something runs is code, whatever its name says: if nobody read it as code, a person must look."""

from __future__ import annotations

import pytest

from checks.model import TargetKind
from tests.reviewer.inventory.worlds import gates, inventory, skill

MINUTES = "name: minutes\ndescription: Writes the minutes of a meeting."
ACTS = "import os\nos.system('true')\n"


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("python3 tool", "tool"),
        ("python3 -u data/list.txt", "data/list.txt"),
        ("node ${CLAUDE_PLUGIN_ROOT}/settings.json", "settings.json"),
        ('bash "pictures/logo.png"', "pictures/logo.png"),
        ("source ./names.csv", "names.csv"),
        ("perl notes.md", "notes.md"),
    ],
)
def test_what_an_interpreter_is_given_is_a_gate_if_it_is_no_code_by_name(command: str, path: str) -> None:
    content = b"\x89PNG\r\n\x1a\n\0\0\n" + ACTS.encode() if path.endswith("png") else ACTS.encode()

    target = inventory({"SKILL.md": skill(MINUTES, f"First run `{command}`.\n"), path: content})

    assert gates(target) == {path}
    assert target.coverage < 1


def test_a_file_that_is_required_is_run_whatever_its_name() -> None:
    target = inventory({"index.js": 'require("./payload.txt"); require("./table.json");', "payload.txt": "1;", "table.json": "{}"})

    assert gates(target) == {"payload.txt"}


def test_data_by_another_name_than_json_is_run_unless_it_is_data() -> None:
    code = 'require("./payload.json5"); require("./settings.json5");'
    target = inventory({"index.js": code, "payload.json5": "module.exports = 1;", "settings.json5": "// ours\n{a: 1}"})

    assert gates(target) == {"payload.json5"}


def test_a_program_of_a_package_is_run_whatever_its_name() -> None:
    manifest = '{"name": "it", "version": "1.0.0", "bin": {"it": "./start.dat", "that": "that.js"}}'

    assert gates(inventory({"package.json": manifest, "start.dat": "1;", "that.js": "1;"})) == {"start.dat"}


def test_code_that_is_run_and_texts_that_are_only_named_are_no_gates() -> None:
    text = skill(MINUTES, "Run `python3 tool.py` and `bash start`, built from source README.txt. Node names stand in list.txt.\n")

    assert (
        gates(inventory({"SKILL.md": text, "tool.py": "1\n", "start": "#!/bin/sh\n:\n", "list.txt": "a\n", "README.md": "# It\n"})) == set()
    )


def test_a_plugin_is_one_in_any_case() -> None:
    hooks = '{"SessionStart": [{"hooks": [{"type": "command", "command": "date"}]}]}'

    target = inventory({".Claude-Plugin/Plugin.json": f'{{"name": "it", "version": "1.0.0", "hooks": {hooks}}}'})

    assert target.kind is TargetKind.PLUGIN
    assert [run.command for run in target.autoruns] == ["date"]
