"""What prose tells an agent to do: commands of a language as evidence of what may happen, with less certainty than code.

A verb that begins a sentence, a list item or a clause, and its object in the same sentence. What is forbidden («never send …») or only
told («the server sends …») is no command.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from checks.model import Capability, CapabilityId, Certainty, Location, Scope

__all__ = ["instructed"]

#: How many characters of a page are read for commands in prose.
LENGTH = 200_000
#: How many characters a sentence may have between verb and object.
SPAN = 90

_BEGINNING = (
    r"(?:^|[.!?:;]\s+|^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ x]\]\s+)?|,\s+|\*\*"
    r"|\b(?:then|and|or|to|must|should|always|please|first|next|finally|now|can)\s+)"
)
_FORBIDS = re.compile(
    r"\b(?:not|never|don.t|doesn.t|avoid|without|cannot|can.t|instead of|refuse|forbidden|no need|unable)\b", re.IGNORECASE
)
_FENCE = re.compile(r"^(?P<mark>```+|~~~+)[^\n]*\n.*?^(?P=mark)[`~]*[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One way to be told to do something."""

    capabilities: tuple[CapabilityId, ...]
    verb: re.Pattern[str]
    object: re.Pattern[str]


@functools.cache
def _rows() -> tuple[re.Pattern[str], tuple[_Row, ...]]:
    """Give what finds any verb that commands, and the rows that say what it means with which object."""
    table = yaml.load(Path(__file__).with_suffix(".yaml").read_bytes(), Loader=yaml.CSafeLoader)
    verbs = "|".join(dict.fromkeys(row["verb"] for row in table))
    rows = tuple(
        _Row(
            capabilities=tuple(map(CapabilityId, row["capability"])),
            verb=re.compile(rf"{row['verb']}\b", re.IGNORECASE),
            object=re.compile(rf"[^.!?\n]{{0,{SPAN}}}?\b{row['object']}(?![\w-])", re.IGNORECASE),
        )
        for row in table
    )
    return re.compile(rf"{_BEGINNING}(?=((?:{verbs})\b))", re.IGNORECASE | re.MULTILINE), rows


def instructed(text: str, at: Location) -> Iterator[Capability]:
    """Give what a text tells its reader to do. ``at`` is where its first line stands. Each capability has its first place only."""
    prose = _FENCE.sub(lambda match: "\n" * match[0].count("\n"), text[:LENGTH])
    beginning, rows = _rows()
    found: set[CapabilityId] = set()
    for match in beginning.finditer(prose):
        start = match.end()
        for row in rows:
            verb = None if found.issuperset(row.capabilities) else row.verb.match(prose, start)
            object_ = row.object.match(prose, verb.end()) if verb else None
            line = prose.rfind("\n", 0, start) + 1
            if object_ is None or _FORBIDS.search(prose, max(line, start - SPAN), object_.end()):
                continue
            place = Location(path=at.path, line=at.line + prose.count("\n", 0, start))
            for identity in row.capabilities:
                if identity not in found:
                    found.add(identity)
                    yield Capability(id=identity, scope=Scope.ANY, certainty=Certainty.POSSIBLE, evidence=(place,))
