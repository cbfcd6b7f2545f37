"""The parent's side: has a document read in the confined child and takes its plan."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from reviewer.acquire.confined import ChildFault, run_confined
from reviewer.acquire.declared.plan import Plan
from reviewer.acquire.folder import regular_chunks
from reviewer.acquire.gather import MemberFault
from reviewer.acquire.limits import Limits
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError

__all__ = ["ask_plan"]

_MODULE = "reviewer.acquire.declared.child"
_PLAN = "plan.json"


def ask_plan(what: str, files: Sequence[Path], limits: Limits, *, name: str = "", version: str = "", path: str = "") -> Plan:
    """Read documents as ``what``: ``entry``, ``lookup`` (also in a folder of files), ``marketplace``, ``tools`` or ``configuration``.

    Raises:
        NotFetchedError: a file cannot be read, is too large, or its reader died.
    """
    real = [_checked(file, limits, folders=what == "lookup") for file in files]
    with tempfile.TemporaryDirectory(prefix="reviewer-declared-") as place:
        out = Path(place).resolve()
        task = {"what": what, "files": [str(file) for file in real], "name": name, "version": version, "path": path}
        try:
            run_confined(_MODULE, task, readable=real, out=out, limits=limits)
            return _read(out / _PLAN, limits)
        except ChildFault as fault:
            raise NotFetchedError(f"The document could not be read: {fault}", hint="Give what it names one by one instead.") from fault


def _checked(file: Path, limits: Limits, *, folders: bool) -> Path:
    try:
        real = file.resolve(strict=True)
        size = real.stat().st_size
    except (OSError, RuntimeError) as error:
        raise NotFetchedError(f"{shown(str(file))} cannot be read.", hint="Check its path and its permissions.") from error
    if folders and real.is_dir():
        return real
    if not real.is_file():
        raise NotFetchedError(f"{shown(str(file))} is no plain file.", hint="Check its path.")
    if size > limits.page_bytes:
        raise NotFetchedError(
            f"{shown(str(file))} is larger than {limits.page_bytes} bytes.", hint="Give what it names one by one instead."
        )
    return real


def _read(place: Path, limits: Limits) -> Plan:
    from pydantic import ValidationError  # noqa: PLC0415  slow to import; only for documents

    from reviewer import wire  # noqa: PLC0415  the same

    document = bytearray()
    try:
        for chunk in regular_chunks(place):
            document += chunk
            if len(document) > limits.manifest_bytes:
                raise ChildFault("its reader said too much")
        return wire.decode(Plan, bytes(document))
    except (MemberFault, ValidationError) as error:
        raise ChildFault("its reader gave no usable answer") from error
