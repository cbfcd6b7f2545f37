"""One registration to one tool: name, description, schema and annotations, and which of them are only computed at run time."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ast_grep_py import SgNode

from checks.model import Tool, ToolKind
from reviewer.inventory.languages.python.constants import Constants, Made, documentation
from reviewer.inventory.languages.python.names import Names
from reviewer.inventory.languages.python.schema import Schemas, is_plain
from reviewer.inventory.languages.python.scopes import Scope
from reviewer.inventory.languages.python.syntax import keyword

__all__ = ["Drafts", "Offer", "Registered", "shown"]

#: How long a source expression is shown, in characters.
SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A tool without its capabilities, the function that answers, and what of that function's arguments is fixed.

    ``sure`` is false where the function answers for several tools and the name of this one is only known at run time.
    """

    tool: Tool
    handler: Scope | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A registration as it was found.

    ``node`` is the decorator or call, ``given`` the expression of the function, ``first`` the position of the name among the
    arguments. ``env`` gives values to names, such as loop variables. ``caller`` is the call of the submission's own function
    in which the registration stands: then that is the place, and its keywords are passed on through ``**``.
    """

    kind: ToolKind
    node: SgNode
    scope: Scope
    given: SgNode
    handler: Scope | None = None
    env: Mapping[str, Any] = field(default_factory=dict)
    first: int = 0
    caller: tuple[SgNode, Scope] | None = None


class Drafts:
    """Puts tools together from offers."""

    def __init__(self, names: Names, constants: Constants) -> None:
        """Take what resolves and evaluates."""
        self._constants = constants
        self._templates = Constants(names, template=True)
        self.schemas = Schemas(names, constants)

    def tool(self, offer: Offer) -> Registered:
        """Give the tool of an offer."""
        handler = offer.handler
        name, unnamed = self._name(offer)
        description, computed = self._description(offer)
        node, home = offer.caller or (offer.node, offer.scope)
        annotated, where = self._argument(offer, "annotations")
        found = Tool(
            kind=offer.kind,
            part="",
            name=name,
            at=home.module.source.at(node),
            dynamic=unnamed or computed or (offer.caller is None and _is_open(offer.node)),
            description=description,
            input_schema=self.schemas.of_function(handler) if handler is not None and offer.kind is not ToolKind.RESOURCE else None,
            annotations=self.annotations(annotated, where, offer.env),
            handler=handler.module.source.at(handler.node) if handler is not None else None,
            last=handler.module.source.last(handler.node) if handler is not None else 0,
        )
        return Registered(tool=found, handler=handler)

    def _argument(self, offer: Offer, name: str, position: int | None = None) -> tuple[SgNode | None, Scope]:
        """Give an argument of the registration; what it does not say itself may come through ``**`` from the caller of the wrapper."""
        found = keyword(offer.node, name, position) if offer.node.kind() == "call" else None
        if found is None and offer.caller is not None and _is_open(offer.node):
            return keyword(offer.caller[0], name), offer.caller[1]
        return found, offer.scope

    def _name(self, offer: Offer) -> tuple[str, bool]:
        words = ("uri", "uri_template", "name") if offer.kind is ToolKind.RESOURCE else ("name", "name_or_fn")
        for word in words:
            node, scope = self._argument(offer, word, offer.first if word == words[0] else None)
            text = self._constants.of(node, scope, offer.env)
            if isinstance(text, str):
                return text, False
            if node is not None and text is not None:
                return shown(node), True
        if offer.handler is not None and offer.handler.name != "<lambda>":
            return offer.handler.name, False
        return shown(offer.given), True

    def _description(self, offer: Offer) -> tuple[str | None, bool]:
        node, scope = self._argument(offer, "description")
        if node is not None:
            return self.told(node, scope, offer.env)
        if offer.handler is None:
            return None, False
        if offer.handler.documentation:
            return self.told(offer.handler.documentation[-1], offer.handler.parent or offer.handler, offer.env)
        text = documentation(offer.handler, self._constants)
        return (inspect.cleandoc(text) if text is not None else None), False

    def told(self, node: SgNode, scope: Scope, env: Mapping[str, Any]) -> tuple[str | None, bool]:
        """Give a text that is registered, and whether it is computed at run time; then what is fixed of it stays, as a template."""
        found = self._constants.of(node, scope, env)
        if isinstance(found, str) or found is None:
            return found, False
        return self._templates.text(node, scope, env), True

    def annotations(self, node: SgNode | None, scope: Scope, env: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give ``ToolAnnotations(readOnlyHint=True)`` or a literal dict."""
        found = self._constants.of(node, scope, env)
        given = found.given if isinstance(found, Made) else found
        return {str(name): value for name, value in given.items() if is_plain(value)} if isinstance(given, Mapping) else None


def _is_open(node: SgNode) -> bool:
    """Tell whether ``**something`` may give name and description."""
    listed = node.field("arguments") if node.kind() == "call" else None
    return listed is not None and any(child.kind() == "dictionary_splat" for child in listed.children())


def shown(node: SgNode) -> str:
    """Give a source expression in one bounded line."""
    return " ".join(node.text()[: 2 * SHOWN].split())[:SHOWN]
