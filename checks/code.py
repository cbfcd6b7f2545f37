"""Programs in Python and JavaScript as syntax trees, and what a name in them stands for.

Code fences that a text leads the model to are programs like files: the model runs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.model import Location, Target
from checks.parse import BlockKind
from checks.prose import is_about_attacks, passages

if TYPE_CHECKING:
    from ast_grep_py import SgNode

GRAMMARS = {
    "python": "python", "javascript": "javascript", "jsx": "javascript", "typescript": "typescript", "tsx": "tsx",
}  # fmt: skip
_FENCES = {
    "python": "python", "py": "python", "python3": "python", "javascript": "javascript", "js": "javascript", "jsx": "javascript",
    "node": "javascript", "typescript": "typescript", "ts": "typescript", "tsx": "tsx",
}  # fmt: skip
_LIMIT = 4_000_000  # characters of one file; a larger one is told as not followed
_STEPS = 3  # how many names are followed back
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_EXPRESSION = 2_000  # characters of one expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A file or fence that could be parsed. ``family`` is ``python`` or ``javascript``, the latter for TypeScript too.

    ``first`` is the line of the file in which the text begins; ``described``: a text about attacks shows it.
    """

    path: str
    family: str
    grammar: str
    root: SgNode
    values: dict[str, str]
    text: str
    first: int = 1
    described: bool = False

    def place(self, node: SgNode) -> Location:
        """Give where a node stands."""
        return Location(path=self.path, line=node.range().start.line + self.first)

    def calls(self, patterns: tuple[str, ...]) -> Iterator[SgNode]:
        """Yield the nodes that one of some ast-grep patterns matches."""
        for pattern in patterns:
            yield from self.root.find_all(pattern=pattern)

    def meaning(self, expression: str) -> str:
        """Give an expression together with what the names in it were assigned in this file, a few steps back."""
        meaning = expression[:_EXPRESSION]
        for _ in range(_STEPS):
            names = dict.fromkeys(_NAME.findall(meaning)[:200])
            wider = " ".join([expression[:_EXPRESSION], *(self.values[name] for name in names if name in self.values)])[: 10 * _EXPRESSION]
            if wider == meaning:
                break
            meaning = wider
        return meaning


def programs(target: Target, worth: re.Pattern[str]) -> Iterator[Program]:
    """Yield every Python, JavaScript and TypeScript file, and every such fence that the model is led to, in which ``worth`` occurs."""
    for file in target.files:
        grammar = GRAMMARS.get(file.language or "")
        text = target.texts.get(file.path, "")[:_LIMIT]
        if grammar is not None and worth.search(text):
            yield _parsed(file.path, text, grammar)
    for passage in passages(target):
        block = passage.block
        grammar = _FENCES.get(block.language) if block.kind is BlockKind.CODE and passage.role is not None else None
        if grammar is not None and worth.search(block.text):
            yield _parsed(passage.path, block.text, grammar, first=block.line, described=is_about_attacks(block.heading))


def _parsed(path: str, text: str, grammar: str, *, first: int = 1, described: bool = False) -> Program:
    """Parse one text; syntax errors leave a tree with the rest of it."""
    from ast_grep_py import SgRoot  # noqa: PLC0415  only where there is code

    root = SgRoot(text.encode("utf-8", "replace").decode(), grammar).root()
    family = "python" if grammar == "python" else "javascript"
    values = _assignments(root, family)
    return Program(path=path, family=family, grammar=grammar, root=root, values=values, text=text, first=first, described=described)


def _assignments(root: SgNode, family: str) -> dict[str, str]:
    """Map each simple name to the last expression that is assigned to it."""
    kind = "assignment" if family == "python" else "variable_declarator"
    values: dict[str, str] = {}
    for node in root.find_all(kind=kind):
        name, equals, value = node.text().partition("=")
        if equals:
            values[name.strip().partition(":")[0].strip()] = value[:_EXPRESSION]
    return values
