"""Permissions that a submission states itself, and what they mean as capabilities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checks.model import Capability, CapabilityId, Certainty, Declaration, Location, Scope
from reviewer.inventory.conventions import conventions
from reviewer.inventory.languages import shell

_NAME = re.compile(r"([A-Za-z_][\w-]{0,100}|\*)")
#: How many permissions of one field are listed.
KEPT = 300


def permissions(value: object) -> list[str]:
    """Split ``allowed-tools``: a list, or a text with commas or spaces between, which inside parentheses separate nothing."""
    texts = [str(item) for item in value if isinstance(item, str)] if isinstance(value, list) else [value] if isinstance(value, str) else []
    return [word for text in texts for word in _split(text)][:KEPT]


def _split(text: str) -> Iterator[str]:
    depth, word = 0, ""
    for character in text[:20_000].strip("[] \t\n"):
        depth = max(0, depth + (character == "(") - (character == ")"))
        if depth == 0 and character in ", \t\n":
            if word:
                yield word.strip("\"'")
            word = ""
        else:
            word += character
    if word:
        yield word.strip("\"'")


def granted(rules: Iterable[str], at: Location) -> Iterator[Capability]:
    """Give what permissions allow: declared, with no code seen. ``Bash(git:*)`` is literal and means what the command means too."""
    for rule in rules:
        name, _, rest = rule.partition("(")
        argument = rest.removesuffix(")").strip()
        narrow = argument.strip("*: ") != ""
        known = conventions()["permissions"].get(name, [])
        scope = Scope.LITERAL if narrow else Scope.ANY
        for identity in map(CapabilityId, known):
            yield _declared(identity, scope, (argument[:200],) if narrow else (), at)
        if narrow and CapabilityId.PROC_EXEC in known:
            for capability in shell.read_command(argument.replace(":*", "").rstrip("* "), at=at):
                if capability.id is not CapabilityId.PROC_EXEC:
                    yield _declared(capability.id, capability.scope, capability.objects, at)


def _declared(identity: CapabilityId, scope: Scope, objects: tuple[str, ...], at: Location) -> Capability:
    return Capability(id=identity, scope=scope, certainty=Certainty.DECLARED, declared=True, objects=objects, evidence=(at,))


def declared(field: str, rules: Iterable[str], at: Location, part: str) -> tuple[Declaration, ...]:
    """List permissions, one declaration each."""
    return tuple(Declaration(field=field, value=rule[:500], at=at, part=part) for rule in rules if _NAME.match(rule))
