import base64
import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.digests import dir_hash, git_blob, git_tree

PARTS = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda part: part not in {".", ".."}
)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
HASHES = st.binary(min_size=1, max_size=4).map(lambda content: hashlib.sha256(content).hexdigest())
GIT = {"PATH": os.defpath, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, env=GIT).stdout.strip()


def test_dir_hash_is_gos_published_algorithm() -> None:
    a, b = hashlib.sha256(b"alpha").hexdigest(), hashlib.sha256(b"beta").hexdigest()
    lines = f"{a}  a/b.txt\n{b}  a.txt\n".splitlines(keepends=True)
    # sorted by the bytes of the path: "." comes before "/"
    expected = "h1:" + base64.b64encode(hashlib.sha256("".join([lines[1], lines[0]]).encode()).digest()).decode()
    assert dir_hash([("a/b.txt", a), ("a.txt", b)]) == expected


def test_dir_hash_of_nothing_is_the_hash_of_no_bytes() -> None:
    assert dir_hash([]) == "h1:" + base64.b64encode(hashlib.sha256(b"").digest()).decode()


def test_a_newline_in_a_name_cannot_feign_a_second_file() -> None:
    one, two = hashlib.sha256(b"1").hexdigest(), hashlib.sha256(b"2").hexdigest()
    assert dir_hash([(f"a\n{two}  b", one)]) != dir_hash([("a", one), ("b", two)])


@given(st.dictionaries(PATHS, HASHES, max_size=6))
def test_dir_hash_does_not_depend_on_order(files: dict[str, str]) -> None:
    assert dir_hash(files.items()) == dir_hash(reversed(list(files.items())))


@given(st.dictionaries(PATHS, HASHES, max_size=4), st.dictionaries(PATHS, HASHES, max_size=4))
def test_different_sets_have_different_hashes(one: dict[str, str], other: dict[str, str]) -> None:
    assert (dir_hash(one.items()) == dir_hash(other.items())) == (one == other)


@given(PATHS, PATHS)
def test_quoting_keeps_names_apart(one: str, other: str) -> None:
    same = hashlib.sha256(b"").hexdigest()
    assert (dir_hash([(one, same)]) == dir_hash([(other, same)])) == (one == other)


def test_blob_and_tree_ids_are_those_of_git(tmp_path: Path) -> None:
    # "a-b", "a/c" and "a.b" sort differently as files and as folders
    contents = {"a/c": b"one", "a-b": b"two", "a.b": b"three", "a0/x": b"four", "run.sh": b"five", "ü/ß": b"six"}
    files = []
    for path, content in contents.items():
        place = tmp_path / path
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        mode = "100755" if path == "run.sh" else "100644"
        place.chmod(0o755 if path == "run.sh" else 0o644)
        files.append((path, mode, git_blob(content)))
    (tmp_path / "link").symlink_to("a/c")
    files.append(("link", "120000", git_blob(b"a/c")))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    assert git_tree(files) == git(tmp_path, "write-tree")
    assert git_blob(b"one") == git(tmp_path, "hash-object", "a/c")


def test_the_empty_tree_has_gits_well_known_id() -> None:
    assert git_tree([]) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.mark.parametrize("paths", [("a", "a"), ("a", "a/b"), ("a/b", "a")])
def test_names_that_no_tree_can_hold_are_refused(paths: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"twice|in a file"):
        git_tree([(path, "100644", git_blob(b"")) for path in paths])
