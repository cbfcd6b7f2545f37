"""``reviewer revoke``: end an approval."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.console import put, put_json, tell
from reviewer.cli.desk import home_of, key_option, now, plain_or_json, signer_of


@click.command()
@click.argument("entry_id", metavar="E-1")
@key_option
@click.option("--reason", required=True, help="Why; it stands in the published list.")
@plain_or_json
@click.pass_context
def command(context: click.Context, entry_id: str, key: Path, reason: str, style: str) -> None:
    """Sign a revocation, as the person whose key signs. One reviewer or admin is enough.

    It ends the content: other teams' entries of the same content end with it.

    Example: reviewer revoke E-1 --key ~/.ssh/id_ed25519 --reason "the maintainer's account was taken over"
    """
    from reviewer.review.verdicts import revoke  # noqa: PLC0415  --help does not need the desk

    ended = revoke(home_of(context).store(), entry_id, signer=signer_of(key), reason=reason, now=now())
    if style == "json":
        put_json({"entries": [entry.id for entry in ended], "state": "revoked", "by": ended[0].revoked_by})
    else:
        put("\n".join(f"{entry.id}  revoked by {entry.revoked_by}" for entry in ended))
    tell("Tenants learn of it with the next `reviewer publish`.")
