"""``reviewer show``: the dossier, what decides first."""

from __future__ import annotations

import click

from reviewer.cli.console import page_width, put, shown, wants_colour
from reviewer.cli.desk import home_of, plain_or_json


@click.command()
@click.argument("request_id", metavar="R-1")
@plain_or_json
@click.pass_context
def command(context: click.Context, request_id: str, style: str) -> None:
    """Show the dossier of a request: what decides first, then the evidence.

    Example: reviewer show R-1
    """
    from reviewer.reports import json, plain  # noqa: PLC0415  --help does not need the reports
    from reviewer.review.requests import dossier_of, the_request  # noqa: PLC0415  the same
    from reviewer.review.state import fold  # noqa: PLC0415  the same

    with home_of(context).store().reading() as transaction:
        desk = fold(transaction.events())
        request = the_request(desk, request_id)
        dossier = dossier_of(transaction, request)
    if style == "json":
        put(json.render(dossier))
        return
    wishes = "\n".join(
        f"  {wish.by} (unproven, account {shown(wish.account) or 'unknown'}) for {wish.team}: {shown(wish.reason)}"
        for wish in request.wishes
    )
    put(f"{request.id}  {request.state.value}  dossier {request.dossier}\nwanted by\n{wishes}\n")
    put(plain.render(dossier, width=page_width(), colour=wants_colour()))
