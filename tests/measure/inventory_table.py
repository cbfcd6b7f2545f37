"""Compare the tools that are read out of our fixtures with what is true of them: ``make inventory-table``.

``fixtures/inventory/<language>/<style>/`` is a submission; ``<style>.yaml`` beside it lists its tools: name, exact description,
all capabilities as ``id:scope`` (what is only possible is not counted). A tool that is computed at run time is listed by its place
instead of its name.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checks.model import Certainty, File, Tool
from reviewer.inventory import take_inventory
from reviewer.model import Snapshot

FIXTURES = Path(__file__).parent / "fixtures" / "inventory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one fixture: counts, and a sentence for everything that is not as it should be."""

    language: str
    style: str
    expected: int
    found: int
    dynamic: int
    faults: tuple[str, ...]


def main() -> int:
    """Print the table; 1 if anything differs."""
    outcomes = [measure(folder) for folder in fixtures()]
    print(f"{'language':<12} {'style':<28} {'tools':>5} {'found':>5} {'computed':>8}  faults")
    for each in outcomes:
        print(f"{each.language:<12} {each.style:<28} {each.expected:>5} {each.found:>5} {each.dynamic:>8}  {len(each.faults) or '-'}")
        for fault in each.faults:
            print(f"    {fault}")
    faults = sum(len(each.faults) for each in outcomes)
    languages = {each.language for each in outcomes}
    print(
        f"{len(outcomes)} fixtures in {len(languages)} languages; {sum(each.found for each in outcomes)} of "
        f"{sum(each.expected for each in outcomes)} tools as they should be, {faults} faults"
    )
    return 1 if faults else 0


def fixtures() -> list[Path]:
    """Give the folder of every fixture."""
    return sorted(path.with_suffix("") for path in FIXTURES.glob("*/*.yaml"))


def measure(folder: Path) -> Outcome:
    """Read one fixture and compare."""
    truth = yaml.safe_load(folder.with_suffix(".yaml").read_text(encoding="utf-8"))["tools"]
    left = list(take_inventory(*_submitted(folder)).tools)
    faults: list[str] = []
    found = 0
    for wanted in truth:
        tool = next((each for each in left if _is(each, wanted)), None)
        if tool is None:
            faults.append(f"not found: {wanted.get('name') or wanted.get('at')}")
            continue
        left.remove(tool)
        wrong = list(_differences(tool, wanted))
        faults.extend(wrong)
        found += not wrong
    faults.extend(f"invented: {tool.name} at {tool.at.path}:{tool.at.line}" for tool in left)
    return Outcome(
        language=folder.parent.name,
        style=folder.name,
        expected=len(truth),
        found=found,
        dynamic=sum(bool(wanted.get("dynamic")) for wanted in truth),
        faults=tuple(faults),
    )


def _is(tool: Tool, wanted: dict[str, Any]) -> bool:
    same_kind = tool.kind.value == wanted.get("kind", "tool") and tool.dynamic == bool(wanted.get("dynamic"))
    place = f"{tool.at.path}:{tool.at.line}"
    return same_kind and (place == wanted["at"] if wanted.get("dynamic") else tool.name == wanted["name"])


def _differences(tool: Tool, wanted: dict[str, Any]) -> Iterator[str]:
    if "description" in wanted and tool.description != wanted["description"]:
        yield f"{tool.name}: description {tool.description!r} instead of {wanted['description']!r}"
    if wanted.get("dynamic") and "name" in wanted and tool.name != wanted["name"]:
        yield f"{tool.name}: name instead of {wanted['name']!r}"
    sure = (capability for capability in tool.capabilities if capability.certainty is not Certainty.POSSIBLE)
    said = {f"{capability.id.value}:{capability.scope.value}" for capability in sure}
    true = set(wanted.get("capabilities", ()))
    if said != true:
        yield f"{tool.name}: missing {sorted(true - said)}, too many {sorted(said - true)}"


def _submitted(folder: Path) -> tuple[Snapshot, dict[str, bytes]]:
    contents: dict[str, bytes] = {}
    files = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        sha256 = hashlib.sha256(raw).hexdigest()
        contents[sha256] = raw
        files.append(File(path=path.relative_to(folder).as_posix(), mode="100644", size=len(raw), sha256=sha256))
    return Snapshot(source=folder.name, name=folder.name, digests={"dirHash": "h1:fixture"}, files=tuple(files)), contents


if __name__ == "__main__":
    sys.exit(main())
