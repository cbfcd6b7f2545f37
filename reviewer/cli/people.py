"""``reviewer people``: who may do what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.console import put, put_json, table
from reviewer.cli.desk import acting_name, home_of, now, plain_or_json
from reviewer.errors import UsageFault

if TYPE_CHECKING:
    from reviewer.review.state import Member


@click.group(name="people")
def command() -> None:
    """Register people, their roles and the keys that act for them.

    Example: reviewer people add carol --role reviewer --key carol.pub
    """


@command.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(["requester", "reviewer", "admin"]), help="Repeatable.")
@click.option("--team", "teams", multiple=True, help="Repeatable.")
@click.option("--key", "keys", multiple=True, type=click.Path(path_type=Path, dir_okay=False), help="A public key file (.pub). Repeatable.")
@plain_or_json
@click.pass_context
def add(context: click.Context, name: str, roles: tuple[str, ...], teams: tuple[str, ...], keys: tuple[Path, ...], style: str) -> None:
    """Register a person, or add roles, teams and keys.

    Example: reviewer people add carol --role reviewer --role admin --key carol.pub
    """
    from reviewer.review.people import add_person  # noqa: PLC0415  --help does not need the desk
    from reviewer.review.state import Role  # noqa: PLC0415  the same

    home = home_of(context)
    member = add_person(
        home.store(),
        name,
        roles=[Role(role) for role in roles],
        teams=teams,
        public_keys=[_content(key) for key in keys],
        reserved=home.reserved_keys(),
        now=now(),
        actor=acting_name(None),
    )
    if style == "json":
        put_json(_document(member))
    else:
        put(f"{member.name}  {', '.join(member.roles)}  {len(member.keys)} key{'' if len(member.keys) == 1 else 's'}")


def _content(key: Path) -> bytes:
    try:
        return key.read_bytes()
    except OSError as error:
        raise UsageFault(
            f"the key {key} cannot be read: {error.strerror}", hint="give the .pub file that `reviewer keys new` wrote"
        ) from error


def _document(member: Member) -> dict[str, object]:
    return {"name": member.name, "roles": list(member.roles), "teams": list(member.teams), "keys": sorted(member.keys)}


@command.command(name="list")
@plain_or_json
@click.pass_context
def list_(context: click.Context, style: str) -> None:
    """List everybody who is registered.

    Example: reviewer people list
    """
    from reviewer.review.state import fold  # noqa: PLC0415  --help does not need the desk

    with home_of(context).store().reading() as transaction:
        members = [member for member in fold(transaction.events()).people.values() if not member.removed]
    if style == "json":
        put_json([_document(member) for member in members])
    elif members:
        rows = [(m.name, ",".join(m.roles), ",".join(m.teams), " ".join(key[:12] for key in m.keys)) for m in members]
        put(table(("NAME", "ROLES", "TEAMS", "KEYS"), rows))
    else:
        put("Nobody is registered yet.")


@command.command()
@click.argument("name")
@plain_or_json
@click.pass_context
def remove(context: click.Context, name: str, style: str) -> None:
    """End a person's keys; what they signed stays theirs.

    Example: reviewer people remove carol
    """
    from reviewer.review.people import remove_person  # noqa: PLC0415  --help does not need the desk

    remove_person(home_of(context).store(), name, now=now(), actor=acting_name(None))
    if style == "json":
        put_json({"name": name, "removed": True})
    else:
        put(f"{name}  removed")
