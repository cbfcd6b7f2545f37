"""Annotations of tools (``readOnlyHint``, ``openWorldHint``) against what their code is proven to do."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Capability, CapabilityId, Certainty, Confidence, Hit, Scope, Target, Tool, ToolKind

# Nothing of this is reading, whoever chooses its object.
_NEVER_READING = frozenset({
    CapabilityId.MSG_SEND, CapabilityId.MONEY_MOVE, CapabilityId.INSTALL_SOFTWARE, CapabilityId.AGENT_CONFIG,
    CapabilityId.AGENT_MEMORY, CapabilityId.PERSIST,
})  # fmt: skip
_SAYS = {
    CapabilityId.FS_WRITE: "changes files that its caller chooses",
    CapabilityId.MSG_SEND: "sends messages",
    CapabilityId.MONEY_MOVE: "moves money",
    CapabilityId.INSTALL_SOFTWARE: "installs software",
    CapabilityId.AGENT_CONFIG: "changes how the assistant is set up",
    CapabilityId.AGENT_MEMORY: "changes what the assistant remembers",
    CapabilityId.PERSIST: "starts itself later",
    CapabilityId.NET_OUT: "reaches hosts that its caller chooses",
}


def inspect(target: Target) -> Iterator[Hit]:
    """Compare the annotations of every tool with what its handler reaches for certain."""
    for tool in target.tools:
        if tool.kind is ToolKind.TOOL and tool.annotations:
            yield from _compared(tool)


def _compared(tool: Tool) -> Iterator[Hit]:
    hints = tool.annotations or {}
    for held in tool.capabilities:
        if held.certainty is not Certainty.PROVEN:
            continue
        if hints.get("readOnlyHint") is True and _writes(held):
            yield _hit(tool, held, "read-only (readOnlyHint)")
        elif hints.get("openWorldHint") is False and held.id is CapabilityId.NET_OUT and held.scope is Scope.ARGUMENT:
            yield _hit(tool, held, "closed to the world (openWorldHint: false)")


def _writes(held: Capability) -> bool:
    """Tell what is no reading. A file at a fixed, configured or unknown place is mostly a cache or a log."""
    return held.id in _NEVER_READING or (held.id is CapabilityId.FS_WRITE and held.scope is Scope.ARGUMENT)


def _hit(tool: Tool, held: Capability, claim: str) -> Hit:
    message = f"The tool {tool.name} calls itself {claim}, but its code {_SAYS[held.id]}."
    at = min(held.evidence, default=tool.at)
    return Hit(
        at=at, message=message, evidence=f"{tool.name}: {held.id} ({held.scope})", confidence=None if held.evidence else Confidence.LOW
    )
