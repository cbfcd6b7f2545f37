"""What the commands of a shell text can do."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger
from reviewer.inventory.languages.apis import Use
from reviewer.inventory.languages.commands import meant_by_words
from reviewer.inventory.languages.shell.reading import Command, ContortedError, Redirection, Script, read_script, table
from reviewer.inventory.languages.values import ObjectKind, Value, reading

#: How deep ``bash -c "bash -c …"`` is followed.
NESTING = 4

_REMOTE = re.compile(r"^(?:[^@/\s:]{1,64}@)?([A-Za-z0-9_.-]{1,255}|\[[0-9A-Fa-f:]{2,45}\])(?::.*)?$", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_PLACE = re.compile(r"(?!/dev/(?:null|stdout|stderr)$)[^\s|{}()<>\"+=]{1,1024}")
_SOCKET = re.compile(r"/dev/(?:tcp|udp)/([^/\s]{1,255})/")
_HOSTS = frozenset({"url", "address", "remote"})
_SCOPES: Mapping[str, Scope] = {
    "literal": Scope.LITERAL,
    "configuration": Scope.CONFIGURATION,
    "argument": Scope.ARGUMENT,
    "any": Scope.ANY,
}


def uses(script: Script, path: str, depth: int = NESTING) -> Iterator[Use]:
    """Give everything that a script's commands mean. ``at.line`` counts in the script."""
    for command in script.commands:
        yield from _of_command(command, path, depth)
    for redirection in script.redirections:
        yield _of_redirection(redirection, path)
    for name, line in script.settings:
        at = Location(path=path, line=line)
        yield Use(capability=CapabilityId.ENV_USE, kind=ObjectKind.NONE, at=at, value=Value.chosen(Scope.CONFIGURATION), objects=(name,))


def capabilities(found: Iterator[Use], *, first_line: int, trigger: Trigger, certainty: Certainty) -> Iterator[Capability]:
    """Turn uses into capabilities whose lines count from ``first_line``."""
    for use in found:
        at = Location(path=use.at.path, line=use.at.line + first_line - 1)
        for identity, scope, objects in use.resolved({}):
            if identity is CapabilityId.CONTENT_UNTRUSTED and trigger is not Trigger.MODEL:
                continue  # what is fetched while nobody asks reaches no model by itself
            yield Capability(id=identity, scope=scope, trigger=trigger, certainty=certainty, objects=objects, evidence=(at,))


def _of_redirection(redirection: Redirection, path: str) -> Use:
    at = Location(path=path, line=redirection.line)
    socket = next((match for text in redirection.path.beginnings if (match := _SOCKET.match(text))), None)
    if socket:
        return Use(capability=CapabilityId.NET_OUT, kind=ObjectKind.HOST, at=at, value=Value.literal(socket[1]))
    identity = CapabilityId.FS_WRITE if redirection.writes else CapabilityId.FS_READ
    return Use(capability=identity, kind=ObjectKind.PATH, at=at, value=redirection.path)


def _of_command(command: Command, path: str, depth: int) -> Iterator[Use]:
    at = Location(path=path, line=command.line)
    program = command.program
    if program is None:
        yield Use(capability=CapabilityId.PROC_EXEC, kind=ObjectKind.PROGRAM, at=at, value=command.words[0])
        return
    evaluated = list(_evaluation(command, program, at, depth))
    rows = [row for row in _programs().get(program, ()) if _applies(row, command)]
    yield from evaluated
    for row in rows:
        yield from _of_row(row, command, at)
    if not rows and not evaluated and program not in _quiet():
        yield Use(capability=CapabilityId.PROC_EXEC, kind=ObjectKind.PROGRAM, at=at, value=Value.literal(program))
    if program not in _quiet():
        yield from _meant(
            command, at, {*(str(row["capability"]) for row in rows), *([CapabilityId.CONTENT_UNTRUSTED] if command.away else [])}
        )
        yield from _secrets(command, at)
    yield from _executed_by_find(command, program, path, depth)


def _meant(command: Command, at: Location, told: Collection[str]) -> Iterator[Use]:
    """Give what the command means in any language, but for what was told."""
    chooser, _ = reading(ObjectKind.PROGRAM, Value.listed(command.words))
    for meant in meant_by_words(command.argv, depth=0):
        if meant.capability not in told:
            scope = meant.scope or chooser
            value = Value.chosen(scope)
            yield Use(capability=meant.capability, kind=ObjectKind.NONE, at=at, value=value, objects=meant.objects or (), fixed=scope)


def _executed_by_find(command: Command, program: str, path: str, depth: int) -> Iterator[Use]:
    texts = [word.text for word in command.words]
    if program in {"find", "fd"} and depth and (at := next((i for i, text in enumerate(texts) if text in {"-exec", "-execdir", "-x"}), 0)):
        words = tuple(Value.chosen(Scope.ANY) if text == "{}" else word for text, word in zip(texts, command.words, strict=True))[at + 1 :]
        yield from _of_command(Command(words=words, line=command.line), path, depth - 1)


def _evaluation(command: Command, program: str, at: Location, depth: int) -> Iterator[Use]:
    """Give what code the command is handed: as text, on its standard input, or by ``eval``."""
    interpreters = table()["interpreters"]
    shells, others = interpreters["shells"], interpreters["others"]
    bare = re.sub(r"[\d.]+$", "", program)
    if program == "eval" or (program in {"source", "."} and command.arguments and command.arguments[0].text is None):
        yield from _code(_line_of(command.arguments), at, depth, shell=program == "eval")
    elif bare in shells or bare in others:
        given = _given_code(command, interpreters["flags"])
        if given is not None and bare in interpreters["powershell"] and depth:
            from reviewer.inventory.languages.powershell.meaning import of_words  # noqa: PLC0415  it reads programs as a shell does

            yield from of_words((Value.literal("powershell"), *command.arguments), at, depth=depth - 1)
        elif given is not None:
            yield from _code(given, at, depth, shell=bare in shells)
        elif command.document:
            yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=Value.literal(""))
        elif command.fed and _reads_input(command, interpreters["files"]):
            yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=Value.chosen(Scope.ANY))


def _code(given: Value, at: Location, depth: int, *, shell: bool) -> Iterator[Use]:
    """Follow a literal shell text; anything else is code that is evaluated."""
    if not (shell and given.text is not None and depth):
        yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=given)
        return
    try:
        inner = read_script(given.text)
    except ContortedError:
        yield Use(capability=CapabilityId.CODE_EVAL, kind=ObjectKind.NONE, at=at, value=Value.chosen(Scope.ANY))
        return
    for use in uses(inner, at.path, depth - 1):
        yield Use(capability=use.capability, kind=use.kind, at=at, value=use.value, objects=use.objects, fixed=use.fixed)


def _given_code(command: Command, flags: list[str]) -> Value | None:
    for flag, value in zip_longest(command.arguments, command.arguments[1:]):
        text = flag.text or ""
        if not text.startswith("-"):
            return None
        if value is not None and (text in flags or (len(text) > 1 and text[1] != "-" and text[-1] in "ce")):
            return value
    return None


def _reads_input(command: Command, files: list[str]) -> bool:
    texts = [word.text for word in command.arguments]
    return all(text is not None and (text.startswith("-") or text == "/dev/stdin") and text not in files for text in texts) or "-s" in texts


def _line_of(words: tuple[Value, ...]) -> Value:
    value = Value.literal("")
    for number, word in enumerate(words[:50]):
        value = value.followed_by(Value.literal(" ")).followed_by(word) if number else word
    return value


def _applies(row: Mapping[str, Any], command: Command) -> bool:
    return "when" not in row or bool(_pattern(row["when"]).search(" ".join(command.argv[1:])[:8192]))


def _of_row(row: Mapping[str, Any], command: Command, at: Location) -> Iterator[Use]:
    identity = CapabilityId(row["capability"])
    objects = _objects(row, command)
    fixed = _SCOPES[row["scope"]] if "scope" in row else None
    sort = row.get("object", "none")
    kind = ObjectKind.HOST if sort in _HOSTS else ObjectKind.NAME if sort in {"package", "packages"} else ObjectKind.PATH
    if sort == "none" or (not objects and sort in {*_HOSTS, "package", "packages"}):
        value = Value.chosen(fixed or Scope.CONFIGURATION)
        yield Use(capability=identity, kind=ObjectKind.NONE, at=at, value=value, fixed=fixed)
    for value in objects:
        yield Use(capability=identity, kind=kind, at=at, value=value, fixed=fixed)


def _objects(row: Mapping[str, Any], command: Command) -> list[Value]:
    sort = row.get("object", "none")
    operands = _operands(command.arguments, row.get("values", ()))
    if sort == "after":
        return [value for flag, value in zip(command.arguments, command.arguments[1:], strict=False) if flag.text in row["flags"]]
    if sort in {"package", "packages"}:
        return _packages(row, command)[: 1 if sort == "package" else None]
    if sort in _HOSTS:
        addressed = [word for word in operands if any(_SCHEME.match(text) for text in word.beginnings)]
        return addressed or _remotes(operands, sort)
    places = [word for word in operands if word.text is None or _PLACE.fullmatch(word.text)]
    return {"path": places, "first": places[:1], "last": places[-1:]}.get(sort, [])


def _operands(words: tuple[Value, ...], valued: Collection[str] = ()) -> list[Value]:
    """Leave out flags, what flags take, and the punctuation of ``find``."""
    before = (None, *(word.text for word in words))
    return [
        word
        for flag, word in zip(before, words, strict=False)
        if flag not in valued and not (word.text or word.prefix).startswith("-") and word.text not in {";", "+", "{}"}
    ]


def _packages(row: Mapping[str, Any], command: Command) -> list[Value]:
    """Give the operands behind the subcommand that ``when`` found; without ``when`` the first operand."""
    if "when" not in row:
        return _operands(command.arguments)[:1]
    match = _pattern(row["when"]).search(" ".join(command.argv[1:])[:8192])
    end, length, behind = (match.end() if match else 0), 0, 0
    for number, word in enumerate(command.argv[1:], 1):
        length += len(word) + 1
        if length <= end + 1:
            behind = number
    return _operands(command.arguments[behind:], row.get("values", ()))


def _remotes(operands: list[Value], sort: str) -> list[Value]:
    """Give the hosts of ``user@host:path``; of ``host`` alone only where nothing is clearer and a host must stand."""
    clear = [word for word in operands if word.text is not None and re.match(r"[^/\s]{1,300}[@:]", word.text)]
    words = clear or (operands[:1] if sort != "address" else [])
    matches = [(_REMOTE.match(word.text) if word.text is not None else None, word) for word in words]
    return [Value.literal(match[1]) if match else word for match, word in matches]


def _secrets(command: Command, at: Location) -> Iterator[Use]:
    """Give reads of credential files by any program: ``tar czf x ~/.aws``, ``curl -F f=@~/.ssh/id_rsa``."""
    for word in command.arguments:
        for text in word.beginnings:
            place = re.split(r"[@=]", text[:1024])[-1]
            use = Use(capability=CapabilityId.FS_READ, kind=ObjectKind.PATH, at=at, value=Value.literal(place))
            if "/" in place and any(identity is CapabilityId.SECRET_READ for identity, _, _ in use.resolved({})):
                yield use


@functools.cache
def _programs() -> dict[str, tuple[Mapping[str, Any], ...]]:
    return {name: tuple(group["rows"]) for group in table()["programs"] for name in map(str, group["names"])}


@functools.cache
def _quiet() -> frozenset[str]:
    return frozenset(map(str, table()["quiet"]))


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
