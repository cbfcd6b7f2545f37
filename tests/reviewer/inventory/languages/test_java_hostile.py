from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.inventory.languages import java, kotlin
from reviewer.inventory.languages.interface import Language

_LANGUAGES = [pytest.param(java, "A.java", id="java"), pytest.param(kotlin, "A.kt", id="kotlin")]
_WORDS = (
    'class A|{|}|(|)|"|"""|\\u000a|\\|@Tool|fun f|= when|->|switch|if|else|$|${|<|>|;|,|:|::|new|object|enum|record|name|1| |case|return|by'
)
_PIECES = st.sampled_from([*_WORDS.split("|"), "\n", "\x00", "\ud800", "\N{RIGHT-TO-LEFT OVERRIDE}"])


@pytest.mark.parametrize(("language", "path"), _LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01",
        "\ud800",
        "class A { void f() { " + "{" * 3000,
        "class A { Object x = " + "(" * 3000 + "1" + ")" * 3000 + "; }",
        "class A { Object x = " + "a." * 3000 + "b; }",
        'class A { Object x = "a"' + ' + "b"' * 3000 + "; }",
        "val x = " + "a { " * 1000 + "}" * 1000,
        "fun f() { " + "if (a) b() else " * 2000 + "c() }",
        "@A(" * 1500,
    ],
)
def test_contorted_code_never_raises(language: Language, path: str, text: str) -> None:
    language.extract({path: text})


@pytest.mark.parametrize(("language", "path"), _LANGUAGES)
def test_long_chains_of_calls_and_texts_are_read(language: Language, path: str) -> None:
    chain = 'class A { var x = ok("a"' + ' + "b"' * 2000 + ")" + ".then(1)" * 300 + "; }"
    assert language.extract({path: chain}).unreadable == ()


@pytest.mark.parametrize(("language", "path"), _LANGUAGES)
def test_code_that_is_none_stands_in_the_ledger(language: Language, path: str) -> None:
    rows = language.extract({path: "%%% ((( ]]] " * 200}).unreadable
    assert [row.path for row in rows] == [path]
    assert all(row.gate for row in rows)


@given(st.lists(_PIECES, max_size=60).map("".join))
@settings(max_examples=60, deadline=None)
def test_no_text_raises(text: str) -> None:
    java.extract({"A.java": text})
    kotlin.extract({"A.kt": text})
