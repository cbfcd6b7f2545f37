from __future__ import annotations

import pytest

from reviewer.review.previous import place_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("npm:notes@1.0.0", "npm:notes@2.0.0"),
        ("npm:@acme/notes@1.0.0", "npm:@acme/notes@1.1.0"),
        ("pypi:notes==1.0", "pypi:notes==2.0"),
        ("git+https://git.example/acme/notes@4f2a#subdirectory=a", "git+https://git.example/acme/notes@99aa#subdirectory=a"),
        ("./notes", "./notes"),
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
    ],
)
def test_other_things_have_other_places(one: str, other: str) -> None:
    assert place_of(one) != place_of(other)
