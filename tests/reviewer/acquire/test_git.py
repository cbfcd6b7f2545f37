import random
from pathlib import Path

import pytest

from reviewer.acquire import Acquirer, BlobFolder, Limits
from reviewer.acquire.hosts import refuse_private_host
from reviewer.errors import ExitCode, NotFetchedError
from tests.reviewer.acquire.worlds import commit, fetched, git, reasons, repository, rows, texts, write

FILES = {"README.md": "hello", "skills/one/SKILL.md": "one", "skills/one/run.sh": "echo"}
EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def refused(source: str, blobs: Path, limits: Limits | None = None) -> NotFetchedError:
    with pytest.raises(NotFetchedError) as caught:
        fetched(source, blobs, limits)
    assert caught.value.exit_code == ExitCode.NOT_FETCHED
    assert caught.value.message.isprintable()
    assert caught.value.hint
    return caught.value


def raw_object(folder: Path, kind: str, content: bytes) -> str:
    return git(folder, "hash-object", "-w", "--literally", "-t", kind, "--stdin", given=content)


def point_to_tree(folder: Path, tree: str) -> None:
    git(folder, "update-ref", "refs/heads/main", git(folder, "commit-tree", tree, "-m", "x"))


def test_a_commit_has_the_digests_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    identity = repository(folder, FILES)
    (folder / "skills/one/run.sh").chmod(0o755)
    (folder / "link").symlink_to("README.md")
    identity = commit(folder)
    snapshot, original = fetched(f"git+file://{folder}", tmp_path / "blobs"), fetched(folder, tmp_path / "blobs")
    assert (snapshot.files, snapshot.unreadable) == (original.files, ())
    assert snapshot.digests == {**original.digests, "gitCommit": identity}
    assert snapshot.source == f"git+file://{folder}@{identity}"
    assert (snapshot.name, snapshot.repository) == ("repo", f"file://{folder}")


def test_a_subdirectory_has_a_tree_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    identity = repository(folder, FILES)
    snapshot = fetched(f"git+file://{folder}@main#subdirectory=skills/one", tmp_path / "blobs")
    original = fetched(folder / "skills/one", tmp_path / "blobs")
    assert snapshot.files == original.files
    assert snapshot.digests == {**original.digests, "gitCommit": identity}
    assert snapshot.digests["gitTree"] == git(folder, "rev-parse", "HEAD:skills/one")
    assert (snapshot.source, snapshot.name) == (f"git+file://{folder}@{identity}#subdirectory=skills/one", "one")


@pytest.mark.parametrize("kind", ["branch", "tag", "annotated", "commit", "bare", "deep branch"])
def test_a_ref_of_any_kind_is_resolved(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "repo"
    first = repository(folder, {"a": "1"})
    write(folder, {"a": "2"})
    git(folder, "tag", "v1")
    git(folder, "tag", "--annotate", "--message=x", "v2")
    git(folder, "branch", "feature/x")
    commit(folder)
    source = f"git+file://{folder}"
    if kind == "bare":
        git(tmp_path, "clone", "--quiet", "--bare", "repo", "bare.git")
        source = f"git+file://{tmp_path / 'bare.git'}"
    ref = {"branch": "main", "tag": "v1", "annotated": "v2", "commit": first, "bare": "v1", "deep branch": "feature/x"}[kind]
    snapshot = fetched(f"{source}@{ref}", tmp_path / "blobs")
    assert texts(snapshot, tmp_path / "blobs") == {"a": "2" if kind == "branch" else "1"}
    if kind != "branch":
        assert snapshot.digests["gitCommit"] == first


def test_attributes_of_the_repository_hide_and_rewrite_nothing(tmp_path: Path) -> None:
    files = {".gitattributes": "secret.py export-ignore\n* ident text eol=crlf filter=x", "secret.py": "$Id$\n$Format:%H$\n"}
    repository(tmp_path / "repo", files)
    assert texts(fetched(f"git+file://{tmp_path / 'repo'}", tmp_path / "blobs"), tmp_path / "blobs") == files


def test_submodules_and_pointers_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    identity = repository(folder, {"a": "1", "big.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"})
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{identity},vendor/lib")
    git(folder, "commit", "--quiet", "--message=x")
    snapshot = fetched(f"git+file://{folder}", tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a", "big.bin"]
    assert rows(snapshot)["vendor/lib"] == f"it is a submodule at commit {identity}: another repository, which was not read"
    assert "Git LFS pointer" in rows(snapshot)["big.bin"]
    assert snapshot.digests["gitTree"] == git(folder, "rev-parse", "HEAD^{tree}")


@pytest.mark.parametrize("name", [b"..", b".git", b".GIT", b"a/b"])
def test_trees_that_no_git_would_write_are_refused_with_gits_reason(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / "repo"
    repository(folder, {"a": "1"})
    blob = raw_object(folder, "blob", b"x")
    point_to_tree(folder, raw_object(folder, "tree", b"100644 " + name + b"\0" + bytes.fromhex(blob)))
    error = refused(f"git+file://{folder}", tmp_path / "blobs")
    assert "git says" in error.hint


def test_a_bomb_of_trees_is_cut(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    repository(folder, {"a": "1"})
    node, mode = raw_object(folder, "blob", b"x"), b"100644"
    for _ in range(7):
        node = raw_object(folder, "tree", b"".join(mode + b" %d\0" % each + bytes.fromhex(node) for each in range(10)))
        mode = b"40000"
    point_to_tree(folder, node)
    snapshot = fetched(f"git+file://{folder}", tmp_path / "blobs", Limits(entries=50))
    assert len(snapshot.files) == 50
    assert "more than 50 files" in reasons(snapshot)


@pytest.mark.parametrize(
    "ending", ["@nowhere", "@" + "0" * 40, "@abcdef1", "#subdirectory=nowhere", "#subdirectory=a", "#subdirectory=a/b"]
)
def test_what_is_not_there_is_not_fetched(tmp_path: Path, ending: str) -> None:
    repository(tmp_path / "repo", {"a": "1"})
    refused(f"git+file://{tmp_path / 'repo'}{ending}", tmp_path / "blobs")


def test_an_abbreviated_commit_gets_a_hint(tmp_path: Path) -> None:
    identity = repository(tmp_path / "repo", {"a": "1"})
    assert "all its 40 digits" in refused(f"git+file://{tmp_path / 'repo'}@{identity[:8]}", tmp_path / "blobs").hint


def test_no_repository_is_not_fetched(tmp_path: Path) -> None:
    refused(f"git+file://{tmp_path / 'nowhere'}", tmp_path / "blobs")
    refused(f"git+file://{tmp_path}", tmp_path / "blobs")


def test_an_empty_commit_is_nothing_to_review(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    repository(folder, {"a": "1"})
    git(folder, "rm", "--quiet", "a")
    git(folder, "commit", "--quiet", "--message=x")
    refused(f"git+file://{folder}", tmp_path / "blobs")


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits(seconds=-1), "git took longer than -1 seconds"), (Limits(download_bytes=100_000), "larger than 100000 bytes")],
)
def test_past_gits_limits_it_is_not_fetched(tmp_path: Path, limits: Limits, words: str) -> None:
    noise = random.Random(1).randbytes(300_000).hex()  # bytes that do not pack
    repository(tmp_path / "repo", {"a": noise})
    assert words in refused(f"git+file://{tmp_path / 'repo'}", tmp_path / "blobs", limits).message


def test_nothing_of_the_users_git_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path / "repo", {"a": "1"})
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.sshCommand")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "false")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    assert len(fetched(f"git+file://{tmp_path / 'repo'}", tmp_path / "blobs").files) == 1


def test_hooks_and_settings_of_the_repository_do_not_run(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    repository(folder, {"a": "1"})
    mark = tmp_path / "ran"
    for name in ("post-checkout", "pre-receive", "reference-transaction", "post-upload-pack"):
        hook = folder / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
        hook.chmod(0o755)
    git(folder, "config", "core.fsmonitor", f"touch {mark}")
    git(folder, "config", "uploadpack.packObjectsHook", f"touch {mark}; false")
    git(folder, "config", "core.alternateRefsCommand", f"touch {mark}")
    assert len(fetched(f"git+file://{folder}", tmp_path / "blobs").files) == 1
    assert not mark.exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/o/r",
        "https://[::1]/o/r",
        "https://10.1.2.3/o/r",
        "https://169.254.169.254/o/r",
        "https://[::ffff:192.168.0.1]/o/r",
        "https://0.0.0.0/o/r",
    ],
)
def test_private_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(NotFetchedError, match="private address"):
        Acquirer(BlobFolder(tmp_path)).fetch("git+" + url)


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["fe80::1%eth0"]])
def test_names_that_lead_to_private_addresses_are_refused(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotFetchedError, match="private address"):
        refuse_private_host("https://git.example/o/r", resolver=lambda _: addresses)
    refuse_private_host("https://git.example/o/r", resolver=lambda _: ["93.184.215.14"])


def test_an_unknown_host_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: str) -> list[str]:
        raise OSError

    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotFetchedError, match="cannot be found"):
        refuse_private_host("https://git.example/o/r", resolver=fails)


def test_behind_a_proxy_names_are_the_proxys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    refuse_private_host("https://git.example/o/r", resolver=lambda _: ["10.0.0.1"])
    with pytest.raises(NotFetchedError):
        refuse_private_host("https://10.0.0.1/o/r")


@pytest.mark.parametrize(
    "host",
    [
        *("localhost.", "x.localhost", "metadata.google.internal", "printer.local", "intranet", "2130706433", "127.1", "0x7f.0.0.0x1"),
        *("10.0.0.1.", "[::ffff:127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[::1]"),
    ],
)
def test_a_proxy_is_not_led_to_its_own_machine_either(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    with pytest.raises(NotFetchedError, match="private address"):
        refuse_private_host(f"https://{host}/o/r", resolver=lambda _: [])
