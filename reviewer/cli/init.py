"""``reviewer init``: make a review desk."""

from __future__ import annotations

import click

from reviewer.cli.console import put, put_json, tell
from reviewer.cli.desk import default_policy, home_of, now, plain_or_json


@click.command()
@click.option("--org", default="our organisation", help="The organisation's name, as it stands in the list. [default: our organisation]")
@plain_or_json
@click.pass_context
def command(context: click.Context, org: str, style: str) -> None:
    """Make a review desk: store, root of trust and publishing key, in one folder.

    Example: reviewer init --org Acme
    """
    from reviewer.review.home import initialise  # noqa: PLC0415  --help does not need the desk

    home = home_of(context)
    initialise(home, organization=org, policy=default_policy(), now=now())
    if style == "json":
        put_json({"home": str(home.path), "root": str(home.root), "organization": org})
        return
    put(f"review desk of {org}: {home.path}\ntrusted root: {home.root}")
    tell("Give root.json to every tenant by a way that you trust; it is what they check lists against.")
    tell("Next: `reviewer keys new NAME`, then `reviewer people add NAME --role reviewer --key KEY.pub`.")
