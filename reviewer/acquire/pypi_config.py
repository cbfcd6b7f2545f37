"""Which index the user's own pip is configured for, read from its files and variables without running it."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PipConfig", "read_pip_config"]

_SECTIONS = ("global", "install")  # the later one wins


@dataclass(frozen=True, slots=True, kw_only=True)
class PipConfig:
    """What of pip's configuration matters here. Texts are empty where nothing is set."""

    index_url: str = ""
    certificates: str = ""
    proxy: str = ""
    has_more: bool = False
    """``extra-index-url`` or ``find-links`` are set. They are not asked: which of several indexes wins is a known way to be deceived."""


def read_pip_config(environment: Mapping[str, str] | None = None) -> PipConfig:
    """Read pip's configuration in pip's order: global, user, the environment's virtual one, PIP_CONFIG_FILE, then variables."""
    environment = os.environ if environment is None else environment
    settings: dict[str, str] = {}
    for path in _files(environment):
        settings.update(_read_file(path))
    settings.update(
        {name[len("PIP_") :].lower().replace("_", "-"): value for name, value in environment.items() if name.startswith("PIP_") and value}
    )
    return PipConfig(
        index_url=settings.get("index-url", ""),
        certificates=settings.get("cert", ""),
        proxy=settings.get("proxy", ""),
        has_more=bool(settings.get("extra-index-url") or settings.get("find-links")),
    )


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    named = environment.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:  # pip's way to say: none
        return
    home = Path(environment.get("HOME") or Path.home())
    shared = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    yield from (Path(folder) / "pip" / "pip.conf" for folder in reversed(shared.split(os.pathsep)) if folder)
    yield Path("/etc/pip.conf")
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
        yield home / "Library" / "Application Support" / "pip" / "pip.conf"
    yield home / ".pip" / "pip.conf"
    yield Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    yield Path(sys.prefix) / "pip.conf"
    if named:
        yield Path(named)


def _read_file(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return {}
    return {name.replace("_", "-"): value for section in _SECTIONS if parser.has_section(section) for name, value in parser.items(section)}
