"""Which release of the MCP SDK a C# project asks for, where that changes what is registered.

Until 0.3.0-preview.2 a tool without a name of its own had the name of its method; since then the SDK writes that name in snake case
(modelcontextprotocol/csharp-sdk, commit 4411f1ce). What an old
release does is written into the attribute, so that nothing else has to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from packaging.version import InvalidVersion, Version

from reviewer.inventory.program.model import Annotation, Argument, Function, Module, Text

__all__ = ["older_projects", "with_names"]

_SDK = re.compile(
    r"<Package(?:Reference|Version)\b(?=[^>]{0,300}\bInclude\s*=\s*[\"']ModelContextProtocol(?:\.Core|\.AspNetCore)?[\"'])"
    r"[^>]{0,300}\bVersion\s*=\s*[\"']\[?([\w.+-]{1,60})",
    re.IGNORECASE,
)
_SNAKE_SINCE = Version("0.3.0.dev2")
_TOOLS = frozenset({"McpServerTool", "McpServerToolAttribute", "McpServerPrompt", "McpServerPromptAttribute"})


def older_projects(files: Mapping[str, str], paths: Iterable[str]) -> tuple[str, ...]:
    """Give the folders of projects that ask for a release from before the change."""
    return tuple(path.rpartition("/")[0] for path in paths if any(_is_older(found) for found in _SDK.findall(files[path])))


def _is_older(version: str) -> bool:
    """Compare as NuGet orders versions: 0.2.0-preview.1 comes before 0.2.0."""
    try:
        return Version(version.partition("+")[0].replace("-preview.", ".dev").replace("-", ".dev")) < _SNAKE_SINCE
    except InvalidVersion:
        return False


def with_names(module: Module) -> Module:
    """Give tools without a name the name of their method."""
    types = tuple(replace(each, functions=tuple(map(_named, each.functions))) for each in module.types)
    return replace(module, types=types, functions=tuple(map(_named, module.functions)))


def _named(function: Function) -> Function:
    return replace(function, annotations=tuple(_with_name(each, function.name) for each in function.annotations))


def _with_name(annotation: Annotation, name: str) -> Annotation:
    if annotation.name.rpartition(".")[2] not in _TOOLS or any(each.keyword == "Name" for each in annotation.arguments):
        return annotation
    given = Argument(value=Text(parts=(name,), line=annotation.line), keyword="Name")
    return replace(annotation, arguments=(*annotation.arguments, given))
