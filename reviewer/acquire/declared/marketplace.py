"""A marketplace of plugins (``marketplace.json``): where each plugin lies, and whether that is pinned."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from checks.model import Unreadable
from reviewer.acquire.declared.documents import read_document
from reviewer.acquire.declared.entry import first
from reviewer.acquire.declared.plan import Means, Page, Plan, Wanted
from reviewer.model import Origin

__all__ = ["MARKETPLACE_PAGE", "read_marketplace"]

MARKETPLACE_PAGE = ".claude-plugin/marketplace.json"
PLUGIN_PAGE = "declared.json"
PLUGINS = 2_000
"""How many entries are read, as inventory does; the largest published one has some hundreds."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SSH = re.compile(r"(?:ssh://)?git@([A-Za-z0-9][A-Za-z0-9.-]*)[:/]([\w./-]+?)")
_Place = tuple[Means, str, str, tuple[tuple[str, bool], ...]]


def read_marketplace(text: str, path: str = MARKETPLACE_PAGE) -> Plan:
    """Read a marketplace. ``path`` is where it is kept in the snapshot."""
    document = read_document("marketplace.json", text)
    rows = [Unreadable(path=path, reason=fault, gate=True) for fault in document.faults]
    content = document.mapping
    listed = content.get("plugins")
    if not isinstance(listed, list):
        rows.append(Unreadable(path=path, reason="it is no marketplace: it lists no plugins", gate=True))
        listed = []
    if len(listed) > PLUGINS:
        rows.append(Unreadable(path=path, reason=f"more than {PLUGINS} plugins: the others are not read", gate=True))
    metadata = content.get("metadata")
    prefix = first(metadata, "pluginRoot") if isinstance(metadata, dict) else ""
    wanted = []
    for entry in listed[:PLUGINS]:
        if isinstance(entry, dict):
            wanted.append(_plugin(entry, prefix))
        else:
            rows.append(Unreadable(path=path, reason="one of its plugins is no mapping and was not read", gate=True))
    name = first(content, "name")[:100] or "marketplace"
    return Plan(name=name, pages=(Page(path=path, text=text),), wanted=tuple(wanted), unreadable=tuple(rows))


def _plugin(entry: Mapping[str, Any], prefix: str) -> Wanted:
    source = entry.get("source")
    commit = sha256 = registry = ""
    if isinstance(source, str):
        means, address, notes = _local(source, prefix)
    elif isinstance(source, dict):
        means, address, commit, notes = _elsewhere(source)
        sha256, registry = first(source, "sha256").lower(), first(source, "registry")
    else:
        means, address, notes = Means.NOTHING, "", (("the marketplace does not say where it lies", True),)
    return Wanted(
        name=first(entry, "name")[:100] or "unnamed",
        origin=Origin.PLUGIN,
        means=means,
        address=address,
        sha256=sha256,
        commit=commit,
        registry=registry,
        pages=(Page(path=PLUGIN_PAGE, text=json.dumps(entry, indent=1, sort_keys=True) + "\n"),),
        notes=notes,
    )


def _local(source: str, prefix: str) -> tuple[Means, str, tuple[tuple[str, bool], ...]]:
    path = posixpath.normpath(posixpath.join(prefix, source))
    if (
        "\\" in source
        or "\0" in source
        or source.startswith(("/", "~"))
        or path.startswith(("../", "/"))
        or path == ".."
        or "://" in source
    ):
        return Means.NOTHING, "", ((f"its source leads out of the marketplace: {source[:200]}", True),)
    return Means.LOCAL, "" if path == "." else path, ()


def _elsewhere(source: Mapping[str, Any]) -> _Place:
    kind = first(source, "source", "type")
    commit = first(source, "sha", "commit").lower()
    if kind in {"github", "url", "git", "git-subdir"}:
        return _repository(source, commit)
    if kind == "npm" and first(source, "package"):
        version = first(source, "version")
        note = (
            (f"its version is not pinned ({version[:40] or 'none is given'}): what is read here is the one that is published now", True),
        )
        pinned = re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*", version) is not None
        return Means.SOURCE, f"npm:{first(source, 'package')}" + (f"@{version}" if pinned else ""), "", () if pinned else note
    if kind in {"archive", "zip"} and first(source, "url"):
        missing = (("the marketplace gives no sha256 for this archive, so another download may bring other bytes", True),)
        return Means.ARCHIVE, first(source, "url"), "", () if first(source, "sha256") else missing
    return Means.NOTHING, "", "", ((f"its source is of the kind {kind[:40] or '(none)'}, which this version does not fetch", True),)


def _repository(source: Mapping[str, Any], commit: str) -> _Place:
    ref = first(source, "ref")
    url, notes = _git_url(first(source, "url") or first(source, "repo"))
    if not url:
        return Means.NOTHING, "", "", ((f"its repository cannot be read from here: {first(source, 'url', 'repo')[:200]}", True),)
    if commit and not _COMMIT.fullmatch(commit):
        notes = (*notes, (f"its sha is no full commit id: {commit[:80]}", True))
        commit = ""
    if not commit and not _COMMIT.fullmatch(ref):
        what = f"only the ref {ref[:80]} is named" if ref else "no commit is named"
        notes = (*notes, (f"it is not pinned: {what}, so what is read here is what it holds now", False))
    wanted = commit or ref
    path = first(source, "path").strip().removeprefix("./").strip("/")
    inner = f"#subdirectory={path}" if path and path != "." else ""
    return Means.SOURCE, f"git+{url}" + (f"@{wanted}" if wanted else "") + inner, commit, notes


def _git_url(text: str) -> tuple[str, tuple[tuple[str, bool], ...]]:
    if re.fullmatch(r"[A-Za-z0-9][\w-]{0,38}/[\w.-]{1,100}", text):
        return f"https://github.com/{text}", ()
    if text.startswith("https://"):
        return text, ()
    match = _SSH.fullmatch(text)
    if match:
        return f"https://{match[1]}/{match[2]}", (("its address is for ssh; the same repository was read over https", False),)
    return "", ()
