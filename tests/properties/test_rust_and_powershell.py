from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.inventory.languages import powershell
from reviewer.inventory.languages.rust.lowering import lower

_RUST = st.lists(
    st.sampled_from(
        [
            "fn f() ",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "|",
            "=> ",
            "match x ",
            "if let Some(a) = ",
            "let x = ",
            "#[tool(",
            '"',
            "r#",
            "'",
            "::",
            "<",
            ">",
            ";",
            ",",
            "!",
            "impl ",
            "for ",
            "macro_rules! m ",
            "$x",
            "else ",
            "async ",
            "..",
            "=",
            "use a::",
            "mod m ",
            "json!(",
            "select!",
            "vec![1]",
            "format!(",
            "x",
            "Self",
            "await",
            ".",
            "?",
            "&",
            "/// doc\n",
            "/*",
            "\n",
            "\u200b",
            "\U0001f600",
            "\ud800",
            "\x00",
        ]
    ),
    max_size=60,
)
_POWERSHELL = st.lists(
    st.sampled_from(
        [
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "|",
            "@{",
            "$x",
            '"',
            "'",
            '@"\n',
            '\n"@',
            "-join ",
            " -f ",
            "::",
            ".",
            "`",
            "function f ",
            "param(",
            "foreach ",
            "$(",
            ",",
            "=",
            "&",
            "#",
            "<#",
            "-Uri ",
            "%",
            "iwr ",
            "iex ",
            "[char]",
            "New-Object ",
            "1",
            " ",
            "\n",
            ";",
            "\u201c",
            "\ud800",
            "\x00",
        ]
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(_RUST)
def test_any_rust_is_lowered_with_a_share_of_damage(pieces: list[str]) -> None:
    assert 0 <= lower("src/main.rs", "".join(pieces)).damage <= 1


@settings(max_examples=60, deadline=None)
@given(_POWERSHELL)
def test_any_powershell_is_read_or_gated(pieces: list[str]) -> None:
    extraction = powershell.extract({"run.ps1": "".join(pieces)})
    assert all(row.gate for row in extraction.unreadable)
