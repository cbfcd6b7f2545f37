"""What an export is: it draws the entries that hold now in one client's form, and says what that client cannot hold to.

A module of this folder with an ``EXPORT`` is an export; its name, with ``-`` for ``_``, is the format's. The drawing is the
module's; choosing the entries, refusing losses and writing ``coverage.json`` are done here, once for all formats.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from allowlist.canonical import moment_text
from allowlist.errors import LossError, NotWritten, Unexportable
from allowlist.memory import replace_file
from allowlist.model import Allowlist, Entry

COVERAGE = "coverage.json"
NARROWINGS = ("tools", "hosts", "arguments")
"""Conditions that narrow what an approved subject may do. A format that cannot express one of them loses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """For whom, and when: entries of this team (None: of all teams) that hold at ``now``."""

    team: str | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an export draws: the entries that hold now for the tenant, out of a verified list."""

    allowlist: Allowlist
    entries: tuple[Entry, ...]
    tenant: Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What an export drew: files by path, per entry by which matchers it is recognised, and what was left out and why.

    ``denied`` and ``not_denied`` say the same of revocations, by the id of the entry that was revoked.
    """

    files: Mapping[str, bytes]
    matchers: Mapping[str, tuple[object, ...]]
    left_out: Mapping[str, str] = field(default_factory=dict)
    denied: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    not_denied: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One format: who reads it, from which version on it means what we say, and which narrowings it cannot express.

    ``render`` raises Unexportable for an entry that the client would read as something else.
    """

    format: str
    client: str
    min_version: str | None
    cannot_express: tuple[str, ...]
    render: Callable[[Selection], Drawing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What is to be written: files by path (``coverage.json`` among them), which entries they allow, and which were left out and why."""

    format: str
    files: Mapping[str, bytes]
    exported: tuple[str, ...]
    left_out: Mapping[str, str]
    losses: Mapping[str, tuple[str, ...]]


def formats() -> dict[str, Export]:
    """Give every export by its format, in alphabetical order."""
    found = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        export = getattr(importlib.import_module(f"allowlist.exports.{module.name}"), "EXPORT", None)
        if isinstance(export, Export):
            found[export.format] = export
    return dict(sorted(found.items()))


def render(name: str, allowlist: Allowlist, tenant: Tenant, accept_loss: frozenset[str] = frozenset()) -> Rendered:
    """Draw a verified list in a client's form. Expired and revoked entries are never drawn.

    Raises:
        LossError: the client would allow more than was approved, and that kind of loss is not accepted.
        Unexportable: no such format, or an entry that the client would read as something else.
    """
    export = formats().get(name)
    if export is None:
        raise Unexportable(f"there is no export format {name!r}; known are {', '.join(formats())}")
    selection = Selection(allowlist=allowlist, entries=holding(allowlist, tenant), tenant=tenant)
    drawing = export.render(selection)
    drawn = tuple(entry for entry in selection.entries if entry.id in drawing.matchers)
    losses = {entry.id: lost for entry in drawn if (lost := _lost(entry, export))}
    _refuse_loss(export, losses, accept_loss)
    coverage = _coverage(export, selection, drawing, losses)
    return Rendered(
        format=name,
        files={**drawing.files, COVERAGE: pretty(coverage)},
        exported=tuple(entry.id for entry in drawn),
        left_out=dict(drawing.left_out),
        losses=losses,
    )


def holding(allowlist: Allowlist, tenant: Tenant) -> tuple[Entry, ...]:
    """Give the entries that hold for the tenant now: neither expired nor revoked, and for the tenant's team."""
    revoked = {revocation.entry for revocation in allowlist.revocations}
    return tuple(
        entry
        for entry in allowlist.entries
        if entry.id not in revoked
        and tenant.now < entry.conditions.expires
        and (tenant.team is None or tenant.team in entry.conditions.teams)
    )


def _lost(entry: Entry, export: Export) -> tuple[str, ...]:
    narrowed = {"tools": entry.conditions.tools, "hosts": entry.conditions.hosts, "arguments": entry.conditions.arguments}
    return tuple(kind for kind in NARROWINGS if kind in export.cannot_express and narrowed[kind])


def _refuse_loss(export: Export, losses: Mapping[str, tuple[str, ...]], accepted: frozenset[str]) -> None:
    refused = {kind for kinds in losses.values() for kind in kinds} - accepted
    if refused:
        entries = ", ".join(entry for entry, kinds in losses.items() if refused & set(kinds))
        kinds = " and ".join(sorted(refused))
        raise LossError(f"{export.client} cannot hold to approved {kinds}, to which {entries} are narrowed", kinds=refused)


def _coverage(export: Export, selection: Selection, drawing: Drawing, losses: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    allowlist = selection.allowlist
    return {
        "schema": "allowlist.coverage/1",
        "format": export.format,
        "client": export.client,
        "min_client_version": export.min_version,
        "cannot_express": list(export.cannot_express),
        "organization": allowlist.organization,
        "serial": allowlist.serial,
        "list_expires": moment_text(allowlist.expires),
        "team": selection.tenant.team,
        "entries": [
            _evidence(entry) | {"matched_by": list(drawing.matchers[entry.id]), "losses_accepted": list(losses.get(entry.id, ()))}
            for entry in selection.entries
            if entry.id in drawing.matchers
        ],
        "left_out": [_evidence(entry) | {"why": drawing.left_out[entry.id]} for entry in selection.entries if entry.id in drawing.left_out],
        "denied": [
            {
                "id": revocation.entry,
                "name": revocation.subject.name,
                "revoked_at": moment_text(revocation.revoked_at),
                "revoked_by": revocation.revoked_by,
                "reason": revocation.reason,
                "matched_by": list(drawing.denied.get(revocation.entry, ())),
                "not_denied": drawing.not_denied.get(revocation.entry),
            }
            for revocation in allowlist.revocations
        ],
    }


def _evidence(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "name": entry.subject.name,
        "kind": entry.subject.kind,
        "version": entry.subject.version,
        "digests": dict(entry.subject.digests),
        "teams": list(entry.conditions.teams),
        "expires": moment_text(entry.conditions.expires),
        "reason": entry.statement,
        "recommendation": entry.recommendation,
        "approved_by": list(entry.approved_by),
        "dossier": entry.dossier,
        "decisions": list(entry.decisions),
    }


def pretty(document: object) -> bytes:
    r"""Write JSON for people: sorted, indented, with a line break at the end; signs that do not show are written as ``\u202e``."""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    return ("".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text) + "\n").encode()


def write_export(rendered: Rendered, folder: Path) -> None:
    """Write an export's files, each in one step; other files in the folder stay. Raises NotWritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in sorted(rendered.files.items()):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            replace_file(folder / path, content)
    except OSError as error:
        raise NotWritten(f"{folder} was not written: {error.strerror}") from error


def differences(rendered: Rendered, folder: Path) -> tuple[str, ...]:
    """Give the paths that are absent in a folder, cannot be read, or hold something else than would be written."""
    return tuple(path for path, content in sorted(rendered.files.items()) if _content(folder / path) != content)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
