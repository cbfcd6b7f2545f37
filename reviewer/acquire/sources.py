"""What a person may write as SOURCE, and what it means. Nothing here touches the network."""

from __future__ import annotations

import enum
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError, UsageFault

__all__ = ["ARCHIVE_SUFFIXES", "Source", "SourceKind", "canonical_git", "parse_source"]

ARCHIVE_SUFFIXES = (".tar.gz", ".tgz", ".zip", ".whl", ".mcpb", ".dxt", ".skill", ".plugin")

_FORMS = (
    "Write a folder, an archive (.zip .tgz .tar.gz .whl .mcpb .dxt .skill .plugin), git+https://host/owner/repo[@ref][#subdirectory=path], "
    "github:owner/repo[@ref][//path], npm:name[@version], pypi:name[==version], a purl, server.json, mcp:namespace/name[@version], "
    "marketplace.json, a client's configuration such as .mcp.json, or https://host/path of a remote server."
)
_BY_PACKAGE = "Check the path. A published package is written npm:name or pypi:name; `reviewer scan --help` has every form."
_BY_NAME = (
    "A file is known by its name: an archive (.zip .tgz .tar.gz .whl .mcpb .dxt .skill .plugin), server.json, marketplace.json, or a "
    "client's configuration as the client calls it (.mcp.json, claude_desktop_config.json, .codex/config.toml …). Else give its folder."
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(:[0-9]{1,5})?")
_REPOSITORY_PATH = re.compile(r"(/[A-Za-z0-9._~+-]+){1,20}/?")
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,254}")
_OWNER_AND_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100})")
_NPM_NAME = re.compile(r"(@[A-Za-z0-9~][A-Za-z0-9._~-]*/)?[A-Za-z0-9~][A-Za-z0-9._~-]*")
_NPM_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_NPM_TAG = re.compile(r"(?![vV][0-9])(?![xX]$)[A-Za-z][A-Za-z0-9._-]{0,100}")
_NPM_NAME_LENGTH = 214  # npm's own limit
_ENTRY_NAME = re.compile(r"[A-Za-z0-9.-]{1,200}/[A-Za-z0-9._-]{1,200}")
_ENTRY_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,100}")
_URL_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_PYPI_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,212}[A-Za-z0-9])?")


class SourceKind(enum.StrEnum):
    """The kinds of source of this version."""

    FOLDER = "folder"
    ARCHIVE = "archive"
    GIT = "git"
    NPM = "npm"
    PYPI = "pypi"
    ENTRY = "entry"
    MCP = "mcp"
    MARKETPLACE = "marketplace"
    CONFIGURATION = "configuration"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source, understood. Only the fields of its kind are set.

    ``text`` is what was written; ``path`` belongs to what lies on this machine; ``url``, ``ref``, ``subdirectory`` to git
    (no ref is the default branch), ``url`` also to a remote server; ``name`` and ``version`` to npm, pypi and mcp (no version is the
    latest; for npm it may be a tag).
    """

    kind: SourceKind
    text: str
    path: Path | None = None
    url: str = ""
    ref: str | None = None
    subdirectory: str = ""
    name: str = ""
    version: str | None = None


def parse_source(text: str, *, allow_local_git: bool = False) -> Source:
    """Understand a SOURCE.

    Raises:
        UsageFault: it is of no known form, of one that this version cannot review, or dangerous to pass on.
        NotFetchedError: it is a path at which there is nothing.
    """
    _refuse_tricks(text)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _parse_path(text)
    name = scheme[1].lower()
    rest = text[scheme.end() :]
    if name == "git+file":
        return _parse_local_git(text, rest, allowed=allow_local_git)
    parser = _PARSERS.get(name)
    if parser is None:
        raise _unknown_scheme(name, text)
    return parser(text, rest)


def canonical_git(url: str, commit: str, subdirectory: str) -> str:
    """Write a git source with its resolved commit."""
    return f"git+{url}@{commit}" + (f"#subdirectory={quote(subdirectory, safe='/')}" if subdirectory else "")


def _refuse_tricks(text: str) -> None:
    if not text or text != text.strip():
        raise UsageFault("A source is not empty and has no white space around it.", hint=_FORMS)
    if any(not character.isprintable() for character in text):
        raise UsageFault(f"The source holds control or invisible characters: {shown(text)}", hint="Type it again by hand.")
    if text.startswith("-"):
        raise UsageFault(f"A source does not begin with «-»: {shown(text)}", hint="For a folder of that name write ./ before it.")
    if re.match(r"[A-Za-z0-9+.-]*::", text):
        raise UsageFault(f"Transport helpers of git run commands and are refused: {shown(text)}", hint=_FORMS)


def _unknown_scheme(name: str, text: str) -> UsageFault:
    if name == "git" or name.startswith("git+") or name == "ssh":
        return UsageFault(f"Of git's transports only https is read: {shown(text)}", hint="Write git+https://host/owner/repo.")
    return UsageFault(f"Unknown kind of source «{name}:»", hint=_FORMS + " For a path with a colon write ./ before it.")


def _parse_path(text: str) -> Source:
    if re.match(r"[^/@]+@[^/]+:", text):
        raise UsageFault(f"Of git's transports only https is read: {shown(text)}", hint="Write git+https://host/owner/repo.")
    path = Path(text)
    try:
        if path.is_dir():
            return Source(kind=SourceKind.FOLDER, text=text, path=path)
        exists = path.exists()
    except (OSError, ValueError) as error:
        raise NotFetchedError(f"The path cannot be looked at: {shown(text)}", hint="Check its spelling and permissions.") from error
    if not exists:
        raise NotFetchedError(f"There is nothing at {shown(text)}", hint=_BY_PACKAGE)
    kind = _kind_of_file(path) if path.is_file() else None
    if kind is None:
        raise UsageFault(f"{shown(text)} is neither a folder nor a file of a known type.", hint=_BY_NAME)
    return Source(kind=kind, text=text, path=path)


def _kind_of_file(path: Path) -> SourceKind | None:
    name = path.name.lower()
    if name.endswith(ARCHIVE_SUFFIXES):
        return SourceKind.ARCHIVE
    if name in {"server.json", "marketplace.json"}:
        return SourceKind.ENTRY if name == "server.json" else SourceKind.MARKETPLACE
    if not name.endswith((".json", ".jsonc", ".toml", ".yaml", ".yml")):
        return None
    from reviewer.acquire.declared.configuration import is_configuration  # noqa: PLC0415  only for this kind of source

    return SourceKind.CONFIGURATION if is_configuration(path.absolute()) else None


def _parse_https_git(text: str, rest: str) -> Source:
    try:
        parts = urlsplit("https:" + rest)
        host = parts.netloc
    except ValueError as error:
        raise UsageFault(f"The URL is malformed: {shown(text)}", hint=_FORMS) from error
    if "@" in host:
        raise UsageFault("A URL with a user name or password in it is refused.", hint="Write it without what stands before the @.")
    path, at, ref = parts.path.partition("@")
    if not rest.startswith("//") or not _HOST.fullmatch(host) or parts.query or not _is_repository_path(path):
        raise UsageFault(
            f"This is no repository address: {shown(text)}", hint="Write git+https://host/owner/repo[@ref][#subdirectory=path]."
        )
    return Source(
        kind=SourceKind.GIT,
        text=text,
        url=f"https://{host.lower()}{path.rstrip('/')}",
        ref=_ref(ref) if at else None,
        subdirectory=_fragment(parts.fragment),
    )


def _is_repository_path(path: str) -> bool:
    return _REPOSITORY_PATH.fullmatch(path) is not None and ".." not in path.split("/") and "/-" not in path


def _parse_github(text: str, rest: str) -> Source:
    repository, slashes, subdirectory = rest.partition("//")
    repository, at, ref = repository.partition("@")
    match = _OWNER_AND_NAME.fullmatch(repository)
    if match is None or match[2] in {".", ".."}:
        raise UsageFault(f"This is no GitHub repository: {shown(text)}", hint="Write github:owner/repo[@ref][//path].")
    return Source(
        kind=SourceKind.GIT,
        text=text,
        url=f"https://github.com/{repository}",
        ref=_ref(ref) if at else None,
        subdirectory=_subdirectory(subdirectory) if slashes else "",
    )


def _parse_local_git(text: str, rest: str, *, allowed: bool) -> Source:
    if not allowed:
        raise UsageFault(
            "A git repository on this machine is read only with --allow-local-git.", hint="Give the folder itself instead, or add the flag."
        )
    address, _, fragment = rest.partition("#")
    if not address.startswith("///"):
        raise UsageFault(f"A local repository needs an absolute path: {shown(text)}", hint="Write git+file:///path/to/repository[@ref].")
    path = unquote(address[2:])
    ref: str | None = None
    if not Path(path).exists() and "@" in path:
        path, _, ref = path.rpartition("@")
    if any(not character.isprintable() for character in path):
        raise UsageFault("The path holds control characters.", hint=_FORMS)
    return Source(
        kind=SourceKind.GIT,
        text=text,
        url="file://" + quote(path.rstrip("/") or "/"),
        path=Path(path),
        ref=None if ref is None else _ref(ref),
        subdirectory=_fragment(fragment),
    )


def _ref(ref: str) -> str:
    broken = ".." in ref or "//" in ref or "/." in ref or ref.endswith(("/", ".", ".lock"))
    if broken or not _REF.fullmatch(ref):
        raise UsageFault(f"This is no branch, tag or commit: «{shown(ref)}»", hint="Write @ and a branch, a tag or a full commit id.")
    return ref


def _fragment(fragment: str) -> str:
    if not fragment:
        return ""
    key, equals, value = fragment.partition("=")
    if key != "subdirectory" or not equals or "&" in value:
        raise UsageFault(f"After # only subdirectory=path is known, not «{shown(fragment)}»", hint="Write #subdirectory=path.")
    return _subdirectory(unquote(value))


def _subdirectory(text: str) -> str:
    path = text.rstrip("/")
    parts = path.split("/")
    bad = path.startswith("/") or any(part in {"", ".", "..", ".git"} for part in parts) or any(not each.isprintable() for each in path)
    if bad or "\\" in path:
        raise UsageFault(
            f"The subdirectory must be a plain path inside the repository: «{shown(text)}»",
            hint="Write it without . and .. and a leading /.",
        )
    return str(PurePosixPath(path))


def _parse_npm(text: str, rest: str) -> Source:
    name, at, version = rest.partition("@") if not rest.startswith("@") else _scoped(rest)
    return _npm(text, name, version if at else None)


def _scoped(rest: str) -> tuple[str, str, str]:
    name, at, version = rest[1:].partition("@")
    return "@" + name, at, version


def _npm(text: str, name: str, version: str | None) -> Source:
    if not _NPM_NAME.fullmatch(name) or len(name) > _NPM_NAME_LENGTH:
        raise UsageFault(f"This is no npm package name: «{shown(name)}»", hint="Write npm:[@scope/]name[@version].")
    if version is not None and not (_NPM_VERSION.fullmatch(version) or _NPM_TAG.fullmatch(version)):
        raise UsageFault(
            f"This is no exact npm version: «{shown(version)}»",
            hint="Ranges are not reviewed; write one version such as 1.2.3, or none for the latest.",
        )
    return Source(kind=SourceKind.NPM, text=text, name=name, version=version)


def _parse_pypi(text: str, rest: str) -> Source:
    name, equals, version = rest.partition("==")
    return _pypi(text, name, version if equals else None)


def _pypi(text: str, name: str, version: str | None) -> Source:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  only for this kind of source

    if not _PYPI_NAME.fullmatch(name):
        raise UsageFault(f"This is no Python package name: «{shown(name)}»", hint="Write pypi:name[==version], without extras and ranges.")
    try:
        exact = None if version is None else str(Version(version))
    except InvalidVersion as error:
        raise UsageFault(
            f"This is no exact version: «{shown(version or '')}»", hint="Write one version such as ==1.2.3, or none for the latest."
        ) from error
    return Source(kind=SourceKind.PYPI, text=text, name=name, version=exact)


def _parse_purl(text: str, _rest: str) -> Source:
    from packageurl import PackageURL  # noqa: PLC0415  only for this kind of source

    try:
        purl = PackageURL.from_string(text)
    except ValueError as error:
        raise UsageFault(f"This is no package URL: {shown(text)}", hint="Write pkg:npm/name@version or pkg:pypi/name@version.") from error
    if purl.type not in {"npm", "pypi"} or purl.qualifiers or purl.subpath:
        raise UsageFault(f"Of package URLs this version reads npm and pypi without qualifiers: {shown(text)}", hint=_FORMS)
    name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    return _npm(text, name, purl.version) if purl.type == "npm" else _pypi(text, name, purl.version)


def _parse_mcp(text: str, rest: str) -> Source:
    name, at, version = rest.partition("@")
    if not _ENTRY_NAME.fullmatch(name) or (at and not _ENTRY_VERSION.fullmatch(version)):
        raise UsageFault(f"This is no name of an MCP registry: {shown(text)}", hint="Write mcp:namespace/name[@version].")
    return Source(kind=SourceKind.MCP, text=text, name=name, version=version if at else None)


def _parse_remote(text: str, rest: str) -> Source:
    from reviewer.acquire.declared.redaction import has_secret  # noqa: PLC0415  only for this kind of source

    scheme = text[: len(text) - len(rest) - 1].lower()
    try:
        parts = urlsplit(f"{scheme}:{rest}")
        host = parts.netloc
    except ValueError as error:
        raise UsageFault(f"The URL is malformed: {shown(text)}", hint="Write https://host/path.") from error
    if "@" in host:
        raise UsageFault("A URL with a user name or password in it is refused.", hint="Write it without what stands before the @.")
    if not rest.startswith("//") or not _HOST.fullmatch(host) or not _URL_PATH.fullmatch(parts.path) or parts.fragment:
        raise UsageFault(
            f"This is no address of a remote server: {shown(text)}",
            hint="Write https://host/path, with a / at least. For a repository write git+https://…; for a file download it first.",
        )
    url = f"{scheme}://{host.lower()}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    if scheme == "http" and not _is_this_machine(parts.hostname or ""):
        raise UsageFault(f"A remote server is reached over https: {shown(text)}", hint="Write https://host/path.")
    if has_secret(url):
        raise UsageFault(
            "The address holds what looks like a key, which must not be kept.",
            hint="Write the address without it; the key belongs in a header.",
        )
    return Source(kind=SourceKind.REMOTE, text=text, url=url)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_PARSERS: Mapping[str, Callable[[str, str], Source]] = {
    "git+https": _parse_https_git,
    "github": _parse_github,
    "npm": _parse_npm,
    "pypi": _parse_pypi,
    "pkg": _parse_purl,
    "mcp": _parse_mcp,
    "https": _parse_remote,
    "http": _parse_remote,
}
