"""``reviewer scan``: one dossier per source, on its own; needs no desk and keeps nothing."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checks.text import escape
from reviewer.cli.console import complain, page_width, put, tell, wants_colour
from reviewer.cli.desk import advise_tools, tools_option
from reviewer.errors import ExitCode, NotFetchedError, ReviewerError, UsageFault
from reviewer.model import Recommendation

if TYPE_CHECKING:
    from reviewer.model import Dossier

RECOMMENDED = {
    Recommendation.APPROVE: ExitCode.DONE,
    Recommendation.RESTRICT: ExitCode.RESTRICT,
    Recommendation.FIX_FIRST: ExitCode.FIX_FIRST,
    Recommendation.INVESTIGATE: ExitCode.INVESTIGATE,
    Recommendation.BLOCK: ExitCode.BLOCK,
}
FORMATS = ("plain", "json", "sarif", "cyclonedx")


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--format", "style", type=click.Choice(FORMATS), default="plain", help="How to print. [default: plain]")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there instead of to stdout.")
@click.option("--policy", type=click.Path(path_type=Path, dir_okay=False), help="Judge by this policy file instead of the shipped one.")
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever is recommended (11 to 14 only).")
@click.option("--allow-local-git", is_flag=True, help="Let git+file:///path sources be read.")
@click.option(
    "--against",
    multiple=True,
    metavar="SOURCE",
    help="Compare with it; «repository»: with the repository that the package names as its source. Repeatable.",
)
@tools_option
def command(  # noqa: PLR0913  one parameter per option
    sources: Sequence[str],
    style: str,
    output: Path | None,
    policy: Path | None,
    tools: Path | None,
    *,
    exit_zero: bool,
    allow_local_git: bool,
    against: Sequence[str],
) -> int:
    """Read a server, Skill, plugin or bundle and say what it can do.

    SOURCE is a folder, an archive (.zip .tgz .whl .mcpb .dxt .skill .plugin), git+https://…[@ref][#subdirectory=…], github:owner/repo,
    npm:name[@version], pypi:name[==version] or a purl; a server.json, or mcp:namespace/name[@version] of the MCP registry that
    REVIEWER_MCP_REGISTRY names (a JSON or JSONL dump, a folder of them, or an https address); a marketplace.json of plugins; a
    client's configuration (.mcp.json, claude_desktop_config.json, config.toml …), of which secrets are never kept; or https://host/path
    of a remote server, which is not contacted.

    Ends with 0 (approve), 11 (restrict), 12 (fix-first), 13 (investigate) or 14 (block).

    Example: reviewer scan ./my-skill npm:some-mcp-server --format json

    Example: reviewer scan https://mcp.vendor.example/mcp --tools tools.json

    Example: reviewer scan npm:some-mcp-server@1.4.0 --against npm:some-mcp-server@1.3.0 --against repository
    """
    from reviewer.cli.world import standards, world  # noqa: PLC0415  --help does not need the pipeline
    from reviewer.pipeline import prepare  # noqa: PLC0415  the same

    _refuse_nonsense([*sources, *(other for other in against if other != "repository")], allow_local_git=allow_local_git)
    _refuse_tools(sources, tools)
    judged_by = standards(policy)
    with tempfile.TemporaryDirectory(prefix="reviewer-") as scratch:
        around = world(Path(scratch) / "blobs", allow_local_git=allow_local_git, against=against, tools=tools)
        outcomes = prepare(sources, world=around, standards=judged_by)
    text = _render(style, sources, outcomes)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    else:
        put(text)
    for source, outcome in zip(sources, outcomes, strict=True):
        _comment(source if len(sources) > 1 else "", outcome)
        advise_tools(source, tools)
    return exit_code(outcomes, exit_zero=exit_zero)


def _refuse_nonsense(sources: Sequence[str], *, allow_local_git: bool) -> None:
    """Raise UsageFault for a source that cannot be meant, before anything touches the network."""
    from reviewer.acquire.sources import parse_source  # noqa: PLC0415  --help does not need the pipeline

    for source in sources:
        with contextlib.suppress(NotFetchedError):
            parse_source(source, allow_local_git=allow_local_git)


def _refuse_tools(sources: Sequence[str], tools: Path | None) -> None:
    """Raise UsageFault where a captured list of tools has no remote server, or more than one source, to belong to."""
    if tools is not None and (len(sources) > 1 or not sources[0].lower().startswith(("https:", "http:"))):
        raise UsageFault("--tools belongs to one remote server.", hint="Give it with one source of the form https://host/path.")


def _render(style: str, sources: Sequence[str], outcomes: Sequence[Dossier | ReviewerError]) -> str:
    from reviewer.reports import cyclonedx, json, plain, sarif  # noqa: PLC0415  --help does not need the pipeline

    dossiers = [outcome for outcome in outcomes if not isinstance(outcome, ReviewerError)]
    match style:
        case "json":
            each = zip(sources, outcomes, strict=True)
            return "\n".join(json.render_error(s, o) if isinstance(o, ReviewerError) else json.render(o) for s, o in each)
        case "sarif":
            return sarif.render(dossiers)
        case "cyclonedx":
            return "\n".join(cyclonedx.render(dossier) for dossier in dossiers)
        case _:
            return "\n\n".join(plain.render(dossier, width=page_width(), colour=wants_colour()) for dossier in dossiers)


def _comment(source: str, outcome: Dossier | ReviewerError) -> None:
    prefix = f"{source}: " if source else ""
    if isinstance(outcome, ReviewerError):
        complain(prefix + outcome.message, outcome.hint)
        return
    for comparison in outcome.target.comparisons:
        if comparison.note:
            tell(f"{prefix}not compared with {escape(comparison.source)}: {escape(comparison.note)}")
    gating = [row for row in outcome.target.unreadable if row.gate]
    if outcome.failure:
        tell(f"{prefix}incomplete: {outcome.failure}")
    elif gating:
        more = f" (and {len(gating) - 1} more)" if len(gating) > 1 else ""
        tell(f"{prefix}incomplete: {escape(gating[0].path)}: {escape(gating[0].reason)}{more}")


def exit_code(outcomes: Sequence[Dossier | ReviewerError], *, exit_zero: bool = False) -> int:
    """Give the highest code of all sources; a source that failed wins over every recommendation."""
    failed = [int(outcome.exit_code) for outcome in outcomes if isinstance(outcome, ReviewerError)]
    if failed:
        return min(failed)
    if exit_zero:
        return ExitCode.DONE
    return max(RECOMMENDED[outcome.assessment.recommendation] for outcome in outcomes if not isinstance(outcome, ReviewerError))
