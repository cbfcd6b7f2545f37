"""What the parent and the child around semgrep say to each other, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from reviewer.isolation import ChildLimits
from reviewer.model import Isolation


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read, under a name that says nothing but its language: ``000123.py``. ``text`` is set where no blob holds it."""

    name: str
    sha256: str
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run of semgrep.

    Attributes:
        program: the ``semgrep-core`` executable of the wheel; its libraries lie beside it.
        certificates: a file of trust anchors; the program does not start without one, though it can reach nobody.
        rules: our rule files.
        sources: what it reads.
        blobs: where the bytes lie.
        scratch: the one folder that may be written.
        rule_seconds: how long one rule may take on one file.
        jobs: files that are read at once.
        limits: what the run may use up.
        level: how the child was started.
        readable: what may be read besides Python.
        listable: folders of which the names may be seen.
    """

    program: Path
    certificates: Path
    rules: tuple[Path, ...]
    sources: tuple[Source, ...]
    blobs: Path
    scratch: Path
    rule_seconds: float
    jobs: int
    limits: ChildLimits
    level: Isolation
    readable: tuple[Path, ...]
    listable: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One match: rule id, neutral file name, first line, the rule's sentence, and the matched lines."""

    rule: str
    name: str
    line: int
    message: str
    evidence: str


class Trouble(enum.StrEnum):
    """What can keep semgrep from a file."""

    PARTIAL = "partial"  # some lines were not understood
    UNREAD = "unread"  # the file, or one rule on it, was given up
    RULE = "rule"  # a rule of ours is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What semgrep could not do. ``name`` is empty for a rule, ``rule`` for a file; ``lost`` counts unread bytes of a partly read file."""

    kind: Trouble
    name: str = ""
    rule: str = ""
    detail: str = ""
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that one run saw."""

    matches: tuple[Match, ...]
    problems: tuple[Problem, ...]
    scanned: frozenset[str]
