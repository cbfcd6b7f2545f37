from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from reviewer.acquire.names import folded, safe_path
from reviewer.acquire.sources import SourceKind, parse_source
from reviewer.errors import NotFetchedError, UsageFault

BEGINNINGS = st.sampled_from(
    [
        "",
        "npm:",
        "pypi:",
        "github:",
        "git+https://",
        "git+file:///",
        "pkg:npm/",
        "pkg:pypi/",
        "./",
        "-",
        "ext::",
        "https://",
        "http://",
        "mcp:",
    ]
)


@given(BEGINNINGS, st.text(max_size=40))
def test_any_text_is_understood_or_refused_with_words(beginning: str, rest: str) -> None:
    with suppress(UsageFault, NotFetchedError):
        source = parse_source(beginning + rest)
        assert source.kind in SourceKind


@given(st.from_regex(r"(npm|pypi|github|git\+https)://?[a-z@/.#=:-]{0,30}", fullmatch=True))
def test_what_is_understood_passes_nothing_dangerous_on(text: str) -> None:
    with suppress(UsageFault, NotFetchedError):
        source = parse_source(text)
        assert not source.url.startswith("-")
        assert not (source.ref or "").startswith("-")
        assert ".." not in source.subdirectory.split("/")
        assert not source.name.startswith(("-", "."))


@given(st.binary(max_size=40))
def test_every_name_of_bytes_becomes_a_relative_path(raw: bytes) -> None:
    path = safe_path(raw).path
    assert path or not raw.strip(b"./")
    assert not path.startswith("/")
    assert all(part not in {"..", "."} for part in path.split("/"))
    assert all(character.isprintable() or not character.isascii() for character in path)
    assert folded(path) is not None


@given(st.binary(min_size=1, max_size=12), st.binary(min_size=1, max_size=12))
def test_two_names_never_become_one_path(one: bytes, other: bytes) -> None:
    def plain(raw: bytes) -> tuple[bool, list[bytes]]:
        return raw.startswith(b"/"), [part for part in raw.split(b"/") if part not in {b"", b"."}]

    assert (safe_path(one).path == safe_path(other).path) == (plain(one) == plain(other))
