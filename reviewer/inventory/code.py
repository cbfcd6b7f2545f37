"""Lets every language read its files, in portions that keep memory bounded."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from checks.model import Certainty, File, Location, Unreadable
from reviewer.inventory.contents import is_guess
from reviewer.inventory.doubts import Doubts, find_doubts
from reviewer.inventory.file_types import is_code, is_vendored
from reviewer.inventory.languages.interface import Extraction, Language
from reviewer.inventory.texts import Selection
from reviewer.inventory.tree import Tree

#: How many bytes of code of one language are understood as code; the submission's own files come first.
CODE_BYTES = 30_000_000
#: How many bytes are read at once. A syntax tree needs forty times as much, and the child has few hundred megabytes.
PORTION = 4_000_000
#: How long a manifest is at most, and how many are read beside the code of one language.
MANIFEST_BYTES, MANIFESTS = 100_000, 400

#: What code that is stranger than a reader foresaw makes it raise. Anything else ends the reading, which is told too.
_BREAKS = (RecursionError, MemoryError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def extract_code(readers: Mapping[str, Language], tree: Tree) -> tuple[Extraction, tuple[Unreadable, ...]]:
    """Read all code. Of installed packages of others only capabilities are taken, and only as possible."""
    results: list[Extraction] = []
    rows: list[Unreadable] = []
    for language in readers.values():
        files = [
            file
            for file in tree.files.values()
            if file.language in language.READS and file.path in tree.texts and _holds_code(language, file)
        ]
        chosen, left_out = _within(files)
        rows.extend(Unreadable(path=path, reason=f"beyond {CODE_BYTES} bytes of code of one language", gate=True) for path in left_out)
        manifests = _manifests(language, tree) if chosen else []
        for vendored in (False, True):
            for portion in _portions([file for file in chosen if is_vendored(file.path) is vendored], tree):
                extraction = _extracted(language, Selection(tree.texts, portion if vendored else [*portion, *manifests]), portion)
                results.append(_as_installed(extraction) if vendored else extraction)
    rows.extend(replace(row, gate=False) if is_guess(row.path) else row for result in results for row in result.unreadable)
    return _joined(results), tuple(rows)


def _extracted(language: Language, texts: Mapping[str, str], portion: list[str]) -> Extraction:
    """Let one language read a portion. A reader that hostile code breaks costs its files, each a gate row, and no other language."""
    try:
        return language.extract(texts)
    except _BREAKS as error:
        reason = f"broke its reader ({type(error).__name__}): not understood as code"
        return Extraction(unreadable=tuple(Unreadable(path=path, reason=reason, gate=True) for path in portion))


def _holds_code(language: Language, file: File) -> bool:
    """Tell whether a file is more than types: ``TYPES_ONLY`` of a language are the endings of files that nothing runs."""
    return not file.path.endswith(getattr(language, "TYPES_ONLY", ("\0",)))


def _manifests(language: Language, tree: Tree) -> list[str]:
    """Give the files that say under which names the submission imports its own code: ``MANIFESTS`` of a language are their names."""
    wanted = sorted(getattr(language, "MANIFESTS", ()))
    found = (path for name in wanted for path in tree.by_name.get(name, ()))
    small = (path for path in found if path in tree.texts and not is_vendored(path) and tree.files[path].size <= MANIFEST_BYTES)
    return list(itertools.islice(small, MANIFESTS))


def doubted(tree: Tree) -> Doubts:
    """Find where the code cannot be followed. Code that no reader understands, and installed packages of others, are doubted as such."""
    code = [file for file in tree.files.values() if is_code(file.language) and file.path in tree.texts]
    own = [file for file in code if not is_vendored(file.path)]
    found = find_doubts(own, tree.texts, _modules(tree))
    others = [Location(path=file.path) for file in code if is_vendored(file.path) and file.within not in tree.texts]
    return replace(found, places=(*found.places, *others[:1]))


def _modules(tree: Tree) -> frozenset[str]:
    """Give the names under which the submission imports its own code: its modules, packages and package folders."""
    paths = [path for path in tree.files if path.endswith(".py")]
    return frozenset(part.removesuffix(".py") for path in paths for part in path.split("/"))


def _within(files: Iterable[File]) -> tuple[list[File], list[str]]:
    room = CODE_BYTES
    chosen: list[File] = []
    left_out: list[str] = []
    for file in sorted(files, key=lambda file: (is_vendored(file.path), file.path)):
        if file.size <= room:
            room -= file.size
            chosen.append(file)
        else:
            left_out.append(file.path)
    return chosen, left_out


def _portions(files: list[File], tree: Tree) -> Iterator[list[str]]:
    """Keep the files of one package or Skill together as far as they fit, since calls are followed inside a portion only."""
    groups: dict[str, list[File]] = {}
    for file in files:
        groups.setdefault(tree.root_of(file.path), []).append(file)
    portion: list[File] = []
    for chunk in (chunk for _, group in sorted(groups.items()) for chunk in _chunks(group)):
        if portion and _size(portion) + _size(chunk) > PORTION:
            yield [file.path for file in portion]
            portion = []
        portion.extend(chunk)
    if portion:
        yield [file.path for file in portion]


def _chunks(group: list[File]) -> Iterator[list[File]]:
    chunk: list[File] = []
    for file in group:
        if chunk and _size(chunk) + file.size > PORTION:
            yield chunk
            chunk = []
        chunk.append(file)
    yield chunk


def _size(files: list[File]) -> int:
    return sum(file.size for file in files)


def _as_installed(extraction: Extraction) -> Extraction:
    possible = tuple(replace(capability, certainty=Certainty.POSSIBLE) for capability in extraction.capabilities)
    return Extraction(capabilities=possible, unreadable=extraction.unreadable)


def _joined(results: Iterable[Extraction]) -> Extraction:
    every = list(results)
    return Extraction(
        servers=tuple(server for result in every for server in result.servers),
        tools=tuple(tool for result in every for tool in result.tools),
        capabilities=tuple(capability for result in every for capability in result.capabilities),
        surfaces=tuple(surface for result in every for surface in result.surfaces),
    )
