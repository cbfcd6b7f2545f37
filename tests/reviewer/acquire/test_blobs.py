import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.acquire import BlobFolder
from reviewer.digests import git_blob


def test_what_is_put_is_got_back_under_its_sha256(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path / "blobs")
    sha256 = blobs.put(b"content")
    assert sha256 == hashlib.sha256(b"content").hexdigest()
    assert blobs.put(b"content") == sha256
    assert blobs.get(sha256) == b"content"
    assert (blobs.root / sha256[:2] / sha256).read_bytes() == b"content"


def test_pieces_are_kept_as_one(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path / "blobs")
    stored = blobs.put_chunks([b"con", b"", b"tent"])
    assert (stored.sha256, stored.size, stored.git_blob) == (blobs.put(b"content"), 7, git_blob(b"content"))


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path / "blobs")
    place = blobs.path(blobs.put(b"content"))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(blobs.root.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", ""])
def test_what_is_not_kept_is_a_key_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        BlobFolder(tmp_path).get(name)


def test_other_bytes_under_the_name_are_a_key_error_and_cut_ones_are_mended(tmp_path: Path) -> None:
    blobs = BlobFolder(tmp_path / "blobs")
    sha256 = blobs.put(b"content")
    blobs.path(sha256).write_bytes(b"changed")
    with pytest.raises(KeyError):
        blobs.get(sha256)
    blobs.path(sha256).write_bytes(b"")
    assert blobs.get(blobs.put(b"content")) == b"content"


def test_what_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"con"
        raise ValueError("halt")

    with pytest.raises(ValueError, match="halt"):
        BlobFolder(tmp_path).put_chunks(failing())
    assert list(tmp_path.iterdir()) == []
