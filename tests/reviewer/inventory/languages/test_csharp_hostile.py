from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.inventory.languages.csharp import extract
from reviewer.inventory.languages.csharp.lowering import lower

_TOOL = 'using ModelContextProtocol.Server; class A {{ [McpServerTool(Name = "n")] public string B(string p) {{ {} }} }}'
_PIECES = (
    "class A {", "}", "namespace N;", "using X;", "using static", "[McpServerTool(", ")]", '"', '"""', '$"{', '@"', "#if X", "\n",
    "#else\n",
    "#endif\n", "switch (a) { case", "=> ", "new() {", "[a, ..b]", "x?.y", "is { P: var p }", "out var z", "/// <summary>", "*/", "\x00",
    "\ud800", "\u202e", "\U0001f600", 'var a = b switch { "x" => 1 };', "await ", "{{", "}}", "A.B<C>()", "var p = new T(); p.A.B = 1;",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map(" ".join))
@settings(max_examples=120, deadline=None)
def test_any_mixture_of_pieces_is_lowered(text: str) -> None:
    module = lower("a.cs", text)
    assert 0 <= module.damage <= 1


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert extract({"a.cs": text}).tools == ()


@pytest.mark.parametrize(
    "body",
    [
        "return " + "(" * 3000 + "p" + ")" * 3000 + ";",
        "return " + "F(" * 2000 + "p" + ")" * 2000 + ";",
        "if (a) {" * 2000 + "}" * 2000,
        "return " + "x => " * 2000 + "p;",
        "return " + " + ".join(["p"] * 20000) + ";",
        "if (p == a) {}" + " else if (p == b) {}" * 3000,
        "return p" + ".B(c => c)" * 2000 + ";",
        "return p is " + "(" * 2000 + "null" + ")" * 2000 + ";",
    ],
)
def test_deep_nests_are_read_or_said_to_be_unreadable(body: str) -> None:
    found = extract({"a.cs": _TOOL.format(body), "b.cs": _TOOL.format("return p;").replace('"n"', '"other"')})
    assert "other" in {tool.name for tool in found.tools}
    assert {tool.name for tool in found.tools} == {"n", "other"} or [row.gate for row in found.unreadable] == [True]


def test_a_file_on_one_long_line_takes_no_long_time() -> None:
    methods = "".join(f'public string M{index}() => File.ReadAllText("/a/{index}");' for index in range(3000))
    found = extract({"a.cs": f"class A {{ {methods} }}"})
    assert found.capabilities


def test_namespaces_that_import_each_other_in_circles_are_resolved() -> None:
    usings = "".join(f"using N{index};" for index in range(30))
    files = {f"{index}.cs": f"{usings} namespace N{index}; class C{index} : Unknown {{ void M() => Other.Call(); }}" for index in range(30)}
    assert extract(files).tools == ()
