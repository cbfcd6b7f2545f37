"""Texts that tell the model to fetch a secret, the conversation or other tools' data, and to hand it on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.model import Confidence, Hit, Severity, SurfaceRole, Target, Tool
from checks.prose import Sentence, sentences, word_patterns

_WORDS = Path(__file__).with_name("words.yaml")
_LONG_NAME = 60  # characters; a name that carries a sentence, not a thing
# A parameter's name that is itself the demand: "content_from_reading_ssh_id_rsa".
_DEMANDING_NAME = re.compile(
    r"(?:^|_)(?:content|contents|read|reading|dump|value|data|file)_(?:\w+_)?(?:ssh|id_rsa|dot_?env|env_file|aws_credentials|etc_passwd|"
    r"mcp_json|private_key|keychain|system_prompt|conversation_history|chat_history|other_tools?)(?:_|$)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-.\s]+")
_DEPTH = 12


def inspect(target: Target) -> Iterator[Hit]:
    """Look for demand, object and way out in one sentence or its neighbour, and for names that demand."""
    for sentence in sentences(target):
        hit = _judge(sentence)
        if hit is not None:
            yield hit
    for tool in target.tools:
        yield from _names(tool)


def _judge(sentence: Sentence) -> Hit | None:
    patterns = word_patterns(_WORDS)
    secret = patterns["file"].search(sentence.text)
    thing = secret or patterns["knowledge"].search(sentence.text)
    if thing is None or not patterns["demand"].search(sentence.text) or patterns["belongs"].search(sentence.text):
        return None
    if sentence.passage.interface:
        return _through_tool(sentence, thing, secret=secret is not None)
    if sentence.passage.role is SurfaceRole.SKILL_DESCRIPTION or not patterns["network"].search(f"{sentence.text} {sentence.after}"):
        return None
    return _over_network(sentence, thing, secret=secret is not None)


def _through_tool(sentence: Sentence, thing: re.Match[str], *, secret: bool) -> Hit | None:
    patterns = word_patterns(_WORDS)
    out = patterns["parameter"].search(f"{sentence.text} {sentence.after}") or sentence.passage.role is SurfaceRole.SCHEMA
    if not out and not patterns["network"].search(sentence.context):
        return None
    what = f"“{thing[0].strip()}”"
    if secret:
        return sentence.hit(thing.start(), f"The text of {sentence.passage.owner} tells the model to read {what} and hand it over.")
    message = f"The text of {sentence.passage.owner} tells the model to hand over {what}, which is not this tool's business."
    return sentence.hit(thing.start(), message, severity=Severity.HIGH, confidence=Confidence.MEDIUM)


def _over_network(sentence: Sentence, thing: re.Match[str], *, secret: bool) -> Hit | None:
    message = f"The text tells the model to send “{thing[0].strip()}” to somebody over the network."
    severity = None if secret else Severity.HIGH
    return sentence.hit(thing.start(), message, severity=severity, confidence=Confidence.HIGH if secret else Confidence.MEDIUM)


def _names(tool: Tool) -> Iterator[Hit]:
    """Report parameters whose names are demands: the model reads names too."""
    for name in _properties(tool.input_schema or {}, _DEPTH):
        if _DEMANDING_NAME.search(_CAMEL.sub("_", name)):
            yield Hit(at=tool.at, message=f"The parameter “{name[:80]}” of {tool.name} asks by its name for a secret.", evidence=name)
        elif len(name) > _LONG_NAME:
            message = f"A parameter of {tool.name} has a name that is a sentence."
            yield Hit(at=tool.at, message=message, evidence=name, severity=Severity.MEDIUM, confidence=Confidence.LOW)


def _properties(schema: Any, depth: int) -> Iterator[str]:  # noqa: ANN401  a JSON Schema holds anything
    if depth and isinstance(schema, Mapping):
        properties = schema.get("properties")
        if isinstance(properties, Mapping):
            yield from (name for name in properties if isinstance(name, str))
        for value in schema.values():
            yield from _properties(value, depth - 1)
    elif depth and isinstance(schema, list | tuple):
        for value in schema:
            yield from _properties(value, depth - 1)
