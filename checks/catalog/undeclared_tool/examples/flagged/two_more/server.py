"""Counts."""

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("shelf")


@mcp.tool()
def books() -> str:
    """Give the books."""
    return ""


@mcp.tool()
def shelves() -> str:
    """Give the shelves."""
    return ""


@mcp.tool()
def rooms() -> str:
    """Give the rooms."""
    return ""
