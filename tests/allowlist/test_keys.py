from __future__ import annotations

import stat
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat, PublicFormat

from allowlist.errors import KeyUnusable
from allowlist.keys import check_key, is_encrypted, load_public, load_signer, new_key, write_private


@cache
def ed() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@cache
def curve(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1() if name == "P-256" else ec.SECP384R1())


@cache
def numbers(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def openssh(key: PrivateKey) -> tuple[bytes, bytes]:
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()), line


def pem(key: PrivateKey, passphrase: bytes = b"") -> tuple[bytes, bytes]:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    lock = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock), public


@pytest.mark.parametrize("key", [ed(), curve("P-256"), numbers(3072)])
def test_one_physical_key_has_one_id_in_every_form(key: PrivateKey) -> None:
    signers = [load_signer(private) for private, _ in (openssh(key), pem(key))]
    publics = [load_public(public) for _, public in (openssh(key), pem(key))] + [load_public(openssh(key)[1] + b" ada@acme\r\n")]

    assert len({signer.public_key.keyid for signer in signers} | {public.keyid for public in publics}) == 1
    signature = signers[0].sign(b"words")
    publics[1].verify_signature(signature, b"words")
    assert check_key(publics[0].keyid, publics[0].to_dict()) == publics[0]


def test_a_new_key_opens_with_its_passphrase_and_no_other(tmp_path: Path) -> None:
    private, public = new_key(b"open")
    write_private(tmp_path / "key", private)

    assert load_signer(tmp_path / "key", b"open").public_key == load_public(public)
    assert is_encrypted(tmp_path / "key")
    with pytest.raises(KeyUnusable, match="no passphrase"):
        load_signer(private)
    with pytest.raises(KeyUnusable, match="does not open"):
        load_signer(private, b"wrong")


def test_a_passphrase_that_is_not_needed_is_not_used(tmp_path: Path) -> None:
    private, public = new_key()
    (tmp_path / "key").write_bytes(private)

    assert load_signer(str(tmp_path / "key"), b"any").public_key == load_public(public)
    assert not is_encrypted(tmp_path / "key")


def test_an_encrypted_pem_key() -> None:
    private, public = pem(ed(), b"open")

    assert load_signer(private, b"open").public_key == load_public(public)
    with pytest.raises(KeyUnusable, match="no passphrase"):
        load_signer(private)
    with pytest.raises(KeyUnusable, match="does not open"):
        load_signer(private, b"wrong")


@pytest.mark.parametrize(("key", "why"), [(numbers(2048), "2048 bits is too short"), (curve("P-384"), "secp384r1|ecdsa-sha2-nistp256")])
def test_keys_that_are_too_short_or_of_another_kind(key: PrivateKey, why: str) -> None:
    for form in (openssh, pem):
        private, public = form(key)
        with pytest.raises(KeyUnusable, match=why):
            load_signer(private)
        with pytest.raises(KeyUnusable, match=why):
            load_public(public)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk",
        b"\xff\x00",
        b"ssh-ed25519 AAAA",
        b"ssh-dss AAAA",
        b"sk-ssh-ed25519@openssh.com AAAA",
        b"ssh-rsa !!!",
        openssh(ed())[1] + b"\n" + openssh(ed())[1],
        pem(ed())[1] + pem(ed())[1],
        pem(ed())[1][:60],
        openssh(ed())[0],
        pem(ed())[0],
    ],
)
def test_what_is_not_one_public_key(content: bytes) -> None:
    with pytest.raises(KeyUnusable):
        load_public(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk",
        b"\xff",
        openssh(ed())[0][:120],
        pem(ed())[0][:60],
        openssh(ed())[1],
        pem(ed())[1],
        b"-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)
def test_what_is_not_a_private_key(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable):
        load_signer(content)
    (tmp_path / "key").write_bytes(content)
    assert not is_encrypted(tmp_path / "key")


def test_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be read"):
        load_signer(tmp_path / "absent")


@pytest.mark.parametrize(
    "change",
    [
        {"keyval": {"public": "zz"}},
        {"keyval": {"public": "A" * 64}},
        {"keyval": {}},
        {"keyval": None},
        {"keytype": "rsa"},
        {"keytype": 7},
        {"scheme": "none"},
        {"more": "fields"},
    ],
)
def test_a_key_that_is_not_in_its_one_form(change: dict[str, object]) -> None:
    key = load_public(openssh(ed())[1])

    with pytest.raises(KeyUnusable):
        check_key(key.keyid, {**key.to_dict(), **change})
    with pytest.raises(KeyUnusable, match="not the sha256"):
        check_key("0" * 64, key.to_dict())
    with pytest.raises(KeyUnusable):
        check_key(key.keyid, {**key.to_dict(), "keyval": {"public": str(key.keyval["public"]).upper()}})


def test_a_private_key_is_written_for_its_owner_alone_and_never_over_a_file(tmp_path: Path) -> None:
    write_private(tmp_path / "key", b"one")

    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "key", b"two")
    assert (tmp_path / "key").read_bytes() == b"one"
