import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from reviewer.acquire.declared.configuration import read_configuration
from reviewer.acquire.declared.entry import read_entry
from reviewer.acquire.declared.lookup import find_entry
from reviewer.acquire.declared.marketplace import read_marketplace
from reviewer.acquire.declared.plan import Means
from reviewer.acquire.declared.redaction import masked
from reviewer.acquire.declared.tools_list import read_tools
from reviewer.acquire.sources import SourceKind, parse_source
from reviewer.archives.names import folded, safe_path
from reviewer.errors import NotFetchedError, UsageFault

FIELDS = st.sampled_from(
    [
        "mcpServers",
        "servers",
        "mcp",
        "command",
        "args",
        "env",
        "url",
        "headers",
        "plugins",
        "source",
        "name",
        "packages",
        "remotes",
        "tools",
        "result",
        "version",
        "identifier",
        "registryType",
        "skills",
        "load",
        "extraDirs",
        "transport",
        "metadata",
        "projects",
        "type",
        "jsonrpc",
    ]
)
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | FIELDS, inner, max_size=5),
    max_leaves=20,
)
NAMES = st.sampled_from(
    ["/x/.mcp.json", "/x/.claude.json", "/x/.vscode/mcp.json", "/x/openclaw.json", "/x/opencode.json", "/x/.zed/settings.json"]
)


@given(NAMES, JSON)
def test_no_document_of_any_form_raises(path: str, value: object) -> None:
    text = json.dumps(value)
    for plan in (
        read_configuration(path, text),
        read_configuration("/x/config.yaml", text),
        read_entry(text),
        find_entry([text], "a/b", ""),
        read_marketplace(text),
        read_tools(text),
    ):
        assert plan.fault or plan.pages
        for wanted in plan.wanted:
            assert wanted.means in Means


@given(NAMES, st.text(max_size=60))
def test_no_text_raises(path: str, text: str) -> None:
    read_configuration(path, text)
    read_configuration("/x/config.toml", text)
    read_configuration("/x/config.yaml", text)
    read_entry(text)
    read_marketplace(text)
    read_tools(text)
    masked(text)


SECRET = "zQ7secretvalueX"  # noqa: S105  of this test


@given(
    st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True), st.just(SECRET), max_size=4),
    st.dictionaries(
        st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True), st.sampled_from([SECRET, f"Bearer {SECRET}", f"${{A:-{SECRET}}}"]), max_size=4
    ),
    st.dictionaries(st.from_regex(r"[A-Za-z]{3,12}", fullmatch=True).map("x".__add__), JSON | st.just(SECRET), max_size=4),
    st.sampled_from(
        ["--token", "--api-key", "--client_secret", "--PASSWORD", "--header", "-H", "-k", "--auth.token", "--db-connection-string"]
    ),
    st.sampled_from(["{}={}", "{} {}"]),
)
def test_no_value_of_a_variable_header_telling_option_or_unknown_field_is_kept(
    env: dict[str, str], headers: dict[str, str], unknown: dict[str, object], option: str, form: str
) -> None:
    words = form.format(option, SECRET).split() if option.startswith("--") else [option, SECRET]
    server = {**unknown, "command": "npx", "args": ["-y", "server@1.0.0", *words], "env": env, "headers": headers}
    url = f"https://user:{SECRET}@host.example/mcp?token={SECRET}#{SECRET}"
    document = {"mcpServers": {"one": server, "two": {**unknown, "url": url, "headers": headers}}, "x": SECRET, **unknown}
    plan = read_configuration("/x/.mcp.json", json.dumps(document))
    assert SECRET not in repr(plan)
    assert [wanted.address for wanted in plan.wanted[:1]] == ["npm:server@1.0.0"]
