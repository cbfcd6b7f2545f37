"""Recipients in code that another reading of the same thing does not know."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from checks.model import ChangeKind, Comparison, Confidence, Hit, Relation, Target

_NAMES = {"mail": "the mail address", "wallet": "the account", "address": "the internet address"}
_SINCE = {
    Relation.PREVIOUS: "the version approved before",
    Relation.REPOSITORY: "its own repository",
    Relation.NAMED: "what it is compared with",
}
_CODE = frozenset({
    "python", "javascript", "typescript", "jsx", "tsx", "go", "rust", "java", "kotlin", "csharp", "shell", "powershell", "ruby", "php",
})  # fmt: skip
_QUIET = re.compile(r"(?:^|/)(?:tests?|__tests__|spec|docs?|examples?|fixtures)/", re.IGNORECASE)
_COMMENT = re.compile(r"^\s*(?:#|//|/\*|\*|--|;)")
# Addresses of documentation and of nobody (RFC 2606 and 6761, and the no-reply of hosting services).
_NOBODY = re.compile(
    r"@(?:[\w-]+\.)*(?:example|invalid|localhost|test)(?:\.(?:com|org|net))?$|^(?:noreply|no-reply|git)@|@users\.noreply\."
)


def inspect(target: Target) -> Iterator[Hit]:
    """Report new mail addresses, accounts and public internet addresses in code, outside of comments, tests and documents."""
    code = {file.path for file in target.files if file.language in _CODE}
    for comparison in target.comparisons:
        yield from _recipients(comparison, code, target)


def _recipients(comparison: Comparison, code: set[str], target: Target) -> Iterator[Hit]:
    for change in comparison.changes:
        if change.kind is not ChangeKind.LITERAL_ADDED or change.subject not in _NAMES or change.at.path not in code:
            continue
        lines = target.texts.get(change.at.path, "").splitlines()
        line = lines[change.at.line - 1] if 0 < change.at.line <= len(lines) else ""
        if _QUIET.search(change.at.path) or _COMMENT.match(line) or _is_nobody(change.subject, change.after):
            continue
        message = f"The code names {_NAMES[change.subject]} {change.after[:80]}, which {_SINCE[comparison.relation]} does not know."
        confidence = Confidence.LOW if comparison.relation is Relation.NAMED else None
        yield Hit(at=change.at, message=message, evidence=line.strip(), confidence=confidence)


def _is_nobody(kind: str, value: str) -> bool:
    if kind == "mail":
        return _NOBODY.search(value) is not None
    if kind == "address":
        try:
            return not ipaddress.ip_address(value).is_global
        except ValueError:
            return True
    return False
