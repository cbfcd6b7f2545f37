from __future__ import annotations

import pytest

from reviewer.inventory.languages.go import extract

_HEAD = "package main\n"


def _in_function(body: str) -> str:
    return f"{_HEAD}func f() {{\n{body}\n}}\n"


@pytest.mark.parametrize(
    "code",
    [
        _in_function("{" * 3000 + "}" * 3000),
        _in_function("a" + ".b()" * 3000),
        _in_function("if " + " || ".join(['a == "x"'] * 3000) + " { y() }"),
        _in_function("x := " + "!" * 3000 + "a"),
        _HEAD + "type T " + "[]" * 5000 + "int\n",
        _HEAD + "var x = " + "[]int{" * 2000 + "}" * 2000,
    ],
)
def test_what_is_nested_too_deep_stands_in_the_ledger(code: str) -> None:
    (row,) = extract({"main.go": code}).unreadable
    assert row.path == "main.go"
    assert row.gate


@pytest.mark.parametrize(
    "code",
    [
        _in_function("x := " + "(" * 3000 + "1" + ")" * 3000),
        _in_function("x := " + " + ".join(["a"] * 5000)),
        _in_function("if a == 1 { x() }" + ' else if a == "b" { y() }' * 500),
        _HEAD + "import (\n" + "".join(f'"example.com/p{index}"\n' for index in range(2000)) + ")\n",
        _HEAD + "// a\n" * 5000 + "func f() {}\n",
        _HEAD + 'var x = "' + "\\x41" * 20000 + '"\n',
        _HEAD + "type T struct { A int `" + 'a:"' * 3000 + "` }\n",
    ],
)
def test_what_is_only_long_is_read(code: str) -> None:
    assert extract({"main.go": code}).unreadable == ()


@pytest.mark.parametrize("code", ["}{)(" * 1000, "\x00" * 1000, "`" * 1001, "just prose, with no Go in it at all (((" * 20])
def test_what_is_no_go_stands_in_the_ledger(code: str) -> None:
    assert extract({"main.go": code}).unreadable[0].gate


def test_a_manifest_is_no_program() -> None:
    assert extract({"go.mod": "module example.com/x\n"}).unreadable == ()


def test_a_package_that_the_manifest_replaces_is_the_folder_that_stands_for_it() -> None:
    files = {
        "go.mod": "module example.com/srv\nreplace github.com/acme/uuid => ./third\n",
        "main.go": 'package main\nimport "github.com/acme/uuid"\nfunc main() { uuid.New() }\n',
        "third/uuid.go": 'package uuid\nimport "os/exec"\nfunc New() { exec.Command("sh", "-c", "id").Run() }\n',
    }
    (power,) = (each for each in extract(files).capabilities if each.id.value == "proc.exec")
    assert power.trigger.value == "automatic"
    assert power.objects == ("sh",)
