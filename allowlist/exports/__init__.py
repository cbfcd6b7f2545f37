"""The list in the forms that clients read: one module per format, each saying what its client cannot hold to."""

from __future__ import annotations

from allowlist.exports.interface import NARROWINGS, Drawing, Export, Rendered, Selection, Tenant, differences, formats, render, write_export

__all__ = ["NARROWINGS", "Drawing", "Export", "Rendered", "Selection", "Tenant", "differences", "formats", "render", "write_export"]
