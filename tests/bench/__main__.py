"""Print measured seconds and memory: ``make bench``. Nothing here asserts; the numbers are for people.

Each command runs as a person runs it, as a process of its own; memory is that of the largest process it started.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.server import write_server, write_servers, write_skills

PROGRAM = Path(sys.executable).with_name("reviewer")
SKILL = """---
name: minutes
description: Write the minutes of a meeting from notes. Use when the user gives notes of a meeting.
---

# Minutes

1. Name who was there, what was decided, and who does what until when.
2. Leave out how the decision came about.
3. Show the draft before you save it.
"""


def main() -> None:
    """Measure and print."""
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    _report("reviewer --help", ["--help"], runs=10, goal="0.25 s")
    with tempfile.TemporaryDirectory(prefix="reviewer-bench-") as scratch:
        skill = Path(scratch) / "minutes"
        skill.mkdir()
        (skill / "SKILL.md").write_text(SKILL, encoding="utf-8")
        _report("scan: a Skill without code", ["scan", str(skill), "--format", "json"], runs=5, goal="1 s")
        for language in ("python", "typescript"):
            folder = Path(scratch) / language
            lines = write_server(folder, language)
            _report(f"scan: a {language} server, {lines} lines", ["scan", str(folder), "--format", "json"], runs=3, goal="6 s")
        many, skills = Path(scratch) / "many", Path(scratch) / "skills"
        lines = write_servers(many, 7)
        _report(f"scan: a repository of 7 servers, {lines} lines", ["scan", str(many), "--format", "json"], runs=3, goal="8 s, 700 MB")
        write_skills(skills, 1000)
        _report("scan: a repository of 1000 Skills", ["scan", str(skills), "--format", "json"], runs=1, goal="60 s, 700 MB")


def _report(what: str, words: Sequence[str], *, runs: int, goal: str) -> None:
    seconds, peaks = zip(*(_measure(words) for _ in range(runs)), strict=True)
    peak = f"{max(peaks) / 1024:.0f} MB in the largest process"
    print(f"{what:<44} {statistics.median(seconds):6.2f} s  (median of {runs}, goal {goal})  {peak}", flush=True)


def _measure(words: Sequence[str]) -> tuple[float, int]:
    """Run once; give wall seconds and the greatest resident kilobytes that any one of its processes reached."""
    began = time.perf_counter()
    process = subprocess.Popen([str(PROGRAM), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max([peak, *map(_peak, _family(process.pid))])
        time.sleep(0.01)
    return time.perf_counter() - began, peak


def _family(root: int) -> set[int]:
    """Give the process and all that descend from it, as the kernel lists them now."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    family, grew = {root}, True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family, grew = family | more, bool(more)
    return family


def _peak(pid: int) -> int:
    """Give the most resident kilobytes that a process has had so far; 0 for one that is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
