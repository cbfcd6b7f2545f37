"""What a configuration starts or reads on the same machine: only what lies in the configuration's own folder, and no file of secrets."""

from __future__ import annotations

import re
import stat
from fnmatch import fnmatch
from pathlib import Path

from reviewer.acquire.folder import read_folder, regular_chunks
from reviewer.acquire.gather import EXECUTABLE, PLAIN, Basket
from reviewer.acquire.limits import Limits
from reviewer.acquire.names import shown
from reviewer.errors import NotFetchedError

__all__ = ["inside", "own_folder", "read_server", "resolve_near"]

_ANCHORS = (
    "package.json",
    "pyproject.toml",
    "setup.py",
    "deno.json",
    "go.mod",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "composer.json",
    "SKILL.md",
)
_PRIVATE = (
    *(
        ".env",
        ".env.*",
        "*.env",
        ".npmrc",
        ".netrc",
        "_netrc",
        ".pypirc",
        ".pgpass",
        ".git-credentials",
        ".htpasswd",
        "*.pem",
        "*.key",
        "*.p12",
    ),
    *(
        "*.pfx",
        "*.jks",
        "*.keystore",
        "*.kdbx",
        "id_rsa*",
        "id_ed25519*",
        "id_ecdsa*",
        "id_dsa*",
        "credentials",
        "credentials.json",
        "credentials.y*ml",
    ),
    *(
        "token.json",
        "tokens.json",
        "secrets.*",
        "client_secret*.json",
        "service-account*.json",
        "service_account*.json",
        "*.ovpn",
        "*.kubeconfig",
    ),
)
_PUBLIC = ("*.example", "*.sample", "*.template", "*.dist", "*.pub", "*.md")
_WORKSPACE = re.compile(
    r"\$\{(?:workspaceFolder|workspaceRoot|projectRoot|PROJECT_ROOT|CLAUDE_PROJECT_DIR|workspacePath|extensionPath)(?::-[^}]*)?\}"
)
_HOME = re.compile(r"^(?:~|\$HOME|\$\{(?:env:)?HOME\}|\$\{userHome\}|%USERPROFILE%)(?=[/\\]|$)")
_FIRST_FOLDERS = 12  # how far up a package's manifest is looked for


def own_folder(configuration: Path) -> Path:
    """Give the folder to which a configuration belongs: its own, or the project's where it lies in ``.vscode`` and the like."""
    folder = configuration.resolve().parent
    outer = folder.parent if folder.name in {"settings", "User"} and folder.parent.name.startswith(".") else folder
    project = outer.parent if outer.name.startswith(".") else outer
    return outer if project == _home() else project


def _home() -> Path:
    try:
        return Path.home().resolve()
    except RuntimeError:  # nobody's home
        return Path("/")


def resolve_near(address: str, configuration: Path) -> Path:
    """Give the real place that a configuration names. Raises NotFetchedError where there is none that may be read."""
    own = own_folder(configuration)
    text = _WORKSPACE.sub(lambda _: str(own), address)
    text = _HOME.sub(lambda _: str(_home()), text)
    if not text or "\0" in text or "$" in text or "%" in text or "<" in text:
        raise NotFetchedError(f"it is started from {shown(address) or 'nothing that is named'}, which was not submitted")
    if not any(sign in text for sign in "/\\."):
        raise NotFetchedError(f"it is started by the program {shown(address)} of whatever machine runs it, which was not submitted")
    bases = [own, configuration.resolve().parent]
    for base in bases:
        try:
            place = (base / text).resolve()
            if place.exists():
                return inside(place, own, address)
        except (OSError, ValueError, RuntimeError):
            break
    raise NotFetchedError(f"it is started from {shown(address)}, where there is nothing, or nothing that may be read")


def inside(place: Path, own: Path, said: str) -> Path:
    """Give a resolved place if it lies under a folder. Raises NotFetchedError."""
    if not place.is_relative_to(own.resolve()) or _home().is_relative_to(place):
        raise NotFetchedError(f"{shown(said)} lies outside of the folder of what was submitted, so it was not read")
    return place


def read_server(place: Path, own: Path, basket: Basket, limits: Limits) -> Path:
    """Read what a server is made of: the package around a file, else its folder, else the file alone. Gives what was read.

    A folder is read whole only if it is a package or lies below the configuration's own folder, and that is no home folder.
    """
    if place.is_dir():
        _read(place, basket, limits)
        return place
    folders = [folder for folder in place.parents[:_FIRST_FOLDERS] if folder.is_relative_to(own) and not _home().is_relative_to(folder)]
    package = next((folder for folder in folders if any((folder / name).is_file() for name in _ANCHORS)), None)
    folder = package or (place.parent if place.parent in folders and place.parent != own and own != _home() else None)
    if folder is not None:
        _read(folder, basket, limits)
        return folder
    mode = EXECUTABLE if place.stat().st_mode & stat.S_IXUSR else PLAIN
    basket.add(place.name.encode("utf-8", "surrogateescape"), mode, regular_chunks(place))
    return place


def _read(folder: Path, basket: Basket, limits: Limits) -> None:
    read_folder(folder, basket, most=limits.entries, left=_private)


def _private(name: bytes) -> str:
    text = name.decode("utf-8", "replace").lower()
    if any(fnmatch(text, pattern) for pattern in _PRIVATE) and not any(fnmatch(text, pattern) for pattern in _PUBLIC):
        return "a file in which secrets are kept: it was not opened, as only a configuration was submitted"
    return ""
