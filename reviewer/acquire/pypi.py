"""A package of a Python index: the published wheel or source distribution itself, sha256 checked, never built or installed."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from reviewer.acquire.limits import Limits
from reviewer.acquire.pypi_config import PipConfig
from reviewer.acquire.sources import Source
from reviewer.acquire.web import Answer, Artefact, NothingThereError, Web
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError

if TYPE_CHECKING:
    from packaging.version import Version
    from pypi_simple import DistributionPackage

__all__ = ["PypiArtefact", "fetch_pypi", "index_of", "own_spelling"]

_SDIST_SUFFIXES = (".tar.gz", ".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiArtefact:
    """A distribution on disk. ``notes`` are texts for the ledger: what is weak or odd about it, and whether that is a gate."""

    name: str
    version: str
    filename: str
    artefact: Artefact
    notes: tuple[tuple[str, bool], ...] = ()


def fetch_pypi(source: Source, config: PipConfig, limits: Limits, into: Path) -> PypiArtefact:
    """Choose version and file, download it into the folder ``into``, compare it with the index's sha256.

    Raises:
        NotFetchedError: no such package or version, no readable file, no answer, or the bytes do not match.
    """
    from packaging.utils import canonicalize_name  # noqa: PLC0415  only for this kind of source

    web = Web(limits, certificates=config.certificates, proxy=config.proxy)
    name = canonicalize_name(source.name)
    index, authorization = index_of(config)
    packages = _list(web, index + name + "/", name, authorization)
    version, candidates = _choose_version(packages, source)
    chosen = min(candidates, key=_preference)
    same_server = urlsplit(chosen.url).netloc == urlsplit(index).netloc
    artefact = web.download(chosen.url, into / "distribution", algorithms=("sha256",), authorization=authorization if same_server else "")
    return PypiArtefact(name=name, version=version, filename=chosen.filename, artefact=artefact, notes=_verify(chosen, artefact))


def own_spelling(name: str, distribution: str) -> str:
    """Give the name as the distribution spells it, if it is the same name, by the rule for package URLs: lower case, no underscores.

    The index knows names only in one normal form, while commands and advisories use the author's dots.
    """
    from packaging.utils import canonicalize_name  # noqa: PLC0415  only for this kind of source

    spelled = distribution if canonicalize_name(distribution) == canonicalize_name(name) else name
    return spelled.lower().replace("_", "-")


def index_of(config: PipConfig) -> tuple[str, str]:
    """Give the index's URL with a slash at its end, and the Authorization header for the user and password that it may hold."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT  # noqa: PLC0415  only for this kind of source

    parts = urlsplit((config.index_url or PYPI_SIMPLE_ENDPOINT).rstrip("/") + "/")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotFetchedError("pip is configured for an index that is no web address.", hint="Set index-url, or give the file itself.")
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    authorization = "Basic " + base64.b64encode(login.encode()).decode("ascii") if login else ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), authorization


def _list(web: Web, url: str, name: str, authorization: str) -> Sequence[DistributionPackage]:
    from pypi_simple import ACCEPT_JSON_PREFERRED, UnexpectedRepoVersionWarning, UnsupportedRepoVersionError  # noqa: PLC0415  only here

    try:
        answer = web.page(url, accept=ACCEPT_JSON_PREFERRED, authorization=authorization)
    except NothingThereError as error:
        raise NotFetchedError(
            f"The Python index has no package {shown(name)}.", hint="Check the name, and `pip config get global.index-url`."
        ) from error
    try:
        return _parsed(answer, name)
    except (ValueError, KeyError, TypeError, RecursionError, UnsupportedRepoVersionError, UnexpectedRepoVersionWarning) as error:
        raise NotFetchedError("The Python index's answer cannot be read.", hint="Check `pip config get global.index-url`.") from error


def _parsed(answer: Answer, name: str) -> Sequence[DistributionPackage]:
    from pypi_simple import ProjectPage  # noqa: PLC0415  only for this kind of source

    if "json" in answer.content_type:
        return ProjectPage.from_json_data(json.loads(answer.content), base_url=answer.url).packages
    return ProjectPage.from_html(name, answer.content, base_url=answer.url).packages


def _choose_version(packages: Sequence[DistributionPackage], source: Source) -> tuple[str, list[DistributionPackage]]:
    """Give the version as the index writes it, and its readable files: the one asked for, else the newest that is final and not yanked."""
    from packaging.version import Version  # noqa: PLC0415  only for this kind of source

    by_version: dict[Version, list[DistributionPackage]] = {}
    for package in packages:
        version = _version(package)
        if version is not None:
            by_version.setdefault(version, []).append(package)
    if source.version is not None:
        found = next((each for each in by_version if each == Version(source.version)), None)
    else:
        usable = [each for each, files in by_version.items() if not all(file.is_yanked for file in files)]
        found = max((each for each in usable if not each.is_prerelease), default=max(usable, default=None))
    if found is None:
        raise _not_there(source, str(max(by_version)) if by_version else None)
    files = by_version[found]
    return str(found), [file for file in files if not file.is_yanked] or files


def _not_there(source: Source, newest: str | None) -> NotFetchedError:
    if newest is None:
        return NotFetchedError(
            f"{source.name} has no file that can be read in the Python index.", hint="Give its source repository instead."
        )
    if source.version is not None:
        hint = f"The newest there is {newest}."
        return NotFetchedError(f"{source.name} has no version {source.version} in the Python index.", hint=hint)
    hint = f"Its authors no longer want it installed. To look at it all the same: pypi:{source.name}=={newest}"
    return NotFetchedError(f"Every version of {source.name} was withdrawn (yanked).", hint=hint)


def _version(package: DistributionPackage) -> Version | None:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  only for this kind of source

    readable = package.package_type == "wheel" or (package.package_type == "sdist" and package.filename.endswith(_SDIST_SUFFIXES))
    if not readable or package.version is None:
        return None
    try:
        return Version(package.version)
    except InvalidVersion:
        return None


def _preference(package: DistributionPackage) -> tuple[int, str]:
    """Order files: a wheel for every machine, one for Linux on x86-64, any wheel, a source distribution; then by name, for one answer."""
    ranks = (
        package.filename.endswith("-none-any.whl"),
        package.filename.endswith(".whl") and "manylinux" in package.filename and "x86_64" in package.filename,
        package.filename.endswith(".whl"),
        True,
    )
    return ranks.index(True), package.filename


def _verify(chosen: DistributionPackage, artefact: Artefact) -> tuple[tuple[str, bool], ...]:
    notes = []
    promised = chosen.digests.get("sha256", "").lower()
    actual = artefact.digests["sha256"]
    if promised and promised != actual:
        raise NotFetchedError(
            f"{shown(chosen.filename)} does not match the sha256 that the index gives for it ({shown(promised)}, but {actual} came).",
            hint="Do not use it. Try again; if it stays so, tell whoever runs the index.",
        )
    if not promised:
        notes.append(("the index gives no sha256 for this artefact, so nobody can tell whether it is what was published", True))
    if chosen.is_yanked:
        reason = f": {shown(chosen.yanked_reason)}" if chosen.yanked_reason else ""
        notes.append((f"its author has yanked this version{reason}", False))
    return tuple(notes)
