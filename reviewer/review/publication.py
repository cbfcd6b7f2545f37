"""From the desk to the signed list: what is live, denied and by whom it was decided, at the next serial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from securesystemslib.signer import Signer

from allowlist.decisions import conditions_from_json
from allowlist.errors import AllowlistError, Foreign, WronglySigned
from allowlist.folder import write_folder
from allowlist.model import Allowlist, Entry, Person, Revocation
from allowlist.repository import Lifetimes as SignedFor
from allowlist.repository import render
from reviewer.assess.policy import Lifetimes
from reviewer.errors import Refused, ReviewerError, UsageFault
from reviewer.model import Dossier
from reviewer.review.entries import subject_of
from reviewer.review.requests import is_live
from reviewer.review.state import ApprovedEntry, Desk, Role, fold
from reviewer.store import Store, Transaction
from reviewer.wire import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What was put into the folder."""

    serial: int
    entries: int
    revocations: int
    expires: datetime


def publish(store: Store, *, root: bytes, signer: Signer, folder: Path, lifetimes: Lifetimes, now: datetime) -> Publication:
    """Sign the list at the next serial and put it in place as one step.

    The serial is kept before the folder changes: a publish that dies may skip a number, never use one twice.

    Raises:
        Refused: the key is not one that the root of trust lets publish.
        UsageFault: the folder holds things that are not a published list.
        ReviewerError: the folder cannot be written; it is as it was.
    """
    with store.writing() as transaction:
        desk = fold(transaction.events())
        serial = desk.serial + 1
        transaction.append("publication.reserved", str(serial), actor=signer.public_key.keyid, at=now.isoformat(), body={"serial": serial})
    with store.writing() as transaction:
        desk = fold(transaction.events())
        if desk.serial != serial:
            raise ReviewerError("another publish is under way", hint="publish again")
        allowlist, envelopes = _list(transaction, desk, serial, lifetimes, now)
        _put(allowlist, envelopes, root=root, signer=signer, folder=folder, lifetimes=lifetimes)
        done = {"serial": serial, "entries": len(allowlist.entries), "expires": allowlist.expires.isoformat()}
        transaction.append("publication.completed", str(serial), actor=signer.public_key.keyid, at=now.isoformat(), body=done)
    return Publication(serial=serial, entries=len(allowlist.entries), revocations=len(allowlist.revocations), expires=allowlist.expires)


def _put(allowlist: Allowlist, envelopes: Mapping[str, bytes], *, root: bytes, signer: Signer, folder: Path, lifetimes: Lifetimes) -> None:
    signed_for = timedelta(days=lifetimes.timestamp_days)
    try:
        files = render(
            allowlist,
            envelopes,
            roots=[root],
            signer=signer,
            lifetimes=SignedFor(timestamp=signed_for, snapshot=signed_for, targets=timedelta(days=lifetimes.list_days)),
        )
        write_folder(files, folder)
    except WronglySigned as error:
        raise Refused(f"nothing was published: {error}", hint="sign with a key that the root of trust names") from error
    except Foreign as error:
        raise UsageFault(f"nothing was published: {error}", hint="give a new folder, or one that holds a published list") from error
    except AllowlistError as error:
        raise ReviewerError(f"nothing was published: {error}", hint="the list in the folder is as it was") from error


def _list(transaction: Transaction, desk: Desk, serial: int, lifetimes: Lifetimes, now: datetime) -> tuple[Allowlist, dict[str, bytes]]:
    live = [entry for entry in desk.entries.values() if is_live(entry, now=now)]
    revoked = [entry for entry in desk.entries.values() if entry.revocation is not None]
    digests = [d.envelope for entry in live for d in entry.decisions] + [entry.revocation for entry in revoked if entry.revocation]
    allowlist = Allowlist(
        organization=desk.organization,
        serial=serial,
        created=now.replace(microsecond=0),
        expires=now.replace(microsecond=0) + timedelta(days=lifetimes.list_days),
        entries=tuple(_entry(transaction, entry) for entry in live),
        revocations=tuple(_revocation(transaction, entry) for entry in revoked),
        people=_roster(desk, live, revoked),
    )
    return allowlist, {digest: transaction.envelope(digest) for digest in digests}


def _dossier(transaction: Transaction, entry: ApprovedEntry) -> Dossier:
    return decode(Dossier, transaction.dossier(entry.decisions[0].dossier))


def _entry(transaction: Transaction, entry: ApprovedEntry) -> Entry:
    dossier = _dossier(transaction, entry)
    first = entry.decisions[0]
    return Entry(
        id=entry.id,
        subject=subject_of(dossier),
        conditions=conditions_from_json(first.conditions),
        dossier=first.dossier,
        recommendation=dossier.assessment.recommendation.value,
        decisions=tuple(decision.envelope for decision in entry.decisions),
        approved_by=tuple(decision.by for decision in entry.decisions),
        approved_at=entry.approved_at.replace(microsecond=0),
        statement=first.statement,
    )


def _revocation(transaction: Transaction, entry: ApprovedEntry) -> Revocation:
    if entry.revoked_at is None or entry.revoked_by is None or entry.revocation is None:
        raise ReviewerError(f"{entry.id} is not revoked", hint="this is an error of ours")
    return Revocation(
        entry=entry.id,
        subject=subject_of(_dossier(transaction, entry)),
        revoked_by=entry.revoked_by,
        revoked_at=entry.revoked_at.replace(microsecond=0),
        reason=entry.revocation_reason,
        decision=entry.revocation,
    )


def _roster(desk: Desk, live: list[ApprovedEntry], revoked: list[ApprovedEntry]) -> tuple[Person, ...]:
    """Name everybody whose signature stands in the list, and those who may sign now."""
    signed = {decision.by for entry in live for decision in entry.decisions} | {entry.revoked_by for entry in revoked}
    deciding = {Role.REVIEWER, Role.ADMIN}
    return tuple(
        Person(name=member.name, roles=tuple(role.value for role in member.roles), keys=member.keys)
        for member in desk.people.values()
        if member.name in signed or (not member.removed and deciding & set(member.roles))
    )
