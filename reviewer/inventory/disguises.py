"""Finds files that something runs as a program though their names say otherwise: nobody read them as the code that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.model import Unreadable
from reviewer.inventory.file_types import is_code, is_vendored
from reviewer.inventory.tree import Tree

__all__ = ["find_disguises"]

#: How many commands of one file are looked at, and how many characters of it.
COMMANDS, LENGTH = 2_000, 2_000_000

_STARTED = re.compile(
    r"(?<![\w./-])(?:python[\d.]{0,5}|node|deno|bun|tsx|bash|sh|zsh|dash|ksh|perl|ruby|php|lua|osascript|pwsh|powershell|source)"
    r"(?:[ \t]+run)?(?:[ \t]+-[\w=-]{1,40}){0,6}[ \t]+[\"']?([\w./${}~@-]{1,200})"
)
_REQUIRED = re.compile(r"\brequire\s{0,5}\(\s{0,5}[\"'`](\.{1,2}/[^\"'`\n]{1,200})[\"'`]")
_SCRIPTS = frozenset({"javascript", "jsx", "typescript", "tsx"})
_PARSED = frozenset({"json", "css", "vue", "svelte"})  # what a loader reads by its name, and does not run
_REASON = "is started as a program, though its name says that it is none: it was not read as code"


def find_disguises(tree: Tree) -> tuple[Unreadable, ...]:
    """Give a gate row for every file that a command, a ``require`` or a package's ``bin`` runs, and that is no code by name or content."""
    found = dict.fromkeys(path for path in _run(tree) if not is_code(tree.files[path].language))
    return tuple(Unreadable(path=path, reason=_REASON, gate=True) for path in sorted(found))


def _run(tree: Tree) -> Iterator[str]:
    for path, file in tree.files.items():
        if path not in tree.texts or is_vendored(path):
            continue
        text = tree.texts[path][:LENGTH]
        here = path.rpartition("/")[0]
        yield from _named(tree, _STARTED, text, here)
        if file.language in _SCRIPTS:
            yield from (aim for aim in _named(tree, _REQUIRED, text, here) if tree.files[aim].language not in _PARSED)
    for path in tree.named("package.json"):
        yield from _programs(tree, path)


def _named(tree: Tree, pattern: re.Pattern[str], text: str, here: str) -> Iterator[str]:
    for number, match in enumerate(pattern.finditer(text)):
        if number >= COMMANDS:
            return
        aim = tree.resolve(match[1], here, tree.root_of(f"{here}/x"))
        if aim in tree.files:
            yield str(aim)


def _programs(tree: Tree, path: str) -> Iterator[str]:
    given = tree.document(path).mapping.get("bin")
    for name in given.values() if isinstance(given, dict) else [given]:
        aim = tree.resolve(name, path.rpartition("/")[0]) if isinstance(name, str) else None
        if aim in tree.files:
            yield str(aim)
