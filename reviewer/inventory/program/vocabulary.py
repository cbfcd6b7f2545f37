"""Of which external names the tables of a language speak, and what their short forms are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.inventory.languages.apis import Table
from reviewer.inventory.program.tables import Described, Maker, Server, Words


class Vocabulary:
    """The external names that matter."""

    def __init__(self, table: Table, words: Words) -> None:
        """Take both tables of a language."""
        self._table = table
        self._short = Table((), (), (), words.same)
        self._names: set[str] = set()
        self._known: dict[str, bool] = {}
        self._named: dict[str, bool] = {}
        self._plain: dict[str, str] = {}
        self._registering = frozenset(_registering(words))
        for name in (*_names(words), *table.givers):
            self._note(name)

    def _note(self, name: str) -> None:
        name = name.removesuffix(".*")
        while name and name not in self._names:
            self._names.add(name)
            name = name[: max(name.rfind("."), name.rfind("/"), 0)]

    def plain(self, name: str) -> str:
        """Give the short form of a resolved name, by the ``same`` of both tables."""
        found = self._plain.get(name)
        if found is None:
            found = self._plain[name] = self._short.plain(self._table.plain(name))
        return found

    def registers(self, name: str) -> bool:
        """Tell whether a name is an SDK's own: a copy of the SDK in the submission is not read as code that it wrote."""
        return name in self._registering

    def names(self, name: str) -> bool:
        """Tell whether a row speaks of a name itself, or of something in it."""
        found = self._named.get(name)
        if found is None:
            plain = self.plain(name)
            found = name in self._names or plain in self._names or plain != name or self._table.names(name) or self._table.names(plain)
            self._named[name] = found
        return found

    def knows(self, name: str) -> bool:
        """Tell whether a row speaks of a name, of something in it, or of all that is in a package above it."""
        found = self._known.get(name)
        if found is None:
            plain, table = self.plain(name), self._table
            found = self.names(name) or bool(table.match(plain)) or table.configures(plain) or bool(table.sdk(plain))
            self._known[name] = found
        return found


def _registering(words: Words) -> Iterator[str]:
    """Give the types, functions and records of SDKs; of a method its type."""
    described: tuple[Maker | Server, ...] = (*words.makers, *words.registrars, *words.servers)
    rows = [name for row in described for name in (*row.calls, *row.records, *row.builders)]
    yield from (name for row in rows for name in (row, row.rpartition(".")[0]))
    yield from (name for annotation in words.annotated for name in annotation.names)
    yield from (name for implementation in words.types for name in implementation.bases)


def _names(words: Words) -> Iterator[str]:
    """Give every resolved name in a language's words."""
    for annotation in words.annotated:
        yield from (*annotation.names, *_asked(annotation))
    for maker in (*words.makers, *words.registrars):
        yield from (*maker.calls, *maker.records, *maker.builders, *_asked(maker))
        for row in maker.properties:
            yield from row.options
    for implementation in words.types:
        yield from implementation.bases
    for server in words.servers:
        yield from (*server.calls, *server.records, *server.builders, *server.bases, *_asked(server))
    for dispatcher in words.dispatchers:
        yield from (*dispatcher.methods, *dispatcher.calls)
    yield from _others(words)


def _others(words: Words) -> Iterable[str]:
    inputs, transparent = words.inputs, words.transparent
    for name, givers in words.same.items():
        yield from (name, *givers)
    yield from (*words.transports, *(name for name in words.pure if not name.startswith(".")), *words.carries, *words.formats)
    yield from (*inputs.injected, *inputs.wrappers, *inputs.types, *inputs.lists, *inputs.maps, *inputs.schemas, *inputs.optional)
    yield from (*transparent.types, *transparent.calls)
    for row in (*inputs.names, *inputs.descriptions, *inputs.required):
        yield from (name for name in (row.annotation, row.option) if name)


def _asked(row: Described | Server | Maker) -> Iterator[str]:
    sources = [*row.name] if isinstance(row, Server) else [*row.name, *row.description, *row.handler, *row.input]
    for hint in row.hints.values() if isinstance(row, Described) else ():
        sources.extend(hint)
    yield from (name for source in sources for name in (source.option, source.annotation) if name)
