"""Asking: one request per content, however many want it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from reviewer.errors import UsageFault
from reviewer.model import Dossier, Submission
from reviewer.review.names import check_name, check_words, same_person
from reviewer.review.state import ApprovedEntry, Desk, Request, RequestState, fold
from reviewer.store import Store, Transaction
from reviewer.wire import decode, encode

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of a wish: the request it is now part of, whether it is new, and what is approved already that could serve."""

    request: Request
    is_new: bool
    alternatives: tuple[str, ...]


def file_request(store: Store, submission: Submission, dossier: Dossier, *, now: datetime) -> Filed:
    """Keep the dossier and file the wish. The same content is the same request, with one more requester.

    The requester's name is unproven; the account of the system is kept with it, so that nobody decides on what they asked for
    in another's name.

    A request that nobody has signed yet gets the newest dossier of its own source, so that new checks reach the reviewer; the
    same bytes from elsewhere never exchange what a reviewer may be reading. An approved one is opened again when no live entry
    covers the asking team. After a rejection or a revocation the same content stands as it was decided: asking again adds a
    voice, not a fresh start.

    Raises:
        UsageFault: a name, a team or a reason that cannot stand in a list.
    """
    check_words(submission.reason, "reason")
    check_name(submission.requested_by)
    check_name(submission.team, "team")
    document = encode(dossier)
    digest = hashlib.sha256(document).hexdigest()
    with store.writing() as transaction:
        desk = fold(transaction.events())
        known = desk.with_identity(dossier.snapshot.identity)
        transaction.keep_dossier(digest, document)
        request_id = known.id if known else f"R-{len(desk.requests) + 1}"
        _append(transaction, desk, request_id, submission, dossier, digest, now)
        desk = fold(transaction.events())
    request = desk.requests[request_id]
    return Filed(request=request, is_new=known is None, alternatives=alternatives(desk, request, submission.team, now=now))


def _append(
    transaction: Transaction, desk: Desk, request_id: str, submission: Submission, dossier: Dossier, digest: str, now: datetime
) -> None:
    known = desk.requests.get(request_id)
    actor, at = submission.requested_by, now.isoformat()
    judged = {"recommendation": dossier.assessment.recommendation.value, "score": dossier.assessment.score, "dossier": digest}
    wish = {"team": submission.team, "reason": submission.reason, "source": dossier.snapshot.source, "account": submission.account}
    if known is None:
        named = {"identity": dossier.snapshot.identity, "name": dossier.target.name, "kind": dossier.kind.value}
        transaction.append("request.submitted", request_id, actor=actor, at=at, body={**wish, **judged, **named})
        return
    repeated = any(same_person(w.by, actor) and w.team == submission.team for w in known.wishes)
    if not repeated:
        transaction.append("request.joined", request_id, actor=actor, at=at, body=wish)
    reopens = known.state is RequestState.APPROVED and not _covered(desk, known, submission.team, now)
    if reopens:
        transaction.append("request.reopened", request_id, actor=actor, at=at, body={})
    if known.dossier != digest and known.source == dossier.snapshot.source and (reopens or known.state is RequestState.IN_REVIEW):
        transaction.append("request.examined", request_id, actor=actor, at=at, body=judged)


def _covered(desk: Desk, request: Request, team: str, now: datetime) -> bool:
    return any(entry.request == request.id and is_live(entry, now=now, team=team) for entry in desk.entries.values())


def alternatives(desk: Desk, request: Request, team: str, *, now: datetime) -> tuple[str, ...]:
    """Name live entries of the same kind that the team may use already and whose name shares a word with the request's."""
    words = _words(request.name)
    found = []
    for entry in desk.entries.values():
        other = desk.requests[entry.request]
        if other.id != request.id and other.kind == request.kind and words & _words(other.name) and is_live(entry, now=now, team=team):
            found.append(entry.id)
    return tuple(found)


GENERIC = frozenset({"mcp", "server", "skill", "plugin", "tool", "tools", "agent", "the", "for", "and", "my"})


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", name.lower()) if len(word) > 2} - GENERIC  # noqa: PLR2004  shorter ones say nothing


def is_live(entry: ApprovedEntry, *, now: datetime, team: str | None = None) -> bool:
    """Tell whether an entry holds now (and for the team)."""
    conditions = entry.decisions[0].conditions
    for_team = team is None or team in conditions["teams"]
    return entry.revocation is None and datetime.fromisoformat(conditions["expires"]) > now and for_team


def the_request(desk: Desk, request_id: str) -> Request:
    """Give a request by its id. Raises UsageFault saying what is known."""
    return _the("request", "R", desk.requests, request_id)


def the_entry(desk: Desk, entry_id: str) -> ApprovedEntry:
    """Give an entry by its id. Raises UsageFault saying what is known."""
    return _the("entry", "E", desk.entries, entry_id)


def _the(what: str, letter: str, known: Mapping[str, Item], wanted: str) -> Item:
    if wanted in known:
        return known[wanted]
    span = f"known: {letter}-1 to {letter}-{len(known)}" if known else f"there is no {what} yet"
    raise UsageFault(f"there is no {what} {wanted}", hint=span)


def dossier_of(transaction: Transaction, request: Request) -> Dossier:
    """Read a request's dossier back from the store, checked against its digest."""
    return decode(Dossier, transaction.dossier(request.dossier))


def in_order(requests: Sequence[Request]) -> list[Request]:
    """Sort open requests as a reviewer should take them: most wanted first, then oldest."""
    waiting = [request for request in requests if request.state.is_open]
    return sorted(waiting, key=lambda request: (-len(request.requesters), request.wishes[0].at, request.id))
