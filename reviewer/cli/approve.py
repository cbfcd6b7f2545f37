"""``reviewer approve``: sign an approval."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.console import put, put_json
from reviewer.cli.desk import default_policy, home_of, key_option, now, plain_or_json, signer_of


def _comma_separated(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    parts = tuple(part.strip() for value in values for part in value.split(","))
    if not all(parts):
        raise click.BadParameter("a part is empty, which would narrow nothing; leave the option away if that is meant")
    return parts


@click.command()
@click.argument("request_id", metavar="R-1")
@key_option
@click.option("--statement", required=True, help="What you looked at and why it may be used.")
@click.option("--team", "teams", multiple=True, help="For this team (repeatable). [default: the teams that asked]")
@click.option("--tools", multiple=True, callback=_comma_separated, help="Only these tools (comma-separated).")
@click.option("--hosts", multiple=True, callback=_comma_separated, help="Only these hosts (comma-separated, repeatable).")
@click.option("--expires", help="180d or a date. [default: the policy's longest for the recommendation]")
@plain_or_json
@click.pass_context
def command(  # noqa: PLR0913  one parameter per word that a person may type
    context: click.Context,
    *,
    request_id: str,
    key: Path,
    statement: str,
    teams: tuple[str, ...],
    tools: tuple[str, ...],
    hosts: tuple[str, ...],
    expires: str | None,
    style: str,
) -> None:
    """Sign an approval of what the dossier shows, as the person whose key signs.

    Prints the entry, or how many more approvals of the same are missing. Without options a second reviewer signs the
    conditions of the first.

    Example: reviewer approve R-1 --key ~/.ssh/id_ed25519 --statement "read all four tools" --expires 90d
    """
    from reviewer.review.names import check_name  # noqa: PLC0415  --help does not need the desk
    from reviewer.review.verdicts import Narrowing, approve  # noqa: PLC0415  the same

    approval = approve(
        home_of(context).store(),
        request_id,
        signer=signer_of(key),
        statement=statement,
        narrowing=Narrowing(teams=[check_name(team, "team") for team in teams], tools=tools, hosts=hosts, expires=expires),
        policy=default_policy(),
        now=now(),
    )
    if style == "json":
        put_json(
            {
                "request": approval.request,
                "entry": approval.entry,
                "missing": approval.missing,
                "teams": list(approval.conditions.teams),
                "expires": approval.conditions.expires.isoformat(),
            }
        )
    elif approval.entry:
        until = approval.conditions.expires.date().isoformat()
        put(f"{approval.entry}  approved for {', '.join(approval.conditions.teams)} until {until}")
    else:
        put(f"{approval.request}  signed; {approval.missing} more approval{'s' if approval.missing > 1 else ''} of the same missing")
