"""One object that fetches sources of every kind."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from checks.model import Unreadable
from reviewer.acquire.archive import file_sha256, strip_folder, unpack, without_git
from reviewer.acquire.assemble import assemble, single_top, without_top
from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.folder import read_folder
from reviewer.acquire.gather import Basket
from reviewer.acquire.git import read_git
from reviewer.acquire.hosts import refuse_private_host
from reviewer.acquire.limits import Limits
from reviewer.acquire.npm import fetch_npm
from reviewer.acquire.npm_config import read_npm_config
from reviewer.acquire.pypi import fetch_pypi, own_spelling
from reviewer.acquire.pypi_config import read_pip_config
from reviewer.acquire.sources import Source, SourceKind, canonical_git, parse_source
from reviewer.errors import NotFetchedError, ReviewerError, UsageFault
from reviewer.model import PublishedPackage, Snapshot
from reviewer.ports import Progress

__all__ = ["Acquirer", "Silent"]


class Silent:
    """Progress that is told to nobody."""

    def say(self, sentence: str) -> None:
        """Do nothing."""


class Acquirer:
    """Fetches sources of every kind into one blob folder.

    ``allow_local_git`` and ``allow_private_hosts`` open what is shut to strangers' addresses:
    git repositories on this machine, and servers in a private network. ``tools`` is a captured list of tools for a remote server.
    """

    def __init__(
        self,
        blobs: BlobFolder,
        limits: Limits | None = None,
        *,
        allow_local_git: bool = False,
        allow_private_hosts: bool = False,
        progress: Progress | None = None,
        tools: Path | None = None,
    ) -> None:
        """Keep where blobs go and what is allowed."""
        self._tools = tools
        self._blobs = blobs
        self._limits = limits or Limits()
        self._allow_local_git = allow_local_git
        self._allow_private_hosts = allow_private_hosts
        self._progress = progress or Silent()

    def fetch(self, source: str) -> Snapshot:
        """Acquire one source.

        Raises:
            UsageFault: what is written cannot be meant; no network was touched.
            NotFetchedError: there is nothing, or it could not be fetched, or its bytes are not those that were published.
            ReviewerError: the bytes could not be kept here (a full disk).
        """
        parsed = parse_source(source, allow_local_git=self._allow_local_git)
        if self._tools is not None and parsed.kind is not SourceKind.REMOTE:
            raise UsageFault("--tools belongs to a remote server alone.", hint="Give it with one source of the form https://host/path.")
        try:
            return self._composed(parsed) if _names_others(parsed) else self.acquire(parsed)
        except OSError as error:
            raise ReviewerError(
                f"The source could not be kept here: {error.strerror or error}", hint="Check free space and permissions."
            ) from error

    def claimed_repository(self, package: PublishedPackage) -> str:
        """Give the repository from which a package says it was made, empty if it names none. Raises NotFetchedError."""
        from reviewer.acquire.upstream import claimed_repository  # noqa: PLC0415  only for a comparison with it

        return claimed_repository(package, self._limits)

    def acquire(self, source: Source) -> Snapshot:
        """Acquire a source that names no others. Raises as ``fetch``, and OSError."""
        single = {
            SourceKind.FOLDER: self._folder,
            SourceKind.ARCHIVE: self._archive,
            SourceKind.GIT: self._git,
            SourceKind.NPM: self._npm,
            SourceKind.PYPI: self._pypi,
        }
        return single[source.kind](source)

    def _composed(self, source: Source) -> Snapshot:
        from reviewer.acquire.composed import Composer  # noqa: PLC0415  only for sources that name others

        composer = Composer(
            blobs=self._blobs,
            limits=self._limits,
            fetch=self._within,
            progress=self._progress,
            allow_private_hosts=self._allow_private_hosts,
        )
        match source.kind:
            case SourceKind.GIT:
                return composer.in_repository(source)
            case SourceKind.ENTRY:
                return composer.entry(source, _path(source))
            case SourceKind.MCP:
                return composer.registered(source)
            case SourceKind.MARKETPLACE:
                return composer.marketplace(source, _path(source))
            case SourceKind.CONFIGURATION:
                return composer.configuration(source, _path(source))
            case _:
                return composer.remote(source, self._tools)

    def _within(self, source: Source, limits: Limits) -> Snapshot:
        """Fetch a part. A stranger's document names it: what only the person may allow stays shut, and no document leads to another."""
        return Acquirer(self._blobs, limits, allow_private_hosts=self._allow_private_hosts, progress=self._progress).acquire(source)

    def _folder(self, source: Source) -> Snapshot:

        folder = _path(source)
        self._progress.say(f"Reading {source.text}")
        basket = Basket(self._blobs, self._limits)
        read_folder(folder, basket, most=self._limits.entries)
        gathered = basket.gathered()
        if not gathered.entries and not gathered.unreadable:
            raise NotFetchedError("The folder holds no file.", hint="Check its path.")
        return assemble(gathered, self._blobs, source=source.text, name=folder.resolve().name or source.text)

    def _archive(self, source: Source) -> Snapshot:

        path = _path(source)
        self._progress.say(f"Unpacking {source.text}")
        sha256 = file_sha256(path)
        gathered, top = strip_folder(unpack(path, self._blobs, self._limits).gathered, path.name)
        return assemble(
            without_git(gathered),
            self._blobs,
            source=source.text,
            name=top or _stem(path.name),
            digests={"artifactSha256": sha256},
            witness=sha256,
        )

    def _git(self, source: Source) -> Snapshot:

        if source.path is None and not self._allow_private_hosts:
            refuse_private_host(source.url)
        self._progress.say(f"Fetching {source.url}")
        basket = Basket(self._blobs, self._limits)
        commit = read_git(source, basket, self._limits)
        gathered = basket.gathered()
        if not gathered.entries and not gathered.unreadable:
            raise NotFetchedError("The repository holds no file at this commit.", hint="Check ref and subdirectory.")
        repository = source.url.rpartition("/")[2].removesuffix(".git")
        return assemble(
            gathered,
            self._blobs,
            source=canonical_git(source.url, commit.commit, source.subdirectory),
            name=source.subdirectory.rpartition("/")[2] or repository,
            digests={"gitCommit": commit.commit, "gitTree": commit.tree},
            witness=commit.tree,
            repository=source.url,
        )

    def _npm(self, source: Source) -> Snapshot:

        self._progress.say(f"Fetching {source.text}")
        with tempfile.TemporaryDirectory(prefix="reviewer-npm-") as place:
            fetched = fetch_npm(source, read_npm_config(), self._limits, Path(place))
            notes = ((fetched.note, True),) if fetched.note else ()
            return self._package(fetched.artefact.path, fetched.package, fetched.artefact.digests["sha256"], notes)

    def _pypi(self, source: Source) -> Snapshot:

        config = read_pip_config()
        if config.has_more:
            self._progress.say("pip is also configured for extra-index-url or find-links, which are not asked: only its index-url is")
        self._progress.say(f"Fetching {source.text}")
        with tempfile.TemporaryDirectory(prefix="reviewer-pypi-") as place:
            fetched = fetch_pypi(source, config, self._limits, Path(place))
            sha256 = fetched.artefact.digests["sha256"]
            package = PublishedPackage(
                ecosystem="pypi", name=fetched.name, version=fetched.version, filename=fetched.filename, integrity=f"sha256:{sha256}"
            )
            return self._package(fetched.artefact.path, package, sha256, fetched.notes)

    def _package(self, path: Path, package: PublishedPackage, sha256: str, notes: Sequence[tuple[str, bool]]) -> Snapshot:
        """Unpack what a registry sent. A single top folder (``package/``, ``name-1.0/``) is the packer's, not the author's."""
        unpacked = unpack(path, self._blobs, self._limits, filename="package.tgz" if package.ecosystem == "npm" else package.filename)
        gathered = unpacked.gathered
        rows = [Unreadable(path="", reason=reason, gate=gate) for reason, gate in notes]
        top = "" if package.filename.endswith(".whl") else single_top(gathered)
        if top:
            gathered = without_top(gathered, top)
        elif package.ecosystem == "npm" and gathered.entries:
            rows.append(Unreadable(path="", reason="its files lie in several top folders, which npm lays over each other", gate=True))
        if package.ecosystem == "pypi":
            package = replace(package, name=own_spelling(package.name, unpacked.distribution))
        separator = "@" if package.ecosystem == "npm" else "=="
        return assemble(
            replace(gathered, unreadable=(*rows, *gathered.unreadable)),
            self._blobs,
            source=f"{package.ecosystem}:{package.name}{separator}{package.version}",
            name=package.name,
            digests={"integrity": package.integrity, "artifactSha256": sha256},
            witness=sha256,
            version=package.version,
            package=package,
        )


def _names_others(source: Source) -> bool:
    """Tell whether a source is a document that names others; one in a repository is known by its file's name."""
    single = {SourceKind.FOLDER, SourceKind.ARCHIVE, SourceKind.GIT, SourceKind.NPM, SourceKind.PYPI}
    return source.kind not in single or source.subdirectory.rpartition("/")[2] in {"server.json", "marketplace.json"}


def _path(source: Source) -> Path:
    if source.path is None:  # parse_source sets it for folders and archives
        raise NotFetchedError("The source names no path.")
    return source.path


def _stem(filename: str) -> str:
    return filename[: -len(".tar.gz")] if filename.lower().endswith(".tar.gz") else filename.rpartition(".")[0]
