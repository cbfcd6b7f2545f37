"""From a dossier and a person's words to what a line of the list says: subject, conditions, pinned commands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from allowlist.exports.pins import command_fault
from allowlist.model import Conditions, Subject
from checks.model import TargetKind, ToolKind
from reviewer.errors import Refused, UsageFault
from reviewer.model import Dossier, PublishedPackage

DAYS = re.compile(r"([1-9][0-9]{0,4})d")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"({_LABEL}(\.{_LABEL})*|\*\.{_LABEL}(\.{_LABEL})+)(:[0-9]{{1,5}})?")
LONGEST_HOST = 259  # 253 signs of a name (RFC 1035), a colon and a port
PORTS = range(1, 65_536)
STARTABLE = frozenset({TargetKind.MCP_SERVER, TargetKind.BUNDLE, TargetKind.PLUGIN, TargetKind.COLLECTION})


def subject_of(dossier: Dossier) -> Subject:
    """Name what was read: digests, coordinates, and the exact commands that start these bytes and no others."""
    snapshot, target = dossier.snapshot, dossier.target
    package = snapshot.package
    startable = package is not None and target.kind in STARTABLE and bool(target.tools)
    return Subject(
        name=target.name,
        kind=target.kind.value,
        source=snapshot.source,
        digests=dict(snapshot.digests),
        version=target.version or snapshot.version,
        purl=package.purl if package else None,
        launches=pinned_commands(package, target.programs) if package and startable else (),
        tools=tuple(sorted({tool.name for tool in target.tools if tool.kind is ToolKind.TOOL and not tool.dynamic})),
    )


def pinned_commands(package: PublishedPackage, programs: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Give the argument vectors that start this version of a package through ``npx`` or ``uvx``, and surely nothing else.

    A program of the package's own name needs no selection; any other is selected by name. A package without programs has none.
    Programs are named by the submission: one whose name is an option, a variable or another package gives no command.
    """
    commands = _npm_commands(package, programs) if package.ecosystem == "npm" else _python_commands(package, programs)
    return tuple(command for command in dict.fromkeys(commands) if command_fault(command) is None)


def _python_commands(package: PublishedPackage, programs: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    pinned = f"{package.name}=={package.version}"
    commands: list[tuple[str, ...]] = []
    for program in programs:
        if program == package.name:
            commands += [("uvx", pinned), ("uvx", f"{package.name}@{package.version}")]
        commands.append(("uvx", "--from", pinned, program))
    return tuple(commands)


def _npm_commands(package: PublishedPackage, programs: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    pinned = f"{package.name}@{package.version}"
    own = package.name.rpartition("/")[2]
    commands: list[tuple[str, ...]] = []
    if own in programs or len(programs) == 1:
        commands.append(("npx", "-y", pinned))
    commands += [("npx", "-y", "--package", pinned, program) for program in programs if program != own]
    return tuple(commands)


def expiry(text: str | None, *, now: datetime, longest_days: int) -> datetime:
    """Read ``180d`` or an ISO date as a moment (UTC midnight, so that two people on one day mean the same).

    Raises:
        UsageFault: neither form, or not in the future.
        Refused: later than the policy's longest life.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    latest = today + timedelta(days=longest_days)
    if text is None:
        return latest
    moment = _moment(text, today)
    if moment <= now:
        raise UsageFault(f"--expires {text!r} is not in the future", hint="give a number of days such as 180d, or a later date")
    if moment > latest:
        raise Refused(
            f"--expires {text} is beyond the policy's longest life of {longest_days} days for this recommendation",
            hint=f"give {longest_days}d or less",
        )
    return moment


def _moment(text: str, today: datetime) -> datetime:
    if days := DAYS.fullmatch(text):
        return today + timedelta(days=int(days[1]))
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageFault(f"--expires {text!r} is neither a number of days nor a date", hint="write 180d or 2027-05-31") from None


def conditions_of(dossier: Dossier, *, teams: Sequence[str], tools: Sequence[str], hosts: Sequence[str], expires: datetime) -> Conditions:
    """Check what narrows an approval against what was read.

    Raises:
        UsageFault: a tool that the submission does not have, or a host that is none.
    """
    known = {tool.name for tool in dossier.target.tools}
    if strangers := sorted(set(tools) - known):
        some = ", ".join(sorted(known)[:8]) or "none"
        raise UsageFault(f"{dossier.target.name} has no tool named {', '.join(strangers)}", hint=f"its tools: {some}")
    for host in hosts:
        if not (HOST.fullmatch(host) and len(host) <= LONGEST_HOST and int(host.partition(":")[2] or 1) in PORTS):
            raise UsageFault(f"{host!r} is not a host name", hint="write api.acme.example, without scheme or path")
    return Conditions(
        teams=tuple(sorted(set(teams))), expires=expires, tools=tuple(sorted(set(tools))), hosts=tuple(sorted({h.lower() for h in hosts}))
    )
