"""Every command that the README and the help texts show can be typed as it stands there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reviewer.cli import cli
from reviewer.errors import ExitCode

README = Path(__file__).resolve().parents[3] / "README.md"


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


def in_readme() -> list[str]:
    return re.findall(r"^    (reviewer .*)$", README.read_text(encoding="utf-8"), re.MULTILINE)


def in_help() -> list[str]:
    helps = (" ".join((command.help or "").split()) for _, command in commands(cli))
    return [example.strip() for text in helps for example in text.split("Example: ")[1:] or [""]]


def parse(line: str) -> None:
    """Parse as click would on the way to running; click has no other way to parse all of a line and run nothing."""
    program, *words = shlex.split(line)
    assert program == "reviewer"
    context = cli.make_context("reviewer", words)
    while isinstance(context.command, click.Group):
        words = [*context._protected_args, *context.args]  # noqa: SLF001  where click keeps the words of the next command
        name, command, rest = context.command.resolve_command(context, words)
        assert command is not None
        context = command.make_context(name, rest, parent=context)


def test_every_command_has_an_example() -> None:
    assert [
        " ".join(path)
        for path, command in commands(cli)
        if "Example: reviewer " + " ".join(path) not in " ".join((command.help or "").split())
    ] == []


@pytest.mark.parametrize("line", [*in_readme(), *in_help()])
def test_what_is_shown_can_be_typed(line: str) -> None:
    parse(line)


def test_what_cannot_be_typed_is_seen() -> None:
    with pytest.raises(click.UsageError):
        parse("reviewer approve R-1 --kee carol")


def test_every_command_is_in_the_readme() -> None:
    shown = "\n".join(in_readme())
    assert [name for name in cli.list_commands(click.Context(cli)) if f"reviewer {name}" not in shown] == []


def test_the_readme_names_every_exit_code_and_no_other() -> None:
    named = re.findall(r"^\| (\d+) \| .+ \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(code) for code in named] == sorted(ExitCode)
