"""Instructions to keep an action of the agent from its user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checks.model import Confidence, Hit, Severity, Target
from checks.prose import Sentence, sentences, word_patterns

_WORDS = Path(__file__).with_name("words.yaml")


def inspect(target: Target) -> Iterator[Hit]:
    """Look for silence towards a person beside an action that is worth hiding."""
    for sentence in sentences(target):
        hit = _judge(sentence)
        if hit is not None:
            yield hit


def _judge(sentence: Sentence) -> Hit | None:
    patterns = word_patterns(_WORDS)
    stealth = patterns["stealth"].search(sentence.text)
    silence = patterns["silence"].search(sentence.text)
    match = silence or stealth
    if match is None:
        return None
    acts = patterns["action"].search(sentence.text[: match.start()] + " … " + sentence.text[match.end() :]) if silence else stealth
    near = acts or patterns["action"].search(f"{sentence.before} … {sentence.after}")
    if silence and acts:
        return sentence.hit(match.start(), "The text tells the model to act and to keep it from the user.")
    if silence and near and sentence.passage.interface:
        return sentence.hit(match.start(), "The text tells the model to keep from the user what the sentences beside it demand.")
    if silence and near:
        message = "The text tells the model to keep something from the user, beside sentences that demand an action."
        return sentence.hit(match.start(), message, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
    if stealth and sentence.passage.interface:
        return sentence.hit(
            match.start(), "The text tells the model to act in secret.", severity=Severity.HIGH, confidence=Confidence.MEDIUM
        )
    return None
