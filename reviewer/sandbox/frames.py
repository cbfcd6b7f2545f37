"""What parent and child say to each other: frames of a length and that many bytes, over two pipes.

The parent sends one ``Setup`` and then one job at a time; the child answers each job with one frame. The parent believes nothing of
an answer but the exit status and the level, which trusted code wrote before a hostile byte was read.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviewer.isolation import ChildLimits
from reviewer.model import Isolation

LENGTH = struct.Struct(">Q")
"""How many bytes follow."""
STATUS = struct.Struct(">i")
"""How the process that answered has ended: an exit code, or minus a signal's number. An answer's frame begins with it."""
TOO_MUCH = 1000
"""Instead of an exit code: the answer was longer than the limit."""
READ, FAILED = b"R", b"F"
"""After the level and a line end: a value as JSON follows, or a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a child must know before its first job.

    Attributes:
        blobs: the folder of bytes by digest.
        catalogs: the folders whose checks it loads.
        checks: the ids of the checks that it runs, in order.
        limits: what each job may use up.
        level: how its parent has started it.
        readable: what it may read while it works.
        listable: folders of which it may see the names, for imports.
        warm: several jobs will come, so that loading every table before the first one pays.
    """

    blobs: Path
    catalogs: tuple[Path, ...]
    checks: tuple[str, ...]
    limits: ChildLimits
    level: Isolation
    readable: tuple[Path, ...]
    listable: tuple[Path, ...]
    warm: bool = False


def frame(content: bytes) -> bytes:
    """Put the length before some bytes."""
    return LENGTH.pack(len(content)) + content


def receive(pipe: BinaryIO) -> bytes | None:
    """Read one frame; None where the pipe has ended."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None


def take_doors() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output away from where prints and reads of any library would find them."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")
