"""Calls in Python and JavaScript that run what was decoded or downloaded a moment before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.code import Program, programs
from checks.model import Hit, Severity, Target

_WORTH = re.compile(r"\b(?:exec|eval|Function|runInThisContext|runInNewContext)\b")
_DECODES = re.compile(
    r"\b(?:b64decode|b32decode|b85decode|a85decode|fromhex|unhexlify|marshal\.loads|atob)\b|\bdecompress\s*\(|rot_?13|"
    r"Buffer\.from\([^()]*,\s*['\"](?:base64|hex)['\"]"
)
_DOWNLOADS = re.compile(r"\b(?:requests|httpx)\.(?:get|post)\b|\burlopen\b|\burllib3?\b|\bawait\s+(?:\(await\s+)?fetch\b|\baxios\b")
_PATTERNS = {
    "python": ("exec($A)", "exec($A, $$$B)", "eval($A)", "eval($A, $$$B)", "exec(compile($A, $$$B))", "builtins.exec($A)"),
    "javascript": (
        "eval($A)",
        "new Function($$$B, $A)",
        "new Function($A)",
        "Function($A)",
        "vm.runInThisContext($A)",
        "vm.runInNewContext($A, $$$B)",
    ),
}


def decoded_programs(target: Target) -> Iterator[Hit]:
    """Yield a hit for each ``exec`` or ``eval`` whose argument is decoded or downloaded, names followed within the file."""
    for program in programs(target, _WORTH):
        if _DECODES.search(program.text) or _DOWNLOADS.search(program.text):
            yield from _calls(program)


def _calls(program: Program) -> Iterator[Hit]:
    for call in program.calls(_PATTERNS[program.family]):
        argument = call.get_match("A")
        if argument is None:
            continue
        meaning = program.meaning(argument.text())
        at = program.place(call)
        if _DECODES.search(meaning):
            severity = Severity.LOW if program.described else None
            yield Hit(at=at, message="The program decodes a text and runs it as code.", evidence=call.text(), severity=severity)
        elif _DOWNLOADS.search(meaning):
            yield Hit(at=at, message="The program downloads a text and runs it as code.", evidence=call.text(), severity=Severity.HIGH)
