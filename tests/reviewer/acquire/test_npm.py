import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.acquire import Limits
from reviewer.acquire.npm_config import NpmConfig, read_npm_config
from reviewer.errors import ExitCode, NotFetchedError
from tests.reviewer.acquire.worlds import Registry, a_registry, a_tar, fetched, reasons, rows

FILES = [("package/package.json", b"{}"), ("package/build/index.js", b"x")]


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    with a_registry() as running:
        user = tmp_path / "npmrc"
        user.write_text(f"registry={running.url}/\n//{running.url.removeprefix('http://')}/:_authToken=${{TOKEN}}\n")
        monkeypatch.setenv("NPM_CONFIG_USERCONFIG", str(user))
        monkeypatch.setenv("TOKEN", "open")
        for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
            monkeypatch.delenv(name, raising=False)
        yield running


def sri(content: bytes, algorithm: str = "sha512") -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def publish(registry: Registry, content: bytes, name: str = "server", **different: Any) -> None:
    file = f"/{name}/-/server-1.2.0.tgz"
    dist = {"tarball": registry.url + file, "integrity": sri(content), "shasum": hashlib.sha1(content, usedforsecurity=False).hexdigest()}
    versions = {"1.2.0": {"dist": dist | different}, "1.1.0": {"dist": {}}}
    page = {"name": name, "dist-tags": {"latest": "1.2.0", "broken": "9.9.9"}, "versions": versions}
    registry.pages["/" + name.replace("/", "%2F")] = ("application/json", json.dumps(page).encode())
    registry.pages[file] = ("application/octet-stream", content)


def packed(tmp_path: Path, members: list[tuple[str, bytes]] | None = None) -> bytes:
    return a_tar(tmp_path / "p.tgz", list(members or FILES)).read_bytes()


def refused(source: str, blobs: Path, limits: Limits | None = None) -> NotFetchedError:
    with pytest.raises(NotFetchedError) as caught:
        fetched(source, blobs, limits)
    assert caught.value.exit_code == ExitCode.NOT_FETCHED
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("source", ["npm:server", "npm:server@1.2.0", "npm:server@latest", "pkg:npm/server@1.2.0"])
def test_the_published_artefact_is_fetched(registry: Registry, tmp_path: Path, source: str) -> None:
    tarball = packed(tmp_path)
    publish(registry, tarball)
    snapshot = fetched(source, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["build/index.js", "package.json"]
    assert (snapshot.source, snapshot.name, snapshot.version) == ("npm:server@1.2.0", "server", "1.2.0")
    assert snapshot.digests["integrity"] == sri(tarball)
    assert snapshot.digests["artifactSha256"] == hashlib.sha256(tarball).hexdigest()
    assert snapshot.package is not None
    assert snapshot.package.purl == "pkg:npm/server@1.2.0"
    assert snapshot.unreadable == ()
    assert registry.asked == [("/server", "Bearer open"), ("/server/-/server-1.2.0.tgz", "Bearer open")]


def test_a_scoped_package_is_asked_for_at_its_scopes_registry(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "npmrc").write_text(f"registry=https://other.example/\n@scope:registry={registry.url}\n")
    publish(registry, packed(tmp_path), "@scope/server")
    monkeypatch.setenv("NPM_CONFIG_USERCONFIG", str(tmp_path / "npmrc"))
    snapshot = fetched("npm:@scope/server", tmp_path / "blobs")
    assert (snapshot.source, registry.asked[0]) == ("npm:@scope/server@1.2.0", ("/@scope%2Fserver", ""))


@pytest.mark.parametrize(
    "different",
    [
        {"integrity": sri(b"other")},
        {"integrity": "sha512-!!!"},
        {"integrity": sri(b"other") + " " + sri(b"more")},
        {"integrity": "", "shasum": "0" * 40},
    ],
)
def test_bytes_that_do_not_match_are_refused(registry: Registry, tmp_path: Path, different: dict[str, str]) -> None:
    publish(registry, packed(tmp_path), **different)
    assert "does not match" in refused("npm:server", tmp_path / "blobs").message


@pytest.mark.parametrize(
    ("different", "reason"),
    [
        ({"integrity": ""}, "only a SHA-1 digest"),
        ({"integrity": None, "shasum": None}, "gives no digest"),
        ({"integrity": "md5-x"}, "SHA-1"),
    ],
)
def test_weak_promises_are_told(registry: Registry, tmp_path: Path, different: dict[str, Any], reason: str) -> None:
    tarball = packed(tmp_path)
    publish(registry, tarball, **different)
    snapshot = fetched("npm:server", tmp_path / "blobs")
    assert reason in reasons(snapshot)
    assert snapshot.digests["integrity"] == sri(tarball)


def test_the_strongest_of_several_digests_decides(registry: Registry, tmp_path: Path) -> None:
    tarball = packed(tmp_path)
    publish(registry, tarball, integrity=f"sha1-x {sri(tarball, 'sha384')}?option")
    assert fetched("npm:server", tmp_path / "blobs").unreadable == ()


def test_any_single_top_folder_is_the_packers(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path, [("other/package.json", b"{}")]))
    assert [file.path for file in fetched("npm:server", tmp_path / "blobs").files] == ["package.json"]


def test_several_top_folders_are_told(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path, [("package/package.json", b"{}"), ("other/index.js", b"x")]))
    snapshot = fetched("npm:server", tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["other/index.js", "package/package.json"]
    assert "several top folders" in rows(snapshot)[""]


@pytest.mark.parametrize("source", ["npm:nowhere", "npm:server@9.9.8", "npm:server@broken", "npm:server@1.1.0"])
def test_what_is_not_published_is_not_fetched(registry: Registry, tmp_path: Path, source: str) -> None:
    publish(registry, packed(tmp_path))
    refused(source, tmp_path / "blobs")


@pytest.mark.parametrize("page", [b"", b"[]", b"null", b'{"name": "other"}', b'{"name": "server", "versions": 3}', b"[" * 100_000])
def test_an_odd_answer_is_not_fetched(registry: Registry, tmp_path: Path, page: bytes) -> None:
    registry.pages["/server"] = ("application/json", page)
    refused("npm:server", tmp_path / "blobs")


def test_an_artefact_that_is_no_archive_is_not_fetched(registry: Registry, tmp_path: Path) -> None:
    publish(registry, b"no archive")
    assert "nothing to review in this archive" in refused("npm:server", tmp_path / "blobs").message


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits(page_bytes=10), "larger than 10"), (Limits(download_bytes=10), "larger than 10"), (Limits(seconds=-1), "longer")],
)
def test_past_a_limit_it_is_not_fetched(registry: Registry, tmp_path: Path, limits: Limits, words: str) -> None:
    publish(registry, packed(tmp_path))
    assert words in refused("npm:server", tmp_path / "blobs", limits).message


def test_redirects_are_followed_without_the_token_and_only_to_https(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path))
    with a_registry() as other:
        other.pages["/file"] = registry.pages["/server/-/server-1.2.0.tgz"]
        registry.redirects["/server/-/server-1.2.0.tgz"] = other.url + "/file"
        assert len(fetched("npm:server", tmp_path / "blobs").files) == 2
        assert other.asked == [("/file", "")]
    registry.redirects["/server/-/server-1.2.0.tgz"] = "http://files.example/file"
    assert "not https" in refused("npm:server", tmp_path / "blobs").message
    registry.redirects["/server/-/server-1.2.0.tgz"] = "/server/-/server-1.2.0.tgz"
    assert "redirects more than" in refused("npm:server", tmp_path / "blobs").message


def test_a_tarball_elsewhere_without_https_is_refused(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path), tarball="http://files.example/x.tgz")
    assert "not https" in refused("npm:server", tmp_path / "blobs").message


def test_a_registry_that_is_away_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_registry() as gone:
        monkeypatch.setenv("npm_config_registry", gone.url)
    assert "could not be reached" in refused("npm:server", tmp_path / "blobs").message


def test_a_project_does_not_choose_the_registry(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(registry, packed(tmp_path))
    (tmp_path / ".npmrc").write_text("registry=https://evil.example/\n")
    monkeypatch.chdir(tmp_path)
    assert fetched("npm:server", tmp_path / "blobs").version == "1.2.0"


def test_variables_win_over_the_users_file_and_that_over_the_global_one(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text(
        '; note\n# note\n[section]\nregistry = "https://user.example"\ncafile=${HOME}/ca\nproxy=${NONE?}x${NONE}\n'
    )
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/npmrc").write_text("registry=https://global.example\nhttps-proxy=https://proxy.example\n")
    environment = {"HOME": str(tmp_path), "NPM_CONFIG_PREFIX": str(tmp_path)}
    config = read_npm_config(environment)
    assert (config.registry("x"), config.certificates) == ("https://user.example/", f"{tmp_path}/ca")
    assert (config.proxy, config.settings["proxy"]) == ("https://proxy.example", "x${NONE}")
    assert (
        read_npm_config({**environment, "npm_config_registry": "https://variable.example/a/"}).registry("x")
        == "https://variable.example/a/"
    )
    assert read_npm_config({**environment, "NPM_CONFIG_USERCONFIG": "/nowhere"}).registry("x") == "https://global.example/"


def test_without_any_setting_there_is_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert NpmConfig(settings={}).registry("x").startswith("https://")


def test_an_unusable_registry_is_not_fetched() -> None:
    with pytest.raises(NotFetchedError, match="cannot be used"):
        NpmConfig(settings={"registry": "file:///etc"}).registry("x")


@pytest.mark.parametrize(
    ("settings", "url", "expected"),
    [
        ({"//host.example/:_authToken": "t"}, "https://host.example/a/b", "Bearer t"),
        ({"//host.example/a/:_authToken": "t"}, "https://host.example/a/b", "Bearer t"),
        ({"//host.example/a/:_authToken": "t"}, "https://host.example/b", ""),
        ({"//host.example/:_authToken": "t"}, "https://host.example.evil.example/a", ""),
        ({"//host.example/:_auth": "dTpw"}, "https://host.example/a", "Basic dTpw"),
        ({"//host.example/:username": "u", "//host.example/:_password": "cA=="}, "https://host.example/a", "Basic dTpw"),
        ({"_authToken": "t"}, "https://host.example/a", ""),
    ],
)
def test_credentials_hold_for_their_address_only(settings: dict[str, str], url: str, expected: str) -> None:
    assert NpmConfig(settings=settings).authorization(url) == expected


@pytest.mark.network
def test_a_real_package(tmp_path: Path) -> None:
    try:
        snapshot = fetched("npm:tavily-mcp", tmp_path / "blobs")
    except NotFetchedError as error:
        pytest.skip(f"the npm registry does not answer: {error.message}")
    assert "package.json" in {file.path for file in snapshot.files}
    assert snapshot.unreadable == ()
