"""The list as canonical JSON, and back: every error names its place, and fields of later versions are kept.

Fields that narrow or name what was approved (``conditions``, ``subject``) are the exception: one that is not known
there is refused, because a reader that skipped it would allow more than was approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from allowlist.canonical import Node, dump, moment_text, parse
from allowlist.errors import Malformed
from allowlist.model import Allowlist, Conditions, Entry, Person, Revocation, Subject

SCHEMA = "allowlist/1"

_SUBJECT = frozenset(field.name for field in fields(Subject))
_CONDITIONS = frozenset(field.name for field in fields(Conditions))
_ENTRY = frozenset(field.name for field in fields(Entry)) - {"unknown"}
_REVOCATION = frozenset(field.name for field in fields(Revocation)) - {"unknown"}
_PERSON = frozenset(field.name for field in fields(Person)) - {"unknown"}
_ALLOWLIST = frozenset(field.name for field in fields(Allowlist)) - {"unknown"} | {"schema"}


def encode(allowlist: Allowlist) -> bytes:
    """Write a list in its one form.

    Raises:
        Malformed: a date without time zone, a kept field that has the name of a known one, or a value that JSON has not.
    """
    return dump(allowlist_document(allowlist))


def decode(content: bytes) -> Allowlist:
    """Read a list. ``decode(encode(x)) == x`` for every list that can be written.

    Raises:
        Malformed: with the place, such as ``entries[2].subject.digests``.
    """
    root = parse(content, "")
    root.field("schema").exactly(SCHEMA)
    return Allowlist(
        organization=root.field("organization").text(),
        serial=root.field("serial").number(),
        created=root.field("created").moment(),
        expires=root.field("expires").moment(),
        entries=_unique(tuple(read_entry(node) for node in root.field("entries").each()), "entries"),
        revocations=tuple(read_revocation(node) for node in root.field("revocations").each()),
        people=tuple(_read_person(node) for node in root.field("people").each()),
        unknown=root.others(_ALLOWLIST),
    )


def _unique(entries: tuple[Entry, ...], place: str) -> tuple[Entry, ...]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.id in seen:
            raise Malformed(f"{place}[{index}].id is {entry.id[:40]!r} a second time")
        seen.add(entry.id)
    return entries


def allowlist_document(allowlist: Allowlist) -> dict[str, object]:
    """Give the JSON object of a list."""
    return _with_unknown(
        {
            "schema": SCHEMA,
            "organization": allowlist.organization,
            "serial": allowlist.serial,
            "created": moment_text(allowlist.created),
            "expires": moment_text(allowlist.expires),
            "entries": [entry_document(entry) for entry in allowlist.entries],
            "revocations": [revocation_document(revocation) for revocation in allowlist.revocations],
            "people": [_person_document(person) for person in allowlist.people],
        },
        allowlist.unknown,
    )


def _with_unknown(known: dict[str, object], unknown: Mapping[str, object]) -> dict[str, object]:
    if both := sorted(known.keys() & unknown.keys()):
        raise Malformed(f"{both[0]} is a known field and cannot be kept as an unknown one")
    return {**unknown, **known}


def entry_document(entry: Entry) -> dict[str, object]:
    """Give the JSON object of an entry."""
    return _with_unknown(
        {
            "id": entry.id,
            "subject": subject_document(entry.subject),
            "conditions": conditions_document(entry.conditions),
            "dossier": entry.dossier,
            "recommendation": entry.recommendation,
            "decisions": list(entry.decisions),
            "approved_by": list(entry.approved_by),
            "approved_at": moment_text(entry.approved_at),
            "statement": entry.statement,
        },
        entry.unknown,
    )


def read_entry(node: Node) -> Entry:
    """Read an entry. Raises Malformed."""
    return Entry(
        id=node.field("id").text(),
        subject=read_subject(node.field("subject")),
        conditions=read_conditions(node.field("conditions")),
        dossier=node.field("dossier").text(),
        recommendation=node.field("recommendation").text(),
        decisions=node.field("decisions").texts(),
        approved_by=node.field("approved_by").texts(),
        approved_at=node.field("approved_at").moment(),
        statement=node.field("statement").prose(),
        unknown=node.others(_ENTRY),
    )


def subject_document(subject: Subject) -> dict[str, object]:
    """Give the JSON object of a subject; what is not there is not written."""
    document: dict[str, object] = {
        "name": subject.name,
        "kind": subject.kind,
        "source": subject.source,
        "digests": dict(subject.digests),
        "launches": [list(launch) for launch in subject.launches],
        "tools": list(subject.tools),
    }
    optional = {"version": subject.version, "purl": subject.purl, "url": subject.url}
    return document | {name: value for name, value in optional.items() if value is not None}


def read_subject(node: Node) -> Subject:
    """Read a subject. Raises Malformed, also for a field that is not known."""
    node.only(_SUBJECT)
    version, purl, url = node.maybe("version"), node.maybe("purl"), node.maybe("url")
    return Subject(
        name=node.field("name").text(),
        kind=node.field("kind").text(),
        source=node.field("source").text(),
        digests={name: value.text() for name, value in node.field("digests").members().items()},
        version=version.text() if version else None,
        purl=purl.text() if purl else None,
        launches=tuple(tuple(word.prose() for word in launch.each()) for launch in node.field("launches").each()),
        url=url.text() if url else None,
        tools=node.field("tools").texts(),
    )


def conditions_document(conditions: Conditions) -> dict[str, object]:
    """Give the JSON object of conditions."""
    return {
        "teams": list(conditions.teams),
        "expires": moment_text(conditions.expires),
        "tools": list(conditions.tools),
        "hosts": list(conditions.hosts),
        "arguments": list(conditions.arguments),
    }


def read_conditions(node: Node) -> Conditions:
    """Read conditions. Raises Malformed, also for a field that is not known."""
    node.only(_CONDITIONS)
    return Conditions(
        teams=node.field("teams").texts(),
        expires=node.field("expires").moment(),
        tools=node.field("tools").texts(),
        hosts=node.field("hosts").texts(),
        arguments=node.field("arguments").texts(),
    )


def revocation_document(revocation: Revocation) -> dict[str, object]:
    """Give the JSON object of a revocation."""
    return _with_unknown(
        {
            "entry": revocation.entry,
            "subject": subject_document(revocation.subject),
            "revoked_by": revocation.revoked_by,
            "revoked_at": moment_text(revocation.revoked_at),
            "reason": revocation.reason,
            "decision": revocation.decision,
        },
        revocation.unknown,
    )


def read_revocation(node: Node) -> Revocation:
    """Read a revocation. Raises Malformed."""
    return Revocation(
        entry=node.field("entry").text(),
        subject=read_subject(node.field("subject")),
        revoked_by=node.field("revoked_by").text(),
        revoked_at=node.field("revoked_at").moment(),
        reason=node.field("reason").prose(),
        decision=node.field("decision").text(),
        unknown=node.others(_REVOCATION),
    )


def _person_document(person: Person) -> dict[str, object]:
    keys = {keyid: dict(key) for keyid, key in person.keys.items()}
    return _with_unknown({"name": person.name, "roles": list(person.roles), "keys": keys}, person.unknown)


def _read_person(node: Node) -> Person:
    keys: dict[str, Mapping[str, object]] = {}
    for keyid, key in node.field("keys").members().items():
        keys[keyid] = {name: member.value for name, member in key.members().items()}
    return Person(name=node.field("name").text(), roles=node.field("roles").texts(), keys=keys, unknown=node.others(_PERSON))
