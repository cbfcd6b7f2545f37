"""Launch commands that take the newest version of a package or image."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.model import Hit, Launch, Severity, Target

# How each launcher is written, and after which of its words the package comes.
_LAUNCHERS: dict[tuple[str, ...], str] = {
    ("npx",): "npm", ("bunx",): "npm", ("pnpx",): "npm", ("pnpm", "dlx"): "npm", ("yarn", "dlx"): "npm", ("bun", "x"): "npm",
    ("npm", "exec"): "npm", ("npm", "x"): "npm", ("uvx",): "pypi", ("uv", "tool", "run"): "pypi", ("pipx", "run"): "pypi",
    ("docker", "run"): "image", ("podman", "run"): "image", ("docker", "container", "run"): "image",
}  # fmt: skip
_NAMES_PACKAGE = frozenset({"--from", "--package", "-p", "--spec", "--with-requirements"})
# Options of docker run that take no value; all others that are not written with "=" take one.
_FLAGS = frozenset({
    "-i", "-t", "-it", "-ti", "-d", "-itd", "-P", "--rm", "--interactive",
    "--tty", "--detach", "--init", "--privileged", "--read-only", "--publish-all",
})  # fmt: skip
_FLAGS_OF_RUNNERS = frozenset(
    {
        "-y",
        "--yes",
        "--no",
        "-q",
        "--quiet",
        "--no-install",
        "--silent",
        "--isolated",
        "--refresh",
        "--offline",
        "--no-cache",
        "-n",
        "--bun",
    }
)
_EXACT = re.compile(r"v?\d+(?:\.\d+){1,3}(?:[-+.]?[\w.+-]*)?")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:$|#)")
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_LOCAL = re.compile(r"^(?:[./~]|\$|\{|<|%)")


def inspect(target: Target) -> Iterator[Hit]:
    """Look at every command that starts a server; each package is reported once per kind of place."""
    seen: set[tuple[str, str]] = set()
    for launch in target.launches:
        found = _package(launch.command)
        if found is None:
            continue
        ecosystem, package = found
        wrong = _why(ecosystem, package)
        if wrong is None or (package, launch.context) in seen:
            continue
        seen.add((package, launch.context))
        yield _hit(launch, package, wrong)


def _hit(launch: Launch, package: str, wrong: str) -> Hit:
    severity = Severity.INFO if launch.context == "documentation" else Severity.LOW if wrong == "a tag, which can move" else None
    return Hit(at=launch.at, message=f"{package[:100]} is started by {wrong}.", evidence=" ".join(launch.command), severity=severity)


def _package(command: Sequence[str]) -> tuple[str, str] | None:
    """Give ecosystem and package of a launch command, or None where it starts nothing from elsewhere."""
    words = [command[0].rpartition("/")[2].removesuffix(".cmd").removesuffix(".exe"), *command[1:]] if command else []
    if words[:2] == ["cmd", "/c"]:
        words = words[2:]
    for launcher, ecosystem in _LAUNCHERS.items():
        if tuple(words[: len(launcher)]) == launcher:
            rest = words[len(launcher) :]
            package = _image(rest) if ecosystem == "image" else _operand(rest)
            return (ecosystem, package) if package and not _LOCAL.match(package) else None
    return None


def _operand(words: Sequence[str]) -> str | None:
    at = 0
    while at < len(words):
        word = words[at]
        name, equals, value = word.partition("=")
        if name in _NAMES_PACKAGE:
            return value if equals else (words[at + 1] if at + 1 < len(words) else None)
        if not word.startswith("-"):
            return word
        at += 1 if word in _FLAGS_OF_RUNNERS or equals else 2 if word.startswith("--") and at + 2 < len(words) else 1
    return None


def _image(words: Sequence[str]) -> str | None:
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 1 if words[at] in _FLAGS or "=" in words[at] else 2
    return words[at] if at < len(words) else None


def _why(ecosystem: str, package: str) -> str | None:
    """Say what fixes the version instead of an exact one; None where it is exact."""
    if ecosystem == "image":
        tag = package.rpartition("/")[2].partition(":")[2]
        return None if _DIGEST.search(package) else "a tag, which can move" if tag and tag != "latest" else "its newest image"
    if "://" in package or package.startswith(("git+", "github:", "git@")):
        return None if _COMMIT.search(package) else "a branch of a repository"
    name, _, version = package.rpartition("==") if "==" in package else package.rpartition("@")
    if not name or not version:
        return "its newest version"
    return None if _EXACT.fullmatch(version) else f"the range or tag “{version}”"
