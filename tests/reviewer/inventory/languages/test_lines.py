from __future__ import annotations

import pytest

from checks.model import CapabilityId
from reviewer.inventory.languages.lines import lined
from tests.reviewer.inventory.worlds import inventory

JAVA = "class A {{ void a(String w) throws Exception {{ // note{}Runtime.getRuntime().exec(w);\n}} }}"
KOTLIN = "fun a(w: String) {{ // note{}Runtime.getRuntime().exec(w)\n}}"
CSHARP = "class A {{ void B(string w) {{ // note{}System.Diagnostics.Process.Start(w);\n}} }}"
PYTHON = "import os\ndef a(w):\n    x = 1  # note{}    os.system(w)\n"


@pytest.mark.parametrize(
    ("path", "code", "end"),
    [
        ("a.py", PYTHON, "\r"),
        ("A.java", JAVA, "\r"),
        ("a.kt", KOTLIN, "\r"),
        ("a.cs", CSHARP, "\r"),
        ("a.cs", CSHARP, "\x85"),
        ("a.cs", CSHARP, "\u2028"),
        ("a.cs", CSHARP, "\u2029"),
    ],
)
def test_code_behind_the_end_of_a_comment_is_code(path: str, code: str, end: str) -> None:
    assert CapabilityId.PROC_EXEC in {each.id for each in inventory({path: code.format(end)}).capabilities}


@pytest.mark.parametrize(("path", "code"), [("a.py", PYTHON), ("A.java", JAVA), ("a.kt", KOTLIN), ("a.cs", CSHARP)])
@pytest.mark.parametrize("end", ["\x0b", "\x0c", " "])
def test_what_ends_no_line_leaves_a_comment_one(path: str, code: str, end: str) -> None:
    assert not inventory({path: code.format(end)}).capabilities


def test_two_characters_that_end_a_line_stay() -> None:
    assert lined("a\r\nb\rc\r") == "a\r\nb\nc\n"
