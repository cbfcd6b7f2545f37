"""Structure of Markdown and shell texts, read with real parsers and bounded work.

What is longer than a limit is read up to it; the ledger of unread content is kept elsewhere. Nothing here raises for what a text holds.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.text import visible

if TYPE_CHECKING:
    from ast_grep_py import SgNode
    from markdown_it.token import Token

MARKDOWN_LIMIT = 400_000  # characters; the parser needs about a second for so many
SHELL_LIMIT = 400_000
SHELL_PIECE = 10_000  # characters parsed at once: a long pipeline, and the place of a node, cost time that grows with the square

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_PROMPT = re.compile(r"(?m)^([ \t]*)[$\u276f] (?=\S)")
# The grammar's scanner looks characters up in a table of 256 entries and reads beyond its end, which can end the process.
_FOREIGN = re.compile("[^\x01-\xff]")
_LOGICAL_LINE = re.compile(r"(?:[^\n]*[\\|][ \t]*\n)*[^\n]*(?:\n|\Z)")
_QUOTED = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)""", re.DOTALL)


class BlockKind(enum.StrEnum):
    """What a block of Markdown is to a reader."""

    PROSE = "prose"
    CODE = "code"
    COMMENT = "comment"  # not shown when rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading or table cell; a fence or inline code; or a text that rendering leaves out.

    ``language`` is the first word of a fence's info string, lower case; inline code has none and ``inline`` is true.
    ``quoted``: it stands in a block quote. ``heading`` is the last heading before it.
    """

    kind: BlockKind
    text: str
    line: int
    language: str = ""
    inline: bool = False
    quoted: bool = False
    heading: str = ""


def markdown(text: str) -> tuple[Block, ...]:
    """Read a Markdown text (CommonMark with tables) into blocks, in order. Front matter is left out."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  only where a text is Markdown

    body = _FRONT.sub(lambda match: "\n" * match[0].count("\n"), text[:MARKDOWN_LIMIT], count=1)
    seen: dict[str, Any] = {}
    tokens = MarkdownIt("commonmark").enable("table").parse(body, seen)
    blocks = list(_blocks(tokens))
    for reference in seen.get("references", {}).values():  # "[//]: # (text)" is how Markdown hides a note
        if reference.get("title"):
            line = (reference.get("map") or [0])[0] + 1
            blocks.append(Block(kind=BlockKind.COMMENT, text=reference["title"], line=line))
    return tuple(blocks)


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    heading, quotes, line = "", 0, 1
    for before, token in zip([None, *tokens], tokens, strict=False):
        line = token.map[0] + 1 if token.map else line
        quotes += token.type == "blockquote_open"
        quotes -= token.type == "blockquote_close"
        if token.type in {"fence", "code_block"}:
            language = (token.info.split() or [""])[0].lower().strip("{}.")
            first = line + (token.type == "fence")
            yield Block(kind=BlockKind.CODE, text=token.content, line=first, language=language, quoted=quotes > 0, heading=heading)
        elif token.type == "html_block":
            yield from _markup(token.content, line, heading)
        elif token.type == "inline":
            if before is not None and before.type == "heading_open":
                heading = token.content
            yield from _inline(token, line, heading, quoted=quotes > 0)


def _inline(token: Token, line: int, heading: str, *, quoted: bool) -> Iterator[Block]:
    shown = token.content
    for child in token.children or ():
        line += child.type in {"softbreak", "hardbreak"}
        if child.type == "html_inline" and child.content.startswith("<!--"):
            yield Block(kind=BlockKind.COMMENT, text=child.content[4:].removesuffix("-->"), line=line, heading=heading)
            shown = shown.replace(child.content, "", 1)
        elif child.type == "code_inline":
            yield Block(kind=BlockKind.CODE, text=child.content, line=line, inline=True, quoted=quoted, heading=heading)
    first = token.map[0] + 1 if token.map else line
    yield Block(kind=BlockKind.PROSE, text=shown, line=first, quoted=quoted, heading=heading)


def _markup(content: str, line: int, heading: str) -> Iterator[Block]:
    """Tell comments of an HTML block from what is shown of it."""
    for match in _COMMENT.finditer(content):
        yield Block(kind=BlockKind.COMMENT, text=match[1], line=line + content.count("\n", 0, match.start()), heading=heading)
    shown = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), content)
    if shown.strip():
        yield Block(kind=BlockKind.PROSE, text=shown, line=line, heading=heading)


# Programs that start the program named after them; the number says how many operands of theirs come first.
_WRAPPERS = {
    "sudo": 0, "doas": 0, "env": 0, "nohup": 0, "time": 0, "command": 0, "exec": 0, "builtin": 0, "busybox": 0,
    "xargs": 0, "nice": 0, "stdbuf": 0, "setsid": 0, "timeout": 1, "then": 0, "do": 0, "else": 0, "!": 0,
}  # fmt: skip
_WRAPPER_VALUES = frozenset({"-u", "-g", "-n", "-I", "-P", "-L", "--user", "--group", "-C", "-S"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A simple command. ``words`` are without quotes, expansions as written, wrappers such as ``sudo`` left out."""

    words: tuple[str, ...]
    node: SgNode
    first: int = 1  # the line in which the parsed piece begins

    @property
    def program(self) -> str:
        """The name of what is started, without its folder."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the program is given."""
        return self.words[1:]

    @property
    def text(self) -> str:
        """The command as it stands there."""
        return self.node.text()

    @property
    def line(self) -> int:
        """Its line in the text, from 1."""
        return self.node.range().start.line + self.first

    def feeding(self) -> tuple[Command, ...]:
        """Give the commands whose output stands in its words or on its input: ``$(…)``, backticks, ``<(…)``, ``<<<``."""
        return tuple(found for child in self.node.children() for found in _commands(child, self.first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Stages joined by ``|``. A stage is every command in it, so that a group in parentheses is one stage."""

    stages: tuple[tuple[Command, ...], ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """Output that goes into a file: ``> target`` or ``>> target``."""

    target: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A shell text: all its simple commands in order, nested ones included, its pipelines, and what it writes by redirection."""

    commands: tuple[Command, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    redirections: tuple[Redirection, ...] = ()


def shell(text: str) -> Script:
    """Read a shell text with tree-sitter's Bash grammar, which goes on after errors. A leading prompt ``$ `` is left out.

    Invisible characters are left out too, and characters beyond Latin-1 become ``·``.
    """
    return _kept_shell(text) if len(text) <= SHELL_PIECE else _shell(text)


@functools.lru_cache(maxsize=4096)
def _kept_shell(text: str) -> Script:
    """Keep the trees of short texts: several checks ask for the same ones."""
    return _shell(text)


def _shell(text: str) -> Script:
    body = _FOREIGN.sub("\u00b7", _PROMPT.sub(r"\1  ", visible(text[:SHELL_LIMIT]).text))
    commands: list[Command] = []
    pipelines: list[Pipeline] = []
    redirections: list[Redirection] = []
    line = 1
    for piece in _pieces(body):
        script = _script(piece, line)
        commands += script.commands
        pipelines += script.pipelines
        redirections += script.redirections
        line += piece.count("\n")
    return Script(commands=tuple(commands), pipelines=tuple(pipelines), redirections=tuple(redirections))


def _pieces(body: str) -> Iterator[str]:
    """Cut a long text where a line ends that no backslash or pipe carries on."""
    piece = ""
    for match in _LOGICAL_LINE.finditer(body):
        if piece and len(piece) + len(match[0]) > SHELL_PIECE:
            yield piece
            piece = ""
        piece += match[0]
        while len(piece) > SHELL_PIECE:
            yield piece[:SHELL_PIECE]
            piece = piece[SHELL_PIECE:]
    yield piece


def _script(piece: str, line: int) -> Script:
    from ast_grep_py import SgRoot  # noqa: PLC0415  only where a text is shell

    root = SgRoot(piece, "bash").root()
    pipelines = [_pipeline(node, line) for node in root.find_all(kind="pipeline") if not _is(node.parent(), "pipeline")]
    redirections = [_redirection(node, line) for node in root.find_all(kind="file_redirect") if ">" in node.text()[:4]]
    return Script(commands=tuple(_commands(root, line)), pipelines=tuple(pipelines), redirections=tuple(redirections))


def _redirection(node: SgNode, line: int) -> Redirection:
    statement = node.parent()
    return Redirection(
        target=unquote(node.text().lstrip("0123456789&>|").strip()),
        text=statement.text() if statement is not None else node.text(),
        line=node.range().start.line + line,
    )


def _is(node: SgNode | None, kind: str) -> bool:
    return node is not None and node.kind() == kind


def _pipeline(node: SgNode, line: int) -> Pipeline:
    members = _members(node)
    text = node.text()
    parent = node.parent()
    if parent is not None and parent.kind() == "heredoc_redirect":  # "base64 -d <<END | sh" hangs the rest below the redirection
        statement = parent.parent()
        if statement is not None:
            members = [statement.children()[0], *members]
            text = statement.text()
    return Pipeline(stages=tuple(tuple(_commands(member, line)) for member in members), text=text)


def _members(node: SgNode) -> list[SgNode]:
    """Give the stages of a pipeline; the grammar nests long ones to the left."""
    members: list[SgNode] = []
    while _is(node, "pipeline"):
        named = [child for child in node.children() if child.is_named()]
        if not named:
            break
        if not _is(named[0], "pipeline"):
            return [*named, *members]
        members = [*named[1:], *members]
        node = named[0]
    return members


def _commands(node: SgNode, line: int) -> Iterator[Command]:
    return (_command(found, line) for found in node.find_all(kind="command"))


def _command(node: SgNode, line: int) -> Command:
    parts = [child for child in node.children() if child.is_named() and not child.kind().endswith("_redirect")]
    words = [unquote(part.text()) for part in parts if part.kind() != "variable_assignment"]
    return Command(words=tuple(_unwrapped(words)), node=node, first=line)


def _unwrapped(words: list[str]) -> list[str]:
    """Leave out ``sudo -u x``, ``env A=1`` and the like, so that the first word is what runs."""
    while words and words[0].rpartition("/")[2] in _WRAPPERS:
        skip = _WRAPPERS[words[0].rpartition("/")[2]]
        at = 1
        while at < len(words) and (words[at].startswith("-") or _ASSIGNMENT.match(words[at]) or skip):
            skip -= not words[at].startswith("-") and not _ASSIGNMENT.match(words[at])
            at += 2 if words[at] in _WRAPPER_VALUES else 1
        if at >= len(words):
            return words
        words = words[at:]
    return words


def unquote(word: str) -> str:
    r"""Join the pieces of a shell word as the shell does: ``'a'"b"\c`` is ``abc``; expansions stay as they are."""
    if not any(c in word for c in "'\"\\"):
        return word
    return _QUOTED.sub(lambda match: next((group for group in match.groups() if group is not None), ""), word.removeprefix("$"))
