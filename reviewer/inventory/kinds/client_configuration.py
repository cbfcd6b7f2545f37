"""Servers that a client's configuration starts: those in whose code nothing shows a server, and those that were not submitted."""

from __future__ import annotations

from reviewer.inventory.brought import bare_servers
from reviewer.inventory.facts import Facts
from reviewer.inventory.tree import Tree
from reviewer.model import Origin


def find(tree: Tree) -> Facts:
    """Give a component for each server of the configuration that no other kind finds. Its launches are read as of every such file."""
    return bare_servers(tree, Origin.SERVER)
