"""Markdown that an agent reads: its frontmatter, its body, the commands in its fences, the files that it mentions."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checks.model import Capability, Certainty, Location, Trigger, Unreadable
from reviewer.documents import read_yaml
from reviewer.inventory import languages
from reviewer.inventory.instructed import instructed
from reviewer.inventory.languages import shell
from reviewer.inventory.tree import Tree

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

#: How many characters of one page are looked at for fences and mentions; the text itself stays whole.
PAGE_LENGTH = 400_000

#: How many characters a fence may have to be read as code.
FENCE_LENGTH = 50_000
#: How many fences of one language in one page are read as code.
FENCES = 100
#: What the first word of a fence says about its language, where that is not the language's own name.
FENCED = {
    "python": "python", "py": "python", "python3": "python", "javascript": "javascript", "js": "javascript", "node": "javascript",
    "mjs": "javascript", "typescript": "typescript", "ts": "typescript", "tsx": "tsx", "jsx": "jsx", "go": "go", "golang": "go",
    "rust": "rust", "rs": "rust", "java": "java", "kotlin": "kotlin", "kt": "kotlin", "csharp": "csharp", "cs": "csharp", "c#": "csharp",
    "powershell": "powershell", "ps1": "powershell", "pwsh": "powershell",
}  # fmt: skip

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_HOOKS_LINE = re.compile(r"^\s*hooks\s*:", re.MULTILINE)
_SPLIT = re.compile(r"[\s`'\"()\[\]|,;:=*!&]+")
_SHELLS = frozenset({"bash", "sh", "shell", "zsh", "console", "terminal", "shellsession", "shell-session", "ksh", "!"})
_WORTH = re.compile(
    r"(?:```|~~~)[`~ \t{.]*(?:(?:bash|sh|shell|shellsession|zsh|ksh|console|terminal|json\w?|toml|"
    + "|".join(re.escape(name) for name in FENCED)
    + r")(?![\w+])|!|$)",
    re.MULTILINE | re.IGNORECASE,
)
_PROMPT = re.compile(r"^[ \t]*(?:[$\u276f%]|[\w.-]+@[\w.-]+[^$\n]{0,60}\$)[ \t]+(?=\S)", re.MULTILINE)
_INLINE = re.compile(r"(?:^|(?<=\s))!`([^`\n]{1,2000})`", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A fenced block of code: the first word of its info string, its text, and the line of its first line of code."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Markdown file of an agent. ``front`` is its frontmatter (scalars are text); ``body`` begins on ``body_line``.

    ``header`` is the frontmatter as it stands. ``unreadable`` says what was wrong with it.
    """

    path: str
    front: dict[str, Any]
    header: str
    body: str
    body_line: int
    unreadable: tuple[Unreadable, ...] = ()

    def text(self, key: str) -> str:
        """Give a field of the frontmatter as one text; empty if it is absent or a mapping."""
        value = self.front.get(key)
        return value if isinstance(value, str) else ""

    def line(self, key: str) -> int:
        """Give the line on which a field of the frontmatter stands, 1 if that is not known."""
        at = re.search(rf"^{re.escape(key)}\s*:", self.header, re.MULTILINE)
        return 2 + self.header.count("\n", 0, at.start()) if at else 1


def read_page(path: str, text: str) -> Page:
    """Split a page. Frontmatter that cannot be read whole has ledger rows; the rest is still read."""
    match = _FRONT.match(text)
    if not match:
        return Page(path=path, front={}, header="", body=text, body_line=1, unreadable=limits(path, text))
    document = read_yaml(match[1])
    grave = document.grave or bool(document.faults and _HOOKS_LINE.search(match[1]))
    rows = tuple(Unreadable(path=path, reason=f"frontmatter: {fault}", gate=grave) for fault in document.faults)
    line = text.count("\n", 0, match.end()) + 1
    return Page(
        path=path,
        front=document.mapping,
        header=match[1],
        body=text[match.end() :],
        body_line=line,
        unreadable=(*rows, *limits(path, text)),
    )


@functools.cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  only where a page has fences

    return MarkdownIt("commonmark").disable(["inline", "text_join"])  # blocks are enough, and much faster


@functools.lru_cache(maxsize=4096)
def fences(text: str, first_line: int = 1) -> tuple[Fence, ...]:
    """Give the fenced blocks of a Markdown text that can hold commands or configurations; the text is parsed only if it has such a one."""
    if not _WORTH.search(text):
        return ()
    found = []
    for token in _markdown().parse(text[:PAGE_LENGTH]):
        if token.type == "fence" and token.map:
            language = (token.info.split() or [""])[0].lower().strip("{}.")
            found.append(Fence(language=language, text=token.content, line=first_line + token.map[0] + 1))
    return tuple(found)


def shell_text(fence: Fence) -> str | None:
    """Give the commands of a fence, the output of a shown session left out; None if the fence is no shell."""
    if fence.language not in _SHELLS:
        return None
    if not _PROMPT.search(fence.text):
        return fence.text
    lines = fence.text.split("\n")
    return "\n".join(_PROMPT.sub("", line) if _PROMPT.match(line) else "" for line in lines)


def prose_capabilities(page: Page, certainty: Certainty) -> tuple[Capability, ...]:
    """Give what the fenced code of a page can do, if an agent runs it, and what its prose tells the agent to do."""
    return _capabilities(page.path, page.body, page.body_line, certainty)


@functools.lru_cache(maxsize=4096)  # several Skills of a repository lead to the same pages
def _capabilities(path: str, body: str, line: int, certainty: Certainty) -> tuple[Capability, ...]:
    found: list[Capability] = []
    programs: dict[str, list[Fence]] = {}
    for fence in fences(body, line):
        commands = shell_text(fence)
        if commands is not None:
            at = Location(path=path, line=fence.line)
            found.extend(shell.read_command(commands, at=at, trigger=Trigger.MODEL, certainty=certainty))
        elif len(fence.text) <= FENCE_LENGTH:
            programs.setdefault(FENCED.get(fence.language, ""), []).append(fence)
    for language, every in programs.items():
        found.extend(_of_code(language, every[:FENCES], path, certainty))
    found.extend(instructed(body, Location(path=path, line=line)))
    return tuple(found)


def _of_code(language: str, every: list[Fence], path: str, certainty: Certainty) -> Iterator[Capability]:
    """Read fences in a programming language as files of that language, all at once. Their tools are examples, not registrations."""
    reader = next((each for each in languages.discover().values() if language in each.READS), None)
    if reader is None:
        return
    files = {f"{path}/{number}": fence.text for number, fence in enumerate(every)}
    lines = {f"{path}/{number}": fence.line for number, fence in enumerate(every)}
    for held in reader.extract(files).capabilities:
        places = (Location(path=path, line=at.line + lines[at.path] - 1) for at in held.evidence if at.path in lines)
        weaker = max(held.certainty, certainty, key=list(Certainty).index)
        yield replace(held, certainty=weaker, trigger=Trigger.MODEL, evidence=tuple(sorted(set(places))))


def run_on_load(page: Page) -> Iterator[tuple[str, int]]:
    """Give (command, line) for every ``!`command` ``: a client runs it before the model reads the page."""
    for match in _INLINE.finditer(page.body):
        yield match[1], page.body_line + page.body.count("\n", 0, match.start())


def limits(path: str, text: str) -> tuple[Unreadable, ...]:
    """Give a row for a page that is too long to be looked at whole."""
    if len(text) <= PAGE_LENGTH:
        return ()
    reason = f"longer than {PAGE_LENGTH} characters: beyond them it is read as text, not for commands and files that it names"
    return (Unreadable(path=path, reason=reason, gate=True),)


def mentions(text: str, tree: Tree, *bases: str) -> tuple[str, ...]:
    """Give the files and folders of the submission that a text names by a path, seen from each base folder, each once."""
    seen: dict[str, None] = {}
    for word in _paths(text[:PAGE_LENGTH]):
        place = tree.resolve(word, *bases)
        if place is not None and (place in tree.files or "/" in word):
            seen[place] = None
    return tuple(seen)


@functools.lru_cache(maxsize=4096)  # many Skills of a repository lead to the same pages
def _paths(text: str) -> tuple[str, ...]:
    """Give the words of a text that could be paths, each once."""
    found: dict[str, None] = {}
    for word in dict.fromkeys(_SPLIT.split(text)):
        trimmed = word.strip("<>{}.,") if not word.startswith(("./", "../", "{", "<")) else word.rstrip(".,>")
        if 2 < len(trimmed) < 300 and ("/" in trimmed or "." in trimmed):  # noqa: PLR2004
            found[trimmed] = None
    return tuple(found)
