"""The git program, shut off from every configuration and told to do nothing that a repository asks for.

GitPython starts git with the whole environment of this process and can only add to it, so that variables such as
``GIT_SSH_COMMAND`` or ``GIT_CONFIG_PARAMETERS`` would pass. Hence it is told to start git through ``env -i``, which empties the
environment first. GitPython's guard against unsafe protocols is asked besides our own. Versions of git before 2.38 lack
``safe.bareRepository`` and simply ignore it.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from reviewer.acquire.limits import Limits
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError

__all__ = ["GitFailure", "GitProcess"]

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
# how this machine reaches the network, and whom it trusts there: the user's, not the repository's
_PASSED_ON = (
    *("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    *("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"),
)
_SETTINGS = (
    "protocol.allow=never",
    "core.hooksPath=/dev/null",
    "core.symlinks=false",
    "core.fsmonitor=false",
    "core.protectNTFS=true",
    "core.protectHFS=true",
    "transfer.fsckObjects=true",
    "fetch.fsckObjects=true",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "credential.helper=",
    "http.followRedirects=false",
    "transfer.bundleURI=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "core.attributesFile=/dev/null",
    "safe.bareRepository=explicit",
    "core.bigFileThreshold=1m",
    "pack.windowMemory=64m",
)
_GIT_ADDRESS_SPACE = 8 << 30  # it maps packs and their windows several times; a blob that unpacks to more is a bomb
_TOO_LARGE = re.compile(rf"signal {int(signal.SIGXFSZ)}\b|File too large")
_POLL_SECONDS = 0.05
_ERROR_BYTES = 4000
_HINT_CHARACTERS = 160


class GitFailure(NotFetchedError):  # noqa: N818  what git says, not what we do
    """git ended with an error; the hint quotes why."""

    def __init__(self, words: str) -> None:
        """Keep what git wrote to its error output."""
        super().__init__("git could not do it.", hint=_telling(words))


class GitProcess:
    """git on one bare repository in an empty folder of its own. ``protocol`` is the only transport it may use: ``https`` or ``file``."""

    def __init__(self, place: Path, limits: Limits, *, protocol: str) -> None:
        """Find the program. Raises NotFetchedError where there is none."""
        program = shutil.which("git")
        if program is None:
            raise NotFetchedError("git is not installed.", hint="Install git, or give a folder or an archive.")
        self._place = place
        self._limits = limits
        self._end = time.monotonic() + limits.seconds
        home = place / "home"
        home.mkdir()
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment = {**_ENVIRONMENT, **passed, "HOME": str(home), "PATH": os.defpath, "GIT_ALLOW_PROTOCOL": protocol}
        settings = (*_SETTINGS, f"protocol.{protocol}.allow=always")
        emptied = [shutil.which("env") or "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in environment.items())]
        self._begin = [*emptied, program, *(word for setting in settings for word in ("-c", setting)), f"--git-dir={place / 'repository'}"]

    def run(self, *arguments: str) -> bytes:
        """Run to the end; give what it prints.

        Raises:
            GitFailure: it failed; its words are in the hint.
            NotFetchedError: it reached the time or the size limit.
        """
        with self._started(arguments, stdin=subprocess.DEVNULL) as process:
            output, errors, status = self._wait(process)
        if status:
            words = errors[-_ERROR_BYTES:].decode("utf-8", "replace")
            raise self._too_large() if status == -signal.SIGXFSZ or _TOO_LARGE.search(words) else GitFailure(words)
        return output

    @contextmanager
    def stream(self, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """Run while its input is written and its output read; it is killed at the end of the block."""
        with self._started(arguments, stdin=subprocess.PIPE) as process:
            if process.stdin is None or process.stdout is None:  # for the type checker: both are pipes
                raise NotFetchedError("git could not be started.")
            yield process.stdin, process.stdout

    @contextmanager
    def _started(self, arguments: Sequence[str], *, stdin: int) -> Iterator[subprocess.Popen[bytes]]:
        from git import Git  # noqa: PLC0415  slow to import; only for git

        started: Any = Git(str(self._place)).execute(
            [*self._begin, *arguments], istream=cast("BinaryIO", stdin), as_process=True, start_new_session=True
        )
        process: subprocess.Popen[bytes] = started.proc  # `started` ends it when forgotten, so it lives as long as this block
        if hasattr(resource, "prlimit"):  # Linux; git's children inherit it. Elsewhere the watch over the folder's size stands alone
            with suppress(ProcessLookupError):
                self._hold(process.pid)
        try:
            yield process
        finally:
            _kill(process)

    def _hold(self, pid: int) -> None:
        limits = (
            (resource.RLIMIT_FSIZE, self._limits.download_bytes),
            (resource.RLIMIT_CPU, max(1, int(self._limits.seconds) + 1)),
            (resource.RLIMIT_AS, _GIT_ADDRESS_SPACE),
            (resource.RLIMIT_CORE, 0),
        )
        for kind, most in limits:
            resource.prlimit(pid, kind, (most, most))

    def _wait(self, process: subprocess.Popen[bytes]) -> tuple[bytes, bytes, int]:
        while True:
            if time.monotonic() > self._end:
                hint = "Give the wanted part as a folder or an archive."
                raise NotFetchedError(f"git took longer than {self._limits.seconds:g} seconds.", hint=hint)
            if _size(self._place) > self._limits.download_bytes:
                raise self._too_large()
            with suppress(subprocess.TimeoutExpired):
                output, errors = process.communicate(timeout=_POLL_SECONDS)
                return output, errors, process.returncode

    def _too_large(self) -> NotFetchedError:
        most = self._limits.download_bytes
        return NotFetchedError(
            f"The repository is larger than {most} bytes even without history.", hint="Give the wanted part as a folder."
        )


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def _size(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # git moves its files about
                total += (Path(root) / name).lstat().st_size
    return total


def _telling(words: str) -> str:
    """Pick git's lines that say why, and quote them bounded: a server can write into them."""
    lines = [line.strip() for line in words.splitlines()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "ERROR:"))] or lines
    quoted = "; ".join(shown(line)[:_HINT_CHARACTERS] for line in telling[:3])
    return f"git says: {quoted}" if quoted else "git gives no reason."
