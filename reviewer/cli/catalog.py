"""``reviewer catalog``: what is approved already."""

from __future__ import annotations

import click

from reviewer.cli.console import put, put_json, table
from reviewer.cli.desk import home_of, now, plain_or_json


@click.command()
@click.argument("words", nargs=-1)
@click.option("--team", help="Only what this team may use.")
@plain_or_json
@click.pass_context
def command(context: click.Context, words: tuple[str, ...], team: str | None, style: str) -> None:
    """List what is approved now, perhaps only what matches all WORDS.

    Example: reviewer catalog --team payments search
    """
    from reviewer.review.requests import is_live  # noqa: PLC0415  --help does not need the store
    from reviewer.review.state import fold  # noqa: PLC0415  the same

    moment = now()
    with home_of(context).store().reading() as transaction:
        desk = fold(transaction.events())
    rows = []
    for entry in desk.entries.values():
        request = desk.requests[entry.request]
        conditions = entry.decisions[0].conditions
        text = f"{entry.id} {request.name} {request.kind} {request.source}".lower()
        if is_live(entry, now=moment, team=team) and all(word.lower() in text for word in words):
            rows.append(
                {
                    "id": entry.id,
                    "name": request.name,
                    "kind": request.kind,
                    "source": request.source,
                    "teams": list(conditions["teams"]),
                    "tools": list(conditions["tools"]),
                    "hosts": list(conditions["hosts"]),
                    "expires": conditions["expires"],
                }
            )
    if style == "json":
        put_json(rows)
    elif rows:
        cells = [(row["id"], row["name"], row["kind"], ",".join(row["teams"]), row["expires"][:10], row["source"]) for row in rows]
        put(table(("ID", "NAME", "KIND", "TEAMS", "UNTIL", "SOURCE"), cells))
    else:
        put("Nothing approved matches.")
