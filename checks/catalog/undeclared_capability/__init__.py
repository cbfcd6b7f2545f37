"""Powerful capabilities of a Skill's code that its own list of permissions does not cover."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Capability, CapabilityId, Certainty, Component, Confidence, Hit, Location, Scope, Severity, Target

_LISTS = frozenset({"allowed-tools", "allowed_tools", "tools"})
_SURE = frozenset({Certainty.PROVEN, Certainty.PRESENT})
# Powerful whatever its object; the rest counts only where the object is open.
_POWERFUL = {
    CapabilityId.SECRET_READ: "reads stored secrets",
    CapabilityId.AGENT_CONFIG: "changes how the assistant is set up",
    CapabilityId.AGENT_MEMORY: "changes what the assistant remembers",
    CapabilityId.PERSIST: "starts itself later",
    CapabilityId.INSTALL_SOFTWARE: "installs software",
    CapabilityId.MSG_SEND: "sends messages",
    CapabilityId.MONEY_MOVE: "moves money",
    CapabilityId.UI_CONTROL: "uses screen, keyboard or browser",
}
_OPEN = {CapabilityId.NET_OUT: "sends to hosts that are chosen at run time", CapabilityId.CODE_EVAL: "runs code that is made at run time"}


def inspect(target: Target) -> Iterator[Hit]:
    """Compare every component that lists permissions with the code below its folder."""
    declaring: dict[str, Location] = {}
    for declaration in target.declarations:
        if declaration.field in _LISTS and declaration.part:
            declaring.setdefault(declaration.part, declaration.at)
    for component in target.components:
        if component.id in declaring:
            yield from _beyond(component, declaring[component.id], target)


def _beyond(component: Component, listed: Location, target: Target) -> Iterator[Hit]:
    said: set[CapabilityId] = set()
    for held in target.capabilities:
        does = _POWERFUL.get(held.id) or (_OPEN.get(held.id) if held.scope is not Scope.LITERAL else None)
        at = _inside(held, component.root)
        if does and at and at.path != listed.path and held.certainty in _SURE and not held.declared and held.id not in said:
            said.add(held.id)
            message = f"{component.name} lists its permissions (line {listed.line} of {listed.path}), and beyond them its code {does}."
            unsure = held.scope is Scope.ANY
            yield Hit(
                at=at,
                message=message,
                evidence=f"{held.id} ({held.scope})",
                severity=Severity.LOW if unsure else None,
                confidence=Confidence.LOW if unsure else None,
            )


def _inside(held: Capability, root: str) -> Location | None:
    return next((at for at in sorted(held.evidence) if not root or at.path.startswith(f"{root}/")), None)
