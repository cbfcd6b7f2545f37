"""Compare the tools that are read out of public servers with what their own projects list: ``make inventory-real CLONES=DIR``.

The lists stand in ``real/``: names from the project's documentation or test snapshots (``source``, and how they were ``taken``), with
the names in which that list is wrong or out of date, each looked up in the source. ``explained`` names are listed but are no tools of the
server, or stand in code that it never runs: they count neither way. ``undocumented`` names are tools that the list leaves out, with the
place where they are registered: they are wanted too. A tool with a computed description counts by its name; one whose name is computed is
shown and counts neither way. Where the server computes listed names, ``computed`` has them with the place of the registration: a name that
is not found counts neither way if a computed tool is reported at that very place, and as missed otherwise.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.model import Target, Tool, ToolKind
from reviewer.inventory import take_inventory
from tests.measure.clones import CloneError, sheets, submit

REAL = Path(__file__).parent / "real"
OVER_ALL = 0.97
EACH = 0.9
WIDTH = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One server: the names that are wanted, those that were found with their places, and how many are computed at run time."""

    server: str
    language: str
    listed: int
    wanted: frozenset[str]
    found: Mapping[str, str]
    computed: Mapping[str, str]

    @property
    def agreed(self) -> int:
        """How many wanted names were found."""
        return len(self.wanted & self.found.keys())

    @property
    def recall(self) -> float:
        """Share of the wanted names that were found."""
        return share(self.agreed, len(self.wanted))

    @property
    def precision(self) -> float:
        """Share of the found names that are wanted."""
        return share(self.agreed, len(self.found))

    @property
    def missed(self) -> list[str]:
        """Wanted names that were not found."""
        return sorted(self.wanted - self.found.keys())

    @property
    def invented(self) -> list[str]:
        """Found names that nobody wants."""
        return sorted(self.found.keys() - self.wanted)


def main(words: list[str]) -> int:
    """Print the table; 0 only if the thresholds are reached, over all and by each, and no clone is missing."""
    if len(words) != 1:
        print("usage: python -m tests.measure.inventory_real CLONES_DIR", file=sys.stderr)
        return 2
    rows: list[Row] = []
    missing: list[str] = []
    print(f"{'server':<36} {'language':<11} listed wanted  found  agree computed  recall precision")
    for server, sheet in sheets(REAL).items():
        try:
            submitted = submit(Path(words[0]), sheet["repository"], sheet["commit"], sheet["path"], sheet.get("without", ()))
        except CloneError as error:
            missing.append(str(error))
            print(error, flush=True)
            continue
        rows.append(compared(server, sheet, take_inventory(submitted.snapshot, submitted.contents)))
        _print(rows[-1])
    return _conclude(rows, missing)


def compared(server: str, sheet: Mapping[str, Any], target: Target) -> Row:
    """Put a project's list and what was read of its server side by side."""
    explained, undocumented = sheet.get("explained", {}), sheet.get("undocumented", {})
    tools = [tool for tool in target.tools if tool.kind is ToolKind.TOOL]
    wanted = frozenset({*sheet["tools"], *undocumented} - explained.keys() - _accounted(sheet, tools))
    named = [tool for tool in tools if not tool.dynamic or tool.name in wanted]
    return Row(
        server=server,
        language=sheet["language"],
        listed=len(sheet["tools"]),
        wanted=wanted,
        found={tool.name: f"{tool.at.path}:{tool.at.line}" for tool in named if tool.name not in explained},
        computed={tool.name: f"{tool.at.path}:{tool.at.line}" for tool in tools if tool not in named},
    )


def _accounted(sheet: Mapping[str, Any], tools: Iterable[Tool]) -> set[str]:
    """Give the names that the server computes at a place where a computed tool was reported, as far as they were not found as such."""
    places = {f"{tool.at.path}:{tool.at.line}" for tool in tools if tool.dynamic}
    names = {tool.name for tool in tools}
    return {name for row in sheet.get("computed", ()) if row["at"] in places for name in row["names"] if name not in names}


def share(part: int, whole: int) -> float:
    """Give a share of 1; of nothing, all."""
    return part / whole if whole else 1.0


def totals(rows: Iterable[Row]) -> tuple[float, float]:
    """Give recall and precision over all names of all servers."""
    every = list(rows)
    agreed = sum(row.agreed for row in every)
    return share(agreed, sum(len(row.wanted) for row in every)), share(agreed, sum(len(row.found) for row in every))


def _print(row: Row) -> None:
    counts = f"{row.listed:>6} {len(row.wanted):>6} {len(row.found):>6} {row.agreed:>6} {len(row.computed):>8}"
    mark = "" if row.recall >= EACH and row.precision >= EACH else "  BELOW"
    print(f"{row.server:<36} {row.language:<11} {counts}  {row.recall:6.3f} {row.precision:9.3f}{mark}", flush=True)
    if row.missed:
        print(textwrap.fill(", ".join(row.missed), WIDTH, initial_indent="    missed   ", subsequent_indent=" " * 13))
    for name in row.invented:
        print(f"    invented {name}  {row.found[name]}")
    for name, at in sorted(row.computed.items()):
        print(f"    computed {name[:60]!r}  {at}")


def _conclude(rows: list[Row], missing: list[str]) -> int:
    recall, precision = totals(rows)
    below = [row.server for row in rows if row.recall < EACH or row.precision < EACH]
    print(f"\n{len(rows)} servers, {sum(len(row.wanted) for row in rows)} names: recall {recall:.3f}, precision {precision:.3f}")
    print(f"wanted: {OVER_ALL} each over all, {EACH} each by every server; below: {', '.join(below) or 'none'}")
    for sentence in missing:
        print(sentence)
    return 0 if rows and not missing and not below and min(recall, precision) >= OVER_ALL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
