"""Code that runs when a package is installed, or when the interpreter starts."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from checks.catalog.install_time_execution.setup_script import setup_hits
from checks.model import Confidence, Hit, Location, Severity, Target

_WORDS = Path(__file__).with_name("words.yaml")
_JOINS = re.compile(r"\s*(?:&&|\|\||;)\s*")
_LOCAL_SCRIPT = re.compile(r"\b(?:node|bun|deno run|ts-node|tsx|python3?|sh|bash)\s+(?:-\S+\s+)*(?:\./)?([\w./-]+)")


@functools.cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.load(_WORDS.read_bytes(), Loader=yaml.CSafeLoader)
    words["ordinary"] = re.compile("|".join(words["ordinary"]), re.IGNORECASE)
    for name in ("reaches", "starts", "agents", "known_start_up"):
        words[name] = re.compile(words[name], re.IGNORECASE)
    return words


def inspect(target: Target) -> Iterator[Hit]:
    """Look at package manifests, setup scripts, build backends and start-up files."""
    for path, text in target.texts.items():
        name = path.rpartition("/")[2]
        if "node_modules/" in path:
            continue
        if name == "package.json":
            yield from _lifecycle(target, path, text)
        elif name == "setup.py":
            yield from setup_hits(path, text)
        elif name.endswith(".pth"):
            yield from _start_up(path, text)
        elif name == "pyproject.toml":
            yield from _backend(path, text)
        elif name in {"sitecustomize.py", "usercustomize.py"}:
            message = "Python runs this file whenever it starts, if it lies on the path."
            yield Hit(at=Location(path=path), message=message, evidence=text[:200], confidence=Confidence.LOW)


def _lifecycle(target: Target, path: str, text: str) -> Iterator[Hit]:
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        return
    scripts = manifest.get("scripts") if isinstance(manifest, dict) else None
    if not isinstance(scripts, dict):
        return
    for event in _words()["on_install"]:
        command = scripts.get(event)
        if isinstance(command, str) and not _is_ordinary(command):
            line = _line_of(text, f'"{event}"')
            yield _judge(target, Location(path=path, line=line), event, command)


def _is_ordinary(command: str) -> bool:
    return all(_words()["ordinary"].fullmatch(part.strip()) for part in _JOINS.split(command) if part.strip())


def _judge(target: Target, at: Location, event: str, command: str) -> Hit:
    """Weigh a lifecycle script by its own words and by the file that it starts."""
    words = _words()
    started = _LOCAL_SCRIPT.search(command)
    folder = at.path.rpartition("/")[0]
    source = target.texts.get(f"{folder}/{started[1]}".lstrip("/").replace("/./", "/"), "") if started else ""
    body = f"{command}\n{source}"
    confidence = None
    if words["agents"].search(body):
        message, severity, confidence = f"The {event} script drives an agent with its questions switched off.", None, Confidence.HIGH
    elif words["reaches"].search(body) and words["starts"].search(body):
        message, severity = f"The {event} script uses the network and starts programs.", None
    elif words["reaches"].search(body) or words["starts"].search(body):
        message, severity = f"The {event} script uses the network or starts programs.", Severity.MEDIUM
    elif started and not source:
        message, severity = f"The {event} script starts {started[1]}, which is not among what was submitted.", Severity.MEDIUM
    else:
        message, severity = f"The {event} script runs when the package is installed.", Severity.LOW
    return Hit(at=at, message=message, evidence=f"{event}: {command}", severity=severity, confidence=confidence)


def _start_up(path: str, text: str) -> Iterator[Hit]:
    """A line of a .pth file that begins with ``import`` is executed (Python documentation, module ``site``)."""
    for number, line in enumerate(text.splitlines()[:1000], start=1):
        if line.startswith(("import ", "import\t")) and not _words()["known_start_up"].match(line):
            message = "Python executes this line whenever it starts, without anything being imported."
            yield Hit(at=Location(path=path, line=number), message=message, evidence=line, confidence=Confidence.HIGH)


def _backend(path: str, text: str) -> Iterator[Hit]:
    """``backend-path`` lets a build backend of the package's own run at installation (PEP 517)."""
    try:
        system = tomllib.loads(text).get("build-system")
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    if isinstance(system, dict) and system.get("backend-path"):
        message = f"The package brings its own build backend, {str(system.get('build-backend'))[:60]!r}, which runs when it is built."
        at = Location(path=path, line=_line_of(text, "backend-path"))
        yield Hit(at=at, message=message, evidence=f"backend-path = {system['backend-path']}", severity=Severity.MEDIUM)


def _line_of(text: str, words: str) -> int:
    at = text.find(words)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0
