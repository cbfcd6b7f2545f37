"""Walk the main job: init, request, scan, queue, show, approve, publish, export, verify; then show that a tampered list is refused.

It runs the installed program as a person would, in a home of its own (``.demo``), whatever the environment says, and ends with 1
if anything came out otherwise than it should. One real server each from the npm and the Python registry join when they answer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SUBMISSIONS = Path("tests/demo/submissions")
DEMO = Path(".demo")
PROGRAM = Path(sys.executable).with_name("reviewer")
REGISTRY_SERVERS = ("npm:tavily-mcp", "pypi:awslabs.aws-documentation-mcp-server")
REGISTRY_SECONDS = 60
EXPECTED = {
    "exchange-rates": {"approve", "restrict"},
    "meeting-notes": {"block"},
    "release-notes": {"approve", "restrict"},
    "pdf-toolkit": {"block"},
}
ROLES = {
    "exchange-rates": "the sound server",
    "meeting-notes": "the poisoned server",
    "release-notes": "the sound Skill",
    "pdf-toolkit": "the malicious Skill",
}


@dataclass
class Walk:
    """The demo's own bookkeeping: what came out otherwise than it should."""

    surprises: list[str] = field(default_factory=list)

    def run(self, *words: str, expect: int | None = 0, quiet: bool = False, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run one command, show it and what it prints (unless only the demo asks), and note an exit code that was not expected."""
        if not quiet:
            print(f"\n$ reviewer {' '.join(_shown(word) for word in words)}", flush=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("REVIEWER_")}
        done = subprocess.run(
            [str(PROGRAM), "--home", str(DEMO / "home"), *words], capture_output=True, text=True, check=False, env=clean, timeout=timeout
        )
        if not quiet:
            print((done.stdout + done.stderr).rstrip(), flush=True)
        if expect is not None and done.returncode != expect:
            self.note(f"`reviewer {words[0]}` ended with {done.returncode}, not {expect}: {done.stderr.strip()}")
        return done

    def note(self, surprise: str) -> None:
        """Keep a surprise, and say it."""
        self.surprises.append(surprise)
        print(f"!! {surprise}", flush=True)


def _shown(word: str) -> str:
    return f"'{word}'" if " " in word else word


def main() -> int:
    """Walk; give the exit code."""
    os.chdir(TOP)
    began = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    walk = Walk()
    print(f"Every command below is run with --home {DEMO}/home: nothing else on this machine is touched.")
    walk.run("init", "--org", "Demo Ltd")
    for name in ("rosa", "theo"):
        walk.run("keys", "new", name)
        walk.run("people", "add", name, "--role", "reviewer", "--key", str(DEMO / "home" / "keys" / f"{name}.pub"))
    requests = _ask(walk)
    _look(walk, requests)
    entry = _decide(walk, requests)
    refused = _publish(walk)
    return _sum_up(walk, requests, entry, refused, time.monotonic() - began)


def _ask(walk: Walk) -> dict[str, dict[str, str]]:
    """Have an employee ask for everything; give the answers by name."""
    requests = {}
    for name in EXPECTED:
        done = walk.run(
            "request", str(SUBMISSIONS / name), "--team", "finance", "--reason", "we need it", "--as", "ada", "--format", "json"
        )
        requests[name] = json.loads(done.stdout)
    for source in REGISTRY_SERVERS:
        words = ("request", source, "--team", "finance", "--reason", "we read docs", "--as", "ada", "--format", "json")
        try:
            done = walk.run(*words, expect=None, timeout=REGISTRY_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"({source}: its registry did not answer in {REGISTRY_SECONDS} s; left out)")
            continue
        if done.returncode == 0:
            requests[source] = json.loads(done.stdout)
        else:
            print(f"({source}: its registry does not answer here; left out)")
    return requests


def _look(walk: Walk, requests: dict[str, dict[str, str]]) -> None:
    """Have a reviewer look at what came."""
    walk.run("queue")
    walk.run("show", requests["meeting-notes"]["id"])
    walk.run("scan", str(SUBMISSIONS / "pdf-toolkit"), expect=14)


def _decide(walk: Walk, requests: dict[str, dict[str, str]]) -> str:
    """Have reviewers decide; give the sound server's entry id."""
    key, other = (str(DEMO / "home" / "keys" / name) for name in ("rosa", "theo"))
    approved = walk.run("approve", requests["exchange-rates"]["id"], "--key", key, "--statement", "read it: one host, no files")
    walk.run("approve", requests["release-notes"]["id"], "--key", key, "--statement", "read it: git log only", "--expires", "90d")
    walk.run("approve", requests["meeting-notes"]["id"], "--key", key, "--statement", "trying", expect=4)
    for name in ("meeting-notes", "pdf-toolkit"):
        walk.run("reject", requests[name]["id"], "--key", key, "--reason", "hidden demands; see the dossier")
    for source in REGISTRY_SERVERS:
        if source in requests:
            for signing in (key, other):
                status = json.loads(walk.run("status", requests[source]["id"], "--format", "json", quiet=True).stdout)
                if status["state"] in {"in_review", "partially_approved"} and requests[source]["recommendation"] != "block":
                    walk.run("approve", requests[source]["id"], "--key", signing, "--statement", "read its tools")
    walk.run("status")
    return approved.stdout.split()[0] if approved.stdout else "nothing"


def _publish(walk: Walk) -> subprocess.CompletedProcess[str]:
    """Have an admin publish, export and check; tamper; give what verifying the tampered list said."""
    published, root = str(DEMO / "published"), str(DEMO / "home" / "trust" / "root.json")
    walk.run("publish", "--to", published)
    walk.run("verify", published, "--root", root, "--state", str(DEMO / "seen"))
    for name in ("json", "claude-code"):
        out = DEMO / "export" / name
        walk.run("export", name, "--from", published, "--root", root, "--team", "finance", "--output", str(out))
    print((DEMO / "export" / "claude-code" / "managed-settings.json").read_text(encoding="utf-8"))
    tampered = DEMO / "tampered"
    shutil.copytree(DEMO / "published", tampered)
    listed = next(path for path in tampered.rglob("*allowlist.json"))
    listed.write_text(listed.read_text(encoding="utf-8").replace("exchange-rates", "meeting-notes"), encoding="utf-8")
    print("\n(somebody changes one name in a copy of the list)")
    return walk.run("verify", str(tampered), "--root", root, expect=20)


def _sum_up(walk: Walk, requests: dict[str, dict[str, str]], entry: str, refused: subprocess.CompletedProcess[str], seconds: float) -> int:
    """Say in a few lines how it came out; give the exit code."""
    for name, request in requests.items():
        wanted = EXPECTED.get(name)
        if wanted and request["recommendation"] not in wanted:
            walk.note(f"{name} was recommended {request['recommendation']}, not {' or '.join(sorted(wanted))}")
        if not wanted and request["recommendation"] == "block":
            walk.note(f"{name} was recommended block")
    print("\n" + "-" * 78)
    for name, request in requests.items():
        role = ROLES.get(name)
        _row(f"{name} ({role})" if role else name, f"recommended `{request['recommendation']}`")
    _row(f"exchange-rates ({ROLES['exchange-rates']})", f"approved as {entry}")
    _row("the list that somebody tampered with", f"refused with exit {refused.returncode}")
    surprised = (
        f"{len(walk.surprises)} came out otherwise than it should, see the lines with !!" if walk.surprises else "all as it should be"
    )
    print(f"{seconds:.1f} s, {surprised}; everything lies in {DEMO}/")
    return 1 if walk.surprises else 0


def _row(what: str, came_out: str) -> None:
    print(f"{what:<46}{came_out}")


if __name__ == "__main__":
    sys.exit(main())
