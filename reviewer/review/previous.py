"""What was approved before under the same name: the version that a new one is compared with."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from checks.model import Relation
from reviewer.model import Counterpart, Snapshot
from reviewer.review.requests import dossier_of
from reviewer.review.state import ApprovedEntry, Desk, Request, fold
from reviewer.store import Store

__all__ = ["approved_before", "candidates", "place_of", "same_thing"]

_VERSION = re.compile(r"[-_@]?v?\d+(?:\.\d+)+(?:[-.+]?(?:a|b|rc|alpha|beta|dev|post)[.-]?\d*)?(?=\.[a-z])", re.IGNORECASE)


def approved_before(store: Store, snapshot: Snapshot) -> tuple[Counterpart, ...]:
    """Give the content that was approved last for the same package, repository or folder; none where it is the same content.

    What was revoked is no measure while something else is: it may have been revoked for what a comparison would show. Where nothing
    else is left it counts, as does what has expired: it is what a reviewer knows.
    """
    with store.reading() as transaction:
        desk = fold(transaction.events())
        for entry, request in candidates(desk, snapshot):
            if request.identity == snapshot.identity:
                return ()
            other = dataclasses.replace(dossier_of(transaction, request).snapshot, counterparts=())
            if same_thing(other, snapshot):
                return (Counterpart(relation=Relation.PREVIOUS, source=f"{entry.id} {other.source}", snapshot=other),)
    return ()


def candidates(desk: Desk, snapshot: Snapshot) -> Iterator[tuple[ApprovedEntry, Request]]:
    """Give entries with the same content or place, those that stand before those that were revoked, the newest of each first.

    A revoked entry of the same content is none: it is the question, not the measure.
    """
    place = place_of(snapshot.source)
    for revoked in (False, True):
        for entry in reversed(list(desk.entries.values())):
            request = desk.requests[entry.request]
            same = request.identity == snapshot.identity
            if (entry.revocation is not None) is revoked and ((same and not revoked) or (not same and place in _places(request))):
                yield entry, request


def _places(request: Request) -> set[str]:
    """Give every place under which the content of a request was asked for."""
    return {place_of(source) for source in (request.source, *(wish.source for wish in request.wishes))}


def same_thing(one: Snapshot, other: Snapshot) -> bool:
    """Tell whether two snapshots of one place are of one thing. A path on somebody's machine may name another thing the next day."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", other.source):
        return True
    paths, others = ({file.path for file in each.files} for each in (one, other))
    return 2 * len(paths & others) >= min(len(paths), len(others))


def place_of(source: str) -> str:
    """Give a canonical source without what changes from version to version.

    >>> place_of("npm:@acme/notes@1.2.0"), place_of("pypi:My_Notes==1.2.0"), place_of("git+https://git.example/acme/notes@4f2a#subdirectory=srv")
    ('npm:@acme/notes', 'pypi:my-notes', 'git+https://git.example/acme/notes#subdirectory=srv')
    """
    address, mark, fragment = source.partition("#")
    if address.startswith("pypi:"):
        return re.sub(r"[-_.]+", "-", address.partition("==")[0]).lower()
    head, at, _ = address.rpartition("@")
    versioned = at and "/" in head if address.startswith("npm:@") else at and address.startswith(("npm:", "git+", "mcp:"))
    if ":" not in address.partition("/")[0]:
        return _VERSION.sub("", source)
    place = head if versioned else address
    if place.startswith("git+"):
        place = place.rstrip("/").removesuffix(".git")
        place = place.lower() if place.lower().startswith("git+https://github.com/") else place
    return f"{place}{mark}{fragment}"
