"""What changed, as a reviewer reads it."""

from __future__ import annotations

from typing import Any

from checks.model import Change, ChangeKind, Comparison, Location, Relation
from reviewer.reports.comparisons import write
from reviewer.reports.paper import Paper

AT = Location(path="server.py", line=4)


def told(*changes: Change, **different: Any) -> list[str]:
    paper = Paper(width=120, colour=False)
    usual = {"relation": Relation.PREVIOUS, "source": "E-1", "changes": changes}
    write([Comparison(**(usual | different))], paper)
    return paper.text.splitlines()


def test_a_new_ability_is_a_sentence_that_says_who_chose_before() -> None:
    new = Change(kind=ChangeKind.CAPABILITY_ADDED, subject="persist", at=AT, after="literal")
    wider = Change(kind=ChangeKind.CAPABILITY_ADDED, subject="net.out", at=AT, before="literal", after="any")

    assert told(new, wider) == [
        "Compared with what was approved before: E-1",
        "  can do now            Keep running, or start itself later (persist)  server.py:4",
        "  can do now            Send data to any internet address (net.out, before: to fixed addresses)  server.py:4",
    ]


def test_an_ability_that_no_table_knows_is_said_as_it_came() -> None:
    odd = Change(kind=ChangeKind.CAPABILITY_ADDED, subject="\x1bodd", at=AT, after="any")

    assert told(odd)[1].endswith("\\u{1b}odd (any)  server.py:4")


def test_what_matters_most_stands_first_and_a_file_is_named_once() -> None:
    file = Change(kind=ChangeKind.FILE_ADDED, subject="a.py", at=Location(path="a.py"))
    hook = Change(kind=ChangeKind.HOOK_ADDED, subject="npm:postinstall", at=AT, after="node x.js")

    assert told(file, hook)[1:] == [
        "  starts by itself now  npm:postinstall (node x.js)  server.py:4",
        "  new file              a.py",
    ]


def test_what_publishing_explains_is_a_number() -> None:
    made = Change(kind=ChangeKind.FILE_ADDED, subject="PKG-INFO", at=Location(path="PKG-INFO"), expected=True)

    assert told(made, omitted=3)[1:] == ["  differences that publishing itself makes: 1; further changes: 3"]


def test_without_a_comparison_the_reason_is_told() -> None:
    assert told(relation=Relation.REPOSITORY, source="npm:x@1", note="the package names no repository") == [
        "Compared with the repository that it names as its source: npm:x@1",
        "  not compared: the package names no repository",
    ]
