"""``reviewer reject``: sign a rejection."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.console import put, put_json
from reviewer.cli.desk import home_of, key_option, now, plain_or_json, signer_of


@click.command()
@click.argument("request_id", metavar="R-1")
@key_option
@click.option("--reason", required=True, help="Why; the people who asked will read it.")
@plain_or_json
@click.pass_context
def command(context: click.Context, request_id: str, key: Path, reason: str, style: str) -> None:
    """Sign a rejection, as the person whose key signs. One reviewer is enough.

    Example: reviewer reject R-2 --key ~/.ssh/id_ed25519 --reason "sends tickets to a foreign host"
    """
    from reviewer.review.verdicts import reject  # noqa: PLC0415  --help does not need the desk

    request = reject(home_of(context).store(), request_id, signer=signer_of(key), reason=reason, now=now())
    if style == "json":
        put_json({"request": request.id, "state": request.state.value, "by": request.decisions[-1].by})
    else:
        put(f"{request.id}  rejected by {request.decisions[-1].by}")
