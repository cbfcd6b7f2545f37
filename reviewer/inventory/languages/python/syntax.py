"""Hostile source text to a syntax tree: guarded, tolerant, and with a bound on what asking for line numbers may cost."""

from __future__ import annotations

from ast_grep_py import SgNode, SgRoot

from checks.model import Location, Unreadable
from reviewer.inventory.languages.lines import lined

__all__ = ["Source", "arguments", "children", "keyword", "parse"]

#: A file longer than this is not parsed (characters).
LONGEST_FILE = 20_000_000
#: A file with more punctuation than this is not parsed: the tree would not fit (100 000 usual lines have about 250 000).
PUNCTUATION = 1_500_000
#: The share of a file that may be in ERROR nodes before it counts as unread.
ERROR_SHARE = 0.3
#: Finding a node's line costs as many steps as its line has characters; this many steps may be spent per file.
LINE_STEPS = 1_000_000_000


class Source:
    """One parsed file. Line 0 is given once the bound on line numbers is used up; ``exhausted`` tells."""

    def __init__(self, path: str, text: str) -> None:
        """Parse a clean text."""
        self.path = path
        self.text = text
        self.root: SgNode = SgRoot(text, "python").root()
        self._cost = max(map(len, text.split("\n")))
        self._left = LINE_STEPS

    @property
    def exhausted(self) -> bool:
        """Tell whether line numbers were refused."""
        return self._left <= 0

    def at(self, node: SgNode) -> Location:
        """Give the place where a node begins."""
        return Location(path=self.path, line=self._line(node, last=False))

    def last(self, node: SgNode) -> int:
        """Give the last line of a node."""
        return self._line(node, last=True)

    def _line(self, node: SgNode, *, last: bool) -> int:
        if self.exhausted:
            return 0
        self._left -= self._cost
        found = node.range()
        return (found.end.line if last else found.start.line) + 1


def parse(path: str, text: str) -> tuple[Source | None, tuple[Unreadable, ...]]:
    """Give the tree, as far as there is one, and what could not be read. Never raises for what the text holds."""
    if len(text) > LONGEST_FILE:
        return None, (Unreadable(path=path, reason=f"longer than {LONGEST_FILE} characters", gate=True),)
    if sum(map(text.count, "().,=:;[]{}")) > PUNCTUATION:
        return None, (Unreadable(path=path, reason="more code than is read of one file", gate=True),)
    rows: list[Unreadable] = []
    if "\0" in text:
        rows.append(Unreadable(path=path, reason="NUL characters in Python source", gate=True))
    clean = lined(text.replace("\0", " ").removeprefix("\ufeff")).encode("utf-8", "replace").decode("utf-8")
    source = Source(path, clean)
    if _error_share(source) > ERROR_SHARE:
        rows.append(Unreadable(path=path, reason="mostly not Python: the parser understood too little of it", gate=True))
    return source, tuple(rows)


def _error_share(source: Source) -> float:
    """Give the share of the text that stands in errors. A stray character counts one, however many there are around it."""
    size, wrong = len(source.text.strip()), 0
    if not size:
        return 0.0
    for node in source.root.find_all(kind="ERROR"):
        wrong += len(node.text())
        if wrong >= size:
            break
    return wrong / size


def children(node: SgNode) -> list[SgNode]:
    """Give the named children, comments left out."""
    return [child for child in node.children() if child.is_named() and child.kind() != "comment"]


def arguments(call: SgNode) -> tuple[list[SgNode], dict[str, SgNode]]:
    """Give positional and keyword arguments of a call. What stands behind ``*args`` has no known position, so the list ends there."""
    listed = call.field("arguments")
    positional: list[SgNode] = []
    keywords: dict[str, SgNode] = {}
    if listed is None:
        return positional, keywords
    if listed.kind() != "argument_list":
        return [listed], keywords  # f(x for x in y)
    open_ended = False
    for argument in children(listed):
        kind = argument.kind()
        if kind == "keyword_argument":
            name, value = argument.field("name"), argument.field("value")
            if name is not None and value is not None:
                keywords[name.text()] = value
        elif kind in {"list_splat", "dictionary_splat"}:
            open_ended = open_ended or kind == "list_splat"
        elif not open_ended:
            positional.append(argument)
    return positional, keywords


def keyword(call: SgNode, name: str, position: int | None = None) -> SgNode | None:
    """Give one argument of a call by its name, or by its position."""
    positional, keywords = arguments(call)
    if name in keywords:
        return keywords[name]
    return positional[position] if position is not None and position < len(positional) else None
