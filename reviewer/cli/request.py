"""``reviewer request``: ask for a connector."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.console import put, put_json, tell
from reviewer.cli.desk import account_name, acting_name, advise_tools, home_of, now, plain_or_json, tools_option
from reviewer.errors import ReviewerError


@click.command()
@click.argument("source")
@click.option("--team", required=True, help="The team that wants to use it.")
@click.option("--reason", required=True, help="What it is wanted for.")
@click.option("--as", "name", help="Who asks. [default: the user of the operating system]")
@click.option("--allow-local-git", is_flag=True, help="Let git+file:///path sources be read.")
@tools_option
@plain_or_json
@click.pass_context
def command(  # noqa: PLR0913  one parameter per option
    context: click.Context, source: str, team: str, reason: str, name: str | None, tools: Path | None, style: str, *, allow_local_git: bool
) -> None:
    """Ask for a connector: it is fetched, read and put before the reviewers.

    SOURCE is a server, Skill, plugin or bundle, written as for `reviewer scan`. What holds several of them is one request.

    Example: reviewer request npm:some-mcp-server --team payments --reason "search our tickets"

    Example: reviewer request https://mcp.vendor.example/mcp --tools tools.json --team sales --reason "read records"
    """
    from reviewer.cli.world import standards, world  # noqa: PLC0415  --help does not need the pipeline
    from reviewer.model import Submission  # noqa: PLC0415  the same
    from reviewer.pipeline import prepare  # noqa: PLC0415  the same
    from reviewer.review.names import check_name  # noqa: PLC0415  the same
    from reviewer.review.previous import approved_before  # noqa: PLC0415  the same
    from reviewer.review.requests import file_request  # noqa: PLC0415  the same

    home = home_of(context)
    store = home.store()
    actor = check_name(acting_name(name))
    submission = Submission(source=source, requested_by=actor, team=check_name(team, "team"), reason=reason, account=account_name())
    around = world(home.blobs, allow_local_git=allow_local_git, tools=tools, before=lambda snapshot: approved_before(store, snapshot))
    (outcome,) = prepare([source], world=around, standards=standards())
    if isinstance(outcome, ReviewerError):
        raise outcome
    filed = file_request(store, submission, outcome, now=now())
    request = filed.request
    if style == "json":
        put_json(
            {
                "id": request.id,
                "state": request.state.value,
                "recommendation": request.recommendation,
                "digest": request.dossier,
                "alternatives": list(filed.alternatives),
            }
        )
        return
    put(f"{request.id}  {request.state.value}  recommendation: {request.recommendation}")
    if not filed.is_new:
        tell(f"The same content was asked for before: {len(request.requesters)} people want it now.")
    if filed.alternatives:
        tell(f"Approved already and perhaps enough: {', '.join(filed.alternatives)} (see `reviewer catalog`).")
    advise_tools(source, tools)
    tell(f"Follow it with `reviewer status {request.id}`.")
