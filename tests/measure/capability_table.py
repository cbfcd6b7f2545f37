"""Compare the capabilities that are read out of public servers with hand-written lists: ``make capability-table CLONES=DIR``.

The lists stand in ``golden/``, with the rules by which they were written. The unit is a capability id of a server as a whole, in its
widest scope, over its shipped code. Ids that are proven, present or declared count as said; those that are only possible are shown apart
and count neither way. Scopes are compared for the ids that agree.

The lists in ``golden/held_out/`` are shown and totalled apart: they were written before any reader was run on their servers, no reader is
tuned on them, and the exit code does not hang on them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.model import Capability, Certainty, Location, Scope, Target
from reviewer.inventory import take_inventory
from tests.measure.clones import CloneError, sheets, submit

GOLDEN = Path(__file__).parent / "golden"
HELD_OUT = GOLDEN / "held_out"
PRECISION = 0.94
RECALL = 0.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That a server has a capability, in its widest scope, and a place that shows it."""

    scope: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One server: what is true, what was said, and what was said to be possible."""

    server: str
    language: str
    true: Mapping[str, Claim]
    said: Mapping[str, Claim]
    possible: frozenset[str] = frozenset()

    @property
    def agreed(self) -> frozenset[str]:
        """Ids that are true and said."""
        return frozenset(self.true.keys() & self.said.keys())

    @property
    def missed(self) -> frozenset[str]:
        """Ids that are true and not said."""
        return frozenset(self.true.keys() - self.said.keys())

    @property
    def extra(self) -> frozenset[str]:
        """Ids that are said and not true."""
        return frozenset(self.said.keys() - self.true.keys())

    @property
    def scoped(self) -> frozenset[str]:
        """Ids that agree in scope too."""
        return frozenset(identity for identity in self.agreed if self.true[identity].scope == self.said[identity].scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Over all servers: shares of 1."""

    precision: float
    recall: float
    scopes: float


def main(words: list[str]) -> int:
    """Print the table; 0 only if the servers that are not held out reach both thresholds and none of their clones is missing."""
    if len(words) != 1:
        print("usage: python -m tests.measure.capability_table CLONES_DIR", file=sys.stderr)
        return 2
    rows, missing = _measure(GOLDEN, Path(words[0]))
    _totals(rows, "all")
    print(f"wanted: precision {PRECISION}, recall {RECALL}")
    for sentence in missing:
        print(sentence)
    print("\nheld out: never tuned on")
    apart, absent = _measure(HELD_OUT, Path(words[0]))
    _totals(apart, "held out:")
    for sentence in absent:
        print(sentence)
    whole = total(rows)
    return 0 if rows and not missing and whole.precision >= PRECISION and whole.recall >= RECALL else 1


def compared(server: str, sheet: Mapping[str, Any], target: Target) -> Row:
    """Put a golden list and what was read of the server side by side."""
    true = {line["id"]: Claim(scope=line["scope"], at=line["at"]) for line in sheet["capabilities"]}
    said = widest(each for each in target.capabilities if each.certainty is not Certainty.POSSIBLE)
    possible = {each.id.value for each in target.capabilities if each.certainty is Certainty.POSSIBLE}
    return Row(server=server, language=sheet["language"], true=true, said=said, possible=frozenset(possible) - said.keys())


def widest(capabilities: Iterable[Capability]) -> dict[str, Claim]:
    """Give the widest scope of every id, with the first place that shows it."""
    order = list(Scope)
    found: dict[str, Claim] = {}
    for capability in sorted(capabilities, key=lambda each: order.index(each.scope)):
        at = min(capability.evidence, default=Location(path="?"))
        found[capability.id.value] = Claim(scope=capability.scope.value, at=f"{at.path}:{at.line}")
    return found


def total(rows: Iterable[Row]) -> Total:
    """Count over all servers. Where nothing was said, precision is 1; where nothing is true, recall is 1."""
    every = list(rows)
    agreed = sum(len(row.agreed) for row in every)
    said = sum(len(row.said) for row in every)
    true = sum(len(row.true) for row in every)
    scoped = sum(len(row.scoped) for row in every)
    return Total(precision=_share(agreed, said), recall=_share(agreed, true), scopes=_share(scoped, agreed))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _measure(folder: Path, clones: Path) -> tuple[list[Row], list[str]]:
    """Print a row for every list of a folder; give the rows, and a sentence for every clone that is missing."""
    rows: list[Row] = []
    missing: list[str] = []
    for server, sheet in sheets(folder).items():
        try:
            rows.append(_measured(server, sheet, clones))
        except CloneError as error:
            missing.append(str(error))
            print(error, flush=True)
            continue
        _print(rows[-1])
    return rows, missing


def _measured(server: str, sheet: Mapping[str, Any], clones: Path) -> Row:
    submitted = submit(clones, sheet["repository"], sheet["commit"], sheet["path"], sheet["unshipped"])
    for path in submitted.absent:
        print(f"{server}: the clone lacks {path}")
    return compared(server, sheet, take_inventory(submitted.snapshot, submitted.contents))


def _print(row: Row) -> None:
    counts = f"{len(row.agreed):>3} agree {len(row.missed):>3} missed {len(row.extra):>3} extra"
    print(f"{row.server:<24} {row.language:<11} {counts}   scope {len(row.scoped)}/{len(row.agreed)}", flush=True)
    for identity in sorted(row.missed):
        note = "  (said to be possible)" if identity in row.possible else ""
        print(f"    missed {identity} {row.true[identity].scope}  {row.true[identity].at}{note}")
    for identity in sorted(row.extra):
        print(f"    extra  {identity} {row.said[identity].scope}  {row.said[identity].at}")
    for identity in sorted(row.agreed - row.scoped):
        said, true = row.said[identity], row.true[identity]
        print(f"    scope  {identity} {said.scope} ({said.at}) instead of {true.scope} ({true.at})")
    others = sorted(row.possible - row.true.keys())
    if others:
        print(f"    possible: {', '.join(others)}")


def _totals(rows: list[Row], name: str) -> None:
    print()
    for language in sorted({row.language for row in rows}):
        own = [row for row in rows if row.language == language]
        _line(f"{language}, {len(own)} servers", total(own))
    _line(f"{name} {len(rows)} servers, {sum(len(row.true) for row in rows)} lines", total(rows))


def _line(what: str, share: Total) -> None:
    print(f"{what:<34} precision {share.precision:.3f}  recall {share.recall:.3f}  scopes {share.scopes:.3f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
