import hashlib
import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from reviewer.acquire import Limits
from reviewer.errors import NotFetchedError
from tests.reviewer.acquire.worlds import a_link, a_zip, fetched, member, reasons, rows, texts, write

PLAIN = [("SKILL.md", b"hello"), ("scripts/run.sh", b"echo")]


def replaced(place: Path, old: bytes, new: bytes, *, count: int = -1) -> Path:
    content = place.read_bytes()
    assert old in content
    place.write_bytes(content.replace(old, new, count))
    return place


def test_a_zip_has_the_digests_of_the_folder_that_was_packed(tmp_path: Path) -> None:
    folder = write(tmp_path / "my-skill", {"SKILL.md": "hello", "scripts/run.sh": "echo"})
    (folder / "scripts/run.sh").chmod(0o755)
    (folder / "link").symlink_to("SKILL.md")
    mode, target = a_link("SKILL.md")
    script = member("my-skill/scripts/run.sh", mode=stat.S_IFREG | 0o755)
    members = [("my-skill/", b""), ("my-skill/SKILL.md", b"hello"), (script, b"echo"), (member("my-skill/link", mode=mode), target)]
    archive = a_zip(tmp_path / "download.zip", members)
    snapshot, original = fetched(archive, tmp_path / "blobs"), fetched(folder, tmp_path / "blobs")
    assert (snapshot.name, snapshot.files, snapshot.unreadable) == ("my-skill", original.files, ())
    assert snapshot.digests == {**original.digests, "artifactSha256": hashlib.sha256(archive.read_bytes()).hexdigest()}


@pytest.mark.parametrize(
    ("filename", "names", "kept", "name"),
    [
        ("a.zip", ["top/x", "top/y/z"], ["x", "y/z"], "top"),
        ("a.skill", ["top/x"], ["x"], "top"),
        ("a.zip", ["top/x", "beside"], ["beside", "top/x"], "a"),
        ("a.zip", [".claude/x"], [".claude/x"], "a"),
        ("a.mcpb", ["top/x"], ["top/x"], "a"),
        ("a.plugin", ["top/x"], ["top/x"], "a"),
        ("a-1.0-py3-none-any.whl", ["pkg/x"], ["pkg/x"], "a-1.0-py3-none-any"),
    ],
)
def test_a_single_top_folder_is_taken_off_where_no_client_looks_at_the_top(
    tmp_path: Path, filename: str, names: list[str], kept: list[str], name: str
) -> None:
    snapshot = fetched(a_zip(tmp_path / filename, [(each, b"1") for each in names]), tmp_path / "blobs")
    assert ([file.path for file in snapshot.files], snapshot.name) == (kept, name)


def test_of_two_with_one_name_both_are_read(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = a_zip(tmp_path / "a.mcpb", [("SKILL.md", b"first"), ("x/y", b"1"), ("SKILL.md", b"second"), ("SKILL.md", b"third")])
    snapshot = fetched(archive, tmp_path / "blobs")
    assert texts(snapshot, tmp_path / "blobs") == {
        "!duplicate-1/SKILL.md": "first",
        "!duplicate-2/SKILL.md": "second",
        "SKILL.md": "third",
        "x/y": "1",
    }
    assert "the name stands more than once" in rows(snapshot)["SKILL.md"]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["SKILL.md", "skill.md"], "systems that ignore case"),
        (["x", "x."], "trailing dots"),
        (["e\u0301", "\u00e9"], "accents' form"),
        (["x", "x/y"], "x/y: it lies in x, which is itself a file or link"),
        (["a", "../../etc/cron.d/x"], "climbs out of its folder"),
        (["a", "/etc/passwd"], "absolute path"),
        (["a", "C:/x"], "drive letter"),
        (["a", "..\\x"], "backslash"),
        (["a", "x\u202egpj.sh"], "bidirectional"),
        (["a", "x\ny"], "control"),
    ],
)
def test_names_that_mislead_are_read_under_a_safe_name_and_told(tmp_path: Path, names: list[str], reason: str) -> None:
    snapshot = fetched(a_zip(tmp_path / "a.mcpb", [(member(name), b"x") for name in names]), tmp_path / "blobs")
    assert reason in reasons(snapshot)
    assert len(snapshot.files) == len(names)
    assert all(".." not in file.path.split("/") and not file.path.startswith("/") for file in snapshot.files)


def test_names_with_a_nul_or_bad_utf8_do_not_hide_the_rest(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.mcpb", [("a.txt", b"1"), ("SKILL.md#exe", b"2"), ("bad-\u00fc.py", b"3")])
    replaced(archive, b"SKILL.md#exe", b"SKILL.md\0exe")
    replaced(archive, "\u00fc".encode(), b"\xff\xfe")
    snapshot = fetched(archive, tmp_path / "blobs")
    assert texts(snapshot, tmp_path / "blobs") == {"a.txt": "1", "!name-SKILL.md%00exe": "2", "!name-bad-%FF%FE.py": "3"}
    assert "NUL" in reasons(snapshot)
    assert "not UTF-8" in reasons(snapshot)


def test_names_in_the_old_code_page_are_understood(tmp_path: Path) -> None:
    archive = replaced(a_zip(tmp_path / "a.mcpb", [("b.txt", b"1")]), b"b.txt", b"\x81.txt")
    snapshot = fetched(archive, tmp_path / "blobs")
    assert ([file.path for file in snapshot.files], snapshot.unreadable) == (["ü.txt"], ())


def test_links_are_kept_as_text_and_told_when_they_lead_out(tmp_path: Path) -> None:
    members = [("a", b"1"), *((member(name, mode=a_link(to)[0]), to.encode()) for name, to in {"in": "a", "out": "../../secret"}.items())]
    snapshot = fetched(a_zip(tmp_path / "a.mcpb", members), tmp_path / "blobs")
    assert {file.path: file.mode for file in snapshot.files} == {"a": "100644", "in": "120000", "out": "120000"}
    assert reasons(snapshot) == "out: it is a symbolic link that leads out of the submission, to ../../secret"


def test_encrypted_and_unknown_members_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    odd = member("odd", method=zipfile.ZIP_LZMA)
    archive = a_zip(tmp_path / "a.mcpb", [("plain", b"1"), ("shut", b"2"), (odd, b"3"), (member("pipe", mode=stat.S_IFIFO), b"")])
    content = bytearray(archive.read_bytes())
    for signature, name_at, flags_at in ((b"PK\3\4", 30, 6), (b"PK\1\2", 46, 8)):
        place = content.find(signature)
        while content[place + name_at : place + name_at + 4] != b"shut":
            place = content.find(signature, place + 1)
        content[place + flags_at] |= 1
    archive.write_bytes(content)
    snapshot = fetched(archive, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["plain"]
    assert rows(snapshot) == {
        "odd": "it is packed by method 14, which is not read",
        "pipe": "it is a device, pipe or socket",
        "shut": "it is encrypted",
    }


def test_unread_content_changes_the_digest(tmp_path: Path) -> None:
    one = a_zip(tmp_path / "1.mcpb", [("plain", b"1"), (member("odd", method=zipfile.ZIP_LZMA), b"2")])
    two = a_zip(tmp_path / "2.mcpb", [("plain", b"1"), (member("odd", method=zipfile.ZIP_LZMA), b"3")])
    first, second = fetched(one, tmp_path / "blobs"), fetched(two, tmp_path / "blobs")
    assert first.files == second.files
    assert first.digests["dirHash"] != second.digests["dirHash"]


@pytest.mark.parametrize(
    ("signature", "at", "change", "reason"),
    [
        (b"PK\3\4", 30, b"HARMLESS", "its name differs between local header and directory"),
        (b"PK\3\4", 8, b"\0\0", "its packing differs between local header and directory"),
        (b"PK\3\4", 14, b"\1\1\1\1", "its size or checksum differs between local header and directory"),
    ],
)
def test_a_local_header_that_says_otherwise_is_told(tmp_path: Path, signature: bytes, at: int, change: bytes, reason: str) -> None:
    archive = a_zip(tmp_path / "a.mcpb", [("SKILL.md", b"hello")])
    content = bytearray(archive.read_bytes())
    place = content.find(signature) + at
    content[place : place + len(change)] = change
    archive.write_bytes(content)
    snapshot = fetched(archive, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["SKILL.md"]
    assert reason in reasons(snapshot)


def test_a_second_name_is_told(tmp_path: Path) -> None:
    info = member("SKILL.md")
    other = struct.pack("<BL", 1, 0) + b"other.md"
    info.extra = struct.pack("<2H", 0x7075, len(other)) + other
    assert "a second name" in reasons(fetched(a_zip(tmp_path / "a.mcpb", [(info, b"hello")]), tmp_path / "blobs"))


def test_damaged_members_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    stored = [(member(name, method=zipfile.ZIP_STORED), content) for name, content in (("a", b"one"), ("b", b"two"), ("c", b"three"))]
    snapshot = fetched(replaced(a_zip(tmp_path / "a.mcpb", stored), b"two", b"tow"), tmp_path / "blobs")
    assert texts(snapshot, tmp_path / "blobs") == {"a": "one", "c": "three"}
    assert "damaged" in rows(snapshot)["b"]


def test_a_member_that_declares_less_than_it_holds_is_told(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.mcpb", [("a", b"1"), ("lies", b"x" * 1000)])
    snapshot = fetched(replaced(archive, struct.pack("<L", 1000), struct.pack("<L", 10)), tmp_path / "blobs")
    assert rows(snapshot)["lies"] == "it unpacks to more bytes than it declares"


def test_bombs_are_stopped_at_their_actual_bytes(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.mcpb", [("a", b"1"), ("bomb", bytes(12 << 20))])
    snapshot = fetched(archive, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a"]
    assert rows(snapshot)["bomb"] == "it unpacks to more than 200 times its packed size, as bombs do"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b"#!/bin/sh\necho\n", b"", "bytes stand before its first member"),
        (b"", b"trailing", "bytes follow its end"),
    ],
)
def test_bytes_around_the_archive_are_told(tmp_path: Path, before: bytes, after: bytes, reason: str) -> None:
    archive = a_zip(tmp_path / "a.mcpb", PLAIN)
    archive.write_bytes(before + archive.read_bytes() + after)
    snapshot = fetched(archive, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["SKILL.md", "scripts/run.sh"]
    assert reason in reasons(snapshot)


def test_two_archives_in_one_file_are_told(tmp_path: Path) -> None:
    first, second = a_zip(tmp_path / "1.mcpb", [("x", b"hidden")]), a_zip(tmp_path / "2.mcpb", [("y", b"shown")])
    second.write_bytes(first.read_bytes() + second.read_bytes())
    snapshot = fetched(second, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["y"]
    assert "more than one end record" in reasons(snapshot)


def test_a_member_that_the_directory_does_not_name_is_told(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.mcpb", [("a", b"1"), ("hidden", b"2"), ("c", b"3")])
    content = archive.read_bytes()
    row = content.index(b"PK\1\2", content.index(b"PK\1\2") + 1)
    length = 46 + len("hidden")
    shorter = bytearray(content[:row] + content[row + length :])
    end = shorter.index(b"PK\5\6")
    struct.pack_into("<2HL", shorter, end + 8, 2, 2, struct.unpack_from("<L", shorter, end + 12)[0] - length)
    archive.write_bytes(shorter)
    snapshot = fetched(archive, tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["a", "c"]
    assert "bytes lie between members that its directory does not name" in reasons(snapshot)


def test_members_that_overlap_are_told(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.mcpb", [("a", b"1"), ("b", b"2")])
    content = bytearray(archive.read_bytes())
    second = content.index(b"PK\1\2", content.index(b"PK\1\2") + 1)
    struct.pack_into("<L", content, second + 42, 0)
    archive.write_bytes(content)
    assert "members overlap" in reasons(fetched(archive, tmp_path / "blobs"))


def test_streamed_members_with_descriptors_are_clean(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]  # the library gives bytes
            self.content += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PLAIN:
            archive.writestr(name, content)
    (tmp_path / "a.mcpb").write_bytes(pipe.content)
    snapshot = fetched(tmp_path / "a.mcpb", tmp_path / "blobs")
    assert (len(snapshot.files), snapshot.unreadable) == (2, ())


def test_64_bit_sizes_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.mcpb", "w") as archive, archive.open("a", "w", force_zip64=True) as file:
        file.write(b"hello")
    snapshot = fetched(tmp_path / "a.mcpb", tmp_path / "blobs")
    assert (texts(snapshot, tmp_path / "blobs"), snapshot.unreadable) == ({"a": "hello"}, ())


def test_packed_metadata_of_git_is_told(tmp_path: Path) -> None:
    members = [("t/SKILL.md", b"x"), ("t/.git/hooks/post-checkout", b"y")]
    snapshot = fetched(a_zip(tmp_path / "a.zip", members), tmp_path / "blobs")
    assert [file.path for file in snapshot.files] == ["SKILL.md"]
    assert reasons(snapshot).startswith(".git: git's own folder is inside the archive")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(entries=2), "more than 2 members"),
        (Limits(total_bytes=7), "larger than 7 bytes"),
        (Limits(depth=1), "deeper than 1 folders"),
        (Limits(download_bytes=10), "the archive could not be unpacked: it is larger than 10 bytes"),
        (Limits(memory_bytes=1 << 20), "the archive could not be unpacked: its reader"),
        (Limits(seconds=-6), "the archive could not be unpacked: it took longer than -6 seconds"),
        (Limits(manifest_bytes=10), "the archive could not be unpacked: its reader said too much"),
    ],
)
def test_past_a_limit_stands_a_row(tmp_path: Path, limits: Limits, reason: str) -> None:
    archive = a_zip(tmp_path / "a.mcpb", [("a", b"1234"), ("b", b"5678"), ("d/e/f", b"9")])
    snapshot = fetched(archive, tmp_path / "blobs", limits)
    assert reason in reasons(snapshot)
    assert len(snapshot.files) < 3
    assert snapshot.digests["dirHash"] != fetched(archive, tmp_path / "blobs").digests["dirHash"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\3\4", b"PK\5\6" + bytes(18), b"PK\5\6" + b"\xff" * 18, bytes(70_000)])
@pytest.mark.parametrize("filename", ["a.zip", "a.whl"])
def test_what_is_no_archive_or_empty_is_nothing_to_review(tmp_path: Path, content: bytes, filename: str) -> None:
    (tmp_path / filename).write_bytes(content)
    with pytest.raises(NotFetchedError, match="nothing to review in this archive"):
        fetched(tmp_path / filename, tmp_path / "blobs")


def test_a_cut_off_archive_is_not_fetched(tmp_path: Path) -> None:
    archive = a_zip(tmp_path / "a.zip", PLAIN)
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(NotFetchedError):
        fetched(archive, tmp_path / "blobs")
