"""There is a sentence for whatever can be done."""

from __future__ import annotations

from importlib import resources
from itertools import product

import pytest

from checks.model import CapabilityId, Scope, TargetKind, Trigger
from reviewer.model import Recommendation
from reviewer.reports.vocabulary import absences, kind_word, level, level_word, sentence
from tests.builders import a_capability, a_dossier, a_scan, a_weakness


@pytest.mark.parametrize("identity", list(CapabilityId))
def test_every_capability_is_a_sentence_at_every_scope(identity: CapabilityId) -> None:
    for scope, trigger in product(Scope, Trigger):
        held = a_capability(identity, scope, trigger=trigger)
        said = sentence(held)

        assert "{" not in said
        assert "  " not in said
        assert said[0].isupper()
        assert not said.endswith((" ", ".", ","))
        assert 1 <= level(held) <= 4
        assert level_word(held) in {"benign", "notable", "sensitive", "critical"}


def test_objects_are_told_bounded_and_cannot_act() -> None:
    held = a_capability("net.out", objects=("a\x1b.example", *(f"h{number}.example" for number in range(20))))

    assert sentence(held).startswith("Send data to fixed addresses: a\\u{1b}.example, h0.example")
    assert sentence(held).endswith("15 more")


def test_a_wider_scope_is_worse() -> None:
    assert level(a_capability("net.out", Scope.ANY)) > level(a_capability("net.out", Scope.LITERAL))


def test_what_is_there_is_not_said_to_be_absent() -> None:
    assert "starts no programs" in absences(frozenset())
    assert "starts no programs" not in absences(frozenset({CapabilityId.PROC_EXEC}))


@pytest.mark.parametrize("kind", list(TargetKind))
def test_every_kind_has_a_word(kind: TargetKind) -> None:
    assert kind_word(kind.value)


def test_no_word_says_safe() -> None:
    text = resources.files("reviewer.reports").joinpath("vocabulary.yaml").read_text(encoding="utf-8").lower()

    assert "safe" not in text
    assert a_dossier(scan=a_scan(a_weakness())).assessment.recommendation is Recommendation.FIX_FIRST
