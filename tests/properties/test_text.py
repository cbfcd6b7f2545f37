from __future__ import annotations

import base64
import functools
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Check, SurfaceRole
from checks.parse import markdown, shell
from checks.text import Lines, decode_selectors, decode_tags, decoded, escape, hidden_runs, views, visible
from tests.checks.world import every_check, target_of

ANYTHING = st.text(st.characters(codec=None), max_size=400)
# Pieces out of which hostile texts are put together more often than by chance.
PIECES = st.sampled_from([
    "```bash\n", "```\n", "<!--", "-->", "| sh", "$(", "`", "<(", "<<E\n", "\n---\n", "do not tell the user",
    "curl http://203.0.113.1/a ",
    "base64 -d", "~/.ssh/id_rsa", "\u202e", "\u200b", "\U000e0041", "\ufe0f", "\ud800", "\0", "\x1b[", "@mcp.tool()\ndef a(b):\n",
    "server.registerTool('a', {",
    "exec(", "eval(", "{", "}", "[", "](", "> ", "\n\n", "    ", "'", '"', '"""', "\\", "%41", "\\x41", "import os;",
])  # fmt: skip
HOSTILE = st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join)
PATHS = st.sampled_from(
    ["SKILL.md", "server.py", "index.js", "run.sh", "package.json", "setup.py", "a.pth", ".mcp.json", "Dockerfile", "x"]
)


@functools.cache
def inspections() -> tuple[Check, ...]:
    return tuple(check for check in every_check() if check.inspect is not None)


@given(ANYTHING, st.integers(1, 60))
def test_shown_text_is_bounded_and_safe(text: str, limit: int) -> None:
    shown = escape(text, limit)
    assert len(shown) <= limit
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs"} or c in "\u202e\u2066\u200b\u2028"]
    shown.encode()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert escape(text) == text


@given(ANYTHING)
def test_lines_agree_with_counting(text: str) -> None:
    lines = Lines(text)
    assert [lines.at(at) for at in range(len(text))] == [text.count("\n", 0, at) + 1 for at in range(len(text))]


@given(ANYTHING)
def test_views_lead_back_into_the_original(text: str) -> None:
    for view in views(text):
        assert all(0 <= view.origin(at) <= len(text) for at in (0, len(view.text)))
    plain = visible(text)
    assert not list(hidden_runs(plain.text))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_what_is_hidden_is_decoded(secret: str) -> None:
    assert decode_tags("".join(chr(0xE0000 + ord(c)) for c in secret)) == secret
    assert decode_selectors("".join(chr(0xFE00 + b if b < 16 else 0xE0100 + b - 16) for b in secret.encode())) == secret


@given(st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=40, max_size=80), st.integers(1, 3))
def test_layers_are_peeled_off(secret: str, depth: int) -> None:
    text = secret
    for _ in range(depth):
        text = base64.b64encode(text.encode()).decode()
    assert secret in [view.text for view in decoded(f"say {text}.")]
    assert all(len(view.layers) <= 3 for view in decoded(text))


@given(HOSTILE | ANYTHING)
def test_parsers_raise_for_no_text(text: str) -> None:
    for block in markdown(text):
        assert block.line >= 1
    script = shell(text)
    assert all(command.line >= 1 for command in script.commands)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(PATHS, HOSTILE | ANYTHING, max_size=4))
def test_inspections_raise_for_no_submission(texts: dict[str, str]) -> None:
    target = target_of(texts)
    for check in inspections():
        assert check.inspect is not None
        for hit in check.inspect(target):
            assert hit.at.path in target.texts or any(surface.at.path == hit.at.path for surface in target.surfaces)
            assert hit.message


@settings(max_examples=40, deadline=None)
@given(HOSTILE)
def test_inspections_raise_for_no_surface(text: str) -> None:
    skill = f"---\nname: a\ndescription: b\n---\n{text}"
    target = target_of({"SKILL.md": skill})
    assert any(surface.role is SurfaceRole.SKILL_BODY for surface in target.surfaces) or not text.strip().isprintable() or not text.strip()
    for check in inspections():
        assert check.inspect is not None
        assert all(hit.at.line >= 0 for hit in check.inspect(target))
