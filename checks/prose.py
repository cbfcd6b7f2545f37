"""What a submission says to a model: its passages, their sentences, and whether a sentence speaks or only quotes.

Tool descriptions, schemas, prompts and the prose of Skills come as surfaces. Markdown that no surface covers is
read as well, but as text that is not known to be loaded.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from checks.model import Confidence, File, Hit, Location, Severity, SurfaceRole, Target
from checks.once import once_per_target
from checks.parse import Block, BlockKind, markdown
from checks.resources import resource_blocks
from checks.text import portions, visible

MARKDOWN_ROLES = frozenset({
    SurfaceRole.SKILL_BODY, SurfaceRole.REFERENCE, SurfaceRole.COMMAND, SurfaceRole.AGENT, SurfaceRole.RULES,
})  # fmt: skip
# Texts that a server hands to the model as its own interface: nothing there needs to quote an attack.
INTERFACE_ROLES = frozenset({
    SurfaceRole.TOOL_NAME, SurfaceRole.TOOL_DESCRIPTION, SurfaceRole.SCHEMA, SurfaceRole.PROMPT,
    SurfaceRole.RESOURCE, SurfaceRole.INSTRUCTIONS,
})  # fmt: skip

_PROSE_FILES = (".md", ".mdc", ".mdx", ".markdown", ".txt", ".rst", ".cursorrules", ".windsurfrules", ".clinerules")
_MARKDOWN = frozenset({"markdown", "restructuredtext"})
_PLAIN = frozenset({"text", "csv"})
_TEXT_LIMIT, _PART_LINES = 400_000, 20_000
# A file without a telling name is prose if it has words in a row; most of those without are lists and lock files.
_WORDS_IN_A_ROW = re.compile(r"(?:[^\W\d_]{2,30}[,;:]?[ \t]{1,3}){4}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{8}")
_HIDDEN = re.compile(r"!/(?:[\w+]{1,60}@\d[\d~-]{0,12}|comments)(?:!/[\w+-]{1,60})?$")
# A sentence ends at a blank line, at a list mark on a new line, or at a stop that is followed by space (CJK stops need none).
_STOP = re.compile(
    r"(?<=[.!?;])[\"'\u201d\u2019)]*\s+|(?<=[\u3002\uff01\uff1f\uff1b])|\n\s*\n|\n\s*(?:[-*•]|\d{1,3}[.)])\s+|</?[A-Za-z][\w-]*>"
)
_QUOTES = re.compile(
    r"\"[^\"\n]{3,400}\"|“[^”]{3,400}”|„[^“”]{3,400}[“”]|«[^»]{3,400}»|「[^」]{3,400}」|`[^`\n]{3,400}`|(?<!\w)'[^'\n]{3,400}'(?!\w)"
)

_WORDS = Path(__file__).with_name("prose.yaml")


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give the words that describe attacks and those that come before examples."""
    words = yaml.load(_WORDS.read_bytes(), Loader=yaml.CSafeLoader)
    describes, exemplifies = "|".join(words["describes"]), "|".join(words["exemplifies"])
    return re.compile(rf"\b(?:{describes})\b", re.IGNORECASE), re.compile(rf"(?<![\w./@-])(?:{exemplifies})", re.IGNORECASE)


def is_about_attacks(text: str) -> bool:
    """Say whether a text has words of one that tells about attacks, or tests for them."""
    return _patterns()[0].search(text) is not None


@functools.cache
def word_patterns(path: Path, *, by_line: bool = False) -> Mapping[str, re.Pattern[str]]:
    """Read a check's ``words.yaml``: each name with one expression, or with several ways to say the same.

    Case does not count. ``by_line``: ``^`` and ``$`` stand at every line's begin and end, not only at the text's.
    """
    flags = re.IGNORECASE | (re.MULTILINE if by_line else re.NOFLAG)
    words = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    ways = {name: [said] if isinstance(said, str) else said for name, said in words.items()}
    return {name: re.compile("|".join(f"(?:{one})" for one in said), flags) for name, said in ways.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A block of text that a model may read. ``role`` is None where nothing is known to load it."""

    block: Block
    path: str
    role: SurfaceRole | None
    owner: str

    @property
    def interface(self) -> bool:
        """True for a tool's own description, schema or prompt."""
        return self.role in INTERFACE_ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence on one line, invisible characters left out. ``before`` and ``after`` are its neighbours in the passage."""

    text: str
    line: int
    passage: Passage
    before: str = ""
    after: str = ""

    @property
    def context(self) -> str:
        """The sentence with its neighbours."""
        return f"{self.before} {self.text} {self.after}"

    @property
    def described(self) -> bool:
        """True when the sentence, the one before it or its heading tells about attacks."""
        around = (self.text, self.before, self.passage.block.heading)
        return any(is_about_attacks(text) or _patterns()[1].search(text) for text in around)

    def quotes(self, start: int) -> bool:
        """Say whether what begins at ``start`` stands in quotation marks, a code span or a block quote."""
        return self.passage.block.quoted or any(match.start() <= start < match.end() - 1 for match in _QUOTES.finditer(self.text))

    def hit(self, start: int, message: str, *, severity: Severity | None = None, confidence: Confidence | None = None) -> Hit | None:
        """Give the hit for what begins at ``start``: none where a text about attacks quotes one, a low one where it does either."""
        distance = self.quotes(start) + self.described
        if distance > 1 and not self.passage.interface:
            return None
        if distance and not self.passage.interface:
            severity, confidence = Severity.LOW, Confidence.LOW
        at = Location(path=self.passage.path, line=self.line)
        return Hit(at=at, message=message, evidence=self.text[max(0, start - 120) :], severity=severity, confidence=confidence)


@once_per_target
def passages(target: Target) -> Iterator[Passage]:
    """Give every passage of a submission: surfaces first, then prose files that none of them covers."""
    covered = set()
    seen = set()
    for surface in target.surfaces:
        covered.add(surface.at.path)
        if (surface.role, surface.at, surface.text) in seen:  # a text that several components load
            continue
        seen.add((surface.role, surface.at, surface.text))
        if surface.role in MARKDOWN_ROLES:
            blocks = markdown(surface.text)
        else:
            blocks = (Block(kind=BlockKind.PROSE, text=surface.text[:_TEXT_LIMIT], line=1),)
        shift = max(surface.at.line, 1) - 1
        for block in blocks:
            yield Passage(block=_moved(block, shift), path=surface.at.path, role=surface.role, owner=surface.owner)
    yield from _of_data(target, covered)
    for file in target.files:
        if file.path not in covered and file.path in target.texts:
            for block in _unclaimed(file, target.texts):
                yield Passage(block=block, path=file.path, role=None, owner="")


def _of_data(target: Target, covered: set[str]) -> Iterator[Passage]:
    """Read files of data where a tool's texts are put together at run time; a tool speaks from one that its own code names."""
    dynamic = [tool for tool in target.tools if tool.dynamic]
    code = {tool.at.path: target.texts.get(tool.at.path, "") for tool in dynamic}
    for file in target.files if dynamic else ():
        if file.path not in covered and file.path in target.texts:
            name = file.path.rpartition("/")[2]
            speaker = next((tool for tool in dynamic if name in code[tool.at.path]), None)
            role = SurfaceRole.TOOL_DESCRIPTION if speaker is not None else None
            for block in resource_blocks(file, target.texts[file.path]):
                yield Passage(block=block, path=file.path, role=role, owner=speaker.name if speaker is not None else "")


def _unclaimed(file: File, texts: Mapping[str, str]) -> Iterator[Block]:
    """Read a file that no surface covers, if it is prose. What was encoded, or stands in comments of a page, is hidden from people."""
    if file.path.lower().endswith(_PROSE_FILES) or file.language in _MARKDOWN:
        hidden = _HIDDEN.search(file.path) is not None
        for first, part in portions(texts[file.path], length=_TEXT_LIMIT, lines=_PART_LINES):
            for block in markdown(part):
                moved = _moved(block, first - 1)
                yield replace(moved, kind=BlockKind.COMMENT) if hidden and block.kind is BlockKind.PROSE else moved
    elif file.language in _PLAIN:
        kind = BlockKind.COMMENT if _HIDDEN.search(file.path) else BlockKind.PROSE
        for first, part in portions(texts[file.path], length=_TEXT_LIMIT, lines=_PART_LINES):
            if _WORDS_IN_A_ROW.search(part):
                yield Block(kind=kind, text=part[:_TEXT_LIMIT], line=first)


def _moved(block: Block, lines: int) -> Block:
    if not lines:
        return block
    return Block(
        kind=block.kind, text=block.text, line=block.line + lines, language=block.language,
        inline=block.inline, quoted=block.quoted, heading=block.heading,
    )  # fmt: skip


@once_per_target
def sentences(target: Target) -> Iterator[Sentence]:
    """Give every sentence of prose, and of comments that rendering hides. Code is left out: it speaks to no model."""
    for passage in passages(target):
        if passage.block.kind is not BlockKind.CODE:
            yield from _sentences(passage)


def _sentences(passage: Passage) -> Iterator[Sentence]:
    parts = _split(passage.block.text)
    for index, (line, text) in enumerate(parts):
        before = parts[index - 1][1] if index else ""
        after = parts[index + 1][1] if index + 1 < len(parts) else ""
        yield Sentence(text=text, line=passage.block.line + line, passage=passage, before=before, after=after)


def _split(text: str) -> tuple[tuple[int, str], ...]:
    """Give line (from 0) and text of each sentence; a line break inside a sentence becomes a space."""
    text = visible(text).text
    parts: list[tuple[int, str]] = []
    start = line = 0
    for stop in [*(match.span() for match in _STOP.finditer(text)), (len(text), len(text))]:
        piece = text[start : stop[0]]
        shown = piece.lstrip()
        if shown.strip():
            parts.append((line + piece.count("\n", 0, len(piece) - len(shown)), " ".join(shown.split())))
        line += text.count("\n", start, stop[1])
        start = stop[1]
    return tuple(parts)
