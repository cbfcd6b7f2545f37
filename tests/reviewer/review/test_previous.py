from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.model import File
from reviewer.model import Snapshot
from reviewer.review.previous import candidates, place_of, same_thing
from reviewer.review.state import ApprovedEntry, Desk, Request, Wish

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def asked(number: int, source: str, *others: str) -> Request:
    wishes = tuple(Wish(by="a", team="t", reason="r", source=other, at=NOW) for other in others)
    return Request(
        id=f"R-{number}",
        identity=f"h1:{number}",
        name="x",
        kind="skill",
        source=source,
        recommendation="approve",
        score=0,
        dossier="d",
        wishes=wishes,
    )


def a_desk(*requests: Request, revoked: tuple[int, ...] = ()) -> Desk:
    entries = [
        ApprovedEntry(id=f"E-{number}", request=request.id, decisions=(), approved_at=NOW, revocation="x" if number in revoked else None)
        for number, request in enumerate(requests, 1)
    ]
    return Desk(requests={request.id: request for request in requests}, entries={entry.id: entry for entry in entries})


def taken(source: str, *paths: str, digest: str = "h1:9") -> Snapshot:
    files = tuple(File(path=path, mode="100644", size=0, sha256="0" * 64) for path in paths)
    return Snapshot(source=source, name="x", digests={"dirHash": digest}, files=files)


def found(desk: Desk, snapshot: Snapshot) -> list[str]:
    return [entry.id for entry, _ in candidates(desk, snapshot)]


def test_what_was_revoked_is_no_measure_while_something_stands() -> None:
    desk = a_desk(asked(1, "npm:notes@1.0.0"), asked(2, "npm:notes@1.1.0"), asked(3, "npm:other@1.0.0"), revoked=(2,))
    assert found(desk, taken("npm:notes@1.2.0")) == ["E-1", "E-2"]
    assert found(desk, taken("npm:notes@1.1.0", digest="h1:2")) == ["E-1"]
    assert found(desk, taken("npm:notes@1.0.0", digest="h1:1")) == ["E-1", "E-2"]


def test_every_place_of_a_request_counts() -> None:
    desk = a_desk(asked(1, "./notes", "git+https://git.example/acme/notes@4f2a"))
    assert found(desk, taken("git+https://git.example/acme/notes@99aa")) == ["E-1"]
    assert found(desk, taken("git+https://git.example/acme/notes@99aa#subdirectory=other")) == []


def test_another_thing_at_the_same_path_is_none_to_compare_with() -> None:
    notes, mail = taken("./x", "SKILL.md", "notes.py", "a.py"), taken("./x", "server.js", "package.json", "README.md")
    assert same_thing(notes, taken("./x", "SKILL.md", "notes.py", "b.py", "c.py"))
    assert not same_thing(notes, mail)
    assert same_thing(taken("npm:x@1", "a"), taken("npm:x@2", "b"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("npm:notes@1.0.0", "npm:notes@2.0.0"),
        ("npm:@acme/notes@1.0.0", "npm:@acme/notes@1.1.0"),
        ("pypi:notes==1.0", "pypi:notes==2.0"),
        ("git+https://git.example/acme/notes@4f2a#subdirectory=a", "git+https://git.example/acme/notes@99aa#subdirectory=a"),
        ("pypi:My_Notes==1.0", "pypi:my-notes==2.0"),
        ("git+https://github.com/Acme/Notes.git@4f2a", "git+https://github.com/acme/notes@99aa"),
        ("./notes", "./notes"),
        ("in/notes-1.0.0.mcpb", "in/notes-1.1.0rc1.mcpb"),
        ("notes_v1.0.tar.gz", "notes_v2.0.tar.gz"),
    ],
)
def test_versions_of_one_thing_have_one_place(one: str, other: str) -> None:
    assert place_of(one) == place_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("npm:notes@1.0.0", "npm:note@1.0.0"),
        ("npm:@acme/notes", "npm:@acme/mail"),
        ("pypi:notes==1.0", "npm:notes@1.0"),
        ("git+https://git.example/acme/notes@4f2a#subdirectory=a", "git+https://git.example/acme/notes@4f2a#subdirectory=b"),
        ("./a@1", "./a@2"),
        ("./a-1.0.zip", "./b-1.0.zip"),
        ("https://mcp.vendor.example/v1.0/mcp", "https://mcp.vendor.example/v2.0/mcp"),
        ("git+https://git.example/Acme/notes@1", "git+https://git.example/acme/notes@1"),
    ],
)
def test_other_things_have_other_places(one: str, other: str) -> None:
    assert place_of(one) != place_of(other)
