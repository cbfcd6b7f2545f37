"""Decoded or downloaded code that is run before anybody could read it: in shell, PowerShell, Python and JavaScript."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checks.catalog.piped_to_interpreter.programs import decoded_programs
from checks.commands import ShellText, Standing, options, shell_texts
from checks.hosts import is_local, nameless, split, urls
from checks.model import Confidence, Hit, Severity, Target
from checks.once import each_place_once
from checks.parse import Command, Pipeline, Script, shell
from checks.text import decoded

_WORDS = Path(__file__).with_name("words.yaml")
_CODE_ON_LINE = re.compile(
    r"[|`(<].{0,400}?\b(?:sh|bash|zsh|python3?|node|perl|ruby|php|iex|pwsh|powershell|osascript)\b|\beval\b", re.IGNORECASE
)
_POWERSHELL_RUNS = re.compile(
    r"\b(?:iex|invoke-expression)\b[^\n|;]{0,80}?\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring|webclient|curl|wget|frombase64string)\b",
    re.IGNORECASE,
)
_ENCODED_COMMAND = re.compile(r"^[-/]e(?:c|n|nc|nco|ncod|ncode|ncoded|ncodedc\w*)?$", re.IGNORECASE)
_LONG = 32  # characters of base64; shorter ones are words
_LINES = 20_000


@functools.cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.load(_WORDS.read_bytes(), Loader=yaml.CSafeLoader)
    addresses = "|".join(re.escape(one).replace(r"\{v\}", r"[\w.+-]{1,40}") for one in words["installers"])
    words["installer"] = re.compile(f"(?:{addresses})/?(?:[?#].*)?")
    words["own_program"] = re.compile(words["own_program"])
    words["decodes"] = {name: re.compile(pattern) for name, pattern in words["decodes"].items()}
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Code on its way to an interpreter: the commands that bring it, and the text where it happens."""

    brings: tuple[Command, ...]
    line: int
    evidence: str


def inspect(target: Target) -> Iterator[Hit]:
    """Look at every shell text, and at calls of ``exec`` and its like in programs."""
    yield from each_place_once(hit for text in shell_texts(target) for hit in _hits(text))
    yield from decoded_programs(target)


def _hits(text: ShellText) -> Iterator[Hit]:
    script = shell(text.text)
    runs = [*_runs(script), *_runs_of_lines(text.text)]
    for run in runs:
        hit = _judge(text, run)
        if hit is not None:
            yield hit
    yield from _powershell(text, script)
    yield from _kept(text, script)


def _runs(script: Script) -> Iterator[_Run]:
    for pipeline in script.pipelines:
        yield from _piped(pipeline)
    for command in script.commands:
        feeding = command.feeding()
        if feeding and _takes_code(command):
            yield _Run(brings=feeding, line=command.line, evidence=command.text)


def _runs_of_lines(text: str) -> Iterator[_Run]:
    """Read suspicious lines once more, alone: one syntax error must not hide what follows it."""
    for number, line in enumerate(text.split("\n")[:_LINES], start=1):
        if _CODE_ON_LINE.search(line):
            for run in _runs(shell(line.strip())):
                yield _Run(brings=run.brings, line=number, evidence=run.evidence)


def _piped(pipeline: Pipeline) -> Iterator[_Run]:
    for at, stage in enumerate(pipeline.stages[1:], start=1):
        for command in stage:
            if _reads_code(command):
                brings = tuple(one for earlier in pipeline.stages[:at] for one in earlier)
                yield _Run(brings=brings, line=command.line, evidence=pipeline.text)


def _reads_code(command: Command) -> bool:
    """Say whether a stage of a pipeline runs what comes in: an interpreter without a program of its own."""
    if command.program.lower() not in _words()["interpreters"]:
        return False
    if any(_words()["own_program"].match(argument) for argument in command.arguments):
        return any("$(cat" in a or "/dev/stdin" in a for a in command.arguments)
    operands = [argument for argument in command.arguments if not argument.startswith("-") or argument == "-"]
    return not operands or operands[0] in {"-", "/dev/stdin"} or "-s" in command.arguments


def _takes_code(command: Command) -> bool:
    """Say whether the output of other commands is code to this one."""
    program = command.program.lower()
    if program in _words()["evaluates"]:
        return True
    if program not in _words()["interpreters"]:
        return False
    fed = [argument for argument in command.arguments if "$(" in argument or "`" in argument or argument.startswith("<(")]
    plain = [argument for argument in command.arguments if not argument.startswith("-")]
    code = [following for argument, following in options(command.arguments) if argument in {"-c", "-e", "--eval", "-Command", "-C"}]
    return not fed or bool(plain and plain[0] in fed and plain[0].startswith("<(")) or any(one in fed for one in code)


def _judge(text: ShellText, run: _Run) -> Hit | None:
    decodes = next((one for one in run.brings if _decodes(one)), None)
    downloads = [one for one in run.brings if one.program.lower() in _words()["downloads"]]
    at = text.at(run.line)
    if text.encoded and (decodes or downloads):
        how = "downloaded" if downloads else "decoded"
        message = f"An encoded text ({', '.join(text.encoded)}) says, once decoded, to run code that is {how}."
        return _hit(text, Hit(at=at, message=message, evidence=text.text))
    if decodes is not None:
        says = next((f" It says: “{view.text.strip()[:120]}”" for view in decoded(run.evidence)), "")
        return _hit(text, Hit(at=at, message=f"What {decodes.program} decodes is run at once.{says}", evidence=run.evidence))
    if not downloads:
        return None
    return _remote(text, at.line, run.evidence, [url for one in downloads for url in urls(" ".join(one.words), bare=True)])


def _remote(text: ShellText, line: int, evidence: str, addresses: Iterable[str]) -> Hit | None:
    addresses = list(addresses)
    at = text.at(1) if text.encoded else text.at(line - text.line + 1)
    if addresses and all(is_local(url) for url in addresses):
        return None
    if addresses and all(_words()["installer"].fullmatch(url) for url in addresses):
        message = "The official installer of a well-known tool is downloaded and run."
        return Hit(at=at, message=message, evidence=evidence, severity=Severity.LOW, confidence=Confidence.HIGH)
    reason = next(filter(None, map(nameless, addresses)), None)
    if reason:
        return _hit(text, Hit(at=at, message=f"Code from a {reason} is downloaded and run at once.", evidence=evidence))
    parts = split(addresses[0]) if addresses else None
    where = f" from {parts.hostname}" if parts else ""
    plain = bool(parts and parts.scheme == "http" and any(url.startswith("http://") and url in evidence for url in addresses))
    message = f"Code is downloaded{where}{' without TLS' if plain else ''} and run at once."
    return _hit(text, Hit(at=at, message=message, evidence=evidence, severity=None if plain else Severity.HIGH))


def _hit(text: ShellText, hit: Hit) -> Hit:
    """Lower a hit for where it stands: what is only shown, or built elsewhere, does not run on the user's machine."""
    if text.described:
        return _lowered(hit, Severity.LOW, Confidence.LOW)
    if text.standing is Standing.DOCUMENTED:
        return _lowered(hit, Severity.HIGH if hit.severity is None else Severity.MEDIUM, Confidence.MEDIUM)
    if text.standing is Standing.BUILD:
        return _lowered(hit, Severity.HIGH if hit.severity is None else Severity.MEDIUM, Confidence.MEDIUM)
    return hit


def _lowered(hit: Hit, severity: Severity, confidence: Confidence) -> Hit:
    return Hit(at=hit.at, message=hit.message, evidence=hit.evidence, severity=severity, confidence=confidence)


def _decodes(command: Command) -> bool:
    pattern: re.Pattern[str] | None = _words()["decodes"].get(command.program.lower())
    return pattern is not None and pattern.search(" ".join(command.arguments)) is not None


def _powershell(text: ShellText, script: Script) -> Iterator[Hit]:
    """Report ``-EncodedCommand`` with its content, and ``iex`` of something downloaded or decoded."""
    for command in script.commands:
        if command.program.lower().removesuffix(".exe") in {"powershell", "pwsh"}:
            for argument, following in options(command.arguments):
                if _ENCODED_COMMAND.match(argument) and len(following) >= _LONG:
                    says = next((f" It says: “{view.text.strip()[:160]}”" for view in decoded(following)), "")
                    hit = Hit(at=text.at(command.line), message=f"PowerShell is given an encoded command.{says}", evidence=command.text)
                    yield _hit(text, hit)
    for match in _POWERSHELL_RUNS.finditer(text.text):
        line = text.text.count("\n", 0, match.start()) + 1
        end = text.text.find("\n", match.start())
        whole = text.text[match.start() : end if end >= 0 else None]
        remote = _remote(text, text.at(line).line, whole, urls(whole))
        if remote is not None:
            yield remote


def _kept(text: ShellText, script: Script) -> Iterator[Hit]:
    """Report a file that is downloaded and then run in the same text, where it comes from nobody with a name."""
    kept: dict[str, Command] = {}
    for command in script.commands:
        if command.program.lower() in {"curl", "wget", "aria2c", "iwr", "invoke-webrequest"}:
            for option, value in options(command.arguments):
                if option in {"-o", "-O", "--output", "--output-document", "-OutFile"} and value and not value.startswith("-"):
                    kept[value.removeprefix("./")] = command
        first = next(iter(argument for argument in command.arguments if not argument.startswith(("-", "+"))), "")
        runs = command.words[0] if command.words and "/" in command.words[0] else first if _interprets(command) else ""
        source = kept.get(runs.removeprefix("./"))
        reason = next(filter(None, map(nameless, urls(source.text, bare=True))), None) if source and runs else None
        if source is not None and reason:
            message = f"A file from a {reason} is downloaded and run."
            yield _hit(text, Hit(at=text.at(command.line), message=message, evidence=f"{source.text} … {command.text}"))


def _interprets(command: Command) -> bool:
    return command.program.lower() in _words()["interpreters"] or command.program in {"chmod", "source", "open", "start", "installer"}
