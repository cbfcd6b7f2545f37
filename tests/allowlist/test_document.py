from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from allowlist.canonical import dump, moment_text
from allowlist.document import decode, encode
from allowlist.errors import Malformed
from tests.allowlist.world import NOW, good_world


def document() -> Any:
    return json.loads(encode(good_world().allowlist()))


def test_a_list_comes_back_as_it_was() -> None:
    listed = good_world().allowlist()

    assert decode(encode(listed)) == listed
    assert encode(decode(encode(listed))) == encode(listed)


def test_the_one_form_is_sorted_compact_and_in_utc() -> None:
    content = encode(good_world().allowlist())

    assert content.startswith(b'{"created":"2001-03-04T05:06:07Z","entries":[{"approved_at":"2001-03-03T05:06:07Z",')
    assert b"\n" not in content


def test_fields_of_later_versions_are_kept_where_it_is_safe() -> None:
    later = document()
    later["log_root"] = "abc"
    later["entries"][0]["stars"] = [5, {"by": None}]
    later["revocations"][0]["note"] = True
    later["people"][0]["mail"] = "ada@acme.example"

    listed = decode(dump(later))

    assert listed.unknown == {"log_root": "abc"}
    assert listed.entries[0].unknown == {"stars": [5, {"by": None}]}
    assert json.loads(encode(listed)) == later


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema": "allowlist/2"}, "schema must be 'allowlist/1'"),
        ({"serial": "1"}, "serial must be a whole number, not a text"),
        ({"serial": True}, "serial must be a whole number, not true or false"),
        ({"serial": -1}, "serial must not be negative"),
        ({"organization": ""}, "organization must not be empty"),
        ({"organization": None}, "organization must be a text, not null"),
        ({"created": "2026-11-30"}, "created must be a moment"),
        ({"created": "2026-11-30T12:00:00+00:00"}, "created must be a moment"),
        ({"created": "2026-11-30T12:00:00.000000Z"}, "created must be a moment"),
        ({"created": "2026-13-30T12:00:00Z"}, "created must be a moment"),
        ({"entries": {}}, "entries must be a list, not an object"),
        ({"people": [7]}, r"people\[0\] must be an object, not a number"),
    ],
)
def test_every_error_names_its_place(change: dict[str, object], place: str) -> None:
    with pytest.raises(Malformed, match=f"^{place}"):
        decode(dump(document() | change))


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("subject", "digests"), [], r"entries\[1\]\.subject\.digests must be an object, not a list"),
        (("subject", "digests"), {"dirHash": 1}, r"entries\[1\]\.subject\.digests\.dirHash must be a text, not a number"),
        (("subject", "launches"), [["npx", 1]], r"entries\[1\]\.subject\.launches\[0\]\[1\] must be a text"),
        (("subject", "sudo"), True, r"entries\[1\]\.subject\.sudo is not known here"),
        (("conditions", "region"), "eu", r"entries\[1\]\.conditions\.region is not known here"),
        (("conditions", "teams"), "all", r"entries\[1\]\.conditions\.teams must be a list, not a text"),
        (("id",), "E-1", r"entries\[1\]\.id is 'E-1' a second time"),
        (("dossier",), "", r"entries\[1\]\.dossier must not be empty"),
    ],
)
def test_every_error_inside_an_entry_names_its_place(path: tuple[str, ...], value: object, place: str) -> None:
    broken = document()
    inside = broken["entries"][1]
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = value

    with pytest.raises(Malformed, match=f"^{place}"):
        decode(dump(broken))


@pytest.mark.parametrize("field", ["schema", "organization", "serial", "created", "expires", "entries", "revocations", "people"])
def test_a_missing_field_is_named(field: str) -> None:
    broken = document()
    del broken[field]

    with pytest.raises(Malformed, match=f"^{field} is missing"):
        decode(dump(broken))


def test_a_missing_field_inside_is_named() -> None:
    broken = document()
    del broken["entries"][0]["conditions"]["expires"]

    with pytest.raises(Malformed, match=r"^entries\[0\]\.conditions\.expires is missing"):
        decode(dump(broken))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"schema":"allowlist/1","schema":"allowlist/1"}',
        b'{"serial":1.0}',
        b'{"serial":1e3}',
        b'{"serial":NaN}',
        b'{"serial":Infinity}',
        b'{"x":"\\ud800"}',
        b'{"x":"\\uDFFF"}',
        b'{"x":' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"x":' * 100_000,
    ],
)
def test_bytes_that_are_no_document(content: bytes) -> None:
    with pytest.raises(Malformed):
        decode(content)


def test_bytes_after_the_end() -> None:
    with pytest.raises(Malformed):
        decode(encode(good_world().allowlist()) + b"{}")


@pytest.mark.parametrize(
    "unknown",
    [{"serial": 2}, {"x": 0.5}, {"x": [0.5]}, {"x": NOW}, {"x": "\ud800"}, {"x": {"y": float("nan")}}, {"x": {1, 2}}],
)
def test_what_cannot_be_written(unknown: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        encode(replace(good_world().allowlist(), unknown=unknown))


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(Malformed, match="no time zone"):
        moment_text(datetime(2026, 1, 1))  # noqa: DTZ001  the mistake that is meant
