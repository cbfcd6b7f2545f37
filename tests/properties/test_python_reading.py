from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.inventory.languages.python import extract
from reviewer.inventory.languages.python.strings import unescape

PIECES = st.sampled_from(
    [
        "from mcp.server.fastmcp import FastMCP\n",
        "mcp = FastMCP('x')\n",
        "@mcp.tool()\n",
        "@mcp.tool(name=",
        "def f(a, *b, **c):\n",
        "    return a\n",
        "class A(A):\n",
        "    x = x + x\n",
        "for i in [f, 'b']:\n",
        "mcp.add_tool(i)\n",
        "a = b = f'{a}{b}'\n",
        "import os as a\n",
        "from . import *\n",
        "open(a)\n",
        "os.system(f'{a}')\n",
        "lambda a=a: a(a)\n",
        "[a for a in a]\n",
        "match a:\n  case 'x' | 'y': a()\n",
        "(",
        ")",
        "'''",
        "\\\n",
        "\x00",
        "\x0c",
        "getattr(os, a)(a)\n",
        "f.__doc__ = a\n",
        "a[a](a)\n",
        "{**a, 'b': a}\n",
        "async with a as (b, c): pass\n",
        "x: 'A[B]' = a\n",
        "'{0}'.format(a)\n",
        "'%s' % a\n",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=40).map("".join))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_reading_raise_and_reading_is_repeatable(text: str) -> None:
    assert extract({"a.py": text, "pkg/b.py": text}) == extract({"pkg/b.py": text, "a.py": text})


@given(st.text())
def test_unescaping_gives_back_what_python_wrote(text: str) -> None:
    assert unescape(text.encode("unicode_escape").decode("ascii")) == text
