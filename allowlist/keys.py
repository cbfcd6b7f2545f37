"""Keys in files: Ed25519, ECDSA P-256 and RSA from 3072 bits, as OpenSSH or PEM; one physical key has exactly one id.

The id is the sha256 of the canonical key (securesystemslib's ``compute_default_keyid``) and is always computed here,
never taken from a file: two ids for one key would let one person count as two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
    load_ssh_private_key,
    load_ssh_public_key,
)
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey

from allowlist.errors import KeyUnusable

SHORTEST_RSA = 3072
"""Bits. NIST SP 800-57 part 1 gives 3072 the strength of 128 bits; shorter keys are not for lists that live for years."""

_LARGEST_FILE = 64 * 1024
_OPENSSH_PRIVATE = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_PEM_PRIVATE = re.compile(rb"-----BEGIN (ENCRYPTED )?PRIVATE KEY-----")
_PEM_PUBLIC = b"-----BEGIN PUBLIC KEY-----"
_SSH_PUBLIC = re.compile(rb"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]+( [^\r\n]*)?\r?\n?")

_PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey
_Loader = Callable[[bytes, bytes | None], object]


def new_key(passphrase: bytes | None = None) -> tuple[bytes, bytes]:
    """Make an Ed25519 key pair: the private key as an OpenSSH file, encrypted if there is a passphrase, and the public line."""
    private = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, encryption), line + b"\n"


def load_signer(source: Path | str | bytes, passphrase: bytes | None = None) -> Signer:
    """Load a private key, OpenSSH or PEM PKCS#8, from a file or from its bytes. A passphrase that is not needed is not used.

    Raises:
        KeyUnusable: unknown form or kind, RSA under 3072 bits, encrypted without or with the wrong passphrase, unreadable file.
    """
    content = source if isinstance(source, bytes) else _read(Path(source))
    private = _private(content.strip(), passphrase or None)
    return CryptoSigner(private, _canonical(private.public_key()))


def load_public(content: bytes) -> Key:
    """Load a public key: one OpenSSH ``.pub`` line, or PEM.

    Raises:
        KeyUnusable: unknown form or kind, RSA under 3072 bits, a private key, more than one key.
    """
    if _OPENSSH_PRIVATE in content or _PEM_PRIVATE.search(content):
        raise KeyUnusable("this is a private key; give the public one, usually the file that ends in .pub")
    text = content.strip()
    try:
        if _SSH_PUBLIC.fullmatch(text):
            return _canonical(load_ssh_public_key(text))
        if text.startswith(_PEM_PUBLIC) and text.count(b"-----BEGIN ") == 1:
            return _canonical(load_pem_public_key(text))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"the public key cannot be read: {error}") from error
    raise KeyUnusable("this is not one public key: give an OpenSSH line (ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa) or a PEM file")


def check_key(keyid: str, key: Mapping[str, object]) -> Key:
    """Read a key dictionary of signed metadata or of a list, and hold it to its one form.

    Raises:
        KeyUnusable: the id is not the sha256 of the canonical key, or the key is of no kind, scheme or length that counts.
    """
    shape = (key.get("keytype"), key.get("scheme"), key.get("keyval"))
    match shape:
        case (str() as keytype, str() as scheme, {"public": str() as public}):
            same = SSlibKey(keyid, keytype, scheme, {"public": public})
        case _:
            raise KeyUnusable(f"key {keyid[:16]} has no keytype, scheme and keyval.public")
    try:
        if keytype == "ed25519":
            canonical = _canonical(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))
        else:
            canonical = _canonical(load_pem_public_key(public.encode()))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"key {keyid[:16]} cannot be read: {error}") from error
    if canonical.to_dict() != same.to_dict() or set(key) != {"keytype", "scheme", "keyval"} or key["keyval"] != {"public": public}:
        raise KeyUnusable(f"key {keyid[:16]} is not in its one form, so the same key could stand under two ids")
    if canonical.keyid != keyid:
        raise KeyUnusable(f"key id {keyid[:16]} is not the sha256 of its key, which is {canonical.keyid[:16]}")
    return canonical


def is_encrypted(path: Path) -> bool:
    """Tell whether a private key file asks for a passphrase. False for what is no private key. Raises KeyUnusable if it cannot be read."""
    content = _read(path).strip()
    loader = _loader(content)
    if loader is None:
        return False
    try:
        loader(content, None)
    except TypeError:  # how cryptography says that a passphrase is needed
        return True
    except (ValueError, UnsupportedAlgorithm):
        return False
    return False


def write_private(path: Path, content: bytes) -> None:
    """Write a private key to a new file that only its owner can read (0600). Raises FileExistsError, never overwrites; OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    written = False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written = True
    finally:
        if not written:
            path.unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_FILE)
    except OSError as error:
        raise KeyUnusable(f"the key file {path} cannot be read: {error.strerror}") from error


def _loader(content: bytes) -> _Loader | None:
    if content.startswith(_OPENSSH_PRIVATE):
        return load_ssh_private_key
    return load_pem_private_key if _PEM_PRIVATE.match(content) else None


def _private(content: bytes, passphrase: bytes | None) -> _PrivateKey:
    loader = _loader(content)
    if loader is not None:
        return _opened(loader, content, passphrase)
    if _SSH_PUBLIC.fullmatch(content) or content.startswith(_PEM_PUBLIC):
        raise KeyUnusable("this is a public key; signing takes the private one, usually the same name without .pub")
    raise KeyUnusable("this is not a private key in OpenSSH or PEM (PKCS#8) form")


def _opened(loader: _Loader, content: bytes, passphrase: bytes | None) -> _PrivateKey:
    try:
        private = loader(content, None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"the private key cannot be read: {error}") from error
    except TypeError as encrypted:  # how cryptography says that a passphrase is needed
        if passphrase is None:
            raise KeyUnusable("the private key is encrypted, and no passphrase was given") from encrypted
        try:
            private = loader(content, passphrase)
        except (ValueError, InvalidTag, UnsupportedAlgorithm) as error:
            raise KeyUnusable("the passphrase does not open the private key") from error
    if not isinstance(private, Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey):
        raise KeyUnusable(f"a key of kind {type(private).__name__} cannot sign here; take Ed25519, ECDSA P-256 or RSA")
    return private


def _canonical(public: object) -> SSlibKey:
    if isinstance(public, RSAPublicKey):
        if public.key_size < SHORTEST_RSA:
            raise KeyUnusable(f"an RSA key of {public.key_size} bits is too short; {SHORTEST_RSA} is the least")
    elif isinstance(public, EllipticCurvePublicKey):
        if not isinstance(public.curve, SECP256R1):
            raise KeyUnusable(f"the curve {public.curve.name} is not used here; take P-256 or Ed25519")
    elif not isinstance(public, Ed25519PublicKey):
        raise KeyUnusable(f"a key of kind {type(public).__name__} is not used here; take Ed25519, ECDSA P-256 or RSA")
    return SSlibKey.from_crypto(public)
