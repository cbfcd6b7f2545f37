"""All readable texts of a submission, decoded when they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from reviewer.inventory.decoding import Encoding

#: How many characters stay decoded. A submission may have a gigabyte; the child has half of that.
KEPT = 48_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a path's bytes are and how they are read."""

    sha256: str
    encoding: Encoding


class Layers(Mapping[str, bytes]):
    """Bytes by their sha256: those of the submission, and those of what lies inside its files."""

    def __init__(self, outer: Mapping[str, bytes], inner: Mapping[str, bytes]) -> None:
        """Look into ``inner`` first, which is in memory."""
        self._outer = outer
        self._inner = inner

    def __getitem__(self, sha256: str) -> bytes:
        """Give bytes. Raises KeyError for a digest that neither has."""
        return self._inner[sha256] if sha256 in self._inner else self._outer[sha256]

    def __iter__(self) -> Iterator[str]:
        """Give all digests."""
        yield from self._outer
        yield from (sha256 for sha256 in self._inner if sha256 not in self._outer)

    def __len__(self) -> int:
        """Count the digests."""
        return sum(1 for _ in self)


class Texts(Mapping[str, str]):
    """Path to text. What was decoded last stays in memory up to ``KEPT`` characters; the rest is decoded again."""

    def __init__(self, contents: Mapping[str, bytes], origins: Mapping[str, Origin], kept: int = KEPT) -> None:
        """Take bytes by their sha256, and for each readable path where they are."""
        self._contents = contents
        self._origins = origins
        self._room = kept
        self._warm: OrderedDict[str, str] = OrderedDict()

    def __getitem__(self, path: str) -> str:
        """Decode one text. Raises KeyError for a path that is not readable."""
        if path in self._warm:
            self._warm.move_to_end(path)
            return self._warm[path]
        origin = self._origins[path]
        text = origin.encoding.decode(self._contents[origin.sha256])
        self._warm[path] = text
        self._room -= len(text)
        while self._room < 0 and len(self._warm) > 1:
            self._room += len(self._warm.popitem(last=False)[1])
        return text

    def __iter__(self) -> Iterator[str]:
        """Give all readable paths."""
        return iter(self._origins)

    def __len__(self) -> int:
        """Count the readable paths."""
        return len(self._origins)

    def __contains__(self, path: object) -> bool:
        """Tell whether a path is readable, without decoding it."""
        return path in self._origins


class Selection(Mapping[str, str]):
    """Some paths of a mapping of texts, still lazily."""

    def __init__(self, texts: Mapping[str, str], paths: Collection[str]) -> None:
        """Take all texts, and the paths that are to be seen."""
        self._texts = texts
        self._paths = dict.fromkeys(paths)

    def __getitem__(self, path: str) -> str:
        """Give one text. Raises KeyError for a path outside the selection."""
        if path not in self._paths:
            raise KeyError(path)
        return self._texts[path]

    def __iter__(self) -> Iterator[str]:
        """Give the selected paths."""
        return iter(self._paths)

    def __len__(self) -> int:
        """Count the selected paths."""
        return len(self._paths)
