"""What the documentation promises about the whole, against what the code does for certain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from checks.model import Capability, CapabilityId, Certainty, Hit, Location, Scope, Target
from checks.prose import word_patterns

_WORDS = Path(__file__).with_name("words.yaml")
_PAGES = re.compile(r"(?:^|/)(?:readme(?:\.[a-z]{2})?\.(?:md|rst|txt)|skill\.md)$", re.IGNORECASE)
_LENGTH = 200_000  # characters of a page that are read
_SENTENCE = re.compile(r"[^.!?\n]{8,400}")
_LOCAL = re.compile(r"^(?:localhost|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal)$")
_SURE = frozenset({Certainty.PROVEN, Certainty.PRESENT})


def inspect(target: Target) -> Iterator[Hit]:
    """Compare each promise of a page with the code beside or below it."""
    for path, text in target.texts.items():
        if _PAGES.search(path):
            yield from _promises(path, text[:_LENGTH], target)


def _promises(path: str, text: str, target: Target) -> Iterator[Hit]:
    patterns = word_patterns(_WORDS)
    root = path.rpartition("/")[0]
    kept: set[str] = set()
    for match in _SENTENCE.finditer(text):
        for name in ("offline", "reading"):
            if name in kept or not patterns[name].search(match[0]) or patterns["unless"].search(match[0]):
                continue
            held = next((each for each in target.capabilities if _breaks(name, each, root)), None)
            if held is not None:
                kept.add(name)
                yield _hit(held, Location(path=path, line=text.count("\n", 0, match.start()) + 1), match[0].strip())


def _breaks(name: str, held: Capability, root: str) -> bool:
    inside = any(not root or at.path.startswith(f"{root}/") for at in held.evidence)
    if held.certainty not in _SURE or not inside:
        return False
    if name == "offline":
        return held.id is CapabilityId.NET_OUT and (held.scope is not Scope.CONFIGURATION) and not _stays_here(held)
    return held.id is CapabilityId.FS_WRITE and held.scope in {Scope.ARGUMENT, Scope.ANY}


def _stays_here(held: Capability) -> bool:
    """Tell whether all known hosts are this machine; an unknown literal host is not held against a page."""
    return held.scope is Scope.LITERAL and all(_LOCAL.match(host) for host in held.objects)


def _hit(held: Capability, at: Location, promise: str) -> Hit:
    where = min(held.evidence)
    does = "reaches the network" if held.id is CapabilityId.NET_OUT else "changes files that its caller chooses"
    hosts = f" ({', '.join(held.objects[:3])})" if held.id is CapabilityId.NET_OUT and held.objects else ""
    return Hit(at=at, message=f"The page promises otherwise, but {where.path}:{where.line} {does}{hosts}.", evidence=promise)
