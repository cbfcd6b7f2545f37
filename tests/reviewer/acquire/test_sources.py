from pathlib import Path

import pytest

from reviewer.acquire.sources import Source, SourceKind, canonical_git, parse_source
from reviewer.errors import ExitCode, NotFetchedError, UsageFault

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "url", "ref", "subdirectory"),
    [
        ("git+https://git.example/o/r", "https://git.example/o/r", None, ""),
        ("git+https://Git.Example/o/r.git@v1.0", "https://git.example/o/r.git", "v1.0", ""),
        ("git+https://git.example/o/r@feature/x#subdirectory=a/b", "https://git.example/o/r", "feature/x", "a/b"),
        ("git+https://git.example:8443/group/sub/r#subdirectory=a%20b/", "https://git.example:8443/group/sub/r", None, "a b"),
        (f"github:o/r@{COMMIT}//skills/one", "https://github.com/o/r", COMMIT, "skills/one"),
        ("github:o/r", "https://github.com/o/r", None, ""),
        ("github:o/r@release/2//a", "https://github.com/o/r", "release/2", "a"),
    ],
)
def test_git_sources(text: str, url: str, ref: str | None, subdirectory: str) -> None:
    expected = Source(kind=SourceKind.GIT, text=text, url=url, ref=ref, subdirectory=subdirectory)
    assert parse_source(text) == expected


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("npm:name", "name", None),
        ("npm:name@1.2.3", "name", "1.2.3"),
        ("npm:@scope/name@1.0.0-rc.1+b", "@scope/name", "1.0.0-rc.1+b"),
        ("npm:@scope/name", "@scope/name", None),
        ("npm:name@next", "name", "next"),
        ("pkg:npm/%40scope/name@1.0.0", "@scope/name", "1.0.0"),
        ("pkg:npm/name", "name", None),
    ],
)
def test_npm_sources(text: str, name: str, version: str | None) -> None:
    assert parse_source(text) == Source(kind=SourceKind.NPM, text=text, name=name, version=version)


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("pypi:name", "name", None),
        ("pypi:some.name==1.0", "some.name", "1.0"),
        ("pypi:name==1.0RC1", "name", "1.0rc1"),
        ("pkg:pypi/name@2.0", "name", "2.0"),
    ],
)
def test_pypi_sources(text: str, name: str, version: str | None) -> None:
    assert parse_source(text) == Source(kind=SourceKind.PYPI, text=text, name=name, version=version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ./folder",
        "./fol\nder",
        "./fol\u202eder",
        "--upload-pack=touch x",
        "-x",
        "ext::sh -c touch% x",
        "git+ext::sh -c x",
        "fd::17",
        "git+https://user@git.example/o/r",
        "git+https://user:word@git.example/o/r",
        "git+https://git.example/o/r?x=y",
        "git+https://git.example/o/../r",
        "git+https://git.example/-o/r",
        "git+https://git.example",
        "git+https:/git.example/o/r",
        "git+https://-git.example/o/r",
        "git+https://[::1/o/r",
        "git+https://git.example/o/r@-x",
        "git+https://git.example/o/r@",
        "git+https://git.example/o/r@a..b",
        "git+https://git.example/o/r@a.lock",
        "git+https://git.example/o/r@a:b",
        "git+https://git.example/o/r#egg=name",
        "git+https://git.example/o/r#subdirectory=../x",
        "git+https://git.example/o/r#subdirectory=/x",
        "git+https://git.example/o/r#subdirectory=a/%2e%2e/b",
        "git+https://git.example/o/r#subdirectory=a%0ab",
        "git+https://git.example/o/r#subdirectory=a%5Cb",
        "git+https://git.example/o/r#subdirectory=",
        "git+file:///somewhere",
        "git+ssh://git@git.example/o/r",
        "git+http://git.example/o/r",
        "git://git.example/o/r",
        "ssh://git.example/o/r",
        "git@git.example:o/r.git",
        "github:o",
        "github:o/r/x",
        "github:o/..",
        "github:o/r//../x",
        "github:-o/r",
        "npm:",
        "npm:@scope",
        "npm:.name",
        "npm:-g",
        "npm:a b",
        "npm:../x",
        "npm:name@^1.0.0",
        "npm:name@1.x",
        "npm:name@1",
        "npm:name@",
        "npm:name@>=1.0.0",
        "npm:name@*",
        "npm:name@https://other.example/x.tgz",
        "npm:" + "a" * 215,
        "pypi:",
        "pypi:name[extra]",
        "pypi:name>=1",
        "pypi:name==1.*",
        "pypi:name==",
        "pypi:-r==1",
        "pypi:name @ https://other.example/x.whl",
        "pkg:",
        "pkg:gem/name",
        "pkg:npm/name?repository_url=https://other.example",
        "pkg:npm/name#inner",
        "file:///folder",
        "ftp://host.example/x",
        "mcp:name",
        "mcp:namespace/name/more",
        "mcp:namespace/name@",
        "mcp:namespace/../name",
        "mcp:namespace/na me",
        "https://host.example",
        "https:host.example/mcp",
        "https:///mcp",
        "https://user:word@host.example/mcp",
        "https://user@host.example/mcp",
        "https://host.example/mcp#fragment",
        "https://host.example/m cp",
        "https://host.example/mcp\u202e",
        "https://host.example/mcp\\x",
        "https://[::1/mcp",
        "https://-host.example/mcp",
        "https://host.example/mcp?token=abc",
        "https://host.example/mcp?profile=aB3dE5gH7jK9mN1pQ3",
        "https://host.example/s/aB3dE5gH7jK9mN1pQ3/mcp",
        "http://host.example/mcp",
        "http://10.0.0.1/mcp",
        "HTTP://host.example/mcp",
        "ws://host.example/mcp",
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UsageFault) as caught:
        parse_source(text)
    assert caught.value.exit_code == ExitCode.USAGE
    assert caught.value.hint
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://Host.Example/mcp", "https://host.example/mcp"),
        ("https://host.example/", "https://host.example/"),
        ("https://host.example:8443/v1/sse?mode=read-only", "https://host.example:8443/v1/sse?mode=read-only"),
        ("http://127.0.0.1:8080/mcp", "http://127.0.0.1:8080/mcp"),
        ("http://localhost/mcp", "http://localhost/mcp"),
    ],
)
def test_remote_servers(text: str, url: str) -> None:
    assert parse_source(text) == Source(kind=SourceKind.REMOTE, text=text, url=url)


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [("mcp:com.vendor/server", "com.vendor/server", None), ("mcp:io.github.a/b@1.2.0-rc.1", "io.github.a/b", "1.2.0-rc.1")],
)
def test_registry_entries_by_name(text: str, name: str, version: str | None) -> None:
    assert parse_source(text) == Source(kind=SourceKind.MCP, text=text, name=name, version=version)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("server.json", SourceKind.ENTRY),
        ("inner/server.json", SourceKind.ENTRY),
        (".claude-plugin/marketplace.json", SourceKind.MARKETPLACE),
        ("claude_desktop_config.json", SourceKind.CONFIGURATION),
        (".mcp.json", SourceKind.CONFIGURATION),
        (".claude.json", SourceKind.CONFIGURATION),
        ("managed-mcp.json", SourceKind.CONFIGURATION),
        (".cursor/mcp.json", SourceKind.CONFIGURATION),
        (".vscode/mcp.json", SourceKind.CONFIGURATION),
        ("mcp_config.json", SourceKind.CONFIGURATION),
        (".gemini/settings.json", SourceKind.CONFIGURATION),
        (".codex/config.toml", SourceKind.CONFIGURATION),
        ("openclaw.json", SourceKind.CONFIGURATION),
        (".hermes/config.yaml", SourceKind.CONFIGURATION),
    ],
)
def test_documents_that_name_other_sources(tmp_path: Path, path: str, kind: SourceKind) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}")
    assert parse_source(str(file)) == Source(kind=kind, text=str(file), path=file)


@pytest.mark.parametrize("name", ["server.json", "marketplace.json", "claude_desktop_config.json"])
def test_a_document_that_is_not_there_is_not_fetched(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFetchedError):
        parse_source(str(tmp_path / name))


def test_a_folder_and_an_archive_are_taken_as_written(tmp_path: Path) -> None:
    archive = tmp_path / "a.SKILL"
    archive.write_bytes(b"")
    assert parse_source(str(tmp_path)) == Source(kind=SourceKind.FOLDER, text=str(tmp_path), path=tmp_path)
    assert parse_source(str(archive)) == Source(kind=SourceKind.ARCHIVE, text=str(archive), path=archive)


def test_a_missing_path_is_not_fetched() -> None:
    with pytest.raises(NotFetchedError) as caught:
        parse_source("./nowhere")
    assert caught.value.exit_code == ExitCode.NOT_FETCHED
    assert caught.value.hint


def test_a_path_that_is_too_long_is_not_fetched() -> None:
    with pytest.raises(NotFetchedError):
        parse_source("./" + "a" * 5000)


def test_a_file_of_unknown_type_is_a_usage_fault(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageFault, match="neither a folder nor a file of a known type"):
        parse_source(str(tmp_path / "notes.txt"))


def test_a_local_repository_needs_the_flag(tmp_path: Path) -> None:
    text = f"git+file://{tmp_path}@main#subdirectory=a"
    with pytest.raises(UsageFault, match="--allow-local-git"):
        parse_source(text)
    source = parse_source(text, allow_local_git=True)
    assert (source.url, source.path, source.ref, source.subdirectory) == (f"file://{tmp_path}", tmp_path, "main", "a")


def test_a_local_repository_needs_an_absolute_path() -> None:
    with pytest.raises(UsageFault, match="absolute path"):
        parse_source("git+file://host.example/x", allow_local_git=True)


def test_the_canonical_form_is_understood_again() -> None:
    text = canonical_git("https://git.example/o/r", COMMIT, "a b/c")
    source = parse_source(text)
    assert (source.url, source.ref, source.subdirectory) == ("https://git.example/o/r", COMMIT, "a b/c")
