"""The command line: one file per command; each parses, calls, prints.

A command's module is imported only when it is run or its help is asked for, and imports what it needs when it runs: ``reviewer --help``
must be quick. Errors become one line with a hint and an exit code here, and nowhere else.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click
from click.exceptions import NoArgsIsHelpError

from reviewer import __version__
from reviewer.cli.console import complain, show_every_sign
from reviewer.errors import ExitCode, ReviewerError

SECTIONS = {
    "Everyone": ("scan", "checks", "doctor"),
    "An employee who wants a connector": ("request", "status", "catalog"),
    "A reviewer": ("queue", "show", "approve", "reject", "revoke"),
    "An admin": ("init", "people", "keys", "publish", "verify", "export"),
}


class Commands(click.Group):
    """Commands by name, each in the module of its name."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Name all commands, in the order of the walk."""
        return [name for names in SECTIONS.values() for name in names]

    def get_command(self, context: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(context):
            return None
        command: click.Command = importlib.import_module(f"reviewer.cli.{cmd_name}").command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the people who use them."""
        for title, names in SECTIONS.items():
            commands = [(name, self.get_command(context, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in commands if command])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reviewer")
@click.option(
    "--home", type=click.Path(path_type=Path), envvar="REVIEWER_HOME", help="The desk's folder. [default: the platform's user data folder]"
)
@click.pass_context
def cli(context: click.Context, home: Path | None) -> None:
    """Decide which MCP servers, Skills, plugins and extensions may be connected.

    An employee requests one, it is read without being run, a reviewer decides and signs, an admin publishes a list that every
    tenant can check.

    Example: reviewer scan npm:some-mcp-server
    """
    context.obj = home


def main() -> None:
    """Run the program; end with one of the documented exit codes."""
    show_every_sign()
    try:
        status = cli.main(prog_name="reviewer", standalone_mode=False)
    except ReviewerError as error:
        complain(error.message, error.hint)
        sys.exit(error.exit_code)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        complain(error.format_message(), f"`{context.command_path} --help` says how it is used" if context else "")
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted; nothing was changed")
        sys.exit(ExitCode.FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.FAILED)
    except OSError as error:
        complain(f"{error.filename or 'the system'}: {error.strerror}", "check free space and permissions")
        sys.exit(ExitCode.FAILED)
    sys.exit(status if isinstance(status, int) else ExitCode.DONE)
