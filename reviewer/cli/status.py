"""``reviewer status``: where a request stands and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.console import put, put_json, shown, table
from reviewer.cli.desk import default_policy, home_of, plain_or_json

if TYPE_CHECKING:
    from reviewer.assess.policy import Policy
    from reviewer.review.state import Desk, Request


@click.command()
@click.argument("request_id", metavar="[R-1]", required=False)
@plain_or_json
@click.pass_context
def command(context: click.Context, request_id: str | None, style: str) -> None:
    """Show where a request stands, or all of them.

    Example: reviewer status R-1
    """
    from reviewer.review.requests import the_request  # noqa: PLC0415  --help does not need the store
    from reviewer.review.state import fold  # noqa: PLC0415  the same

    with home_of(context).store().reading() as transaction:
        desk = fold(transaction.events())
    policy = default_policy()
    chosen = [the_request(desk, request_id)] if request_id else list(desk.requests.values())
    documents = [_document(desk, request, policy) for request in chosen]
    if style == "json":
        put_json(documents[0] if request_id else documents)
    elif request_id:
        put("\n".join(_lines(documents[0])))
    elif documents:
        put(table(("ID", "STATE", "RECOMMENDED", "NAME", "MISSING"), [_row(document) for document in documents]))
    else:
        put("No requests yet. Ask with `reviewer request SOURCE --team TEAM --reason TEXT`.")


def _document(desk: Desk, request: Request, policy: Policy) -> dict[str, Any]:
    return {
        "id": request.id,
        "name": request.name,
        "kind": request.kind,
        "source": request.source,
        "state": request.state.value,
        "recommendation": request.recommendation,
        "score": request.score,
        "digest": request.dossier,
        "entry": request.entry,
        "requested_by": list(request.requesters),
        "teams": list(request.teams),
        "decisions": [
            {"by": d.by, "verdict": d.verdict, "at": d.at.isoformat(), "statement": d.statement, "conditions": dict(d.conditions)}
            for d in request.decisions
        ],
        "missing": _missing(desk, request, policy),
    }


def _missing(desk: Desk, request: Request, policy: Policy) -> str:
    from reviewer.model import Recommendation  # noqa: PLC0415  --help does not need the model
    from reviewer.review.verdicts import standing  # noqa: PLC0415  the same

    if not request.state.is_open:
        return ""
    needed = policy.review.approvals[Recommendation(request.recommendation)]
    if needed is None:
        return "the policy forbids approval"
    counted = standing(desk, request)
    signed = max((len({d.by for d in counted if d.conditions_digest == c.conditions_digest}) for c in counted), default=0)
    return f"{needed - signed} of {needed} approvals"


def _narrowed(decision: dict[str, Any]) -> str:
    conditions = decision["conditions"]
    words = [f"{kind} {', '.join(conditions[kind])}" for kind in ("teams", "tools", "hosts", "arguments") if conditions.get(kind)]
    until = [f"until {conditions['expires'][:10]}"] if "expires" in conditions else []
    return f" ({shown('; '.join([*words, *until]))})" if words or until else ""


def _row(document: dict[str, Any]) -> tuple[str, ...]:
    return document["id"], document["state"], document["recommendation"], document["name"], document["missing"]


def _lines(document: dict[str, Any]) -> list[str]:
    lines = [f"{document['id']}  {shown(document['name'])} ({document['kind']})  {document['state']}"]
    lines.append(f"  source          {shown(document['source'])}")
    lines.append(f"  recommendation  {document['recommendation']} (score {document['score']})")
    lines.append(f"  wanted by       {', '.join(document['requested_by'])} for {', '.join(document['teams'])}")
    lines += [f"  {d['verdict']:<14}  {d['by']}: {shown(d['statement'])}{_narrowed(d)}" for d in document["decisions"]]
    if document["missing"]:
        lines.append(f"  missing         {document['missing']}")
    if document["entry"]:
        lines.append(f"  entry           {document['entry']}")
    return lines
