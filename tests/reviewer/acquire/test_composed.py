import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.model import File
from reviewer.acquire import Acquirer, BlobFolder, Limits, Silent
from reviewer.acquire.composed import Composer
from reviewer.acquire.sources import Source, SourceKind
from reviewer.acquire.web import Web
from reviewer.digests import dir_hash
from reviewer.errors import NotFetchedError, ReviewerError, UsageFault
from reviewer.model import Origin, Snapshot
from tests.reviewer.acquire.test_npm import packed, publish
from tests.reviewer.acquire.worlds import Registry, a_registry, a_zip, commit, fetched, repository, texts, write

SECRET = "hunter2"  # noqa: S105  of this test
REMOTE = {"type": "http", "url": "https://mcp.vendor.example/mcp"}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    with a_registry() as running:
        for name in list(os.environ):
            if name.lower().startswith(("npm_config", "pip_", "reviewer_")):
                monkeypatch.delenv(name)
        monkeypatch.setenv("npm_config_registry", running.url)
        monkeypatch.setenv("PIP_INDEX_URL", f"{running.url}/simple")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        yield running


def parts(snapshot: Snapshot) -> dict[str, tuple[Origin, bool]]:
    return {part.root: (part.origin, part.fetched) for part in snapshot.parts}


def gates(snapshot: Snapshot) -> dict[str, str]:
    return {row.path: row.reason for row in snapshot.unreadable if row.gate}


def config(folder: Path, servers: dict[str, Any], name: str = ".mcp.json", **more: Any) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"mcpServers": servers} | more))
    return file


def every_byte(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# -- configurations


def test_a_configurations_servers_are_parts_with_their_own_digests(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path))
    alone = fetched("npm:server@1.2.0", tmp_path / "alone")
    servers = {
        "one": {"command": "npx", "args": ["-y", "server@1.2.0"], "env": {"TOKEN": SECRET}},
        "two": REMOTE,
        "three": {"command": "docker", "args": ["run", "x"]},
    }
    snapshot = fetched(config(tmp_path / "project", servers), tmp_path / "blobs")
    assert parts(snapshot) == {
        "servers/one": (Origin.SERVER, True),
        "remotes/two": (Origin.REMOTE, False),
        "servers/three": (Origin.SERVER, False),
    }
    one = snapshot.parts[0]
    assert (one.source, one.digests) == ("npm:server@1.2.0", alone.digests)
    assert one.package is not None
    assert [file.path for file in snapshot.files] == [
        *(".mcp.json", "remotes/two/remote.json", "servers/one/build/index.js", "servers/one/package.json", "servers/three/launch.json"),
    ]
    assert "container image" in gates(snapshot)["servers/three"]
    assert "redactedDocumentSha256" in snapshot.digests
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")


def test_a_server_without_a_version_is_read_as_it_is_now_and_says_so(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path))
    snapshot = fetched(config(tmp_path / "project", {"one": {"command": "npx", "args": ["server"]}}), tmp_path / "blobs")
    assert snapshot.parts[0].source == "npm:server@1.2.0"
    (row,) = [row for row in snapshot.unreadable if row.path == "servers/one"]
    assert ("not pinned" in row.reason, row.gate) == (True, False)


@pytest.mark.usefixtures("registry")
def test_the_same_configuration_has_the_same_digest_whatever_its_secrets(tmp_path: Path) -> None:
    one, other = (
        fetched(config(tmp_path / name, {"a": {**REMOTE, "headers": {"Authorization": secret}}}), tmp_path / "blobs").digests
        for name, secret in (("x", "hunter2"), ("y", "hunter3"))
    )
    assert one == other
    changed = fetched(config(tmp_path / "z", {"a": {**REMOTE, "url": "https://other.example/mcp"}}), tmp_path / "blobs")
    assert changed.digests["dirHash"] != one["dirHash"]


@pytest.mark.usefixtures("registry")
def test_a_server_beside_its_configuration_is_read_without_its_secrets(tmp_path: Path) -> None:
    project = write(
        tmp_path / "project",
        {"server/index.js": "x", "server/.env": SECRET, "server/key.pem": SECRET, "server/.env.example": "A=", "other.js": "y"},
    )
    snapshot = fetched(config(project, {"one": {"command": "node", "args": ["server/index.js"]}}), tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == [".mcp.json", "servers/one/.env.example", "servers/one/index.js"]
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")
    assert {row.path for row in snapshot.unreadable} == {".mcp.json", "servers/one/.env", "servers/one/key.pem"}


@pytest.mark.usefixtures("registry")
def test_the_package_around_a_server_is_read_whole(tmp_path: Path) -> None:
    project = write(tmp_path / "project", {"package.json": "{}", "build/index.js": "x"})
    snapshot = fetched(
        config(project, {"one": {"command": "node", "args": ["${workspaceFolder}/build/index.js"]}}, ".vscode/mcp.json"), tmp_path / "blobs"
    )
    assert "servers/one/package.json" in texts(snapshot, tmp_path / "blobs")
    assert gates(snapshot) == {}


@pytest.mark.usefixtures("registry")
def test_a_lone_script_is_read_alone(tmp_path: Path) -> None:
    project = write(tmp_path / "project", {"server.py": "x", "diary.txt": SECRET})
    snapshot = fetched(config(project, {"one": {"command": "python", "args": ["server.py"]}}), tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == [".mcp.json", "servers/one/server.py"]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    "address", ["/etc/passwd", "../outside/index.js", "link/index.js", "~/index.js", "${SOMEWHERE}/index.js", "absent.js", "server\x00.js"]
)
def test_what_lies_elsewhere_is_not_opened(tmp_path: Path, address: str) -> None:
    write(tmp_path / "outside", {"index.js": SECRET})
    write(tmp_path / "home", {"index.js": SECRET})
    project = tmp_path / "project"
    project.mkdir()
    (project / "link").symlink_to(tmp_path / "outside")
    snapshot = fetched(config(project, {"one": {"command": "node", "args": [address]}}), tmp_path / "blobs")
    assert "servers/one" in gates(snapshot)
    assert [file.path for file in snapshot.files] == [".mcp.json", "servers/one/launch.json"]
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")


@pytest.mark.usefixtures("registry")
def test_a_home_folder_is_never_read_whole(tmp_path: Path) -> None:
    home = write(tmp_path / "home", {"server.js": "x", "scripts/mail.py": "y", "scripts/notes.txt": SECRET, "package.json": "{}"})
    servers = {
        "one": {"command": "node", "args": ["server.js"]},
        "two": {"command": "python", "args": ["~/scripts/mail.py"]},
        "three": {"command": "npx", "args": ["."]},
    }
    snapshot = fetched(config(home, servers, ".claude.json"), tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == [
        ".claude.json",
        "servers/one/server.js",
        "servers/three/launch.json",
        "servers/two/mail.py",
    ]
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")


@pytest.mark.usefixtures("registry")
def test_configurations_within_a_server_are_kept_without_their_secrets(tmp_path: Path) -> None:
    servers = {"one": {"command": "node", "args": ["build/index.js"], "env": {"TOKEN": SECRET}}}
    project = write(
        tmp_path / "project",
        {
            "package.json": "{}",
            "build/index.js": "x",
            "build/config.yaml": "greeting: hello",
            ".vscode/mcp.json": json.dumps({"servers": {"other": {"command": "node", "args": ["x.js"], "env": {"TOKEN": SECRET}}}}),
            ".codex/config.toml": f"[mcp_servers.third]\ncommand = 'x'\nenv = {{TOKEN = '{SECRET}'}}\n",
            ".claude/settings.json": json.dumps({"env": {"TOKEN": SECRET}, "hooks": {"Stop": []}, "apiKeyHelper": "x"}),
            ".cursor/mcp.json": "{" + SECRET,
            ".envrc": f"export TOKEN={SECRET}",
            ".aws/config": SECRET,
        },
    )
    (project / ".gemini").mkdir()
    (project / ".gemini" / "settings.json").symlink_to(project / ".envrc")
    snapshot = fetched(config(project, servers), tmp_path / "blobs")
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")
    kept = texts(snapshot, tmp_path / "blobs")
    assert kept["servers/one/build/config.yaml"] == "greeting: hello"
    assert json.loads(kept["servers/one/.mcp.json"])["mcpServers"]["one"]["env"] == {"TOKEN": "${TOKEN}"}
    assert list(json.loads(kept["servers/one/.vscode/mcp.json"])["mcpServers"]) == ["other"]
    assert list(json.loads(kept["servers/one/.codex/config.toml.json"])["mcpServers"]) == ["third"]
    assert {path: "run commands" in reason for path, reason in gates(snapshot).items()} == {
        "servers/one/.claude/settings.json": True,
        "servers/one/.cursor/mcp.json": False,
    }
    left = {row.path for row in snapshot.unreadable if not row.gate}
    assert {"servers/one/.envrc", "servers/one/.aws", "servers/one/.gemini/settings.json"} <= left


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("place", ["./.env", "./id_rsa", "./.ssh/work", ".ssh", "${workspaceFolder}/.envrc", "./deep/.aws/other"])
def test_files_of_secrets_are_not_opened_though_they_are_started(tmp_path: Path, place: str) -> None:
    project = write(tmp_path / "project", dict.fromkeys((".env", "id_rsa", ".ssh/work", ".ssh/more", ".envrc", "deep/.aws/other"), SECRET))
    snapshot = fetched(config(project, {"one": {"command": "sh", "args": [place]}}), tmp_path / "blobs")
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")
    assert "servers/one" in gates(snapshot)


@pytest.mark.usefixtures("registry")
def test_a_folder_of_a_home_is_read_only_if_it_is_a_package(tmp_path: Path) -> None:
    home = write(tmp_path / "home", {"Documents/diary.txt": SECRET, "Documents/run.py": "x", "proj/pyproject.toml": "", "proj/run.py": "y"})
    servers = {name: {"command": "uv", "args": ["--directory", f"~/{name}", "run", "run.py"]} for name in ("Documents", "proj")}
    servers["whole"] = {"command": "~/Documents"}
    snapshot = fetched(config(home, servers, ".claude.json"), tmp_path / "blobs")
    assert "servers/proj/run.py" in [file.path for file in snapshot.files]
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")
    assert "servers/whole" in gates(snapshot)


@pytest.mark.usefixtures("registry")
def test_folders_of_skills_are_read(tmp_path: Path) -> None:
    project = write(
        tmp_path / "project",
        {".claude/skills/minutes/SKILL.md": "x", ".openclaw/more/pdf/SKILL.md": "y", ".openclaw/skills/a/SKILL.md": "z"},
    )
    snapshot = fetched(config(project, {"one": REMOTE}), tmp_path / "blobs")
    assert parts(snapshot)["skills/skills"] == (Origin.SKILLS, True)
    assert "skills/skills/minutes/SKILL.md" in texts(snapshot, tmp_path / "blobs")
    claw = project / ".openclaw" / "openclaw.json"
    claw.write_text('{skills: {load: {extraDirs: ["./more", "/srv/absent"]}}}')
    snapshot = fetched(claw, tmp_path / "blobs")
    assert {root: fetched for root, (_, fetched) in parts(snapshot).items()} == {
        "skills/more": True,
        "skills/absent": False,
        "skills/skills": True,
    }
    assert "skills/absent" in gates(snapshot)


@pytest.mark.parametrize("content", ["{}", '{"mcpServers": {}}', '{"other": {"x": {"command": "y"}}}'])
def test_a_configuration_without_servers_is_nothing_to_review(tmp_path: Path, content: str) -> None:
    (tmp_path / ".mcp.json").write_text(content)
    with pytest.raises(NotFetchedError, match="no server") as caught:
        fetched(tmp_path / ".mcp.json", tmp_path / "blobs")
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\xd8", b"{", b"[" * 300_000, b"\x00" * 1000])
def test_a_configuration_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".mcp.json").write_bytes(content)
    with pytest.raises(NotFetchedError, match="cannot be read"):
        fetched(tmp_path / ".mcp.json", tmp_path / "blobs")
    assert not (tmp_path / "blobs").exists()


def test_a_configuration_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".mcp.json").write_bytes(b" " * 2000)
    with pytest.raises(NotFetchedError, match="larger than"):
        fetched(tmp_path / ".mcp.json", tmp_path / "blobs", Limits(page_bytes=1000))


def test_a_reader_that_runs_out_of_memory_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / ".mcp.json").write_bytes(b'{"a": [' + b"[]," * 4_000_000 + b"1]}")
    with pytest.raises(NotFetchedError):
        fetched(tmp_path / ".mcp.json", tmp_path / "blobs", Limits(memory_bytes=220 << 20))


# -- registry entries


def an_entry(*packages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "com.vendor/server", "description": "x", "version": "2.0.0", "packages": list(packages)} | more


def an_npm_package(**more: str) -> dict[str, Any]:
    return {"registryType": "npm", "identifier": "server", "version": "1.2.0"} | more


def saved(folder: Path, document: object, name: str = "server.json") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document))
    return folder / name


def test_an_entrys_packages_and_remotes_are_parts(registry: Registry, tmp_path: Path) -> None:
    tarball = packed(tmp_path)
    publish(registry, tarball)
    sha256 = hashlib.sha256(tarball).hexdigest()
    entry = an_entry(
        an_npm_package(fileSha256=sha256, registryBaseUrl=registry.url),
        {"registryType": "oci", "identifier": "image.example/x"},
        remotes=[REMOTE],
    )
    snapshot = fetched(saved(tmp_path / "x", entry), tmp_path / "blobs")
    assert (snapshot.name, snapshot.version) == ("com.vendor/server", "2.0.0")
    assert parts(snapshot) == {
        "packages/server": (Origin.PACKAGE, True),
        "packages/image.example-x": (Origin.PACKAGE, False),
        "remotes/mcp.vendor.example": (Origin.REMOTE, False),
    }
    assert set(gates(snapshot)) == {"packages/image.example-x"}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"fileSha256": "0f" * 32}, "does not match the sha256"),
        ({"fileSha256": "short"}, "does not match the sha256"),
        ({"registryBaseUrl": "https://npm.other.example"}, "not the one that is configured here"),
        ({"identifier": "absent"}, "no package absent"),
        ({"identifier": "../../etc"}, "no npm package name"),
        ({"identifier": "x@https://other.example/x.tgz"}, "no exact npm version"),
        ({"version": "9.9.9"}, "no version 9.9.9"),
    ],
)
def test_a_package_that_is_not_what_was_promised_is_left_out(registry: Registry, tmp_path: Path, more: dict[str, str], reason: str) -> None:
    publish(registry, packed(tmp_path))
    snapshot = fetched(saved(tmp_path / "x", an_entry(an_npm_package(**more), remotes=[REMOTE])), tmp_path / "blobs")
    ((_, told),) = gates(snapshot).items()
    assert reason in told
    assert not any(file.path.endswith("index.js") for file in snapshot.files)


def test_a_bundle_is_downloaded_and_held_to_its_digest(registry: Registry, tmp_path: Path) -> None:
    content = a_zip(tmp_path / "x.mcpb", [("manifest.json", b"{}")]).read_bytes()
    registry.pages["/server.mcpb"] = ("application/zip", content)
    bundle = {"registryType": "mcpb", "identifier": f"{registry.url}/server.mcpb", "fileSha256": hashlib.sha256(content).hexdigest()}
    wrong = bundle | {"fileSha256": "0f" * 32}
    file = saved(tmp_path / "x", an_entry(bundle, wrong))
    snapshot = Acquirer(BlobFolder(tmp_path / "blobs"), allow_private_hosts=True).fetch(str(file))
    assert [part.fetched for part in snapshot.parts] == [True, False]
    assert "does not match" in gates(snapshot)["packages/server.mcpb-2"]
    assert "packages/server.mcpb/manifest.json" in texts(snapshot, tmp_path / "blobs")


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example/x.mcpb",
        "https://127.0.0.1/x.mcpb",
        "https://localhost/x.mcpb",
        "https://u:p@files.example/x.mcpb",
        "file:///etc/passwd",
        "https://[::1",
        "/etc/passwd",
    ],
)
def test_a_strangers_address_reaches_no_machine_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr("socket.socket.connect", no_network)
    file = saved(tmp_path / "x", an_entry({"registryType": "mcpb", "identifier": url, "fileSha256": "0f" * 32}))
    snapshot = fetched(file, tmp_path / "blobs")
    assert [part.fetched for part in snapshot.parts] == [False]
    assert "not fetched" in "\n".join(gates(snapshot).values())


def test_a_redirect_into_a_private_network_is_not_followed(registry: Registry) -> None:
    registry.redirects["/x"] = "https://10.0.0.1/x"
    seen: list[str] = []

    def refuse(url: str) -> None:
        seen.append(url)
        if "10.0.0.1" in url:
            raise NotFetchedError("private")

    with pytest.raises(NotFetchedError, match="private"):
        Web(Limits(), refuse=refuse).page(f"{registry.url}/x", accept="*/*")
    assert len(seen) == 2


def test_an_entry_that_is_none_is_an_incomplete_snapshot(tmp_path: Path) -> None:
    snapshot = fetched(saved(tmp_path / "x", {"hello": 1}), tmp_path / "blobs")
    assert "no entry of an MCP registry" in gates(snapshot)["server.json"]
    assert texts(snapshot, tmp_path / "blobs") == {"server.json": '{"hello": 1}'}


def test_parts_share_the_limits_of_one_submission(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path))
    publish(registry, packed(tmp_path), "other")
    file = saved(tmp_path / "x", an_entry(an_npm_package(), an_npm_package(identifier="other"), an_npm_package(), remotes=[REMOTE]))
    few = fetched(file, tmp_path / "blobs", Limits(entries=3))
    assert [part.fetched for part in few.parts] == [True, False, False, False]
    assert "as large as a submission may be" in gates(few)["packages/other"]
    assert "more than 1 parts" in gates(fetched(file, tmp_path / "blobs", Limits(parts=1)))["packages/other"]
    assert "longer than" in gates(fetched(file, tmp_path / "blobs", Limits(parts_seconds=0)))["packages/server"]


# -- an MCP registry


@pytest.mark.usefixtures("registry")
def test_an_entry_is_found_in_a_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump = saved(tmp_path / "dump" / "inner", {"servers": [{"server": an_entry(remotes=[REMOTE])}]}, "page.json")
    for configured in (dump, tmp_path / "dump"):
        monkeypatch.setenv("REVIEWER_MCP_REGISTRY", str(configured))
        snapshot = fetched("mcp:com.vendor/server", tmp_path / "blobs")
        assert snapshot.source == "mcp:com.vendor/server@2.0.0"
        assert parts(snapshot) == {"remotes/mcp.vendor.example": (Origin.REMOTE, False)}
    with pytest.raises(NotFetchedError, match=r"no com\.vendor/absent"):
        fetched("mcp:com.vendor/absent", tmp_path / "blobs")
    with pytest.raises(NotFetchedError, match="at version 9") as caught:
        fetched("mcp:com.vendor/server@9", tmp_path / "blobs")
    assert "2.0.0" in caught.value.hint


def test_a_dump_of_many_files_is_searched_without_following_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2000):
        saved(tmp_path / "dump", an_entry(name=f"com.vendor/{number}"), f"{number}-{'x' * 100}.json")
    saved(tmp_path / "dump", an_entry(remotes=[REMOTE]), "it.json")
    saved(tmp_path / "other", an_entry(name="com.vendor/linked", remotes=[REMOTE]), "linked.json")
    (tmp_path / "dump" / "linked.json").symlink_to(tmp_path / "other" / "linked.json")
    monkeypatch.setenv("REVIEWER_MCP_REGISTRY", str(tmp_path / "dump"))
    assert fetched("mcp:com.vendor/server", tmp_path / "blobs").version == "2.0.0"
    with pytest.raises(NotFetchedError):
        fetched("mcp:com.vendor/linked", tmp_path / "blobs")


@pytest.mark.parametrize("interface", ["v0.1", "v0"])
def test_an_entry_is_asked_of_a_registry(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interface: str) -> None:
    answer = json.dumps({"server": an_entry(remotes=[REMOTE])}).encode()
    registry.pages[f"/{interface}/servers/com.vendor%2Fserver/versions/latest"] = ("application/json", answer)
    monkeypatch.setenv("REVIEWER_MCP_REGISTRY", registry.url)
    assert fetched("mcp:com.vendor/server", tmp_path / "blobs").version == "2.0.0"
    assert all(authorization == "" for _, authorization in registry.asked)


def test_an_entry_is_looked_for_on_all_pages(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = "/v0/servers?limit=100&search=com.vendor%2Fserver"
    first = {"servers": [{"server": an_entry(name="com.vendor/other")}], "metadata": {"nextCursor": "a b"}}
    registry.pages[start] = ("application/json", json.dumps(first).encode())
    last = {"servers": [{"server": an_entry(remotes=[REMOTE])}], "metadata": {}}
    registry.pages[f"{start}&cursor=a%20b"] = ("application/json", json.dumps(last).encode())
    monkeypatch.setenv("REVIEWER_MCP_REGISTRY", f"{registry.url}/")
    assert fetched("mcp:com.vendor/server", tmp_path / "blobs").version == "2.0.0"


def test_a_registry_that_repeats_its_pages_for_ever_is_left(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ("application/json", json.dumps({"servers": [], "metadata": {"nextCursor": "x"}}).encode())
    start = "/v0/servers?limit=100&search=com.vendor%2Fserver"
    registry.pages |= {start: page, f"{start}&cursor=x": page}
    monkeypatch.setenv("REVIEWER_MCP_REGISTRY", f"{registry.url}/v0")
    with pytest.raises(NotFetchedError):
        fetched("mcp:com.vendor/server", tmp_path / "blobs")
    assert len(registry.asked) == 3


@pytest.mark.parametrize(
    "value",
    ["http://registry.example", "https://u:p@registry.example", "https://registry.example?x=y", "ftp://registry.example", "https://[::1"],
)
def test_a_registry_that_must_not_be_asked_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("REVIEWER_MCP_REGISTRY", value)
    with pytest.raises(UsageFault, match="REVIEWER_MCP_REGISTRY"):
        fetched("mcp:com.vendor/server", tmp_path / "blobs")


def test_without_a_registry_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REVIEWER_MCP_REGISTRY", raising=False)
    with pytest.raises(UsageFault, match="No MCP registry is configured"):
        fetched("mcp:com.vendor/server", tmp_path / "blobs")
    monkeypatch.setenv("REVIEWER_MCP_REGISTRY", str(tmp_path / "absent"))
    with pytest.raises(NotFetchedError, match="There is no MCP registry"):
        fetched("mcp:com.vendor/server", tmp_path / "blobs")


# -- marketplaces


def a_market(folder: Path, *plugins: dict[str, Any], place: str = ".claude-plugin/marketplace.json") -> Path:
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"name": "market", "plugins": list(plugins)}))
    return file


def test_a_marketplaces_plugins_are_parts(registry: Registry, tmp_path: Path) -> None:
    publish(registry, packed(tmp_path))
    folder = write(tmp_path / "m", {"plugins/local/skills/a/SKILL.md": "x", "README.md": "y"})
    file = a_market(
        folder,
        {"name": "local", "source": "./plugins/local"},
        {"name": "far", "source": {"source": "npm", "package": "server", "version": "1.2.0"}},
        {"name": "Local", "source": {"source": "npm", "package": "server"}},
        {"name": "out", "source": "../x"},
        {"name": "absent", "source": "./plugins/absent"},
        {"name": "../../evil", "source": {"source": "npm", "package": "server", "version": "1.2.0"}},
    )
    snapshot = fetched(file, tmp_path / "blobs")
    assert {root: fetched for root, (_, fetched) in parts(snapshot).items()} == {
        "plugins/local": True,
        "plugins/far": True,
        "plugins/Local-2": True,
        "plugins/out": False,
        "plugins/absent": False,
        "plugins/evil": True,
    }
    assert set(gates(snapshot)) == {"plugins/Local-2", "plugins/out", "plugins/absent"}
    assert {"README.md", "plugins/far/package.json", ".claude-plugin/marketplace.json"} <= texts(snapshot, tmp_path / "blobs").keys()
    assert sum("server-1.2.0.tgz" in path for path, _ in registry.asked) == 2  # one version, and one that is not pinned


def test_a_marketplace_file_alone_brings_only_the_plugins_that_it_names(tmp_path: Path) -> None:
    folder = write(tmp_path / "downloads", {"a/SKILL.md": "x", "diary.txt": SECRET})
    (folder / "link").symlink_to("/etc")
    file = a_market(
        folder, {"name": "a", "source": "./a"}, {"name": "all", "source": "./"}, {"name": "l", "source": "./link"}, place="marketplace.json"
    )
    snapshot = fetched(file, tmp_path / "blobs")
    assert {path for path in texts(snapshot, tmp_path / "blobs") if not path.endswith(".json")} == {"a/SKILL.md"}
    assert set(gates(snapshot)) == {"plugins/all", "link"}
    assert SECRET.encode() not in every_byte(tmp_path / "blobs")


def test_a_marketplace_in_a_repository_is_read_at_its_commit(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    a_market(folder, {"name": "a", "source": "./a"}, {"name": "loop", "source": "./"})
    identity = repository(folder, {"a/SKILL.md": "x"})
    source = f"git+file://{folder}#subdirectory=.claude-plugin/marketplace.json"
    snapshot = fetched(source, tmp_path / "blobs")
    assert snapshot.source == f"git+file://{folder}@{identity}#subdirectory=.claude-plugin/marketplace.json"
    assert snapshot.digests["gitCommit"] == identity
    assert parts(snapshot) == {"a": (Origin.PLUGIN, True), "": (Origin.PLUGIN, True)}
    saved(folder, an_entry(remotes=[REMOTE]))
    identity = commit(folder)
    entry = fetched(f"git+file://{folder}#subdirectory=server.json", tmp_path / "blobs")
    assert (entry.digests["gitCommit"], [file.path for file in entry.files]) == (
        identity,
        ["remotes/mcp.vendor.example/remote.json", "server.json"],
    )
    with pytest.raises(NotFetchedError, match="no file"):
        fetched(f"git+file://{folder}#subdirectory=a/server.json", tmp_path / "blobs")


@pytest.mark.parametrize(("came", "reason"), [("a" * 40, ""), ("b" * 40, "does not match the commit")])
def test_a_plugin_is_held_to_its_commit(tmp_path: Path, came: str, reason: str) -> None:
    asked: list[str] = []
    blobs = BlobFolder(tmp_path / "blobs")

    def fetch(source: Source, _: Limits) -> Snapshot:
        asked.append(f"{source.url} {source.ref} {source.subdirectory}")
        file = File(path="x", mode="100644", size=1, sha256=blobs.put(b"x"))
        digests = {"gitCommit": came, "dirHash": dir_hash([("x", file.sha256)])}
        return Snapshot(source="git", name="r", digests=digests, files=(file,))

    composer = Composer(blobs=blobs, limits=Limits(), fetch=fetch, progress=Silent())
    file = a_market(
        tmp_path,
        {"name": "p", "source": {"source": "git-subdir", "url": "https://git.example/o/r", "path": "x", "sha": "a" * 40}},
        place="marketplace.json",
    )
    snapshot = composer.marketplace(Source(kind=SourceKind.MARKETPLACE, text="m"), file)
    assert asked == [f"https://git.example/o/r {'a' * 40} x"]
    assert snapshot.parts[0].fetched == (not reason)
    assert reason in "".join(gates(snapshot).values())


def test_a_marketplace_never_leads_to_another(tmp_path: Path) -> None:
    source = {"source": "git-subdir", "url": "https://127.0.0.1/o/r", "path": ".claude-plugin/marketplace.json", "sha": "0" * 40}
    snapshot = fetched(a_market(tmp_path / "m", {"name": "self", "source": source}), tmp_path / "blobs")
    assert parts(snapshot) == {"plugins/self": (Origin.PLUGIN, False)}


def test_a_marketplace_without_plugins_is_nothing_to_review(tmp_path: Path) -> None:
    with pytest.raises(NotFetchedError, match="lists no plugin"):
        fetched(a_market(tmp_path / "m"), tmp_path / "blobs")


# -- remote servers


def test_a_remote_server_is_its_declaration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr("socket.socket.connect", no_network)
    snapshot = fetched("https://mcp.vendor.example/sse", tmp_path / "blobs")
    assert texts(snapshot, tmp_path / "blobs") == {"remote.json": '{\n "type": "sse",\n "url": "https://mcp.vendor.example/sse"\n}\n'}
    assert (snapshot.name, parts(snapshot)) == ("mcp.vendor.example", {"": (Origin.REMOTE, False)})


def with_tools(source: str, tools: Path, blobs: Path) -> Snapshot:
    return Acquirer(BlobFolder(blobs), tools=tools).fetch(source)


def test_captured_tools_count_in_the_digest(tmp_path: Path) -> None:
    one, other = saved(tmp_path, {"tools": [{"name": "a"}]}, "one.json"), saved(tmp_path, {"tools": [{"name": "b"}]}, "two.json")
    again = saved(tmp_path, {"jsonrpc": "2.0", "id": 9, "result": {"tools": [{"name": "a"}]}}, "again.json")
    digests = [with_tools("https://mcp.vendor.example/mcp", file, tmp_path / "blobs").digests["dirHash"] for file in (one, other, again)]
    assert digests[0] != digests[1]
    assert digests[0] == digests[2]


@pytest.mark.parametrize("source", ["npm:server", "mcp:a/b", "."])
def test_tools_belong_to_a_remote_server(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageFault, match="--tools"):
        with_tools(source, saved(tmp_path, {"tools": []}, "t.json"), tmp_path / "blobs")


def test_a_file_without_tools_cannot_be_meant(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="no answer to tools/list"):
        with_tools("https://mcp.vendor.example/mcp", saved(tmp_path, {"hello": 1}, "t.json"), tmp_path / "blobs")
    with pytest.raises(ReviewerError):
        with_tools("https://mcp.vendor.example/mcp", tmp_path / "absent.json", tmp_path / "blobs")
    with pytest.raises(NotFetchedError):
        with_tools("https://mcp.vendor.example/mcp", tmp_path, tmp_path / "blobs")
