"""An entry of an MCP registry (``server.json``, schemas 2025-07-09 to 2025-12-11 and their successors): packages and remotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from checks.model import Unreadable
from reviewer.acquire.declared.configuration import REMOTE_PAGE
from reviewer.acquire.declared.documents import at, read_document
from reviewer.acquire.declared.plan import Means, Page, Plan, Wanted
from reviewer.acquire.declared.redaction import has_secret, masked_url, steering
from reviewer.acquire.declared.starts import read_start
from reviewer.model import Origin

__all__ = ["ENTRY_PAGE", "PACKAGE_PAGE", "first", "is_entry", "official", "plan_of", "read_entry"]

ENTRY_PAGE = "server.json"
PACKAGE_PAGE = "declared.json"
ITEMS = 100
"""How many packages, and how many remotes, of one entry are read; published ones have at most some ten."""

_OFFICIAL = "io.modelcontextprotocol.registry/official"
_RUNNERS = {"npm": "npx", "pypi": "uvx"}
_EXACT = re.compile(r"[0-9][0-9A-Za-z.+_-]{0,100}")


def read_entry(text: str) -> Plan:
    """Read the file of one entry, which may be wrapped as a registry answers it."""
    document = read_document(ENTRY_PAGE, text)
    page = Page(path=ENTRY_PAGE, text=text)
    rows = tuple(Unreadable(path=ENTRY_PAGE, reason=fault, gate=True) for fault in document.faults)
    if not is_entry(unwrapped(document.value)):
        reason = "it is no entry of an MCP registry: it has no name with packages or remotes"
        return Plan(name="server", pages=(page,), unreadable=(*rows, Unreadable(path=ENTRY_PAGE, reason=reason, gate=True)))
    plan = plan_of(document.mapping)
    return Plan(name=plan.name, version=plan.version, pages=(page,), wanted=plan.wanted, unreadable=(*rows, *plan.unreadable))


def unwrapped(value: object) -> Mapping[str, Any]:
    """Give the entry itself: registries wrap it as ``{server, _meta}``."""
    inner = value.get("server") if isinstance(value, dict) else None
    entry = inner if isinstance(inner, dict) and isinstance(inner.get("name"), str) else value
    return entry if isinstance(entry, dict) else {}


def is_entry(entry: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is an entry."""
    return isinstance(entry.get("name"), str) and any(isinstance(entry.get(key), list) for key in ("packages", "remotes"))


def first(mapping: Mapping[str, Any], *keys: str) -> str:
    """Give the first of some fields that is a text; older schemas write them otherwise."""
    return next((mapping[key] for key in keys if isinstance(mapping.get(key), str)), "")


def official(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what the registry itself says of an entry."""
    for holder in (answer, unwrapped(answer)):
        meta = holder.get("_meta")
        said = meta.get(_OFFICIAL) if isinstance(meta, dict) else None
        if isinstance(said, dict):
            return said
    return {}


def version_of(entry: Mapping[str, Any]) -> str:
    """Give the version of an entry, empty if it has none."""
    detail = entry.get("version_detail")
    return first(entry, "version") or (first(detail, "version") if isinstance(detail, dict) else "")


def plan_of(answer: Mapping[str, Any]) -> Plan:
    """Plan what an entry leads to. ``answer`` may be wrapped."""
    entry = unwrapped(answer)
    rows = []
    if entry is not answer and is_entry(answer):
        reason = "it is an entry itself and holds another one under «server»: programs differ in which they take"
        rows.append(Unreadable(path=ENTRY_PAGE, reason=reason, gate=True))
    status = first(official(answer), "status") or first(entry, "status")
    if status and status != "active":
        rows.append(Unreadable(path=ENTRY_PAGE, reason=f"the registry says that this entry is {status[:40]}", gate=True))
    wanted: list[Wanted] = []
    for key, read in (("packages", _package), ("remotes", _remote)):
        listed = entry.get(key)
        items = listed if isinstance(listed, list) else []
        if len(items) > ITEMS:
            rows.append(Unreadable(path=ENTRY_PAGE, reason=f"more than {ITEMS} {key}: the others are not read", gate=True))
        for item in items[:ITEMS]:
            if isinstance(item, dict):
                wanted.append(read(item))
            else:
                rows.append(Unreadable(path=ENTRY_PAGE, reason=f"one of its {key} is no mapping and was not read", gate=True))
    if not wanted:
        rows.append(Unreadable(path=ENTRY_PAGE, reason="it names neither a package nor a remote server", gate=True))
    return Plan(name=first(entry, "name")[:200], version=version_of(entry)[:100] or None, wanted=tuple(wanted), unreadable=tuple(rows))


def _package(package: Mapping[str, Any]) -> Wanted:
    kind = first(package, "registryType", "registry_type", "registry_name").lower()
    identifier = first(package, "identifier", "name")
    version = first(package, "version")
    sha256 = first(package, "fileSha256", "file_sha256").lower()
    means, address, notes = _fetched_by(kind, identifier, version, sha256)
    return Wanted(
        name=_short(identifier) or kind or "package",
        origin=Origin.PACKAGE,
        means=means,
        address=address,
        sha256=sha256,
        registry=first(package, "registryBaseUrl", "registry_base_url") if kind in {"npm", "pypi"} else "",
        pages=(Page(path=PACKAGE_PAGE, text=json.dumps(package, indent=1, sort_keys=True) + "\n"),),
        notes=(*notes, *_started_by(package, kind, address)),
    )


def _started_by(package: Mapping[str, Any], kind: str, address: str) -> Iterator[tuple[str, bool]]:
    """Tell where the entry's own arguments for the runner, or variables that it sets, make it start something else than the package."""
    words = [word for key in ("runtimeArguments", "runtime_arguments") for word in _words(package.get(key))]
    runner = first(package, "runtimeHint", "runtime_hint") or _RUNNERS.get(kind, "")
    if words and kind in _RUNNERS:
        start = read_start([runner, *words, address.partition(":")[2]])
        yield from (note for note in start.notes if note[1])
        if start.address != address:
            yield f"its entry starts it by {' '.join([runner, *words])[:200]}, which leads to something else", True
        if start.registry:
            yield f"its entry starts it from the registry {start.registry[:200]}, which was not asked", True
    variables = package.get("environmentVariables", package.get("environment_variables"))
    named = [each for each in variables if isinstance(each, dict)] if isinstance(variables, list) else []
    steered = steering(first(each, "name") for each in named if first(each, "value", "default"))
    if steered:
        yield f"its entry sets {', '.join(steered)[:200]}, which can decide what code runs", True


def _words(arguments: object) -> Iterator[str]:
    """Give arguments as a client writes them: a named one's name and value, a positional one's value."""
    for each in arguments[:ITEMS] if isinstance(arguments, list) else ():
        if isinstance(each, dict):
            name, value = first(each, "name"), first(each, "value", "default")
            yield from (word for word in (name if name.startswith("-") else "", value) if word)


def _short(identifier: str) -> str:
    plain = identifier.partition("?")[0].rstrip("/")
    return plain.rpartition("/")[2] if "://" in plain else plain


def _fetched_by(kind: str, identifier: str, version: str, sha256: str) -> tuple[Means, str, tuple[tuple[str, bool], ...]]:
    if kind in {"npm", "pypi"} and identifier:
        sign = "@" if kind == "npm" else "=="
        if _EXACT.fullmatch(version):
            return Means.SOURCE, f"{kind}:{identifier}{sign}{version}", ()
        note = f"its entry names no exact version ({version[:60] or 'none'}): what is read here is the one that is published now"
        return Means.SOURCE, f"{kind}:{identifier}", ((note, True),)
    if kind == "mcpb" and identifier:
        missing = (("the entry gives no fileSha256 for this bundle, so nobody can tell whether it is what was published", True),)
        return Means.ARCHIVE, identifier, () if sha256 else missing
    what = f"{kind or 'a package of no kind'} {identifier[:200]}" + (f" {version[:60]}" if version else "")
    return Means.NOTHING, "", ((f"{what}: packages of this kind are not fetched by this version, so it was not read", True),)


def _remote(remote: Mapping[str, Any]) -> Wanted:
    url = first(remote, "url")
    transport = first(remote, "type", "transport_type", "transportType")
    declaration: dict[str, Any] = {"url": masked_url(url) if "://" in url else url, "type": transport}
    headers = sorted(_names(remote, "headers"))
    if headers:
        declaration["headers"] = dict.fromkeys(headers, "")
    variables = remote.get("variables")
    if isinstance(variables, dict):
        declaration["variables"] = sorted(map(str, variables))[:ITEMS]
    notes = (("the address in the entry holds what looks like a secret", True),) if "://" in url and has_secret(url) else ()
    page = Page(path=REMOTE_PAGE, text=json.dumps(declaration, indent=1, sort_keys=True) + "\n")
    return Wanted(
        name=url.partition("://")[2].partition("/")[0] or "remote",
        origin=Origin.REMOTE,
        means=Means.NOTHING,
        address=declaration["url"],
        pages=(page,),
        notes=notes,
    )


def _names(remote: Mapping[str, Any], key: str) -> Iterator[str]:
    for found in at(remote, key):
        if isinstance(found, dict):
            yield from map(str, found)
        elif isinstance(found, list):
            yield from (item["name"] for item in found if isinstance(item, dict) and isinstance(item.get("name"), str))
