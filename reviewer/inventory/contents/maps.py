"""Source maps (ECMA-426): the sources that they carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reviewer.archives.names import safe_path
from reviewer.documents import read_json
from reviewer.inventory.contents.model import Opened, Piece, Row, Sealed

_KEY = '"sourcesContent"'
_SCHEME = re.compile(r"^[\w+-]{1,40}:/{0,3}")
_SOURCES, _SECTIONS = 10_000, 1_000


def is_map(sealed: Sealed) -> bool:
    """Tell whether a text carries sources of a source map."""
    return sealed.language in {"json", "text"} and _KEY in (sealed.text or "")


def open_map(sealed: Sealed) -> Opened:
    """Give the sources inside a map under the names that the map gives them; nothing for a JSON text that is none."""
    if sealed.vendored:
        return Opened(rows=(Row(reason="a source map of an installed package: the sources in it are not opened", gate=False),))
    document = read_json(re.sub(r"\A\)\]\}'[^\n]*\n", "", sealed.text or ""))
    every = list(_sources(document.mapping))
    rows = (Row(reason=f"more than {_SOURCES} sources: the others are not read"),) if len(every) > _SOURCES else ()
    return Opened(pieces=tuple(_named(every[:_SOURCES])), rows=rows)


def _sources(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    sections = document.get("sections")
    inner = [section.get("map") for section in sections[:_SECTIONS] if isinstance(section, dict)] if isinstance(sections, list) else []
    for each in (document, *inner):
        contents = each.get("sourcesContent") if isinstance(each, dict) else None
        names = each.get("sources") if isinstance(each, dict) else None
        for number, content in enumerate(contents if isinstance(contents, list) else ()):
            name = names[number] if isinstance(names, list) and number < len(names) else ""
            if isinstance(content, str) and content.strip():
                yield name if isinstance(name, str) else "", content


def _named(sources: list[tuple[str, str]]) -> Iterator[Piece]:
    taken: set[str] = set()
    for number, (source, content) in enumerate(sources, 1):
        plain = _SCHEME.sub("", source).partition("?")[0]
        parts = [part for part in plain.split("/") if part not in {"", ".", ".."}]
        name = safe_path("/".join(parts).encode("utf-8", "replace")[:1000]).path or f"source-{number}"
        name = f"{number}/{name}" if name in taken else name
        taken.add(name)
        yield Piece(name=name, content=content.encode("utf-8", "replace"))
