"""Which files of a submission semgrep is given, under which names, and how its answers become hits and ledger rows again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checks.model import Check, File, Hit, Location, Unreadable
from checks.text import escape
from reviewer.examine import language, rule_languages
from reviewer.isolation import ChildLimits
from reviewer.model import Reading, SemgrepReport
from reviewer.sandbox.semgrep_frames import Problem, Sight, Trouble

_SYMLINK = "120000"
_FOREIGN = frozenset({"node_modules", "site-packages", "vendor"})
_REASON_LENGTH = 160
_EXTENSIONS = {
    "python": "py",
    "javascript": "js",
    "jsx": "jsx",
    "typescript": "ts",
    "tsx": "tsx",
    "shell": "sh",
    "go": "go",
    "ruby": "rb",
    "php": "php",
    "java": "java",
    "rust": "rs",
    "csharp": "cs",
    "kotlin": "kt",
}
"""By which ending semgrep knows a language of the inventory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SemgrepLimits:
    """What semgrep may use up.

    Attributes:
        child: of one run; ``wall`` is for one submission, several get more.
        file_bytes: the largest file that it is given. Its time grows faster than the file: 4 MB took 40 s.
        files: how many files of one submission it is given, the submission's own before bundled packages.
        rule_seconds: how long one rule may take on one file.
    """

    child: ChildLimits = field(
        default_factory=lambda: ChildLimits(
            address_space=16 << 30, resident=3 << 30, cpu=600, wall=120.0, file_size=512 << 20, open_files=1024, alone=False
        )
    )
    file_bytes: int = 2 << 20
    files: int = 4000
    rule_seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Our semgrep checks: their ids, which rule belongs to which check, and the languages that they read."""

    checks: tuple[str, ...]
    owner: Mapping[str, str]
    languages: frozenset[str]

    @classmethod
    def of(cls, checks: Sequence[Check]) -> Rules:
        """Read the rule files of the semgrep checks among some checks."""
        by_check = {check.id: rule_languages(check.semgrep) for check in checks if check.semgrep is not None}
        return cls(
            checks=tuple(by_check),
            owner={rule: check for check, rules in by_check.items() for rule in rules},
            languages=frozenset(name for rules in by_check.values() for names in rules.values() for name in names),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The files of one submission that semgrep is given, and those that it is not given though a rule reads their language."""

    files: tuple[File, ...]
    left_out: tuple[Unreadable, ...]
    left_out_bytes: int


def choose(reading: Reading, rules: Rules, limits: SemgrepLimits) -> Choice:
    """Choose what is given to semgrep; nothing where the child gave no reading, which is told elsewhere."""
    every = [file for file in reading.target.files if _is_source(file, rules.languages)] if reading.failure is None else []
    wanted = [file for file in every if not file.within or file.sha256 in reading.inner]
    wanted.sort(key=lambda file: (bool(file.within) or _is_foreign(file.path), file.path))
    small = [file for file in wanted if file.size <= limits.file_bytes]
    large = [file for file in wanted if file.size > limits.file_bytes]
    rows = [_row(file.path, f"larger than {limits.file_bytes >> 10} KB") for file in large]
    rows += [_row(file.path, f"more than {limits.files} files of code") for file in small[limits.files :]]
    held = {file.path for file in wanted}
    rows += [_row(file.path, "it lies inside another file", gate=False) for file in every if file.path not in held]
    lost = sum(file.size for file in (*large, *small[limits.files :]))
    return Choice(files=tuple(small[: limits.files]), left_out=tuple(rows), left_out_bytes=lost)


def neutral(file: File) -> str:
    """Give the name under which semgrep sees a file: digest and language. Equal files have one name and are read once."""
    return f"{file.sha256}.{_EXTENSIONS[file.language or '']}"


def report(choice: Choice, sight: Sight | str | None, rules: Rules) -> SemgrepReport:
    """Make a submission's report of what a run saw, of why it saw nothing, or (None) of there having been nothing to run on."""
    failures = dict.fromkeys(rules.checks, sight) if isinstance(sight, str) else {}
    if not isinstance(sight, Sight):
        return SemgrepReport(failures=failures, unreadable=choice.left_out, unread_bytes=choice.left_out_bytes)
    places = defaultdict[str, list[File]](list)
    for file in choice.files:
        places[neutral(file)].append(file)
    hits = defaultdict[str, list[Hit]](list)
    for match in sight.matches:
        for file in places.get(match.name, ()):
            at = Location(path=file.path, line=match.line)
            hits[rules.owner.get(match.rule, "")].append(Hit(at=at, message=match.message, evidence=match.evidence))
    rows, lost = _unread(places, sight)
    return SemgrepReport(
        hits={check: tuple(found) for check, found in hits.items() if check},
        failures=_broken(sight.problems, rules),
        unreadable=tuple(dict.fromkeys((*choice.left_out, *rows))),
        unread_bytes=choice.left_out_bytes + lost,
    )


def _unread(places: Mapping[str, Sequence[File]], sight: Sight) -> tuple[list[Unreadable], int]:
    """Give ledger rows, and how many bytes they stand for. A file that was not read at all is a gate; lines of one are not."""
    silent = [Problem(kind=Trouble.UNREAD, name=name, detail="not scanned") for name in places if name not in sight.scanned]
    told = {problem.name for problem in sight.problems if problem.kind is Trouble.UNREAD}
    rows, lost = [], 0
    for problem in (*sight.problems, *(one for one in silent if one.name not in told)):
        for file in places.get(problem.name, ()):
            partial = problem.kind is Trouble.PARTIAL
            rows.append(_row(file.path, f"not understood: {problem.detail}" if partial else problem.detail, gate=not partial))
            lost += min(file.size, problem.lost) if partial else file.size
    return rows, lost


def _broken(problems: Sequence[Problem], rules: Rules) -> dict[str, str]:
    """Give the checks whose rules semgrep did not take; a trouble that names no rule of ours is every check's."""
    failures: dict[str, str] = {}
    for problem in problems:
        if problem.kind is Trouble.RULE:
            reason = escape(f"semgrep: {problem.detail}", _REASON_LENGTH)
            owner = rules.owner.get(problem.rule)
            failures |= dict.fromkeys((owner,) if owner else rules.checks, reason)
    return failures


def _is_source(file: File, languages: frozenset[str]) -> bool:
    known = file.language in _EXTENSIONS and file.mode != _SYMLINK and file.size > 0
    return known and language(file.language or "") in languages


def _is_foreign(path: str) -> bool:
    return not _FOREIGN.isdisjoint(path.split("/"))


def _row(path: str, why: str, *, gate: bool = True) -> Unreadable:
    return Unreadable(path=path, reason=escape(f"data flow not followed: {why}", _REASON_LENGTH), gate=gate)
