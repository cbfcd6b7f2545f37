"""What a plain report is written on: lines of bounded width, headings, and colour only where it is asked for."""

from __future__ import annotations

import textwrap

__all__ = ["Paper"]

_STYLES = {"bold": "1", "dim": "2", "red": "1;31", "yellow": "33", "green": "32", "cyan": "36"}


class Paper:
    """Collects lines. Text is to be escaped before it comes here; this only folds and paints it."""

    def __init__(self, *, width: int, colour: bool) -> None:
        """Begin with no lines; nothing is folded below 40 columns."""
        self._width = max(width, 40)
        self._colour = colour
        self._lines: list[str] = []

    def paint(self, text: str, style: str) -> str:
        """Put a text in an ANSI style, where colour is wanted."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colour and style else text

    def head(self, text: str) -> None:
        """Begin a section."""
        if self._lines:
            self._lines.append("")
        self.line(text, indent=0, style="bold")

    def line(self, text: str, *, indent: int = 2, mark: str = "", style: str = "") -> None:
        """Write a paragraph: ``mark`` stands before its first line, further lines are set under the text."""
        first = " " * indent + mark
        folded = textwrap.wrap(
            text, self._width, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False, break_long_words=True
        )
        self._lines += [self.paint(line, style) for line in folded or [first.rstrip()]]

    def raw(self, text: str) -> None:
        """Write a line as it is."""
        self._lines.append(text)

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self._lines)
