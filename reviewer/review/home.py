"""The home folder: where the store, the bytes, the keys and the root of trust of one organisation lie.

::

    HOME/desk.sqlite        events, dossiers, envelopes
    HOME/blobs/ab/abcd…     bytes of submissions by sha256
    HOME/keys/              private keys, readable by their owner alone
    HOME/trust/root.json    what clients pin
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from securesystemslib.signer import Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root

from allowlist.errors import AllowlistError
from allowlist.keys import load_signer, new_key, write_private
from allowlist.repository import create_root
from reviewer.assess.policy import Policy
from reviewer.errors import ReviewerError, UsageFault
from reviewer.review.names import check_name
from reviewer.store import Store

ROOT_KEY = "root"
PUBLISHING_KEY = "publishing"
_WHICH_KEY = "give the path of a private key file; `reviewer keys list` shows where those of this desk lie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The places in a home folder. Making one of these touches nothing."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "desk.sqlite"

    @property
    def blobs(self) -> Path:
        """The folder of submissions' bytes."""
        return self.path / "blobs"

    @property
    def keys(self) -> Path:
        """The folder of private keys."""
        return self.path / "keys"

    @property
    def root(self) -> Path:
        """The trusted root that clients pin."""
        return self.path / "trust" / "root.json"

    def reserved_keys(self) -> frozenset[str]:
        """Give the ids of the keys that sign the list and its root. Raises ReviewerError."""
        return frozenset(self.trusted_root().keys)

    def trusted_root(self) -> Root:
        """Read the root of trust. Raises ReviewerError."""
        try:
            return Metadata[Root].from_bytes(self.root.read_bytes()).signed
        except (OSError, RepositoryError) as error:
            raise ReviewerError(
                f"the root of trust {self.root} cannot be read: {error}", hint="restore the home folder from a backup; nothing was changed"
            ) from error

    def store(self) -> Store:
        """Open the store. Raises UsageFault before ``init``."""
        return Store.open(self.database)


def initialise(home: Home, *, organization: str, policy: Policy, now: datetime) -> None:
    """Make a home: keys, root of trust, store. The store comes last, so a home that has one is whole.

    Raises:
        UsageFault: there is one already, or the organisation's name cannot stand in a list.
        ReviewerError: the place cannot be written.
    """
    check_name(organization, "name of an organisation")
    if home.database.exists():
        raise UsageFault(f"{home.path} is a review desk already", hint="give another --home; nothing was changed")
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.keys.mkdir(mode=0o700, exist_ok=True)
        home.root.parent.mkdir(mode=0o755, exist_ok=True)
        home.blobs.mkdir(mode=0o700, exist_ok=True)
        root, publishing = (_own_key(home, name) for name in (ROOT_KEY, PUBLISHING_KEY))
        expires = now + timedelta(days=policy.lifetimes.root_days)
        _write_whole(home.root, create_root(root, [publishing.public_key], expires=expires))
    except OSError as error:
        raise ReviewerError(
            f"{home.path} cannot be written: {error.strerror}", hint="give another --home, or mend its permissions"
        ) from error
    store = Store.create(home.database)
    with store.writing() as transaction:
        body = {"organization": organization}
        transaction.append("organization.created", organization, actor=organization, at=now.isoformat(), body=body)


def _own_key(home: Home, name: str) -> Signer:
    path = home.keys / name
    if not path.exists():
        private, public = new_key()
        write_private(path, private)
        path.with_suffix(".pub").write_bytes(public)
    return load_signer(path)


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def make_key(home: Home, name: str, passphrase: bytes | None) -> Path:
    """Make a signing key for a person; give the private file's path (``.pub`` lies beside it).

    Raises:
        UsageFault: a name that is none, or a key of that name is there.
    """
    check_name(name, "name of a key")
    path = home.keys / name
    if name.casefold().endswith(".pub"):
        raise UsageFault(f"{name!r} would be taken for a public key", hint="choose a name that does not end in .pub")
    if path.exists() or Path(f"{path}.pub").exists() or name in {ROOT_KEY, PUBLISHING_KEY}:
        raise UsageFault(f"there is a key named {name} already", hint="choose another name; nothing was changed")
    private, public = new_key(passphrase)
    try:
        write_private(path, private)
        Path(f"{path}.pub").write_bytes(public)
    except OSError as error:
        raise ReviewerError(f"{path} cannot be written: {error.strerror}", hint="check the home folder") from error
    return path


def signer_from(path: Path, passphrase: bytes | None) -> Signer:
    """Load a person's private key.

    Raises:
        UsageFault: no such file, not a key, too short, or locked by another passphrase.
    """
    try:
        return load_signer(path, passphrase)
    except AllowlistError as error:
        hint = "a passphrase is asked for, or taken from REVIEWER_PASSPHRASE" if path.is_file() else _WHICH_KEY
        raise UsageFault(f"the key {path} cannot be used: {error}", hint=hint) from error
    except OSError as error:
        raise UsageFault(f"the key {path} cannot be read: {error.strerror}", hint=_WHICH_KEY) from error
