"""Where the lowering of a file for the Java machine stands: its lines, the types found inside functions, statements that must run first."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ast_grep_py import SgNode

from reviewer.inventory.program.model import Bind, Block, Expression, Function, Name, Statement, Type, TypeName

__all__ = ["Frame", "Give", "Source", "child_of", "damage", "is_test", "parts", "span"]

COMMENTS = frozenset({"comment", "line_comment", "block_comment", "multiline_comment"})
_TESTS = re.compile(r"(^|/)src/(test|it|[a-z]+[tT]ests?|[a-zA-Z]+Test)/")

#: What a branch does with its value: bind it to a name, return it.
Give: TypeAlias = Callable[[Expression, int], Statement]


@dataclass(slots=True, eq=False)
class Source:
    """A file while it is lowered. ``lines`` are the offsets at which lines begin.

    ``types`` collects types that stand inside functions or have no name. ``block``, ``declared``, ``branching`` and ``function`` lower the
    body of a function, a class (with a name for one that has none), branches that give a value, and a function. They are here because
    all these contain each other.
    """

    text: str
    lines: list[int]
    block: Callable[[Frame, list[SgNode]], Block]
    declared: Callable[[Frame, SgNode, str], Type]
    branching: Callable[[Frame, SgNode, Give], Block]
    function: Callable[[Frame, SgNode], Function]
    types: list[Type] = field(default_factory=list)
    made: int = 0

    def name(self, stem: str = "$") -> str:
        """Make a name that no program can write."""
        self.made += 1
        return f"{stem}{self.made}"


@dataclass(slots=True, eq=False)
class Frame:
    """Where lowering stands. ``owner`` is the path of the type around it, empty outside types.

    ``pending`` collects statements that an expression needs to run before it; None where nothing can run before, as in a field.
    ``locals`` are the names that the function has declared so far; any other name that it assigns is a field.
    """

    source: Source
    owner: str = ""
    pending: list[Statement] | None = None
    locals: set[str] = field(default_factory=set)

    def line(self, node: SgNode) -> int:
        """Line on which a node begins, from 1."""
        return bisect_right(self.source.lines, span(node)[0])

    def last(self, node: SgNode) -> int:
        """Line on which a node ends, from 1."""
        return bisect_right(self.source.lines, max(span(node)[1] - 1, 0))

    def inner(self) -> Frame:
        """Give a frame for a body of its own, whose statements are collected anew."""
        return replace(self, pending=[])

    def function(self, names: Iterable[str] = ()) -> Frame:
        """Give a frame for the body of a function with these parameters."""
        return replace(self, pending=[], locals=set(names))

    def assigned(self, name: str, value: Expression | None, line: int) -> Bind:
        """Give the assignment of a name, which is a field unless the function declared it."""
        if name in self.locals:
            return Bind(names=(name,), value=value, line=line)
        return Bind(names=(), value=value, line=line, target=Name(name=name, line=line))

    def declare(self, names: Iterable[str], value: Expression | None, line: int, kind: TypeName | None = None) -> Bind:
        """Give the declaration of local names."""
        known = tuple(names)
        self.locals.update(known)
        return Bind(names=known, value=value, line=line, type=kind)

    def inside(self, owner: str) -> Frame:
        """Give a frame for the members of a type."""
        return Frame(source=self.source, owner=f"{self.owner}.{owner}" if self.owner else owner)


def span(node: SgNode) -> tuple[int, int]:
    """First and one-past-last character offset of a node, told by ``replace``, which does not count columns as ``range`` does."""
    edit = node.replace("")
    return edit.start_pos, edit.end_pos


def parts(node: SgNode | None) -> list[SgNode]:
    """Give the named children of a node, comments left out."""
    return [] if node is None else [child for child in node.children() if child.is_named() and child.kind() not in COMMENTS]


def child_of(node: SgNode | None, *kinds: str) -> SgNode | None:
    """Give the first child of one of these kinds."""
    return None if node is None else next((child for child in node.children() if child.kind() in kinds), None)


def damage(root: SgNode, length: int, readable: frozenset[str]) -> float:
    """Give the share of a text that stands in error nodes, without their children of kinds that are read all the same."""
    lost = end = 0
    for node in root.find_all(kind="ERROR"):
        start, stop = span(node)
        if start >= end:
            lost += stop - start - sum(_lengths(node, readable))
            end = stop
    return min(lost / length, 1.0) if length else 0.0


def _lengths(node: SgNode, readable: frozenset[str]) -> Iterator[int]:
    for child in node.children():
        if child.kind() in readable:
            start, stop = span(child)
            yield stop - start


def is_test(path: str) -> bool:
    """Tell whether a file is a test, as Maven and Gradle lay projects out: ``src/test``, ``src/commonTest``, ``src/integrationTest``."""
    return bool(_TESTS.search(path))
