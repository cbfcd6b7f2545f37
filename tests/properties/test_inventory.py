from __future__ import annotations

import dataclasses
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.model import Location, Target
from reviewer import wire
from reviewer.documents import read_json, read_toml, read_yaml
from reviewer.inventory.declarations import permissions
from reviewer.inventory.languages import shell
from reviewer.inventory.pages import read_page
from tests.reviewer.inventory.worlds import inventory

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = st.sampled_from(
    [
        "SKILL.md",
        "a/SKILL.md",
        "package.json",
        "pyproject.toml",
        "manifest.json",
        ".mcp.json",
        ".claude-plugin/plugin.json",
        ".claude-plugin/marketplace.json",
        ".claude/settings.json",
        "hooks/hooks.json",
        "commands/x.md",
        "CLAUDE.md",
        "README.md",
        "run.sh",
        "x.pth",
        "blob",
        ".vscode/tasks.json",
        "devcontainer.json",
        "entry_points.txt",
    ]
)
KEYS = st.sampled_from(
    [
        "name",
        "version",
        "bin",
        "scripts",
        "postinstall",
        "server",
        "mcp_config",
        "command",
        "args",
        "env",
        "url",
        "hooks",
        "PreToolUse",
        "matcher",
        "tools",
        "plugins",
        "source",
        "mcpServers",
        "permissions",
        "allow",
        "user_config",
        "manifest_version",
        "prompts",
        "text",
        "skills",
        "commands",
        "tasks",
        "x",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
DOCUMENTS = VALUES.map(json.dumps).map(str.encode)
PAGES = st.builds(lambda front, body: f"---\n{front}\n---\n{body}".encode(), st.text(max_size=60), st.text(max_size=60))
CONTENT = st.binary(max_size=200) | DOCUMENTS | PAGES | st.text(max_size=200).map(str.encode)


def kept(target: Target) -> Target:
    return dataclasses.replace(target, texts={})


@QUICK
@given(
    st.dictionaries(NAMES | st.text(min_size=1, max_size=12), CONTENT, max_size=6),
    st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=10), max_size=2),
)
def test_any_submission_has_an_inventory_that_can_be_written(files: dict[str, bytes], links: dict[str, str]) -> None:
    target = inventory(files, links={path: aim for path, aim in links.items() if path not in files})
    assert 0.0 <= target.coverage <= 1.0
    ids = [component.id for component in target.components]
    assert len(ids) == len(set(ids))
    assert all(len(target.texts[path]) >= 0.0 for path in target.texts)
    wire.encode(kept(target))


@QUICK
@given(st.dictionaries(NAMES, CONTENT, max_size=5))
def test_every_file_is_read_or_told(files: dict[str, bytes]) -> None:
    target = inventory(files)
    told = {row.path for row in target.unreadable}
    assert all(path in target.texts or path in told for path in files)


@QUICK
@given(st.dictionaries(NAMES, CONTENT, max_size=5))
def test_the_same_bytes_have_the_same_inventory(files: dict[str, bytes]) -> None:
    assert wire.encode(kept(inventory(files))) == wire.encode(kept(inventory(files)))


@QUICK
@given(st.text(max_size=300))
def test_readers_never_raise(text: str) -> None:
    for read in (read_json, read_toml, read_yaml):
        document = read(text)
        assert document.value is not None or document.faults or text.strip() in {"null", ""} or read is read_yaml
    read_page("x.md", f"---\n{text}\n---\n{text}")
    permissions(text)


@QUICK
@given(st.text(max_size=200) | st.text(alphabet="abc $\"'`(){}|&;<>\\\n=-#./~*[]!", max_size=200))
def test_any_text_is_read_as_shell(text: str) -> None:
    shell.extract({"x.sh": text})
    for capability in shell.read_command(text, at=Location(path="x", line=1)):
        assert capability.evidence
