"""Members of a zip file into the basket, unpacked in memory piece by piece. Runs in the child."""

from __future__ import annotations

import stat
from typing import BinaryIO

from reviewer.acquire.gather import EXECUTABLE, LINK, PLAIN, Basket
from reviewer.acquire.limits import Limits
from reviewer.archives.zip_layout import Member, read_layout
from reviewer.archives.zip_members import refusal, unpacked

__all__ = ["read_zip"]


def read_zip(file: BinaryIO, basket: Basket, limits: Limits) -> None:
    """Put every member into the basket, in the order of the directory.

    Raises:
        NoArchiveError: it is no zip file.
    """
    layout = read_layout(file, most=limits.entries)
    for fault in layout.faults:
        basket.note("", f"the archive is ambiguous: {fault}")
    for member in layout.members:
        if not basket.within_time():
            return
        _take(file, member, basket, limits)
    if layout.cut:
        basket.stop(f"the archive has more than {limits.entries} members; the rest was not read")


def _take(file: BinaryIO, member: Member, basket: Basket, limits: Limits) -> None:
    refused = refusal(member)
    if refused:
        basket.leave_out(member.name, refused)
    elif not member.is_folder:
        content = unpacked(file, member, ratio=limits.ratio, ratio_floor=limits.ratio_floor)
        entry = basket.add(member.name, _mode(member), content)
        for fault in member.faults if entry else ():
            basket.note(entry.path if entry else "", f"the archive is ambiguous: {fault}")


def _mode(member: Member) -> str:
    if member.is_link:
        return LINK
    return EXECUTABLE if member.unix_mode & stat.S_IXUSR else PLAIN
