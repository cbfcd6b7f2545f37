"""What changed, for people: by kind, what matters most first, with what publishing explains told in one number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.model import CapabilityId, Change, ChangeKind, Comparison, Relation, Scope
from checks.text import escape
from reviewer.reports.paper import Paper
from reviewer.reports.vocabulary import ability, chooser

__all__ = ["write"]

_SUBJECT, _VALUE, _PATH = 80, 100, 120  # characters
_MOST = 8
_ABILITIES, _SCOPES = frozenset(CapabilityId), frozenset(Scope)
_WITH = {
    Relation.REPOSITORY: "the repository that it names as its source: ",
    Relation.PREVIOUS: "what was approved before: ",
    Relation.NAMED: "",
}
_HEADINGS = {
    ChangeKind.HOOK_ADDED: "starts by itself now",
    ChangeKind.CAPABILITY_ADDED: "can do now",
    ChangeKind.TOOL_ADDED: "new tool",
    ChangeKind.TOOL_CHANGED: "tool changed",
    ChangeKind.TOOL_REMOVED: "tool gone",
    ChangeKind.HOST_ADDED: "new host",
    ChangeKind.LITERAL_ADDED: "new in the text",
    ChangeKind.DEPENDENCY_ADDED: "new dependency",
    ChangeKind.DEPENDENCY_CHANGED: "other version",
    ChangeKind.DEPENDENCY_REMOVED: "dependency gone",
    ChangeKind.FILE_ADDED: "new file",
    ChangeKind.FILE_CHANGED: "file changed",
    ChangeKind.FILE_REMOVED: "file gone",
}


def write(comparisons: Iterable[Comparison], paper: Paper) -> None:
    """Write every comparison."""
    for comparison in comparisons:
        paper.head(f"Compared with {_WITH[comparison.relation]}{escape(comparison.source, _PATH)}")
        if comparison.note:
            paper.line(f"not compared: {escape(comparison.note, _PATH * 2)}", style="yellow")
            continue
        telling = [change for change in comparison.changes if not change.expected]
        for kind, words in _HEADINGS.items():
            _kind([change for change in telling if change.kind is kind], words, paper)
        explained = len(comparison.changes) - len(telling)
        rest = [f"differences that publishing itself makes: {explained}"] if explained else []
        rest += [f"further changes: {comparison.omitted}"] if comparison.omitted else []
        if rest or not telling:
            paper.line("; ".join(rest) or "no difference", style="dim")


def _kind(changes: Sequence[Change], words: str, paper: Paper) -> None:
    for change in changes[:_MOST]:
        place = f"{escape(change.at.path, _PATH)}:{change.at.line}" if change.at.line else escape(change.at.path, _PATH)
        said = _widened(change) if change.subject in _ABILITIES and change.after in _SCOPES else _moved(change)
        paper.line(said if place == said else f"{said}  {place}".rstrip(), mark=f"{words:<20}  ")
    if len(changes) > _MOST:
        paper.line(f"{len(changes) - _MOST} more", mark=f"{words:<20}  ", style="dim")


def _moved(change: Change) -> str:
    subject = escape(change.subject, _SUBJECT)
    moved = " -> ".join(escape(value, _VALUE) for value in (change.before, change.after) if value)
    return f"{subject} ({moved})" if moved and moved != subject else subject


def _widened(change: Change) -> str:
    """Say a capability as it is now, and who chose its object before where it was there already."""
    identity = CapabilityId(change.subject)
    before = f", before: {chooser(identity, Scope(change.before))}" if change.before in _SCOPES else ""
    return f"{ability(identity, Scope(change.after))} ({identity}{before})"
