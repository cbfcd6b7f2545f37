"""List once what a package ships twice: as source and compiled, or compiled for two module systems.

A package is cut into layouts: ``src``, ``dist``, ``dist/cjs`` and so on, and by the kind of file. Of tools with the same kind,
name and description in several layouts of one package, only that of the layout that runs stays: compiled before source, JavaScript
before TypeScript. Two tools of one layout always stay, and so does a tool whose description differs.
"""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.inventory.languages.javascript.drafts import Written
from reviewer.inventory.languages.javascript.program import SUFFIXES
from reviewer.inventory.languages.javascript.tables import load_registrations

Layout = tuple[str, str, str]
#: Of the same tool in several kinds of file the first stays.
_ORDER = ("js", "mjs", "cjs", "ts")


def layout_of(path: str) -> Layout:
    """Give package folder, layout folder and language of a file.

    >>> layout_of("packages/a/dist/cjs/server.js")
    ('packages/a', 'dist/cjs', 'js')
    """
    table = load_registrations()
    *folders, name = path.split("/")
    suffix = next((end for end in SUFFIXES if name.endswith(end)), ".js")
    language = "ts" if "t" in suffix else suffix.lstrip(".").replace("jsx", "js")
    first = next((index for index, folder in enumerate(folders) if folder in table.compiled or folder in table.sources), len(folders))
    last = first
    while last < len(folders) and (folders[last] in table.compiled or folders[last] in table.sources):
        last += 1
    return "/".join(folders[:first]) if first < len(folders) else "", "/".join(folders[first:last]), language


def without_twins(written: Iterable[Written]) -> list[Written]:
    """Leave out what another layout of the same package registers as well."""
    every = list(written)
    best: dict[tuple[str, ...], tuple[int, Layout]] = {}
    keys = []
    for each in every:
        layout = layout_of(each.tool.at.path)
        key = (layout[0], each.tool.kind.value, each.tool.name, each.tool.description or "")
        keys.append((key, layout))
        rank = (_rank(layout), layout)
        if key not in best or rank < best[key]:
            best[key] = rank
    return [each for each, (key, layout) in zip(every, keys, strict=True) if best[key][1] == layout]


def _rank(layout: Layout) -> int:
    table = load_registrations()
    compiled = any(part in table.compiled for part in layout[1].split("/"))
    return (0 if compiled else 4) + _ORDER.index(layout[2])
