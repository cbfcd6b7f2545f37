"""Under which names a submission imports its own code: workspace packages by ``package.json``, aliases by ``paths`` of ``tsconfig.json``.

Sources: the documentation of Node.js («Packages»: ``name``, ``main``, ``exports``, ``imports``) and of TypeScript («paths», «baseUrl»).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.documents import read_json
from reviewer.inventory.languages.apis import load_table
from reviewer.inventory.languages.javascript.tables import load_registrations

#: How many targets of one manifest are read, and how deep conditions of ``exports`` are followed.
_TARGETS, _DEPTH = 200, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alias:
    """``pattern`` may hold one ``*``, which stands in ``target`` for the same text; only files below ``folder`` know it."""

    pattern: str
    target: str
    folder: str

    def applied(self, module: str) -> str | None:
        """Give the path that a module's name stands for, None if this is no name for it."""
        before, star, after = self.pattern.partition("*")
        if not star:
            return self.target if module == self.pattern else None
        if len(module) < len(before) + len(after) or not (module.startswith(before) and module.endswith(after)):
            return None
        return self.target.replace("*", module[len(before) : len(module) - len(after)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """The names that manifests give to folders and files."""

    folders: Mapping[str, str]
    mains: Mapping[str, tuple[str, ...]]
    aliases: tuple[_Alias, ...] = ()

    @classmethod
    def of(cls, manifests: Mapping[str, str]) -> Packages:
        """Read manifests, by path; one that cannot be read says nothing."""
        folders: dict[str, str] = {}
        mains: dict[str, tuple[str, ...]] = {}
        aliases: list[_Alias] = []
        for path, text in sorted(manifests.items()):
            folder, _, base = path.rpartition("/")
            content = read_json(text, lenient=True).mapping
            if base.lower() != "package.json":
                aliases.extend(_paths(content, folder))
                continue
            name = content.get("name")
            if isinstance(name, str) and name and name not in folders:
                folders[name] = folder
                mains[name] = tuple(_mains(content))
            aliases.extend(_imports(content, folder))
        return cls(folders=folders, mains=mains, aliases=tuple(aliases))

    def candidates(self, folder: str, module: str) -> Iterator[str]:
        """Give the paths that a module's name can mean in a folder of the importer.

        A name that the tables of capabilities know means what they say: no manifest that lies somewhere can make `fs` harmless.
        """
        if not (self.folders or self.aliases) or _means_something(module):
            return
        for alias in self.aliases:
            if (not alias.folder or folder == alias.folder or folder.startswith(alias.folder + "/")) and (path := alias.applied(module)):
                yield from _sources(path)
        parts = module.split("/")
        for length in (2, 1) if module.startswith("@") else (1,):
            name, rest = "/".join(parts[:length]), "/".join(parts[length:])
            if name in self.folders:
                yield from self._inside(name, rest)

    def _inside(self, name: str, rest: str) -> Iterator[str]:
        root = self.folders[name]
        for path in (rest, f"src/{rest}") if rest else (*self.mains[name], "src/index", "index", "src/main", "src"):
            yield from _sources(posixpath.normpath(posixpath.join(root, path)))


def _means_something(module: str) -> bool:
    table, apis = load_registrations(), load_table(Path(__file__).parent)
    name = table.canonical(module.removeprefix("node:"))
    return name.partition("/")[0] in table.platform or table.is_sdk(module) or apis.names(name) or bool(apis.sdk(name))


def _sources(path: str) -> Iterator[str]:
    """Give a path, and where its source lies if it is the output of a compiler."""
    yield path
    table = load_registrations()
    parts = path.split("/")
    for index, part in enumerate(parts[:-1]):
        if part in table.compiled:
            yield "/".join([*parts[:index], "src", *(each for each in parts[index + 1 :] if each not in table.compiled)])
            return


def _mains(content: Mapping[str, object]) -> Iterator[str]:
    for key in ("source", "module", "main"):
        if isinstance(value := content.get(key), str):
            yield value
    exports = content.get("exports")
    yield from _texts(exports.get(".", exports) if isinstance(exports, dict) else exports)


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    """Give the paths that the conditions of ``exports`` lead to."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)) and depth < _DEPTH:
        for inner in list(value.values() if isinstance(value, dict) else value)[:_TARGETS]:
            yield from _texts(inner, depth + 1)


def _paths(content: Mapping[str, object], folder: str) -> Iterator[_Alias]:
    options = content.get("compilerOptions")
    paths = options.get("paths") if isinstance(options, dict) else None
    base = options.get("baseUrl") if isinstance(options, dict) else None
    root = posixpath.join(folder, base if isinstance(base, str) else ".")
    for pattern, targets in list(paths.items())[:_TARGETS] if isinstance(paths, dict) else ():
        for target in targets[:8] if isinstance(targets, list) else ():
            if isinstance(target, str):
                yield _Alias(pattern=str(pattern), target=posixpath.normpath(posixpath.join(root, target)), folder=folder)


def _imports(content: Mapping[str, object], folder: str) -> Iterator[_Alias]:
    """``"imports": {"#lib/*": "./src/lib/*.js"}``."""
    imports = content.get("imports")
    for pattern, targets in list(imports.items())[:_TARGETS] if isinstance(imports, dict) else ():
        for target in list(_texts(targets))[:8]:
            yield _Alias(pattern=str(pattern), target=posixpath.normpath(posixpath.join(folder, target)), folder=folder)
