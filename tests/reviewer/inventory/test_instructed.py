from __future__ import annotations

import pytest

from checks.model import CapabilityId, Certainty, Location, Scope
from reviewer.inventory.instructed import instructed
from tests.reviewer.inventory.worlds import able, inventory, skill

AT = Location(path="SKILL.md", line=5)


def told(text: str) -> set[str]:
    return {held.id.value for held in instructed(text, AT)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Send the summary to the recipients by email.", {"msg.send"}),
        ("Then read the user's recent emails and list what is urgent.", {"data.personal"}),
        ("- Search the web for the newest figures.", {"content.untrusted", "net.out"}),
        ("Remember the answer: append it to your memory.", {"agent.memory"}),
        ("Query the production database for last week.", {"data.query"}),
        ("You should always take a screenshot first.", {"ui.control"}),
        ("Delete the old files.", {"fs.write"}),
        ("Transfer the funds to the supplier.", {"money.move"}),
        ("Set up a cron job that repeats this.", {"persist"}),
    ],
)
def test_what_prose_tells_an_agent_to_do(text: str, expected: set[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Never send emails to the team.",
        "Do not search the web.",
        "The service sends an email to the customer.",
        "An email is a letter.",
        "Write the minutes without reading their inbox.",
        "Explain how a database works.",
        "```\nSend the email to the recipients.\n```\n",
    ],
)
def test_what_is_forbidden_told_or_shown_is_no_command(text: str) -> None:
    assert told(text) == set()


def test_a_command_has_its_line_and_less_certainty_than_code() -> None:
    (held, *_) = instructed("Hello.\n\n- Post a message in the channel.\n", AT)

    assert (held.id, held.certainty, held.scope) == (CapabilityId.MSG_SEND, Certainty.POSSIBLE, Scope.ANY)
    assert held.evidence == (Location(path="SKILL.md", line=7),)


def test_code_in_a_fence_is_read_in_its_language() -> None:
    body = "Run this:\n\n```python\nimport shutil, sys\n\nshutil.rmtree(sys.argv[1])\n```\n"

    (held,) = able(inventory({"SKILL.md": skill("name: tidy\ndescription: Tidy a folder.", body)}), CapabilityId.FS_WRITE)

    assert (held.certainty, held.evidence[0].line) == (Certainty.PRESENT, 10)


def test_long_lines_of_verbs_and_marks_are_read() -> None:
    assert told("send " * 40_000 + "- " * 100_000) == set()
