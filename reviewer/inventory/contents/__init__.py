"""Opens what lies inside files: archives, documents, notebooks, mails, pages, source maps, encoded texts.

What is found is a file again, with a path that keeps its way in (``a.zip!/b``), and is read like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.inventory.contents import encoded, folded, mail, maps, markup, notebook, pdf, scripts, streams, zips
from reviewer.inventory.contents.model import Budget, Limits, Opened, Piece, Row, Sealed, joined
from reviewer.inventory.decoding import decoded_by_cookie
from reviewer.inventory.signatures import carries_archive

__all__ = ["Budget", "Limits", "Opened", "Piece", "Row", "Sealed", "is_guess", "open_file"]

_GUESS = re.compile(r"!/[\w+]{1,80}@\d[\d~-]*$")


def is_guess(path: str) -> bool:
    """Tell whether what lies at a path was taken for code by its looks: the text in which it stands is read in any case."""
    return _GUESS.search(path) is not None


def open_file(sealed: Sealed, budget: Budget) -> Opened:
    """Give what lies inside a file, one layer of it. Never raises for what the file holds."""
    return joined([*_by_bytes(sealed, budget), *(_by_text(sealed, budget) if sealed.text is not None else ())])


def _by_bytes(sealed: Sealed, budget: Budget) -> Iterator[Opened]:
    content = sealed.content
    packer = streams.packed_by(content)
    if packer not in {None, "zlib"} and sealed.text is None:
        yield streams.open_packed(sealed, str(packer), budget)
    elif streams.is_tar(content):
        yield streams.open_tar(content, budget)
    elif pdf.is_pdf(content):
        yield pdf.open_pdf(sealed)
    if content.startswith(b"PK\x03\x04") or carries_archive(content):
        yield zips.open_zip(sealed, budget)


def _by_text(sealed: Sealed, budget: Budget) -> Iterator[Opened]:
    if sealed.language == "jupyter":
        yield notebook.open_notebook(sealed)
    elif maps.is_map(sealed):
        yield maps.open_map(sealed)
    elif markup.is_markup(sealed):
        yield markup.open_markup(sealed)
    elif sealed.extension in mail.EXTENSIONS:
        yield mail.open_mail(sealed)
    yield encoded.open_encoded(sealed, budget)
    yield folded.open_folded(sealed)
    yield scripts.open_scripts(sealed)
    yield _in_other_encoding(sealed)


def _in_other_encoding(sealed: Sealed) -> Opened:
    """Give a source of Python as Python reads it, where its first lines ask for an encoding in which it says something else."""
    text = decoded_by_cookie(sealed.content) if sealed.language == "python" else None
    return Opened(pieces=(Piece(name="decoded", content=text.encode("utf-8", "replace"), language="python"),)) if text else Opened()
