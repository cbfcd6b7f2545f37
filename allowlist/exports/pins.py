"""Does a command start these bytes and no others, as far as its words can say it? What clients that compare commands rely on.

A command that starts «the newest» or «whatever the environment says» allows more than was approved, whoever compares it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_VERSION = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
_NPM = re.compile(rf"(@[A-Za-z0-9~._-]+/)?[A-Za-z0-9~][A-Za-z0-9~._-]*@{_VERSION}")
_PYPI = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9,._-]+\])?(==|@)[0-9][0-9A-Za-z.!+-]*")
_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._:/-]*@sha256:[0-9a-f]{64}")
_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_ABSOLUTE = re.compile(r"/[^/].*|[A-Za-z]:\\.+")
_PLAIN_FOR_CMD = re.compile(r"[A-Za-z0-9@._/:=+,~\[\]-]+")

_SHELLS = ("sh", "bash", "dash", "zsh", "fish", "ksh", "cmd", "powershell", "pwsh", "env", "sudo", "xargs")
_INTERPRETERS = ("python", "python3", "node", "deno", "bun", "ruby", "perl", "php", "java", "go")
_INSTALLERS = ("npm", "pnpm", "yarn", "uv", "pipx", "cargo")
_WHATEVER_FOLLOWS = frozenset((*_SHELLS, *_INTERPRETERS, *_INSTALLERS))
"""Programs that start what their arguments name; nothing about their own path says which bytes run."""


def words_fault(words: Sequence[str]) -> str | None:
    """Say why these words cannot be compared exactly, or None: none, empty, variables, control characters."""
    if not words or not words[0]:
        return "the command is empty"
    for word in words:
        if "${" in word or "$(" in word:
            return f"{word!r} is filled in by the environment"
        if not word or not word.isprintable():
            return f"{word!r} is empty or holds characters that do not show"
    return None


def command_fault(words: Sequence[str]) -> str | None:
    """Say why a command does not start one fixed version, or None. Knows npx, bunx, uvx, docker and podman, and absolute paths."""
    fault = words_fault(words)
    if fault:
        return fault
    if [word.lower() for word in words[:2]] == ["cmd", "/c"]:
        return command_fault(words[2:])
    program = _name(words[0])
    rule = {"npx": _npx_fault, "bunx": _npx_fault, "uvx": _uvx_fault, "docker": _image_fault, "podman": _image_fault}.get(program)
    if rule is not None:
        return rule(words)
    if program in _WHATEVER_FOLLOWS:
        return f"{program} starts whatever its arguments name"
    return None if _ABSOLUTE.fullmatch(words[0]) else f"{words[0]!r} is looked up on the path, so it can be anything"


def url_fault(url: str) -> str | None:
    """Say why an address does not name one server, or None."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in " *$\\<>{}"):
        return f"{url!r} holds signs that a client may read as a pattern"
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return f"{url!r} is not an address"
    if parts.scheme != "https" or not parts.hostname or not port_is_number:
        return f"{url!r} is not an https address"
    return f"{url!r} holds a user name or a fragment" if "@" in parts.netloc or "#" in url else None


def for_windows(words: Sequence[str]) -> tuple[str, ...] | None:
    """Give the same command as Windows clients have to write it, where ``npx`` is a batch file; None if there is no other, safe one."""
    if words[0] not in {"npx", "bunx"} or not all(_PLAIN_FOR_CMD.fullmatch(word) for word in words):
        return None
    return ("cmd", "/c", *words)


def _name(program: str) -> str:
    return re.split(r"[/\\]", program)[-1].lower().removesuffix(".exe").removesuffix(".cmd")


def _npx_fault(words: Sequence[str]) -> str | None:
    package, position = None, 1
    while position < len(words) and words[position].startswith("-"):
        word = words[position]
        if word in {"-p", "--package"} and package is None and position + 1 < len(words):
            package, position = words[position + 1], position + 1
        elif word.startswith("--package=") and package is None:
            package = word.partition("=")[2]
        elif word not in {"-y", "--yes"}:
            return f"the option {word!r} may change what is started"
        position += 1
    return _pin_fault(_NPM, package, words[position] if position < len(words) else None, "name@1.2.3")


def _uvx_fault(words: Sequence[str]) -> str | None:
    package, position = None, 1
    if tuple(words[1:2]) == ("--from",):
        package, position = (words[2] if len(words) > 2 else ""), 3  # noqa: PLR2004  the word after --from
    if position < len(words) and words[position].startswith("-"):
        return f"the option {words[position]!r} may change what is started"
    return _pin_fault(_PYPI, package, words[position] if position < len(words) else None, "name==1.2.3")


def _pin_fault(pinned: re.Pattern[str], package: str | None, program: str | None, wanted: str) -> str | None:
    if package is None:
        return None if program and pinned.fullmatch(program) else f"{program or 'nothing'!r} is not pinned as {wanted}"
    if not pinned.fullmatch(package):
        return f"{package!r} is not pinned as {wanted}"
    return None if program and _PROGRAM.fullmatch(program) else f"{program or 'nothing'!r} is not a program of {package}"


def _image_fault(words: Sequence[str]) -> str | None:
    if tuple(words[1:2]) != ("run",):
        return f"{words[0]} is to run an image and do nothing else"
    position = 2
    while position < len(words) and words[position].startswith("-"):
        if words[position] in {"-e", "--env"} and position + 1 < len(words) and _PROGRAM.fullmatch(words[position + 1]):
            position += 1
        elif words[position] not in {"-i", "--interactive", "--rm", "--init", "--read-only", "--network=none", "--pull=never"}:
            return f"the option {words[position]!r} may give the image more than was approved"
        position += 1
    image = words[position] if position < len(words) else ""
    return None if _IMAGE.fullmatch(image) else f"{image!r} is not an image pinned as name@sha256:…"
