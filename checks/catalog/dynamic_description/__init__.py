"""Tool descriptions that are not constants, or that are written anew while the server runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.code import Program, programs
from checks.model import Confidence, Hit, Severity, Target, Tool, ToolKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_REWRITES = {
    "python": ("$T.__doc__ = $V", "$T.description = $V", '$T["description"] = $V', "$T.__doc__ += $V", "$T.description += $V"),
    "javascript": ("$T.description = $V", "$T.description += $V", "$T.update({$$$A, description: $V, $$$B})"),
}
_WORTH = re.compile(r"\b__doc__\s*\+?=|\bdescription['\"]?\]?\s*\+?=[^=]|\.update\(\s*\{")
_MCP = re.compile(r"\bmcp\b|modelcontextprotocol|fastmcp|list_tools|registerTool|tools/list", re.IGNORECASE)
_TOOLISH = re.compile(r"tool|__doc__|mcp|registered", re.IGNORECASE)
_CONSTANT = re.compile(r"\s*(?:[rbuf]{0,2}(?:\"[^\"{$]*\"|'[^'{$]*'|`[^`$]*`|\"\"\"[^{]*?\"\"\")\s*)+", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:fetch|axios|requests\.|httpx|urlopen|urllib|got\(|create_proxy|as_proxy|ProxyClient)|\.json\(\)|\bredis\b|\bsocket\b",
    re.IGNORECASE,
)
_CHANGING = re.compile(
    r"\b(?:open\(|read_text|readFile|readFileSync|os\.path\.exists|existsSync|environ|getenv|process\.env|"
    r"datetime|time\.time|Date\.now|new Date|"
    r"random|Math\.random|count(?:er)?|calls?\b|invocations?)", re.IGNORECASE
)  # fmt: skip


def inspect(target: Target) -> Iterator[Hit]:
    """Report tools that the inventory found dynamic, and assignments to descriptions in server code."""
    sources = {program.path: program for program in programs(target, _MCP)} if any(tool.dynamic for tool in target.tools) else {}
    for tool in target.tools:
        if tool.dynamic and tool.kind is ToolKind.TOOL:
            yield _registered(tool, sources.get(tool.at.path), target.texts.get(tool.at.path, ""))
    for program in programs(target, _WORTH):
        if _MCP.search(program.text):
            yield from _rewritten(program)


def _registered(tool: Tool, program: Program | None, text: str) -> Hit:
    """Say where the description of a tool comes from, as far as its registration shows it."""
    lines = text.split("\n")[max(0, tool.at.line - 1) : tool.at.line + 7]
    call = "\n".join(lines)
    described = re.search(r"description\s*[=:]\s*([^\n]{1,300})", call)
    meaning = program.meaning(described[1] if described else tool.name) if program else call
    evidence = (described[0] if described else next(iter(lines), "")).strip()
    if _ELSEWHERE.search(meaning):
        return Hit(at=tool.at, message=f"The description of {tool.name} comes from the network.", evidence=evidence)
    if _CHANGING.search(meaning):
        message = f"The description of {tool.name} depends on a file, the environment, time or chance."
        return Hit(at=tool.at, message=message, evidence=evidence, severity=Severity.MEDIUM)
    message = f"Name or description of {tool.name} is computed when the server starts."
    return Hit(at=tool.at, message=message, evidence=evidence, severity=Severity.LOW, confidence=Confidence.MEDIUM)


def _rewritten(program: Program) -> Iterator[Hit]:
    for node in program.calls(_REWRITES[program.family]):
        value, tool = node.get_match("V"), node.get_match("T")
        if value is None or tool is None or not _TOOLISH.search(node.text()[: len(tool.text()) + 20]):
            continue
        at = program.place(node)
        meaning = program.meaning(value.text())
        if _ELSEWHERE.search(meaning):
            yield Hit(at=at, message="A tool's description is replaced by a text from the network.", evidence=node.text())
        elif _CHANGING.search(condition := _condition(node)) or _CHANGING.search(meaning):
            message = "A tool's description is replaced under a condition, so that it can differ from the one reviewed."
            yield Hit(at=at, message=message, evidence=node.text(), severity=None if _CHANGING.search(condition) else Severity.MEDIUM)
        elif not _CONSTANT.fullmatch(value.text()):
            yield Hit(at=at, message="A tool's description is written while the server runs.", evidence=node.text(), severity=Severity.LOW)


def _condition(node: SgNode) -> str:
    """Give what the innermost ``if`` around a node asks."""
    for one in node.ancestors():
        if one.kind() == "if_statement":
            asked = one.field("condition")
            return asked.text() if asked is not None else ""
    return ""
