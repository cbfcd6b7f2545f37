"""Where code does what reading cannot follow: powers that are handed over or looked up by name, and packages of unknown power.

The language readers say what is called. This looks from the other side: a use of something that has powers, and is no call that a
reader knows, is taken for all that it could do. Whoever wants to say what code *never* does has to ask here first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from checks.model import Capability, Certainty, File, Location
from reviewer.inventory.doubts import javascript, python
from reviewer.inventory.doubts.tables import Doubt

__all__ = ["Doubts", "find_doubts"]

#: A file longer than this is doubted as a whole (characters).
LONGEST = 1_000_000
_TESTS = re.compile(
    r"(^|/)(tests?|__tests__|testing|examples?|docs|benchmarks?)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$|\.(test|spec)\.[cm]?[jt]sx?$"
)
#: How many places are told; one is enough to say nothing for sure.
PLACES = 50

_READERS: Mapping[str, Callable[[str, str], Iterator[Doubt]]] = {
    "python": python.doubts,
    "javascript": javascript.doubts,
    "jsx": javascript.doubts,
    "typescript": javascript.doubts,
    "tsx": javascript.doubts,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """``places`` are where something cannot be followed; ``capabilities`` what it could do where that is known."""

    places: tuple[Location, ...] = ()
    capabilities: tuple[Capability, ...] = ()


def find_doubts(files: Iterable[File], texts: Mapping[str, str], own: frozenset[str]) -> Doubts:
    """Look through a submission's own code; what no reader here understands is doubted as a whole.

    ``own`` are the names of its modules. Never raises for what a file holds.
    """
    places: set[Location] = set()
    capabilities: dict[Capability, None] = {}
    for file in files:
        for doubt in _of_file(file, texts):
            if doubt.package and doubt.package in own:
                continue
            places.add(doubt.at)
            capabilities.update(dict.fromkeys(doubt.capabilities()))
    return Doubts(places=tuple(sorted(places)[:PLACES]), capabilities=tuple(capabilities))


def _of_file(file: File, texts: Mapping[str, str]) -> Iterator[Doubt]:
    reader = _READERS.get(file.language or "")
    text = texts[file.path]
    if reader is None or len(text) > LONGEST:
        yield Doubt(at=Location(path=file.path))
        return
    try:
        for doubt in reader(file.path, text):
            yield replace(doubt, certainty=Certainty.POSSIBLE) if _TESTS.search(file.path) else doubt
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # not to be parsed, or deeper than can be followed
        yield Doubt(at=Location(path=file.path))
