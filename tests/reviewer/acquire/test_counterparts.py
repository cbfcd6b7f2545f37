from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from checks.model import Relation
from reviewer.acquire.counterparts import counterparts
from reviewer.acquire.upstream import repository_address
from reviewer.errors import NotFetchedError
from reviewer.model import PublishedPackage, Snapshot


@dataclass
class Shelf:
    """Sources that are there, and what packages say of themselves."""

    there: set[str]
    claims: str = ""
    asked: list[str] = field(default_factory=list)

    def fetch(self, source: str) -> Snapshot:
        self.asked.append(source)
        if source not in self.there:
            raise NotFetchedError("There is no such ref.", hint="")
        return snapshot(source)

    def claimed_repository(self, package: PublishedPackage) -> str:
        if self.claims == "gone":
            raise NotFetchedError(f"no answer about {package.name}", hint="")
        return self.claims


def snapshot(source: str, package: PublishedPackage | None = None) -> Snapshot:
    return Snapshot(source=source, name="notes", digests={"dirHash": f"h1:{source}"}, files=(), package=package)


PACKAGE = PublishedPackage(ecosystem="npm", name="@acme/notes", version="1.2.0", filename="notes-1.2.0.tgz", integrity="sha512-x")
PUBLISHED = snapshot("npm:@acme/notes@1.2.0", PACKAGE)


@pytest.mark.parametrize("tag", ["v1.2.0", "1.2.0", "@acme/notes@1.2.0", "notes@1.2.0", "notes-v1.2.0", "notes/v1.2.0"])
def test_the_repository_is_taken_at_the_tag_of_the_version(tag: str) -> None:
    source = f"git+https://git.example/acme/notes@{tag}#subdirectory=packages/notes"
    (found,) = counterparts(PUBLISHED, ["repository"], Shelf({source}, "https://git.example/acme/notes#packages/notes"))

    assert found.snapshot is not None
    assert (found.relation, found.source) == (Relation.REPOSITORY, source)


@pytest.mark.parametrize(
    ("claims", "note"),
    [
        ("", "the package names no repository from which it was made"),
        ("gone", "the registry did not say which repository that is: no answer about @acme/notes"),
        ("https://git.example/acme/notes", "no source of version 1.2.0 could be had: There is no such ref."),
    ],
)
def test_what_cannot_be_had_has_a_note(claims: str, note: str) -> None:
    (found,) = counterparts(PUBLISHED, ["repository"], Shelf(set(), claims))

    assert (found.snapshot, found.note) == (None, note)


def test_named_sources_are_fetched_in_order() -> None:
    found = counterparts(PUBLISHED, ["npm:@acme/notes@1.1.0", "./gone"], Shelf({"npm:@acme/notes@1.1.0"}))

    assert [(each.relation, each.snapshot is not None) for each in found] == [(Relation.NAMED, True), (Relation.NAMED, False)]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("git+https://github.com/acme/notes.git", "https://github.com/acme/notes"),
        ("git+ssh://git@github.com/acme/notes.git", "https://github.com/acme/notes"),
        ("git@git.example:acme/notes.git", "https://git.example/acme/notes"),
        ("git://git.example/acme/notes", "https://git.example/acme/notes"),
        ("github:acme/notes", "https://github.com/acme/notes"),
        ("gitlab:acme/notes", "https://gitlab.com/acme/notes"),
        ("acme/notes", "https://github.com/acme/notes"),
        ("https://user:secret@git.example/acme/notes", "https://git.example/acme/notes"),
        ("file:../notes", ""),
        ("ext::sh -c id", ""),
        ("-oProxyCommand=x", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_addresses_as_people_write_them(written: str, address: str) -> None:
    assert repository_address(written) == address
