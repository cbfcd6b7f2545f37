"""``reviewer verify``: check a published list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.console import put, put_json
from reviewer.cli.desk import now, plain_or_json
from reviewer.errors import Unverified, UsageFault

if TYPE_CHECKING:
    from allowlist.trusted import Verified


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The root.json that you trust.")
@click.option("--state", type=click.Path(path_type=Path), help="A folder that remembers what was seen, so that no older list is accepted.")
@click.option("--min-serial", type=click.IntRange(min=1), help="Refuse a list with a lower serial.")
@plain_or_json
def command(folder: Path, root: Path, state: Path | None, min_serial: int | None, style: str) -> None:
    """Check a published list, offline, against a root that you trust. Ends with 20 if it does not hold.

    Example: reviewer verify /srv/allowlist --root root.json --state ~/.reviewer-seen
    """
    verified = verified_list(folder, root, state=state, min_serial=min_serial)
    listed = verified.allowlist
    age = verified.age.days
    if style == "json":
        put_json(
            {
                "serial": listed.serial,
                "organization": listed.organization,
                "created": listed.created.isoformat(),
                "expires": verified.fresh_until.isoformat(),
                "age_days": age,
                "entries": [
                    {
                        "id": entry.id,
                        "name": entry.subject.name,
                        "teams": list(entry.conditions.teams),
                        "expires": entry.conditions.expires.isoformat(),
                    }
                    for entry in listed.entries
                ],
                "revocations": [revocation.entry for revocation in listed.revocations],
            }
        )
    else:
        count, until = len(listed.entries), verified.fresh_until.date()
        put(f"verified: {listed.organization}, serial {listed.serial}, {age} days old, entries: {count}, until {until}")


def verified_list(folder: Path, root: Path, *, state: Path | None = None, min_serial: int | None = None) -> Verified:
    """Verify a published folder.

    Raises:
        UsageFault: the root file cannot be read.
        Unverified: the list does not hold, with the reason.
    """
    from allowlist.errors import AllowlistError, StateUnusable  # noqa: PLC0415  --help does not need the verifier
    from allowlist.trusted import verify  # noqa: PLC0415  the same

    try:
        trusted = root.read_bytes()
    except OSError as error:
        raise UsageFault(
            f"the trusted root {root} cannot be read: {error.strerror}", hint="give the root.json that `reviewer init` named"
        ) from error
    if not folder.is_dir():
        raise Unverified(f"{folder} is not a folder", hint="give the folder that `reviewer publish --to` wrote")
    try:
        return verify(folder, trusted, now=now(), state=state, min_serial=min_serial)
    except StateUnusable as error:
        raise Unverified(
            f"what was seen before is not known: {error}", hint="give another --state, or mend it; the list itself may be sound"
        ) from error
    except AllowlistError as error:
        raise Unverified(f"the list does not verify: {error}", hint="do not use it; ask whoever publishes it") from error
