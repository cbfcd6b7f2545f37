"""``reviewer export``: the verified list in a format that an admin applies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.console import put, put_json, shown, tell
from reviewer.cli.desk import now, plain_or_json
from reviewer.cli.verify import verified_list
from reviewer.errors import Refused, ReviewerError, Stale, UsageFault

if TYPE_CHECKING:
    from allowlist.exports import Export, Rendered


@click.command()
@click.argument("name", metavar="FORMAT", required=False)
@click.option("--list", "listing", is_flag=True, help="Print the formats and what each cannot express, as JSON.")
@click.option("--from", "folder", type=click.Path(path_type=Path), help="A published list; it is verified first.")
@click.option("--root", type=click.Path(path_type=Path, dir_okay=False), help="The root.json that you trust.")
@click.option("--team", help="Only what this team may use.")
@click.option("--state", type=click.Path(path_type=Path), help="A folder that remembers what was seen.")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="The folder to write.")
@click.option("--check", is_flag=True, help="Write nothing; end with 5 if the folder is not what would be written.")
@click.option("--accept-loss", "losses", multiple=True, metavar="KIND", help="Let the client allow more of KIND (tools, hosts, arguments).")
@plain_or_json
def command(  # noqa: PLR0913  one parameter per word that a person may type
    *,
    name: str | None,
    folder: Path | None,
    root: Path | None,
    team: str | None,
    state: Path | None,
    output: Path | None,
    losses: tuple[str, ...],
    style: str,
    listing: bool,
    check: bool,
) -> None:
    """Write the verified list in a client's own format. Refuses where the client would allow more than was approved.

    Example: reviewer export claude-code --from /srv/allowlist --root root.json --team payments --output out
    """
    from allowlist.exports import formats  # noqa: PLC0415  --help does not need the exports

    known = formats()
    if listing:
        put_json([_description(export) for export in known.values()])
        return
    if name is None or folder is None or root is None or output is None:
        raise click.UsageError("give FORMAT, --from, --root and --output (or --list)")
    if name not in known:
        raise UsageFault(f"there is no format named {name}", hint=f"formats: {', '.join(known)}")
    _refuse_nonsense(folder, output, losses)
    rendered = _rendered(name, folder, root, team=team, state=state, losses=losses)
    if check:
        _compare(rendered, output)
    else:
        _write(rendered, output)
    document = {
        "format": name,
        "output": str(output),
        "files": sorted(rendered.files),
        "entries": list(rendered.exported),
        "left_out": rendered.left_out,
    }
    if style == "json":
        put_json(document)
    else:
        put("\n".join(str(output / path) for path in sorted(rendered.files)))
        for entry, reason in rendered.left_out.items():
            tell(f"left out {shown(entry)}: {shown(reason)}")


def _refuse_nonsense(folder: Path, output: Path, losses: tuple[str, ...]) -> None:
    """Raise UsageFault for what cannot be meant, before anything is read or written."""
    from allowlist.exports import NARROWINGS  # noqa: PLC0415  --help does not need the exports

    if output.resolve().is_relative_to(folder.resolve()):
        raise UsageFault(f"{output} lies in the published list {folder}, which then verifies no longer", hint="give another --output")
    if strange := sorted(set(losses) - set(NARROWINGS)):
        raise UsageFault(f"there is no loss of the kind {', '.join(strange)}", hint=f"kinds: {', '.join(NARROWINGS)}")


def _description(export: Export) -> dict[str, object]:
    return {
        "format": export.format,
        "client": export.client,
        "min_version": export.min_version,
        "cannot_express": list(export.cannot_express),
    }


def _rendered(name: str, folder: Path, root: Path, *, team: str | None, state: Path | None, losses: tuple[str, ...]) -> Rendered:
    from allowlist.errors import AllowlistError, LossError  # noqa: PLC0415  --help does not need the exports
    from allowlist.exports import Tenant, render  # noqa: PLC0415  the same

    verified = verified_list(folder, root, state=state)
    try:
        return render(name, verified.allowlist, Tenant(team=team, now=now()), accept_loss=frozenset(losses))
    except LossError as error:
        kinds = " ".join(f"--accept-loss {kind}" for kind in sorted(error.kinds))
        raise Refused(str(error), hint=f"narrow it in the client by other means and add {kinds}, or use another format") from error
    except AllowlistError as error:
        raise Refused(f"nothing was exported: {error}", hint="revoke and approve the entry again, or use another format") from error


def _compare(rendered: Rendered, output: Path) -> None:
    from allowlist.exports import differences  # noqa: PLC0415  --help does not need the exports

    if different := differences(rendered, output):
        raise Stale(f"{output} is not what would be written now: {', '.join(different)}", hint="run the same command without --check")


def _write(rendered: Rendered, output: Path) -> None:
    from allowlist.errors import AllowlistError  # noqa: PLC0415  --help does not need the exports
    from allowlist.exports import write_export  # noqa: PLC0415  the same

    try:
        write_export(rendered, output)
    except AllowlistError as error:
        raise ReviewerError(f"nothing, or not all, was exported: {error}", hint="give another --output, or mend its permissions") from error
