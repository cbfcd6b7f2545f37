"""Bring a source's bytes here: a folder, an archive, a git repository, a published package. The only part that touches the network.

Every kind of source has a module that puts files into one ``Basket``, which keeps the limits and the ledger of what was left out;
``assemble`` makes a ``Snapshot`` of them. Bytes of archives are unpacked by a child process (``unpack``), those of git by git.
"""

from typing import TYPE_CHECKING

from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.limits import Limits

if TYPE_CHECKING:
    from reviewer.acquire.acquirer import Acquirer, Silent

__all__ = ["Acquirer", "BlobFolder", "Limits", "Silent"]


def __getattr__(name: str) -> object:
    """Load the acquirer at first use: the child that unpacks imports this package too, once per archive, and needs none of it."""
    if name not in {"Acquirer", "Silent"}:
        raise AttributeError(name)
    from reviewer.acquire import acquirer  # noqa: PLC0415  see above

    return getattr(acquirer, name)
