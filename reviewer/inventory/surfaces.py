"""The texts of tools, prompts and resources that reach a model, and rules files that it reads in every session."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from checks.model import Location, Surface, SurfaceRole, Tool, ToolKind
from reviewer.inventory.conventions import conventions
from reviewer.inventory.facts import Facts
from reviewer.inventory.file_types import is_vendored
from reviewer.inventory.tree import Tree

#: How many strings of one schema become surfaces of their own; those beyond become one together, so that no filling hides a text.
STRINGS = 500

#: Keys of JSON Schema whose text is a keyword of the language, not a text of the author.
_KEYWORDS = frozenset({"type", "$schema", "$ref", "format", "additionalProperties", "contentEncoding"})
_WORDS = re.compile(r"\S\s+\S")
_ROLES = {ToolKind.TOOL: SurfaceRole.TOOL_DESCRIPTION, ToolKind.PROMPT: SurfaceRole.PROMPT, ToolKind.RESOURCE: SurfaceRole.RESOURCE}


def of_tools(tools: Iterable[Tool]) -> Iterator[Surface]:
    """Give name, description and every text of the schema of each tool."""
    for tool in tools:
        role = _ROLES[tool.kind]
        yield Surface(role=SurfaceRole.TOOL_NAME if tool.kind is ToolKind.TOOL else role, owner=tool.name, text=tool.name, at=tool.at)
        if tool.description:
            yield Surface(role=role, owner=tool.name, text=tool.description, at=tool.at)
        title = (tool.annotations or {}).get("title")
        if isinstance(title, str) and title:
            yield Surface(role=role, owner=tool.name, text=title, at=tool.at)
        hints = {key: value for key, value in (tool.annotations or {}).items() if key != "title"}
        for text in (*schema_texts(tool.input_schema), *schema_texts(hints)):
            yield Surface(role=SurfaceRole.SCHEMA, owner=tool.name, text=text, at=tool.at)


def schema_texts(schema: Mapping[str, object] | None) -> Iterator[str]:
    """Give parameter names, descriptions, defaults, examples and enum values of a schema, each once, in order; long rests as one text."""
    waiting: deque[object] = deque([schema] if schema else [])
    seen: dict[str, None] = {}
    while waiting:
        item = waiting.popleft()
        if isinstance(item, str) and item:
            seen.setdefault(item)
        elif isinstance(item, Mapping):
            waiting.extend(_parts(item))
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    every = list(seen)
    yield from every[:STRINGS]
    if len(every) > STRINGS:
        yield "\n".join(every[STRINGS:])


def _parts(mapping: Mapping[object, object]) -> Iterator[object]:
    """Give what is text of the author. A keyword that holds words, or a key that is a sentence, is such text too."""
    for key, value in mapping.items():
        if key in {"properties", "patternProperties", "$defs", "definitions"} and isinstance(value, Mapping):
            yield from (name for name in value if isinstance(name, str))
            yield from value.values()
            continue
        if isinstance(key, str) and " " in key:
            yield key
        if not (key in _KEYWORDS and isinstance(value, str) and not _WORDS.search(value)):
            yield value


def find_rules(tree: Tree) -> Facts:
    """Find the files that an agent takes as rules wherever it works."""
    table = conventions()["rules"]
    paths = list(tree.named(*table["names"]))
    for part, suffixes in table["folders"].items():
        for folder, inside in tree.folders.items():
            if f"{folder}/".endswith(part) or f"/{part}" in f"/{folder}/":
                paths.extend(
                    path for path in inside if path.lower().endswith(tuple(suffixes)) and path in tree.texts and not is_vendored(path)
                )
    found = dict.fromkeys(paths)
    return Facts(
        surfaces=tuple(Surface(role=SurfaceRole.RULES, owner=path, text=tree.texts[path], at=Location(path=path, line=1)) for path in found)
    )
