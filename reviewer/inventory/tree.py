"""A submission as its readers see it: files by name and folder, texts, documents, and what the languages found."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from checks.model import File, Unreadable
from reviewer.documents import Document, read_json, read_toml
from reviewer.inventory.conventions import names
from reviewer.inventory.file_types import is_vendored
from reviewer.inventory.languages.interface import Extraction
from reviewer.model import Snapshot

#: How many characters a JSON or TOML file may have to be read as a document; settings and manifests are far shorter.
DOCUMENT_LENGTH = 2_000_000
#: How many files of one folder a mention of the folder leads to.
FOLDER_FILES = 100
#: How many leading folders of a mentioned path may be unknown here, as in ``/mnt/skills/pdf/forms.md``.
UNKNOWN_FOLDERS = 6

_LENIENT = re.compile(r"(^|/)(\.vscode|\.devcontainer|\.zed|\.cursor)/|(^|/)\.?devcontainer\.json$|\.jsonc$|\.json5$|\.code-workspace$")
_BASE = re.compile(r"^(\$\{?[A-Za-z_]\w*\}?|\{\{?\w+\}?\}|<[\w -]+>|~|\.|%\w+%)/")


@dataclass(frozen=True, slots=True)
class Tree:
    """Files and texts of a submission. ``by_name`` and ``folders`` are indexes, ``extraction`` is what the submission's own code says."""

    snapshot: Snapshot
    files: Mapping[str, File]
    texts: Mapping[str, str]
    extraction: Extraction = field(default_factory=Extraction)
    by_name: Mapping[str, tuple[str, ...]] = field(init=False)
    folders: Mapping[str, tuple[str, ...]] = field(init=False)
    _folded: Mapping[str, str] = field(init=False)
    _ordered: tuple[str, ...] = field(init=False)
    _brought: frozenset[str] = field(init=False)
    _last: frozenset[str] = field(init=False)
    _documents: dict[str, Document] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Build the indexes in one pass."""
        by_name: dict[str, list[str]] = {}
        folders: dict[str, list[str]] = {}
        for path in self.files:
            folder, _, name = path.rpartition("/")
            by_name.setdefault(name.lower(), []).append(path)
            folders.setdefault(folder, []).append(path)
        object.__setattr__(self, "by_name", {name: tuple(paths) for name, paths in by_name.items()})
        object.__setattr__(self, "folders", {folder: tuple(paths) for folder, paths in folders.items()})
        object.__setattr__(self, "_ordered", tuple(sorted(folders)))
        object.__setattr__(self, "_last", frozenset(path.rpartition("/")[2].casefold() for path in (*self.files, *folders)))
        object.__setattr__(self, "_brought", frozenset(part.root for part in self.snapshot.parts))
        object.__setattr__(self, "_folded", {path.casefold(): path for path in self.files})

    def named(self, *wanted: str) -> Iterator[str]:
        """Give the readable files that have one of these names (lower case), installed packages of others left out."""
        for name in wanted:
            yield from (path for path in self.by_name.get(name, ()) if path in self.texts and not is_vendored(path))

    def root_of(self, path: str) -> str:
        """Give the folder of the package, Skill, plugin, bundle or archive in which a file lies; the whole if there is none."""
        folder = path.rpartition("/")[0]
        while folder and not self._is_root(folder) and not folder.endswith("!"):
            folder = folder.rpartition("/")[0]
        return folder

    def _is_root(self, folder: str) -> bool:
        anchored = any(f"{folder}/{name}".casefold() in self._folded for name in names("anchors"))
        return anchored or folder in self._brought or any(f"{folder}/{name}" in self.folders for name in names("plugin_folders"))

    def holds(self, folder: str) -> bool:
        """Tell whether there is anything under a folder."""
        return not folder or folder in self.folders or bool(self._under(folder))

    def below(self, folder: str, suffix: str) -> list[str]:
        """Give the readable files under a folder whose name ends so."""
        inside = (self.folders[each] for each in {*self._under(folder), folder} if each in self.folders)
        every = (path for paths in inside for path in paths if path.lower().endswith(suffix) and path in self.texts)
        return sorted(path for path in every if not self.files[path].within)

    def _under(self, folder: str) -> Sequence[str]:
        """Give the folders under a folder, which lie together in the sorted list."""
        if not folder:
            return self._ordered
        start = bisect_left(self._ordered, f"{folder}/")
        return self._ordered[start : bisect_left(self._ordered, f"{folder}0")]  # "0" is what follows "/" in ASCII

    def document(self, path: str) -> Document:
        """Read a JSON or TOML file, once. A file that is not there is an empty document."""
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def _read(self, path: str) -> Document:
        if path not in self.texts:
            return Document()
        if self.files[path].size > DOCUMENT_LENGTH:
            return Document(faults=(f"longer than {DOCUMENT_LENGTH} characters",), grave=True)
        text = self.texts[path]
        return read_toml(text) if path.endswith(".toml") else read_json(text, lenient=bool(_LENIENT.search(path)))

    def faults(self) -> tuple[Unreadable, ...]:
        """Give a ledger row for everything that was wrong with a document that somebody asked for."""
        return tuple(
            Unreadable(path=path, reason=fault, gate=document.grave)
            for path, document in sorted(self._documents.items())
            for fault in document.faults
        )

    def resolve(self, mention: str, *bases: str) -> str | None:
        """Give the file or folder that a mentioned path means, seen from folders in turn; None if there is none here."""
        target = unquote(mention.split("#", 1)[0].split("?", 1)[0]).replace("\\", "/")
        while _BASE.match(target):
            target = _BASE.sub("", target, count=1)
        parts = [part for part in target.split("/") if part]
        if parts and parts[-1] not in {".", ".."} and parts[-1].casefold() not in self._last:
            return None  # most words of a page name nothing here
        for skip in range(min(len(parts), UNKNOWN_FOLDERS + 1)):
            for base in bases:
                found = self._lookup(posixpath.normpath(posixpath.join(base, *parts[skip:])))
                if found is not None:
                    return found
            if ".." in parts[: skip + 1]:
                break
        return None

    def _lookup(self, path: str) -> str | None:
        if path in self.files or path in self.folders:
            return path
        return self._folded.get(path.casefold())

    def led_to(self, place: str) -> tuple[str, ...]:
        """Give the files that a resolved mention leads to: itself and what lies inside it, or the files of the folder."""
        if place not in self.files:
            return self.folders.get(place, ())[:FOLDER_FILES]
        inside = [path for folder in self._under(f"{place}!") for path in self.folders[folder]]
        return (place, *self.folders.get(f"{place}!", ()), *inside)[:FOLDER_FILES]
