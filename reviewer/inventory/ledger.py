"""The ledger: for every file of a snapshot, whether it is read, as what, and if not why not."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from checks.model import File, Unreadable
from reviewer.inventory import signatures
from reviewer.inventory.decoding import Encoding, as_latin1, by_pattern, marked_or_utf8, odd_cookie
from reviewer.inventory.file_types import is_code, language_of, shebang_language, types
from reviewer.inventory.texts import Origin
from reviewer.model import Snapshot

#: How many bytes one file may have to be read. What is larger is hashed only.
FILE_BYTES = 10_000_000
#: As git writes the mode of a file that may be run.
_EXECUTABLE = "100755"
#: How many symbolic links may lead from one to the next.
LINKS = 8
#: A script of such long lines was written by a program, not by a person.
MINIFIED_LINE = 800
MINIFIED_SIZE = 4_000

_LINK = "120000"
_LFS = b"version https://git-lfs.github.com/spec/v1"
_LFS_LENGTH = 1_024
_MINIFIABLE = frozenset({"javascript", "jsx", "typescript", "tsx"})
_SOURCE_OF = re.compile(r"[.-]min(?=\.[cm]?js$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Files with their languages, the readable ones' origins, and rows for the rest.

    ``suspects`` are paths whose note becomes a gate once an agent, hook or launch is led to them.
    """

    files: tuple[File, ...]
    origins: Mapping[str, Origin]
    rows: tuple[Unreadable, ...] = ()
    suspects: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Page:
    """What has been found so far."""

    origins: dict[str, Origin] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    rows: list[Unreadable] = field(default_factory=list)
    suspects: set[str] = field(default_factory=set)
    shebangs: set[str] = field(default_factory=set)

    def note(self, path: str, reason: str, *, gate: bool = False, reached: bool = False) -> None:
        self.rows.append(Unreadable(path=path, reason=reason, gate=gate))
        if reached:
            self.suspects.add(path)


def keep_ledger(snapshot: Snapshot, contents: Mapping[str, bytes], readers: Iterable[str]) -> Ledger:
    """Look at every file once. ``readers`` are the languages for which code is understood. Never raises for what a file holds."""
    page = _Page()
    left_out = {row.path for row in snapshot.unreadable}
    plain = [file for file in snapshot.files if file.mode != _LINK]
    for file in plain:
        content = contents.get(file.sha256)
        if content is None:
            if file.path not in left_out:
                page.note(file.path, "its bytes were not kept", gate=True)
        else:
            _read(file, content, page)
    _follow_links(snapshot, contents, page)
    _note_unread_code(snapshot, frozenset(readers), page)
    files = tuple(replace(file, language=page.languages.get(file.path)) for file in snapshot.files)
    rows = (*snapshot.unreadable, *page.rows)
    return Ledger(files=files, origins=page.origins, rows=rows, suspects=frozenset(page.suspects))


def _read(file: File, content: bytes, page: _Page) -> None:
    opaque = signatures.loaded(file.path)
    encoding = None if opaque else marked_or_utf8(content)
    if encoding is None and opaque is None:
        opaque = signatures.identify(content, file.path)
        encoding = None if opaque else by_pattern(content) or as_latin1(content)
    if encoding is not None:
        _read_text(file, content, encoding, page)
        return
    opaque = opaque or signatures.Opaque(reason="bytes of an unknown kind; they are not read", gate=True)
    by_name = language_of(file.path, "")
    disguised = not opaque.gate and (is_code(by_name) or by_name == "markdown")
    reason = f"{opaque.reason}; its name says {by_name}" if disguised else opaque.reason
    page.note(file.path, reason, gate=opaque.gate or disguised, reached=opaque.reached)


def _read_text(file: File, content: bytes, encoding: Encoding, page: _Page) -> None:
    if len(content) > FILE_BYTES:
        page.note(file.path, f"larger than {FILE_BYTES} bytes, the most that is read of one file", gate=True)
        return
    text = encoding.decode(content)
    if content.startswith(_LFS) and len(content) < _LFS_LENGTH:
        inert = file.path.rpartition(".")[2].lower() in _inert_names()
        page.note(file.path, "a Git LFS pointer: the content itself is not part of the submission", gate=not inert)
    cipher = signatures.ciphertext(text)
    if cipher:
        page.note(file.path, cipher.reason, gate=cipher.gate)
    language = language_of(file.path, text, executable=file.mode == _EXECUTABLE)
    page.languages[file.path] = language
    page.origins[file.path] = Origin(sha256=file.sha256, encoding=encoding)
    if shebang_language(text):
        page.shebangs.add(file.path)
    if encoding.doubt:
        page.note(file.path, encoding.doubt, gate=is_code(language) or language == "markdown")
    _note_oddities(file.path, language, content, page)


def _note_oddities(path: str, language: str, content: bytes, page: _Page) -> None:
    cookie = odd_cookie(content) if language == "python" else None
    if cookie:
        page.note(path, f"asks Python to read it as {cookie[:40]!r}, under which it can say something else", gate=True)
    if language in _MINIFIABLE and len(content) > MINIFIED_SIZE and len(content) > MINIFIED_LINE * (content.count(b"\n") + 1):
        page.note(path, "minified: read, but written by a program and hard to judge")


def _inert_names() -> frozenset[str]:
    return frozenset(
        {"png", "jpg", "jpeg", "gif", "webp", "ico", "bmp", "ttf", "otf", "woff", "woff2", "mp3", "mp4", "wav", "ogg", "webm", "mov"}
    )


def _follow_links(snapshot: Snapshot, contents: Mapping[str, bytes], page: _Page) -> None:
    """Give a link inside the submission the text of its target; note every link."""
    links = {file.path: file for file in snapshot.files if file.mode == _LINK}
    if not links:
        return
    aims = {path: _aim(path, contents.get(file.sha256, b"")) for path, file in links.items()}
    folders = {parent for file in snapshot.files for parent in _parents(file.path)}
    for path in links:
        aim = aims[path]
        for _ in range(LINKS):
            if aim is None or aim not in aims:
                break
            aim = aims[aim]
        if aim is None:
            page.note(path, "a symbolic link that leads out of the submission", gate=True)
        elif aim in page.origins:
            page.origins[path] = page.origins[aim]
            page.languages[path] = page.languages[aim]
            page.note(path, f"a symbolic link to {aim}, whose text is read under both names")
        else:
            known = aim in folders or any(row.path == aim for row in page.rows)
            page.note(path, f"a symbolic link to {aim}" if known else "a symbolic link to nothing in the submission")


def _aim(path: str, content: bytes) -> str | None:
    """Give the path inside the submission to which a link leads; None if it leads outside."""
    target = content.decode("utf-8", "replace")
    aim = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.replace("\\", "/")))
    outside = not target or target.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", target) or aim == ".." or aim.startswith("../")
    return None if outside else ("" if aim == "." else aim)


def _parents(path: str) -> Iterable[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def _note_unread_code(snapshot: Snapshot, readers: frozenset[str], page: _Page) -> None:
    """Note code for which there is no reader. It was read as text; a gate where something would run it."""
    unread = {path: language for path, language in page.languages.items() if is_code(language) and language not in readers}
    if not unread:
        return
    builders = _builders(page.languages)
    folders: frozenset[str] = frozenset(types()["run_folders"])
    executable = {file.path for file in snapshot.files if file.mode == "100755"} | page.shebangs
    for path, language in unread.items():
        started = path in executable or not folders.isdisjoint(path.lower().split("/")[:-1])
        built = any((language, parent) in builders for parent in _parents(path))
        reason = f"no reader for {language} yet: read as text, not understood as code"
        page.note(path, reason, gate=started or built, reached=True)


def _builders(paths: Iterable[str]) -> set[tuple[str, str]]:
    """Give (language, folder) for every folder that holds a build file of the language."""
    names: dict[str, list[str]] = {}
    for language, files in (*types()["code"].items(), *types()["build_extensions"].items()):
        for name in files:
            names.setdefault(name, []).append(language)
    found = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        name = name.lower()
        for language in (*names.get(name, ()), *names.get(name.rpartition(".")[2], ())):
            found.add((language, folder))
    return found


def share_read(files: Iterable[File], readable: Iterable[str], rows: Iterable[Unreadable]) -> float:
    """Give the share of reachable bytes that was read, 0 to 1.

    Reachable is what was read and what has a gate row; inert media are not. A gate row without a size counts as an average file.
    """
    sizes = {file.path: max(file.size, 1) for file in files}
    gated = {row.path for row in rows if row.gate}
    read = [sizes.get(path, 1) for path in readable if path not in gated]
    average = max(1, sum(read) // len(read)) if read else 1
    missed = sum(sizes.get(path, average) for path in gated)
    total = sum(read) + missed
    return round(sum(read) / total, 4) if total else 1.0
