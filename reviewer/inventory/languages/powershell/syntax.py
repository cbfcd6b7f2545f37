"""PowerShell texts into syntax trees, within limits."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

__all__ = ["ContortedError", "first", "inner", "line_of", "named", "parse", "text_of", "walk"]

#: Far more than any script has.
LENGTH = 400_000
#: The grammar needs time that grows with the square of the length of one list or pipe.
SEPARATORS = 4_000
NODES = 400_000

#: What opens a text or comment that is left as it is, and what closes it; beside it, what the grammar does not know as PowerShell does.
_SPOT = re.compile(
    r"(?P<open>@\"|@'|<\#|\"|'|\#|`.)"
    r"|(?P<parameters>\bparam\s{0,20}\((?:[^()\n\"']|\([^()\n\"']{0,300}\)){0,2000}\))(?=[ \t]*[^\s;])"
    r"|(?<=[\s,(=])(?P<path>\$(?:\{[^}\n]{1,100}\}|[A-Za-z_][\w:]{0,100})[\\\\/][^\s;|(){}\"'`,]{1,400})",
    re.IGNORECASE | re.DOTALL,
)
#: Nodes that say something with one part too.
_WHOLE = frozenset(
    {"expandable_string_literal", "expandable_here_string_literal", "command", "script_block_expression", "hash_literal_expression"}
)
_CLOSE = {'@"': '\n"@', "@'": "\n'@", "<#": "#>", '"': '"', "'": "'", "#": "\n"}


class ContortedError(ValueError):
    """The text goes beyond what is parsed. The message says which limit."""


@functools.cache
def _parser() -> Parser:
    import tree_sitter_powershell  # noqa: PLC0415  only where a text is PowerShell
    from tree_sitter import Language, Parser  # noqa: PLC0415  as above

    return Parser(Language(tree_sitter_powershell.language()))


def parse(text: str) -> Node:
    """Parse a text. Raises ContortedError beyond a limit; anything else is read as far as it is PowerShell."""
    if len(text) > LENGTH or max(text.count(sign) for sign in ",|") > SEPARATORS:
        raise ContortedError(f"more than {LENGTH} characters or {SEPARATORS} commas or pipes: not parsed as PowerShell")
    source = text.replace("\0", " ").replace("\r\n", "\n").replace("\u2013", "-").replace("\u2014", "-").replace("\u2015", "-")
    for quotes, plain in (("\u201c\u201d\u201e", '"'), ("\u2018\u2019\u201a\u201b", "'")):
        source = re.sub(f"[{quotes}]", plain, source)
    return _parser().parse(f"{_plain(source)}\n".encode("utf-8", "replace")).root_node


def _plain(source: str) -> str:
    r"""Write for the grammar what PowerShell takes too: a statement right behind ``param(…)``, and ``$HOME\x`` without quotes."""
    found: list[str] = []
    open_ended: set[str] = set()
    at = 0
    while (match := _SPOT.search(source, at)) is not None:
        found.append(source[at : match.start()])
        at = match.end()
        if match["path"]:
            found.append(f'"{match["path"]}"')
        elif match["parameters"]:
            found.append(f"{match['parameters']};")
        else:
            at = _closed(source, match, open_ended)
            found.append(source[match.start() : at])
    return "".join((*found, source[at:]))


def _closed(source: str, match: re.Match[str], open_ended: set[str]) -> int:
    """Give where the text or comment ends that a match opens; one without an end is only its first sign."""
    sign = match["open"]
    close = _CLOSE.get(sign)
    if close is None or sign in open_ended:
        return match.end()
    at = source.find(close, match.end())
    while sign == '"' and at > 0 and _escaped(source, at):
        at = source.find(close, at + 1)
    if at < 0:
        open_ended.add(sign)
        return match.end()
    return at + (0 if sign == "#" else len(close))


def _escaped(source: str, at: int) -> bool:
    ticks = 0
    while source[at - 1 - ticks] == "`" and ticks < at:
        ticks += 1
    return ticks % 2 == 1


def walk(root: Node) -> Iterator[Node]:
    """Give a node and all below it, in order, without recursion."""
    waiting, left = [root], NODES
    while waiting and left:
        left -= 1
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def text_of(node: Node) -> str:
    """Give the text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: Node) -> int:
    """Give the line on which a node begins, from 1."""
    return node.start_point[0] + 1


def named(node: Node) -> list[Node]:
    """Give the named parts of a node, without blanks and comments."""
    return [child for child in node.children if child.is_named and child.type not in {"command_argument_sep", "comment"}]


def first(node: Node, *kinds: str) -> Node | None:
    """Give the first part of these kinds."""
    return next((child for child in node.children if child.type in kinds), None)


def inner(node: Node) -> Node:
    """Take off the levels of an expression that say nothing: one part, nothing else, and parentheses."""
    while True:
        if node.type == "parenthesized_expression" and len(named(node)) == 1:
            node = named(node)[0]
        elif (
            len(node.children) == 1
            and node.children[0].is_named
            and node.type not in {"expandable_string_literal", "command", "script_block_expression"}
        ):
            node = node.children[0]
        else:
            return node
