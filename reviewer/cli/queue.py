"""``reviewer queue``: what waits for a decision."""

from __future__ import annotations

import click

from reviewer.cli.console import put, put_json, table
from reviewer.cli.desk import home_of, now, plain_or_json


@click.command()
@plain_or_json
@click.pass_context
def command(context: click.Context, style: str) -> None:
    """List open requests, most wanted first, then oldest.

    Example: reviewer queue
    """
    from reviewer.review.requests import in_order  # noqa: PLC0415  --help does not need the store
    from reviewer.review.state import fold  # noqa: PLC0415  the same

    moment = now()
    with home_of(context).store().reading() as transaction:
        desk = fold(transaction.events())
    waiting = in_order(list(desk.requests.values()))
    if style == "json":
        put_json(
            [
                {
                    "id": r.id,
                    "state": r.state.value,
                    "recommendation": r.recommendation,
                    "score": r.score,
                    "kind": r.kind,
                    "name": r.name,
                    "source": r.source,
                    "digest": r.dossier,
                    "requesters": list(r.requesters),
                    "teams": list(r.teams),
                    "since": r.wishes[0].at.isoformat(),
                }
                for r in waiting
            ]
        )
    elif waiting:
        rows = [
            (r.id, r.recommendation, str(r.score), f"{len(r.requesters)}", f"{(moment - r.wishes[0].at).days}d", r.kind, r.name, r.source)
            for r in waiting
        ]
        put(table(("ID", "RECOMMENDED", "SCORE", "WANTED BY", "AGE", "KIND", "NAME", "SOURCE"), rows))
    else:
        put("Nothing waits.")
