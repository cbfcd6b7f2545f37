import os
import socket
from pathlib import Path

import pytest

from reviewer.acquire import BlobFolder, Limits
from reviewer.acquire.folder import read_folder
from reviewer.acquire.gather import Basket
from reviewer.errors import NotFetchedError
from tests.reviewer.acquire.worlds import fetched, git, reasons, repository, rows, texts, write


def test_every_file_is_there_with_its_mode(tmp_path: Path) -> None:
    folder = write(tmp_path / "skill", {"SKILL.md": "hello", "scripts/run.sh": "echo", ".hidden/x": "y", ".gitignore": "*"})
    (folder / "scripts/run.sh").chmod(0o755)
    (folder / "link").symlink_to("scripts/run.sh")
    snapshot = fetched(folder, tmp_path / "blobs")
    assert (snapshot.source, snapshot.name, snapshot.unreadable) == (str(folder), "skill", ())
    assert {file.path: file.mode for file in snapshot.files} == {
        ".gitignore": "100644",
        ".hidden/x": "100644",
        "SKILL.md": "100644",
        "link": "120000",
        "scripts/run.sh": "100755",
    }
    assert texts(snapshot, tmp_path / "blobs")["link"] == "scripts/run.sh"
    assert [file.path for file in snapshot.files] == sorted(file.path for file in snapshot.files)


def test_git_at_the_top_is_left_out_and_the_tree_is_gits(tmp_path: Path) -> None:
    repository(tmp_path / "r", {"a/b.txt": "1", "a-b": "2"})
    snapshot = fetched(tmp_path / "r", tmp_path / "blobs")
    assert snapshot.unreadable == ()
    assert snapshot.digests["gitTree"] == git(tmp_path / "r", "rev-parse", "HEAD^{tree}")


def test_a_nested_git_folder_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", {"a": "1", "sub/.git/payload.py": "x", "worktree/.git": "gitdir: elsewhere"})
    snapshot = fetched(folder, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a"]
    assert reasons(snapshot) == "sub/.git: a folder of git's own inside the submission is not read"


def test_what_is_no_plain_file_is_told_and_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "f", {"a": "1"})
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(folder)  # names of sockets must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        snapshot = fetched(folder, tmp_path / "blobs")
    assert rows(snapshot) == {"pipe": "it is a pipe, which is never opened", "socket": "it is a socket, which is never opened"}
    assert all(row.gate for row in snapshot.unreadable)


def test_links_that_lead_outward_are_told_and_never_followed(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", {"d/a": "1"})
    for name, target in {
        "absolute": "/etc/passwd",
        "d/up": "../../x",
        "d/inside": "../d/a",
        "d/around": "l/../x",
        "d/l": "..",
        "loop": "loop",
        "folder": "d",
    }.items():
        (folder / name).symlink_to(target)
    snapshot = fetched(folder, tmp_path / "blobs")
    assert sorted(rows(snapshot)) == ["absolute", "d/around", "d/up"]
    assert rows(snapshot)["absolute"] == "it is a symbolic link that leads out of the submission, to /etc/passwd"
    assert len(snapshot.files) == 8


def test_names_that_mislead_are_written_safely_and_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", {"plain": "0", "a\nb": "1", "back\\slash": "2", "x\u202egpj.py": "3", "!name-y": "4"})
    with open(os.fsencode(folder) + b"/\xff.py", "wb") as file:  # noqa: PTH123  paths are text
        file.write(b"5")
    snapshot = fetched(folder, tmp_path / "blobs")
    assert texts(snapshot, tmp_path / "blobs") == {
        "!name-%21name-y": "4",
        "!name-%FF.py": "5",
        "!name-a%0Ab": "1",
        "!name-back%5Cslash": "2",
        "!name-x%E2%80%AEgpj.py": "3",
        "plain": "0",
    }
    assert len(reasons(snapshot).splitlines()) == 5
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    assert snapshot.digests["gitTree"] == git(folder, "write-tree")


def test_names_that_fall_together_elsewhere_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", {"SKILL.md": "1", "skill.MD": "2", "e\u0301": "3", "\u00e9": "4", "a.": "5", "a": "6", "aux.js": "7"})
    snapshot = fetched(folder, tmp_path / "blobs")
    assert reasons(snapshot).count("it is the same file as") == 3
    assert rows(snapshot)["aux.js"].startswith("the name is reserved on Windows")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", {"a": "1", "secret": "2", "closed/b": "3"})
    (folder / "secret").chmod(0)
    (folder / "closed").chmod(0)
    basket = Basket(BlobFolder(tmp_path / "blobs"), Limits())
    (tmp_path / "blobs").mkdir(mode=0o777)
    (tmp_path / "blobs").chmod(0o777)
    for parent in [folder, *tmp_path.parents[:3], tmp_path]:
        if parent.owner() == "root" and parent != Path("/tmp"):  # noqa: S108  the folder above pytest's
            parent.chmod(0o755)
    os.seteuid(65534)
    try:
        read_folder(folder, basket, most=10)
    finally:
        os.seteuid(0)
    gathered = basket.gathered()
    assert {row.path: row.reason for row in gathered.unreadable} == {
        "closed": "it cannot be read: Permission denied",
        "secret": "it cannot be read: Permission denied",
    }
    assert gathered.missing


def test_an_empty_folder_is_nothing_to_review(tmp_path: Path) -> None:
    (tmp_path / "empty/inner").mkdir(parents=True)
    with pytest.raises(NotFetchedError):
        fetched(tmp_path / "empty", tmp_path / "blobs")


def test_a_submission_of_nothing_but_pipes_is_a_snapshot_with_rows(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    os.mkfifo(tmp_path / "f/pipe")
    snapshot = fetched(tmp_path / "f", tmp_path / "blobs")
    assert (snapshot.files, len(snapshot.unreadable)) == ((), 1)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(entries=2), "more than 2"),
        (Limits(total_bytes=5), "all files together are larger than 5 bytes"),
        (Limits(depth=1), "deeper than 1 folders"),
        (Limits(path_bytes=4), "longer than 4 bytes"),
        (Limits(seconds=-1), "longer than -1 seconds"),
    ],
)
def test_past_a_limit_stands_a_row_and_what_fits_is_kept(tmp_path: Path, limits: Limits, reason: str) -> None:
    folder = write(tmp_path / "f", {"a": "1", "b/c": "2", "d/e/f": "3333333"})
    whole = fetched(folder, tmp_path / "blobs")
    snapshot = fetched(folder, tmp_path / "blobs", limits)
    assert reason in reasons(snapshot)
    assert len(snapshot.files) < len(whole.files)
    assert snapshot.digests["dirHash"] != whole.digests["dirHash"]
    assert "gitTree" not in snapshot.digests


def test_a_large_file_is_hashed_and_kept_with_a_row(tmp_path: Path) -> None:
    folder = write(tmp_path / "f", {"large": "x" * 11, "small": "x"})
    snapshot = fetched(folder, tmp_path / "blobs", Limits(file_bytes=10))
    assert texts(snapshot, tmp_path / "blobs") == {"large": "x" * 11, "small": "x"}
    assert reasons(snapshot) == "large: it has 11 bytes; files above 10 are hashed and kept, not parsed"
    assert snapshot.digests == fetched(folder, tmp_path / "blobs").digests


def test_a_pointer_to_content_elsewhere_is_told(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 5\n"
    snapshot = fetched(write(tmp_path / "f", {"model.bin": pointer}), tmp_path / "blobs")
    assert "Git LFS pointer" in reasons(snapshot)


def test_the_name_of_the_current_folder_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path / "skill", {"SKILL.md": "x"}))
    snapshot = fetched(".", tmp_path / "blobs")
    assert (snapshot.source, snapshot.name) == (".", "skill")
