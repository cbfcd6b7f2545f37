from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.measure.clones import CloneError, clone_of, submit


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@team.example"]
    return subprocess.run(["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    (work / "app" / "tests").mkdir(parents=True)
    (work / "app" / "server.py").write_text("print(1)\n", encoding="utf-8")
    (work / "app" / "tests" / "a.py").write_text("print(2)\n", encoding="utf-8")
    (work / "README.md").write_text("Read me.\n", encoding="utf-8")
    git(work, "init", "-q")
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "One")
    (tmp_path / "clones").mkdir()
    git(tmp_path, "clone", "-q", "--bare", str(work), "clones/owner+name.git")
    return tmp_path / "clones"


def head(clones: Path) -> str:
    return git(clones / "owner+name.git", "rev-parse", "HEAD")


def test_one_folder_of_a_commit_is_given_without_what_is_left_out(clones: Path) -> None:
    given = submit(clones, "owner/name", head(clones), "app", ["tests"])
    assert [file.path for file in given.snapshot.files] == ["server.py"]
    assert given.contents[given.snapshot.files[0].sha256] == b"print(1)\n"
    assert [file.path for file in submit(clones, "owner/name", head(clones), "").snapshot.files] == [
        "README.md",
        "app/server.py",
        "app/tests/a.py",
    ]


def test_a_blob_that_the_clone_lacks_is_named_and_left_out(clones: Path) -> None:
    bare = clones / "owner+name.git"
    blob = git(bare, "rev-parse", "HEAD:README.md")
    (bare / "objects" / blob[:2] / blob[2:]).unlink()
    given = submit(clones, "owner/name", head(clones), "")
    assert given.absent == ("README.md",)
    assert len(given.snapshot.files) == 2


def test_a_clone_commit_or_folder_that_is_not_there_is_said(clones: Path) -> None:
    with pytest.raises(CloneError, match="MISSING CLONE: owner/other"):
        clone_of(clones, "owner/other")
    with pytest.raises(CloneError, match="MISSING COMMIT: owner/name"):
        submit(clones, "owner/name", "0" * 40, "")
    with pytest.raises(CloneError, match="MISSING COMMIT: owner/name"):
        submit(clones, "owner/name", head(clones), "nowhere")
