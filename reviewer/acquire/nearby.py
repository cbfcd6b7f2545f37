"""What a configuration starts or reads on the same machine: only what lies in the configuration's own folder, and no file of secrets.

Configurations of clients that lie within it hold secrets as the submitted one does: they go through the same redaction.
"""

from __future__ import annotations

import functools
import json
import re
import stat
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from reviewer.acquire.declared.ask import ask_plan
from reviewer.acquire.declared.configuration import is_common, is_configuration
from reviewer.acquire.declared.plan import Plan
from reviewer.acquire.folder import read_folder, regular_chunks
from reviewer.acquire.gather import EXECUTABLE, PLAIN, Basket
from reviewer.acquire.limits import Limits
from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError
from reviewer.tables import load_table

__all__ = ["inside", "own_folder", "read_server", "resolve_near"]

_WORKSPACE = re.compile(
    r"\$\{(?:workspaceFolder|workspaceRoot|projectRoot|PROJECT_ROOT|CLAUDE_PROJECT_DIR|workspacePath|extensionPath)(?::-[^}]*)?\}"
)
_HOME = re.compile(r"^(?:~|\$HOME|\$\{(?:env:)?HOME\}|\$\{userHome\}|%USERPROFILE%)(?=[/\\]|$)")
_FIRST_FOLDERS = 12  # how far up a package's manifest is looked for
CONFIGURATIONS = 30
"""How many configurations within one server are read; a project has some three."""
_CONFIGURATION = "a client's configuration"


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


def read_server(place: Path, own: Path, basket: Basket, limits: Limits, *, skills: bool = False) -> Path:
    """Read what a server is made of: the package around a file, else its folder, else the file alone. Gives what was read.

    A folder is read whole only if it is a package, holds ``skills``, or lies below the configuration's own folder, and that is no home.

    Raises:
        NotFetchedError: it is a place of secrets, or a folder of a home that is no package.
    """
    if reason := next((reason for path in _from(own, place) if (reason := _private(path))), ""):
        raise NotFetchedError(f"{shown(place.name)} is {reason}")
    if place.is_dir():
        if own == _home() and not skills and not _is_package(place):
            raise NotFetchedError(f"{shown(place.name)} is a folder of somebody's home and no package, so it was not read")
        _read(place, basket, limits)
        return place
    folders = [folder for folder in place.parents[:_FIRST_FOLDERS] if folder.is_relative_to(own) and not _home().is_relative_to(folder)]
    package = next((folder for folder in folders if _is_package(folder)), None)
    folder = package or (place.parent if place.parent in folders and place.parent != own and own != _home() else None)
    if folder is not None:
        _read(folder, basket, limits)
        return folder
    if is_configuration(place):
        _take_configuration(place.parent, place.name, basket, limits)
        return place
    mode = EXECUTABLE if place.stat().st_mode & stat.S_IXUSR else PLAIN
    basket.add(place.name.encode("utf-8", "surrogateescape"), mode, regular_chunks(place))
    return place


def _is_package(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _names("anchors"))


@functools.cache
def _names(key: str) -> tuple[str, ...]:
    return tuple(name for row in load_table(Path(__file__).with_suffix(".yaml"))[key] for name in row["names"])


def _from(own: Path, place: Path) -> list[bytes]:
    """Give the path of a place and those of the folders that lead to it from a folder; folders end in ``/``."""
    parts = place.relative_to(own).parts
    paths = ["/".join(parts[:end]) + "/" for end in range(1, len(parts))] + ["/".join(parts) + ("/" if place.is_dir() else "")]
    return [path.encode("utf-8", "surrogateescape") for path in paths]


def _read(folder: Path, basket: Basket, limits: Limits) -> None:
    """Read a folder without its files of secrets; configurations of clients in it are read by their redaction."""
    configured: list[str] = []

    def left(path: bytes) -> str:
        text = path.decode("utf-8", "surrogateescape")
        if not path.endswith(b"/") and is_configuration(PurePosixPath(folder, text)) and not _is_published(text):
            configured.append(text)
            return _CONFIGURATION
        return _private(path)

    read_folder(folder, basket, most=limits.entries, left=left, quiet=_CONFIGURATION)
    for number, path in enumerate(configured):
        if number >= CONFIGURATIONS:
            basket.leave_out(path.encode("utf-8", "surrogateescape"), f"more than {CONFIGURATIONS} {_CONFIGURATION}s: it was not read")
        else:
            _take_configuration(folder, path, basket, limits)


def _is_published(path: str) -> bool:
    return any(part in _names("published_folders") for part in path.split("/"))


def _take_configuration(folder: Path, path: str, basket: Basket, limits: Limits) -> None:
    """Keep what is left of a configuration without its secrets. A file of a common name that configures no server is the server's own."""
    name, place = path.encode("utf-8", "surrogateescape"), folder / path
    if place.is_symlink():
        basket.leave_out(name, f"a link in the place of {_CONFIGURATION}: it was not followed", gate=False)
        return
    try:
        plan = ask_plan("configuration", [place], limits, path=str(place))
    except NotFetchedError as error:
        plan = Plan(fault=error.message)
    if is_common(place) and not _servers(plan):
        basket.add(name, PLAIN, regular_chunks(place))
    elif plan.fault or not plan.pages:
        basket.leave_out(name, f"{_CONFIGURATION} that cannot be read: {shown(plan.fault)}")
    else:
        inner = f"{path.rpartition('/')[0]}/{plan.pages[0].path}".lstrip("/")
        basket.add(inner.encode("utf-8", "surrogateescape"), PLAIN, [plan.pages[0].text.encode("utf-8", "replace")])
        for row in plan.unreadable:
            basket.note(path, row.reason, gate=row.gate)


def _servers(plan: Plan) -> bool:
    return any(json.loads(page.text).get("mcpServers") for page in plan.pages)


def _private(path: bytes) -> str:
    """Say why a file, or a folder whose path ends in ``/``, is not opened; empty if it is."""
    text = path.decode("utf-8", "replace").lower()
    name = text.rstrip("/").rpartition("/")[2]
    if text.endswith("/"):
        return "a folder in which secrets are kept: it was not opened" if name in _names("private_folders") else ""
    if any(fnmatch(name, pattern) for pattern in _names("private_files")) and not any(
        fnmatch(name, pattern) for pattern in _names("public_files")
    ):
        return "a file in which secrets are kept: it was not opened, as only a configuration was submitted"
    return ""
