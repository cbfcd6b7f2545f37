"""From the desk to the signed list: what is live, denied and by whom it was decided, at the next serial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from securesystemslib.signer import Signer

from allowlist.decisions import entry_from, open_all, revocation_from
from allowlist.errors import AllowlistError, Foreign, WronglySigned
from allowlist.folder import write_folder
from allowlist.keys import check_key
from allowlist.model import Allowlist, Entry, Person
from allowlist.repository import Lifetimes as SignedFor
from allowlist.repository import render
from reviewer.assess.policy import Lifetimes, Policy
from reviewer.errors import Refused, ReviewerError, UsageFault
from reviewer.model import Recommendation
from reviewer.review.requests import is_live
from reviewer.review.state import ApprovedEntry, Desk, Role, fold
from reviewer.store import Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What was put into the folder. ``expires`` is when tenants stop believing it: the timestamp ends before the list does."""

    serial: int
    entries: int
    revocations: int
    expires: datetime


def publish(store: Store, *, root: bytes, signer: Signer, folder: Path, policy: Policy, now: datetime) -> Publication:
    """Sign the list at the next serial and put it in place as one step.

    The serial is kept before the folder changes: a publish that dies may skip a number, never use one twice.

    Raises:
        Refused: the key is not one that the root of trust lets publish, or an entry has fewer approvals than the policy asks for.
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
        allowlist, envelopes = _list(transaction, desk, serial, policy, now)
        _put(allowlist, envelopes, root=root, signer=signer, folder=folder, lifetimes=policy.lifetimes)
        expires = min(allowlist.expires, allowlist.created + timedelta(days=policy.lifetimes.timestamp_days))
        done = {"serial": serial, "entries": len(allowlist.entries), "expires": expires.isoformat()}
        transaction.append("publication.completed", str(serial), actor=signer.public_key.keyid, at=now.isoformat(), body=done)
    return Publication(serial=serial, entries=len(allowlist.entries), revocations=len(allowlist.revocations), expires=expires)


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


def _list(transaction: Transaction, desk: Desk, serial: int, policy: Policy, now: datetime) -> tuple[Allowlist, dict[str, bytes]]:
    live = [entry for entry in desk.entries.values() if is_live(entry, now=now)]
    revoked = {entry.id: entry.revocation for entry in desk.entries.values() if entry.revocation is not None}
    digests = {decision.envelope for entry in live for decision in entry.decisions} | set(revoked.values())
    envelopes = {digest: transaction.envelope(digest) for digest in sorted(digests)}
    people = _roster(desk, live, revoked)
    keys = {keyid: check_key(keyid, key) for person in people for keyid, key in person.keys.items()}
    try:
        entries = [entry_from(e.id, open_all(envelopes, keys, [d.envelope for d in e.decisions], e.id)) for e in live]
        revocations = [revocation_from(name, *open_all(envelopes, keys, [digest], name)) for name, digest in revoked.items()]
    except AllowlistError as error:
        raise ReviewerError(f"the store does not hold together: {error}", hint="restore the home folder from a backup") from error
    for entry in entries:
        _check_threshold(desk, entry, policy)
    made = now.replace(microsecond=0)
    allowlist = Allowlist(
        organization=desk.organization,
        serial=serial,
        created=made,
        expires=made + timedelta(days=policy.lifetimes.list_days),
        entries=tuple(entries),
        revocations=tuple(revocations),
        people=people,
    )
    return allowlist, envelopes


def _check_threshold(desk: Desk, entry: Entry, policy: Policy) -> None:
    """Count again what `approve` counted: an event that was written by hand must not put a line into the list."""
    needed = policy.review.approvals[Recommendation(entry.recommendation)]
    approved = desk.entries[entry.id]
    request = desk.requests[approved.request]
    people = [person for person in entry.approved_by if not request.asked_by(person, before=approved.approved_at)]
    if needed is None or len(people) < needed:
        asked = "forbids it" if needed is None else f"asks for {needed}"
        raise Refused(
            f"nothing was published: {entry.id} is approved by {len(people)} who may decide, and the policy {asked}",
            hint=f"`reviewer revoke {entry.id} --key KEY --reason TEXT`, and look at how it came to be",
        )


def _roster(desk: Desk, live: Sequence[ApprovedEntry], revoked: Mapping[str, str]) -> tuple[Person, ...]:
    """Name everybody whose signature stands in the list, and those who may sign now."""
    signed = {decision.by for entry in live for decision in entry.decisions} | {desk.entries[name].revoked_by for name in revoked}
    deciding = {Role.REVIEWER, Role.ADMIN}
    return tuple(
        Person(name=member.name, roles=tuple(role.value for role in member.held), keys={**member.former, **member.keys})
        if member.name in signed
        else Person(name=member.name, roles=tuple(role.value for role in member.roles), keys=member.keys)
        for member in desk.people.values()
        if (member.keys or member.former) and (member.name in signed or (not member.removed and deciding & set(member.roles)))
    )
