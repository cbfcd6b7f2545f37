"""Whatever fails, and wherever: the old folder or the new one stands there whole."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from allowlist import folder as publishing
from allowlist.errors import Foreign, NotWritten
from allowlist.folder import Disk, write_folder
from allowlist.layout import read_folder
from tests.allowlist.world import World, good_world

Lists = tuple[dict[str, bytes], dict[str, bytes]]


class Killed(BaseException):
    """Stands for the process's end: nothing after it reaches the disk."""


class DyingDisk(Disk):
    """Fails at the n-th call. As a kill, it stays dead; as an error, it goes on."""

    def __init__(self, last: int, error: OSError | None = None, *, can_exchange: bool = True) -> None:
        self.left = last
        self.error = error
        self.can_exchange = can_exchange

    def step(self) -> None:
        self.left -= 1
        if self.left < 0 and self.error is None:
            raise Killed
        if self.left == -1 and self.error is not None:
            raise self.error

    def make_folder(self, path: Path) -> None:
        self.step()
        super().make_folder(path)

    def write(self, path: Path, content: bytes) -> None:
        if self.left == 0:
            path.write_bytes(content[: len(content) // 2])
        self.step()
        super().write(path, content)

    def sync(self, folder: Path) -> None:
        self.step()
        super().sync(folder)

    def set_mode(self, path: Path, mode: int) -> None:
        self.step()
        super().set_mode(path, mode)

    def exchange(self, one: Path, other: Path) -> bool:
        self.step()
        return super().exchange(one, other) if self.can_exchange else False

    def rename(self, source: Path, target: Path) -> None:
        self.step()
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self.step()
        super().remove(path)


@pytest.fixture(name="lists")
def _lists() -> Lists:
    return World().files(1), good_world().files(2)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def sentence(files: dict[str, bytes], folder: Path, disk: Disk) -> str:
    """What the refusal says; empty if there was none."""
    try:
        write_folder(files, folder, disk=disk)
    except NotWritten as error:
        return str(error)
    return ""


def steps() -> Iterator[int]:
    yield from range(60)


def test_a_folder_is_made_and_replaced_and_nothing_is_left_beside_it(tmp_path: Path, lists: Lists) -> None:
    old, new = lists
    write_folder(old, tmp_path / "deep" / "list")
    (tmp_path / "deep" / "list").chmod(0o750)
    write_folder(new, tmp_path / "deep" / "list")

    assert read_folder(tmp_path / "deep" / "list") == new
    assert (tmp_path / "deep" / "list").stat().st_mode & 0o777 == 0o750
    assert names(tmp_path / "deep") == ["list"]


def test_an_empty_folder_is_taken(tmp_path: Path, lists: Lists) -> None:
    (tmp_path / "list").mkdir()
    write_folder(lists[0], tmp_path / "list")

    assert read_folder(tmp_path / "list") == lists[0]


def test_a_kill_at_any_step_leaves_the_old_or_the_new_and_the_next_publication_cleans_up(tmp_path: Path, lists: Lists) -> None:
    old, new = lists
    seen = set()
    for step in steps():
        place = tmp_path / str(step)
        write_folder(old, place / "list")
        try:
            write_folder(new, place / "list", disk=DyingDisk(step))
        except Killed:
            seen.add("old" if read_folder(place / "list") == old else "new")
            assert read_folder(place / "list") in (old, new)
            write_folder(old, place / "list")
            assert names(place) == ["list"]
        else:
            seen.add("done")
    assert seen == {"old", "new", "done"}


def test_a_kill_while_the_first_list_is_published_leaves_none_or_the_new(tmp_path: Path, lists: Lists) -> None:
    for step in steps():
        place = tmp_path / str(step)
        try:
            write_folder(lists[1], place / "list", disk=DyingDisk(step))
        except Killed:
            assert not (place / "list").exists() or read_folder(place / "list") == lists[1]
        write_folder(lists[0], place / "list")
        assert names(place) == ["list"]


def test_without_an_exchange_the_old_folder_comes_back_at_the_next_publication(tmp_path: Path, lists: Lists) -> None:
    old, new = lists
    for step in steps():
        place = tmp_path / str(step)
        write_folder(old, place / "list")
        try:
            write_folder(new, place / "list", disk=DyingDisk(step, can_exchange=False))
        except Killed:
            sentence(new, place / "list", DyingDisk(1, OSError(errno.ENOSPC, "No space left on device"), can_exchange=False))
            assert read_folder(place / "list") in (old, new)
            write_folder(new, place / "list")
        assert names(place) == ["list"]
        assert read_folder(place / "list") == new


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_full_disk_at_any_step_is_one_sentence_and_the_old_folder_stays(tmp_path: Path, lists: Lists, *, can_exchange: bool) -> None:
    old, new = lists
    write_folder(old, tmp_path / "list")
    for step in steps():
        disk = DyingDisk(step, OSError(errno.ENOSPC, "No space left on device"), can_exchange=can_exchange)
        said = sentence(new, tmp_path / "list", disk)
        assert "No space left on device" in (said or "No space left on device")
        assert read_folder(tmp_path / "list") == (old if "as it was" in said else new)
        write_folder(old, tmp_path / "list")
        assert names(tmp_path) == ["list"]


def test_a_folder_with_anything_else_in_it_is_refused_and_untouched(tmp_path: Path, lists: Lists) -> None:
    write_folder(lists[0], tmp_path / "list")
    for path in ("notes.txt", "metadata/old.json", "targets/decisions/x.json", "targets/folder"):
        place = tmp_path / "list" / path
        place.mkdir() if path.endswith("folder") else place.write_text("mine")
        with pytest.raises(Foreign, match=path):
            write_folder(lists[1], tmp_path / "list")
        assert place.exists()
        place.rmdir() if path.endswith("folder") else place.unlink()
    assert read_folder(tmp_path / "list") == lists[0]


def test_a_link_or_a_file_is_refused(tmp_path: Path, lists: Lists) -> None:
    write_folder(lists[0], tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").write_text("mine")

    with pytest.raises(Foreign, match="symbolic link"):
        write_folder(lists[1], tmp_path / "link")
    with pytest.raises(Foreign, match="is a file"):
        write_folder(lists[1], tmp_path / "file")
    assert read_folder(tmp_path / "real") == lists[0]


def test_what_only_looks_like_a_leftover_is_not_removed(tmp_path: Path, lists: Lists) -> None:
    theirs = tmp_path / ".list.partial-0123456789abcdef"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("mine")
    (tmp_path / ".list.partial-0123456789abcdee").symlink_to(theirs)
    (tmp_path / ".list.partial-mine").mkdir()
    write_folder(lists[0], tmp_path / "list")

    assert names(tmp_path) == [".list.partial-0123456789abcdee", theirs.name, ".list.partial-mine", "list"]
    assert (theirs / "thesis.txt").read_text() == "mine"


def test_a_file_that_no_published_folder_holds_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"\.\./x"):
        write_folder({"../x": b""}, tmp_path / "list")


def test_a_place_that_cannot_be_made(tmp_path: Path, lists: Lists) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(NotWritten, match="was not written"):
        write_folder(lists[0], tmp_path / "file" / "list")


@pytest.mark.skipif(sys.platform != "linux", reason="the exchange in one call is Linux's")
def test_linux_exchanges_in_one_call(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "was a").write_text("")

    assert publishing.exchange(tmp_path / "a", tmp_path / "b")
    assert names(tmp_path / "b") == ["was a"]
    with pytest.raises(FileNotFoundError):
        publishing.exchange(tmp_path / "a", tmp_path / "absent")


PUBLISH_FOR_EVER = """
import sys, pickle, pathlib
from allowlist.folder import write_folder
lists = pickle.load(sys.stdin.buffer)
print("ready", flush=True)
while True:
    for files in lists:
        write_folder(files, pathlib.Path(sys.argv[1]))
"""


@pytest.mark.kill
def test_a_process_killed_at_a_random_moment(tmp_path: Path, lists: Lists) -> None:
    import pickle  # noqa: PLC0415  between two processes of this test
    import random  # noqa: PLC0415  only here
    import time  # noqa: PLC0415  only here

    write_folder(lists[0], tmp_path / "list")
    surroundings = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    for _ in range(50):
        command = [sys.executable, "-c", PUBLISH_FOR_EVER, str(tmp_path / "list")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(pickle.dumps(lists))
            process.stdin.close()
            assert process.stdout.readline() == b"ready\n"
            time.sleep(random.uniform(0, 0.05))
            process.kill()
        assert read_folder(tmp_path / "list") in lists
    write_folder(lists[0], tmp_path / "list")
    assert names(tmp_path) == ["list"]
