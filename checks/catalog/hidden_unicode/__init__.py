"""Characters without a visible form: tags, selectors, bidirectional controls, zero-width marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checks.model import Confidence, File, Hit, Location, Severity, Surface, SurfaceRole, Target
from checks.prose import INTERFACE_ROLES
from checks.text import HiddenRun, Lines, decode_selectors, decode_tags, hidden_runs, is_readable

_SHOWN = INTERFACE_ROLES | {SurfaceRole.SKILL_DESCRIPTION}
_MOST_HITS = 20  # per file; one is enough to look at it
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_OVERRIDES = re.compile("[\u202d\u202e]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PROSE = frozenset({None, "markdown", "text", "plain", "html", "rst", "csv"})
# Tag characters that code spells as escapes: U+E0020 to U+E007E in the notations of Python, JavaScript and UTF-16.
_ESCAPED_TAGS = re.compile(r"(?:(?:\\U000[eE]00|\\u\{[eE]00|\\u[dD][bB]40\\u[dD][cC])[2-7][0-9a-fA-F]\}?){4,}")
_ESCAPED_TAG = re.compile(r"([2-7][0-9a-fA-F])\}?(?=\\|\Z)")
_SHORTEST_PAYLOAD = 3  # selectors in a row: an emoji takes one, a flag or keycap never three
_LONGEST_ACCIDENT = 7  # zero-width characters in a row: eight already hold a byte


def inspect(target: Target) -> Iterator[Hit]:
    """Look at every text of the submission, and for terminal escapes at the texts that a server shows to the model."""
    for file in target.files:
        text = target.texts.get(file.path, "")
        hits = [*_escaped(file, text), *_runs(file, text)]
        yield from hits[:_MOST_HITS]
    files = {file.path: file for file in target.files}
    for surface in target.surfaces:
        yield from _spelled_out(surface, files.get(surface.at.path), target.texts.get(surface.at.path, ""))
        if surface.role in _SHOWN and "\x1b" in surface.text:
            yield Hit(
                at=surface.at,
                message=f"The text of {surface.owner} holds terminal escape sequences, which can hide what stands beside them.",
                evidence=surface.text,
                severity=Severity.HIGH,
            )


def _spelled_out(surface: Surface, file: File | None, written: str) -> Iterator[Hit]:
    """Look at what only the parsed text holds: characters that the file spells as escapes of its language."""
    if file is None or surface.text.isascii():
        return
    for run in hidden_runs(surface.text):
        if run.text not in written and (hit := _judge(file, surface.text, run, surface.at.line)) is not None:
            yield replace(hit, message=f"Spelled as escapes in the text of {surface.owner}: {hit.message[0].lower()}{hit.message[1:]}")
            return


def _runs(file: File, text: str) -> Iterator[Hit]:
    if text.isascii():
        return
    lines = Lines(text)
    seen: set[tuple[int, str]] = set()
    for run in hidden_runs(text):
        hit = _judge(file, text, run, lines.at(run.start))
        if hit is not None and (hit.at.line, hit.message) not in seen:
            seen.add((hit.at.line, hit.message))
            yield hit


def _judge(file: File, text: str, run: HiddenRun, line: int) -> Hit | None:
    at = Location(path=file.path, line=line)
    around = text[max(0, run.start - 40) : run.end + 40]
    spelled = decode_tags(run.text)
    if spelled.strip():
        return Hit(at=at, message=f"Invisible tag characters spell: “{spelled[:200]}”", evidence=around)
    selectors = "".join(_SELECTORS.findall(run.text))
    if len(selectors) >= _SHORTEST_PAYLOAD:
        payload = decode_selectors(selectors)
        said = f", which decode to: “{payload[:200]}”" if is_readable(payload) else ""
        return Hit(
            at=at,
            message=f"{len(selectors)} variation selectors stand in a row{said}.",
            evidence=around,
            severity=None if said else Severity.HIGH,
        )
    return _direction(file, text, run, at) or _zero_width(file, text, run, at)


def _direction(file: File, text: str, run: HiddenRun, at: Location) -> Hit | None:
    """Report direction controls in code always, in prose only overrides where nothing is written from right to left."""
    if not _DIRECTIONS.search(run.text):
        return None
    start = text.rfind("\n", 0, run.start) + 1
    line = text[start : run.end + 200].partition("\n")[0]
    if file.language not in _PROSE and not _RIGHT_TO_LEFT.search(line):
        return Hit(
            at=at, message="Direction controls make this code read in another order than it runs.", evidence=line, severity=Severity.HIGH
        )
    if _OVERRIDES.search(run.text) and not _RIGHT_TO_LEFT.search(line):
        return Hit(at=at, message="A direction override turns left-to-right text around.", evidence=line, severity=Severity.MEDIUM)
    return None


def _zero_width(file: File, text: str, run: HiddenRun, at: Location) -> Hit | None:
    """Report zero-width characters inside an English word, and long runs of them anywhere."""
    marks = _ZERO_WIDTH.findall(run.text)
    around = text[max(0, run.start - 40) : run.end + 40]
    if len(marks) > _LONGEST_ACCIDENT:
        return Hit(at=at, message=f"{len(marks)} zero-width characters stand in a row.", evidence=around, severity=Severity.HIGH)
    before, after = text[run.start - 1 : run.start], text[run.end : run.end + 1]
    if marks and before.isascii() and before.isalpha() and after.isascii() and after.isalpha():
        severity = Severity.LOW if file.language in _PROSE else Severity.MEDIUM
        message = "Zero-width characters break up a word, so that a search does not find it."
        return Hit(at=at, message=message, evidence=around, severity=severity, confidence=Confidence.MEDIUM)
    return None


def _escaped(file: File, text: str) -> Iterator[Hit]:
    """Report tag characters that code writes as escapes: they are invisible once the program speaks."""
    for match in _ESCAPED_TAGS.finditer(text):
        spelled = bytes.fromhex("".join(_ESCAPED_TAG.findall(match[0]))).decode("ascii", "replace")
        line = text.count("\n", 0, match.start()) + 1
        message = f"Escapes for invisible tag characters spell: “{spelled[:200]}”"
        yield Hit(at=Location(path=file.path, line=line), message=message, evidence=match[0])
        return
