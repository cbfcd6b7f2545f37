import base64
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.acquire import Acquirer, BlobFolder
from reviewer.acquire.pypi_config import PipConfig, read_pip_config
from reviewer.errors import ExitCode, NotFetchedError
from tests.reviewer.acquire.worlds import Registry, a_registry, a_tar, a_zip, fetched, reasons, rows

WHEEL = "some_server-1.0-py3-none-any.whl"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    with a_registry() as running:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"{running.url}/simple")
        yield running


def wheel(tmp_path: Path, name: str = "Some.Server", marker: bytes = b"x") -> bytes:
    members: list[tuple[Any, bytes]] = [
        ("some_server/__init__.py", marker),
        ("some_server-1.0.dist-info/METADATA", b"Metadata-Version: 2.1\nName: " + name.encode() + b"\n\nName: wrong"),
    ]
    return a_zip(tmp_path / "w.whl", members).read_bytes()


def publish(registry: Registry, files: dict[str, bytes], **different: Any) -> None:
    rows_ = []
    for filename, content in files.items():
        registry.pages[f"/files/{filename}"] = ("application/octet-stream", content)
        row = {"filename": filename, "url": f"../../files/{filename}", "hashes": {"sha256": hashlib.sha256(content).hexdigest()}}
        rows_.append(row | different)
    page = {"meta": {"api-version": "1.0"}, "name": "some-server", "files": rows_}
    registry.pages["/simple/some-server/"] = ("application/vnd.pypi.simple.v1+json", json.dumps(page).encode())


def refused(source: str, blobs: Path) -> NotFetchedError:
    with pytest.raises(NotFetchedError) as caught:
        fetched(source, blobs)
    assert caught.value.exit_code == ExitCode.NOT_FETCHED
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("source", ["pypi:some.server", "pypi:Some_Server==1.0", "pkg:pypi/some-server@1.0"])
def test_the_published_wheel_is_fetched_under_its_own_spelling(registry: Registry, tmp_path: Path, source: str) -> None:
    content = wheel(tmp_path)
    publish(registry, {WHEEL: content})
    snapshot = fetched(source, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["some_server-1.0.dist-info/METADATA", "some_server/__init__.py"]
    assert (snapshot.source, snapshot.name, snapshot.version) == ("pypi:some.server==1.0", "some.server", "1.0")
    assert snapshot.digests["integrity"] == "sha256:" + hashlib.sha256(content).hexdigest()
    assert snapshot.package is not None
    assert (snapshot.package.purl, snapshot.package.filename) == ("pkg:pypi/some.server@1.0", WHEEL)
    assert snapshot.unreadable == ()


def test_a_distribution_cannot_take_another_name(registry: Registry, tmp_path: Path) -> None:
    publish(registry, {WHEEL: wheel(tmp_path, "famous-server")})
    assert fetched("pypi:some_server", tmp_path / "blobs").name == "some-server"


def test_a_wheel_for_every_machine_comes_first_then_linux_then_any_then_the_source(registry: Registry, tmp_path: Path) -> None:
    names = [
        WHEEL,
        "some_server-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
        "some_server-1.0-cp311-cp311-win_amd64.whl",
        "some_server-1.0.tar.gz",
    ]
    source = a_tar(
        tmp_path / "s.tgz", [("some_server-1.0/setup.py", b"raise"), ("some_server-1.0/PKG-INFO", b"Name: some.server\n")]
    ).read_bytes()
    contents = {name: wheel(tmp_path, marker=name.encode()) for name in names[:-1]} | {names[-1]: source}
    for first in range(len(names)):
        publish(registry, dict(reversed([(name, contents[name]) for name in names[first:]])))
        snapshot = fetched("pypi:some-server", tmp_path / "blobs")
        assert snapshot.package is not None
        assert snapshot.package.filename == names[first]
    assert [file.path for file in snapshot.files] == ["PKG-INFO", "setup.py"]
    assert snapshot.name == "some.server"


@pytest.mark.parametrize(
    ("versions", "asked", "chosen"),
    [
        (["1.0", "1.10", "1.9"], "", "1.10"),
        (["1.0", "2.0rc1"], "", "1.0"),
        (["2.0rc1", "2.0.dev1"], "", "2.0rc1"),
        (["1.0", "2.0rc1"], "==2.0.RC1", "2.0rc1"),
        (["1.0"], "==1.0.0", "1.0"),
    ],
)
def test_the_newest_final_version_is_the_default(registry: Registry, tmp_path: Path, versions: list[str], asked: str, chosen: str) -> None:
    publish(registry, {f"some_server-{version}-py3-none-any.whl": wheel(tmp_path) for version in versions})
    assert fetched(f"pypi:some-server{asked}", tmp_path / "blobs").version == chosen


def test_a_package_whose_every_version_is_yanked_says_so(registry: Registry, tmp_path: Path) -> None:
    publish(registry, {WHEEL: wheel(tmp_path)}, yanked="use another")
    error = refused("pypi:some-server", tmp_path / "blobs")
    assert "withdrawn" in error.message
    assert "pypi:some-server==" in error.hint


def test_a_yanked_version_is_taken_only_when_named_and_then_told(registry: Registry, tmp_path: Path) -> None:
    publish(registry, {WHEEL: wheel(tmp_path)}, yanked="leaks\u202etokens")
    refused("pypi:some-server", tmp_path / "blobs")
    snapshot = fetched("pypi:some-server==1.0", tmp_path / "blobs")
    assert rows(snapshot)[""] == "its author has yanked this version: leaks\\u202etokens"


def test_bytes_that_do_not_match_are_refused(registry: Registry, tmp_path: Path) -> None:
    publish(registry, {WHEEL: wheel(tmp_path)}, hashes={"sha256": "0" * 64})
    assert "does not match" in refused("pypi:some-server", tmp_path / "blobs").message


def test_a_missing_hash_is_told(registry: Registry, tmp_path: Path) -> None:
    publish(registry, {WHEEL: wheel(tmp_path)}, hashes={})
    assert "gives no sha256" in reasons(fetched("pypi:some-server", tmp_path / "blobs"))


def test_an_index_in_html_is_read(registry: Registry, tmp_path: Path) -> None:
    content = wheel(tmp_path)
    registry.pages[f"/files/{WHEEL}"] = ("application/octet-stream", content)
    link = f'<a href="../../files/{WHEEL}#sha256={hashlib.sha256(content).hexdigest()}">{WHEEL}</a>'
    registry.pages["/simple/some-server/"] = ("text/html; charset=utf-8", f"<!DOCTYPE html><html><body>{link}</body></html>".encode())
    snapshot = fetched("pypi:some-server", tmp_path / "blobs")
    assert (len(snapshot.files), snapshot.unreadable) == (2, ())


@pytest.mark.parametrize("page", [b"", b"[]", b"{}", b'{"meta": {"api-version": "9.0"}, "name": "x", "files": []}', b"[" * 100_000])
def test_an_odd_answer_is_not_fetched(registry: Registry, tmp_path: Path, page: bytes) -> None:
    registry.pages["/simple/some-server/"] = ("application/vnd.pypi.simple.v1+json", page)
    refused("pypi:some-server", tmp_path / "blobs")


@pytest.mark.parametrize("source", ["pypi:nowhere", "pypi:some-server==2.0"])
def test_what_is_not_published_is_not_fetched(registry: Registry, tmp_path: Path, source: str) -> None:
    publish(registry, {WHEEL: wheel(tmp_path)})
    refused(source, tmp_path / "blobs")


def test_files_that_cannot_be_read_are_not_fetched(registry: Registry, tmp_path: Path) -> None:
    publish(registry, {"some_server-1.0.tar.bz2": b"x", "some_server-1.0-py3.11.egg": b"x", "odd": b"x"})
    assert "no file that can be read" in refused("pypi:some-server", tmp_path / "blobs").message


def test_a_login_in_the_index_address_goes_to_the_index_only(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", registry.url.replace("http://", "http://u:p%40@") + "/simple")
    login = "Basic " + base64.b64encode(b"u:p@").decode()
    with a_registry() as files:
        publish(registry, {WHEEL: wheel(tmp_path)})
        files.pages["/w"] = registry.pages[f"/files/{WHEEL}"]
        publish(registry, {WHEEL: wheel(tmp_path)}, url=files.url + "/w")
        fetched("pypi:some-server", tmp_path / "blobs")
        assert (registry.asked, files.asked) == ([("/simple/some-server/", login)], [("/w", "")])


def test_other_indexes_are_said_not_to_be_asked(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Said:
        def __init__(self) -> None:
            self.sentences: list[str] = []

        def say(self, sentence: str) -> None:
            self.sentences.append(sentence)

    publish(registry, {WHEEL: wheel(tmp_path)})
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://other.example/simple")
    said = Said()
    Acquirer(BlobFolder(tmp_path / "blobs"), progress=said).fetch("pypi:some-server")
    assert any("are not asked" in sentence for sentence in said.sentences)


@pytest.mark.parametrize("url", ["file:///opt/simple", "not an address"])
def test_an_index_that_is_no_web_address_is_not_fetched(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", url)
    refused("pypi:some-server", tmp_path / "blobs")
    assert registry.asked == []


def test_pips_files_are_read_in_pips_order(tmp_path: Path) -> None:
    user, named = tmp_path / ".config/pip/pip.conf", tmp_path / "named.conf"
    user.parent.mkdir(parents=True)
    user.write_text(
        "[global]\nindex_url = https://user.example/%(x)s\ncert = /ca\nfind-links = /x\n[install]\nindex-url = https://install.example\n"
    )
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "none")}
    assert read_pip_config(environment) == PipConfig(index_url="https://install.example", certificates="/ca", has_more=True)
    named.write_text("[global]\nindex-url = https://named.example\n[broken\n")
    assert read_pip_config({**environment, "PIP_CONFIG_FILE": str(named)}).index_url == "https://install.example"
    named.write_text("[global]\nindex-url = https://named.example\nproxy = http://proxy.example\n")
    config = read_pip_config({**environment, "PIP_CONFIG_FILE": str(named)})
    assert (config.index_url, config.proxy) == ("https://named.example", "http://proxy.example")
    assert read_pip_config({**environment, "PIP_INDEX_URL": "https://variable.example"}).index_url == "https://variable.example"
    assert read_pip_config({**environment, "PIP_CONFIG_FILE": os.devnull}) == PipConfig()


@pytest.mark.network
def test_a_real_package(tmp_path: Path) -> None:
    try:
        snapshot = fetched("pypi:awslabs.aws-documentation-mcp-server", tmp_path / "blobs")
    except NotFetchedError as error:
        pytest.skip(f"the Python index does not answer: {error.message}")
    assert snapshot.name == "awslabs.aws-documentation-mcp-server"
    assert any(file.path.endswith("/METADATA") for file in snapshot.files)
    assert snapshot.unreadable == ()
