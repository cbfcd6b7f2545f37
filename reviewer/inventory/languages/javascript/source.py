"""One source file, parsed: its tree, its scopes with their names, and where calls, classes and branches stand.

tree-sitter is tolerant: a broken file still gives the parts that can be read. Positions are character offsets. They are taken
from ``SgNode.replace("")``, which is cheap, and not from ``SgNode.range()``, which counts columns and so takes a time that grows
with the length of the line: a minified bundle is one line of a megabyte. ``SgNode.parent`` searches from the root and is not used.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from ast_grep_py import SgNode, SgRoot

from checks.model import Location

GRAMMARS = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx", ".jsx": "javascript"}


@dataclass(slots=True, eq=False)
class Binding:
    """A name in a scope and everything that is said of it.

    ``node`` is the initialiser, function, class or enum; ``path`` leads from its value to this name through destructuring;
    ``assigned`` are further values, ``appended`` those of ``name += …``,
    ``properties`` values of ``name.key = …``, ``pushed`` arguments of ``name.push(…)``,
    ``stored`` those of ``name.set(…)`` and ``name[key] = …``, ``merged`` what ``Object.assign(name, …)`` adds; ``typed`` is the
    annotation of the whole pattern.
    """

    name: str
    kind: str  # "value" "parameter" "function" "class" "import" "enum" "element" "key" "opaque"
    scope: Scope
    node: SgNode | None = None
    path: tuple[str | int, ...] = ()
    default: SgNode | None = None
    index: int = 0
    annotation: str = ""
    module: str = ""
    assigned: list[SgNode] = field(default_factory=list)
    appended: list[SgNode] = field(default_factory=list)
    properties: dict[str, list[SgNode]] = field(default_factory=dict)
    pushed: list[SgNode] = field(default_factory=list)
    stored: list[tuple[SgNode, SgNode]] = field(default_factory=list)
    merged: list[SgNode] = field(default_factory=list)
    typed: SgNode | None = None
    aliases: list[Binding] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Scope:
    """A stretch of code with names of its own: a module, function, class or block. A function or class is its scope.

    ``fields`` and ``methods`` are a class's: initialisers and ``this.x = …`` by name, functions by name; ``raised`` is its ``super(…)``.
    """

    kind: str  # "module" "function" "class" "block"
    node: SgNode
    source: Source
    start: int
    end: int
    parent: Scope | None
    name: str = ""
    names: dict[str, Binding] = field(default_factory=dict)
    parameters: list[Binding] = field(default_factory=list)
    fields: dict[str, list[SgNode]] = field(default_factory=dict)
    methods: dict[str, Scope] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    pushed: dict[str, list[SgNode]] = field(default_factory=dict)
    stored: dict[str, list[tuple[SgNode, SgNode]]] = field(default_factory=dict)
    raised: SgNode | None = None

    def find(self, name: str) -> Binding | None:
        """Look a name up, from here outwards."""
        scope: Scope | None = self
        while scope is not None:
            if (binding := scope.names.get(name)) is not None:
                return binding
            scope = scope.parent
        return None

    def nearest(self, kind: str) -> Scope | None:
        """Give this scope or the first around it that is of ``kind``."""
        scope: Scope | None = self
        while scope is not None and scope.kind != kind:
            scope = scope.parent
        return scope


@dataclass(slots=True, eq=False)
class Call:
    """A call or ``new`` expression and the scope that it stands in."""

    node: SgNode
    scope: Scope
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Export:
    """What a module gives under a name: a node of its own, or ``name`` of another module."""

    node: SgNode | None = None
    module: str = ""
    name: str = ""


@dataclass(slots=True, eq=False)
class Source:
    """A parsed file.

    ``damage`` is the share of its text that the parser could not make sense of; ``owners`` are functions and classes by span.
    """

    path: str
    text: str
    language: str
    tree: SgRoot
    damage: float = 0.0
    scopes: list[Scope] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    branches: list[SgNode] = field(default_factory=list)
    exports: dict[str, Export] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    lines: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    owners: dict[tuple[int, int], Scope] = field(default_factory=dict)

    @property
    def top(self) -> Scope:
        """The module's own scope."""
        return self.scopes[0]

    def line(self, position: int) -> int:
        """Line of a character offset, from 1."""
        return bisect_right(self.lines, position)

    def at(self, node: SgNode) -> Location:
        """Where a node begins."""
        return Location(path=self.path, line=self.line(span(node)[0]))

    def scope_at(self, position: int) -> Scope:
        """Give the innermost scope around a character offset."""
        scope = self.scopes[max(0, bisect_right(self.starts, position) - 1)]
        while scope.end <= position and scope.parent is not None:
            scope = scope.parent
        return scope


def span(node: SgNode) -> tuple[int, int]:
    """First and one-past-last character offset of a node."""
    edit = node.replace("")
    return edit.start_pos, edit.end_pos


def parse(path: str, text: str) -> Source:
    """Parse a file by the grammar that its name asks for; a lone surrogate, which UTF-8 cannot say, is read as ``?``."""
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    language = GRAMMARS.get(suffix, "javascript")
    text = text.encode("utf-8", "replace").decode("utf-8")
    tree = SgRoot(text, language)
    source = Source(path=path, text=text, language=language, tree=tree)
    source.lines = [0, *(index + 1 for index, letter in enumerate(text) if letter == "\n")] if "\n" in text else [0]
    source.damage = _damage(tree.root(), len(text))
    return source


def _damage(root: SgNode, length: int) -> float:
    lost, reached = 0, 0
    for node in root.find_all(kind="ERROR"):
        start, end = span(node)
        lost += max(0, end - max(start, reached))
        reached = max(reached, end)
    return lost / length if length else 0.0
