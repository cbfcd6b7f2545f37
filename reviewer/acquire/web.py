"""Bounded downloads over the user's own proxies and certificates."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from reviewer.acquire.limits import Limits
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError

if TYPE_CHECKING:
    import requests

__all__ = ["Answer", "Artefact", "NothingThereError", "Web", "is_loopback"]

_CHUNK = 1 << 16
_CONNECT_SECONDS = 15
_REDIRECTS = 5
_NOT_FOUND = {404, 410}
_FORBIDDEN = {401, 403}
_CONNECTION = re.compile(r"<?[\w.]{0,80}HTTPS?Connection\(host=[^)]{0,300}\)>?: ")  # what urllib3 writes before its reasons
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


class NothingThereError(NotFetchedError):
    """The registry answers, and says that it has no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One page of a registry."""

    url: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """What was downloaded into a file: its digests by algorithm, in hex."""

    path: Path
    digests: Mapping[str, str]


def is_loopback(url: str) -> bool:
    """Tell whether a URL names this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Web:
    """Fetches over https, and over http only from this machine itself (a registry mirror run there).

    ``certificates`` is a CA file of the registry client's configuration; the environment's comes first.
    ``proxy`` is that configuration's, used when the environment names none.
    """

    def __init__(self, limits: Limits, *, certificates: str = "", proxy: str = "", refuse: Callable[[str], None] | None = None) -> None:
        """Keep limits and what the user configured. ``refuse`` may raise for an address, also one to which a server redirects."""
        self._refuse = refuse
        self._limits = limits
        named = [os.environ.get(name, "") for name in _CA_VARIABLES] + [certificates]
        self._verify: str | bool = next((path for path in named if path and Path(path).exists()), True)
        self._proxy = proxy
        self._end = time.monotonic() + limits.seconds

    def page(self, url: str, *, accept: str, authorization: str = "") -> Answer:
        """Get a page.

        Raises:
            NothingThereError: the server says 404 or 410.
            NotFetchedError: no answer, another refusal, too long.
        """
        with self._open(url, {"Accept": accept}, authorization) as response:
            content = b"".join(self._chunks(response, self._limits.page_bytes))
            return Answer(url=response.url, content_type=response.headers.get("Content-Type", ""), content=content)

    def download(self, url: str, into: Path, *, algorithms: tuple[str, ...], authorization: str = "") -> Artefact:
        """Get an artefact into a file, byte for byte as it is sent. Raises as ``page``."""
        hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
        with self._open(url, {"Accept": "*/*", "Accept-Encoding": "identity"}, authorization) as response, into.open("wb") as file:
            for chunk in self._chunks(response, self._limits.download_bytes):
                file.write(chunk)
                for each in hashes.values():
                    each.update(chunk)
        return Artefact(path=into, digests={name: each.hexdigest() for name, each in hashes.items()})

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str], authorization: str) -> Iterator[requests.Response]:
        import requests  # noqa: PLC0415  slow to import; only for registries
        from requests.utils import get_environ_proxies  # noqa: PLC0415  the same

        with requests.Session() as session:
            if self._proxy and not is_loopback(url) and not get_environ_proxies(url):
                session.proxies = {"http": self._proxy, "https": self._proxy}
            try:
                with closing(self._follow(session, url, headers, authorization)) as response:
                    _check_status(response)
                    yield response
            except requests.RequestException as error:
                host = shown(urlsplit(url).hostname or url)
                raise NotFetchedError(
                    f"{host} could not be reached: {_cause(error)}",
                    hint="Check the network, the proxy and the registry that is configured.",
                ) from error

    def _follow(self, session: requests.Session, url: str, headers: Mapping[str, str], authorization: str) -> requests.Response:
        """Follow redirects by hand: each address is checked, and what authorises goes to the first server only."""
        local, server = is_loopback(url), urlsplit(url).netloc
        for _ in range(_REDIRECTS + 1):
            parts = urlsplit(url)
            if parts.scheme != "https" and not (local and parts.scheme == "http" and is_loopback(url)):
                raise NotFetchedError(
                    f"The registry points to an address that is not https: {shown(url)}", hint="Check which registry is configured."
                )
            if self._refuse is not None:
                self._refuse(url)
            own = {**headers, "Authorization": authorization} if authorization and parts.netloc == server else headers
            response = session.get(
                url, headers=own, stream=True, allow_redirects=False, verify=self._verify, timeout=(_CONNECT_SECONDS, self._seconds_left())
            )
            if not response.is_redirect:
                return response
            url = urljoin(url, response.headers["Location"])
            response.close()
        raise NotFetchedError(f"The registry redirects more than {_REDIRECTS} times.", hint="Check which registry is configured.")

    def _chunks(self, response: requests.Response, most: int) -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > most:
                raise NotFetchedError(
                    f"What {shown(response.url)} sends is larger than {most} bytes.", hint="Review it from a folder instead."
                )
            self._seconds_left()
            yield chunk

    def _seconds_left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise NotFetchedError(f"The download took longer than {self._limits.seconds:g} seconds.", hint="Try again later.")
        return left


def _check_status(response: requests.Response) -> None:
    if response.status_code in _NOT_FOUND:
        raise NothingThereError(f"The registry has nothing at {shown(response.url)}", hint="Check name and version.")
    if response.status_code in _FORBIDDEN:
        raise NotFetchedError(
            f"The registry refuses access ({response.status_code}).", hint="Check the token in the registry client's configuration."
        )
    if not response.ok:
        raise NotFetchedError(
            f"The registry answers with status {response.status_code}.", hint="Try again later, or check which registry is configured."
        )


def _cause(error: Exception) -> str:
    """Name the innermost cause, which says what happened; the outer ones repeat the URL."""
    inner: BaseException = error
    while inner.args and isinstance(inner.args[0], BaseException):
        inner = inner.args[0]
    reason = getattr(inner, "reason", None)
    return shown(_CONNECTION.sub("", str(reason or inner))) or type(error).__name__
