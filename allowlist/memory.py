"""What an endpoint remembers between verifications, so that an older list or a turned-back clock is noticed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allowlist.canonical import Node, dump, moment_text, parse
from allowlist.errors import Malformed, StateUnusable

FILE = "seen.json"
SCHEMA = "allowlist.seen/1"
_LARGEST_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The greatest that was verified under one root: root version, metadata versions, serial and time.

    ``publishing`` are the key ids that could publish then. When a newer root names other keys, versions and serial begin
    anew: what the old keys signed no longer verifies, and a thief's very large serial must not lock the endpoint for ever.
    """

    root: int
    version: int
    serial: int
    time: datetime
    publishing: tuple[str, ...]


def load(state: Path) -> dict[str, Seen]:
    """Read what was seen, by the sha256 of each root's first version; empty if nothing was yet.

    Raises:
        StateUnusable: the file is there, and cannot be read. It is not treated as absent, which would forget the greatest serial.
    """
    path = state / FILE
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StateUnusable(f"{path} cannot be read: {error.strerror}") from error
    try:
        node = parse(content, FILE)
        node.field("schema").exactly(SCHEMA)
        return {identity: _read(seen) for identity, seen in node.field("roots").members().items()}
    except Malformed as error:
        raise StateUnusable(f"{path} is damaged ({error}); remove it only if you know why") from error


def _read(node: Node) -> Seen:
    return Seen(
        root=node.field("root").number(),
        version=node.field("version").number(),
        serial=node.field("serial").number(),
        time=node.field("time").moment(),
        publishing=node.field("publishing").texts(),
    )


def keep(state: Path, seen: Mapping[str, Seen]) -> None:
    """Write what was seen, in one step: the file is the old one or the new one. Raises StateUnusable."""
    document = {
        "schema": SCHEMA,
        "roots": {
            identity: {
                "root": one.root,
                "version": one.version,
                "serial": one.serial,
                "time": moment_text(one.time),
                "publishing": list(one.publishing),
            }
            for identity, one in seen.items()
        },
    }
    try:
        state.mkdir(parents=True, exist_ok=True)
        replace_file(state / FILE, dump(document))
    except OSError as error:
        raise StateUnusable(f"{state} cannot be written, so an older list would not be noticed: {error.strerror}") from error


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in place in one step, on the disk before it is seen. A file of ours left by a crash begins with a dot. Raises OSError."""
    partial = path.with_name(f".{path.name}.partial-{secrets.token_hex(8)}")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, where the system can. Raises OSError."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
