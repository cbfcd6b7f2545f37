"""What the commands of the desk share: the home folder, the clock, who acts, and the options that mean the same everywhere."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.console import tell

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from reviewer.assess.policy import Policy
    from reviewer.review.home import Home

Command = Callable[..., Any]


def plain_or_json(function: Command) -> Command:
    """Give a command ``--format plain|json``."""
    option = click.option("--format", "style", type=click.Choice(["plain", "json"]), default="plain", help="How to print. [default: plain]")
    return option(function)


def key_option(function: Command) -> Command:
    """Give a command ``--key KEY``."""
    option = click.option(
        "--key",
        type=click.Path(path_type=Path, dir_okay=False),
        required=True,
        help="Your private key file: the command acts as its person.",
    )
    return option(function)


def tools_option(function: Command) -> Command:
    """Give a command ``--tools FILE``."""
    option = click.option(
        "--tools",
        type=click.Path(path_type=Path),
        help="For https://host/path alone: the server's answer to tools/list, saved as JSON.",
    )
    return option(function)


def advise_tools(source: str, tools: Path | None) -> None:
    """Say how the tools of a remote server become known, where nobody gave them."""
    if tools is None and source.lower().startswith("https:"):
        tell("Its tools are unknown: save the server's answer to tools/list as JSON and give it with --tools FILE.")


def now() -> datetime:
    """Read the clock: here, and nowhere below the command line."""
    return datetime.now(UTC)  # noqa: TID251  the one place


def home_of(context: click.Context) -> Home:
    """Give the home folder that was asked for, or the platform's."""
    from reviewer.review.home import Home  # noqa: PLC0415  --help does not need it

    chosen = context.find_root().obj
    if chosen is None:
        from platformdirs import user_data_path  # noqa: PLC0415  the same

        chosen = user_data_path("reviewer", appauthor=False)
    return Home(path=Path(chosen))


def acting_name(chosen: str | None) -> str:
    """Give the name under which an unsigned command acts: ``--as``, or the user of the operating system (unproven)."""
    return chosen or account_name()


def account_name() -> str:
    """Give the user of the operating system."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid-{os.getuid()}"


def signer_of(key: Path) -> Signer:
    """Load a private key, asking for its passphrase if it has one and a person is there to ask."""
    from allowlist.errors import AllowlistError  # noqa: PLC0415  --help does not need it
    from allowlist.keys import is_encrypted  # noqa: PLC0415  --help does not need it
    from reviewer.review.home import signer_from  # noqa: PLC0415  the same

    passphrase = os.environ.get("REVIEWER_PASSPHRASE")
    with contextlib.suppress(AllowlistError):  # a file that cannot be read is refused below, with its reason
        if passphrase is None and key.is_file() and sys.stdin.isatty() and sys.stderr.isatty() and is_encrypted(key):
            passphrase = click.prompt(f"Passphrase of {key}", hide_input=True, err=True)
    return signer_from(key, os.fsencode(passphrase) if passphrase else None)


def default_policy() -> Policy:
    """Load the policy that ships with the program."""
    from reviewer.assess.policy import load_policy  # noqa: PLC0415  --help does not need it

    return load_policy()
