"""What MSBuild files say of the code: namespaces and types that all files see, files of other names that are compiled, code of their own.

Sources: the references of MSBuild items (``Using``, ``Compile``) and of ``UsingTask`` at learn.microsoft.com.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checks.model import Capability, CapabilityId, Certainty, Location, Scope, Trigger, Unreadable
from reviewer.inventory.languages.csharp.lowering import Usings

__all__ = ["PROJECTS", "Projects", "read_projects"]

PROJECTS = (".csproj", ".props", ".targets", ".proj")
#: How many items of one kind are read in one file.
ITEMS = 300

_ITEM = re.compile(r"<(Using|Compile|UsingTask)\b([^>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(\w{1,40})\s{0,20}=\s{0,20}(?:"([^"]{0,1000})"|'([^']{0,1000})')""")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE = ".cs"


@dataclass(slots=True)
class Projects:
    """What was found: ``rows`` are files that are compiled and not read as C#, ``capabilities`` what runs at a build."""

    usings: Usings = field(default_factory=Usings)
    rows: list[Unreadable] = field(default_factory=list)
    capabilities: list[Capability] = field(default_factory=list)


def read_projects(files: Mapping[str, str]) -> Projects:
    """Read MSBuild files (path to text). What one project says counts for all, since more is seen so, not less."""
    found = Projects()
    for path, text in files.items():
        for line, name, attributes in _items(text):
            if name == "using":
                _use(attributes, found.usings)
            elif name == "compile":
                _compiled(path, attributes, found.rows)
            else:
                evidence = (Location(path=path, line=line),)
                found.capabilities.append(
                    Capability(
                        id=CapabilityId.CODE_EVAL,
                        scope=Scope.ANY,
                        trigger=Trigger.INSTALL,
                        certainty=Certainty.PRESENT,
                        evidence=evidence,
                    )
                )
    return found


def _items(text: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    for count, match in enumerate(_ITEM.finditer(text)):
        if count >= ITEMS:
            return
        attributes = {each[1].lower(): each[2] or each[3] or "" for each in _ATTRIBUTE.finditer(match[2])}
        yield text.count("\n", 0, match.start()) + 1, match[1].lower(), attributes


def _use(attributes: Mapping[str, str], usings: Usings) -> None:
    for name in attributes.get("include", "").split(";"):
        if alias := attributes.get("alias", "").strip():
            usings.imports[alias] = name.strip()
        elif name.strip():
            usings.wildcards.append(name.strip())


def _compiled(path: str, attributes: Mapping[str, str], rows: list[Unreadable]) -> None:
    """A file that is compiled is code whatever its name is; names that end otherwise are not read as C#."""
    names = (name.strip() for name in attributes.get("include", "").split(";"))
    others = [name[:200] for name in names if name and not name.lower().endswith((_CODE, "*", ")"))]
    rows.extend(Unreadable(path=path, reason=f"compiles {name}, which is not read as C#", gate=True) for name in others)
