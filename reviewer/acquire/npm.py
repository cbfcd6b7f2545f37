"""A package of an npm registry: the published tarball itself, integrity checked, never installed."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from reviewer.acquire.limits import Limits
from reviewer.acquire.npm_config import NpmConfig
from reviewer.acquire.sources import Source
from reviewer.acquire.web import Artefact, NothingThereError, Web
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError
from reviewer.model import PublishedPackage

__all__ = ["NpmArtefact", "fetch_npm"]

_ACCEPT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"
_ALGORITHMS = ("sha512", "sha384", "sha256", "sha1")
_STRONG = ("sha512", "sha384", "sha256")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmArtefact:
    """A tarball on disk that is what the registry promised. ``note`` is a ledger row's text when that promise is weak."""

    package: PublishedPackage
    artefact: Artefact
    note: str = ""


def fetch_npm(source: Source, config: NpmConfig, limits: Limits, into: Path) -> NpmArtefact:
    """Choose the version, download its tarball into the folder ``into``, compare it with the registry's integrity.

    Raises:
        NotFetchedError: no such package or version, no answer, or the bytes do not match.
    """
    web = Web(limits, certificates=config.certificates, proxy=config.proxy)
    registry = config.registry(source.name)
    document = _packument(web, registry + quote(source.name, safe="@"), source.name, config)
    version = _choose(document, source)
    dist = _inner(_inner(document, "versions"), version).get("dist")
    if not isinstance(dist, dict) or not isinstance(dist.get("tarball"), str):
        raise NotFetchedError(f"The registry names no tarball for {source.name}@{version}.", hint="Check which registry is configured.")
    tarball = urljoin(registry, dist["tarball"])
    artefact = web.download(tarball, into / "package.tgz", algorithms=_ALGORITHMS, authorization=config.authorization(tarball))
    integrity, note = _verified(f"{source.name}@{version}", dist, artefact)
    package = PublishedPackage(
        ecosystem="npm", name=source.name, version=version, filename=tarball.rpartition("/")[2].partition("?")[0], integrity=integrity
    )
    return NpmArtefact(package=package, artefact=artefact, note=note)


def _packument(web: Web, url: str, name: str, config: NpmConfig) -> Mapping[str, Any]:
    try:
        answer = web.page(url, accept=_ACCEPT, authorization=config.authorization(url))
    except NothingThereError as error:
        raise NotFetchedError(
            f"The npm registry has no package {shown(name)}.", hint="Check the name, and `npm config get registry`."
        ) from error
    try:
        document = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise NotFetchedError("The npm registry's answer is no JSON.", hint="Check `npm config get registry`.") from error
    if not isinstance(document, dict) or document.get("name") != name:
        raise NotFetchedError("The npm registry's answer is about something else.", hint="Check the name, and `npm config get registry`.")
    return document


def _choose(document: Mapping[str, Any], source: Source) -> str:
    """Give the exact version: as written, or what a tag (``latest`` if none is written) points to."""
    versions = _inner(document, "versions")
    wanted = source.version or "latest"
    version = wanted if wanted in versions else _inner(document, "dist-tags").get(wanted)
    if not isinstance(version, str) or version not in versions or not _VERSION.fullmatch(version):
        newest = shown(str(_inner(document, "dist-tags").get("latest", "unknown")))
        raise NotFetchedError(f"{source.name} has no version {wanted}.", hint=f"The latest is {newest}.")
    return version


def _inner(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _verified(what: str, dist: Mapping[str, Any], artefact: Artefact) -> tuple[str, str]:
    """Compare with the strongest digest that the registry gives; return the SRI text to keep, and a note if that is weak.

    Of several digests by the strongest algorithm one must match (Subresource Integrity, section 3.3.4).
    """
    own = _sri("sha512", artefact.digests["sha512"])
    promised = [part.partition("?")[0] for part in str(dist.get("integrity") or "").split()]
    for algorithm in _STRONG:
        candidates = [part for part in promised if part.startswith(algorithm + "-")]
        if candidates:
            actual = _sri(algorithm, artefact.digests[algorithm])
            if not any(_same(actual, each) for each in candidates):
                raise _mismatch(what, candidates[0], actual)
            return own, ""
    shasum = dist.get("shasum")
    if not isinstance(shasum, str) or not shasum:
        return own, "the registry gives no digest for this artefact, so nobody can tell whether it is what was published"
    if shasum.lower() != artefact.digests["sha1"]:
        raise _mismatch(what, "sha1 " + shasum, artefact.digests["sha1"])
    return own, "the registry gives only a SHA-1 digest for this artefact, which can be forged"


def _sri(algorithm: str, hexadecimal: str) -> str:
    return f"{algorithm}-{base64.b64encode(bytes.fromhex(hexadecimal)).decode('ascii')}"


def _same(actual: str, promised: str) -> bool:
    try:
        return base64.b64decode(actual.partition("-")[2]) == base64.b64decode(promised.partition("-")[2], validate=True)
    except (binascii.Error, ValueError):
        return False


def _mismatch(what: str, promised: str, actual: str) -> NotFetchedError:
    return NotFetchedError(
        f"{what} does not match the digest that the registry gives for it ({shown(promised)}, but {actual} came).",
        hint="Do not use it. Try again; if it stays so, tell whoever runs the registry.",
    )
