"""Mail as a file (RFC 5322 with MIME): its header lines, its texts and its attachments."""

from __future__ import annotations

import email
import email.policy
from email.errors import MessageError
from email.message import EmailMessage

from reviewer.archives.names import safe_path
from reviewer.inventory.contents.model import Opened, Piece, Row, Sealed

EXTENSIONS = frozenset({"eml", "mht", "mhtml", "mbox"})
_PARTS = 200
_SUBTYPES = {"plain": "txt", "html": "html", "markdown": "md", "calendar": "ics", "csv": "csv"}


def open_mail(sealed: Sealed) -> Opened:
    """Give the parts of a mail."""
    try:
        message = email.message_from_bytes(sealed.content, policy=email.policy.default)
        parts = list(message.walk())
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError, UnicodeError):
        return Opened(rows=(Row(reason="a mail that cannot be read"),))
    pieces: list[Piece] = []
    rows = [Row(reason=f"more than {_PARTS} parts: the others are not read")] if len(parts) > _PARTS else []
    for number, part in enumerate(parts[:_PARTS], 1):
        if not part.is_multipart():
            _part(number, part, pieces, rows)
    return Opened(pieces=tuple(pieces), rows=tuple(rows), whole=True)


def _part(number: int, part: EmailMessage, pieces: list[Piece], rows: list[Row]) -> None:
    try:
        name = safe_path((part.get_filename() or "").encode("utf-8", "replace")).path
        kind = part.get_content_subtype() if part.get_content_maintype() == "text" else ""
        content = part.get_payload(decode=True)
        charset = part.get_content_charset("utf-8") if kind else ""
        if kind and isinstance(content, bytes):
            content = content.decode(charset, "replace").encode("utf-8", "replace")
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError, UnicodeError):
        rows.append(Row(reason=f"part {number} of a mail cannot be read"))
        return
    if isinstance(content, bytes) and content.strip():
        pieces.append(Piece(name=f"part-{number}/{name}" if name else f"part-{number}.{_SUBTYPES.get(kind, 'bin')}", content=content))
