"""git over https, from a server on this machine that runs git's own CGI program."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reviewer.acquire import Acquirer, BlobFolder
from reviewer.errors import NotFetchedError
from tests.reviewer.acquire.worlds import GIT, git, repository

BACKEND = Path(subprocess.run(["git", "--exec-path"], check=True, capture_output=True, text=True).stdout.strip()) / "git-http-backend"

pytestmark = pytest.mark.skipif(not BACKEND.exists(), reason="git's CGI program is not installed")


def certificate(folder: Path) -> Path:
    """Write a key and a certificate of its own for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "git.example")])
    begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(begin).not_valid_after(begin + dt.timedelta(days=36500)).add_extension(address, critical=False)
    signed = built.sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    place = folder / "certificate.pem"
    place.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return place


class Handler(BaseHTTPRequestHandler):
    root = Path()

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("/moved", "/o"))
            self.end_headers()
            return
        variables = {
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        answer = subprocess.run([str(BACKEND)], input=body, capture_output=True, check=True, env={**GIT, **variables}).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def a_git_server(root: Path, proof: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(proof)
    handler = type("Served", (Handler,), {"root": root})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_repository_is_fetched_over_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = certificate(tmp_path)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(proof))
    (tmp_path / "o").mkdir()
    identity = repository(tmp_path / "o/r", {"skills/one/SKILL.md": "one"})
    git(tmp_path / "o/r", "config", "http.receivepack", "true")
    acquirer = Acquirer(BlobFolder(tmp_path / "blobs"), allow_private_hosts=True)
    with a_git_server(tmp_path, proof) as url:
        for ref in ("main", identity):
            snapshot = acquirer.fetch(f"git+{url}/o/r/.git@{ref}#subdirectory=skills/one")
            assert [file.path for file in snapshot.files] == ["SKILL.md"]
            assert snapshot.source == f"git+{url}/o/r/.git@{identity}#subdirectory=skills/one"
        with pytest.raises(NotFetchedError, match="Cannot fetch"):
            acquirer.fetch(f"git+{url}/moved/r/.git")
        monkeypatch.delenv("GIT_SSL_CAINFO")
        with pytest.raises(NotFetchedError, match="Cannot fetch"):
            acquirer.fetch(f"git+{url}/o/r/.git")
