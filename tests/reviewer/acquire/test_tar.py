import gzip
import hashlib
import tarfile
from pathlib import Path

import pytest

from reviewer.acquire import Limits
from reviewer.errors import NotFetchedError
from tests.reviewer.acquire.worlds import a_tar, fetched, reasons, rows, tar_bytes, tar_member, texts, write

TWO = [("a", b"1"), ("b", b"2")]


def test_a_tar_has_the_digests_of_the_folder_that_was_packed(tmp_path: Path) -> None:
    folder = write(tmp_path / "skill", {"SKILL.md": "hello", "run.sh": "echo"})
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("SKILL.md")
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        archive.add(folder, "./skill")
    snapshot, original = fetched(tmp_path / "x.tar.gz", tmp_path / "blobs"), fetched(folder, tmp_path / "blobs")
    sha256 = hashlib.sha256((tmp_path / "x.tar.gz").read_bytes()).hexdigest()
    assert (snapshot.name, snapshot.files, snapshot.unreadable) == ("skill", original.files, ())
    assert snapshot.digests == {**original.digests, "artifactSha256": sha256}


def test_hostile_members_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    members = [
        ("a", b"1"),
        ("../up", b"2"),
        ("/absolute", b"3"),
        (tar_member("out", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (tar_member("in", tarfile.SYMTYPE, "a"), b""),
        (tar_member("copy", tarfile.LNKTYPE, "a"), b""),
        (tar_member("foreign", tarfile.LNKTYPE, "../../secret"), b""),
        (tar_member("device", tarfile.CHRTYPE), b""),
        (tar_member("pipe", tarfile.FIFOTYPE), b""),
        ("a", b"4"),
        ("A", b"5"),
    ]
    snapshot = fetched(a_tar(tmp_path / "x.tgz", members), tmp_path / "blobs")
    assert texts(snapshot, tmp_path / "blobs") == {
        "!duplicate-1/a": "1",
        "!name-%2F/absolute": "3",
        "!name-../up": "2",
        "A": "5",
        "a": "4",
        "copy": "1",
        "in": "a",
        "out": "/etc/passwd",
    }
    told = rows(snapshot)
    assert "more than once" in told.pop("a") or "more than once" in reasons(snapshot)
    assert {path: told[path] for path in ("device", "foreign", "pipe")} == {
        "device": "it is a device, pipe or of an unknown kind",
        "foreign": "it is a hard link to something that is not before it in the archive",
        "pipe": "it is a device, pipe or of an unknown kind",
    }
    assert "leads out of the submission" in told["out"]
    assert all(row.gate for row in snapshot.unreadable)


def test_a_link_below_which_files_lie_is_told(tmp_path: Path) -> None:
    members = [(tar_member("d", tarfile.SYMTYPE, "/tmp"), b""), ("d/x", b"1")]  # noqa: S108  a hostile target
    assert "it lies in d, which is itself a file or link" in reasons(fetched(a_tar(tmp_path / "x.tgz", members), tmp_path / "blobs"))


def test_a_name_that_is_no_utf8_is_kept(tmp_path: Path) -> None:
    plain = tar_bytes([("bad-XX.py", b"1"), ("b", b"2")])
    header = bytearray(plain[:512])
    header[4:6] = b"\xff\xfe"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "x.tgz").write_bytes(gzip.compress(bytes(header) + plain[512:]))
    snapshot = fetched(tmp_path / "x.tgz", tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["!name-bad-%FF%FE.py", "b"]


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    snapshot = fetched(a_tar(tmp_path / "x.tgz", [("a", b"1"), ("bomb", bytes(12 << 20)), ("c", b"3")]), tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a"]
    assert "it unpacks to more than 200 times its packed size, as bombs do" in reasons(snapshot)


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_a_cut_off_archive_keeps_what_was_read(tmp_path: Path, cut: int) -> None:
    archive = a_tar(tmp_path / "x.tgz", [("a", b"1"), ("b", bytes(range(256)) * 40)])
    archive.write_bytes(archive.read_bytes()[:-cut])
    snapshot = fetched(archive, tmp_path / "blobs")
    assert "a" in [file.path for file in snapshot.files]
    assert "the packed stream ends too early" in reasons(snapshot)


def test_a_damaged_header_is_not_taken_for_the_end(tmp_path: Path) -> None:
    plain = bytearray(tar_bytes([("a", b"1"), ("b", b"2"), ("c", b"3")]))
    plain[1024 + 148] ^= 1
    (tmp_path / "x.tgz").write_bytes(gzip.compress(bytes(plain)))
    snapshot = fetched(tmp_path / "x.tgz", tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a"]
    assert "cannot be read after member 1: the next one is damaged" in reasons(snapshot)


def test_what_follows_the_end_mark_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.tgz").write_bytes(gzip.compress(tar_bytes(TWO) + tar_bytes([("hidden", b"3")])))
    snapshot = fetched(tmp_path / "x.tgz", tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a", "b"]
    assert "goes on after its end mark" in reasons(snapshot)


def test_several_gzip_parts_are_one_stream_and_trailing_bytes_are_told(tmp_path: Path) -> None:
    plain = tar_bytes(TWO)
    parts = gzip.compress(plain[:700]) + gzip.compress(plain[700:])
    (tmp_path / "x.tgz").write_bytes(parts)
    assert fetched(tmp_path / "x.tgz", tmp_path / "blobs").unreadable == ()
    (tmp_path / "x.tgz").write_bytes(parts + b"trailing")
    assert "bytes follow the end of the packed stream" in reasons(fetched(tmp_path / "x.tgz", tmp_path / "blobs"))


def test_a_header_that_asks_for_endless_memory_is_refused(tmp_path: Path) -> None:
    huge = tar_member("long", tarfile.GNUTYPE_LONGNAME)
    huge.size = 1 << 33
    block = huge.tobuf(tarfile.GNU_FORMAT)
    (tmp_path / "x.tgz").write_bytes(gzip.compress(tar_bytes([("a", b"1")])[:1024] + block + bytes(4096)))
    snapshot = fetched(tmp_path / "x.tgz", tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a"]
    assert "the header of a member is too long" in reasons(snapshot)


def test_headers_inside_headers_do_not_crash(tmp_path: Path) -> None:
    longname = tar_member("long", tarfile.GNUTYPE_LONGNAME)
    longname.size = 1
    block = longname.tobuf(tarfile.GNU_FORMAT) + b"x" + bytes(511)
    (tmp_path / "x.tgz").write_bytes(gzip.compress(tar_bytes([("a", b"1")])[:1024] + block * 3000, compresslevel=1))
    snapshot = fetched(tmp_path / "x.tgz", tmp_path / "blobs")
    assert "cannot be read after member 1" in reasons(snapshot)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(entries=1), "more than 1 files"),
        (Limits(total_bytes=1), "larger than 1 bytes"),
    ],
)
def test_past_a_limit_stands_a_row(tmp_path: Path, limits: Limits, reason: str) -> None:
    snapshot = fetched(a_tar(tmp_path / "x.tgz", TWO), tmp_path / "blobs", limits)
    assert reason in reasons(snapshot)
    assert [file.path for file in snapshot.files] == ["a"]


@pytest.mark.parametrize(
    "content", [b"", b"no archive", gzip.compress(b""), gzip.compress(b"no tar" * 200), gzip.compress(bytes(1024)), b"\x1f\x8b\x08"]
)
def test_what_is_no_archive_or_empty_is_nothing_to_review(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tgz").write_bytes(content)
    with pytest.raises(NotFetchedError, match="nothing to review in this archive"):
        fetched(tmp_path / "x.tgz", tmp_path / "blobs")
