"""Command lines of started programs: .NET takes program and arguments apart, a command is read as a whole.

``Process.Start("git", "push")``, ``new ProcessStartInfo("git", "push")`` and ``new ProcessStartInfo { FileName = …, Arguments = … }`` get
a further argument ``CommandLine``; the capability table asks for it. A ``Process`` whose ``StartInfo`` is filled in later
(``process.StartInfo.FileName = …``) gets one too.
"""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.inventory.program.model import Argument, Call, Collection, Expression, Record, Text

__all__ = ["COMMAND", "command_pairs", "with_command_line"]

_STARTERS = frozenset({"Process.Start", "ProcessStartInfo"})
_MADE = frozenset({"ProcessStartInfo", "Process"})
#: The name of the further argument.
COMMAND = "CommandLine"
#: The name of a further argument where a record that is made in place says the command.
RECORD = "StartInfo"


def with_command_line(callee: str, arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """Give the arguments of a call or constructor with the command line that they make, if it starts a program."""
    if not arguments or not _ends_with(callee, _STARTERS) or any(argument.spread for argument in arguments):
        return arguments
    by_name = {argument.keyword or _POSITIONS[index]: argument.value for index, argument in enumerate(arguments[: len(_POSITIONS)])}
    program = by_name.get("fileName")
    if program is None:
        return arguments
    if isinstance(program, Record) or (isinstance(program, Call) and program.new):
        return (*arguments, Argument(keyword=RECORD, value=program))  # a ProcessStartInfo made in place, which says so itself
    return (*arguments, Argument(keyword=COMMAND, value=_line(program, by_name.get("arguments"))))


_POSITIONS = ("fileName", "arguments", "third", "fourth", "fifth")


def _ends_with(name: str, ends: frozenset[str]) -> bool:
    return any(name == end or name.endswith(f".{end}") for end in ends)


def _line(program: Expression, arguments: Expression | None) -> Expression:
    if isinstance(arguments, Collection):
        return Collection(items=(program, *arguments.items), line=program.line)
    return Text(parts=(program, " ", arguments), line=program.line) if arguments is not None else program


def command_pairs(
    type_name: str, arguments: tuple[Argument, ...], pairs: tuple[tuple[Expression, Expression], ...]
) -> tuple[tuple[Expression, Expression], ...]:
    """Give the pairs of an object that starts a program, with its command line."""
    if not _ends_with(type_name, _MADE):
        return pairs
    known = {_key(key): value for key, value in pairs}
    values = (argument.value for argument in arguments if argument.keyword is None)
    given = dict(zip(_POSITIONS, values, strict=False)) if type_name.endswith("Info") else {}
    program = _first(known, "FileName", "StartInfo.FileName") or given.get("fileName")
    if program is None:
        return pairs
    tail = _first(known, "ArgumentList", "Arguments", "StartInfo.ArgumentList", "StartInfo.Arguments") or given.get("arguments")
    kept = tuple((key, value) for key, value in pairs if _key(key) != COMMAND)
    return (*kept, (Text(parts=(COMMAND,), line=program.line), _line(program, tail)))


def _first(known: Mapping[str, Expression], *names: str) -> Expression | None:
    return next((known[name] for name in names if name in known), None)


def _key(key: Expression) -> str:
    return "".join(part for part in key.parts if isinstance(part, str)) if isinstance(key, Text) else ""
