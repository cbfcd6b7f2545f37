"""Deciding: approve, reject, revoke. Each is one envelope that one person's own key signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from securesystemslib.signer import Signer

from allowlist.decisions import conditions_digest, conditions_from_json, conditions_to_json, make_decision
from allowlist.errors import AllowlistError
from allowlist.model import Conditions
from reviewer.assess.policy import Policy
from reviewer.errors import Refused, ReviewerError, UsageFault
from reviewer.model import Dossier
from reviewer.review.entries import conditions_of, expiry, subject_of
from reviewer.review.names import check_words, same_person
from reviewer.review.people import signing_member
from reviewer.review.requests import dossier_of, the_entry, the_request
from reviewer.review.state import ApprovedEntry, Decision, Desk, Member, Request, RequestState, Role, fold
from reviewer.store import Store, Transaction
from reviewer.wire import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a reviewer typed to narrow an approval; nothing means: as the policy and the request say."""

    teams: Sequence[str] = ()
    tools: Sequence[str] = ()
    hosts: Sequence[str] = ()
    expires: str | None = None

    @property
    def is_empty(self) -> bool:
        """True when nothing was typed."""
        return not (self.teams or self.tools or self.hosts or self.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What an approval led to: the entry, or how many more people must sign the same."""

    request: str
    entry: str | None
    missing: int
    conditions: Conditions


def approve(
    store: Store, request_id: str, *, signer: Signer, statement: str, narrowing: Narrowing, policy: Policy, now: datetime
) -> Approval:
    """Sign an approval; enter the content in the list once enough different people signed the same.

    Raises:
        UsageFault: no such request, decided already, signed already, or conditions that cannot be meant.
        Refused: not a reviewer, the requester, or the policy forbids it.
    """
    with store.writing() as transaction:
        case = _open_case(transaction, request_id, signer, now)
        needed = _needed(policy, case.dossier)
        conditions = _conditions(case, narrowing, policy)
        agreed = conditions_digest(conditions)
        if any(same_person(d.by, case.member.name) and d.conditions_digest == agreed for d in case.standing):
            raise UsageFault(f"{case.member.name} has signed this already", hint=f"{request_id} waits for somebody else's signature")
        _sign(transaction, case, verdict="approve", conditions=conditions, statement=statement)
        return _count(transaction, case, needed, conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What one signature is about."""

    request: Request
    standing: tuple[Decision, ...]
    dossier: Dossier
    member: Member
    signer: Signer
    now: datetime


def _open_case(transaction: Transaction, request_id: str, signer: Signer, now: datetime) -> _Case:
    desk = fold(transaction.events())
    request = the_request(desk, request_id)
    member = _may_decide(desk, request, signer)
    dossier = dossier_of(transaction, request)
    return _Case(request=request, standing=standing(desk, request), dossier=dossier, member=member, signer=signer, now=now)


def _needed(policy: Policy, dossier: Dossier) -> int:
    recommendation = dossier.assessment.recommendation
    needed = policy.review.approvals[recommendation]
    if needed is None:
        gates = ", ".join(sorted({gate.id for gate in dossier.assessment.gates})) or recommendation.value
        raise Refused(
            f"the policy forbids approving what is recommended to {recommendation.value} ({gates})",
            hint="reject it, or ask for a version without the cause; nothing was signed",
        )
    return needed


def _may_decide(desk: Desk, request: Request, signer: Signer) -> Member:
    member = signing_member(desk, signer.public_key.keyid, Role.REVIEWER)
    if not request.state.is_open:
        done = f"as {request.entry}" if request.entry else ""
        raise UsageFault(f"{request.id} is {request.state.value} {done}".strip(), hint=_next_step(request))
    if request.asked_by(member.name):
        raise Refused(f"{member.name} asked for {request.id} and cannot decide on it", hint="another reviewer has to")
    return member


def _next_step(request: Request) -> str:
    if request.state is RequestState.APPROVED:
        return f"to end it: `reviewer revoke {request.entry} --key KEY --reason TEXT`"
    return "it was decided; `reviewer status` shows by whom"


def _conditions(case: _Case, narrowing: Narrowing, policy: Policy) -> Conditions:
    if narrowing.is_empty and case.standing:
        return _agreed(case)
    longest = policy.review.longest_days[case.dossier.assessment.recommendation]
    return conditions_of(
        case.dossier,
        teams=narrowing.teams or case.request.teams,
        tools=narrowing.tools,
        hosts=narrowing.hosts,
        expires=expiry(narrowing.expires, now=case.now, longest_days=longest),
    )


def _agreed(case: _Case) -> Conditions:
    """Give the conditions that others signed, if they all signed the same and it still holds. Raises UsageFault."""
    if len({decision.conditions_digest for decision in case.standing}) > 1:
        people = ", ".join(dict.fromkeys(decision.by for decision in case.standing))
        raise UsageFault(
            f"{people} signed different conditions for {case.request.id}",
            hint="say which you mean with --team, --tools, --hosts and --expires; `reviewer status` shows them",
        )
    conditions = conditions_from_json(case.standing[0].conditions)
    if conditions.expires <= case.now:
        raise UsageFault(
            f"what {case.standing[0].by} signed ended on {conditions.expires.date()}",
            hint="give --expires, and let the others sign the same anew",
        )
    return conditions


def _sign(transaction: Transaction, case: _Case, *, verdict: str, conditions: Conditions | None, statement: str) -> None:
    request, signer = case.request, case.signer
    envelope = _envelope(
        case.dossier,
        request.dossier,
        verdict=verdict,
        conditions=conditions,
        person=case.member.name,
        statement=statement,
        now=case.now,
        signer=signer,
    )
    body = {
        "key_id": signer.public_key.keyid,
        "verdict": verdict,
        "envelope": transaction.keep_envelope(envelope),
        "conditions": conditions_to_json(conditions) if conditions else {},
        "conditions_digest": conditions_digest(conditions) if conditions else "",
        "statement": statement,
        "dossier": request.dossier,
    }
    transaction.append("request.decided", request.id, actor=case.member.name, at=case.now.isoformat(), body=body)


def _envelope(  # noqa: PLR0913  the parts of one signed sentence, each named
    dossier: Dossier,
    digest: str,
    *,
    verdict: str,
    conditions: Conditions | None,
    person: str,
    statement: str,
    now: datetime,
    signer: Signer,
) -> bytes:
    check_words(statement, "statement" if verdict == "approve" else "reason")
    try:
        return make_decision(
            subject=subject_of(dossier),
            verdict=verdict,
            dossier=digest,
            recommendation=dossier.assessment.recommendation.value,
            conditions=conditions,
            person=person,
            statement=statement,
            decided_at=now,
            signer=signer,
        )
    except AllowlistError as error:
        raise ReviewerError(
            f"nothing was signed, because no list could say it: {error}", hint="ask for a version without the cause"
        ) from error


def _count(transaction: Transaction, case: _Case, needed: int, conditions: Conditions) -> Approval:
    desk = fold(transaction.events())
    request = desk.requests[case.request.id]
    agreed = conditions_digest(conditions)
    equal = [decision for decision in standing(desk, request) if decision.conditions_digest == agreed]
    people = {decision.by for decision in equal}
    if len(people) < needed:
        return Approval(request=request.id, entry=None, missing=needed - len(people), conditions=conditions)
    entry_id = f"E-{len(desk.entries) + 1}"
    body = {"request": request.id, "decisions": [decision.envelope for decision in equal]}
    transaction.append("entry.approved", entry_id, actor=case.member.name, at=case.now.isoformat(), body=body)
    return Approval(request=request.id, entry=entry_id, missing=0, conditions=conditions)


def standing(desk: Desk, request: Request) -> tuple[Decision, ...]:
    """Give the approvals that count now: of this dossier, by people who review with that very key and did not ask for it since."""
    return tuple(
        decision
        for decision in request.decisions
        if decision.verdict == "approve"
        and decision.dossier == request.dossier
        and _still_reviews(desk, decision)
        and not request.asked_by(decision.by)
    )


def _still_reviews(desk: Desk, decision: Decision) -> bool:
    member = desk.by_key(decision.key_id)
    return member is not None and member.name == decision.by and Role.REVIEWER in member.roles


def reject(store: Store, request_id: str, *, signer: Signer, reason: str, now: datetime) -> Request:
    """Sign a rejection: one reviewer is enough. Raises like :func:`approve`."""
    with store.writing() as transaction:
        case = _open_case(transaction, request_id, signer, now)
        _sign(transaction, case, verdict="reject", conditions=None, statement=reason)
        return fold(transaction.events()).requests[request_id]


def revoke(store: Store, entry_id: str, *, signer: Signer, reason: str, now: datetime) -> tuple[ApprovedEntry, ...]:
    """Sign a revocation: one reviewer or admin is enough, since stopping must be quicker than starting.

    It ends the content: every live entry of the same bytes ends with it, whichever team has it and by whatever name they are fetched.

    Raises:
        UsageFault: no such entry, or revoked already.
        Refused: the key acts for nobody here, or the role is missing.
    """
    with store.writing() as transaction:
        desk = fold(transaction.events())
        entry = the_entry(desk, entry_id)
        member = signing_member(desk, signer.public_key.keyid, Role.REVIEWER, Role.ADMIN)
        if entry.revocation is not None:
            raise UsageFault(f"{entry_id} was revoked already by {entry.revoked_by}", hint="`reviewer publish` brings it to the tenants")
        content = desk.requests[entry.request].content
        ended = [other for other in desk.entries.values() if desk.requests[other.request].content == content and other.revocation is None]
        signed: dict[str, str] = {}
        for other in sorted(ended, key=lambda one: one.id != entry_id):
            digest = other.decisions[0].dossier
            if digest not in signed:
                dossier = decode(Dossier, transaction.dossier(digest))
                envelope = _envelope(
                    dossier, digest, verdict="revoke", conditions=None, person=member.name, statement=reason, now=now, signer=signer
                )
                signed[digest] = transaction.keep_envelope(envelope)
            body = {"envelope": signed[digest], "reason": reason}
            transaction.append("entry.revoked", other.id, actor=member.name, at=now.isoformat(), body=body)
        entries = fold(transaction.events()).entries
        return tuple(entries[other.id] for other in ended)
