"""Which npm registry the user's own npm is configured for, read from its files and variables without running it.

A project's ``.npmrc`` is not read: it belongs to what is reviewed. Order as npm's: variables, the user's file, the global file.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError

__all__ = ["NpmConfig", "default_registry", "read_npm_config"]

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_]+)(\?)?\}")
_PREFIX = "npm_config_"
_ASK_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmConfig:
    """npm's settings by name, the first place winning."""

    settings: Mapping[str, str]

    @property
    def certificates(self) -> str:
        """The CA file, or an empty text."""
        return self.settings.get("cafile", "")

    @property
    def proxy(self) -> str:
        """The proxy, or an empty text."""
        return self.settings.get("https-proxy", "") or self.settings.get("proxy", "")

    def registry(self, package: str) -> str:
        """Give the registry for a package, ending in a slash: its scope's, else the general one, else npm's default."""
        scope = package.partition("/")[0] if package.startswith("@") else ""
        url = (scope and self.settings.get(f"{scope}:registry")) or self.settings.get("registry") or _ask_npm() or default_registry()
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise NotFetchedError(
                f"npm is configured for a registry that cannot be used: {shown(url)}", hint="Check `npm config get registry`."
            )
        return url.rstrip("/") + "/"

    def authorization(self, url: str) -> str:
        """Give the value of the Authorization header for a URL, or an empty text.

        npm keeps it under the address without scheme, and it holds for everything below (``//host/path/:_authToken``).
        """
        parts = urlsplit(url)
        path = f"//{parts.netloc}{parts.path}".rstrip("/")
        while path.count("/") >= 2:  # noqa: PLR2004  the two before the host
            for key in (path + "/:", path + ":"):
                if found := self._credentials(key):
                    return found
            path = path.rpartition("/")[0]
        return ""

    def _credentials(self, key: str) -> str:
        if token := self.settings.get(key + "_authToken"):
            return f"Bearer {token}"
        if basic := self.settings.get(key + "_auth"):
            return f"Basic {basic}"
        user, password = self.settings.get(key + "username"), self.settings.get(key + "_password")
        if user and password:
            plain = base64.b64decode(password).decode("utf-8", "replace")
            return "Basic " + base64.b64encode(f"{user}:{plain}".encode()).decode("ascii")
        return ""


def read_npm_config(environment: Mapping[str, str] | None = None) -> NpmConfig:
    """Read npm's configuration. A file that is missing or not readable counts as empty, as it does for npm."""
    environment = os.environ if environment is None else environment
    variables = {
        name[len(_PREFIX) :].lower().replace("_", "-") if name[len(_PREFIX)] != "@" else name[len(_PREFIX) :]: value
        for name, value in environment.items()
        if name.lower().startswith(_PREFIX) and len(name) > len(_PREFIX) and value
    }
    home = environment.get("HOME") or str(Path.home())
    settings = dict(variables)
    user = _read_file(Path(variables.get("userconfig") or Path(home) / ".npmrc"), environment)
    for name, value in user.items():
        settings.setdefault(name, value)
    for name, value in _read_file(_global_file(settings, environment), environment).items():
        settings.setdefault(name, value)
    return NpmConfig(settings=settings)


def _global_file(settings: Mapping[str, str], environment: Mapping[str, str]) -> Path:
    if named := settings.get("globalconfig"):
        return Path(named)
    program = shutil.which("node", path=environment.get("PATH")) or "/usr/bin/node"
    return Path(settings.get("prefix") or Path(program).parent.parent) / "etc" / "npmrc"


def _read_file(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    settings: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith((";", "#", "[")):
            settings[name.strip()] = _expanded(value.strip().strip("\"'"), environment)
    return settings


def _expanded(value: str, environment: Mapping[str, str]) -> str:
    """Replace ``${NAME}`` as npm does: what is not set stays as it is, with a question mark it becomes empty."""
    return _VARIABLE.sub(lambda match: environment.get(match[1], "" if match[2] else match[0]), value)


def _ask_npm() -> str:
    """Ask npm itself, which also knows what its packager built in. It runs in an empty folder, where no project can configure it."""
    program = shutil.which("npm")
    if program is None:
        return ""
    with tempfile.TemporaryDirectory(prefix="reviewer-npm-") as empty:
        try:
            answer = subprocess.run(  # noqa: S603  the user's own npm, fixed arguments
                [program, "config", "get", "registry"], cwd=empty, capture_output=True, text=True, timeout=_ASK_SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
            return ""
    url = answer.stdout.strip()
    return url if url.startswith(("http://", "https://")) else ""


def default_registry() -> str:
    """Take npm's default from the package URL library, which knows where each kind of package is downloaded."""
    from packageurl.contrib.purl2url import get_download_url  # noqa: PLC0415  needed only here

    url = get_download_url("pkg:npm/name@1.0.0")  # type: ignore[no-untyped-call]  # the library has no types here
    if not url:
        raise NotFetchedError("No npm registry is configured.", hint="Set one: npm config set registry URL.")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
