"""Shell commands wherever a submission holds them: scripts, hooks, code fences, string literals of programs, build files.

Encoded runs are decoded first, so that a command which is kept in base64 is read as the command that it is.
"""

from __future__ import annotations

import enum
import itertools
import json
import re
import shlex
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from checks.model import File, Launch, Location, SurfaceRole, Target
from checks.once import once_per_target
from checks.parse import BlockKind, unquote
from checks.prose import Passage, is_about_attacks, passages
from checks.text import Lines, decoded, portions

SHELLS = frozenset({"shell", "bash", "sh", "zsh", "dash", "ksh", "fish"})
_POWERSHELL = frozenset({"powershell", "ps1", "pwsh", "batch", "bat", "cmd", "dosbatch"})
_FENCES = (
    SHELLS
    | _POWERSHELL
    | {"", "console", "shell-session", "shellsession", "terminal", "text", "txt", "command", "commandline", "plaintext"}
)
_CODE = {
    "python": "python", "javascript": "javascript", "typescript": "typescript", "tsx": "tsx", "jsx": "javascript",
    "go": "go", "rust": "rust", "java": "java", "kotlin": "kotlin", "csharp": "csharp", "ruby": "ruby", "php": "php",
    "swift": "swift", "scala": "scala", "lua": "lua",
}  # fmt: skip
_BUILD = frozenset({"dockerfile", "docker", "makefile", "make", "yaml", "toml", "just"})
_JSON = frozenset({"json", "jsonc"})
_JSON_STRING = re.compile(r'"(?:[^"\\\n]|\\.){6,20000}"')
_ENCODED_LENGTH = 20  # characters from which a text can be an encoded one
# Languages without a grammar here: what stands in quotes is taken for a literal.
_OTHER_CODE = frozenset({"perl", "groovy", "r", "julia", "dart", "elixir", "applescript", "vbscript"})
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.){6,20000}"|\'(?:[^\'\\\n]|\\.){6,20000}\'|`[^`]{6,20000}`')
_CONTINUED = 200  # lines that are one
# What the grammars call a literal text.
_STRINGS = {
    "javascript": ("string", "template_string"), "typescript": ("string", "template_string"), "tsx": ("string", "template_string"),
    "go": ("interpreted_string_literal", "raw_string_literal"), "rust": ("string_literal", "raw_string_literal"),
    "java": ("string_literal",), "kotlin": ("string_literal",), "php": ("string", "encapsed_string"), "swift": ("line_string_literal",),
    "csharp": ("string_literal", "verbatim_string_literal", "raw_string_literal", "interpolated_string_expression"),
}  # fmt: skip
# A text without any of these words has no command that a check asks for; most texts are left out by this.
_WORTH = re.compile(
    r"\b(?:curl|wget|aria2c|iwr|irm|invoke-\w+|iex|base64|openssl|xxd|eval|powershell|pwsh|osascript|certutil|bitsadmin|mshta|"
    r"nc|ncat|socat|scp|rsync|ftp|tftp|downloadstring|msiexec|tee|cp|mv|sed|echo|cat|ln|install)\b|/dev/tcp/|>>",
    re.IGNORECASE,
)
_ENCODED_WORTH = re.compile(
    r"\b(?:curl|wget|iwr|irm|invoke-\w+|iex|powershell|bash|/bin/sh|base64|nc|osascript)\b|/dev/tcp/", re.IGNORECASE
)
# Where a launch stands that a client starts by itself, and the flags behind which a shell takes its text.
_STARTED = frozenset({"configuration", "manifest"})
_GIVEN = frozenset({"-c", "/c", "-command", "-lc", "-ec", "-ic"})
_TEXT_LIMIT = 4_000_000
_PART, _PART_LINES = 300_000, 5_000  # of a script that is read at once
_STRING_LIMIT = 20_000
_SPAN = re.compile(r"`[^`\n]*`")
_RUN_LINE = re.compile(
    r"^\s*(?:[@+-]{1,3}(?=\w))?(?:(?:RUN|CMD|ENTRYPOINT|-?\s*(?:run|command|script)\s*:\s*[|>]?-?|\"[\w:.-]+\"\s*:\s*\")\s*)?",
    re.IGNORECASE,
)


class Standing(enum.StrEnum):
    """Where a command stands, which says what makes it run."""

    AUTOMATIC = "automatic"  # a hook or lifecycle script
    SCRIPT = "script"
    PROGRAM = "program"  # a string literal of code
    TAUGHT = "taught"  # a text that the model is led by
    BUILD = "build"  # container, pipeline or editor file
    DOCUMENTED = "documented"  # prose that nothing is known to load


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellText:
    """A text in the shell's language. ``encoded`` names the layers that hid it; ``described``: a text about attacks shows it."""

    text: str
    path: str
    line: int
    standing: Standing
    encoded: tuple[str, ...] = ()
    described: bool = False

    def at(self, line: int) -> Location:
        """Give the place of this text's ``line`` (from 1)."""
        return Location(path=self.path, line=self.line if self.encoded else self.line + line - 1)


@once_per_target
def shell_texts(target: Target) -> Iterator[ShellText]:
    """Give every text of a submission that a shell would run, or that a person or model is told to run."""
    for run in (each for each in target.autoruns if not each.elsewhere):  # what a pipeline runs is read as its file is
        yield from _with_layers(ShellText(text=run.command, path=run.at.path, line=max(run.at.line, 1), standing=Standing.AUTOMATIC))
    for launch in target.launches:
        if launch.context in _STARTED:
            line = max(launch.at.line, 1)
            yield from _with_layers(ShellText(text=_started(launch), path=launch.at.path, line=line, standing=Standing.AUTOMATIC))
    for passage in passages(target):
        if _WORTH.search(passage.block.text) or passage.block.kind is BlockKind.CODE:
            yield from _from_passage(passage)
    for file in target.files:
        text = target.texts.get(file.path, "")[:_TEXT_LIMIT]
        if text:
            yield from _from_file(file, text)


def _started(launch: Launch) -> str:
    """Give what a client runs as a shell would read it; of ``sh -c "…"`` the text itself."""
    words = launch.command
    shell = words and words[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe") in SHELLS | _POWERSHELL
    given = [text for flag, text in itertools.pairwise(words) if flag.lower() in _GIVEN] if shell else []
    return given[0] if given else shlex.join(words)


def _from_passage(passage: Passage) -> Iterator[ShellText]:
    block = passage.block
    if block.kind is BlockKind.CODE and not block.inline and block.language not in _FENCES:
        return
    # In prose a code span would read as a command substitution; it comes as a block of its own.
    text = block.text if block.kind is BlockKind.CODE else _SPAN.sub(lambda match: " " * len(match[0]), block.text)
    taught = passage.role is not None and passage.role is not SurfaceRole.TOOL_NAME
    yield from _with_layers(
        ShellText(
            text=text,
            path=passage.path,
            line=block.line,
            standing=Standing.TAUGHT if taught else Standing.DOCUMENTED,
            described=is_about_attacks(block.heading) or (block.quoted and is_about_attacks(block.text)),
        )
    )


def _from_file(file: File, text: str) -> Iterator[ShellText]:
    language = file.language or ""
    if language in SHELLS | _POWERSHELL:
        for first, part in portions(text, length=_PART, lines=_PART_LINES):
            yield from _with_layers(ShellText(text=part, path=file.path, line=first, standing=Standing.SCRIPT))
    for languages, read in _READERS:
        if language in languages:
            yield from read(file, text)


def _of_lines(file: File, text: str) -> Iterator[ShellText]:
    """Yield each line of a build file, without what introduces a command there."""
    for number, line in _logical_lines(text):
        if len(line) < _STRING_LIMIT and _WORTH.search(line):
            body = _RUN_LINE.sub("", line).rstrip('",').replace('\\"', '"').replace("\\\\", "\\")
            yield from _with_layers(ShellText(text=body, path=file.path, line=number, standing=Standing.BUILD))


def _values(file: File, text: str) -> Iterator[ShellText]:
    """Yield the strings of a JSON text without their escapes, which need not be a document: a comment spoils nothing."""
    lines: Lines | None = None
    for match in _JSON_STRING.finditer(text):
        try:
            value = json.loads(match[0], strict=False) if "\\" in match[0] else match[0][1:-1]
        except ValueError:
            value = match[0][1:-1]
        if _WORTH.search(value) or len(value) >= _ENCODED_LENGTH:
            lines = lines or Lines(text)
            yield from _with_layers(ShellText(text=value, path=file.path, line=lines.at(match.start()), standing=Standing.BUILD))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their number; lines that a backslash continues, as one."""
    begun: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), start=1):
        first = first if begun else number
        stripped = line.rstrip("\r")
        if stripped.endswith("\\") and len(begun) < _CONTINUED:
            begun.append(stripped[:-1])
        else:
            yield first, " ".join([*begun, line.lstrip() if begun else line])
            begun = []
    if begun:
        yield first, " ".join(begun)


def _quoted(file: File, text: str) -> Iterator[ShellText]:
    """Yield what stands in quotes in a language without a grammar here, where it could be a command."""
    if not _WORTH.search(text) and not any(True for _ in decoded(text)):
        return
    lines = Lines(text)
    for match in _QUOTED.finditer(text):
        yield from _with_layers(ShellText(text=_inner(match[0]), path=file.path, line=lines.at(match.start()), standing=Standing.PROGRAM))


def _literals(file: File, text: str) -> Iterator[ShellText]:
    """Yield the string literals of a program that could be commands, or that hide some."""
    from ast_grep_py import SgRoot  # noqa: PLC0415  only where there is code

    if not _WORTH.search(text) and not any(True for _ in decoded(text)):
        return
    body = text.encode("utf-8", "replace").decode()
    lines = Lines(body)
    after = 0
    grammar = _CODE[file.language or ""]
    root = SgRoot(body, grammar).root()
    for node in root.find_all(any=[{"kind": kind} for kind in _STRINGS.get(grammar, ("string",))]):
        literal = node.text()
        after = max(body.find(literal, after), after)
        if len(literal) <= _STRING_LIMIT:
            inner = _inner(literal)
            yield from _with_layers(ShellText(text=inner, path=file.path, line=lines.at(after), standing=Standing.PROGRAM))


def _inner(literal: str) -> str:
    """Give what a literal of any of the languages holds; escapes other than quotes stay."""
    body = literal.lstrip("rRbBfFuU@$#").rstrip("#")
    for quote in ('"""', "'''", '"', "'", "`"):
        if body.startswith(quote) and body.endswith(quote) and len(body) >= 2 * len(quote):
            body = body[len(quote) : -len(quote)]
            break
    return body.replace("\\n", "\n").replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\")


def _with_layers(text: ShellText) -> Iterator[ShellText]:
    """Yield a text that is worth reading, and what its encoded runs say where that is a command."""
    if _WORTH.search(text.text):
        yield text
    lines: Lines | None = None
    for view in decoded(text.text):
        if _ENCODED_WORTH.search(view.text):
            lines = lines or Lines(text.text)
            yield ShellText(
                text=view.text,
                path=text.path,
                line=text.line + lines.at(view.start) - 1,
                standing=text.standing,
                encoded=view.layers,
                described=text.described,
            )


_READERS: tuple[tuple[Container[str], Callable[[File, str], Iterator[ShellText]]], ...] = (
    (_CODE, _literals), (_OTHER_CODE, _quoted), (_JSON, _values), (_BUILD, _of_lines),
)  # fmt: skip


def options(arguments: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield each argument with the one after it, so that ``-o FILE`` is found; ``--output=FILE`` and ``-oFILE`` too."""
    for at, argument in enumerate(arguments):
        following = arguments[at + 1] if at + 1 < len(arguments) else ""
        name, equals, value = argument.partition("=")
        if argument.startswith("--") and equals:
            yield name, unquote(value)
        elif argument.startswith("-") and not argument.startswith("--") and len(argument) > len("-o"):
            yield argument, following
            yield argument[:2], argument[2:]
            yield f"-{argument[-1]}", following
        else:
            yield argument, following
