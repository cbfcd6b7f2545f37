"""Where the packages of a Go submission lie: which folder is imported under which name, and what a file calls its imports.

Sources: the Go modules reference (``go.mod``, ``replace``, major version suffixes) and the language specification («Import declarations»).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

__all__ = ["Import", "Layout", "canonical", "local_names", "reconciled"]

_MODULE = re.compile(r"(?m)^[ \t]*module[ \t]+\"?([^\s\"]{1,300})")
_REPLACE = re.compile(
    r"(?m)^[ \t]*(?:replace[ \t]+)?([^\s()]{1,300})(?:[ \t]{1,20}v\S{1,100})?[ \t]{1,20}=>[ \t]{1,20}(\.{1,2}/?[^\s]{0,300})"
)
_IMPORT = re.compile(r"(?m)^[ \t]*(?:import[ \t]+)?(?:[\w.]{1,100}[ \t]+)?\"([\w./~-]{1,300})\"[ \t]*(?://.{0,200})?\r?$")
_PACKAGE = re.compile(r"(?m)^package[ \t]+(\w{1,100})")
_MAJOR = re.compile(r"/v[0-9]+(?=/|$)")
_DOTTED_MAJOR = re.compile(r"\.v[0-9]+(?=/|$)")
#: How much of a file is looked at for its package clause and imports.
_HEAD = 50_000
#: How many imports of one file are matched with names that nothing explains.
_MATCHED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """An import: its canonical name, the name that the file gives it (empty: none, ``.``: all names, ``_``: none wanted), and its line."""

    path: str
    alias: str
    line: int


def canonical(path: str) -> str:
    """Give an import path without its major version: ``github.com/acme/api/v72/client`` is ``github.com/acme/api/client``."""
    path = _MAJOR.sub("", path)
    return _DOTTED_MAJOR.sub("", path) if path.startswith("gopkg.in/") else path


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The folders of a submission by the import path under which they are known.

    ``roots`` maps folders (empty: the top) to module paths; ``replaced`` maps module paths to folders that stand for them; ``clauses``
    maps folders to the names of their packages.
    """

    roots: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Mapping[str, str]) -> Self:
        """Read every ``go.mod``; where there is none, the module's path is what the imports of the submission's own folders begin with."""
        sources = {path: files[path][:_HEAD] for path in files if path.endswith(".go")}
        roots: dict[str, str] = {}
        replaced: dict[str, str] = {}
        for path in (path for path in files if cls.is_manifest(path)):
            folder = _folder(path)
            text = files[path][:_HEAD]
            if found := _MODULE.search(text):
                roots[folder] = canonical(found[1])
            replaced |= {canonical(name): target for name, target in _replacements(folder, text)}
        clauses = {_folder(path): found[1] for path, text in sources.items() if (found := _PACKAGE.search(text)) and not is_test(path)}
        if "" not in roots and (guess := _guessed(sources)):
            roots[""] = guess
        return cls(roots=roots, replaced=replaced, clauses=clauses)

    @staticmethod
    def is_manifest(path: str) -> bool:
        """Tell whether a file describes a module."""
        return path.rpartition("/")[2].lower() == "go.mod"

    def package_of(self, path: str) -> str:
        """Give the canonical import path of the package that a file belongs to; its folder where no module is known."""
        folder = _folder(path)
        if folder.startswith("vendor/") or "/vendor/" in folder:
            return canonical(folder.rpartition("vendor/")[2])
        for module, target in self.replaced.items():
            if folder == target or folder.startswith(f"{target}/"):
                return module + folder[len(target) :]
        for above in _upwards(folder):
            if above in self.roots:
                below = folder[len(above) :].strip("/")
                return f"{self.roots[above]}/{below}" if below else self.roots[above]
        return canonical(folder) or self.clauses.get("", "main")

    def name_of(self, package: str) -> str | None:
        """Give the name in the package clause of a package of the submission, None for packages of others."""
        for folder, module in self.roots.items():
            if package == module or package.startswith(f"{module}/"):
                below = package[len(module) :].strip("/")
                found = self.clauses.get("/".join(part for part in (folder, below) if part))
                if found:
                    return found
        return None


def is_test(path: str) -> bool:
    """Tell whether ``go build`` leaves a file out because it is a test."""
    return path.endswith("_test.go")


def local_names(path: str, known: str | None) -> tuple[str, ...]:
    """Give the names that a package imported without an alias may have in the file, likeliest first.

    Only its package clause says it. By custom that is the last part of the path without version, ``go-`` in front or ``-go`` behind.
    """
    if known:
        return (known,)
    parts = canonical(path).split("/")
    last = parts[-1].removesuffix(".git")
    names = [last, last.removeprefix("go-"), last.removesuffix("-go"), last.removesuffix(".go"), last.removesuffix("-golang")]
    names += [last.replace("-", "_"), last.replace("-", ""), last.rpartition("-")[2], last.partition("-")[0], last.rpartition(".")[0]]
    return tuple(dict.fromkeys(name for name in names if name.isidentifier()))


def reconciled(imports: Iterable[Import], used: Iterable[str], declared: frozenset[str], layout: Layout) -> dict[str, str]:
    """Give what every local name of a file stands for.

    ``used`` are the names that the file writes before a dot, ``declared`` its own. An import that is not used does not compile: one whose
    name is unknown is therefore a used name that nothing else explains, and that its path speaks of.
    """
    every = [each for each in imports if each.alias not in {"_", "."}]
    names = {each.alias: each.path for each in every if each.alias}
    wanted = {name for name in used if name not in names}
    unknown: list[Import] = []
    for each in (each for each in every if not each.alias):
        guesses = local_names(each.path, layout.name_of(each.path))
        found = next((guess for guess in guesses if guess in wanted and guess not in names), None)
        if found is None:
            unknown.append(each)
        else:
            names[found] = each.path
    open_names = sorted(wanted - names.keys() - declared)[:_MATCHED]
    for each in unknown[:_MATCHED]:
        squeezed = each.path.replace("-", "").replace("_", "").lower()
        fits = [name for name in open_names if name.replace("_", "").lower() in squeezed]
        chosen = fits or (open_names if len(open_names) == len(unknown) == 1 else [])
        if chosen:
            names[max(chosen, key=len)] = each.path
            open_names.remove(max(chosen, key=len))
        elif guesses := local_names(each.path, None):
            names.setdefault(guesses[0], each.path)
    return names


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _replacements(folder: str, text: str) -> Iterator[tuple[str, str]]:
    for found in _REPLACE.finditer(text):
        parts = folder.split("/") if folder else []
        for part in found[2].split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in {"", "."}:
                parts = [*parts, part]
        if parts:
            yield found[1], "/".join(parts)


def _guessed(sources: Mapping[str, str]) -> str | None:
    """Give what stands before the submission's own folders in its imports, by most imports."""
    folders = {folder for path in sources for folder in [_folder(path)] if folder}
    votes: Counter[str] = Counter()
    for text in sources.values():
        for path in {canonical(found[1]) for found in _IMPORT.finditer(text)}:
            if "." in path.partition("/")[0]:
                votes.update(path[: -len(folder) - 1] for folder in folders if path.endswith(f"/{folder}"))
    return min(votes, key=lambda prefix: (-votes[prefix], len(prefix), prefix)) if votes else None
