from __future__ import annotations

import pytest

from reviewer.documents import DEPTH, read_json, read_toml, read_yaml


def test_json_that_is_plain_has_no_faults() -> None:
    assert read_json('{"a": [1, {"b": null}]}').value == {"a": [1, {"b": None}]}


@pytest.mark.parametrize(
    "text",
    [
        '{"command": "safe", "command": "evil"}',
        '{"a": NaN}',
        "[" * 100_000,
        '{"a":' * (DEPTH + 2) + "1" + "}" * (DEPTH + 2),
        '{"a": 1,}',
        "",
        "9" * 9_000,
    ],
)
def test_json_that_programs_read_differently_is_grave(text: str) -> None:
    document = read_json(text)
    assert document.grave
    assert document.faults


def test_comments_and_trailing_commas_are_read_where_editors_write_them() -> None:
    text = '{// note\n"url": "https://a.example/*x*/", /* more */ "list": [1, 2,],}'
    assert read_json(text, lenient=True).value == {"url": "https://a.example/*x*/", "list": [1, 2]}


@pytest.mark.parametrize("text", ["/*" * 50_000, '"' + '\\"' * 50_000, "{" + "," * 50_000, '"a" ' + " " * 50_000 + "x"])
def test_lenient_reading_takes_linear_time(text: str) -> None:
    assert read_json(text, lenient=True).grave


def test_half_a_surrogate_becomes_a_character_that_can_be_written() -> None:
    value = read_json('{"a": "\\ud800x", "b": "\\ud83d\\ude00"}').value
    assert value["b"] == "\U0001f600"
    value["a"].encode()


def test_toml_is_read_and_its_errors_are_told() -> None:
    assert read_toml("[project]\nname = 'x'\r\n").value == {"project": {"name": "x"}}
    assert read_toml("a = [" + "[" * 5_000).grave
    assert read_toml("a = 1\na = 2").grave


@pytest.mark.parametrize("part", ["a", '"a b"', "'a.b'", '"a\\"b"', " a "])
def test_a_toml_key_of_many_parts_is_refused_before_it_costs_anything(part: str) -> None:
    assert read_toml(".".join([part] * 50_000) + " = 1").grave
    assert read_toml("[" + ".".join([part] * 50_000) + "]").grave
    assert read_toml('x = [{a="", ' + ".".join([part] * 50_000) + " = 1}]").grave
    assert not read_toml(".".join([part] * 60) + " = 1").grave


def test_a_toml_text_of_many_dots_is_a_text() -> None:
    assert read_toml('rule = "' + "." * 500 + '"\nhost = "' + "a." * 500 + '"').mapping["rule"] == "." * 500


def test_yaml_scalars_stay_text() -> None:
    assert read_yaml("name: 12\non: yes\nlist: [a, 1.0]\nempty:\n").value == {
        "name": "12",
        "on": "yes",
        "list": ["a", "1.0"],
        "empty": None,
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [b]\nc: *x",
        "a: 1\na: 2",
        "[" * 1_000,
        "a: " + "{b: " * 100,
        "x: " + "y" * 200_000,
        "\n".join(f"- {number}" for number in range(30_000)),
    ],
)
def test_yaml_that_multiplies_nests_or_contradicts_itself_is_grave(text: str) -> None:
    assert read_yaml(text).grave


def test_top_level_lines_are_read_where_the_yaml_is_wrong() -> None:
    document = read_yaml("name: x\ndescription: do: this and that\nallowed-tools: Bash(*)\n")
    assert document.mapping == {"name": "x", "description": "do: this and that", "allowed-tools": "Bash(*)"}
    assert document.faults
    assert not document.grave


def test_yaml_tags_build_nothing() -> None:
    assert read_yaml("a: !!python/object/apply:os.system ['x']").value == {"a": ["x"]}
