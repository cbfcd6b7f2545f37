"""The table of bad input, row by row, through the command line: the outcome, the exit code, no traceback, the safe rest still read."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from checks.loader import load_checks
from reviewer.isolation import ChildLimits
from reviewer.sandbox import SandboxedReader
from tests.journeys.world import SKILL, DeskWorld, a_desk
from tests.program import Ran, run

PROGRAM = Path(sys.executable).with_name("reviewer")
TEXT = SKILL.format(name="minutes")
NOWHERE = "http://127.0.0.1:9"


def a_skill(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SKILL.md").write_text(TEXT, encoding="utf-8")
    return folder


def zipped(path: Path, members: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def one_line(ran: Ran, code: int) -> None:
    lines = ran.err.strip().splitlines()
    assert ran.code == code, ran
    assert lines[0].startswith("error: ")
    assert len(lines) <= 2
    assert "Traceback" not in ran.err + ran.out


# -- not to be fetched: exit 3


class EmptyRegistry(http.server.BaseHTTPRequestHandler):
    """A registry that knows one package, ``known``, at version 1.0.0."""

    def do_GET(self) -> None:
        known = self.path.strip("/") == "known"
        body = json.dumps({"name": "known", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {}}}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body if known else b"{}")

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), EmptyRegistry)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("npm_config_registry", url)
    monkeypatch.setenv("PIP_INDEX_URL", f"{url}/simple")
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_missing_path_is_not_fetched(tmp_path: Path) -> None:
    one_line(run("scan", str(tmp_path / "absent")), 3)


def test_an_empty_folder_is_nothing_to_review(tmp_path: Path) -> None:
    (tmp_path / "empty" / "inner").mkdir(parents=True)

    one_line(run("scan", str(tmp_path / "empty")), 3)


@pytest.mark.parametrize("text", ["", "{", "[" * 300_000, "\x00", '{"mcpServers": {}}', '{"a":' * 100_000])
def test_a_configuration_that_cannot_be_read_or_starts_nothing_is_nothing_to_review(tmp_path: Path, text: str) -> None:
    (tmp_path / ".mcp.json").write_text(text)

    one_line(run("scan", str(tmp_path / ".mcp.json")), 3)


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("source", ["npm:absent", "npm:known@9.9.9", "pypi:absent", "pypi:absent==1.0"])
def test_an_unknown_package_or_version_is_not_fetched(source: str) -> None:
    one_line(run("scan", source), 3)


@pytest.mark.parametrize("source", ["npm:anything", "pypi:anything", "git+https://host.invalid/owner/repo"])
def test_an_unreachable_host_is_not_fetched(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", NOWHERE)
    monkeypatch.setenv("PIP_INDEX_URL", f"{NOWHERE}/simple")

    one_line(run("scan", source), 3)


def test_a_failed_source_prints_an_error_document_beside_the_others(tmp_path: Path) -> None:
    ran = run("scan", str(a_skill(tmp_path / "minutes")), str(tmp_path / "absent"), "--format", "json")

    good, bad = (json.loads(line) for line in ran.out.splitlines())
    assert ran.code == 3
    assert good["schema"] == "reviewer.dossier/1"
    assert set(bad) == {"schema", "source", "error", "hint", "exit_code"}
    assert (bad["schema"], bad["exit_code"]) == ("reviewer.error/1", 3)


# -- cannot be meant: exit 2, no network touched


@pytest.mark.parametrize(
    "source",
    [
        "ext::sh -c id",
        "git+ext::sh -c id",
        "-x",
        "--upload-pack=id",
        "git+https://user:secret@host.example/owner/repo",
        "git+https://host.example/owner/repo@--upload-pack=id",
        "git+file:///srv/repo",
        "git+ssh://host.example/owner/repo",
        "git+http://host.example/owner/repo",
        "npm:../../etc/passwd",
        "npm:name@^1.0.0",
        "pypi:name>=1",
        "pypi:-e .",
        "mcp:namespace/name",
        "mcp:namespace",
        "https://user:secret@host.example/mcp",
        "https://host.example/mcp?api_key=secret",
        "https://host.example/mcp\x07",
        "https://host.example",
        "http://host.example/mcp",
    ],
)
def test_a_source_that_cannot_be_meant_touches_no_network(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REVIEWER_MCP_REGISTRY", raising=False)

    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("socket.getaddrinfo", no_network)

    one_line(run("scan", "--", source), 2)


def test_an_unknown_kind_of_file_cannot_be_meant(tmp_path: Path) -> None:
    (tmp_path / "thing.xyz").write_text("?")

    one_line(run("scan", str(tmp_path / "thing.xyz")), 2)


def test_an_unknown_format_cannot_be_meant(tmp_path: Path) -> None:
    ran = run("scan", str(a_skill(tmp_path / "minutes")), "--format", "word")

    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_too_short_an_rsa_key_cannot_be_registered(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    (tmp_path / "short.pub").write_bytes(public)

    one_line(desk.run("people", "add", "uma", "--role", "reviewer", "--key", str(tmp_path / "short.pub")), 2)


# -- hostile content: a dossier, incomplete, with the rest read


def judged(ran: Ran) -> dict[str, Any]:
    """Give the dossier of a hostile submission: it is incomplete, says so in one line, and the Skill in it was read."""
    document: dict[str, Any] = ran.json
    assert ran.code in {13, 14}, ran
    assert document["recommendation"] in {"investigate", "block"}
    assert document["complete"] is False
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert "Traceback" not in ran.err
    return document


def ledger(document: dict[str, Any]) -> str:
    return json.dumps(document["unreadable"])


def scan(source: Path) -> dict[str, Any]:
    began = time.monotonic()
    document = judged(run("scan", str(source), "--format", "json"))
    assert document["subject"]["kind"] in {"skill", "collection"}  # the safe rest was read
    assert "minutes" in {document["subject"]["name"], *(part["subject"]["name"] for part in document["parts"])}
    print(f"{time.monotonic() - began:.1f} s")
    return document


def test_a_zip_with_a_way_out(tmp_path: Path) -> None:
    document = scan(zipped(tmp_path / "x.zip", [("SKILL.md", TEXT.encode()), ("../outside.sh", b"id")]))

    assert "outside.sh" in ledger(document)
    assert not (tmp_path.parent / "outside.sh").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_duplicate_names(tmp_path: Path) -> None:
    hidden = TEXT.replace("Write a draft", "Delete the draft")

    assert "SKILL.md" in ledger(scan(zipped(tmp_path / "x.zip", [("SKILL.md", TEXT.encode()), ("SKILL.md", hidden.encode())])))


def test_a_zip_with_names_that_collide_when_case_is_ignored(tmp_path: Path) -> None:
    members = [("SKILL.md", TEXT.encode()), ("run.sh", b"echo one"), ("RUN.sh", b"echo two")]

    assert "un.sh" in ledger(scan(zipped(tmp_path / "x.zip", members))).lower()


def test_a_zip_bomb(tmp_path: Path) -> None:
    members = [("SKILL.md", TEXT.encode()), ("big.txt", bytes(60_000_000))]

    assert "big.txt" in ledger(scan(zipped(tmp_path / "x.zip", members)))


def test_a_gzip_bomb(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in (("SKILL.md", TEXT.encode()), ("big.txt", bytes(60_000_000))):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    (tmp_path / "x.tgz").write_bytes(gzip.compress(packed.getvalue()))

    scan(tmp_path / "x.tgz")


def test_a_yaml_alias_bomb(tmp_path: Path) -> None:
    bomb = "\n".join([f"a0: &a0 [{', '.join(['x'] * 9)}]", *[f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]])
    skill = a_skill(tmp_path / "minutes")
    (skill / "SKILL.md").write_text(TEXT.replace("---\n", f"---\n{bomb}\n", 1))

    assert "SKILL.md" in ledger(scan(skill))


def test_deeply_nested_yaml(tmp_path: Path) -> None:
    skill = a_skill(tmp_path / "minutes")
    (skill / "SKILL.md").write_text(TEXT.replace("---\n", "---\nx: " + "[" * 200_000 + "\n", 1))

    assert "SKILL.md" in ledger(scan(skill))


def test_deeply_nested_json(tmp_path: Path) -> None:
    skill = a_skill(tmp_path / "minutes")
    (skill / ".mcp.json").write_text("[" * 200_000)

    assert ".mcp.json" in ledger(scan(skill))


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    skill = a_skill(tmp_path / "minutes")
    (skill / "notes.md").write_bytes(b"# Notes\n\nlegit \xff\xfe\x80\x81 bytes\n")
    (skill / "SKILL.md").write_text(TEXT + "\nSee [notes](notes.md).\n")

    assert "notes.md" in ledger(scan(skill))


def test_a_symlink_that_leads_outward(tmp_path: Path) -> None:
    skill = a_skill(tmp_path / "minutes")
    (skill / "keys").symlink_to("/etc")

    assert "keys" in ledger(scan(skill))


def test_a_tree_over_the_limit(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, content in [("SKILL.md", TEXT.encode()), *[(f"notes/{n}.txt", b"") for n in range(50_100)]]:
            archive.writestr(name, content)

    (row,) = scan(tmp_path / "x.zip")["unreadable"]
    assert "more than 50000" in row["reason"]
    assert row["gate"] is True


# -- the child dies: an incomplete dossier with the reason


@pytest.mark.parametrize(
    ("limits", "reason"),
    [(ChildLimits(wall=0.02), "timed out"), (ChildLimits(resident=8 << 20), "memory"), (ChildLimits(output=64), "output")],
)
def test_a_child_over_its_limit_is_an_incomplete_dossier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: ChildLimits, reason: str
) -> None:
    monkeypatch.setattr("reviewer.sandbox.SandboxedReader", functools.partial(SandboxedReader, limits=limits))

    document = judged(run("scan", str(a_skill(tmp_path / "minutes")), "--format", "json"))

    print(document["failure"])
    assert reason in document["failure"]
    assert {result["outcome"] for result in document["results"]} <= {"failed", "not-applicable"}


def test_a_child_that_somebody_kills_is_an_incomplete_dossier(tmp_path: Path) -> None:
    skill = a_skill(tmp_path / "minutes")
    (skill / "notes.md").write_text("See [one](https://notes.example/x) and `run` it.\n" * 150_000)
    scan = subprocess.Popen(
        [str(PROGRAM), "scan", str(skill), "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    child = next((pid for _ in range(500) if (pid := reading_child(scan.pid))), None) if scan.poll() is None else None
    assert child is not None
    os.kill(child, signal.SIGKILL)
    out, err = scan.communicate(timeout=60)

    judged(Ran(code=scan.returncode, out=out, err=err))


def reading_child(root: int) -> int | None:
    """Give the process below another that reads hostile bytes, once it runs."""
    time.sleep(0.01)
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            words = (place / "cmdline").read_bytes()
            starts_it = words.partition(b"\0")[0].endswith(b"bwrap")  # its death alone need not end what it has started already
            if b"reviewer.sandbox.child" in words and not starts_it and root in ancestors(int(place.name)):
                return int(place.name)
    return None


def ancestors(pid: int) -> list[int]:
    found = []
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        found.append(pid)
    return found


# -- our own files: every error with its place, exit 2


def test_every_error_of_the_catalogue_is_named_with_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "catalog" / "odd_one").mkdir(parents=True)
    (tmp_path / "catalog" / "odd_one" / "check.yaml").write_text("title: x\nseverty: high\n")
    monkeypatch.setattr("checks.loader.load_checks", functools.partial(load_checks, tmp_path / "catalog"))

    ran = run("checks", "list")

    assert ran.code == 2
    assert "odd_one/check.yaml: severty" in ran.err
    assert "odd_one/check.yaml: question" in ran.err
    assert "Traceback" not in ran.err


def test_every_error_of_a_policy_is_named_with_its_place(tmp_path: Path) -> None:
    import reviewer.policies  # noqa: PLC0415  where the shipped policy lies

    shipped = (Path(reviewer.policies.__file__).parent / "default.yaml").read_text()
    policy = tmp_path / "policy.yaml"
    policy.write_text(shipped + "\nsurprise: 1\nlifetimes: {root_days: many, list_days: 30, timestamp_days: 7, reason: trying}\n")

    ran = run("scan", str(a_skill(tmp_path / "minutes")), "--policy", str(policy))

    assert ran.code == 2
    assert "surprise" in ran.err
    assert "lifetimes.root_days" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("text", ["", "[", "- a", "weights: 3", "\x00", "a: &a [*a]"])
def test_a_policy_that_is_none_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "policy.yaml").write_text(text)

    ran = run("scan", str(a_skill(tmp_path / "minutes")), "--policy", str(tmp_path / "policy.yaml"))

    assert ran.code == 2
    assert "Traceback" not in ran.err


# -- the home: full, read-only, newer, interrupted


def started(desk: DeskWorld, *words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program under a shell that prepares something first."""
    quoted = " ".join(f"'{word}'" for word in (str(PROGRAM), "--home", str(desk.home), *words))
    return subprocess.run(["/bin/sh", "-c", f"{before} exec {quoted}"], capture_output=True, text=True, check=False, timeout=120)


def events(desk: DeskWorld) -> int:
    with sqlite3.connect(desk.home / "desk.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])


def test_a_full_disk_is_one_line_and_the_store_is_as_before(desk: DeskWorld) -> None:
    before = events(desk)
    approve = ("approve", "R-1", "--key", desk.key("rosa"), "--statement", "x" * 40_000)

    done = started(desk, *approve, before="ulimit -f 16;")

    assert done.returncode == 1, done
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert events(desk) == before
    desk.must(*approve)


def test_a_full_disk_leaves_the_published_folder_as_it_was(desk: DeskWorld) -> None:
    folder = desk.scratch / "published"
    desk.must("publish", "--to", str(folder))
    desk.must("approve", "R-1", "--key", desk.key("rosa"), "--statement", "x" * 40_000)

    done = started(desk, "publish", "--to", str(folder), before="ulimit -f 64;")

    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert desk.must("verify", str(folder), "--root", desk.root, "--format", "json").json["serial"] == 1
    assert sorted(path.name for path in desk.scratch.iterdir()) == ["home", "published"]


def test_a_read_only_home_is_one_line(desk: DeskWorld) -> None:
    mounts = f"mount --bind -o ro '{desk.home}' '{desk.home}' 2>/dev/null && mount -o remount,bind,ro '{desk.home}' || exit 99;"
    if os.geteuid() != 0:
        mounts = f"chmod -R a-w '{desk.home}';"
    words = " ".join(
        f"'{word}'" for word in (str(PROGRAM), "--home", str(desk.home), "reject", "R-1", "--key", desk.key("rosa"), "--reason", "no")
    )
    argv = ["/bin/sh", "-c", f"{mounts} exec {words}"]
    if os.geteuid() == 0:
        argv = ["unshare", "--mount", *argv]

    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)

    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("this machine lets nobody mount a folder read-only")
    assert done.returncode == 1, done
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_home_of_a_newer_program_is_left_alone(desk: DeskWorld) -> None:
    with sqlite3.connect(desk.home / "desk.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    one_line(desk.run("queue"), 1)
    one_line(desk.run("reject", "R-1", "--key", desk.key("rosa"), "--reason", "no"), 1)


@pytest.mark.parametrize("after", [0.1, 0.4, 0.8])
def test_interrupting_a_request_leaves_the_store_as_it_was(desk: DeskWorld, after: float) -> None:
    before = events(desk)
    big = a_skill(desk.scratch / "big")
    (big / "notes.md").write_text("One more line of notes.\n" * 200_000)
    words = ["request", str(big), "--team", "finance", "--reason", "x", "--as", "ada"]
    process = subprocess.Popen([str(PROGRAM), "--home", str(desk.home), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert "Traceback" not in err
    if process.returncode == 0:
        assert out.startswith("R-2")
    else:
        assert (process.returncode, out) in {(1, ""), (-signal.SIGINT, "")}
        assert events(desk) == before
