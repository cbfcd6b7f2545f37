"""``reviewer doctor``: what is installed, how far hostile bytes are cut off, what is about to expire."""

from __future__ import annotations

import platform
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

import click

from reviewer import __version__
from reviewer.cli.console import put, put_json
from reviewer.cli.desk import home_of, now, plain_or_json
from reviewer.cli.world import catalogue
from reviewer.errors import ReviewerError, UsageFault

if TYPE_CHECKING:
    from datetime import datetime

    from reviewer.review.home import Home

SOON_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at: fine or not, and what to do if not."""

    what: str
    says: str
    fine: bool = True
    remedy: str = ""


@click.command()
@plain_or_json
@click.pass_context
def command(context: click.Context, style: str) -> None:
    """Look at this installation and this desk. Changes nothing.

    Example: reviewer doctor
    """
    lines = [_python(), _git(), _semgrep(), _isolation(), _catalogue(), _registry(), *_desk(home_of(context), now()), _advisories()]
    if style == "json":
        put_json([{"what": line.what, "says": line.says, "fine": line.fine, "remedy": line.remedy} for line in lines])
        return
    for line in lines:
        mark = click.style("ok  ", fg="green") if line.fine else click.style("look", fg="yellow", bold=True)
        put(f"{mark}  {line.what:<12}  {line.says}" + (f"\n      {'':<12}  {line.remedy}" if line.remedy and not line.fine else ""))


def _python() -> Line:
    return Line(what="reviewer", says=f"{__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}")


def _git() -> Line:
    git = shutil.which("git")
    if git is None:
        return Line(what="git", says="not found", fine=False, remedy="install git; folders, archives and packages work without it")
    version = subprocess.run([git, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout.strip()  # noqa: S603  git's own version
    return Line(what="git", says=version)


def _semgrep() -> Line:
    try:
        return Line(what="semgrep", says=metadata.version("semgrep"))
    except metadata.PackageNotFoundError:
        return Line(what="semgrep", says="not found", fine=False, remedy="install it; until then every scan of code is incomplete")


def _isolation() -> Line:
    from reviewer.isolation import available  # noqa: PLC0415  --help does not need it
    from reviewer.model import Isolation  # noqa: PLC0415  the same

    level = available()
    weak = level is Isolation.RLIMITS
    return Line(what="isolation", says=level.value, fine=not weak, remedy="install bubblewrap, or use a Linux kernel with Landlock")


def _catalogue() -> Line:
    from checks.loader import catalogue_digest  # noqa: PLC0415  --help does not need it

    try:
        checks = catalogue()
    except UsageFault as error:
        return Line(what="checks", says=error.message, fine=False, remedy=error.hint)
    return Line(what="checks", says=f"{len(checks)}, catalogue {catalogue_digest(checks)[:16]}")


def _registry() -> Line:
    from pathlib import Path  # noqa: PLC0415  needed only here

    from reviewer.acquire.mcp_registry import VARIABLE, configured_registry  # noqa: PLC0415  --help does not need it

    try:
        registry = configured_registry()
    except UsageFault as error:
        return Line(what="MCP registry", says=error.message, fine=False, remedy=error.hint)
    if not registry:
        return Line(what="MCP registry", says=f"none; {VARIABLE} (a dump or an https address) makes mcp:namespace/name work")
    missing = "://" not in registry and not Path(registry).exists()
    return Line(what="MCP registry", says=registry, fine=not missing, remedy=f"there is nothing there: check {VARIABLE}")


def _advisories() -> Line:
    return Line(what="advisories", says="none: known vulnerabilities are unknown in this version, not absent")


def _desk(home: Home, moment: datetime) -> list[Line]:
    try:
        store = home.store()
    except UsageFault:
        return [Line(what="desk", says=f"none at {home.path}", fine=False, remedy="`reviewer init` makes one; `scan` needs none")]
    except ReviewerError as error:
        return [Line(what="desk", says=error.message, fine=False, remedy=error.hint)]
    from reviewer.review.state import fold  # noqa: PLC0415  --help does not need it

    try:
        with store.reading() as transaction:
            events = list(transaction.events())
        desk = fold(events)
    except ReviewerError as error:
        return [Line(what="desk", says=error.message, fine=False, remedy=error.hint)]
    reviewers = [member.name for member in desk.people.values() if "reviewer" in member.roles and member.keys and not member.removed]
    lines = [
        Line(what="desk", says=f"{desk.organization} at {home.path}: {len(desk.requests)} requests, {len(desk.entries)} entries"),
        Line(
            what="people",
            says=f"{len(reviewers)} can approve: {', '.join(reviewers) or 'nobody'}",
            fine=len(reviewers) > 1,
            remedy="two people with keys are needed for what is above `restrict`: `reviewer people add`",
        ),
        _root(home, moment),
    ]
    published = [event for event in events if event.kind == "publication.completed"]
    return [*lines, _published(published[-1].body, published[-1].at, moment)] if published else lines


def _root(home: Home, moment: datetime) -> Line:
    try:
        expires = home.trusted_root().expires
    except ReviewerError as error:
        return Line(what="root", says=error.message, fine=False, remedy=error.hint)
    days = (expires - moment).days
    return Line(what="root", says=f"{home.root}, until {expires.date()}", fine=days > 60, remedy="the root of trust expires soon")  # noqa: PLR2004  two months to plan a new one


def _published(body: object, at: str, moment: datetime) -> Line:
    from datetime import datetime as moment_type  # noqa: PLC0415  the type is needed here only

    facts = dict(body) if isinstance(body, dict) else {}
    made, expires = moment_type.fromisoformat(at), moment_type.fromisoformat(str(facts["expires"]))
    fine = moment < made + (expires - made) * SOON_SHARE
    says = f"serial {facts['serial']} with {facts['entries']} entries, until {expires.date()}"
    return Line(what="list", says=says, fine=fine, remedy="more than half of its life is over: `reviewer publish`")
