"""``claude-code``: ``managed-settings.json`` that lets Claude Code start approved MCP servers and no others.

Each server is recognised by its exact command (version pinned) or its address, never by a name, which anybody can give to
anything. Source: the vendor's documentation of managed MCP settings, as of 2026-08; ``schemas/README.md`` says what is checked.
From 2.1.259 on, servers that the organisation itself provides are not held to ``allowedMcpServers``: what was revoked is
therefore denied, and not merely no longer allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from allowlist.errors import Unexportable
from allowlist.exports.interface import Drawing, Export, Selection, pretty
from allowlist.exports.pins import command_fault, for_windows, url_fault, words_fault
from allowlist.model import Entry, Subject

FILE = "managed-settings.json"

_NOTHING_TO_MATCH = (
    "{kind} without a command or address: Claude Code compares commands and addresses, not files; "
    "deliver the folder itself, from a source that you control"
)

_Matcher = dict[str, object]


def draw(selection: Selection) -> Drawing:
    """Write the settings; entries without command or address, such as Skills, are left out and named.

    Raises:
        Unexportable: a command that is not pinned, or an address that is a pattern.
    """
    matchers: dict[str, tuple[object, ...]] = {}
    left_out: dict[str, str] = {}
    allowed: list[_Matcher] = []
    for entry in selection.entries:
        own = _allow(entry)
        if own:
            matchers[entry.id] = tuple(own)
            allowed += [matcher for matcher in own if matcher not in allowed]
        else:
            left_out[entry.id] = _NOTHING_TO_MATCH.format(kind=entry.subject.kind)
    denied, not_denied, deny = _denials(selection, allowed)
    settings = {"allowManagedMcpServersOnly": True, "allowedMcpServers": allowed, "deniedMcpServers": deny}
    return Drawing(files={FILE: pretty(settings)}, matchers=matchers, left_out=left_out, denied=denied, not_denied=not_denied)


def _allow(entry: Entry) -> list[_Matcher]:
    for launch in entry.subject.launches:
        if fault := command_fault(launch):
            raise Unexportable(f"{entry.id} ({entry.subject.name}): {fault}")
    if entry.subject.url is not None and (fault := url_fault(entry.subject.url)):
        raise Unexportable(f"{entry.id} ({entry.subject.name}): {fault}")
    return _matchers(entry.subject)


def _matchers(subject: Subject) -> list[_Matcher]:
    found: list[_Matcher] = []
    for launch in subject.launches:
        for words in (launch, for_windows(launch)):
            if words is not None:
                found.append({"serverCommand": list(words)})  # noqa: PERF401  two loops and a test read better than one line
    if subject.url is not None:
        found.append({"serverUrl": _with_path(subject.url)})
    return [matcher for index, matcher in enumerate(found) if matcher not in found[:index]]


def _with_path(url: str) -> str:
    """Give an address a path: one without is a pattern for every path of its host."""
    parts = urlsplit(url)
    return url if parts.path else parts._replace(path="/").geturl()


def _denials(selection: Selection, allowed: Sequence[_Matcher]) -> tuple[dict[str, tuple[object, ...]], dict[str, str], list[_Matcher]]:
    denied: dict[str, tuple[object, ...]] = {}
    not_denied: dict[str, str] = {}
    every: list[_Matcher] = []
    for revocation in selection.allowlist.revocations:
        subject, fault = _deniable(revocation.subject)
        own = [matcher for matcher in _matchers(subject) if matcher not in allowed]
        every += [matcher for matcher in own if matcher not in every]
        if own:
            denied[revocation.entry] = tuple(own)
        if fault or not own:
            not_denied[revocation.entry] = fault or _why_nothing(subject)
    return denied, not_denied, every


def _deniable(subject: Subject) -> tuple[Subject, str]:
    """Leave out what the client would not read: it drops a bad denial silently, and would then start what was revoked."""
    faults = {launch: words_fault(launch) for launch in subject.launches}
    url = url_fault(subject.url) if subject.url is not None else None
    readable = replace(
        subject,
        launches=tuple(launch for launch in subject.launches if faults[launch] is None),
        url=None if url else subject.url,
    )
    return readable, "; ".join(fault for fault in (*faults.values(), url) if fault)


def _why_nothing(subject: Subject) -> str:
    if subject.launches or subject.url:
        return "the same command or address was approved anew and stands among the allowed"
    return f"a {subject.kind} without a command or address, which Claude Code cannot recognise"


EXPORT = Export(
    format="claude-code",
    client="Claude Code",
    min_version="2.1.259",
    cannot_express=("tools", "hosts", "arguments"),
    render=draw,
)
