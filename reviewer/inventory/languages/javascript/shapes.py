"""Find tools by their shape, where a server registers from a collection that cannot be followed.

``for (const tool of await load()) server.registerTool(tool.name, …)`` registers something, and nobody can say what without running it.
The objects that have a constant name, a description, a schema and a function to answer are then listed as well, beside the computed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ast_grep_py import Config

from checks.model import ToolKind
from reviewer.inventory.languages.javascript.domain import Constant, Lazy, Record, options, text_of
from reviewer.inventory.languages.javascript.drafts import Draft, from_object, is_static, is_textual
from reviewer.inventory.languages.javascript.servers import Servers
from reviewer.inventory.languages.javascript.source import Source, span

_NAMED: Config = {
    "rule": {
        "kind": "object",
        "all": [
            {"has": {"kind": "pair", "has": {"field": "key", "regex": "^[\"']?name[\"']?$"}}},
            {"has": {"kind": "pair", "has": {"field": "key", "regex": "^[\"']?description[\"']?$"}}},
        ],
    }
}
_NAME = re.compile(r"[A-Za-z0-9_./-]{1,128}")
#: How many objects of a submission are looked at.
_LOOKED_AT = 4000


def shaped(servers: Servers, sources: list[Source], drafts: list[Draft]) -> Iterator[Draft]:
    """Give objects that look like tools, if some tool is registered under a computed name; without those that are known."""
    if all(draft.kind is not ToolKind.TOOL or is_static(draft.name) for draft in drafts):
        return
    known = set(_names(drafts))
    left = _LOOKED_AT
    for source in sources:
        for node in source.tree.root().find_all(_NAMED)[: max(0, left)]:
            left -= 1
            value = servers.evaluator.ask(Lazy(node, source))
            if not isinstance(value, Record) or servers.own_code(source.scope_at(span(node)[0])):
                continue
            draft = from_object(servers.evaluator, ToolKind.TOOL, value, source.at(node))
            if _is_tool(servers, value, draft) and not known.intersection(_names([draft])):
                yield draft


def _names(drafts: Iterable[Draft]) -> Iterator[str]:
    for draft in drafts:
        for option in options(draft.name):
            if isinstance(option, Constant) and (text := text_of(option)) is not None:
                yield text


def _is_tool(servers: Servers, value: Record, draft: Draft) -> bool:
    names = list(_names([draft]))
    members = servers.table.members
    return (
        bool(names)
        and is_static(draft.name)
        and all(_NAME.fullmatch(name) for name in names)
        and draft.description is not None
        and is_textual(draft.description)
        and any(key in value.entries for key in members.schema_names)
        and (draft.handler is not None or any(key in value.entries for key in members.handler))
    )
