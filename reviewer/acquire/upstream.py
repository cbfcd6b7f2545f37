"""From which repository a published package says that it was made, as its registry tells it. A claim of the publisher, not a proof."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from reviewer.acquire.limits import Limits
from reviewer.acquire.npm_config import read_npm_config
from reviewer.acquire.pypi import index_of
from reviewer.acquire.pypi_config import read_pip_config
from reviewer.acquire.web import Web
from reviewer.errors import NotFetchedError
from reviewer.model import PublishedPackage

__all__ = ["claimed_repository", "repository_address"]

_SHORT = re.compile(r"(?:(?P<host>github|gitlab|bitbucket):)?(?P<path>[\w.-]{1,100}/[\w.-]{1,100})")
_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
_SCP = re.compile(r"(?:[\w.-]{1,64}@)?(?P<host>[\w.-]{1,253}):(?P<path>[\w./~-]{1,300})")
# Under which words project pages name the repository (well-known labels of the packaging specification), the surest first.
_LABELS = ("source", "repository", "sourcecode", "github", "code", "homepage")
_REPOSITORIES = re.compile(r"https://(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/[\w.-]{1,100}/[\w.-]{1,100}")


def claimed_repository(package: PublishedPackage, limits: Limits) -> str:
    """Ask the registry; give ``https://host/owner/repo``, with ``#folder`` where the package names one, or nothing.

    Raises:
        NotFetchedError: the registry gives no answer that can be read.
    """
    return _npm(package, limits) if package.ecosystem == "npm" else _pypi(package, limits)


def _npm(package: PublishedPackage, limits: Limits) -> str:
    config = read_npm_config()
    url = f"{config.registry(package.name)}{quote(package.name, safe='@')}/{quote(package.version)}"
    web = Web(limits, certificates=config.certificates, proxy=config.proxy)
    document = _mapping(web.page(url, accept="application/json", authorization=config.authorization(url)).content)
    named = document.get("repository")
    if not isinstance(named, dict):
        return repository_address(named) if isinstance(named, str) else ""
    address, folder = repository_address(str(named.get("url", ""))), str(named.get("directory") or "").strip("/")
    return f"{address}#{folder}" if address and folder else address


def _pypi(package: PublishedPackage, limits: Limits) -> str:
    """Ask the JSON interface beside the simple index, which not every mirror has."""
    config = read_pip_config()
    index, authorization = index_of(config)
    base = re.sub(r"/simple/?$", "/pypi/", index)
    web = Web(limits, certificates=config.certificates, proxy=config.proxy)
    url = f"{base}{quote(package.name)}/{quote(package.version)}/json"
    document = _mapping(web.page(url, accept="application/json", authorization=authorization).content)
    told = document.get("info")
    urls = told.get("project_urls") if isinstance(told, dict) else None
    named = {re.sub(r"[\W_]", "", str(label).lower()): str(address) for label, address in urls.items()} if isinstance(urls, dict) else {}
    for label in _LABELS:
        found = _REPOSITORIES.match(named.get(label, ""))
        if found:
            return found[0].removesuffix(".git")
    return ""


def _mapping(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotFetchedError("The registry's answer is no JSON.", hint="Check which registry is configured.") from error
    return document if isinstance(document, dict) else {}


def repository_address(text: str) -> str:
    """Give a repository as npm lets people write it, as an https address; empty where it is none.

    >>> repository_address("git+ssh://git@github.com/acme/notes.git"), repository_address("acme/notes"), repository_address("file:../x")
    ('https://github.com/acme/notes', 'https://github.com/acme/notes', '')
    """
    text = text.strip().removeprefix("git+")
    short = _SHORT.fullmatch(text)
    if short:
        return f"https://{_HOSTS[short['host'] or 'github']}/{short['path'].removesuffix('.git')}"
    if "://" not in text:
        scp = _SCP.fullmatch(text)
        return f"https://{scp['host']}/{scp['path'].removesuffix('.git').strip('/')}" if scp and "." in scp["host"] else ""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return ""
    path = parts.path.removesuffix("/").removesuffix(".git").strip("/")
    return f"https://{host}/{path}" if parts.scheme in {"https", "http", "git", "ssh"} and "." in host and path else ""
