"""Reads shell scripts, and shell commands wherever they stand: hooks, lifecycle scripts, fences of Markdown, strings of code."""

from __future__ import annotations

from collections.abc import Mapping

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger, Unreadable
from checks.text import portions
from reviewer.inventory.languages.callgraph import merge
from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.languages.shell.meaning import capabilities, uses
from reviewer.inventory.languages.shell.reading import Command, ContortedError, read_script

__all__ = ["READS", "Command", "commands", "extract", "read_command"]

READS = frozenset({"shell"})

#: Share of a script that may be no shell before it counts as unread; the grammar stumbles over correct scripts too.
DOUBT = 0.3
#: How many characters and lines of a script are parsed at once; what a longer one sets in one part is unknown in the next.
PART, PART_LINES = 300_000, 10_000


def extract(files: Mapping[str, str]) -> Extraction:
    """Read scripts (path to text). A script registers no tools; its capabilities are merged by script."""
    found: list[Capability] = []
    unreadable: list[Unreadable] = []
    for path, text in files.items():
        parts = list(portions(text, length=PART, lines=PART_LINES))
        try:
            scripts = [(first, read_script(part)) for first, part in parts]
        except ContortedError as error:
            unreadable.append(Unreadable(path=path, reason=str(error), gate=True))
            continue
        able = [
            capability
            for first, script in scripts
            for capability in capabilities(uses(script, path), first_line=first, trigger=Trigger.MODEL, certainty=Certainty.PRESENT)
        ]
        found.extend(merge(able))
        if max(script.doubt for _, script in scripts) > DOUBT:
            unreadable.append(Unreadable(path=path, reason="mostly not understood as shell", gate=True))
    return Extraction(capabilities=tuple(found), unreadable=tuple(unreadable))


def read_command(
    text: str, *, at: Location, trigger: Trigger = Trigger.MODEL, certainty: Certainty = Certainty.PRESENT
) -> tuple[Capability, ...]:
    """Give what a command, or several lines of them, can do.

    ``at`` is where the first line stands. What is beyond a limit can do anything.
    """
    try:
        script = read_script(text)
    except ContortedError:
        return (Capability(id=CapabilityId.PROC_EXEC, scope=Scope.ANY, trigger=trigger, certainty=Certainty.POSSIBLE, evidence=(at,)),)
    return merge(capabilities(uses(script, at.path), first_line=max(at.line, 1), trigger=trigger, certainty=certainty))


def commands(text: str) -> tuple[Command, ...]:
    """Give the commands of a shell text, in order; none beyond a limit."""
    try:
        return read_script(text).commands
    except ContortedError:
        return ()
