"""What was approved before under the same name: the version that a new one is compared with."""

from __future__ import annotations

import dataclasses

from checks.model import Relation
from reviewer.model import Counterpart, Snapshot
from reviewer.review.requests import dossier_of
from reviewer.review.state import fold
from reviewer.store import Store

__all__ = ["approved_before", "place_of"]


def approved_before(store: Store, snapshot: Snapshot) -> tuple[Counterpart, ...]:
    """Give the content that was approved last for the same package, repository or folder; none where it is the same content.

    Revoked and expired entries count too: what somebody once allowed is what a reviewer knows.
    """
    with store.reading() as transaction:
        desk = fold(transaction.events())
        for entry in reversed(list(desk.entries.values())):
            request = desk.requests[entry.request]
            if request.identity == snapshot.identity:
                return ()
            if place_of(request.source) == place_of(snapshot.source):
                other = dataclasses.replace(dossier_of(transaction, request).snapshot, counterparts=())
                return (Counterpart(relation=Relation.PREVIOUS, source=f"{entry.id} {other.source}", snapshot=other),)
    return ()


def place_of(source: str) -> str:
    """Give a canonical source without what changes from version to version.

    >>> place_of("npm:@acme/notes@1.2.0"), place_of("pypi:notes==1.2.0"), place_of("git+https://git.example/acme/notes@4f2a#subdirectory=srv")
    ('npm:@acme/notes', 'pypi:notes', 'git+https://git.example/acme/notes#subdirectory=srv')
    """
    address, mark, fragment = source.partition("#")
    if address.startswith("pypi:"):
        return address.partition("==")[0]
    head, at, _ = address.rpartition("@")
    versioned = at and "/" in head if address.startswith("npm:@") else at and address.startswith(("npm:", "git+", "mcp:"))
    return f"{head if versioned else address}{mark}{fragment}"
