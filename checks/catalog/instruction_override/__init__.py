"""Texts that pose as the system prompt, overrule earlier instructions or claim precedence over every other tool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checks.model import Confidence, Hit, Location, Severity, Target
from checks.parse import BlockKind
from checks.prose import Passage, Sentence, passages, sentences, word_patterns

_WORDS = Path(__file__).with_name("words.yaml")


def inspect(target: Target) -> Iterator[Hit]:
    """Look for posing tags in passages, and for overruling and precedence in sentences."""
    for passage in passages(target):
        yield from _posing(passage)
    for sentence in sentences(target):
        hit = _overruling(sentence)
        if hit is not None:
            yield hit


def _posing(passage: Passage) -> Iterator[Hit]:
    patterns = word_patterns(_WORDS, by_line=True)
    block = passage.block
    if not passage.interface:
        return
    match = patterns["template"].search(block.text) or patterns["tag"].search(block.text)
    if match is not None:
        at = Location(path=passage.path, line=block.line + block.text.count("\n", 0, match.start()))
        message = f"The text of {passage.owner} poses as a part of the system prompt: {match[0].strip()!r}"
        yield Hit(at=at, message=message, evidence=block.text[max(0, match.start() - 60) :])


def _overruling(sentence: Sentence) -> Hit | None:
    patterns = word_patterns(_WORDS, by_line=True)
    overrule = patterns["overrule"].search(sentence.text)
    if overrule is not None and not patterns["forbidden"].search(sentence.text[: overrule.start()]):
        hidden = sentence.passage.block.kind is BlockKind.COMMENT
        strong = sentence.passage.role is not None or hidden
        message = (
            "A comment that no reader sees overrules the model's instructions."
            if hidden
            else "The text overrules the model's earlier instructions."
        )
        return sentence.hit(
            overrule.start(), message, severity=None if strong else Severity.MEDIUM, confidence=None if strong else Confidence.MEDIUM
        )
    precedence = patterns["precedence"].search(sentence.text)
    if precedence is not None and sentence.passage.interface:
        message = f"The text of {sentence.passage.owner} claims a say in the use of every other tool."
        return sentence.hit(precedence.start(), message, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
    return None
