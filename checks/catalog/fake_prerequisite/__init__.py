"""Downloads that a text demands from where nobody stands with a name, or behind a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from checks.hosts import is_local, nameless, split, urls
from checks.model import Confidence, Hit, Location, Severity, Target
from checks.parse import Block, BlockKind
from checks.prose import Passage, is_about_attacks, passages, word_patterns

_WORDS = Path(__file__).with_name("words.yaml")
_NEAR = 3  # blocks before and after a link in which its password or the order to run it may stand


def inspect(target: Target) -> Iterator[Hit]:
    """Look at each address in prose and code fences, with the blocks around it."""
    every = [passage for passage in passages(target) if not passage.interface]
    seen: set[tuple[str, str]] = set()
    for at, passage in enumerate(every):
        around = [other.block for other in every[max(0, at - _NEAR) : at + _NEAR + 1] if other.path == passage.path]
        for url in urls(passage.block.text):
            if (passage.path, url) not in seen:
                seen.add((passage.path, url))
                yield from _judge(passage, url, around)


def _judge(passage: Passage, url: str, around: list[Block]) -> Iterator[Hit]:
    patterns = word_patterns(_WORDS)
    parts = split(url)
    if parts is None or is_local(url):
        return
    block = passage.block
    near = "\n".join(other.text for other in around)
    archive = bool(patterns["archive"].search(parts.path))
    program = bool(patterns["program"].search(parts.path))
    protected = archive and patterns["password"].search(near)
    reason = nameless(url)
    runs = patterns["run"].search(near)
    if protected and runs:
        where = f"a {reason}" if reason else parts.hostname
        yield _hit(passage, url, f"An archive that is protected by a password is to be fetched from {where} and opened.")
    elif reason == "free hosting":
        yield from _from_a_page(passage, url)
    elif reason and reason not in {"capture service", "chat webhook", "tunnel"} and runs:
        if archive or program:
            yield _hit(passage, url, f"A program is to be fetched from a {reason} and run.")
        elif patterns["paste"].search(block.text):
            yield _hit(passage, url, f"Text from a {reason} is to be pasted into a terminal.")
        elif block.kind is BlockKind.CODE and re.search(r"\b(?:curl|wget|iwr|irm)\b", block.text):
            yield _hit(passage, url, f"Something is to be downloaded from a {reason}.", severity=Severity.MEDIUM)


def _from_a_page(passage: Passage, url: str) -> Iterator[Hit]:
    """Report a program that is to be had from the front page of a site which anybody sets up in a minute."""
    text = passage.block.text
    parts = split(url)
    before = text[: text.find(url)].rpartition("\n")[2]
    words = word_patterns(_WORDS)
    if parts is not None and parts.path in {"", "/"} and passage.block.kind is BlockKind.PROSE and words["obtain"].search(before):
        yield _hit(passage, url, "A program is to be had from a page on free hosting, with nobody's name.", severity=Severity.HIGH)


def _hit(passage: Passage, url: str, message: str, *, severity: Severity | None = None) -> Hit:
    block = passage.block
    start = block.text.find(url)
    line = block.line + block.text.count("\n", 0, max(start, 0))
    confidence = None
    if is_about_attacks(block.heading) or is_about_attacks(block.text) or passage.role is None:
        severity, confidence = Severity.LOW if passage.role else Severity.MEDIUM, Confidence.LOW
    return Hit(
        at=Location(path=passage.path, line=line),
        message=message,
        evidence=block.text[max(0, start - 100) : start + 200],
        severity=severity,
        confidence=confidence,
    )
