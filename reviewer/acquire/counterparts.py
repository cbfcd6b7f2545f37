"""What a snapshot is to be compared with: named sources, and the repository from which a package says it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.model import Relation
from reviewer.errors import ReviewerError
from reviewer.model import Counterpart, PublishedPackage, Snapshot
from reviewer.ports import Upstream

__all__ = ["REPOSITORY", "counterparts"]

#: The word that stands for the repository which a published package names.
REPOSITORY = "repository"


def counterparts(snapshot: Snapshot, against: Iterable[str], fetcher: Upstream) -> tuple[Counterpart, ...]:
    """Fetch what a snapshot is compared with. What cannot be had is a counterpart with a note, never an error."""
    return tuple(_source_of(snapshot, fetcher) if other == REPOSITORY else _named(other, fetcher) for other in against)


def _named(source: str, fetcher: Upstream) -> Counterpart:
    try:
        other = fetcher.fetch(source)
    except ReviewerError as error:
        return Counterpart(relation=Relation.NAMED, source=source, note=f"it could not be had: {error.message}")
    return Counterpart(relation=Relation.NAMED, source=other.source, snapshot=other)


def _source_of(snapshot: Snapshot, fetcher: Upstream) -> Counterpart:
    """Fetch the repository of a package at the tag of its version, the first name of the tag that there is."""
    package = snapshot.package
    if package is None:
        return Counterpart(
            relation=Relation.REPOSITORY, source=snapshot.source, note="this is no published package, so it names no repository"
        )
    try:
        repository = fetcher.claimed_repository(package)
    except ReviewerError as error:
        return Counterpart(
            relation=Relation.REPOSITORY, source=snapshot.source, note=f"the registry did not say which repository that is: {error.message}"
        )
    if not repository:
        return Counterpart(
            relation=Relation.REPOSITORY, source=snapshot.source, note="the package names no repository from which it was made"
        )
    address, _, folder = repository.partition("#")
    reasons: dict[str, None] = {}
    for tag in _tags(package):
        source = f"git+{address.removeprefix('git+')}@{tag}" + (f"#subdirectory={folder}" if folder else "")
        try:
            other = fetcher.fetch(source)
        except ReviewerError as error:
            reasons[error.message] = None
            continue
        return Counterpart(relation=Relation.REPOSITORY, source=other.source, snapshot=other)
    note = f"no source of version {package.version} could be had: {next(iter(reasons), 'no tag')}"
    return Counterpart(relation=Relation.REPOSITORY, source=address, note=note)


def _tags(package: PublishedPackage) -> Iterator[str]:
    """Give the names that tags of a version usually have; monorepos put the package before it."""
    version, short = package.version, package.name.rpartition("/")[2]
    yield from (f"v{version}", version, f"{package.name}@{version}", f"{short}@{version}", f"{short}-v{version}", f"{short}/v{version}")
