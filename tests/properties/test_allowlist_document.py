"""Every list that can be written comes back as it was; whatever bytes arrive, only Malformed is raised."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from allowlist.canonical import dump
from allowlist.document import decode, encode
from allowlist.errors import Malformed
from allowlist.model import Allowlist, Conditions, Entry, Person, Revocation, Subject

PROSE = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TEXT = PROSE.filter(bool)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
MOMENT = st.datetimes(timezones=st.just(UTC), max_value=datetime(9999, 1, 1))  # noqa: DTZ001  hypothesis adds the zone
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | PROSE,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(PROSE, inside, max_size=3),
    max_leaves=6,
)
UNKNOWN = st.dictionaries(PROSE.map(lambda name: f"x-{name}"), JSON, max_size=2)
SUBJECT = st.builds(
    Subject,
    name=TEXT,
    kind=TEXT,
    source=TEXT,
    digests=st.dictionaries(TEXT, TEXT, max_size=3),
    version=st.none() | TEXT,
    purl=st.none() | TEXT,
    launches=st.lists(st.lists(PROSE, max_size=3).map(tuple), max_size=3).map(tuple),
    url=st.none() | TEXT,
    tools=TEXTS,
)
CONDITIONS = st.builds(Conditions, teams=TEXTS, expires=MOMENT, tools=TEXTS, hosts=TEXTS, arguments=TEXTS)
ENTRY = st.builds(
    Entry,
    id=TEXT,
    subject=SUBJECT,
    conditions=CONDITIONS,
    dossier=TEXT,
    recommendation=TEXT,
    decisions=TEXTS,
    approved_by=TEXTS,
    approved_at=MOMENT,
    statement=PROSE,
    unknown=UNKNOWN,
)
REVOCATION = st.builds(
    Revocation, entry=TEXT, subject=SUBJECT, revoked_by=TEXT, revoked_at=MOMENT, reason=PROSE, decision=TEXT, unknown=UNKNOWN
)
PERSON = st.builds(
    Person, name=TEXT, roles=TEXTS, keys=st.dictionaries(PROSE, st.dictionaries(PROSE, JSON, max_size=2), max_size=2), unknown=UNKNOWN
)
ALLOWLIST = st.builds(
    Allowlist,
    organization=TEXT,
    serial=st.integers(min_value=0),
    created=MOMENT,
    expires=MOMENT,
    entries=st.lists(ENTRY, max_size=3, unique_by=lambda entry: entry.id).map(tuple),
    revocations=st.lists(REVOCATION, max_size=2).map(tuple),
    people=st.lists(PERSON, max_size=2).map(tuple),
    unknown=UNKNOWN,
)


@given(ALLOWLIST)
def test_a_list_comes_back_as_it_was_and_has_one_form(allowlist: Allowlist) -> None:
    content = encode(allowlist)

    assert decode(content) == allowlist
    assert encode(decode(content)) == content


@given(ALLOWLIST, st.data())
def test_a_list_with_one_value_exchanged_is_read_or_refused_with_a_place(allowlist: Allowlist, data: st.DataObject) -> None:
    document: Any = json.loads(encode(allowlist))
    inside: Any = document
    while isinstance(inside, dict | list) and inside:
        name = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if not isinstance(inside[name], dict | list) or data.draw(st.booleans()):
            inside[name] = data.draw(JSON)
            break
        inside = inside[name]
    try:
        read = decode(dump(document))
    except Malformed:
        return
    assert decode(encode(read)) == read


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")) | JSON.map(dump))
def test_any_bytes_are_refused_by_name(content: bytes) -> None:
    with contextlib.suppress(Malformed):
        decode(content)
