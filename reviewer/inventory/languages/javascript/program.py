"""All files of a submission together: which file an import names, and what a file exports under a name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reviewer.inventory.languages.javascript.packages import Packages
from reviewer.inventory.languages.javascript.source import Export, Source

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
#: How many modules a chain of re-exports is followed.
_CHAIN = 12


@dataclass(slots=True, eq=False)
class Program:
    """The parsed files by path."""

    sources: Mapping[str, Source]
    packages: Packages = field(default_factory=lambda: Packages.of({}))
    _found: dict[tuple[str, str], Source | None] = field(default_factory=dict)
    _tails: dict[str, list[str]] = field(default_factory=dict)

    def resolve(self, importer: Source, module: str) -> Source | None:
        """Give the file that ``module`` names when ``importer`` imports it; None for packages and what is not there."""
        key = (posixpath.dirname(importer.path), module)
        if key not in self._found:
            self._found[key] = next((self.sources[path] for path in self._candidates(*key) if path in self.sources), None)
        return self._found[key]

    def _candidates(self, folder: str, module: str) -> Iterator[str]:
        if module.startswith("."):
            yield from _spellings(posixpath.normpath(posixpath.join(folder, module)))
            return
        for path in self.packages.candidates(folder, module):
            yield from _spellings(path)
        if module.startswith(("@/", "~/", "#", "src/")):
            bare = module.lstrip("@~#/")
            yield from _spellings(bare)
            for spelling in _spellings(bare):
                yield from self._ending(spelling)

    def _ending(self, tail: str) -> list[str]:
        """Paths that end so: an alias of tsconfig.json names the rest of a path."""
        if not self._tails:
            for path in self.sources:
                self._tails.setdefault(posixpath.basename(path), []).append(path)
        return [path for path in self._tails.get(posixpath.basename(tail), []) if path.endswith("/" + tail)]

    def exported(self, source: Source, name: str, depth: int = 0) -> tuple[Source, Export] | None:
        """Find what ``source`` exports as ``name``, through re-exports. A whole module is the name ``*``."""
        found = source.exports.get(name)
        if found is not None and not found.module:
            return source, found
        if depth >= _CHAIN:
            return None
        if found is not None:
            target = self.resolve(source, found.module)
            if target is None or found.name == "*":
                return source, found
            return self.exported(target, found.name, depth + 1)
        for module in source.stars:
            target = self.resolve(source, module)
            if target is not None and (through := self.exported(target, name, depth + 1)) is not None:
                return through
        return None


def _spellings(path: str) -> Iterator[str]:
    stem, suffix = posixpath.splitext(path)
    yield path
    for other in _COMPILED.get(suffix, ()):
        yield stem + other
    for other in SUFFIXES:
        yield path + other
    for other in SUFFIXES:
        yield posixpath.join(path, "index" + other)
