"""What command lines mean beyond that a program is run, in any language: ``commands.yaml``, and how words are read against it.

A command comes as a list of words, or as a text for a shell; of both only a beginning may be known. What is not known is ``…``.
Wrappers (``sudo``, ``env A=b``, ``timeout 5``) are left out; texts for shells (``sh -c``, ``cmd /c``) and the commands of ``find -exec``
are read like the command itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from checks.model import CapabilityId, Scope
from reviewer.inventory.languages.values import Value, host_of
from reviewer.tables import load_table

__all__ = ["OPEN", "Meant", "meant_by", "meant_by_words", "without_wrappers", "wrapped_at"]

#: Stands for a word, or the rest of one, that is not known.
OPEN = "…"
#: How many characters of a command line are read, how many words, how many commands of one text, and how deep texts in texts are followed.
LENGTH, WORDS, COMMANDS, NESTING = 4_096, 256, 64, 4
#: How many alternatives of a list of words are read.
TURNS = 8

_PIECE = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*+"|'[^']*+')|(?P<escaped>\\[\s"'\\;|&()$`])|(?P<gap>[^\S\n]+)|(?P<pipe>\|)(?!\|)"""
    r"""|(?P<end>&&|\|\||[;&\n()`]|\$\()|(?P<letters>[^\s"'\\|&;()`$]+|.)""",
    re.DOTALL,
)
_ASSIGNED = re.compile(r"[A-Za-z_]\w{0,100}=")
_SUFFIX = re.compile(r"\.(?:exe|cmd|bat|com|ps1|sh)$")
_REMOTE = re.compile(r"(?:[^@/\s:]{1,64}@)([A-Za-z0-9_.-]{1,255})(?::|$)|([A-Za-z0-9_.-]{2,255}):(?!\d{0,5}:)[^\s:]*$")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")


class _Strict(BaseModel):
    """Unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Row(_Strict):
    """What a program means. Its operands, joined by blanks, begin with ``words``; ``line`` and ``unless`` are searched in all arguments.

    ``scope`` is set where the words do not decide it. ``object``: an address among the words says which host.
    """

    capability: Annotated[tuple[CapabilityId, ...], Field(min_length=1)]
    words: str = ""
    line: str = ""
    unless: str = ""
    scope: Scope | None = None
    object: Literal["address"] | None = None


class Programs(_Strict):
    """Programs with the same subcommands. ``values`` are flags before a subcommand that take a word."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    values: tuple[str, ...] = ()
    means: Annotated[tuple[Row, ...], Field(min_length=1)]
    why: str


class Wrapper(_Strict):
    """A program that starts the one named after it. ``operands`` words come before that; flags in ``values`` take a word."""

    operands: int = 0
    values: tuple[str, ...] = ()


class _Sheet(_Strict):
    wrappers: Mapping[str, Wrapper]
    shells: Mapping[str, tuple[str, ...]]
    programs: tuple[Programs, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """One meaning of a command. Without ``scope``, whoever chooses the words; without ``objects``, the program."""

    capability: CapabilityId
    scope: Scope | None = None
    objects: tuple[str, ...] | None = None


def meant_by(value: Value) -> tuple[Meant, ...]:
    """Give what a command means: a text for a shell, or a list of words."""
    if value.items is None:
        texts = value.texts or value.outlines or ((f"{value.prefix}{OPEN}",) if value.prefix else ())
        return tuple(dict.fromkeys(meant for text in texts for meant in _of_text(_filled(text)[:LENGTH], NESTING)))
    if len(value.items) == 1:
        return meant_by(value.items[0])
    found: dict[Meant, None] = {}
    turns = max(max(1, len(item.texts or item.outlines)) for item in value.items) if value.items else 0
    for turn in range(min(turns, TURNS)):
        found |= dict.fromkeys(meant_by_words(tuple(_word(item, turn) for item in value.items[:WORDS])))
    return tuple(found)


def _word(item: Value, turn: int) -> str:
    known = item.texts or item.outlines
    return _filled(known[turn % len(known)] if known else f"{item.prefix}{OPEN}")[:LENGTH]


def _filled(text: str) -> str:
    """Write the gaps of an outline as ``…``."""
    return re.sub(r"(?:\0[^\0]*\0?)+", OPEN, text)


def meant_by_words(words: tuple[str, ...], *, depth: int = NESTING) -> tuple[Meant, ...]:
    """Give what a program with these arguments means."""
    if len(words) == 2 and " " in words[1].strip():  # noqa: PLR2004  (program, all arguments in one text)
        words = (words[0], *(word for command, _ in _commands(words[1][:LENGTH]) for word in command))
    return _of_words(words, depth)


@functools.lru_cache(maxsize=4_096)
def _of_text(text: str, depth: int) -> tuple[Meant, ...]:
    found: dict[Meant, None] = {}
    fetched = False
    for words, fed in _commands(text):
        rest = without_wrappers(words)
        name = program_of(rest[0]) if rest else ""
        if fed and fetched and name in _sheet().shells:
            found |= dict.fromkeys((Meant(CapabilityId.INSTALL_SOFTWARE), Meant(CapabilityId.CODE_EVAL)))
        fetched = name in _FETCHERS or (fed and fetched)
        found |= dict.fromkeys(_of_words(words, depth))
    return tuple(found)


_FETCHERS = frozenset({"curl", "wget"})


@functools.lru_cache(maxsize=4_096)
def _of_words(words: tuple[str, ...], depth: int) -> tuple[Meant, ...]:
    words = without_wrappers(words)
    if not words:
        return ()
    name = program_of(words[0])
    given = words[2:] if len(words) > 1 and words[1] == words[0] else words[1:]
    found = dict.fromkeys(_of_program(name, given))
    if depth:
        found |= dict.fromkeys(_inside(name, given, depth - 1))
    return tuple(found)


def program_of(word: str) -> str:
    """Give the name of a program without its folder and the ending of executables."""
    return _SUFFIX.sub("", word.replace("\\", "/").rpartition("/")[2].lower())


def _of_program(name: str, given: tuple[str, ...]) -> Iterator[Meant]:
    line = " ".join(given)[:LENGTH]
    for group in _programs().get(name, ()):
        operands = _operands(given, group.values)
        for row in group.means:
            if _applies(row, operands, line):
                scope, objects = _addressed(row, given)
                for capability in row.capability:
                    yield Meant(capability, scope, objects)


def _applies(row: Row, operands: str, line: str) -> bool:
    if row.words and not _pattern(row.words).match(operands):
        return False
    return not (row.line and not _pattern(row.line).search(line)) and not (row.unless and _pattern(row.unless).search(line))


def _operands(given: tuple[str, ...], valued: tuple[str, ...]) -> str:
    """Leave out flags, what flags take, and what is not known before the first operand."""
    found: list[str] = []
    skip = False
    for word in given:
        if skip:
            skip = False
        elif word.startswith("-") and word != "-":
            skip = word in valued
        elif word != OPEN or found:
            found.append(word)
    return " ".join(found)[:LENGTH]


def _addressed(row: Row, given: tuple[str, ...]) -> tuple[Scope | None, tuple[str, ...] | None]:
    """Give who chooses the host, and the hosts, where an address among the words names one."""
    if row.object is None:
        return row.scope, None
    addresses = [word for word in given if _SCHEME.match(word)]
    hosts = [host_of(word.rstrip(OPEN), complete=not word.endswith(OPEN)) for word in addresses]
    if not addresses:
        remotes = [found for word in given if not word.startswith("-") and (found := _REMOTE.match(word))]
        hosts = [found[1] or found[2] for found in remotes]
    known = tuple(dict.fromkeys(host for host in hosts if host))
    if known and len(known) == len(set(hosts)):
        return Scope.LITERAL, known
    return row.scope, known


def _inside(name: str, given: tuple[str, ...], depth: int) -> Iterator[Meant]:
    """Give what the commands inside a command mean: behind ``-c`` of a shell, behind ``-exec`` of ``find``."""
    flags = _sheet().shells.get(name)
    if flags is not None:
        at = next((index for index, word in enumerate(given) if word.lower() in flags), None)
        texts = given[at + 1 :] if at is not None else ()
        if texts and name in _FOLLOWED:
            text = " ".join(texts) if name == "cmd" else texts[0]
            if OPEN in text:
                yield Meant(CapabilityId.CODE_EVAL)
            yield from _of_text(text[:LENGTH], depth)
        elif at is not None:
            yield Meant(CapabilityId.CODE_EVAL)
            yield from _of_text(" ".join(texts)[:LENGTH], depth)
    elif name in {"find", "fd", "fdfind"}:
        at = next((index for index, word in enumerate(given) if word in {"-exec", "-execdir", "-ok", "-x", "--exec", "-X"}), None)
        yield from _of_words(given[at + 1 :], depth) if at is not None else ()


#: Shells whose texts are read here; the texts of others are only looked at.
_FOLLOWED = frozenset({"sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "cmd"})


def _commands(text: str) -> list[tuple[tuple[str, ...], bool]]:
    """Split a text for a shell into its commands, and tell of each whether another feeds it. One pass over the text."""
    found: list[tuple[tuple[str, ...], bool]] = []
    words: list[str] = []
    word: list[str] = []
    fed = False
    for piece in _PIECE.finditer(f"{text.replace(_CONTINUED, ' ')}\n"):
        kind = piece.lastgroup
        if kind in _OF_WORDS:
            word.append(piece[0][1:-1] if kind == "quoted" else piece[0].removeprefix("\\") if kind == "escaped" else piece[0])
            continue
        if word:
            words.append("".join(word))
            word = []
        if kind != "gap":
            found.extend([(tuple(words[:WORDS]), fed)] if words else [])
            words, fed = [], kind == "pipe"
    return found[:COMMANDS]


_CONTINUED = "\\\n"
_OF_WORDS = frozenset({"quoted", "escaped", "letters"})


def without_wrappers(words: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out ``A=1``, ``sudo -u x``, ``env A=1`` and the like, so that the first word is what runs."""
    return words[wrapped_at(words) :]


def wrapped_at(words: tuple[str, ...] | list[str]) -> int:
    """Give the place of the word that runs; 0 where a wrapper starts nothing."""
    start = 0
    while start < len(words):
        if _ASSIGNED.match(words[start]):
            start += 1
            continue
        rule = _sheet().wrappers.get(program_of(words[start]))
        at = _behind(words, start + 1, rule) if rule is not None else start
        if rule is None or at >= len(words):
            break
        start = at
    return start if start < len(words) else 0


def _behind(words: tuple[str, ...] | list[str], at: int, rule: Wrapper) -> int:
    operands = rule.operands
    while at < len(words):
        text = words[at]
        if text in rule.values:
            at += 2
        elif text.startswith("-") or "=" in text.split("/")[0]:
            at += 1
        elif operands:
            operands, at = operands - 1, at + 1
        else:
            break
    return at


@functools.cache
def _sheet() -> _Sheet:
    return _Sheet.model_validate(load_table(Path(__file__).parent / "commands.yaml"))


@functools.cache
def _programs() -> dict[str, tuple[Programs, ...]]:
    found: dict[str, tuple[Programs, ...]] = {}
    for group in _sheet().programs:
        for name in map(str.lower, group.names):
            found[name] = (*found.get(name, ()), group)
    return found


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
