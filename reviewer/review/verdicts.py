"""Deciding: approve, reject, revoke. Each is one envelope that one person's own key signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from securesystemslib.signer import Signer

from allowlist.decisions import conditions_digest, conditions_from_json, conditions_to_json, make_decision
from allowlist.model import Conditions
from reviewer.assess.policy import Policy
from reviewer.errors import Refused, UsageFault
from reviewer.model import Dossier
from reviewer.review.entries import conditions_of, expiry, subject_of
from reviewer.review.people import same_person, signing_member
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
        if any(same_person(d.by, case.member.name) and d.conditions_digest == agreed for d in case.request.decisions):
            raise UsageFault(f"{case.member.name} has signed this already", hint=f"{request_id} waits for somebody else's signature")
        _sign(transaction, case, verdict="approve", conditions=conditions, statement=statement)
        return _count(transaction, case, needed, conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What one signature is about."""

    request: Request
    dossier: Dossier
    member: Member
    signer: Signer
    now: datetime


def _open_case(transaction: Transaction, request_id: str, signer: Signer, now: datetime) -> _Case:
    desk = fold(transaction.events())
    request = the_request(desk, request_id)
    member = _may_decide(desk, request, signer)
    return _Case(request=request, dossier=dossier_of(transaction, request), member=member, signer=signer, now=now)


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
    if any(same_person(name, member.name) for name in request.requesters):
        raise Refused(f"{member.name} asked for {request.id} and cannot decide on it", hint="another reviewer has to")
    return member


def _next_step(request: Request) -> str:
    if request.state is RequestState.APPROVED:
        return f"to end it: `reviewer revoke {request.entry} --key KEY --reason TEXT`"
    return "it was decided; `reviewer status` shows by whom"


def _conditions(case: _Case, narrowing: Narrowing, policy: Policy) -> Conditions:
    if narrowing.is_empty and case.request.decisions:
        return conditions_from_json(case.request.decisions[-1].conditions)
    longest = policy.review.longest_days[case.dossier.assessment.recommendation]
    return conditions_of(
        case.dossier,
        teams=narrowing.teams or case.request.teams,
        tools=narrowing.tools,
        hosts=narrowing.hosts,
        expires=expiry(narrowing.expires, now=case.now, longest_days=longest),
    )


def _sign(transaction: Transaction, case: _Case, *, verdict: str, conditions: Conditions | None, statement: str) -> None:
    request, signer = case.request, case.signer
    envelope = make_decision(
        subject=subject_of(case.dossier),
        verdict=verdict,
        dossier=request.dossier,
        recommendation=case.dossier.assessment.recommendation.value,
        conditions=conditions,
        person=case.member.name,
        statement=statement,
        decided_at=case.now,
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


def _count(transaction: Transaction, case: _Case, needed: int, conditions: Conditions) -> Approval:
    desk = fold(transaction.events())
    request = desk.requests[case.request.id]
    agreed = conditions_digest(conditions)
    equal = [d for d in request.decisions if d.conditions_digest == agreed and d.dossier == request.dossier and _still_reviews(desk, d)]
    people = {decision.by for decision in equal}
    if len(people) < needed:
        return Approval(request=request.id, entry=None, missing=needed - len(people), conditions=conditions)
    entry_id = f"E-{len(desk.entries) + 1}"
    body = {"request": request.id, "decisions": [decision.envelope for decision in equal]}
    transaction.append("entry.approved", entry_id, actor=case.member.name, at=case.now.isoformat(), body=body)
    return Approval(request=request.id, entry=entry_id, missing=0, conditions=conditions)


def _still_reviews(desk: Desk, decision: Decision) -> bool:
    member = desk.by_key(decision.key_id)
    return member is not None and Role.REVIEWER in member.roles


def reject(store: Store, request_id: str, *, signer: Signer, reason: str, now: datetime) -> Request:
    """Sign a rejection: one reviewer is enough. Raises like :func:`approve`."""
    with store.writing() as transaction:
        case = _open_case(transaction, request_id, signer, now)
        _sign(transaction, case, verdict="reject", conditions=None, statement=reason)
        return fold(transaction.events()).requests[request_id]


def revoke(store: Store, entry_id: str, *, signer: Signer, reason: str, now: datetime) -> tuple[ApprovedEntry, ...]:
    """Sign a revocation: one reviewer or admin is enough, since stopping must be quicker than starting.

    It ends the content: every live entry of the same content ends with it, whichever team has it.

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
        dossier = decode(Dossier, transaction.dossier(entry.decisions[0].dossier))
        envelope = make_decision(
            subject=subject_of(dossier),
            verdict="revoke",
            dossier=entry.decisions[0].dossier,
            recommendation=dossier.assessment.recommendation.value,
            conditions=None,
            person=member.name,
            statement=reason,
            decided_at=now,
            signer=signer,
        )
        body = {"envelope": transaction.keep_envelope(envelope), "reason": reason}
        ended = [other.id for other in desk.entries.values() if other.request == entry.request and other.revocation is None]
        for name in ended:
            transaction.append("entry.revoked", name, actor=member.name, at=now.isoformat(), body=body)
        entries = fold(transaction.events()).entries
        return tuple(entries[name] for name in ended)
