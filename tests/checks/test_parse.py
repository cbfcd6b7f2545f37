from __future__ import annotations

import pytest

from checks.parse import SHELL_PIECE, BlockKind, markdown, shell


def words(text: str) -> list[tuple[str, ...]]:
    return [command.words for command in shell(text).commands]


def stages(text: str) -> list[list[list[str]]]:
    return [[[command.program for command in stage] for stage in pipeline.stages] for pipeline in shell(text).pipelines]


def test_markdown_gives_prose_code_and_what_rendering_hides_with_lines() -> None:
    text = "---\nname: x\n---\n# Head\n\nwords `code` <!-- hid --> more\n\n> said\n\n"
    text += "```Bash title\nls\n```\n\n<!--\nlong\n-->\n\n[//]: # (note)\n"
    blocks = [(block.kind, block.text.strip(), block.line, block.language, block.quoted) for block in markdown(text)]
    assert (BlockKind.PROSE, "Head", 4, "", False) in blocks
    assert (BlockKind.CODE, "code", 6, "", False) in blocks
    assert (BlockKind.COMMENT, "hid", 6, "", False) in blocks
    assert (BlockKind.PROSE, "words `code`  more", 6, "", False) in blocks
    assert (BlockKind.PROSE, "said", 8, "", True) in blocks
    assert (BlockKind.CODE, "ls", 11, "bash", False) in blocks
    assert (BlockKind.COMMENT, "long", 14, "", False) in blocks
    assert (BlockKind.COMMENT, "note", 18, "", False) in blocks
    assert {block.heading for block in markdown(text)} == {"Head", ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("""'ba'"sh" -c x""", ("bash", "-c", "x")),
        ("sudo -u root env A=1 B=2 sh -s", ("sh", "-s")),
        ("timeout 5 nohup python3 -", ("python3", "-")),
        ("$ ls -l", ("ls", "-l")),
        ("A=1 ls", ("ls",)),
        ("sudo", ("sudo",)),
    ],
)
def test_words_are_what_the_shell_runs(text: str, expected: tuple[str, ...]) -> None:
    assert words(text)[0] == expected


def test_pipelines_keep_groups_together_and_here_documents_joined() -> None:
    assert stages("(curl a; echo b) | sudo sh -s | tee log\n") == [[["curl", "echo"], ["sh"], ["tee"]]]
    assert stages("base64 -d <<END | sh\naGk=\nEND\n") == [[["base64"], ["sh"]]]


def test_what_feeds_a_command_is_known() -> None:
    commands = shell('eval "$(curl x)"\nbash <(wget y)\nsh <<< "$(cat z)"\n').commands
    fed = {command.program: [one.program for one in command.feeding()] for command in commands}
    assert fed == {"eval": ["curl"], "curl": [], "bash": ["wget"], "wget": [], "sh": ["cat"], "cat": []}


def test_redirections_name_their_files() -> None:
    assert [(one.target, one.line) for one in shell("ls\necho a >> 'out/a b'\ncat < in\n").redirections] == [("out/a b", 2)]


def test_lines_stay_right_in_long_scripts() -> None:
    text = "echo one two three\n" * (2 * SHELL_PIECE // 10) + "last | one\n"
    assert shell(text).commands[-1].line == text.count("\n")
    assert shell(text).pipelines[-1].text.startswith("last")


def test_characters_that_the_grammar_cannot_look_up_do_not_reach_it() -> None:
    assert words("e\u200bcho \U000e0041\u4e2d \uff43url") == [("echo", "\u00b7", "curl")]
