"""Sources that name other sources: registry entries, marketplaces, configurations of clients, and remote servers by declaration."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from reviewer.acquire.assemble import assemble
from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.declared.ask import ask_plan
from reviewer.acquire.declared.plan import Means, Page, Plan, Wanted
from reviewer.acquire.gather import Basket
from reviewer.acquire.hosts import refuse_private_host
from reviewer.acquire.limits import Limits
from reviewer.acquire.mcp_registry import find_in_registry
from reviewer.acquire.nearby import inside, own_folder, read_server, resolve_near
from reviewer.acquire.npm_config import default_registry, read_npm_config
from reviewer.acquire.parts import Combination, page_files
from reviewer.acquire.pypi_config import read_pip_config
from reviewer.acquire.sources import ARCHIVE_SUFFIXES, Source, SourceKind, canonical_git, parse_source
from reviewer.acquire.web import Web
from reviewer.archives.names import shown
from reviewer.digests import dir_hash
from reviewer.errors import NotFetchedError, UsageFault
from reviewer.model import Origin, Snapshot, SourcePart
from reviewer.ports import Progress

__all__ = ["Composer"]

_MARKETPLACE = "marketplace.json"
_LINK = "120000"
_PLUGIN_FOLDERS = (".claude-plugin", ".codex-plugin", ".cursor-plugin")
_FETCHED = frozenset({SourceKind.GIT, SourceKind.NPM, SourceKind.PYPI})


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Fetches what a document leads to. ``fetch`` acquires a source that was understood, within limits."""

    blobs: BlobFolder
    limits: Limits
    fetch: Callable[[Source, Limits], Snapshot]
    progress: Progress
    allow_private_hosts: bool = False

    def entry(self, source: Source, path: Path) -> Snapshot:
        """Read a registry entry in a file."""
        plan = ask_plan("entry", [path], self.limits)
        return self._entry(plan, source.text)

    def registered(self, source: Source) -> Snapshot:
        """Read an entry of the configured registry."""
        self.progress.say(f"Looking up {source.name}")
        plan = find_in_registry(source.name, source.version or "", self.limits)
        return self._entry(plan, f"mcp:{source.name}" + (f"@{plan.version}" if plan.version else ""))

    def _entry(self, plan: Plan, text: str) -> Snapshot:
        combination = self._begin(plan, text)
        for wanted in plan.wanted:
            combination.add(wanted, self._bring(wanted))
        return combination.snapshot()

    def marketplace(self, source: Source, path: Path) -> Snapshot:
        """Read a marketplace and all its plugins. The folder around ``.claude-plugin`` is read whole, as it is the marketplace."""
        whole = path.parent.name in _PLUGIN_FOLDERS
        folder = (path.parent.parent if whole else path.parent).resolve()
        inner = f"{path.parent.name if whole else _PLUGIN_FOLDERS[0]}/{_MARKETPLACE}"
        plan = ask_plan("marketplace", [path], self.limits, path=inner)
        combination = self._begin(plan, source.text)
        if whole:
            base = self.fetch(Source(kind=SourceKind.FOLDER, text=str(folder), path=folder), self.limits)
            base = replace(base, source=source.text, name=plan.name, unreadable=(*base.unreadable, *plan.unreadable))
            combination = Combination(base=base, blobs=self.blobs, limits=self.limits)
        for wanted in plan.wanted:
            self._plugin(wanted, combination, folder, whole=whole)
        if not plan.wanted and not plan.unreadable:
            raise NotFetchedError("The marketplace lists no plugin.", hint="Check that it is the file that was meant.")
        return combination.snapshot()

    def in_repository(self, source: Source) -> Snapshot:
        """Read a marketplace or registry entry that lies in a git repository, at the commit to which its ref leads."""
        folder, _, name = source.subdirectory.rpartition("/")
        above, _, last = folder.rpartition("/")
        outer = above if last in _PLUGIN_FOLDERS else folder
        base = self.fetch(replace(source, subdirectory=outer), self.limits)
        inner = source.subdirectory[len(outer) :].lstrip("/")
        file = next((each for each in base.files if each.path == inner and each.mode != _LINK), None)
        if file is None:
            raise NotFetchedError(f"The repository has no file {shown(source.subdirectory)} at this commit.", hint="Check its spelling.")
        text = canonical_git(source.url, base.digests["gitCommit"], source.subdirectory)
        bytes_of = self.blobs.path(file.sha256)
        if name == _MARKETPLACE:
            plan = ask_plan("marketplace", [bytes_of], self.limits, path=inner)
            base = replace(base, source=text, name=plan.name, unreadable=(*base.unreadable, *plan.unreadable))
            combination = Combination(base=base, blobs=self.blobs, limits=self.limits)
            for wanted in plan.wanted:
                self._plugin(wanted, combination, bytes_of.parent, whole=True)
            return combination.snapshot()
        snapshot = self._entry(ask_plan("entry", [bytes_of], self.limits), text)
        return replace(snapshot, digests={**snapshot.digests, "gitCommit": base.digests["gitCommit"]}, repository=source.url)

    def _plugin(self, wanted: Wanted, combination: Combination, folder: Path, *, whole: bool) -> None:
        if wanted.means is not Means.LOCAL:
            combination.add(wanted, self._bring(wanted))
        elif not whole and wanted.address:
            combination.add(wanted, self._local_plugin(folder), root=wanted.address)
        elif not whole:
            reason = "its source is the folder of the marketplace itself, which is read only where the marketplace lies in .claude-plugin"
            combination.add(replace(wanted, means=Means.NOTHING, notes=((reason, True),)), None)
        elif any(not wanted.address or file.path.startswith(f"{wanted.address}/") for file in combination.base.files):
            combination.place(SourcePart(root=wanted.address, name=wanted.name, origin=Origin.PLUGIN, fetched=True))
        else:
            reason = f"its source names {shown(wanted.address)}, where nothing lies that can be read"
            combination.add(replace(wanted, means=Means.NOTHING, notes=((reason, True),)), None)

    def _local_plugin(self, folder: Path) -> Callable[[Wanted, Limits], Snapshot]:
        def bring(wanted: Wanted, limits: Limits) -> Snapshot:
            place = inside(_resolved(folder / wanted.address), folder, wanted.address)
            if place == folder or not place.is_dir():
                raise NotFetchedError(f"its source names {shown(wanted.address)}, where there is no folder")
            return replace(self.fetch(Source(kind=SourceKind.FOLDER, text=wanted.address, path=place), limits), source="")

        return bring

    def configuration(self, source: Source, path: Path) -> Snapshot:
        """Read a client's configuration: its servers and its folders of Skills.

        Raises:
            NotFetchedError: it cannot be read as what its name says; nothing of it may be kept then.
        """
        plan = ask_plan("configuration", [path], self.limits, path=str(path.resolve()))
        if plan.fault:
            raise NotFetchedError(f"The configuration cannot be read: {shown(plan.fault)}", hint="Check that the client itself accepts it.")
        combination = self._begin(plan, source.text, digest="redactedDocumentSha256")
        for wanted in plan.wanted:
            if wanted.means is Means.LOCAL:
                self._near(wanted, combination, path)
            else:
                combination.add(wanted, self._bring(wanted))
        snapshot = combination.snapshot()
        if not snapshot.parts and not any(row.gate for row in snapshot.unreadable):
            raise NotFetchedError(
                "The configuration starts no server and leads to no Skills.",
                hint="Check that servers stand where its client looks for them.",
            )
        return snapshot

    def _near(self, wanted: Wanted, combination: Combination, path: Path) -> None:
        def bring(wanted: Wanted, limits: Limits) -> Snapshot:
            beside = str(path.resolve().parent / wanted.address) if wanted.optional else wanted.address
            place = resolve_near(f"./{beside}" if wanted.origin is Origin.SKILLS and "/" not in beside else beside, path)
            basket = Basket(self.blobs, limits)
            read = read_server(place, own_folder(path), basket, limits, skills=wanted.origin is Origin.SKILLS)
            gathered = basket.gathered()
            if not gathered.entries and not gathered.unreadable:
                raise NotFetchedError(f"{shown(wanted.address)} holds no file")
            return replace(assemble(gathered, self.blobs, source=wanted.address, name=read.name), source="")

        if wanted.optional and not _is_folder(path.parent / wanted.address):
            return
        combination.add(wanted, bring)

    def remote(self, source: Source, tools: Path | None) -> Snapshot:
        """Describe a remote server; nothing is contacted.

        Raises:
            UsageFault: the captured file holds no list of tools.
            NotFetchedError: it cannot be opened.
        """
        plan = ask_plan("tools", [tools], self.limits) if tools else Plan()
        if plan.fault:
            raise UsageFault(
                f"--tools holds no answer to tools/list: {shown(plan.fault)}",
                hint='Save the server\'s answer as JSON: {"tools": [...]}, the whole JSON-RPC message, or an array of tools.',
            )
        parts = urlsplit(source.url)
        transport = "sse" if parts.path.rstrip("/").endswith("/sse") else "http"
        declaration = Page(path="remote.json", text=json.dumps({"type": transport, "url": source.url}, indent=1, sort_keys=True) + "\n")
        own = replace(plan, name=parts.hostname or source.url, pages=(declaration, *plan.pages))
        combination = self._begin(own, source.url)
        combination.place(SourcePart(root="", name=own.name, origin=Origin.REMOTE, source=source.url))
        return combination.snapshot()

    def _begin(self, plan: Plan, text: str, *, digest: str = "documentSha256") -> Combination:
        """Start a snapshot with what is kept of the document itself."""
        files = page_files(plan.pages, self.blobs)
        digests = {"dirHash": dir_hash((file.path, file.sha256) for file in files)}
        if files:
            digests[digest] = files[0].sha256
        base = Snapshot(
            source=text, name=plan.name, version=plan.version, digests=digests, files=tuple(files), unreadable=tuple(plan.unreadable)
        )
        return Combination(base=base, blobs=self.blobs, limits=self.limits)

    def _bring(self, wanted: Wanted) -> Callable[[Wanted, Limits], Snapshot] | None:
        return {Means.SOURCE: self._source, Means.ARCHIVE: self._archive}.get(wanted.means)

    def _source(self, wanted: Wanted, limits: Limits) -> Snapshot:
        source = parse_source(wanted.address)
        if source.kind not in _FETCHED:
            raise UsageFault(f"{shown(wanted.address)} is not fetched from a document")
        _check_registry(source, wanted.registry)
        return _promised(wanted, self.fetch(source, limits))

    def _archive(self, wanted: Wanted, limits: Limits) -> Snapshot:
        self._refuse(wanted.address)
        name = urlsplit(wanted.address).path.rpartition("/")[2]
        name = re.sub(r"[^A-Za-z0-9._-]", "-", name)[-100:].lstrip(".-")
        if not name.lower().endswith(ARCHIVE_SUFFIXES):
            name = f"{name or 'archive'}.zip"
        self.progress.say(f"Fetching {wanted.address}")
        web = Web(limits, refuse=self._refuse)
        with tempfile.TemporaryDirectory(prefix="reviewer-archive-") as folder:
            artefact = web.download(wanted.address, Path(folder) / name, algorithms=("sha256",))
            if wanted.sha256 and artefact.digests["sha256"] != wanted.sha256:
                raise _mismatch("sha256", wanted.sha256, artefact.digests["sha256"])
            return self.fetch(Source(kind=SourceKind.ARCHIVE, text=wanted.address, path=artefact.path), limits)

    def _refuse(self, url: str) -> None:
        """Refuse an address that a stranger's document must not make this machine talk to."""
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            parts, host = urlsplit(""), None
        if host is None or "@" in parts.netloc or not url.isprintable() or not url.isascii():
            raise NotFetchedError(f"{shown(url)} is no address that is fetched")
        if self.allow_private_hosts:
            return
        if parts.scheme != "https":
            raise NotFetchedError(f"{shown(url)} is not https")
        refuse_private_host(url)


def _check_registry(source: Source, registry: str) -> None:
    """Refuse to take a package from the user's own registry where the document names another one."""
    if not registry:
        return
    try:
        wanted = urlsplit(registry).netloc.rpartition("@")[2].lower()
    except ValueError:
        wanted = ""
    if source.kind is SourceKind.NPM:
        known = [read_npm_config().registry(source.name), default_registry()]
    else:
        from pypi_simple import PYPI_SIMPLE_ENDPOINT  # noqa: PLC0415  only for this kind of source

        known = [read_pip_config().index_url, PYPI_SIMPLE_ENDPOINT]
    if wanted not in {urlsplit(url).netloc.rpartition("@")[2].lower() for url in known if url}:
        raise NotFetchedError(f"it comes from the registry {shown(wanted or registry)}, which is not the one that is configured here")


def _promised(wanted: Wanted, snapshot: Snapshot) -> Snapshot:
    """Hold what came to what the document promises."""
    actual = snapshot.digests.get("artifactSha256", "")
    if wanted.sha256 and wanted.sha256 != actual:
        raise _mismatch("sha256", wanted.sha256, actual)
    commit = snapshot.digests.get("gitCommit", "")
    if wanted.commit and wanted.commit != commit:
        raise _mismatch("commit", wanted.commit, commit)
    return snapshot


def _mismatch(what: str, promised: str, actual: str) -> NotFetchedError:
    return NotFetchedError(f"it does not match the {what} that is promised for it ({shown(promised)}, but {actual} came)")


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise NotFetchedError(f"{shown(str(path.name))} cannot be looked at") from error


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
