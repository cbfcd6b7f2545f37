"""Shells that are connected to the network, in commands and in programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.code import Program, programs
from checks.commands import ShellText, Standing, shell_texts
from checks.model import Confidence, Hit, Severity, Target
from checks.once import each_place_once
from checks.parse import Command, shell

_SHELL = re.compile(r"(?:^|[\s/\"'=:,])(?:sh|bash|zsh|dash|ksh|cmd|cmd\.exe|powershell|powershell\.exe|pwsh)(?=$|[\s\"',;])")
_SOCKET = re.compile(r"/dev/(?:tcp|udp)/[^\s'\"]+")
_NETCATS = frozenset({"nc", "ncat", "netcat", "nc.traditional", "nc.openbsd"})
_EXECUTES = re.compile(r"^(?:-\w*[ec]|--exec|--sh-exec|--lua-exec)$")
_SOCAT = re.compile(r"\b(?:exec|system):", re.IGNORECASE)
_INTERACTIVE = re.compile(r"(?:^|\s)-\w*i")
_WORTH = re.compile(r"\bdup2\b|\bpty\.spawn\b|\bcreateConnection\b|\bnet\.(?:connect|Socket)\b|\.connect\(")
# What the other end of each family looks like: the socket becomes standard input and output, or is piped to a shell.
_DUPLICATES = ("os.dup2($S.fileno(), $N)",)
_CONNECTS = re.compile(r"\bsocket\.socket\b|\.connect\s*\(|\bsocket\.create_connection\b")
_STARTS = re.compile(r"\b(?:subprocess|pty\.spawn|os\.exec\w*|os\.system|Popen)\b")
_PIPES = ("$A.pipe($P.stdin)", "$P.stdout.pipe($A)")
_SPAWNS = re.compile(
    r"\b(?:spawn|exec|execFile)\s*\(\s*(?:[^)]{0,80}?)(?:['\"`](?:/bin/)?(?:sh|bash|zsh|cmd(?:\.exe)?|powershell(?:\.exe)?)['\"`])"
)
_NETWORK = re.compile(r"\bnet\.(?:connect|createConnection|Socket|createServer)\b|\btls\.connect\b|\bnew\s+(?:net\.)?Socket\b")


def inspect(target: Target) -> Iterator[Hit]:
    """Look at every shell text and at programs that open sockets."""
    yield from each_place_once(hit for text in shell_texts(target) for hit in _commands(text))
    for program in programs(target, _WORTH):
        yield from _program(program)


def _commands(text: ShellText) -> Iterator[Hit]:
    script = shell(text.text)
    for command in script.commands:
        if _hands_over(command):
            yield _hit(text, command.line, f"{command.program} hands a shell to another machine.", command.text)
    for one in script.redirections:
        if _SOCKET.search(one.target) and _SHELL.search(one.text) and _INTERACTIVE.search(one.text):
            yield _hit(text, one.line, "An interactive shell is connected to another machine.", one.text)
    for pipeline in script.pipelines:
        programs_of = [{command.program for command in stage} for stage in pipeline.stages]
        shells = [at for at, names in enumerate(programs_of) if names & {"sh", "bash", "zsh", "dash"}]
        if shells and any(names & _NETCATS for names in programs_of[shells[0] + 1 :]):
            yield _hit(
                text, pipeline.stages[0][0].line if pipeline.stages[0] else 1, "A shell's output goes to another machine.", pipeline.text
            )


def _hands_over(command: Command) -> bool:
    words = " ".join(command.arguments)
    if command.program in _NETCATS:
        return any(_EXECUTES.match(argument) for argument in command.arguments) and bool(_SHELL.search(f" {words}"))
    return command.program == "socat" and bool(_SOCAT.search(words)) and bool(_SHELL.search(words.replace(":", " ").replace(",", " ")))


def _program(program: Program) -> Iterator[Hit]:
    if program.family == "python":
        nodes = list(program.calls(_DUPLICATES)) if _CONNECTS.search(program.text) and _STARTS.search(program.text) else []
    else:
        nodes = list(program.calls(_PIPES)) if _NETWORK.search(program.text) and _SPAWNS.search(program.text) else []
    for node in nodes[:1]:
        severity = Severity.LOW if program.described else None
        yield Hit(at=program.place(node), message="The program connects a shell to a socket.", evidence=node.text(), severity=severity)


def _hit(text: ShellText, line: int, message: str, evidence: str) -> Hit:
    severity = Severity.LOW if text.described else Severity.HIGH if text.standing is Standing.DOCUMENTED else None
    confidence = Confidence.LOW if text.described else None
    return Hit(at=text.at(line), message=message, evidence=evidence, severity=severity, confidence=confidence)
