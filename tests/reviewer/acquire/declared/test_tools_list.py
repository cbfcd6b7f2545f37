import json
from typing import Any

import pytest

from reviewer.acquire.declared.plan import Plan
from reviewer.acquire.declared.tools_list import read_tools

ONE = {"name": "one", "description": "First", "inputSchema": {"type": "object"}}
TWO = {"name": "two", "description": "Second", "inputSchema": {"type": "object"}}
RESULT = {"tools": [TWO, ONE]}


def message(result: object, number: int = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "result": result}


def kept(plan: Plan) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(plan.pages[0].text)
    return document


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RESULT),
        json.dumps([ONE, TWO]),
        json.dumps(message(RESULT)),
        json.dumps([message({"tools": [ONE], "nextCursor": "x"}), message({"tools": [TWO]}, 2)]),
        json.dumps(message({"tools": [ONE]})) + "\n" + json.dumps(message({"tools": [TWO]}, 7)) + "\n",
        json.dumps([{"tools": [ONE]}, {"tools": [TWO]}]),
        json.dumps([[ONE], [TWO]]),
        json.dumps({"response": message(RESULT)}),
        json.dumps({"tools/list": RESULT}),
        "data: x\n" + json.dumps(message(RESULT)),
        json.dumps({"tools": [ONE, TWO, ONE]}),
    ],
)
def test_every_envelope_gives_the_same_page(text: str) -> None:
    plan = read_tools(text)
    assert plan.fault == ""
    assert kept(plan) == {"tools": [ONE, TWO]}
    assert plan.pages == read_tools(json.dumps(RESULT)).pages
    assert plan.unreadable == ()


def test_prompts_resources_and_instructions_are_kept_too() -> None:
    result = {
        "tools": [],
        "prompts": [{"name": "p"}],
        "resources": [{"uri": "x://y"}],
        "resourceTemplates": [{"uriTemplate": "x://{y}"}],
        "instructions": "Be kind.",
    }
    assert kept(read_tools(json.dumps(message(result)))) == result | {"instructions": ["Be kind."]}


def test_an_empty_list_is_a_list() -> None:
    assert kept(read_tools('{"tools": []}')) == {"tools": []}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "3",
        "[]",
        "{}",
        "null",
        '{"tools": 3}',
        '{"name": "server"}',
        "[3]",
        "[" * 200_000,
        '{"a":' * 100_000,
        "Listing tools …",
        "\x00",
        '{"result": {}}',
    ],
)
def test_what_is_no_list_is_a_fault(text: str) -> None:
    assert read_tools(text).fault


def test_a_refusal_is_a_fault_with_the_servers_words() -> None:
    assert read_tools('{"jsonrpc": "2.0", "id": 1, "error": {"code": 401, "message": "who are you"}}').fault == "who are you"


def test_a_page_that_failed_is_told() -> None:
    text = json.dumps([message({"tools": [ONE]}), {"jsonrpc": "2.0", "id": 2, "error": {"message": "later"}}])
    assert [row.reason for row in read_tools(text).unreadable] == ["one of its answers is an error: later"]


def test_a_page_after_the_last_one_is_missed() -> None:
    one, two = message({"tools": [{"name": "a"}], "nextCursor": "x"}), message({"tools": [{"name": "b"}]}, 2)
    assert "last one is missing" in read_tools(json.dumps(one)).unreadable[0].reason
    assert read_tools(json.dumps([one, two])).unreadable == ()
    assert [row.gate for row in read_tools(json.dumps({**one["result"], "prompts": []})).unreadable] == [True, True]


def test_a_stream_of_events_is_an_answer() -> None:
    text = json.dumps(message({"tools": [{"name": "a"}]}))
    for events in (f"event: message\ndata: {text}\n\n", f"data:{text}", f"{text}\nid: 2\ndata: {text}\n"):
        assert kept(read_tools(events))["tools"] == [{"name": "a"}]


def test_oddities_are_told() -> None:
    assert "no mappings" in read_tools(json.dumps({"tools": [ONE, 3, None]})).unreadable[0].reason
    assert "stands twice" in read_tools('{"tools": [{"name": "a", "name": "b"}]}').unreadable[0].reason
    assert "more than 5000 tools" in read_tools(json.dumps({"tools": [{"name": str(n)} for n in range(5001)]})).unreadable[0].reason
