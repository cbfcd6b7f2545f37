from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from reviewer.review.state import STEPS, Desk, RequestState, fold
from reviewer.store import Event

AT = "2026-05-01T12:00:00+00:00"
REQUEST = {
    "identity": "h1:x",
    "name": "minutes",
    "kind": "skill",
    "source": "./minutes",
    "recommendation": "approve",
    "score": 1,
    "dossier": "d" * 64,
    "team": "finance",
    "reason": "why not",
}


def event(seq: int, kind: str, subject: str, /, **body: object) -> Event:
    return Event(seq=seq, at=AT, kind=kind, subject=subject, actor="ada", body=body)


def decided(seq: int, verdict: str, envelope: str = "e1") -> Event:
    body = {
        "key_id": "k",
        "verdict": verdict,
        "envelope": envelope,
        "conditions_digest": "c",
        "conditions": {},
        "statement": "",
        "dossier": "d" * 64,
    }
    return event(seq, "request.decided", "R-1", **body)


ASKED = event(1, "request.submitted", "R-1", **REQUEST)


def state(*events: Event) -> RequestState:
    return fold(events).requests["R-1"].state


def test_a_request_walks_from_review_to_the_list_and_off_it() -> None:
    entered = event(3, "entry.approved", "E-1", request="R-1", decisions=["e1"])
    revoked = event(4, "entry.revoked", "E-1", envelope="e2", reason="old")

    assert state(ASKED) is RequestState.IN_REVIEW
    assert state(ASKED, decided(2, "approve")) is RequestState.PARTIALLY_APPROVED
    assert state(ASKED, decided(2, "approve"), entered) is RequestState.APPROVED
    assert state(ASKED, decided(2, "approve"), entered, revoked) is RequestState.REVOKED
    assert state(ASKED, decided(2, "reject")) is RequestState.REJECTED


def test_a_reopened_request_counts_no_earlier_signature() -> None:
    desk = fold([ASKED, decided(2, "approve"), event(3, "request.reopened", "R-1")])

    assert desk.requests["R-1"].decisions == ()
    assert desk.requests["R-1"].state is RequestState.IN_REVIEW


def test_an_entry_names_only_the_decisions_that_were_counted() -> None:
    entered = event(4, "entry.approved", "E-1", request="R-1", decisions=["e2"])

    desk = fold([ASKED, decided(2, "approve", "e1"), decided(3, "approve", "e2"), entered])

    assert [decision.envelope for decision in desk.entries["E-1"].decisions] == ["e2"]


def test_a_removed_person_keeps_no_key() -> None:
    added = event(1, "person.added", "rosa", roles=["reviewer"], teams=[], keys={"k": {}})

    assert fold([added]).by_key("k") is not None
    assert fold([added, event(2, "person.removed", "rosa")]).by_key("k") is None


@st.composite
def histories(draw: st.DrawFn) -> Sequence[Event]:
    """Make any order of joins and serials after a first request."""
    joined = st.builds(lambda team: ("request.joined", "R-1", {**REQUEST, "team": team}), st.sampled_from(["a", "b"]))
    published = st.builds(lambda serial: ("publication.completed", str(serial), {"serial": serial}), st.integers(1, 99))
    steps = draw(st.lists(joined | published, max_size=20))
    return [ASKED, *(event(seq + 2, kind, subject, **body) for seq, (kind, subject, body) in enumerate(steps))]


@given(histories())
def test_the_same_events_always_give_the_same_desk(events: Sequence[Event]) -> None:
    assert fold(events) == fold(list(events))


@given(histories())
def test_the_serial_never_falls(events: Sequence[Event]) -> None:
    serials = [fold(events[:length]).serial for length in range(len(events) + 1)]

    assert serials == sorted(serials)


def test_an_empty_history_is_an_empty_desk() -> None:
    assert fold([]) == Desk()
    assert set(STEPS) >= {"request.submitted", "entry.revoked"}
