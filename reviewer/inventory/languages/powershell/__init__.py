"""Reads PowerShell scripts, and PowerShell commands wherever they stand: ``powershell -Command …``, hooks, strings of code."""

from __future__ import annotations

from collections.abc import Mapping

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger, Unreadable
from reviewer.inventory.languages.interface import Extraction

__all__ = ["READS", "extract", "read_command"]

READS = frozenset({"powershell"})

#: Share of a script that may be no PowerShell before it counts as unread; the grammar stumbles over correct scripts too.
DOUBT = 0.3


def extract(files: Mapping[str, str]) -> Extraction:
    """Read scripts (path to text). A script registers no tools; its capabilities are merged by script."""
    if not files:
        return Extraction()
    from reviewer.inventory.languages.callgraph import merge  # noqa: PLC0415  only where there is PowerShell
    from reviewer.inventory.languages.powershell.meaning import capabilities, uses  # noqa: PLC0415  as above
    from reviewer.inventory.languages.powershell.reading import ContortedError, Script, read_script  # noqa: PLC0415  as above

    scripts: dict[str, Script] = {}
    unreadable: list[Unreadable] = []
    for path in files:
        try:
            scripts[path] = read_script(files[path])
        except (ContortedError, RecursionError, MemoryError) as error:
            unreadable.append(Unreadable(path=path, reason=str(error) or "too deep a nest for PowerShell", gate=True))
            continue
        if scripts[path].doubt > DOUBT:
            unreadable.append(Unreadable(path=path, reason="mostly not understood as PowerShell", gate=True))
    own = frozenset(name for script in scripts.values() for name in script.functions)
    found: list[Capability] = []
    for path, script in scripts.items():
        every = uses(script, path, own=own)
        found.extend(merge(capabilities(every, first_line=1, trigger=Trigger.MODEL, certainty=Certainty.PRESENT)))
    return Extraction(capabilities=tuple(found), unreadable=tuple(unreadable))


def read_command(
    text: str, *, at: Location, trigger: Trigger = Trigger.MODEL, certainty: Certainty = Certainty.PRESENT
) -> tuple[Capability, ...]:
    """Give what a command, or several lines of them, can do.

    ``at`` is where the first line stands. What is beyond a limit, or mostly no PowerShell, can do anything.
    """
    from reviewer.inventory.languages.callgraph import merge  # noqa: PLC0415  only where there is PowerShell
    from reviewer.inventory.languages.powershell.meaning import capabilities, uses  # noqa: PLC0415  as above
    from reviewer.inventory.languages.powershell.reading import ContortedError, read_script  # noqa: PLC0415  as above

    anything = Capability(id=CapabilityId.PROC_EXEC, scope=Scope.ANY, trigger=trigger, certainty=Certainty.POSSIBLE, evidence=(at,))
    try:
        script = read_script(text)
    except (ContortedError, RecursionError, MemoryError):
        return (anything,)
    found = capabilities(uses(script, at.path), first_line=max(at.line, 1), trigger=trigger, certainty=certainty)
    return merge((*found, *([anything] if script.doubt > DOUBT else [])))
