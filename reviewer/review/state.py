"""What the events add up to: requests, entries, people. Pure; the same events always give the same state."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from reviewer.errors import ReviewerError
from reviewer.review.names import same_person
from reviewer.store import Event


class RequestState(enum.StrEnum):
    """Where a request stands."""

    IN_REVIEW = "in_review"
    PARTIALLY_APPROVED = "partially_approved"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"

    @property
    def is_open(self) -> bool:
        """True while reviewers may still decide."""
        return self in {RequestState.IN_REVIEW, RequestState.PARTIALLY_APPROVED}


class Role(enum.StrEnum):
    """What a person may do once a key of theirs signs."""

    REQUESTER = "requester"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One person's wish for a request's content. Nobody proves by whom they ask; ``account`` is the user of the system who typed it."""

    by: str
    team: str
    reason: str
    source: str
    at: datetime
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One person's signed verdict; ``envelope`` is the sha256 of the DSSE envelope."""

    by: str
    key_id: str
    verdict: str
    envelope: str
    conditions_digest: str
    conditions: Mapping[str, Any]
    statement: str
    dossier: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One content, wanted by one or many."""

    id: str
    identity: str
    name: str
    kind: str
    source: str
    recommendation: str
    score: int
    dossier: str
    state: RequestState = RequestState.IN_REVIEW
    wishes: tuple[Wish, ...] = ()
    decisions: tuple[Decision, ...] = ()
    entry: str | None = None

    @property
    def content(self) -> str:
        """The bytes alone, without the coordinates under which they are fetched."""
        return self.identity.partition(" ")[0]

    @property
    def requesters(self) -> tuple[str, ...]:
        """Who asked, each once, in order."""
        return tuple(dict.fromkeys(wish.by for wish in self.wishes))

    def asked_by(self, name: str, *, before: datetime | None = None) -> bool:
        """Tell whether this person asked, by this name or by this account of the system."""
        wishes = [wish for wish in self.wishes if before is None or wish.at < before]
        return any(same_person(asker, name) for wish in wishes for asker in (wish.by, wish.account))

    @property
    def teams(self) -> tuple[str, ...]:
        """For which teams, each once, in order."""
        return tuple(dict.fromkeys(wish.team for wish in self.wishes))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedEntry:
    """A line of the list: which request, which signed decisions; ``revocation`` is the revoking envelope's digest."""

    id: str
    request: str
    decisions: tuple[Decision, ...]
    approved_at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None
    revocation: str | None = None
    revocation_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of the organisation and the public keys (securesystemslib dictionaries by key id) that act for them.

    ``former`` are keys that acted for them before they were removed, ``held`` all roles that they ever had: what was signed
    then stays attributable, and nobody else gets such a key.
    """

    name: str
    roles: tuple[Role, ...]
    teams: tuple[str, ...] = ()
    keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    removed: bool = False
    former: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    held: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that is true now."""

    organization: str = ""
    requests: Mapping[str, Request] = field(default_factory=dict)
    entries: Mapping[str, ApprovedEntry] = field(default_factory=dict)
    people: Mapping[str, Member] = field(default_factory=dict)
    serial: int = 0

    def with_identity(self, identity: str) -> Request | None:
        """Give the newest request for this content, if there is one."""
        return next((request for request in reversed(list(self.requests.values())) if request.identity == identity), None)

    def by_key(self, key_id: str) -> Member | None:
        """Give the person whose registered key this is."""
        return next((member for member in self.people.values() if not member.removed and key_id in member.keys), None)

    def once_by_key(self, key_id: str) -> Member | None:
        """Give the person for whom this key acts or ever acted."""
        return next((member for member in self.people.values() if key_id in member.keys or key_id in member.former), None)


@dataclass(slots=True)
class _Growing:
    """The desk while it is being added up: the one mutable value, so that a fold takes linear time."""

    organization: str = ""
    requests: dict[str, Request] = field(default_factory=dict)
    entries: dict[str, ApprovedEntry] = field(default_factory=dict)
    people: dict[str, Member] = field(default_factory=dict)
    serial: int = 0

    def change(self, request_id: str, **facts: Any) -> None:  # noqa: ANN401  any field of a request
        self.requests[request_id] = replace(self.requests[request_id], **facts)


Step = Callable[[_Growing, Event], None]


def fold(events: Iterable[Event]) -> Desk:
    """Add events up.

    Raises:
        ReviewerError: an event of a kind that is not known, or that does not fit those before it: the store was altered.
    """
    desk = _Growing()
    for event in events:
        try:
            STEPS[event.kind](desk, event)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ReviewerError(
                f"event {event.seq} ({event.kind}) in the store does not fit: {type(error).__name__} {error}",
                hint="restore the home folder from a backup, or upgrade reviewer",
            ) from error
    return Desk(organization=desk.organization, requests=desk.requests, entries=desk.entries, people=desk.people, serial=desk.serial)


def _created(desk: _Growing, event: Event) -> None:
    desk.organization = event.body["organization"]


def _person(desk: _Growing, event: Event) -> None:
    body = event.body
    roles = tuple(Role(role) for role in body["roles"])
    before = desk.people.get(event.subject)
    known = {**before.former, **before.keys} if before else {}
    desk.people[event.subject] = Member(
        name=event.subject,
        roles=roles,
        teams=tuple(body["teams"]),
        keys=body["keys"],
        former={key_id: key for key_id, key in known.items() if key_id not in body["keys"]},
        held=tuple(dict.fromkeys((*(before.held if before else ()), *roles))),
    )


def _person_removed(desk: _Growing, event: Event) -> None:
    desk.people[event.subject] = replace(desk.people[event.subject], removed=True)


def _wish(event: Event) -> Wish:
    body = event.body
    return Wish(
        by=event.actor, team=body["team"], reason=body["reason"], source=body["source"], at=_moment(event), account=body.get("account", "")
    )


def _moment(event: Event) -> datetime:
    return datetime.fromisoformat(event.at)


def _requested(desk: _Growing, event: Event) -> None:
    facts = {name: event.body[name] for name in ("identity", "name", "kind", "source", "recommendation", "score", "dossier")}
    desk.requests[event.subject] = Request(id=event.subject, wishes=(_wish(event),), **facts)


def _joined(desk: _Growing, event: Event) -> None:
    desk.change(event.subject, wishes=(*desk.requests[event.subject].wishes, _wish(event)))


def _examined(desk: _Growing, event: Event) -> None:
    desk.change(event.subject, **{name: event.body[name] for name in ("recommendation", "score", "dossier")})


def _reopened(desk: _Growing, event: Event) -> None:
    desk.change(event.subject, state=RequestState.IN_REVIEW, decisions=())


def _decided(desk: _Growing, event: Event) -> None:
    body = event.body
    facts = {name: body[name] for name in ("key_id", "verdict", "envelope", "conditions_digest", "conditions", "statement", "dossier")}
    decision = Decision(by=event.actor, at=_moment(event), **facts)
    state = RequestState.REJECTED if decision.verdict == "reject" else RequestState.PARTIALLY_APPROVED
    desk.change(event.subject, decisions=(*desk.requests[event.subject].decisions, decision), state=state)


def _entered(desk: _Growing, event: Event) -> None:
    request = desk.requests[event.body["request"]]
    counted = tuple(decision for decision in request.decisions if decision.envelope in event.body["decisions"])
    if not counted:
        raise ValueError("no decision of the request is named")
    desk.entries[event.subject] = ApprovedEntry(id=event.subject, request=request.id, decisions=counted, approved_at=_moment(event))
    desk.change(request.id, state=RequestState.APPROVED, entry=event.subject)


def _revoked(desk: _Growing, event: Event) -> None:
    entry = desk.entries[event.subject]
    desk.entries[entry.id] = replace(
        entry,
        revoked_by=event.actor,
        revoked_at=_moment(event),
        revocation=event.body["envelope"],
        revocation_reason=event.body["reason"],
    )
    if desk.requests[entry.request].entry == entry.id:
        desk.change(entry.request, state=RequestState.REVOKED)


def _published(desk: _Growing, event: Event) -> None:
    desk.serial = max(desk.serial, int(event.body["serial"]))


STEPS: Mapping[str, Step] = {
    "organization.created": _created,
    "person.added": _person,
    "person.removed": _person_removed,
    "request.submitted": _requested,
    "request.joined": _joined,
    "request.examined": _examined,
    "request.reopened": _reopened,
    "request.decided": _decided,
    "entry.approved": _entered,
    "entry.revoked": _revoked,
    "publication.reserved": _published,
    "publication.completed": _published,
}
