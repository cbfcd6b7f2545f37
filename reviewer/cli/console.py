"""The terminal: the only module that writes to it. stdout carries the artefact, stderr the conversation."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence

import click

PAGE = 100


def wants_colour(stream: object = None) -> bool:
    """Follow ``NO_COLOR``, ``FORCE_COLOR`` and ``CI``; else colour a terminal only."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    stream = stream or sys.stdout
    return bool(getattr(stream, "isatty", lambda: False)()) and not os.environ.get("CI")


def show_every_sign() -> None:
    r"""Let both outputs write what they have no sign for as ``\u2713``: a terminal that knows few signs is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def page_width() -> int:
    """Give the columns of a report: those of the terminal, 100 at most, 100 where there is none."""
    return min(PAGE, shutil.get_terminal_size((PAGE, 24)).columns) if sys.stdout.isatty() else PAGE


def _wipe_progress() -> None:
    if sys.stderr.isatty() and not os.environ.get("CI"):
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()


def put(text: str) -> None:
    """Write the artefact, or a part of it, to stdout."""
    _wipe_progress()
    click.echo(text, color=wants_colour())


def put_json(document: Mapping[str, object] | Sequence[object]) -> None:
    """Write one JSON document on one line to stdout."""
    click.echo(json.dumps(document, ensure_ascii=True, sort_keys=False, default=str))


def tell(sentence: str) -> None:
    """Say something to the person, on stderr."""
    _wipe_progress()
    click.echo(sentence, err=True, color=wants_colour(sys.stderr))


def complain(message: str, hint: str = "") -> None:
    """Say in one line what went wrong, and in a second what to do next."""
    tell(click.style("error: ", fg="red", bold=True) + shown(message))
    if hint:
        tell(click.style("  hint: ", fg="cyan") + shown(hint))


def shown(text: str) -> str:
    """Give what others wrote in one bounded line, with whatever could act on a terminal escaped."""
    from checks.text import escape  # noqa: PLC0415  not needed by --help

    return escape(" ".join(text.split()), 2000)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay rows out in columns; the last column takes what is left of the terminal's width. What could act on it is escaped."""
    cells = [list(headings), *[[shown(cell) for cell in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    room = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 10_000
    lines = []
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        line = line if len(line) <= room else f"{line[: room - 1]}…"
        lines.append(click.style(line, bold=True) if number == 0 else line)
    return "\n".join(lines)


class TerminalProgress:
    """Says what long work does, in one line that is overwritten; silent unless stderr is a terminal."""

    def __init__(self) -> None:
        """Look at stderr once."""
        self._speaks = sys.stderr.isatty() and not os.environ.get("CI")

    def say(self, sentence: str) -> None:
        """Tell what is being done now."""
        if self._speaks:
            sys.stderr.write(f"\r\x1b[2K{shown(sentence)}")
            sys.stderr.flush()
