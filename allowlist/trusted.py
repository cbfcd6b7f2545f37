"""Is this folder the list that the pinned root stands for, now? Every rule that a list must keep, each with its own error.

What TUF's client rules cover (thresholds, expiry, versions, hashes) is done by python-tuf's ``TrustedMetadataSet``, whose
reference time is set from the argument ``now``. On top of it stand the rules that TUF leaves open:

* a key's id is the sha256 of the key, no key has two duties or two people, so that nobody counts twice;
* the folder holds nothing that is not signed;
* every entry says exactly what its own signed decisions say, by people of the list who are reviewers;
* what was revoked is not listed;
* an older serial, version or time than was seen before is refused (only with ``state`` or ``min_serial``: without one of
  them, a list that is still in date cannot be told from its successor).

Sources: TUF specification 1.0.31 section 5 (client workflow) and section 1.5.2 (attacks); GHSA-3633-5h82-39pq (one key, two ids).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tuf.api.exceptions import (
    BadVersionNumberError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Root, Targets
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from allowlist import layout, memory
from allowlist.approvals import CLOCKS_DIFFER, check_entries, check_revocations, holders
from allowlist.canonical import dump, parse
from allowlist.document import decode
from allowlist.errors import (
    ClockBehind,
    Expired,
    KeysOverlap,
    KeyUnusable,
    Malformed,
    Missing,
    NotCovered,
    RolledBack,
    Tampered,
    WronglySigned,
)
from allowlist.keys import check_key
from allowlist.memory import Seen
from allowlist.model import Allowlist

_PUBLISHING = ("timestamp", "snapshot", "targets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A list that keeps every rule. ``age`` is the time since the list was made; ``fresh_until`` is when this folder stops verifying.

    ``root`` is the root version in force, ``identity`` the sha256 of the root's first version, ``seen`` what to remember.
    """

    allowlist: Allowlist
    serial: int
    age: timedelta
    fresh_until: datetime
    root: int
    identity: str
    seen: Seen
    decisions: Mapping[str, bytes] = field(repr=False)


def verify(folder: Path, root: bytes, *, now: datetime, state: Path | None = None, min_serial: int | None = None) -> Verified:
    """Verify a published folder offline. What is seen is kept in ``state`` after, and only after, everything verified.

    Raises:
        AllowlistError: one of its children, each with ``.reason``; see :func:`verify_files`, layout.read_folder and memory.load.
    """
    seen = memory.load(state) if state else {}
    verified = verify_files(layout.read_folder(folder), root, now=now, seen=seen, min_serial=min_serial)
    if state:
        memory.keep(state, {**seen, verified.identity: verified.seen})
    return verified


def verify_files(
    files: Mapping[str, bytes], root: bytes, *, now: datetime, seen: Mapping[str, Seen] | None = None, min_serial: int | None = None
) -> Verified:
    """Verify the files of a published folder, by path.

    Raises:
        Expired: root, timestamp, snapshot, targets or list are too old at ``now`` (or at the greatest time seen before).
        ClockBehind: made after ``now``.
        RolledBack: older than what was seen or demanded.
        Tampered, Missing, NotCovered: a file changed, gone, or added.
        WronglySigned: another root, an unknown key, a signature that does not fit.
        KeysOverlap: a key under two ids, for two people, or for two duties.
        Unapproved, Revoked: entries that their decisions do not bear.
        Malformed: a document of another form.
    """
    for path in files:
        if path.startswith("metadata/") or path == layout.ROOT:
            parse(files[path], path)  # duplicate keys would mean one thing to TUF's parser and another elsewhere
    trusted, identity = _walk_roots(files, root)
    known = (seen or {}).get(identity)
    trusted.reference_time = max(now.astimezone(UTC), known.time) if known else now.astimezone(UTC)
    targets = _walk_metadata(files, trusted)
    _check_coverage(files, trusted.root.version, targets)
    allowlist = decode(files[layout.ALLOWLIST])
    _check_allowlist(allowlist, targets, trusted.reference_time)
    publishing = tuple(sorted(_publishing_keys(trusted.root)))
    new = Seen(
        root=trusted.root.version,
        version=trusted.timestamp.version,
        serial=allowlist.serial,
        time=trusted.reference_time,
        publishing=publishing,
    )
    _check_memory(new, known, min_serial)
    decisions = _decisions(files)
    _check_decisions(allowlist, decisions, {*publishing, *trusted.root.roles["root"].keyids})
    ends = [trusted.root.expires, trusted.timestamp.expires, trusted.snapshot.expires, targets.expires, allowlist.expires]
    return Verified(
        allowlist=allowlist,
        serial=allowlist.serial,
        age=max(trusted.reference_time - allowlist.created, timedelta()),
        fresh_until=min(ends),
        root=trusted.root.version,
        identity=identity,
        seen=new,
        decisions=decisions,
    )


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Give python-tuf's errors our names."""
    try:
        yield
    except ExpiredMetadataError as error:
        raise Expired(f"{what} is expired; ask whoever publishes the list for a fresh one") from error
    except BadVersionNumberError as error:
        raise RolledBack(f"{what}: {error}") from error
    except UnsignedMetadataError as error:
        raise WronglySigned(f"{what} is not signed by the key that the root names: {error}") from error
    except LengthOrHashMismatchError as error:
        raise Tampered(f"{what} is not the file that was signed: {error}") from error
    except RepositoryError as error:
        raise Malformed(f"{what}: {error}") from error


def _file(files: Mapping[str, bytes], path: str) -> bytes:
    try:
        return files[path]
    except KeyError:
        raise Missing(f"{path} is missing") from None


def _walk_roots(files: Mapping[str, bytes], pinned: bytes) -> tuple[TrustedMetadataSet, str]:
    """Follow the roots from the first to the last; the pinned one must be among them."""
    parse(pinned, "the root file")
    with _named("the root file"):
        anchor = TrustedMetadataSet(pinned, EnvelopeType.METADATA).root
    first = _file(files, layout.root_path(1))
    with _named(layout.root_path(1)):
        trusted = TrustedMetadataSet(first, EnvelopeType.METADATA)
    identity = hashlib.sha256(dump(trusted.root.to_dict())).hexdigest()
    met = False
    while True:
        _check_root_keys(trusted.root)
        if trusted.root.version == anchor.version:
            met = trusted.root.to_dict() == anchor.to_dict()
            if not met:
                raise WronglySigned("the folder is published under another root than the one given")
        following = files.get(layout.root_path(trusted.root.version + 1))
        if following is None:
            break
        with _named(layout.root_path(trusted.root.version + 1)):
            trusted.update_root(following)
    if not met:
        raise RolledBack(f"the folder knows no root version {anchor.version}, which is the one given; it ends at {trusted.root.version}")
    if _file(files, layout.ROOT) != first:
        raise Tampered("root.json is not version 1 of the root")
    return trusted, identity


def _publishing_keys(root: Root) -> set[str]:
    return {keyid for role in _PUBLISHING for keyid in root.roles[role].keyids}


def _check_root_keys(root: Root) -> None:
    for keyid, key in root.keys.items():
        try:
            check_key(keyid, key.to_dict())
        except KeyUnusable as error:
            raise KeysOverlap(f"root version {root.version}: {error}") from error
    if both := _publishing_keys(root) & set(root.roles["root"].keyids):
        raise KeysOverlap(f"root version {root.version}: key {min(both)[:16]} is both the root's and a publishing key")


def _walk_metadata(files: Mapping[str, bytes], trusted: TrustedMetadataSet) -> Targets:
    if trusted.root.consistent_snapshot:
        raise Malformed("the root asks for versioned file names, which are not used here")
    with _named("the timestamp" if not trusted.root.is_expired(trusted.reference_time) else "the root"):
        trusted.update_timestamp(_file(files, layout.TIMESTAMP))
    with _named("the snapshot"):
        trusted.update_snapshot(_file(files, layout.SNAPSHOT))
    if set(trusted.snapshot.meta) != {"targets.json"}:
        raise NotCovered("the snapshot names other metadata than targets.json")
    with _named("targets"):
        targets = trusted.update_targets(_file(files, layout.TARGETS))
    if targets.delegations is not None:
        raise NotCovered("targets delegate to others, which is not used here")
    return targets


def _check_coverage(files: Mapping[str, bytes], last_root: int, targets: Targets) -> None:
    covered = {layout.ROOT, layout.TIMESTAMP, layout.SNAPSHOT, layout.TARGETS}
    covered |= {layout.root_path(version) for version in range(1, last_root + 1)}
    for name, target in targets.targets.items():
        path = layout.TARGETS_FOLDER + name
        covered.add(path)
        with _named(path):
            target.verify_length_and_hashes(_file(files, path))
        digest = layout.decision_of(name)
        if digest is not None and hashlib.sha256(files[path]).hexdigest() != digest:
            raise Tampered(f"{path} is not the envelope that its name says")
    if extra := sorted(set(files) - covered):
        raise NotCovered(f"{extra[0]} is covered by no signature")
    if layout.ALLOWLIST_TARGET not in targets.targets:
        raise Missing("targets do not name allowlist.json")


def _check_allowlist(allowlist: Allowlist, targets: Targets, now: datetime) -> None:
    custom = targets.targets[layout.ALLOWLIST_TARGET].custom
    if custom != {"serial": allowlist.serial}:
        raise Malformed(f"targets: custom must be the serial {allowlist.serial} of the list")
    if now < allowlist.created - CLOCKS_DIFFER:
        raise ClockBehind(f"the list was made on {allowlist.created:%Y-%m-%d}, and the clock here says {now:%Y-%m-%d}; set the clock")
    if now >= allowlist.expires:
        raise Expired(f"the list itself expired on {allowlist.expires:%Y-%m-%d}; ask whoever publishes it for a fresh one")


def _check_memory(new: Seen, known: Seen | None, min_serial: int | None) -> None:
    if min_serial is not None and new.serial < min_serial:
        raise RolledBack(f"the list has serial {new.serial}; at least {min_serial} is demanded")
    if known is None:
        return
    if new.root < known.root:
        raise RolledBack(f"the folder ends at root version {new.root}; version {known.root} was seen before")
    if new.publishing != known.publishing and new.root > known.root:
        return
    if new.serial < known.serial:
        raise RolledBack(f"the list has serial {new.serial}; serial {known.serial} was seen before")
    if new.version < known.version:
        raise RolledBack(f"the metadata has version {new.version}; version {known.version} was seen before")


def _decisions(files: Mapping[str, bytes]) -> dict[str, bytes]:
    found = {}
    for path, content in files.items():
        digest = layout.decision_of(path.removeprefix(layout.TARGETS_FOLDER))
        if digest is not None:
            found[digest] = content
    return found


def _check_decisions(allowlist: Allowlist, decisions: Mapping[str, bytes], apart: set[str]) -> None:
    people, keys = holders(allowlist, apart)
    ended = check_revocations(allowlist, decisions, people, keys)
    check_entries(allowlist, decisions, people, keys, ended)
