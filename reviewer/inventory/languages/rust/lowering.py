"""A Rust file lowered to the small form that typed languages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewer.inventory.languages.rust.crates import Place, place_of
from reviewer.inventory.languages.rust.expressions import Expressions
from reviewer.inventory.languages.rust.items import Found, items
from reviewer.inventory.languages.rust.syntax import cleaned, parse, wrong
from reviewer.inventory.program.model import Call, Module, Name

__all__ = ["lower"]

_TESTS = frozenset({"tests", "benches"})


def lower(path: str, text: str, own: frozenset[str] = frozenset(), crates: Mapping[str, Mapping[str, str]] | None = None) -> Module:
    """Lower one file. Raises RecursionError for too deep a nest.

    ``own`` are the names that the submission declares, ``crates`` what ``crates.own_crates`` gives.
    """
    source = cleaned(text)
    root = parse(source)
    called = next((names for folder, names in sorted((crates or {}).items(), reverse=True) if path.startswith(folder)), {})
    place = replace(place_of(path), crates=tuple(called.items()))
    reader = Expressions(place=place, own=own)
    found = Found()
    items(reader, [part for part in root.children() if part.is_named()], found)
    _inner_items(reader, found)
    started = any(function.name == "main" for function in found.functions)
    body = [*found.body, Call(callee=Name(name="main", line=1), line=1)] if started else found.body
    return Module(
        path=path,
        package=place.package,
        imports={local: _relative(full, found) for local, full in found.imports.items()},
        wildcards=tuple(dict.fromkeys(_relative(full, found) for full in found.wildcards)),
        types=tuple(found.types),
        functions=tuple(found.functions),
        constants=tuple(found.constants),
        body=tuple(body),
        damage=min(1.0, (wrong(root) + sum(reader.unread)) / max(1, len(source))),
        test=_is_test(path, place),
    )


def _relative(full: str, found: Found) -> str:
    """Give the full name of what a ``use`` names by a module or type of the same file: ``use names::TEXT``."""
    head, dot, rest = full.partition(".")
    return f"{found.declared[head]}{dot}{rest}" if head in found.declared else full


def _inner_items(reader: Expressions, found: Found) -> None:
    """Read the items that stand inside bodies, as if they stood beside them; bounded, since each is a part of the text."""
    while reader.inner:
        waiting = list(reader.inner)
        reader.inner.clear()
        for around, node in waiting:
            if isinstance(around, Expressions):
                items(around, [node], found)


def _is_test(path: str, place: Place) -> bool:
    folders = path.split("/")[:-1]
    return not _TESTS.isdisjoint(folders) or place.package.rpartition(".")[2] in {"tests", "test"}
