"""Which MCP registry is configured, and one entry of it: a dump in files, or a server with the registry's interface.

``REVIEWER_MCP_REGISTRY`` names a file or folder (JSON or JSONL, one entry or lists of them), or an https address. There is no default:
nobody's name of a server is sent anywhere unasked.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from reviewer.acquire.declared.ask import ask_plan
from reviewer.acquire.declared.plan import Plan
from reviewer.acquire.limits import Limits
from reviewer.acquire.web import NothingThereError, Web, is_loopback
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError, UsageFault

__all__ = ["VARIABLE", "configured_registry", "find_in_registry"]

VARIABLE = "REVIEWER_MCP_REGISTRY"
PAGES = 50
"""How many pages of a list are asked for."""
_PAGE_SIZE = 100
_INTERFACES = ("v0.1", "v0")


def configured_registry(environment: Mapping[str, str] | None = None) -> str:
    """Give the path or address of the registry, empty if there is none.

    Raises:
        UsageFault: what is configured is neither a path nor an https address without user and query.
    """
    environment = os.environ if environment is None else environment
    text = environment.get(VARIABLE, "").strip()
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        allowed = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(text))
        plain = parts.hostname and "@" not in parts.netloc and not parts.query and not parts.fragment
    except ValueError:
        allowed = plain = False
    if not allowed or not plain:
        raise UsageFault(
            f"{VARIABLE} is no https address without user and query.", hint=f"Set {VARIABLE} to a file, a folder or https://host."
        )
    return text.rstrip("/")


def find_in_registry(name: str, version: str, limits: Limits) -> Plan:
    """Find an entry in the configured registry and plan what it leads to.

    Raises:
        UsageFault: no registry is configured.
        NotFetchedError: it has no such entry or version, or does not answer.
    """
    registry = configured_registry()
    if not registry:
        raise UsageFault(
            "No MCP registry is configured, so mcp: names nothing.",
            hint=f"Set {VARIABLE} to a dump (a JSON or JSONL file, or a folder of them) or to a registry's https address.",
        )
    plan = _on_the_web(registry, name, version, limits) if "://" in registry else _in_files(Path(registry), name, version, limits)
    if plan.fault:
        known = f" It has {', '.join(map(shown, plan.others))}." if plan.others else ""
        what = f"{shown(name)} at version {shown(version)}" if plan.others and version else shown(name)
        raise NotFetchedError(f"The MCP registry has no {what}.", hint=f"Check the name and {VARIABLE}.{known}")
    return plan


def _in_files(place: Path, name: str, version: str, limits: Limits) -> Plan:
    try:
        there = place.exists()
    except (OSError, ValueError):
        there = False
    if not there:
        raise NotFetchedError(f"There is no MCP registry at {shown(str(place))}", hint=f"Check {VARIABLE}.")
    return ask_plan("lookup", [place], limits, name=name, version=version)


def _on_the_web(registry: str, name: str, version: str, limits: Limits) -> Plan:
    web = Web(limits)
    bases = [registry] if registry.endswith(_INTERFACES) else [f"{registry}/{interface}" for interface in _INTERFACES]
    with tempfile.TemporaryDirectory(prefix="reviewer-mcp-") as folder:
        for base in bases:
            answer = _page(
                web, f"{base}/servers/{quote(name, safe='')}/versions/{quote(version or 'latest', safe='')}", Path(folder) / "entry"
            )
            if answer is not None:
                plan = ask_plan("lookup", [answer], limits, name=name, version=version)
                if not plan.fault:
                    return plan
        for base in bases:
            plan = _listed(web, base, name, version, Path(folder), limits)
            if not plan.fault or plan.others:
                return plan
    return Plan(fault="no such entry")


def _listed(web: Web, base: str, name: str, version: str, folder: Path, limits: Limits) -> Plan:
    """Search the list; the entry may stand on a later page."""
    files: list[Path] = []
    cursor = ""
    plan = Plan(fault="no such entry")
    for number in range(PAGES):
        after = f"&cursor={quote(cursor, safe='')}" if cursor else ""
        page = _page(web, f"{base}/servers?limit={_PAGE_SIZE}&search={quote(name, safe='')}{after}", folder / f"page-{number}")
        if page is None:
            break
        files.append(page)
        last, cursor = cursor, ask_plan("lookup", [page], limits, name=name, version=version).cursor
        if not cursor or cursor == last:
            break
    return ask_plan("lookup", files, limits, name=name, version=version) if files else plan


def _page(web: Web, url: str, into: Path) -> Path | None:
    try:
        answer = web.page(url, accept="application/json")
    except NothingThereError:
        return None
    into.write_bytes(answer.content)
    return into
