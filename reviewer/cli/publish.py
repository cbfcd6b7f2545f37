"""``reviewer publish``: sign the list and put it into a folder."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.console import put, put_json, tell
from reviewer.cli.desk import default_policy, home_of, now, plain_or_json, signer_of


@click.command()
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), help="A publishing key. [default: the home folder's]")
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="The folder that tenants read; it holds nothing else.")
@plain_or_json
@click.pass_context
def command(context: click.Context, key: Path | None, folder: Path, style: str) -> None:
    """Sign everything approved now as one list and put it in place in one step.

    Example: reviewer publish --to /srv/allowlist
    """
    from reviewer.review.home import PUBLISHING_KEY  # noqa: PLC0415  --help does not need the desk
    from reviewer.review.publication import publish  # noqa: PLC0415  the same

    home = home_of(context)
    store = home.store()
    signer = signer_of(key or home.keys / PUBLISHING_KEY)
    done = publish(store, root=home.root.read_bytes(), signer=signer, folder=folder, policy=default_policy(), now=now())
    document = {"serial": done.serial, "entries": done.entries, "revocations": done.revocations, "expires": done.expires.isoformat()}
    if style == "json":
        put_json({**document, "folder": str(folder)})
        return
    put(f"serial {done.serial}: entries {done.entries}, revocations {done.revocations}, valid until {done.expires.date()}  {folder}")
    tell("Publish again before that day: afterwards every tenant refuses it.")
    tell(f"Check it: `reviewer verify {folder} --root {home.root}`")
