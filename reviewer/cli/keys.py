"""``reviewer keys``: signing keys of people."""

from __future__ import annotations

import os
import sys

import click

from reviewer.cli.console import put, put_json, table, tell
from reviewer.cli.desk import home_of, plain_or_json


@click.group(name="keys")
def command() -> None:
    """Make and list signing keys.

    Example: reviewer keys new carol
    """


@command.command()
@click.argument("name")
@plain_or_json
@click.pass_context
def new(context: click.Context, name: str, style: str) -> None:
    """Make an Ed25519 key pair in the home folder and say where it lies.

    The passphrase is asked for at a terminal, or taken from REVIEWER_PASSPHRASE; an empty one leaves the file unlocked.

    Example: reviewer keys new carol
    """
    from reviewer.review.home import make_key  # noqa: PLC0415  --help does not need the desk

    home = home_of(context)
    home.store()
    passphrase = os.environ.get("REVIEWER_PASSPHRASE", "")
    if not passphrase and sys.stdin.isatty() and sys.stderr.isatty():
        prompt = "Passphrase (empty for none)"
        passphrase = click.prompt(prompt, hide_input=True, confirmation_prompt=True, default="", show_default=False, err=True)
    path = make_key(home, name, os.fsencode(passphrase) or None)
    if style == "json":
        put_json({"name": name, "private": str(path), "public": f"{path}.pub"})
        return
    put(f"{path}\n{path}.pub")
    if not passphrase:
        tell("The private key has no passphrase: whoever reads the file can sign as its person.")


@command.command(name="list")
@plain_or_json
@click.pass_context
def list_(context: click.Context, style: str) -> None:
    """List the keys in the home folder and whom they act for.

    Example: reviewer keys list
    """
    from allowlist.errors import AllowlistError  # noqa: PLC0415  --help does not need the desk
    from allowlist.keys import load_public  # noqa: PLC0415  the same
    from reviewer.review.state import fold  # noqa: PLC0415  the same

    home = home_of(context)
    with home.store().reading() as transaction:
        desk = fold(transaction.events())
    rows = []
    for path in sorted(home.keys.glob("*.pub")):
        try:
            key = load_public(path.read_bytes())
        except AllowlistError:
            continue
        member = desk.by_key(key.keyid)
        rows.append(
            {"name": path.stem, "key_id": key.keyid, "type": key.keytype, "acts_for": member.name if member else None, "path": str(path)}
        )
    if style == "json":
        put_json(rows)
    else:
        put(
            table(
                ("NAME", "TYPE", "ACTS FOR", "PATH"),
                [(str(r["name"]), str(r["type"]), str(r["acts_for"] or "-"), str(r["path"])) for r in rows],
            )
        )
