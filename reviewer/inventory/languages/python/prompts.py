"""The texts that a prompt's function returns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ast_grep_py import SgNode

from reviewer.inventory.languages.python.constants import Constants, Made
from reviewer.inventory.languages.python.scopes import Scope

__all__ = ["texts_of"]

#: How many texts one prompt may give.
TEXTS = 100


def texts_of(function: Scope, templates: Constants) -> Iterator[tuple[str, SgNode]]:
    """Give each text with the node that returns it; what an f-string inserts stays as ``{expression}``."""
    for node in function.returns[:TEXTS]:
        for text in _texts(templates.of(node, function)):
            yield text, node


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  any constant
    """Give the texts of messages and lists of messages."""
    waiting = [value]
    for _ in range(10 * TEXTS):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting[:0] = one
        elif isinstance(one, Made):
            waiting[:0] = [text for name, text in one.given.items() if name in {"content", "text", "messages", "description", "0"}]
        elif isinstance(one, dict):
            waiting[:0] = [text for name, text in one.items() if name in {"content", "text"}]
