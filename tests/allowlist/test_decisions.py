from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from securesystemslib.dsse import Envelope

from allowlist.canonical import dump
from allowlist.decisions import (
    PAYLOAD_TYPE,
    Decision,
    Verdict,
    conditions_digest,
    conditions_from_json,
    conditions_to_json,
    distinct_people,
    entry_from,
    in_toto_digests,
    make_decision,
    open_decision,
    revocation_from,
)
from allowlist.errors import Malformed, Tampered, Unapproved, WronglySigned
from tests.allowlist.world import DAY, NOW, conditions, key, signer, subject

KEYS = {key(name).keyid: key(name) for name in ("Ada", "Ben")}


def envelope(**changes: Any) -> bytes:
    given: dict[str, Any] = {
        "subject": subject(),
        "verdict": "approve",
        "dossier": "d" * 64,
        "recommendation": "restrict",
        "conditions": conditions(),
        "person": "Ada",
        "statement": "read it",
        "decided_at": NOW,
        "signer": signer("Ada"),
    }
    return make_decision(**given | changes)


def opened(**changes: Any) -> Decision:
    return open_decision(envelope(**changes), KEYS)


def test_a_decision_comes_back_as_it_was_signed() -> None:
    content = envelope()
    decision = open_decision(content, KEYS)

    assert (decision.verdict, decision.subject, decision.conditions) == (Verdict.APPROVE, subject(), conditions())
    assert (decision.person, decision.statement, decision.decided_at) == ("Ada", "read it", NOW)
    assert decision.keyid == key("Ada").keyid
    assert envelope() == content  # Ed25519 gives the same signature again


def test_it_is_an_in_toto_statement_in_a_dsse_envelope_that_others_can_read() -> None:
    read = Envelope.from_dict(json.loads(envelope()))
    statement = json.loads(read.payload)

    assert read.verify([key("Ada")], 1)
    assert read.payload_type == PAYLOAD_TYPE
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [
        {
            "name": "weather",
            "digest": {"dirHash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "gitCommit": "a" * 40},
        }
    ]


def test_our_digests_as_in_toto_names_them() -> None:
    sha = base64.b64encode(bytes(64)).decode()

    assert in_toto_digests({"integrity": f"sha512-{sha}", "artifactSha256": "ab" * 32, "gitTree": "c" * 40}) == {
        "sha512": "00" * 64,
        "sha256": "ab" * 32,
        "gitTree": "c" * 40,
    }
    assert in_toto_digests({"integrity": "sha256:" + "ab" * 32}) == {"sha256": "ab" * 32}
    assert in_toto_digests({"integrity": "md5-x", "dirHash": "h1:???", "toolSchema": "ab", "gitCommit": "HEAD"}) == {}


def test_a_subject_without_any_such_digest_is_not_signed() -> None:
    with pytest.raises(Malformed, match=r"subject\.digests"):
        envelope(subject=replace(subject(), digests={"toolSchema": "ab"}))


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "perhaps"},
        {"conditions": None},
        {"verdict": "reject"},
        {"decided_at": NOW.replace(tzinfo=None)},
        {"person": ""},
        {"statement": "\ud800"},
        {"dossier": ""},
    ],
)
def test_what_could_not_be_opened_is_not_signed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        envelope(**changes)


def test_an_unknown_key() -> None:
    with pytest.raises(WronglySigned, match="unknown key"):
        open_decision(envelope(signer=signer("Eve")), KEYS)


def test_a_signature_of_somebody_else_under_a_known_id() -> None:
    content = json.loads(envelope(signer=signer("Eve")))
    content["signatures"][0]["keyid"] = key("Ada").keyid

    with pytest.raises(WronglySigned, match="does not fit"):
        open_decision(dump(content), KEYS)


def resigned(change: Callable[[Any], object], payload_type: str = PAYLOAD_TYPE) -> bytes:
    statement = json.loads(Envelope.from_dict(json.loads(envelope())).payload)
    change(statement)
    again = Envelope(dump(statement), payload_type, {})
    again.sign(signer("Ada"))
    return dump(again.to_dict())


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda s: s.update(predicateType="https://slsa.dev/verification_summary/v1"), "predicateType must be"),
        (lambda s: s.update(_type="https://in-toto.io/Statement/v0.1"), "_type must be"),
        (lambda s: s.update(more=1), r"statement\.more is not known"),
        (lambda s: s["predicate"].update(more=1), r"statement\.predicate\.more is not known"),
        (lambda s: s["predicate"].pop("dossier"), r"predicate\.dossier is missing"),
        (lambda s: s["predicate"].update(verdict="reject"), "conditions belong to an approval"),
        (lambda s: s["predicate"].pop("conditions"), "conditions belong to an approval"),
        (lambda s: s["predicate"]["conditions"].update(region="eu"), r"conditions\.region is not known"),
    ],
)
def test_a_statement_of_another_form_however_well_signed(change: Callable[[Any], object], refusal: str) -> None:
    with pytest.raises(Malformed, match=refusal):
        open_decision(resigned(change), KEYS)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["subject"][0].update(name="other"),
        lambda s: s["subject"][0]["digest"].update(gitCommit="b" * 40),
        lambda s: s["subject"].append({"name": "second", "digest": {}}),
        lambda s: s["predicate"]["subject"]["digests"].update(gitCommit="b" * 40),
    ],
)
def test_two_subjects_in_one_statement(change: Callable[[Any], object]) -> None:
    with pytest.raises(Tampered, match="something else"):
        open_decision(resigned(change), KEYS)


def test_another_payload_type() -> None:
    with pytest.raises(Malformed, match="payloadType"):
        open_decision(resigned(lambda _: None, "text/plain"), KEYS)


def test_an_envelope_has_one_form_and_one_signature() -> None:
    good = envelope()
    content = json.loads(good)
    two = {**content, "signatures": content["signatures"] * 2}
    cases = [
        good + b"\n",
        b" " + good,
        good + b"{}",
        json.dumps(content, indent=1).encode(),
        dump({**content, "note": ""}),
        dump(two),
        dump({**content, "signatures": []}),
        dump({**content, "payload": content["payload"] + "!"}),
        b"{}",
        b"",
        b"[" * 100_000,
    ]
    for case in cases:
        with pytest.raises(Malformed):
            open_decision(case, KEYS)


def test_conditions_in_another_order_are_the_same_conditions() -> None:
    one, other = conditions("a", "b", tools=("x", "y")), conditions("b", "a", tools=("y", "x", "x"))

    assert conditions_digest(one) == conditions_digest(other)
    assert conditions_digest(one) != conditions_digest(conditions("a", "b", hosts=("x", "y")))
    assert conditions_digest(one) != conditions_digest(conditions("a", "b", tools=("x", "y"), expires=NOW))
    assert conditions_from_json(conditions_to_json(one)) == one
    with pytest.raises(Malformed, match=r"conditions\.region"):
        conditions_from_json({**conditions_to_json(one), "region": "eu"})


def test_two_people_are_two_and_one_person_with_two_keys_is_one() -> None:
    ada, ben = opened(), opened(person="Ben", signer=signer("Ben"))
    again = opened(signer=signer("Ben"))  # Ada's name over another key; whose key it is, the list decides

    assert distinct_people([ada, ben]) == ("Ada", "Ben")
    assert distinct_people([ada, again]) == ("Ada",)


def test_an_entry_says_what_its_decisions_say() -> None:
    late = opened(person="Ben", signer=signer("Ben"), decided_at=NOW + DAY, statement="read it too")
    entry = entry_from("E-7", [late, opened()])

    assert (entry.id, entry.subject, entry.dossier, entry.recommendation) == ("E-7", subject(), "d" * 64, "restrict")
    assert (entry.approved_by, entry.approved_at, entry.statement) == (("Ada", "Ben"), NOW + DAY, "read it\nread it too")
    assert entry.decisions == (opened().sha256, late.sha256)


@pytest.mark.parametrize(
    "other",
    [
        {"dossier": "e" * 64},
        {"conditions": conditions("everybody")},
        {"conditions": conditions(expires=NOW + timedelta(seconds=1))},
        {"subject": subject("other")},
        {"recommendation": "approve"},
        {"verdict": "reject", "conditions": None},
    ],
)
def test_decisions_on_different_things_do_not_count_together(other: dict[str, Any]) -> None:
    with pytest.raises(Unapproved):
        entry_from("E-7", [opened(), opened(person="Ben", signer=signer("Ben"), **other)])


def test_no_decision_is_no_entry() -> None:
    with pytest.raises(Unapproved):
        entry_from("E-7", [])


def test_a_revocation_says_what_its_decision_says() -> None:
    decision = opened(verdict="revoke", conditions=None, statement="it was sold")
    revocation = revocation_from("E-7", decision)

    assert (revocation.entry, revocation.revoked_by, revocation.reason) == ("E-7", "Ada", "it was sold")
    assert (revocation.revoked_at, revocation.decision) == (NOW, decision.sha256)
    with pytest.raises(Unapproved):
        revocation_from("E-7", opened())
