"""Does every line of a list say what people of the list signed? Nothing here knows folders, metadata or time."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from securesystemslib.signer import Key

from allowlist.decisions import Decision, entry_from, open_all, revocation_from
from allowlist.document import entry_document
from allowlist.errors import AllowlistError, KeysOverlap, KeyUnusable, Revoked, Unapproved
from allowlist.keys import check_key
from allowlist.model import Allowlist, Entry, Person

REVIEWER = "reviewer"
CLOCKS_DIFFER = timedelta(days=1)
"""How far clocks may differ: a reviewer's from the publisher's, the publisher's from a tenant's.

An approval from the future outlives the policy's longest life, and every revocation.
"""


def holders(allowlist: Allowlist, apart: Collection[str]) -> tuple[dict[str, Person], dict[str, Key]]:
    """Give people and keys by key id. ``apart`` are the keys of the root and of publishing.

    Raises:
        KeysOverlap: a key under an id that is not its own, one key or name for two people, or a reviewer who holds a key of ``apart``.
    """
    people: dict[str, Person] = {}
    keys: dict[str, Key] = {}
    names: set[str] = set()
    for index, person in enumerate(allowlist.people):
        plain = " ".join(unicodedata.normalize("NFKC", person.name).casefold().split())
        if plain in names:
            raise KeysOverlap(f"people[{index}]: {person.name!r} is listed twice")
        names.add(plain)
        for keyid, key in person.keys.items():
            try:
                keys[keyid] = check_key(keyid, key)
            except KeyUnusable as error:
                raise KeysOverlap(f"people[{index}].keys: {error}") from error
            if keyid in people:
                raise KeysOverlap(f"people[{index}].keys: {keyid[:16]} is also {people[keyid].name}'s")
            if keyid in apart and REVIEWER in person.roles:
                raise KeysOverlap(f"people[{index}].keys: {person.name} reviews with a key that also signs the root or the list")
            people[keyid] = person
    return people, keys


def check_revocations(
    allowlist: Allowlist, decisions: Mapping[str, bytes], people: Mapping[str, Person], keys: Mapping[str, Key]
) -> dict[str, datetime]:
    """Hold every revocation to its signed decision, by anybody of the list: it only narrows. Give what ended when, by dossier.

    Raises:
        Unapproved: a revocation says something else than was signed.
        AllowlistError: what opening an envelope raises.
    """
    ended: dict[str, datetime] = {}
    for index, revocation in enumerate(allowlist.revocations):
        place = f"revocations[{index}]"
        decision = open_all(decisions, keys, (revocation.decision,), place)[0]
        _check_person(decision, people, place)
        if revocation_from(revocation.entry, decision) != replace(revocation, unknown={}):
            raise Unapproved(f"{place}: subject, person, moment or reason are not those that were signed")
        ended[decision.dossier] = max(decision.decided_at, ended.get(decision.dossier, decision.decided_at))
    return ended


def check_entries(
    allowlist: Allowlist,
    decisions: Mapping[str, bytes],
    people: Mapping[str, Person],
    keys: Mapping[str, Key],
    ended: Mapping[str, datetime],
) -> None:
    """Hold every entry to its signed decisions. ``ended`` says since when approvals of a dossier hold no longer.

    Raises:
        Unapproved: no decision, one from the future or by no reviewer, or an entry that says something else than was signed.
        Revoked: the entry is among the revocations, or lives on approvals from before its dossier was revoked.
        AllowlistError: what opening an envelope raises.
    """
    revoked = {revocation.entry for revocation in allowlist.revocations}
    for index, entry in enumerate(allowlist.entries):
        place = f"entries[{index}]"
        if entry.id in revoked:
            raise Revoked(f"{place}: {entry.id} was revoked and is still listed")
        if not entry.decisions:
            raise Unapproved(f"{place}: {entry.id} has no decision")
        opened = open_all(decisions, keys, entry.decisions, place)
        for decision in opened:
            person = _check_person(decision, people, place)
            if REVIEWER not in person.roles:
                raise Unapproved(f"{place}: {person.name}, who approved {entry.id}, is no reviewer")
            if decision.decided_at > allowlist.created + CLOCKS_DIFFER:
                raise Unapproved(f"{place}: {person.name} approved {entry.id} after the list was made; a clock was wrong, or meant to be")
        _check_same(entry, opened, place)
        since = ended.get(entry.dossier)
        if since is not None and any(decision.decided_at <= since for decision in opened):
            raise Revoked(f"{place}: {entry.id} lives on an approval from before what it names was revoked")


def _check_person(decision: Decision, people: Mapping[str, Person], place: str) -> Person:
    person = people[decision.keyid]
    if person.name != decision.person:
        raise Unapproved(f"{place}: a decision by {decision.person} is signed with {person.name}'s key")
    return person


def _check_same(entry: Entry, opened: list[Decision], place: str) -> None:
    try:
        signed = entry_from(entry.id, opened)
    except AllowlistError as error:
        raise type(error)(f"{place}: {error}") from error
    listed, wanted = entry_document(replace(entry, unknown={})), entry_document(signed)
    for name, value in wanted.items():
        if listed[name] != value:
            raise Unapproved(f"{place}.{name} is not what was signed for {entry.id}")
