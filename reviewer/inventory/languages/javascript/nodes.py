"""Small questions to nodes of the tree: arguments of a call, the name of a member."""

from __future__ import annotations

from ast_grep_py import SgNode

from reviewer.inventory.languages.javascript.literals import string_text


def arguments_of(call: SgNode) -> list[SgNode]:
    """Give the arguments of a call or ``new`` expression; none for a tagged template."""
    given = call.field("arguments")
    return parts_of(given) if given is not None and given.kind() == "arguments" else []


def given_to(call: SgNode) -> list[SgNode]:
    """Give the arguments of a call; of a tagged template the template, as one."""
    given = call.field("arguments")
    return [given] if given is not None and given.kind() == "template_string" else arguments_of(call)


def parts_of(node: SgNode | None) -> list[SgNode]:
    """Give the named children of a node, comments left out."""
    return [child for child in node.children() if child.is_named() and child.kind() != "comment"] if node is not None else []


def member_key(node: SgNode) -> str | None:
    """Give the name of a member access, None where it is computed."""
    if node.kind() == "member_expression":
        name = node.field("property")
        return name.text() if name is not None else None
    index = node.field("index")
    return string_text(index) if index is not None else None


def key_of(node: SgNode) -> str:
    """Give the text of a name, quoted or not."""
    text = string_text(node)
    return node.text() if text is None else text
