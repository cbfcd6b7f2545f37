from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.text import portions
from reviewer.inventory.contents import Budget, Limits, Sealed, is_guess, open_file
from reviewer.inventory.file_types import language_of
from tests.measure.evasions import containers as c
from tests.reviewer.inventory.worlds import gates, inventory

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = st.sampled_from(
    [
        "a.zip",
        "a.tgz",
        "a.tar",
        "a.gz",
        "a.pdf",
        "a.docx",
        "a.ipynb",
        "a.html",
        "a.svg",
        "a.eml",
        "a.js.map",
        "a.py",
        "a.ts",
        "a.sh",
        "a.md",
        "a",
    ]
)
WRAPS: st.SearchStrategy[Callable[[bytes], bytes]] = st.sampled_from(
    [
        lambda raw: c.zipped({"inner.txt": raw}),
        lambda raw: c.tarred({"inner.txt": raw}),
        lambda raw: gzip.compress(raw, mtime=0),
        zlib.compress,
        base64.b64encode,
        lambda raw: raw.hex().encode(),
        lambda raw: b"x = '" + base64.b64encode(raw) + b"'\n",
        lambda raw: b"<html><script>" + raw + b"</script>",
        lambda raw: c.notebook(code=raw.decode("latin-1")).encode(),
        lambda raw: c.source_map(raw.decode("latin-1")).encode(),
        lambda raw: c.pdf(raw.decode("latin-1")),
        lambda raw: c.docx("".join(letter for letter in raw.decode("latin-1") if letter.isprintable())),
        lambda raw: b"cat <<END | sh\n" + raw + b"\nEND\n",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-3] + b"PK\x05\x06" + raw[-3:],
    ]
)
CONTENT = st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))


@st.composite
def wrapped(draw: st.DrawFn) -> bytes:
    content = draw(CONTENT)
    for wrap in draw(st.lists(WRAPS, max_size=4)):
        content = wrap(content)
    return content


@QUICK
@given(NAMES, wrapped())
def test_every_inner_file_is_read_or_told_and_nothing_raises(name: str, content: bytes) -> None:
    target = inventory({name: content})
    told = {row.path for row in target.unreadable}
    paths = [file.path for file in target.files]
    assert len(paths) == len(set(paths))
    for file in target.files:
        containers = any(path.startswith(f"{file.path}!/") for path in (*paths, *told))
        assert file.path in target.texts or file.path in told or containers or file.size == 0
        assert file.within in {"", name}


@QUICK
@given(NAMES, wrapped())
def test_the_same_bytes_are_opened_in_the_same_way(name: str, content: bytes) -> None:
    first, second = inventory({name: content}), inventory({name: content})
    assert (first.files, first.unreadable) == (second.files, second.unreadable)


@QUICK
@given(NAMES, wrapped(), st.integers(0, 500), st.integers(0, 3))
def test_no_more_is_opened_than_the_budget_has(name: str, content: bytes, size: int, pieces: int) -> None:
    budget = Budget(Limits(total_bytes=size, pieces=pieces))
    text = content.decode("utf-8", "replace")
    found = open_file(Sealed(path=name, content=content, text=text, language=language_of(name, text)), budget)
    assert sum(not budget.refusal(len(piece.content)) for piece in found.pieces) <= pieces


@QUICK
@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Z"]), min_size=1, max_size=60), st.integers(1, 5))
def test_a_text_in_archives_is_found_again(text: str, depth: int) -> None:
    content = c.zipped({"a.txt": text})
    for _ in range(depth - 1):
        content = c.zipped({"a.zip": content})
    target = inventory({"a.zip": content})
    assert target.texts[f"a.zip{'!/a.zip' * (depth - 1)}!/a.txt"] == text
    assert not gates(target)


@QUICK
@given(st.text(max_size=300), st.integers(1, 40), st.integers(1, 5))
def test_portions_are_the_whole_text_and_know_their_lines(text: str, length: int, lines: int) -> None:
    parts = list(portions(text, length=length, lines=lines))
    assert "".join(part for _, part in parts) == text
    at = 1
    for first, part in parts:
        assert first == at
        assert part.count("\n") <= lines
        at += part.count("\n")


@QUICK
@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=3))
def test_what_python_would_make_of_a_join_is_what_is_read(words: list[str], between: str) -> None:
    whole = "curl https://a.example " + between.join(words)
    text = f"x = 'curl https://a.example ' + {between!r}.join({words!r})\n"
    target = inventory({"a.py": text.encode("utf-8", "surrogatepass")})
    found = [target.texts[path] for path in target.texts if "!/joined@" in path]
    assert not found or found[0] == whole.encode("utf-8", "replace").decode()


def test_only_what_was_guessed_is_a_guess() -> None:
    assert is_guess("a.py!/base64+gzip@12")
    assert not is_guess("a.zip!/me@12.py")
    assert not is_guess(json.dumps({"a": 1}))
