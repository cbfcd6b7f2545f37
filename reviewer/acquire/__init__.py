"""Bring a source's bytes here: a folder, an archive, a git repository, a published package. The only part that touches the network.

Every kind of source has a module that puts files into one ``Basket``, which keeps the limits and the ledger of what was left out;
``assemble`` makes a ``Snapshot`` of them. Bytes of archives are unpacked by a child process (``unpack``), those of git by git.
"""

from reviewer.acquire.acquirer import Acquirer, Silent
from reviewer.acquire.blobs import BlobFolder
from reviewer.acquire.limits import Limits
from reviewer.acquire.sources import Source, SourceKind, parse_source

__all__ = ["Acquirer", "BlobFolder", "Limits", "Silent", "Source", "SourceKind", "parse_source"]
