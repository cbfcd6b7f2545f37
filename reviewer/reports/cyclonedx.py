"""The parts list of a dossier, as CycloneDX 1.6 JSON on one line."""

from __future__ import annotations

from reviewer.model import Dossier

__all__ = ["render"]


def render(dossier: Dossier) -> str:
    """Give the document as it was composed, byte for byte: its sha256 stands in the dossier."""
    return dossier.bom.document.decode()
