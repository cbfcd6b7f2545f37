"""``json``: the entries and revocations as they stand in the list, for other programs. It loses nothing."""

from __future__ import annotations

from allowlist.canonical import moment_text
from allowlist.document import entry_document, revocation_document
from allowlist.exports.interface import Drawing, Export, Selection, pretty

FILE = "allowlist.json"


def draw(selection: Selection) -> Drawing:
    """Write what holds for the tenant. The file is not signed: who needs proof verifies the published folder."""
    allowlist = selection.allowlist
    document = {
        "schema": "allowlist.export/1",
        "organization": allowlist.organization,
        "serial": allowlist.serial,
        "created": moment_text(allowlist.created),
        "expires": moment_text(allowlist.expires),
        "team": selection.tenant.team,
        "entries": [entry_document(entry) for entry in selection.entries],
        "revocations": [revocation_document(revocation) for revocation in allowlist.revocations],
    }
    return Drawing(
        files={FILE: pretty(document)},
        matchers={entry.id: ({"file": FILE},) for entry in selection.entries},
        denied={revocation.entry: ({"file": FILE},) for revocation in allowlist.revocations},
    )


EXPORT = Export(format="json", client="any program that reads JSON", min_version=None, cannot_express=(), render=draw)
