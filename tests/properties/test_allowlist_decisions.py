"""What was signed comes back; whatever is changed in an envelope, it opens as it was or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allowlist.decisions import conditions_digest, conditions_from_json, conditions_to_json, make_decision, open_decision
from allowlist.errors import AllowlistError, Malformed
from allowlist.model import Conditions, Subject
from tests.allowlist.world import NOW, conditions, key, signer, subject
from tests.properties.test_allowlist_document import CONDITIONS, PROSE, SUBJECT, TEXT

KEYS = {key("Ada").keyid: key("Ada")}
GIT = st.just({"gitCommit": "a" * 40})


def sign(of: Subject, under: Conditions, statement: str = "read it") -> bytes:
    return make_decision(
        subject=of,
        verdict="approve",
        dossier="d" * 64,
        recommendation="restrict",
        conditions=under,
        person="Ada",
        statement=statement,
        decided_at=NOW,
        signer=signer("Ada"),
    )


@given(st.builds(Subject, name=TEXT, kind=TEXT, source=TEXT, digests=GIT, launches=st.just((("npx",),))), CONDITIONS, PROSE)
def test_what_was_signed_comes_back(of: Subject, under: Conditions, statement: str) -> None:
    decision = open_decision(sign(of, under, statement), KEYS)

    assert (decision.subject, decision.conditions, decision.statement) == (of, under, statement)


GOOD = sign(subject(), conditions())


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_an_envelope_with_one_byte_changed_does_not_open(at: int, byte: int) -> None:
    content = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]

    if content != GOOD:
        with pytest.raises(AllowlistError):
            open_decision(content, KEYS)


@given(st.integers(0, len(GOOD)), st.binary(min_size=1, max_size=5))
def test_an_envelope_with_bytes_added_or_cut_does_not_open(at: int, more: bytes) -> None:
    for content in (GOOD[:at] + more + GOOD[at:], GOOD[:at]):
        if content != GOOD:
            with pytest.raises(AllowlistError):
                open_decision(content, KEYS)


@given(CONDITIONS, st.randoms(use_true_random=False))
def test_the_order_of_words_does_not_change_conditions(given_: Conditions, chance: object) -> None:
    shuffle = chance.shuffle  # type: ignore[attr-defined] # hypothesis gives a random.Random
    lists = {name: list(getattr(given_, name)) for name in ("teams", "tools", "hosts", "arguments")}
    for words in lists.values():
        shuffle(words)
    other = Conditions(expires=given_.expires, **{name: tuple(words) for name, words in lists.items()})

    assert conditions_digest(other) == conditions_digest(given_)
    assert conditions_from_json(conditions_to_json(given_)) == given_


@given(SUBJECT)
def test_a_subject_is_signed_or_refused_by_name(of: Subject) -> None:
    try:
        content = sign(of, conditions())
    except Malformed:
        return
    assert open_decision(content, KEYS).subject == of
