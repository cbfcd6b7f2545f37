"""A small organisation: a root, a publishing key, people with keys, and a list that verifies until a test breaks one thing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from securesystemslib.signer import CryptoSigner, Key, Signer
from tuf.api.metadata import Metadata, MetaFile, Snapshot, Targets, Timestamp

from allowlist import layout
from allowlist.decisions import entry_from, make_decision, open_decision, revocation_from
from allowlist.model import Allowlist, Conditions, Entry, Person, Revocation, Subject
from allowlist.repository import Lifetimes, create_root, sign_files

NOW = datetime(2001, 3, 4, 5, 6, 7, tzinfo=UTC)
DAY = timedelta(days=1)


@cache
def signer(name: str) -> Signer:
    return CryptoSigner.generate_ecdsa() if name == "Ben" else CryptoSigner.generate_ed25519()


def key(name: str) -> Key:
    return signer(name).public_key


def person(name: str, *roles: str, keys: Sequence[str] = ()) -> Person:
    named = [key(one) for one in keys or (name,)]
    return Person(name=name, roles=roles or ("reviewer",), keys={one.keyid: one.to_dict() for one in named})


def subject(name: str = "weather", version: str = "1.2.3") -> Subject:
    return Subject(
        name=name,
        kind="mcp-server",
        source=f"npm:{name}@{version}",
        digests={"dirHash": "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "gitCommit": "a" * 40},
        version=version,
        purl=f"pkg:npm/{name}@{version}",
        launches=(("npx", "-y", f"{name}@{version}"),),
        tools=("forecast",),
    )


def conditions(*teams: str, **changes: Any) -> Conditions:
    return replace(Conditions(teams=teams or ("payments",), expires=NOW + 90 * DAY), **changes)


@dataclass
class World:
    """What the desk knows. ``files`` signs it as it is, without verifying: tests break it on the way."""

    people: list[Person] = field(default_factory=lambda: [person("Ada"), person("Ben"), person("Rea", "requester")])
    entries: list[Entry] = field(default_factory=list)
    revocations: list[Revocation] = field(default_factory=list)
    envelopes: dict[str, bytes] = field(default_factory=dict)
    roots: list[bytes] = field(default_factory=lambda: [create_root(signer("root"), [key("publishing")], expires=NOW + 365 * DAY)])
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    expires: datetime = NOW + 60 * DAY

    def sign(self, by: str, of: Subject, *, verdict: str = "approve", with_key: str = "", at: datetime = NOW - DAY, **more: Any) -> str:
        narrowed = more.get("conditions", conditions()) if verdict == "approve" else None
        envelope = make_decision(
            subject=of,
            verdict=verdict,
            dossier=str(more.get("dossier", "d" * 64)),
            recommendation="restrict",
            conditions=narrowed if isinstance(narrowed, Conditions) else None,
            person=by,
            statement=f"{by} read it",
            decided_at=at,
            signer=signer(with_key or by),
        )
        name = hashlib.sha256(envelope).hexdigest()
        self.envelopes[name] = envelope
        return name

    def keys(self) -> dict[str, Key]:
        return {keyid: Key.from_dict(keyid, dict(one)) for who in self.people for keyid, one in who.keys.items()}

    def approve(self, entry_id: str, *signatures: str) -> Entry:
        entry = entry_from(entry_id, [open_decision(self.envelopes[name], self.keys()) for name in signatures])
        self.entries.append(entry)
        return entry

    def revoke(self, entry_id: str, signature: str) -> Revocation:
        revocation = revocation_from(entry_id, open_decision(self.envelopes[signature], self.keys()))
        self.revocations.append(revocation)
        return revocation

    def allowlist(self, serial: int = 1) -> Allowlist:
        return Allowlist(
            organization="Acme",
            serial=serial,
            created=NOW,
            expires=self.expires,
            entries=tuple(self.entries),
            revocations=tuple(self.revocations),
            people=tuple(self.people),
        )

    def files(self, serial: int = 1, *, by: str = "publishing") -> dict[str, bytes]:
        return sign_files(
            self.allowlist(serial),
            self.envelopes,
            roots=self.roots,
            signer=signer(by),
            version=serial,
            now=NOW,
            lifetimes=self.lifetimes,
        )

    def resigned(self, *, targets: Callable[[Targets], object] = repr, snapshot: Callable[[Snapshot], object] = repr) -> dict[str, bytes]:
        """The files of a publisher who breaks rules of the metadata and signs that."""
        files, by = self.files(), signer("publishing")
        first = Metadata[Targets].from_bytes(files[layout.TARGETS])
        targets(first.signed)
        first.sign(by)
        second = Metadata[Snapshot].from_bytes(files[layout.SNAPSHOT])
        second.signed.meta["targets.json"] = MetaFile.from_data(1, first.to_bytes(), ["sha256"])
        snapshot(second.signed)
        second.sign(by)
        third = Metadata[Timestamp].from_bytes(files[layout.TIMESTAMP])
        third.signed.snapshot_meta = MetaFile.from_data(1, second.to_bytes(), ["sha256"])
        third.sign(by)
        return {**files, layout.TARGETS: first.to_bytes(), layout.SNAPSHOT: second.to_bytes(), layout.TIMESTAMP: third.to_bytes()}


def good_world() -> World:
    world = World()
    world.approve("E-1", world.sign("Ada", subject()), world.sign("Ben", subject()))
    world.approve("E-2", world.sign("Ben", subject("notes"), dossier="e" * 64))
    world.revoke("E-0", world.sign("Ada", subject("old"), verdict="revoke", dossier="0" * 64))
    return world


def changed(files: Mapping[str, bytes], path: str, old: bytes, new: bytes) -> dict[str, bytes]:
    assert old in files[path]
    return {**files, path: files[path].replace(old, new, 1)}
