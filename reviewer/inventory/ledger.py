"""The ledger: for every file of a snapshot, and for all that lies inside one, whether it is read, as what, and if not why not."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from checks.model import File, Unreadable
from reviewer.inventory import signatures
from reviewer.inventory.contents import Budget, Limits, Opened, Piece, Sealed, is_guess, open_file
from reviewer.inventory.decoding import Encoding, as_latin1, by_pattern, marked_or_utf8, odd_cookie
from reviewer.inventory.file_types import is_code, is_vendored, language_of, shebang_language, types
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
#: How many rows of one reason are told about what lies inside one file; the others are counted.
ALIKE = 20

_LINK = "120000"
_INSIDE = "!/"
_LFS = b"version https://git-lfs.github.com/spec/v1"
_LFS_LENGTH = 1_024
_MINIFIABLE = frozenset({"javascript", "jsx", "typescript", "tsx"})
_SOURCE_OF = re.compile(r"[.-]min(?=\.[cm]?js$)")
#: Sorts of opaque bytes about which nothing is left to say once they were opened.
_OPENED = frozenset({"archive", "document", ""})
_SUBMODULE = re.compile(r"^[ \t]{0,20}path[ \t]{0,20}=[ \t]{0,20}(\S.{0,500}?)[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Files with their languages, the readable ones' origins, and rows for the rest.

    ``suspects`` are paths whose note becomes a gate once an agent, hook or launch is led to them. ``inner`` are the bytes, by sha256,
    of what lies inside files.
    """

    files: tuple[File, ...]
    origins: Mapping[str, Origin]
    rows: tuple[Unreadable, ...] = ()
    suspects: frozenset[str] = frozenset()
    inner: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A file that waits to be looked at: inside how many others it lies, and what it is said to be."""

    file: File
    depth: int = 0
    language: str | None = None


@dataclass(slots=True)
class _Page:
    """What has been found so far. ``files`` are all of them by path, those inside others too."""

    budget: Budget
    files: dict[str, File] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    rows: list[Unreadable] = field(default_factory=list)
    suspects: set[str] = field(default_factory=set)
    shebangs: set[str] = field(default_factory=set)
    minified: list[str] = field(default_factory=list)
    inner: dict[str, bytes] = field(default_factory=dict)

    def note(self, path: str, reason: str, *, gate: bool = False, reached: bool = False) -> None:
        self.rows.append(Unreadable(path=path, reason=reason, gate=gate))
        if reached:
            self.suspects.add(path)


def keep_ledger(snapshot: Snapshot, contents: Mapping[str, bytes], readers: Iterable[str], limits: Limits | None = None) -> Ledger:
    """Look at every file once, and at what lies inside it. Never raises for what a file holds.

    Args:
        snapshot: what acquire brought.
        contents: the bytes by their sha256.
        readers: the languages for which code is understood.
        limits: how much is opened inside files.
    """
    page = _Page(budget=Budget(limits), files={file.path: file for file in snapshot.files})
    left_out = {row.path for row in snapshot.unreadable}
    own = sorted(snapshot.files, key=lambda file: (is_vendored(file.path), file.path))
    waiting = deque(_Layer(file=file) for file in own)
    while waiting:
        layer = waiting.popleft()
        file = layer.file
        content = page.inner.get(file.sha256) if file.within else contents.get(file.sha256)
        if _INSIDE in file.path and not file.within:
            page.note(file.path, "the name of a folder imitates the mark of what lies inside a file", gate=True)
        if file.mode == _LINK:
            continue
        if content is not None:
            waiting.extend(_look(layer, content, page))
        elif file.path not in left_out:
            page.note(file.path, "its bytes were not kept", gate=True)
    _follow_links(page, contents)
    _note_unread_code(page, frozenset(readers))
    _note_submodules(page, contents, left_out)
    _note_minified(page)
    files = tuple(replace(file, language=page.languages.get(path)) for path, file in page.files.items())
    rows = (*snapshot.unreadable, *_folded(page))
    return Ledger(files=files, origins=page.origins, rows=rows, suspects=frozenset(page.suspects), inner=page.inner)


def _look(layer: _Layer, content: bytes, page: _Page) -> Iterator[_Layer]:
    """Read one file as text or say why not; give what lies inside it."""
    file = layer.file
    opaque = signatures.loaded(file.path)
    encoding = None if opaque else marked_or_utf8(content)
    if encoding is None and opaque is None:
        opaque = signatures.identify(content, file.path)
        encoding = None if opaque else by_pattern(content) or as_latin1(content)
    text = _read_text(layer, content, encoding, page) if encoding is not None else None
    sealed = Sealed(
        path=file.path, content=content, text=text, language=page.languages.get(file.path), vendored=is_vendored(file.within or file.path)
    )
    small = len(content) <= FILE_BYTES or encoding is None
    opened = open_file(sealed, page.budget) if small else Opened()
    if encoding is None and not (opened.whole and (opaque is None or opaque.sort in _OPENED)):
        _note_opaque(file, opaque, page)
    if opened.whole or opaque is None or opened.pieces:
        for row in opened.rows:
            page.note(f"{file.path}{_INSIDE}{row.name}" if row.name else file.path, row.reason, gate=row.gate, reached=row.reached)
    yield from _taken(layer, opened, page)


def _note_opaque(file: File, opaque: signatures.Opaque | None, page: _Page) -> None:
    opaque = opaque or signatures.Opaque(reason="bytes of an unknown kind; they are not read", gate=True)
    by_name = language_of(file.path, "")
    disguised = not opaque.gate and (is_code(by_name) or by_name == "markdown")
    reason = f"{opaque.reason}; its name says {by_name}" if disguised else opaque.reason
    chance = is_guess(file.path) and not opaque.exact  # a text that was put together or decoded by mistake
    page.note(file.path, reason, gate=(opaque.gate or disguised) and not chance, reached=opaque.reached)


def _taken(layer: _Layer, opened: Opened, page: _Page) -> Iterator[_Layer]:
    """Make files of what lies inside a file, as far as the budget goes."""
    outer = layer.file
    if opened.pieces and layer.depth >= page.budget.limits.layers:
        page.note(outer.path, f"what lies inside it is nested deeper than {page.budget.limits.layers} files: not opened", gate=True)
        return
    for piece in opened.pieces:
        path = _free(f"{outer.path}{_INSIDE}{piece.name}", page)
        refused = page.budget.refusal(len(piece.content))
        if refused:
            page.note(path, refused, gate=True)
            continue
        file = _inner(piece, path, outer.within or outer.path)
        page.files[path] = file
        page.inner[file.sha256] = piece.content
        yield _Layer(file=file, depth=layer.depth + 1, language=piece.language)


def _free(path: str, page: _Page) -> str:
    count = 2
    free = path
    while free in page.files:
        free, count = f"{path}~{count}", count + 1
    return free


def _inner(piece: Piece, path: str, within: str) -> File:
    return File(path=path, mode=piece.mode, size=len(piece.content), sha256=hashlib.sha256(piece.content).hexdigest(), within=within)


def _read_text(layer: _Layer, content: bytes, encoding: Encoding, page: _Page) -> str | None:
    file = layer.file
    if len(content) > FILE_BYTES:
        page.note(file.path, f"larger than {FILE_BYTES} bytes, the most that is read of one file", gate=True)
        return None
    text = encoding.decode(content)
    if content.startswith(_LFS) and len(content) < _LFS_LENGTH:
        inert = file.path.rpartition(".")[2].lower() in _inert_names()
        page.note(file.path, "a Git LFS pointer: the content itself is not part of the submission", gate=not inert)
    cipher = signatures.ciphertext(text)
    if cipher:
        page.note(file.path, cipher.reason, gate=cipher.gate)
    language = layer.language or language_of(file.path, text, executable=file.mode == _EXECUTABLE)
    page.languages[file.path] = language
    page.origins[file.path] = Origin(sha256=file.sha256, encoding=encoding)
    if shebang_language(text):
        page.shebangs.add(file.path)
    if encoding.doubt:
        page.note(file.path, encoding.doubt, gate=is_code(language) or language == "markdown")
    _note_oddities(file.path, language, content, page)
    return text


def _note_oddities(path: str, language: str, content: bytes, page: _Page) -> None:
    cookie = odd_cookie(content) if language == "python" else None
    if cookie:
        page.note(path, f"asks Python to read it as {cookie[:40]!r}, under which it can say something else", gate=True)
    if language in _MINIFIABLE and len(content) > MINIFIED_SIZE and len(content) > MINIFIED_LINE * (content.count(b"\n") + 1):
        page.minified.append(path)


def _inert_names() -> frozenset[str]:
    return frozenset(
        {"png", "jpg", "jpeg", "gif", "webp", "ico", "bmp", "ttf", "otf", "woff", "woff2", "mp3", "mp4", "wav", "ogg", "webm", "mov"}
    )


def _follow_links(page: _Page, contents: Mapping[str, bytes]) -> None:
    """Give a link inside the submission the text of its target, under its own name; note every link."""
    links = {path: file for path, file in page.files.items() if file.mode == _LINK}
    if not links:
        return
    bytes_of = {path: page.inner.get(file.sha256) if file.within else contents.get(file.sha256) for path, file in links.items()}
    aims = {path: _aim(path, bytes_of[path] or b"") for path in links}
    folders = {parent for path in page.files for parent in _parents(path)}
    noted = {row.path for row in page.rows}
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
            page.languages[path] = _language_of_link(path, aim, page)
            page.note(path, f"a symbolic link to {aim}, whose text is read under both names")
        else:
            known = aim in folders or aim in noted
            page.note(path, f"a symbolic link to {aim}" if known else "a symbolic link to nothing in the submission")


def _language_of_link(path: str, aim: str, page: _Page) -> str:
    """Name what a link's text is: what its own name says, which is what programs go by, else what its target is."""
    by_name = language_of(path, "")
    return by_name if is_code(by_name) and aim not in page.shebangs else page.languages[aim]


def _aim(path: str, content: bytes) -> str | None:
    """Give the path inside the submission, and inside the same archive, to which a link leads; None if it leads outside."""
    target = content.decode("utf-8", "replace")
    outer, mark, inner = path.rpartition(_INSIDE)
    aim = posixpath.normpath(posixpath.join(posixpath.dirname(inner), target.replace("\\", "/")))
    outside = not target or target.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", target) or aim == ".." or aim.startswith("../")
    return None if outside else f"{outer}{mark}{'' if aim == '.' else aim}"


def _parents(path: str) -> Iterable[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def _note_unread_code(page: _Page, readers: frozenset[str]) -> None:
    """Note code for which there is no reader. It was read as text; a gate where something would run it."""
    unread = {path: language for path, language in page.languages.items() if is_code(language) and language not in readers}
    if not unread:
        return
    builders = _builders(page.languages)
    folders: frozenset[str] = frozenset(types()["run_folders"])
    executable = {path for path, file in page.files.items() if file.mode == _EXECUTABLE} | page.shebangs
    for path, language in unread.items():
        started = path in executable or not folders.isdisjoint(path.lower().split("/")[:-1])
        built = any((language, parent) in builders for parent in _parents(path))
        reason = f"no reader for {language} yet: read as text, not understood as code"
        guess = is_guess(path)
        page.note(path, reason, gate=(started or built) and not guess, reached=not guess)


def _note_minified(page: _Page) -> None:
    """Note scripts that a program wrote, and whether what it was written from is there: under the name without ``min``, or in a map."""
    opened = {path.rpartition(_INSIDE)[0] for path in page.files if _INSIDE in path} if page.minified else set()
    for path in page.minified:
        plain = _SOURCE_OF.sub("", path)
        source = plain if plain != path and plain in page.files else next((each for each in (f"{path}.map", path) if each in opened), "")
        beside = f"its source is read as {source}" if source else "without its source"
        page.note(path, f"minified, {beside}: read, but written by a program and hard to judge")


def _note_submodules(page: _Page, contents: Mapping[str, bytes], told: set[str]) -> None:
    """Note the submodules that the submission names and does not bring along."""
    for path, origin in list(page.origins.items()):
        if path.rpartition("/")[2] != ".gitmodules" or page.files[path].within or origin.sha256 not in contents:
            continue
        here = path.rpartition("/")[0]
        for match in _SUBMODULE.finditer(origin.encoding.decode(contents[origin.sha256])):
            folder = posixpath.normpath(posixpath.join(here, match[1].strip('"')))
            inside = any(other.startswith(f"{folder}/") for other in page.files)
            if not inside and folder not in told and not folder.startswith(("..", "/")):
                page.note(folder, "a git submodule: another repository, which is not part of the submission", gate=True)


def _folded(page: _Page) -> Iterator[Unreadable]:
    """Give the rows; of many alike about what lies inside one file, the first ones and a count."""
    more: Counter[tuple[str, str, bool]] = Counter()
    for row in page.rows:
        outer, mark, _ = row.path.partition(_INSIDE)
        key = outer, row.reason, row.gate
        more[key] += bool(mark)
        if more[key] <= ALIKE:
            yield row
    for (outer, reason, gate), count in more.items():
        if count > ALIKE:
            yield Unreadable(path=outer, reason=f"{count - ALIKE} more files inside it: {reason}", gate=gate)


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
