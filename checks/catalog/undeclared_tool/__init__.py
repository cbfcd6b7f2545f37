"""Tools that the code of a bundle registers and its manifest does not name."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Hit, Severity, Target, ToolKind

_FIELD = "manifest.tools"
#: Tools that are told one by one.
_TOLD = 10


def inspect(target: Target) -> Iterator[Hit]:
    """Compare the tools of every bundle that lists some with those that its code registers."""
    listed: dict[str, set[str]] = {}
    for declaration in target.declarations:
        if declaration.field == _FIELD:
            listed.setdefault(declaration.part, set()).add(declaration.value)
    for part, names in listed.items():
        others = [tool for tool in target.tools if tool.part == part and tool.kind is ToolKind.TOOL and tool.name[:200] not in names]
        for tool in others[:_TOLD]:
            computed = tool.dynamic
            message = f"The code offers the tool {tool.name}, which the manifest does not list."
            yield Hit(at=tool.at, message=message, evidence=tool.description or tool.name, severity=Severity.LOW if computed else None)
