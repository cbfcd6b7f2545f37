"""Finds files that something runs as a program though their names say otherwise, so that they are read as the code that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from checks.model import File, Unreadable
from reviewer.inventory.file_types import is_code, is_vendored, types
from reviewer.inventory.tree import Tree

__all__ = ["disguise_rows", "find_disguises", "unmasked"]

#: How many commands of one file are looked at, and how many characters of it.
COMMANDS, LENGTH = 2_000, 2_000_000

_STARTED = re.compile(
    r"(?<![\w./-])(?P<program>python[\d.]{0,5}|node|deno|bun|tsx|bash|sh|zsh|dash|ksh|perl|ruby|php|lua|osascript|pwsh|powershell|source)"
    r"(?:[ \t]+run)?(?:[ \t]+-[\w=-]{1,40}){0,6}[ \t]+[\"']?(?P<file>[\w./${}~@-]{1,200})"
)
_REQUIRED = re.compile(r"\brequire\s{0,5}\(\s{0,5}[\"'`](?P<file>\.{1,2}/[^\"'`\n]{1,200})[\"'`]")
_PATH = re.compile(r"[./$~]")
_SCRIPTS = frozenset({"javascript", "jsx", "typescript", "tsx"})
_PARSED = frozenset({"json", "css", "vue", "svelte"})  # what a loader reads by its name, and does not run
_DATA = re.compile(r"\ufeff?(?:\s|//[^\n]{0,2000}\n|/\*[^*]{0,2000}\*/){0,200}[\[{]")
_REASON = "is started as a program, though its name says that it is none"


def find_disguises(tree: Tree) -> Mapping[str, str]:
    """Give every file that a command, a ``require`` or a package's ``bin`` runs and that is no code by name or content: its language."""
    found: dict[str, str] = {}
    for path, language in _run(tree):
        if not is_code(tree.files[path].language):
            found.setdefault(path, language)
    return found


def disguise_rows(disguises: Mapping[str, str]) -> tuple[Unreadable, ...]:
    """Give a gate row for each: whoever hides what a file is has a reason."""
    return tuple(Unreadable(path=path, reason=f"{_REASON}: read as {language}", gate=True) for path, language in sorted(disguises.items()))


def unmasked(files: Mapping[str, File], disguises: Mapping[str, str]) -> dict[str, File]:
    """Give all files, those that are run with the language in which they are."""
    return {path: replace(file, language=disguises[path]) if path in disguises else file for path, file in files.items()}


def _run(tree: Tree) -> Iterator[tuple[str, str]]:
    for path, file in tree.files.items():
        if path not in tree.texts or is_vendored(path):
            continue
        text = tree.texts[path][:LENGTH]
        here = path.rpartition("/")[0]
        yield from _named(tree, _STARTED, text, here)
        if file.language in _SCRIPTS:
            yield from ((aim, language) for aim, language in _named(tree, _REQUIRED, text, here) if not _is_parsed(tree, aim))
    for path in tree.named("package.json"):
        yield from _programs(tree, path)


def _is_parsed(tree: Tree, path: str) -> bool:
    """Tell whether a loader reads a file as data. Node runs as code what it does not know by name: ``x.json5`` is no ``x.json``."""
    language = tree.files[path].language
    if language == "json" and not path.lower().endswith(".json"):
        return _DATA.match(tree.texts.get(path, "")) is not None
    return language in _PARSED


def _named(tree: Tree, pattern: re.Pattern[str], text: str, here: str) -> Iterator[tuple[str, str]]:
    for number, match in enumerate(pattern.finditer(text)):
        if number >= COMMANDS:
            return
        if match.groupdict().get("program") == "source" and not _PATH.search(match["file"]):
            continue  # "open source license" is prose
        aim = tree.resolve(match["file"], here, tree.root_of(f"{here}/x"))
        if aim in tree.files:
            yield str(aim), _language(match)


def _language(match: re.Match[str]) -> str:
    """Name the language of the program that is started; a file that is required is JavaScript, one that is sourced is of the shell."""
    program = str(match.groupdict().get("program") or "node").rstrip("0123456789.")
    return str(types()["shebangs"].get(program, "shell"))


def _programs(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    given = tree.document(path).mapping.get("bin")
    for name in given.values() if isinstance(given, dict) else [given]:
        aim = tree.resolve(name, path.rpartition("/")[0]) if isinstance(name, str) else None
        if aim in tree.files:
            yield str(aim), "javascript"
