"""Pages and drawings (HTML, SVG): scripts as code, what is shown and what is hidden as texts, each on the line where it stands."""

from __future__ import annotations

import bisect
import html
import re

from reviewer.inventory.contents.model import Opened, Piece, Row, Sealed

#: How many characters of one page are looked at.
LENGTH = 4_000_000

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<script\b(?P<attributes>[^>]*)>(?P<script>.*?)(?:</script\b[^>]*>|\Z)"
    r"|<style\b[^>]*>.*?(?:</style\b[^>]*>|\Z)"
    r"|<!\[CDATA\[|\]\]>|<[/!?]?[A-Za-z](?P<tag>[^>]*)(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_DATA_SCRIPT = re.compile(r"\btype\s{0,5}=\s{0,5}[\"']?(?:application|text)/(?:[\w.+-]{0,40}json|template|x-\w+|html)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?<![\w-])(?:(?P<handler>on[a-z]{3,30})|(?P<link>(?:xlink:)?href|src|action)|alt|title|aria-label|content|placeholder|value|summary|label)"
    r"\s{0,5}=\s{0,5}(?:\"(?P<double>[^\"]{0,20000})\"|'(?P<single>[^']{0,20000})')",
    re.IGNORECASE,
)
_SCRIPT_LINK = re.compile(r"\s{0,20}javascript:", re.IGNORECASE)
_SVG = re.compile(r"<svg\b", re.IGNORECASE)


def is_markup(sealed: Sealed) -> bool:
    """Tell whether a text is a page or a drawing."""
    return sealed.language == "html" or (sealed.language == "xml" and _SVG.search(sealed.text or "", 0, 20_000) is not None)


class _Lines:
    """A text of which some pieces were kept, each on its own line."""

    def __init__(self, breaks: list[int]) -> None:
        self._breaks = breaks
        self._pieces: list[str] = []
        self._line = 0

    def put(self, at: int, text: str) -> None:
        """Add what stands at an offset of the whole."""
        if text.strip():
            line = bisect.bisect_left(self._breaks, at)
            self._pieces.append("\n" * (line - self._line) if line > self._line else " " if self._pieces else "")
            self._pieces.append(text)
            self._line = max(self._line, line) + text.count("\n")

    def piece(self, name: str, language: str) -> tuple[Piece, ...]:
        """Give the text; nothing if it is empty."""
        content = "".join(self._pieces).encode("utf-8", "replace")
        return (Piece(name=name, content=content, language=language),) if content.strip() else ()


def open_markup(sealed: Sealed) -> Opened:
    """Give scripts, shown texts and comments of a page."""
    text = (sealed.text or "")[:LENGTH]
    breaks = [match.start() for match in re.finditer("\n", text)]
    scripts, shown, hidden = _Lines(breaks), _Lines(breaks), _Lines(breaks)
    end = 0
    for match in _TOKEN.finditer(text):
        shown.put(end, html.unescape(text[end : match.start()]))
        end = match.end()
        if match["comment"] is not None:
            hidden.put(match.start(), match["comment"])
        elif match["script"] is not None:
            if not _DATA_SCRIPT.search(match["attributes"]):
                scripts.put(match.start("script"), match["script"].replace("<![CDATA[", " ").replace("]]>", " "))
        elif match["tag"]:
            _attributes(match.start("tag"), match["tag"], scripts, shown)
    shown.put(end, html.unescape(text[end:]))
    rows = (
        (Row(reason=f"longer than {LENGTH} characters: what follows is read as text, not as a page"),)
        if len(sealed.text or "") > LENGTH
        else ()
    )
    pieces = (*scripts.piece("scripts", "javascript"), *shown.piece("shown", "text"), *hidden.piece("comments", "text"))
    return Opened(pieces=pieces, rows=rows)


def _attributes(at: int, tag: str, scripts: _Lines, shown: _Lines) -> None:
    for match in _ATTRIBUTE.finditer(tag):
        value = html.unescape(match["double"] or match["single"] or "")
        if match["handler"]:
            scripts.put(at + match.start(), f"{value};")
        elif not match["link"]:
            shown.put(at + match.start(), value)
        elif _SCRIPT_LINK.match(value):
            scripts.put(at + match.start(), f"{value.partition(':')[2]};")
