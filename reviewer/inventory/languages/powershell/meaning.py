"""What the commands of a PowerShell text can do."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger
from reviewer.inventory.languages.apis import CallSite, Use, load_table
from reviewer.inventory.languages.powershell.reading import Command, ContortedError, Script, read_script
from reviewer.inventory.languages.powershell.words import decode, table
from reviewer.inventory.languages.values import ObjectKind, Value

__all__ = ["capabilities", "of_words", "uses"]

#: How deep ``powershell -Command "powershell -Command …"`` is followed.
NESTING = 4


def uses(script: Script, path: str, *, own: frozenset[str] = frozenset(), depth: int = NESTING) -> Iterator[Use]:
    """Give everything that a script's commands mean. ``own`` are functions of the submission; ``at.line`` counts in the script."""
    known = own | script.functions
    for command in script.commands:
        yield from _of_command(command, Location(path=path, line=command.line), known, depth)
    for written in script.written:
        at = Location(path=path, line=written.line)
        yield Use(capability=CapabilityId.FS_WRITE, kind=ObjectKind.PATH, at=at, value=written.path)
    for name, line in script.settings:
        at = Location(path=path, line=line)
        value = Value.chosen(Scope.CONFIGURATION)
        yield Use(capability=CapabilityId.ENV_USE, kind=ObjectKind.NONE, at=at, value=value, objects=(name,))


def capabilities(found: Iterator[Use], *, first_line: int, trigger: Trigger, certainty: Certainty) -> Iterator[Capability]:
    """Turn uses into capabilities whose lines count from ``first_line``."""
    for use in found:
        at = Location(path=use.at.path, line=use.at.line + first_line - 1)
        for identity, scope, objects in use.resolved({}):
            yield Capability(id=identity, scope=scope, trigger=trigger, certainty=certainty, objects=objects, evidence=(at,))


def _of_command(command: Command, at: Location, own: frozenset[str], depth: int) -> Iterator[Use]:
    name = command.name
    if name is None:
        yield Use(capability=CapabilityId.PROC_EXEC, kind=ObjectKind.PROGRAM, at=at, value=command.computed or Value.chosen(Scope.ANY))
        return
    if not name or name in own or not any(map(str.isalpha, name)):  # a block, a function of the submission, `1..3`
        return
    if command.sourced and command.computed is not None:
        yield Use(capability=CapabilityId.PROC_EXEC, kind=ObjectKind.PATH, at=at, value=command.computed)
        return
    if name in table()["interpreters"] or name == "invoke-expression":
        yield from _evaluated(command, at, own, depth)
        return
    if name == "start-process":
        yield from _started(command, at, own, depth)
    site = _site(command, at)
    found = list(load_table(Path(__file__).parent).uses(site))
    yield from found
    yield from _addressed(command, at)
    if not found and not command.method:
        yield from _program(command, name, at, depth)


def _site(command: Command, at: Location) -> CallSite:
    """Write a command as a call; a parameter's beginning stands for the whole, and what a pipe gives is the first argument."""
    words = command.words or ((command.fed,) if command.fed is not None and not command.parameters else ())
    keywords = dict(command.parameters)
    for name in _parameters():
        short = next((given for given in command.parameters if given and name.startswith(given)), None)
        if short is not None:
            keywords.setdefault(name, command.parameters[short])
    return CallSite(name=command.name or "", at=at, positional=words, keywords=keywords)


@functools.cache
def _parameters() -> tuple[str, ...]:
    """Give the parameters that the table names."""
    from reviewer.tables import load_table as load_rows  # noqa: PLC0415  the other reader of the same file

    rows = load_rows(Path(__file__).parent / "capabilities.yaml")["apis"]
    return tuple(sorted({str(row["keyword"]) for row in rows if "keyword" in row}))


def _addressed(command: Command, at: Location) -> Iterator[Use]:
    """Give what a literal address hands to a command that is sent to other machines."""
    for label, value in command.parameters.items():
        if label and "computername".startswith(label) and len(label) > 3 and value.text not in {".", "localhost", ""}:  # noqa: PLR2004  -comp
            yield Use(capability=CapabilityId.NET_OUT, kind=ObjectKind.HOST, at=at, value=value)


def _evaluated(command: Command, at: Location, own: frozenset[str], depth: int) -> Iterator[Use]:
    """Give what code a command is handed: as a text, encoded, or by a pipe."""
    given = _code(command)
    if given is None:
        if command.name != "invoke-expression":
            yield from _files(command, at)
        return
    text = given.text
    if text is None or not depth:
        yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=given)
        return
    try:
        inside = read_script(text)
    except ContortedError:
        yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=Value.chosen(Scope.ANY))
        return
    for use in uses(inside, at.path, own=own, depth=depth - 1):
        yield replace(use, at=at)


def _started(command: Command, at: Location, own: frozenset[str], depth: int) -> Iterator[Use]:
    """Give what a started program does with its arguments, as if it stood there itself."""
    listed = next((value for label, value in command.parameters.items() if label and "argumentlist".startswith(label)), None)
    named = next((value for label, value in command.parameters.items() if label and "filepath".startswith(label)), None)
    program = named or (command.words[0] if command.words else None)
    given = listed or (command.words[1] if len(command.words) > 1 else None)
    if program is not None and given is not None:
        items = given.items if given.items is not None else tuple(Value.literal(word) for word in (given.text or "").split(" "))
        yield from of_words((program, *items), at, own=own, depth=depth)


def of_words(words: tuple[Value, ...], at: Location, *, own: frozenset[str] = frozenset(), depth: int = NESTING) -> Iterator[Use]:
    """Give what a program and its arguments mean, one value each, as another program or language starts them."""
    texts = [word.text for word in words]
    known = [text for text in texts if text is not None]
    if depth <= 0 or len(known) < len(texts) or not texts:
        found = Value.listed(words[1:]).blurred if words else Value.chosen(Scope.ANY)
        yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=Value.chosen(found.scope))
        return
    line = " ".join(["&", _quoted(known[0]), *(text if text.startswith("-") and " " not in text else _quoted(text) for text in known[1:])])
    try:
        inside = read_script(line)
    except ContortedError:
        yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=Value.chosen(Scope.ANY))
        return
    for use in uses(inside, at.path, own=own, depth=depth - 1):
        yield replace(use, at=at)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _code(command: Command) -> Value | None:
    """Give the code that an interpreter is handed; None where it is none."""
    if command.name == "invoke-expression":
        words = [*command.words, *(value for label, value in command.parameters.items() if "command".startswith(label))]
        return words[0] if words else command.fed if command.fed is not None else Value.chosen(Scope.ANY)
    for label, value in command.parameters.items():
        if label and ("encodedcommand".startswith(label) or label == "ec"):
            return _decoded(value)
        if label and "command".startswith(label):
            return _rest(command, value)
    if command.words and not any(label and "file".startswith(label) for label in command.parameters):
        first = command.words[0]
        script = (first.text or first.prefix).lower().endswith((".ps1", ".psm1"))
        return None if script or first.text == "-" else _rest(command, first)
    return command.fed


def _rest(command: Command, start: Value) -> Value:
    """Give a command text: all words from the first on, as PowerShell joins them."""
    at = next((number for number, word in enumerate(command.order) if word is start), None)
    words = command.order[at:] if at is not None else (start,)
    found = words[0]
    for word in words[1:50]:
        found = found.followed_by(Value.literal(" ")).followed_by(word)
    return found


def _decoded(value: Value) -> Value:
    raw = decode(value.text) if value.text is not None else None
    return Value.literal(raw.decode("utf-16-le", "replace")) if raw is not None else value


def _files(command: Command, at: Location) -> Iterator[Use]:
    places = [value for label, value in command.parameters.items() if label and "file".startswith(label)] or list(command.words[:1])
    for place in places:
        yield Use(capability=CapabilityId.PROC_EXEC, kind=ObjectKind.PATH, at=at, value=place)


def _program(command: Command, name: str, at: Location, depth: int) -> Iterator[Use]:
    """Give what a program that is no cmdlet can do, as a shell would run it; an unknown cmdlet is a program too."""
    words = table()
    verb, dash, _ = name.partition("-")
    if name in words["quiet"] or (dash and verb in words["quiet_verbs"]):
        return
    if dash and verb.isalpha() and command.computed is not None and "/" not in (command.computed.text or ""):
        yield Use(capability=CapabilityId.PROC_EXEC, kind=ObjectKind.PROGRAM, at=at, value=Value.literal(name))
        return
    from reviewer.inventory.languages.shell.meaning import uses as shell_uses  # noqa: PLC0415  only for programs
    from reviewer.inventory.languages.shell.reading import Command as ShellCommand  # noqa: PLC0415  as above
    from reviewer.inventory.languages.shell.reading import Script as ShellScript  # noqa: PLC0415  as above

    line = (command.computed or Value.literal(name), *command.order)
    if name == "cmd":
        line = _of_cmd(command) or line
    run = ShellCommand(words=line, line=1, fed=command.fed is not None)
    for use in shell_uses(ShellScript(commands=(run,)), at.path, depth):
        yield replace(use, at=at)


def _of_cmd(command: Command) -> tuple[Value, ...]:
    """Give the words behind ``cmd /c``."""
    at = next((number for number, word in enumerate(command.order) if (word.text or "").lower() in {"/c", "/k"}), None)
    rest = command.order[at + 1 :] if at is not None else ()
    if len(rest) == 1 and rest[0].text is not None:
        return tuple(Value.literal(word) for word in rest[0].text.split()[:200])
    return rest
