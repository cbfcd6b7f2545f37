"""Writes to the files from which agents take settings, servers, hooks and standing orders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from checks.code import Program, programs
from checks.commands import ShellText, Standing, shell_texts
from checks.model import Confidence, Hit, Location, Severity, SurfaceRole, Target
from checks.parse import Command, shell
from checks.prose import Sentence, sentences, word_patterns

_WORDS = Path(__file__).with_name("words.yaml")
_WRITES = {
    "python": (
        "open($P, $M)", "open($P, $M, $$$R)", "$P.write_text($$$R)", "$P.write_bytes($$$R)", "$P.open($M)",
        "shutil.copy($S, $P)", "shutil.copyfile($S, $P)", "os.symlink($S, $P)",
    ),
    "javascript": (
        "$F.writeFileSync($P, $$$R)", "$F.writeFile($P, $$$R)", "writeFileSync($P, $$$R)", "writeFile($P, $$$R)",
        "$F.appendFileSync($P, $$$R)", "$F.appendFile($P, $$$R)", "appendFileSync($P, $$$R)", "$F.copyFileSync($S, $P)",
        "Bun.write($P, $$$R)",
    ),
}  # fmt: skip
_WRITE_MODE = re.compile(r"['\"][rbt]*[wax+]")
_PATHS_OF = {"tee": 0, "cp": -1, "mv": -1, "install": -1, "ln": -1, "rsync": -1}
_ROLES = frozenset({SurfaceRole.SKILL_BODY, SurfaceRole.COMMAND, SurfaceRole.AGENT, SurfaceRole.REFERENCE})


def inspect(target: Target) -> Iterator[Hit]:
    """Look at commands, at calls that write files, and at sentences that order the model to."""
    seen: set[Location] = set()
    for hit in _hits(target):
        if hit.at not in seen:
            seen.add(hit.at)
            yield hit


def _hits(target: Target) -> Iterator[Hit]:
    for text in shell_texts(target):
        if text.standing not in {Standing.PROGRAM, Standing.DOCUMENTED}:
            yield from _by_command(text)
    worth = re.compile(f"{word_patterns(_WORDS)['settings'].pattern}|{word_patterns(_WORDS)['memory'].pattern}", re.IGNORECASE)
    for program in programs(target, worth):
        yield from _by_program(program)
    for sentence in sentences(target):
        if sentence.passage.role in _ROLES:
            yield from _by_order(sentence)


def _by_command(text: ShellText) -> Iterator[Hit]:
    script = shell(text.text)
    written = [(one.target, one.line, one.text) for one in script.redirections]
    written += [(path, command.line, command.text) for command in script.commands if (path := _written(command))]
    for path, line, evidence in written:
        what = _kind(path)
        if what is None:
            continue
        home = bool(word_patterns(_WORDS)["home"].search(path))
        if text.standing is Standing.AUTOMATIC:
            severity = None
        elif text.standing is Standing.SCRIPT and home:
            severity = Severity.MEDIUM
        else:
            severity = Severity.MEDIUM if home and word_patterns(_WORDS)["agent_home"].search(path) and what == "memory" else Severity.LOW
        severity = Severity.LOW if text.described else severity
        if severity is Severity.LOW and not home:
            continue
        yield _hit(text.at(line), what, path, evidence, severity)


def _written(command: Command) -> str | None:
    """Give the file that a command writes, if it is one of those that copy or edit."""
    operands = [argument for argument in command.arguments if not argument.startswith("-")]
    if command.program in _PATHS_OF and operands:
        return operands[_PATHS_OF[command.program]]
    if command.program == "sed" and any(argument.startswith(("-i", "--in-place")) for argument in command.arguments) and operands:
        return operands[-1]
    return None


def _by_program(program: Program) -> Iterator[Hit]:
    for call in program.calls(_WRITES[program.family]):
        mode, path = call.get_match("M"), call.get_match("P")
        if path is None or (mode is not None and not _WRITE_MODE.search(mode.text())):
            continue
        meaning = program.meaning(path.text())
        what = _kind(meaning)
        if what is not None and word_patterns(_WORDS)["home"].search(meaning):
            severity = Severity.LOW if program.described else Severity.MEDIUM
            yield _hit(program.place(call), what, path.text(), call.text(), severity)


def _by_order(sentence: Sentence) -> Iterator[Hit]:
    order = word_patterns(_WORDS)["order"].search(sentence.text)
    what = _kind(sentence.text[order.end() - 3 :]) if order else None
    agents = word_patterns(_WORDS)["home"].search(sentence.text) and word_patterns(_WORDS)["agent_home"].search(sentence.text)
    if order is None or what is None or not agents:
        return
    message = "The text orders to write standing orders for the agent into the user's home."
    if what == "memory":
        hit = sentence.hit(order.start(), message, severity=Severity.MEDIUM, confidence=Confidence.LOW)
        if hit is not None:
            yield hit


def _kind(path: str) -> str | None:
    return next((name for name in ("settings", "memory") if word_patterns(_WORDS)[name].search(path)), None)


def _hit(at: Location, what: str, path: str, evidence: str, severity: Severity | None) -> Hit:
    thing = "settings, servers or hooks" if what == "settings" else "standing orders or memory"
    return Hit(at=at, message=f"An agent's {thing} are written: {path[:100]}", evidence=evidence, severity=severity)
