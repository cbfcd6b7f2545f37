"""Small worlds for acquiring: archives with whatever is wrong in them, repositories, and a registry on this machine."""

from __future__ import annotations

import gzip
import io
import os
import stat
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from reviewer.acquire import Acquirer, BlobFolder, Limits
from reviewer.model import Snapshot

GIT = {
    "PATH": os.defpath,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@author.example",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@author.example",
}


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=given, check=True, capture_output=True, env=GIT)
    return done.stdout.decode().strip()


def repository(folder: Path, files: Mapping[str, str]) -> str:
    """Make a repository with one commit; give its id."""
    folder.mkdir(exist_ok=True)
    write(folder, files)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return commit(folder)


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=x")
    return git(folder, "rev-parse", "HEAD")


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    return folder


def fetched(source: Path | str, blobs: Path, limits: Limits | None = None) -> Snapshot:
    return Acquirer(BlobFolder(blobs), limits, allow_local_git=True).fetch(str(source))


def texts(snapshot: Snapshot, blobs: Path) -> dict[str, str]:
    kept = BlobFolder(blobs)
    return {file.path: kept.get(file.sha256).decode() for file in snapshot.files}


def rows(snapshot: Snapshot) -> dict[str, str]:
    return {row.path: row.reason for row in snapshot.unreadable}


def reasons(snapshot: Snapshot) -> str:
    return "\n".join(f"{row.path}: {row.reason}" for row in snapshot.unreadable if row.gate)


def member(name: str, *, mode: int = 0o100644, flags: int = 0, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.filename = info.orig_filename = name
    info.create_system = 3
    info.external_attr = mode << 16
    info.flag_bits = flags
    info.compress_type = method
    return info


def a_zip(place: Path, members: Iterable[tuple[Any, bytes]]) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        for info, content in members:
            archive.writestr(member(info) if isinstance(info, str) else info, content)
    return place


def a_link(target: str) -> tuple[int, bytes]:
    return stat.S_IFLNK | 0o777, target.encode()


def a_tar(place: Path, members: Iterable[tuple[Any, bytes]]) -> Path:
    place.write_bytes(gzip.compress(tar_bytes(members), mtime=0))
    return place


def tar_bytes(members: Iterable[tuple[Any, bytes]]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, content in members:
            row = tarfile.TarInfo(info) if isinstance(info, str) else info
            row.size = len(content) if row.isfile() else 0
            archive.addfile(row, io.BytesIO(content))
    return stream.getvalue()


def tar_member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, mode
    return info


@dataclass
class Registry:
    """Pages by path, and what was asked with which Authorization."""

    url: str = ""
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def a_registry() -> Iterator[Registry]:
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            registry.asked.append((self.path, self.headers.get("Authorization", "")))
            if self.path in registry.redirects:
                self.send_response(302)
                self.send_header("Location", registry.redirects[self.path])
                self.end_headers()
                return
            kind, content = registry.pages.get(self.path, ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    registry.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
