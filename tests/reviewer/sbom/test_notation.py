"""The line on which a key stands."""

from __future__ import annotations

import json

from reviewer.sbom.notation import first_line, header_lines, key_lines, load_json


def test_keys_are_found_whatever_stands_in_strings() -> None:
    text = '{"a": "x: {\\"dependencies\\": {\\n",\n "dependencies":\n {"b" : "}",\n\n"c\\u0064": [{"dependencies": {"e": 1}}]}}'

    assert load_json(text)["dependencies"]["cd"]
    assert key_lines(text, ["dependencies"]) == {
        ("dependencies", "b"): 3,
        ("dependencies", "cd"): 5,
        ("dependencies", "cd", "dependencies", "e"): 5,
    }


def test_lines_agree_with_a_pretty_printed_document() -> None:
    document = {"packages": {f"p{number}": {"version": "1", "dependencies": {"q": "1"}} for number in range(50)}}
    text = json.dumps(document, indent=2)
    lines = text.split("\n")

    for path, line in key_lines(text, ["packages", "dependencies"]).items():
        assert f'"{path[-1]}":' in lines[line - 1]


def test_a_toml_header_gives_the_line_of_its_name_or_its_own() -> None:
    text = '[[package]]\nversion = "1"\nname = "a"\n[[package.files]]\nname = "f"\n[[ package ]]\nversion = "2"\n'

    assert header_lines(text, "package", "name") == (3, 6)


def test_no_line_is_told_for_what_is_not_there() -> None:
    assert first_line("a\nb", "c") == 0
    assert first_line("a\nb\nc", "c", "b") == 2
