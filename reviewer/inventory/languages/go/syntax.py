"""The syntax tree of one Go file: parsing, places, comments, and the share that could not be parsed.

Places are taken from ``SgNode.replace("")``, which is cheap, and not from ``SgNode.range()``, whose time grows with the length of the line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ast_grep_py import SgNode, SgRoot

from reviewer.inventory.program.model import Block, Type

__all__ = ["Source", "field_of", "parse", "parts", "parts_by_kind", "span"]

_DIRECTIVE = re.compile(r"//(?:go|line|export|nolint|lint)\b")


@dataclass(slots=True, eq=False)
class Source:
    """A file while it is lowered.

    ``imports`` maps its names for packages to import paths. ``anonymous`` collects types that stand inside functions or have no name.
    ``block`` lowers the body of a function; it is here because expressions and statements contain each other.
    """

    path: str
    text: str
    root: SgNode
    tree: SgRoot  # keeps the nodes alive
    lines: list[int]
    block: Callable[[Source, SgNode | None], Block]
    imports: Mapping[str, str] = field(default_factory=dict)
    anonymous: list[Type] = field(default_factory=list)
    named_maps: frozenset[str] = frozenset()
    builders: set[str] = field(default_factory=set)
    iota: int | None = None

    def line(self, node: SgNode) -> int:
        """Line on which a node begins, from 1."""
        return bisect_right(self.lines, span(node)[0])

    def last(self, node: SgNode) -> int:
        """Line on which a node ends."""
        return bisect_right(self.lines, max(span(node)[1] - 1, 0))


def span(node: SgNode) -> tuple[int, int]:
    """First and one-past-last character offset of a node."""
    edit = node.replace("")
    return edit.start_pos, edit.end_pos


def parts(node: SgNode | None) -> list[SgNode]:
    """Give the named children of a node, comments left out."""
    return [child for child in node.children() if child.is_named() and child.kind() != "comment"] if node is not None else []


def parts_by_kind(node: SgNode | None, *kinds: str) -> list[SgNode]:
    """Give the children of some kinds."""
    return [child for child in node.children() if child.kind() in kinds] if node is not None else []


def field_of(node: SgNode, name: str) -> str:
    """Give the text of a field of a node, empty if it has none."""
    found = node.field(name)
    return found.text() if found is not None else ""


def parse(path: str, text: str, block: Callable[[Source, SgNode | None], Block]) -> tuple[Source, float]:
    """Parse a file and tell the share of it that is damaged; a lone surrogate, which UTF-8 cannot say, is read as ``?``."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    tree = SgRoot(text, "go")
    root = tree.root()
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    return Source(path=path, text=text, root=root, tree=tree, lines=starts, block=block), _damage(root, len(text))


def _damage(root: SgNode, length: int) -> float:
    """Give the share of a text that stands in error nodes which are not inside another."""
    if not length:
        return 0.0
    broken = end = 0
    for node in root.find_all(kind="ERROR"):
        start, stop = span(node)
        if start >= end:
            broken += stop - start
            end = stop
    return min(broken / length, 1.0)


def documented(comments: list[SgNode], source: Source, line: int) -> str:
    """Give the text of the comments that end directly above ``line``, without marks and directives."""
    kept: list[str] = []
    for comment in reversed(comments):
        if source.last(comment) != line - 1:
            break
        line = source.line(comment)
        text = comment.text()
        if not _DIRECTIVE.match(text):
            kept.append(_unmarked(text))
    return "\n".join(reversed(kept)).strip()


def _unmarked(comment: str) -> str:
    if comment.startswith("//"):
        return comment[2:].removeprefix(" ").rstrip()
    return "\n".join(line.strip().removeprefix("*").strip() for line in comment[2:-2].split("\n")).strip()
