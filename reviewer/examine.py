"""Ask every check about one target: each gives exactly one result, and a check that breaks is a FAILED one.

Inspections run in the sandboxed child (``inspect``); semgrep's hits join them in the parent (``combine``, ``with_ledger``).
The one broad ``except`` of the code base is here, in ``attempt``.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from checks.model import Check, Finding, Hit, Outcome, Result, Scan, Target
from checks.text import escape
from reviewer.model import Reading, SemgrepReport

__all__ = ["attempt", "combine", "finding", "inspect", "rule_languages", "with_ledger"]

Value = TypeVar("Value")

_MESSAGE_LENGTH = 400
_REASON_LENGTH = 200
_FINDINGS_PER_CHECK = 200
"""A reviewer reads no more of one kind; a hostile file could make millions. What is cut is counted in a finding."""
_HITS_PER_CHECK = 20_000
"""Where an inspection is stopped: the work of a check must end too."""
_NOT_FULL = 1 - 1e-6
"""Coverage with something unread, however little beside the rest."""

_ALIASES = {
    "py": "python",
    "python2": "python",
    "python3": "python",
    "js": "javascript",
    "jsx": "javascript",
    "ts": "typescript",
    "tsx": "typescript",
    "sh": "bash",
    "shell": "bash",
    "golang": "go",
    "rb": "ruby",
    "rs": "rust",
    "c#": "csharp",
}
"""Names of one language, as rules and inventory write them."""


def attempt(step: Callable[[], Value]) -> tuple[Value | None, str]:
    """Take one step that hostile content may break: give its value and ``""``, or None and a one-line bounded reason."""
    try:
        return step(), ""
    except Exception as error:  # noqa: BLE001  whatever breaks on hostile content must become a result, never a gap or a crash
        reason = "ran out of memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        return None, escape(reason.rstrip(": "), _REASON_LENGTH)


def inspect(target: Target, checks: Iterable[Check]) -> tuple[Result, ...]:
    """Run the inspections among the checks, in their order. Never raises for what the target holds."""
    return tuple(_result(check, target, check.inspect) for check in checks if check.inspect is not None)


def combine(reading: Reading, report: SemgrepReport, checks: Sequence[Check], catalogue_digest: str) -> Scan:
    """Join what the child and semgrep gave: exactly one result per check, in the order of the catalogue.

    A check of which nothing was heard is FAILED: nothing is ever clear because nobody looked.
    """
    heard = {result.check: result for result in reading.results}
    languages = {language(file.language) for file in reading.target.files if file.language}
    results = []
    for check in checks:
        if check.semgrep is None:
            results.append(heard.get(check.id) or failed(check, reading.failure or "the child gave no result"))
        else:
            results.append(_of_semgrep(check, check.semgrep, reading, report, languages))
    return Scan(results=tuple(results), catalogue_digest=catalogue_digest)


def with_ledger(target: Target, report: SemgrepReport) -> Target:
    """Add to the target's ledger what semgrep could not read; coverage loses those bytes' share, and is never full then."""
    new = tuple(row for row in report.unreadable if row not in target.unreadable)
    if not new:
        return target
    share = report.unread_bytes / max(1, sum(file.size for file in target.files))
    coverage = max(0.0, min(target.coverage - share, _NOT_FULL))
    return dataclasses.replace(target, unreadable=(*target.unreadable, *new), coverage=coverage)


def finding(check: Check, hit: Hit, ordinal: int = 0) -> Finding:
    """Make a finding of a hit: never graver or surer than the check's definition, their text bounded and escaped.

    The fingerprint hashes check, path and evidence (white space apart), and with several equal ones their ordinal, from 1: it
    survives that lines move.
    """
    definition = check.definition
    severity = min((hit.severity or definition.severity, definition.severity), key=lambda level: level.rank)
    sureness = list(type(definition.confidence))
    confidence = max((hit.confidence or definition.confidence, definition.confidence), key=sureness.index)
    parts = [check.id, hit.at.path, " ".join(hit.evidence.split()), *([str(ordinal)] if ordinal else [])]
    return Finding(
        check=check.id,
        kind=definition.kind,
        family=definition.family,
        severity=severity,
        confidence=confidence,
        cwe=definition.cwe,
        message=escape(hit.message, _MESSAGE_LENGTH),
        at=hit.at,
        evidence=escape(hit.evidence),
        fingerprint=hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16],
    )


@functools.cache
def rule_languages(rules: Path) -> Mapping[str, frozenset[str]]:
    """Give, for each rule id of a semgrep rule file, the languages that it reads, each by its one name."""
    import yaml  # noqa: PLC0415  the child has no need of it here

    document = yaml.load(rules.read_bytes(), Loader=yaml.CSafeLoader)
    return {rule["id"]: frozenset(map(language, rule["languages"])) for rule in document["rules"]}


def language(name: str) -> str:
    """Give a language's one name."""
    return _ALIASES.get(name.lower(), name.lower())


def failed(check: Check, reason: str) -> Result:
    """Say that a check gave no answer."""
    return Result(check=check.id, outcome=Outcome.FAILED, failure=escape(reason, _REASON_LENGTH))


def _result(check: Check, target: Target, inspection: Callable[[Target], Iterable[Hit]]) -> Result:
    hits, failure = attempt(lambda: list(itertools.islice(inspection(target), _HITS_PER_CHECK + 1)))
    if hits is None:
        return failed(check, failure)
    result, failure = attempt(lambda: _judged(check, hits))
    return result or failed(check, failure)


def _of_semgrep(check: Check, rules: Path, reading: Reading, report: SemgrepReport, languages: set[str]) -> Result:
    if reading.failure is not None:
        return failed(check, reading.failure)
    if check.id in report.failures:
        return failed(check, report.failures[check.id])
    if languages.isdisjoint(frozenset().union(*rule_languages(rules).values())):
        return Result(check=check.id, outcome=Outcome.NOT_APPLICABLE)
    return _judged(check, report.hits.get(check.id, ()))


def _judged(check: Check, hits: Sequence[Hit]) -> Result:
    if not hits:
        return Result(check=check.id, outcome=Outcome.CLEAR)
    seen: Counter[str] = Counter()
    findings = []
    for hit in sorted(dict.fromkeys(hits[:_HITS_PER_CHECK]), key=lambda one: one.at):
        first = finding(check, hit)
        seen[first.fingerprint] += 1
        count = seen[first.fingerprint]
        findings.append(first if count == 1 else finding(check, hit, count))
    if len(hits) > _HITS_PER_CHECK:
        reason = f"stopped after {_HITS_PER_CHECK} hits"
        return Result(check=check.id, outcome=Outcome.FAILED, findings=_bounded(findings), failure=reason)
    return Result(check=check.id, outcome=Outcome.FLAGGED, findings=_bounded(findings))


def _bounded(findings: list[Finding]) -> tuple[Finding, ...]:
    """Keep the worst findings; the last one kept says how many more there are."""
    worst = sorted(findings, key=lambda one: (-one.severity.rank, one.at))
    if len(worst) <= _FINDINGS_PER_CHECK:
        return tuple(worst)
    *kept, last = worst[:_FINDINGS_PER_CHECK]
    more = f"{last.message} ({len(worst) - _FINDINGS_PER_CHECK} more of this check are not listed)"
    return (*kept, dataclasses.replace(last, message=escape(more, 2 * _MESSAGE_LENGTH)))
