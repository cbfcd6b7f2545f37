"""The published list: a TUF repository in plain files that needs no server. ``allowlist.layout`` says what stands where.

The root key stays offline and names the publishing key, which signs targets, snapshot and timestamp. Nothing that would
not verify is ever rendered. Source: TUF specification 1.0.31, python-tuf's Metadata API.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from allowlist import layout
from allowlist.document import encode
from allowlist.errors import KeysOverlap, Malformed, WronglySigned
from allowlist.folder import write_folder
from allowlist.model import Allowlist
from allowlist.trusted import verify_files

__all__ = ["Lifetimes", "create_root", "render", "sign_files", "write_folder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long each signature is believed. The timestamp's is how long a tenant can be kept on an old list unnoticed.

    Seven days is short for that and long enough to survive a holiday of the job that refreshes it; the two others only
    have to outlive it, and are renewed with every list.
    """

    timestamp: timedelta = timedelta(days=7)
    snapshot: timedelta = timedelta(days=30)
    targets: timedelta = timedelta(days=90)


def create_root(
    root_signer: Signer, publishing: Sequence[Key] | Key, *, expires: datetime, version: int = 1, also: Sequence[Signer] = ()
) -> bytes:
    """Make a version of the root: the root key for itself, the publishing keys for everything else, threshold 1 each.

    ``also`` sign as well: a new root that changes the root key must be signed by the old one too.

    Raises:
        KeysOverlap: the root key is among the publishing keys.
        Malformed: no publishing key.
    """
    keys = [publishing] if isinstance(publishing, Key) else list(publishing)
    if not keys:
        raise Malformed("a root needs a publishing key")
    if root_signer.public_key.keyid in {key.keyid for key in keys}:
        raise KeysOverlap("the root key must not publish: take another key, and keep the root key offline")
    root = Root(version=version, expires=expires.astimezone(UTC), consistent_snapshot=False)
    root.add_key(root_signer.public_key, Root.type)
    for role in (Targets.type, Snapshot.type, Timestamp.type):
        for key in keys:
            root.add_key(key, role)
    metadata = Metadata(root)
    for signer in (root_signer, *also):
        metadata.sign(signer, append=True)
    return metadata.to_bytes()


def render(
    allowlist: Allowlist,
    decisions: Mapping[str, bytes],
    *,
    roots: Sequence[bytes],
    signer: Signer,
    version: int | None = None,
    now: datetime | None = None,
    lifetimes: Lifetimes | None = None,
) -> dict[str, bytes]:
    """Give every file of the published folder, by path, and verify the whole as a tenant will.

    ``decisions`` are envelopes by their sha256; ``roots`` every version of the root, the first first; ``version`` is what
    timestamp, snapshot and targets get, the serial unless given: it must grow with every folder that is published.
    ``now`` is when the signatures begin, the list's ``created`` unless given.

    Raises:
        WronglySigned: the signer's key is not a publishing key of the last root.
        AllowlistError: what :func:`allowlist.trusted.verify_files` raises for a list that no tenant would believe.
    """
    version, now = version or allowlist.serial, now or allowlist.created
    files = sign_files(allowlist, decisions, roots=roots, signer=signer, version=version, now=now, lifetimes=lifetimes or Lifetimes())
    verify_files(files, roots[0], now=now)
    return files


def sign_files(
    allowlist: Allowlist,
    decisions: Mapping[str, bytes],
    *,
    roots: Sequence[bytes],
    signer: Signer,
    version: int,
    now: datetime,
    lifetimes: Lifetimes,
) -> dict[str, bytes]:
    """Give every file as :func:`render` does, without verifying what was made.

    Raises:
        WronglySigned: the signer's key is not a publishing key of the last root.
        Malformed: no root, or a list that cannot be written.
    """
    _check_signer(roots, signer)
    files = {layout.ROOT: roots[0], layout.ALLOWLIST: encode(allowlist)}
    files |= {layout.root_path(number): content for number, content in enumerate(roots, start=1)}
    files |= {layout.TARGETS_FOLDER + layout.decision_target(digest): content for digest, content in decisions.items()}
    targets = Targets(version=version, expires=_end(now, lifetimes.targets), targets=_targets(files, allowlist.serial))
    files[layout.TARGETS] = _sealed(Metadata(targets), signer)
    meta = {"targets.json": _meta(files[layout.TARGETS], version)}
    snapshot = Snapshot(version=version, expires=_end(now, lifetimes.snapshot), meta=meta)
    files[layout.SNAPSHOT] = _sealed(Metadata(snapshot), signer)
    latest = _meta(files[layout.SNAPSHOT], version)
    timestamp = Timestamp(version=version, expires=_end(now, lifetimes.timestamp), snapshot_meta=latest)
    files[layout.TIMESTAMP] = _sealed(Metadata(timestamp), signer)
    return files


def _check_signer(roots: Sequence[bytes], signer: Signer) -> None:
    if not roots:
        raise Malformed("there is no root to publish under")
    try:
        last = Metadata[Root].from_bytes(roots[-1]).signed
    except RepositoryError as error:
        raise Malformed(f"the root cannot be read: {error}") from error
    if signer.public_key.keyid not in last.roles[Timestamp.type].keyids:
        raise WronglySigned(f"key {signer.public_key.keyid[:16]} is not a publishing key of root version {last.version}")


def _end(now: datetime, lifetime: timedelta) -> datetime:
    return now.astimezone(UTC) + lifetime


def _meta(content: bytes, version: int) -> MetaFile:
    return MetaFile(version=version, length=len(content), hashes={"sha256": hashlib.sha256(content).hexdigest()})


def _targets(files: Mapping[str, bytes], serial: int) -> dict[str, TargetFile]:
    found = {}
    for path, content in files.items():
        if path.startswith(layout.TARGETS_FOLDER):
            name = path.removeprefix(layout.TARGETS_FOLDER)
            custom = {"custom": {"serial": serial}} if name == layout.ALLOWLIST_TARGET else {}
            found[name] = TargetFile(len(content), {"sha256": hashlib.sha256(content).hexdigest()}, name, custom)
    return found


def _sealed(metadata: Metadata[Any], signer: Signer) -> bytes:
    metadata.sign(signer)
    return metadata.to_bytes()
