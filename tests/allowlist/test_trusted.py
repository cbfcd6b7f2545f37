"""One broken rule per test: the world is good, one thing changes, and the refusal bears that thing's name."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner, Key, SSlibKey
from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import Delegations, Metadata, MetaFile, Root
from tuf.ngclient import Updater
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface

from allowlist import errors, layout
from allowlist.model import Person
from allowlist.repository import Lifetimes, create_root, render, write_folder
from allowlist.trusted import Verified, verify, verify_files
from tests.allowlist.world import DAY, NOW, World, changed, conditions, good_world, key, person, signer, subject


def check(world: World, files: dict[str, bytes] | None = None, **more: Any) -> Verified:
    return verify_files(files or world.files(), world.roots[0], now=NOW, **more)


def test_a_good_list_verifies_at_a_time_that_is_long_past() -> None:
    world = good_world()

    verified = verify_files(world.files(), world.roots[0], now=NOW + DAY)

    assert verified.allowlist == world.allowlist()
    assert (verified.serial, verified.age, verified.root) == (1, DAY, 1)
    assert verified.fresh_until == NOW + timedelta(days=7)


def test_an_empty_list_verifies() -> None:
    assert check(World()).allowlist.entries == ()


def test_render_gives_what_verifies_and_refuses_what_does_not() -> None:
    world = good_world()
    assert render(world.allowlist(), world.envelopes, roots=world.roots, signer=signer("publishing")) == world.files()

    world.envelopes.clear()
    with pytest.raises(errors.Unapproved):
        render(world.allowlist(), world.envelopes, roots=world.roots, signer=signer("publishing"))


@pytest.mark.parametrize(
    ("lifetimes", "what"),
    [
        (Lifetimes(timestamp=timedelta(seconds=1)), "timestamp"),
        (Lifetimes(snapshot=timedelta(seconds=1)), "snapshot"),
        (Lifetimes(targets=timedelta(seconds=1)), "targets"),
    ],
)
def test_expired_metadata(lifetimes: Lifetimes, what: str) -> None:
    world = good_world()
    world.lifetimes = lifetimes

    with pytest.raises(errors.Expired, match=what):
        verify_files(world.files(), world.roots[0], now=NOW + timedelta(seconds=1))


def test_expired_root() -> None:
    world = good_world()
    world.roots = [create_root(signer("root"), [key("publishing")], expires=NOW)]

    with pytest.raises(errors.Expired, match="root"):
        check(world)


def test_expired_list() -> None:
    world = good_world()
    world.expires = NOW

    with pytest.raises(errors.Expired, match="list itself"):
        check(world)


def test_an_older_list_than_was_demanded() -> None:
    with pytest.raises(errors.RolledBack, match="serial 1; at least 2"):
        check(good_world(), min_serial=2)


def test_an_older_list_than_was_seen(tmp_path: Path) -> None:
    world, state = good_world(), tmp_path / "state"
    older, newer = tmp_path / "older", tmp_path / "newer"
    write_folder(world.files(1), older)
    write_folder(world.files(2), newer)
    assert verify(newer, world.roots[0], now=NOW, state=state).serial == 2

    with pytest.raises(errors.RolledBack, match="serial 2 was seen"):
        verify(older, world.roots[0], now=NOW, state=state)
    assert verify(older, world.roots[0], now=NOW).serial == 1
    assert verify(newer, world.roots[0], now=NOW, state=state).serial == 2


def test_older_metadata_around_the_same_list() -> None:
    world = good_world()
    seen = check(world).seen
    identity = check(world).identity

    with pytest.raises(errors.RolledBack, match="version 9 was seen"):
        check(world, seen={identity: replace(seen, version=9)})


def test_a_clock_that_was_turned_back_does_not_revive_an_expired_list(tmp_path: Path) -> None:
    world, state = good_world(), tmp_path / "state"
    write_folder(world.files(), tmp_path / "list")
    verify(tmp_path / "list", world.roots[0], now=NOW + 6 * DAY, state=state)
    world.lifetimes = Lifetimes(timestamp=timedelta(days=3))
    write_folder(world.files(), tmp_path / "list")

    with pytest.raises(errors.Expired, match="timestamp"):
        verify(tmp_path / "list", world.roots[0], now=NOW, state=state)


def test_state_is_kept_only_after_everything_verified(tmp_path: Path) -> None:
    world, state = good_world(), tmp_path / "state"
    files = changed(world.files(7), layout.ALLOWLIST, b"Acme", b"Evil")
    write_folder(files, tmp_path / "list")

    with pytest.raises(errors.Tampered):
        verify(tmp_path / "list", world.roots[0], now=NOW, state=state)
    assert not state.exists()


def test_damaged_state_is_not_taken_for_none(tmp_path: Path) -> None:
    world = good_world()
    write_folder(world.files(), tmp_path / "list")
    (tmp_path / "seen.json").write_text("{")

    with pytest.raises(errors.StateUnusable, match=r"seen\.json"):
        verify(tmp_path / "list", world.roots[0], now=NOW, state=tmp_path)


def test_state_that_cannot_be_kept(tmp_path: Path) -> None:
    world = good_world()
    write_folder(world.files(), tmp_path / "list")
    (tmp_path / "state").write_text("a file")

    with pytest.raises(errors.StateUnusable):
        verify(tmp_path / "list", world.roots[0], now=NOW, state=tmp_path / "state")


@pytest.mark.parametrize(
    ("path", "old", "new", "refusal"),
    [
        (layout.ALLOWLIST, b"payments", b"payment5", errors.Tampered),
        (layout.ALLOWLIST, b"}", b"} ", errors.Tampered),
        (layout.TARGETS, b'"version":1', b'"version":2', errors.Tampered),
        (layout.SNAPSHOT, b'"version":1', b'"version":2', errors.Tampered),
        (layout.TIMESTAMP, b'"version":1}', b'"version":2}', errors.WronglySigned),
        (layout.TIMESTAMP, b'"sig":"', b'"sig":"00', errors.WronglySigned),
        (layout.TIMESTAMP, b'"version":1}', b'"version":1,"version":1}', errors.Malformed),
        (layout.ROOT, b"{", b"{ ", errors.Tampered),
        (layout.root_path(1), b'"threshold":1', b'"threshold":2', errors.WronglySigned),
    ],
)
def test_a_changed_file(path: str, old: bytes, new: bytes, refusal: type[errors.AllowlistError]) -> None:
    world = good_world()

    with pytest.raises(refusal):
        check(world, changed(world.files(), path, old, new))


@pytest.mark.parametrize("part", ["ROOT", "TIMESTAMP", "SNAPSHOT", "TARGETS", "ALLOWLIST"])
def test_an_absent_or_truncated_file(part: str) -> None:
    world, path = good_world(), getattr(layout, part)
    files = world.files()

    with pytest.raises(errors.Missing, match=path):
        check(world, {name: content for name, content in files.items() if name != path})
    with pytest.raises((errors.Malformed, errors.Tampered)):
        check(world, {**files, path: files[path][:-20]})


def test_an_absent_or_changed_envelope() -> None:
    world = good_world()
    files = world.files()
    path = layout.TARGETS_FOLDER + layout.decision_target(world.entries[0].decisions[0])

    with pytest.raises(errors.Missing, match="decisions"):
        check(world, {name: content for name, content in files.items() if name != path})
    with pytest.raises(errors.Tampered, match="decisions"):
        check(world, {**files, path: files[path] + b"\n"})


def test_another_root() -> None:
    world, other = good_world(), create_root(signer("other root"), [key("publishing")], expires=NOW + DAY)

    with pytest.raises(errors.WronglySigned, match="another root"):
        verify_files(world.files(), other, now=NOW)


def test_a_root_file_that_is_none() -> None:
    with pytest.raises(errors.Malformed, match="root file"):
        verify_files(good_world().files(), b"{}", now=NOW)


def test_another_publishing_key() -> None:
    world = good_world()
    stolen = World(roots=[create_root(signer("root"), [key("thief")], expires=NOW + DAY)])
    files = {**stolen.files(by="thief"), layout.ROOT: world.roots[0], layout.root_path(1): world.roots[0]}

    with pytest.raises(errors.WronglySigned, match="timestamp"):
        verify_files(files, world.roots[0], now=NOW)


def test_a_key_that_may_not_publish_renders_nothing() -> None:
    with pytest.raises(errors.WronglySigned, match="publishing key"):
        good_world().files(by="Ada")


def with_second_root(*, by_old: bool = True) -> World:
    world = good_world()
    also = [signer("root")] if by_old else []
    world.roots.append(create_root(signer("root 2"), [key("publishing 2")], expires=NOW + 365 * DAY, version=2, also=also))
    return world


def test_a_rotated_root_is_followed_from_either_pin() -> None:
    world = with_second_root()
    files = world.files(by="publishing 2")

    assert verify_files(files, world.roots[0], now=NOW).root == 2
    assert verify_files(files, world.roots[1], now=NOW).identity == verify_files(files, world.roots[0], now=NOW).identity


def test_a_new_root_that_the_old_one_did_not_sign() -> None:
    world = with_second_root(by_old=False)

    with pytest.raises(errors.WronglySigned, match=r"2\.root"):
        verify_files(world.files(by="publishing 2"), world.roots[0], now=NOW)


def test_an_older_root_than_was_pinned_or_seen() -> None:
    old, new = good_world(), with_second_root()
    seen = verify_files(new.files(by="publishing 2"), new.roots[0], now=NOW)
    old.roots = new.roots[:1]

    with pytest.raises(errors.RolledBack, match="root version 2"):
        verify_files(old.files(), new.roots[1], now=NOW)
    with pytest.raises(errors.RolledBack, match="root version"):
        verify_files(old.files(), old.roots[0], now=NOW, seen={seen.identity: seen.seen})


def test_after_the_publishing_key_was_replaced_a_thiefs_large_serial_no_longer_counts() -> None:
    world = with_second_root()
    stolen = replace(check(World(roots=world.roots[:1])).seen, serial=1_000_000, version=1_000_000)
    files = world.files(by="publishing 2")
    identity = verify_files(files, world.roots[0], now=NOW).identity

    assert verify_files(files, world.roots[0], now=NOW, seen={identity: stolen}).serial == 1


def root_with(*pairs: tuple[str, Key]) -> bytes:
    root = Root(expires=NOW + DAY, consistent_snapshot=False)
    root.add_key(key("root"), "root")
    for role, public in pairs:
        root.add_key(public, role)
    metadata = Metadata(root)
    metadata.sign(signer("root"))
    return metadata.to_bytes()


def publishing_with(public: Key) -> bytes:
    return root_with(*[(role, public) for role in ("timestamp", "snapshot", "targets")])


def test_the_roots_key_publishes() -> None:
    world = good_world()
    world.roots = [publishing_with(key("root"))]

    with pytest.raises(errors.KeysOverlap, match="both the root's and a publishing key"):
        check(world, world.files(by="root"))


def test_one_key_under_two_ids_in_the_root() -> None:
    again: Key = SSlibKey("f" * 64, "ed25519", "ed25519", dict(key("publishing").keyval))
    world = good_world()
    files = world.files()
    root = root_with(*[(role, one) for role in ("timestamp", "snapshot", "targets") for one in (key("publishing"), again)])

    with pytest.raises(errors.KeysOverlap, match="not the sha256"):
        verify_files({**files, layout.ROOT: root, layout.root_path(1): root}, root, now=NOW)


def test_one_rsa_key_under_another_scheme_has_another_id_and_is_refused() -> None:
    rsa = CryptoSigner.generate_rsa(scheme="rsa-pkcs1v15-sha256").public_key
    world = good_world()
    root = publishing_with(rsa)

    with pytest.raises(errors.KeysOverlap, match="one form"):
        verify_files({**world.files(), layout.ROOT: root, layout.root_path(1): root}, root, now=NOW)


def test_one_key_for_two_people() -> None:
    world = good_world()
    world.people.append(person("Eve", keys=["Ada"]))

    with pytest.raises(errors.KeysOverlap, match="Ada"):
        check(world)


def test_one_person_listed_twice() -> None:
    world = good_world()
    world.people.append(person(" ADA", keys=["Ada's other"]))

    with pytest.raises(errors.KeysOverlap, match="listed twice"):
        check(world)


def test_a_persons_key_under_another_id() -> None:
    world = good_world()
    world.people.append(Person(name="Eve", roles=("reviewer",), keys={"e" * 64: key("Eve").to_dict()}))

    with pytest.raises(errors.KeysOverlap, match="not the sha256"):
        check(world)


@pytest.mark.parametrize("duty", ["root", "publishing"])
def test_a_reviewer_who_holds_the_key_of_another_duty(duty: str) -> None:
    world = good_world()
    world.people.append(person("Eve", keys=[duty]))

    with pytest.raises(errors.KeysOverlap, match="reviews with a key"):
        check(world)


def test_two_people_count_as_two_and_two_keys_of_one_person_as_one() -> None:
    world = World(people=[person("Ada", keys=["Ada", "Ada's other"]), person("Ben")])
    two = world.approve("E-1", world.sign("Ada", subject()), world.sign("Ben", subject()))
    one = world.approve("E-2", world.sign("Ada", subject("notes")), world.sign("Ada", subject("notes"), with_key="Ada's other"))

    assert (two.approved_by, len(two.decisions)) == (("Ada", "Ben"), 2)
    assert (one.approved_by, len(one.decisions)) == (("Ada",), 2)
    assert check(world).allowlist.entries == (two, one)

    world.entries[1] = replace(one, approved_by=("Ada", "Ada"))
    with pytest.raises(errors.Unapproved, match="approved_by"):
        check(world)


def test_an_entry_without_decisions() -> None:
    world = good_world()
    world.entries[0] = replace(world.entries[0], decisions=())

    with pytest.raises(errors.Unapproved, match=r"entries\[0\]"):
        check(world)


def test_an_entry_whose_envelope_is_not_there() -> None:
    world = good_world()
    world.entries[0] = replace(world.entries[0], decisions=("9" * 64,))

    with pytest.raises(errors.Unapproved, match="no envelope"):
        check(world)


@pytest.mark.parametrize(
    "change",
    [
        {"dossier": "9" * 64},
        {"conditions": conditions("everybody")},
        {"conditions": conditions(expires=NOW + 91 * DAY)},
        {"conditions": conditions(tools=("forecast",))},
        {"subject": replace(subject(), digests={"gitCommit": "b" * 40})},
        {"subject": replace(subject(), launches=(("npx", "-y", "weather@9.9.9"),))},
        {"subject": replace(subject(), url="https://mcp.acme.example/")},
        {"recommendation": "approve"},
        {"approved_by": ("Ada", "Rea")},
        {"approved_at": NOW},
        {"statement": "nobody said so"},
    ],
)
def test_an_entry_that_says_something_else_than_was_signed(change: dict[str, Any]) -> None:
    world = good_world()
    world.entries[0] = replace(world.entries[0], **change)

    with pytest.raises(errors.Unapproved, match=rf"entries\[0\]\.{next(iter(change))}"):
        check(world)


def test_decisions_on_different_conditions_do_not_count_together() -> None:
    world = good_world()
    third = world.sign("Ben", subject(), conditions=conditions("everybody"))
    world.entries[0] = replace(world.entries[0], decisions=(*world.entries[0].decisions, third))

    with pytest.raises(errors.Unapproved, match="differ"):
        check(world)


@pytest.mark.parametrize("verdict", ["reject", "revoke"])
def test_an_entry_that_rests_on_another_verdict(verdict: str) -> None:
    world = good_world()
    world.entries[0] = replace(world.entries[0], decisions=(world.sign("Ada", subject(), verdict=verdict),))

    with pytest.raises(errors.Unapproved, match=f"to {verdict}"):
        check(world)


def test_an_approval_by_somebody_who_is_no_reviewer() -> None:
    world = good_world()
    world.approve("E-3", world.sign("Rea", subject("mine")))

    with pytest.raises(errors.Unapproved, match="Rea, who approved E-3, is no reviewer"):
        check(world)


def test_an_approval_by_somebody_who_is_not_of_the_list() -> None:
    world = good_world()
    world.people = [person("Ben")]

    with pytest.raises(errors.WronglySigned, match="unknown key"):
        check(world)


def test_a_clock_that_is_behind_the_list() -> None:
    world = good_world()

    with pytest.raises(errors.ClockBehind, match="set the clock"):
        verify_files(world.files(), world.roots[0], now=NOW - 2 * DAY)


def test_an_approval_from_the_future() -> None:
    world = World()
    world.approve("E-1", world.sign("Ada", subject(), at=NOW + 2 * DAY))

    with pytest.raises(errors.Unapproved, match="after the list was made"):
        check(world)


def test_an_approval_in_somebody_elses_name() -> None:
    world = good_world()
    world.approve("E-3", world.sign("Ada", subject("mine"), with_key="Ben"))

    with pytest.raises(errors.Unapproved, match="by Ada is signed with Ben's key"):
        check(world)


def test_a_revoked_entry_is_still_listed() -> None:
    world = good_world()
    world.revoke("E-1", world.sign("Ben", subject(), verdict="revoke"))

    with pytest.raises(errors.Revoked, match="E-1 was revoked"):
        check(world)


def test_a_revoked_entry_comes_back_under_another_id_but_on_the_old_approvals() -> None:
    world = good_world()
    world.revoke("E-1", world.sign("Ben", subject(), verdict="revoke", at=NOW))
    world.entries[0] = replace(world.entries[0], id="E-9")

    with pytest.raises(errors.Revoked, match="from before"):
        check(world)


def test_what_was_revoked_may_be_approved_anew() -> None:
    world = good_world()
    world.revoke("E-1", world.sign("Ben", subject(), verdict="revoke", at=NOW))
    world.entries.clear()
    world.approve("E-9", world.sign("Ada", subject(), at=NOW + timedelta(microseconds=1)))

    assert [entry.id for entry in check(world).allowlist.entries] == ["E-9"]


def test_a_revocation_that_says_something_else_than_was_signed() -> None:
    world = good_world()
    world.revocations[0] = replace(world.revocations[0], subject=subject("another"))

    with pytest.raises(errors.Unapproved, match=r"revocations\[0\]"):
        check(world)


@pytest.mark.parametrize("custom", [{"serial": 2}, {}, None])
def test_a_list_whose_serial_is_not_the_signed_one(custom: object) -> None:
    world = good_world()
    files = world.resigned(targets=lambda signed: signed.targets["allowlist.json"].unrecognized_fields.update(custom=custom))

    with pytest.raises(errors.Malformed, match="serial 1"):
        check(world, files)


def test_a_publisher_who_names_other_metadata() -> None:
    world = good_world()

    with pytest.raises(errors.NotCovered, match="other metadata"):
        check(world, world.resigned(snapshot=lambda signed: signed.meta.update({"more.json": MetaFile(1)})))
    with pytest.raises(errors.NotCovered, match="delegate"):
        check(world, world.resigned(targets=lambda signed: setattr(signed, "delegations", Delegations({}, {}))))


def test_a_publisher_who_does_not_name_the_list() -> None:
    world = good_world()

    with pytest.raises(errors.NotCovered, match="allowlist"):
        check(world, world.resigned(targets=lambda signed: signed.targets.pop("allowlist.json")))
    files = world.resigned(targets=lambda signed: signed.targets.clear())
    left = {path: content for path, content in files.items() if not path.startswith("targets/")}
    with pytest.raises(errors.Missing, match="allowlist"):
        check(world, left)


def test_a_publisher_who_puts_one_envelope_under_anothers_name() -> None:
    world = good_world()
    one, other = world.entries[0].decisions
    world.envelopes[one] = world.envelopes[other]

    with pytest.raises(errors.Tampered, match="not the envelope that its name says"):
        check(world)


def test_a_root_that_asks_for_versioned_names() -> None:
    world = good_world()
    root = Metadata[Root].from_bytes(world.roots[0])
    root.signed.consistent_snapshot = True
    root.sign(signer("root"))
    world.roots = [root.to_bytes()]

    with pytest.raises(errors.Malformed, match="versioned file names"):
        check(world)


def test_a_root_needs_a_publishing_key_and_one_that_is_not_its_own() -> None:
    with pytest.raises(errors.Malformed, match="publishing key"):
        create_root(signer("root"), [], expires=NOW)
    with pytest.raises(errors.KeysOverlap, match="must not publish"):
        create_root(signer("root"), key("root"), expires=NOW)


@pytest.mark.parametrize("roots", [[], [b"{}"]])
def test_publishing_under_no_root(roots: list[bytes]) -> None:
    world = good_world()
    world.roots = roots

    with pytest.raises(errors.Malformed, match="root"):
        world.files()


def test_a_reader_during_publications_always_meets_a_whole_list(tmp_path: Path) -> None:
    world, folder = good_world(), tmp_path / "list"
    lists = [world.files(serial) for serial in (1, 2)]
    write_folder(lists[0], folder)
    done = threading.Event()

    def publish() -> None:
        while not done.is_set():
            for files in lists:
                write_folder(files, folder)

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        serials = {verify(folder, world.roots[0], now=NOW).serial for _ in range(40)}
    finally:
        done.set()
        publisher.join()
    assert serials <= {1, 2}


def test_any_other_file_or_link_or_folder_is_refused(tmp_path: Path) -> None:
    world, folder = good_world(), tmp_path / "list"
    for path in ("README", "metadata/2.snapshot.json", f"targets/decisions/{'0' * 64}.json", "targets/.hidden", "empty/x"):
        write_folder(world.files(), folder)
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("{}")
        with pytest.raises(errors.NotCovered):
            verify(folder, world.roots[0], now=NOW)
        (folder / path).unlink()
    (folder / "empty").rmdir()
    (folder / "metadata" / "3.root.json").symlink_to("/dev/zero")
    with pytest.raises(errors.NotCovered, match=r"3\.root\.json"):
        verify(folder, world.roots[0], now=NOW)


def test_a_device_is_not_opened(tmp_path: Path) -> None:
    world, folder = good_world(), tmp_path / "list"
    write_folder(world.files(), folder)
    (folder / "metadata" / "timestamp.json").unlink()
    os.mkfifo(folder / "metadata" / "timestamp.json")

    with pytest.raises(errors.NotCovered):
        verify(folder, world.roots[0], now=NOW)


@pytest.mark.parametrize("kind", ["absent", "file"])
def test_no_folder(tmp_path: Path, kind: str) -> None:
    if kind == "file":
        (tmp_path / "list").write_text("")

    with pytest.raises(errors.Missing):
        verify(tmp_path / "list", good_world().roots[0], now=NOW)


def test_every_refusal_has_a_word_of_its_own() -> None:
    children = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.AllowlistError)]

    assert len({child.reason for child in children}) == len(children)


class FolderFetcher(FetcherInterface):
    """Reads addresses of the form ``folder:path`` from a mapping, as a web server would serve the folder."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = url.removeprefix("folder:///")
        if path not in self.files:
            raise DownloadHTTPError("absent", 404)
        return iter([self.files[path]])


def test_an_ordinary_tuf_client_reads_the_folder_too(tmp_path: Path) -> None:
    world = good_world()
    world.roots = [create_root(signer("root"), [key("publishing")], expires=NOW.replace(year=9000))]
    world.lifetimes = Lifetimes(timestamp=timedelta(days=2_000_000), snapshot=timedelta(days=2_000_000), targets=timedelta(days=2_000_000))
    files = world.files()
    for name in ("state", "targets"):
        (tmp_path / name).mkdir()

    updater = Updater(
        str(tmp_path / "state"),
        "folder:///metadata/",
        target_dir=str(tmp_path / "targets"),
        target_base_url="folder:///targets/",
        fetcher=FolderFetcher(files),
        config=UpdaterConfig(),
        bootstrap=world.roots[0],
    )
    target = updater.get_targetinfo("allowlist.json")

    assert target is not None
    assert Path(updater.download_target(target)).read_bytes() == files[layout.ALLOWLIST]
