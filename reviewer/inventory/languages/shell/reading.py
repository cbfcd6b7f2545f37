"""A shell text into its commands: words with what is known of them, what feeds them, where they write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.model import Scope
from reviewer.inventory.languages.commands import OPEN, wrapped_at
from reviewer.inventory.languages.shell.words import value_of, variable_name
from reviewer.inventory.languages.values import Value
from reviewer.tables import load_table

if TYPE_CHECKING:
    from ast_grep_py import SgNode

#: The grammar needs time that grows with the square of these; far more than any script has.
LENGTH = 400_000
PIPES = 2_000
HEREDOCS = 500
#: The grammar's scanner looks these up in a table that ends long before them, which can end the process.
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_AWAY = re.compile(r"[1&]?>>?\|?(?!&)")
#: How many commands of one text are read.
COMMANDS = 20_000


class ContortedError(ValueError):
    """The text goes beyond what is parsed. The message says which limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A simple command. ``words`` begin with the program; wrappers such as ``sudo`` are left out. ``line`` counts from 1.

    ``fed`` is true when another command's output is its input, ``document`` when a here-document is, ``away`` when its output is
    written into a file.
    """

    words: tuple[Value, ...]
    line: int
    fed: bool = False
    document: bool = False
    away: bool = False

    @property
    def program(self) -> str | None:
        """The program's name without its folder, None where it is computed."""
        text = self.words[0].text if self.words else None
        return None if text is None else text.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")

    @property
    def arguments(self) -> tuple[Value, ...]:
        """What the program is given."""
        return self.words[1:]

    @property
    def argv(self) -> tuple[str, ...]:
        """The words as far as they are known; what is not known is ``…``."""
        return tuple(word.text if word.text is not None else f"{word.prefix}…" for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """A file that the shell itself opens."""

    path: Value
    writes: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All of a shell text.

    ``settings`` are (name, line) of variables that come from outside. ``doubt`` is the share of it that is no shell.
    """

    commands: tuple[Command, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    settings: tuple[tuple[str, int], ...] = ()
    doubt: float = 0.0


def table() -> dict[str, Any]:
    """Give the table of commands."""
    rows: dict[str, Any] = load_table(Path(__file__).parent / "capabilities.yaml")
    return rows


def read_script(text: str) -> Script:
    """Parse a shell text. Raises ContortedError beyond a limit; anything else is read as far as it is shell."""
    if len(text) > LENGTH or text.count("|") > PIPES or text.count("<<") > HEREDOCS:
        raise ContortedError(f"more than {LENGTH} characters, {PIPES} pipes or {HEREDOCS} here-documents: not parsed as shell")
    from ast_grep_py import SgRoot  # noqa: PLC0415  only where a text is shell

    body = _ASTRAL.sub("\ufffd", text.replace("\0", " ").replace("\r\n", "\n").encode("utf-8", "replace").decode())
    nodes = list(_walk(SgRoot(body, "bash").root()))
    variables = _variables(nodes)
    commands = [_command(node, variables) for node in nodes if node.kind() == "command"][:COMMANDS]
    functions = {part.text() for node in nodes if node.kind() == "function_definition" for part in node.children()[:2]}
    redirections = [found for node in nodes if node.kind() == "file_redirect" for found in _redirection(node, variables)]
    wrong = sum(len(node.text()) for node in nodes if node.kind() == "ERROR" and not _inside_error(node))
    return Script(
        commands=tuple(command for command in commands if command.words and command.program not in functions),
        redirections=tuple(redirections),
        settings=tuple(_settings(nodes, variables)),
        doubt=wrong / max(1, len(body)),
    )


def _walk(root: SgNode) -> Iterator[SgNode]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children()))


def _inside_error(node: SgNode) -> bool:
    parent = node.parent()
    return parent is not None and parent.kind() == "ERROR"


def _line(node: SgNode) -> int:
    return node.range().start.line + 1


def _variables(nodes: list[SgNode]) -> dict[str, Value]:
    """Give what every assigned variable can be; one that is assigned twice can be either."""
    known: dict[str, Value] = {name: Value.literal(folder) for name, folder in table()["folders"].items()}
    assigned: set[str] = set()
    for node in nodes:
        kind = node.kind()
        if kind not in {"variable_assignment", "for_statement"}:
            continue
        parts = [child for child in node.children() if child.is_named()]
        if not parts or parts[0].kind() != "variable_name":
            continue
        name = parts[0].text()
        values = [value_of(part, known) for part in parts[1:] if part.kind() != "do_group"] or [Value.literal("")]
        value = values[0]
        for other in values[1:]:
            value = value.join(other)
        known[name] = known[name].join(value) if name in assigned else value
        assigned.add(name)
    return known


def _settings(nodes: list[SgNode], variables: Mapping[str, Value]) -> Iterator[tuple[str, int]]:
    own = frozenset(table()["own_variables"])
    seen: set[str] = set()
    for node in nodes:
        if node.kind() in {"simple_expansion", "expansion"}:
            name = variable_name(node.text())
            if len(name) > 1 and name.isupper() and name not in variables and name not in own and name not in seen:
                seen.add(name)
                yield name, _line(node)


def _command(node: SgNode, variables: Mapping[str, Value]) -> Command:
    parts = [part for part in node.children() if part.is_named()]
    words = [value_of(part, variables) for part in parts if part.kind() not in {"variable_assignment", "file_redirect", "heredoc_redirect"}]
    above = node.parent()
    document = above is not None and above.kind() == "redirected_statement" and any(c.kind().startswith("here") for c in above.children())
    return Command(words=tuple(_unwrapped(words)), line=_line(node), fed=_is_fed(node), document=document, away=_is_away(above))


def _is_away(above: SgNode | None) -> bool:
    """Tell whether a statement writes what it prints into a file."""
    if above is None or above.kind() != "redirected_statement":
        return False
    return any(part.kind() == "file_redirect" and _AWAY.match(part.text()) is not None for part in above.children())


def _is_fed(node: SgNode) -> bool:
    """Tell whether the command stands behind a pipe."""
    inner, above = node, node.parent()
    while above is not None and above.kind() in {"redirected_statement", "negated_command"}:
        inner, above = above, above.parent()
    if above is None or above.kind() != "pipeline":
        return above is not None and above.kind() == "heredoc_redirect"
    first = next(child for child in above.children() if child.is_named())
    return bool(first.range().start.index != inner.range().start.index)


def _unwrapped(words: list[Value]) -> list[Value]:
    """Leave out ``sudo -u x``, ``env A=1`` and the like, so that the first word is what runs."""
    return words[wrapped_at([word.text if word.text is not None else f"{word.prefix}{OPEN}" for word in words]) :]


def _redirection(node: SgNode, variables: Mapping[str, Value]) -> Iterator[Redirection]:
    parts = node.children()
    sign = next((part.text() for part in parts if not part.is_named()), "")
    targets = [part for part in parts if part.is_named() and part.kind() not in {"file_descriptor", "process_substitution"}]
    if not targets or (sign in {">&", "<&"} and targets[-1].kind() == "number"):
        return
    path = value_of(targets[-1], variables)
    if path.text in {"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "&1", "&2"}:
        return
    if path.scope is Scope.LITERAL and not path.beginnings:
        return
    yield Redirection(path=path, writes=">" in sign, line=_line(node))
