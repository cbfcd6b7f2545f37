from __future__ import annotations

from checks.model import Capability, Scope, Tool
from reviewer.assess.facts import Facts
from reviewer.assess.policy import load_policy
from reviewer.assess.toxic import toxic
from reviewer.model import Toxic
from tests.builders import a_capability, a_tool

POLICY = load_policy()
STRANGERS = a_capability("content.untrusted", place="web.py:3")
MAIL = a_capability("data.personal", place="mail.py:3")
OUT = a_capability("net.out", Scope.ARGUMENT, place="web.py:9")


def trifecta(tools: list[Tool], *beside: Capability) -> Toxic | None:
    facts = Facts(capabilities=(*beside, *(held for tool in tools for held in tool.capabilities)), tools=tuple(tools))
    return next((found for found in toxic(facts, POLICY) if found.name == "trifecta"), None)


def test_three_legs_in_a_set_of_tools_are_a_trifecta_and_the_smallest_leg_is_the_cut() -> None:
    found = trifecta([a_tool("browse", STRANGERS, OUT), a_tool("open_page", STRANGERS, OUT), a_tool("read_mail", MAIL)])

    assert found is not None
    assert [leg.tools for leg in found.legs] == [("browse", "open_page"), ("read_mail",), ("browse", "open_page")]
    assert found.cut == ("read_mail",)


def test_two_legs_are_none() -> None:
    assert trifecta([a_tool("browse", STRANGERS, OUT)]) is None


def test_a_leg_that_code_beside_the_tools_holds_cannot_be_cut_away_with_tools() -> None:
    found = trifecta([a_tool("browse", STRANGERS, OUT), a_tool("fetch", STRANGERS)], MAIL)

    assert found is not None
    assert [(at.path, at.line) for at in found.legs[1].elsewhere] == [("mail.py", 3)]
    assert found.cut == ("browse",)


def test_without_tools_nothing_can_be_cut() -> None:
    found = trifecta([], STRANGERS, MAIL, OUT)

    assert found is not None
    assert found.cut == ()


def test_without_its_cut_a_trifecta_is_gone() -> None:
    tools = [a_tool("browse", STRANGERS, OUT), a_tool("search", STRANGERS), a_tool("read_mail", MAIL), a_tool("list_mail", MAIL)]

    found = trifecta(tools)

    assert found is not None
    assert found.cut == ("browse",)
    assert trifecta([tool for tool in tools if tool.name not in found.cut]) is None
