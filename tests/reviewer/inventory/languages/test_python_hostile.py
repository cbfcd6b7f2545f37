from __future__ import annotations

import pytest

from reviewer.inventory.languages.python import extract

HEAD = "from mcp.server.fastmcp import FastMCP\nimport os\nmcp = FastMCP('x')\n@mcp.tool()\ndef t(a):\n    'D.'\n    return os.system(a)\n"


@pytest.mark.parametrize(
    "tail",
    [
        "x = '" + "a" * 5_000_000 + "'",
        "(" * 20_000 + ")" * 20_000,
        "x = a" + ".b" * 5_000,
        "x = f" + "()" * 3_000,
        "x = " + "+".join(["'a'"] * 10_000),
        "x = " + "not " * 10_000 + "1",
        "x = '\ud800'",
        "\x0c\n\tx = 1\r\n\u2028",
        "import t\nfrom . import *\nfrom .t import t\nfrom t import t as t",
        "a = b\nb = a\nmcp.tool(name=a)(t)",
        "a0 = 'xxxxxxxxxx'\n" + "\n".join(f"a{i + 1} = a{i} + a{i}" for i in range(60)) + "\nmcp.tool(name=a60)(t)",
        "a0 = [1]\n" + "\n".join(f"a{i + 1} = [a{i}, a{i}, a{i}]" for i in range(60)) + "\nos.system(a60)\nmcp.tool(meta=a60)(t)",
        "class A(B): pass\nclass B(A): pass\nA().x.y()\n@mcp.tool()\ndef u(a: A): ...",
        "def f(a, b):\n    f(b, a + b)\n    return f(a, f(b, a))\nf('x', 'y')",
        "x0 = 'aaaa'\n" + "\n".join(f"x{i + 1} = x{i}.replace('a', '{'a' * 50}')" for i in range(30)),
        "L = ['a'] * 3\n"
        + "".join("  " * i + f"for v{i} in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']:\n" for i in range(8))
        + "  " * 8
        + "mcp.tool(name=v7)(t)",
        "@\n@@\n@mcp.tool(\n",
        "mcp.tool(name='{' * 10 + '{0.__class__}'.format('a'))(t)",
    ],
    ids=range(18),
)
def test_hostile_code_neither_raises_nor_hides_the_tool_before_it(tail: str) -> None:
    found = extract({"server.py": HEAD + tail})
    assert "t" in {tool.name for tool in found.tools}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (")]}$ " * 5_000, "mostly not Python"),
        ("@" * 10_000, "mostly not Python"),
        ("x = 1\0import os\n", "NUL characters"),
        ("x" * 20_000_001, "longer than"),
        ("f(1)\n" * 70_000, "more code than is read"),
        ("f(1);" * 600_000, "more code than is read"),
    ],
    ids=range(6),
)
def test_what_cannot_be_read_is_a_gate(text: str, reason: str) -> None:
    (row,) = extract({"a.py": text, "b.py": HEAD}).unreadable
    assert row.path == "a.py"
    assert row.gate
    assert reason in row.reason


def test_a_few_errors_are_tolerated() -> None:
    found = extract({"a.py": HEAD + "def broken(:\n    pass\n\nprint 'old'\n" + "y = 1\n" * 50})
    assert found.unreadable == ()
    assert [tool.name for tool in found.tools] == ["t"]


def test_a_byte_order_mark_and_no_files_at_all() -> None:
    assert [tool.name for tool in extract({"a.py": "\ufeff" + HEAD}).tools] == ["t"]
    assert extract({}).tools == ()


def test_the_code_of_a_submission_is_not_run(tmp_path: object) -> None:
    extract({"a.py": f"open({str(tmp_path) + '/ran'!r}, 'w').write('x')\n"})
    assert not list(__import__("pathlib").Path(str(tmp_path)).iterdir())
