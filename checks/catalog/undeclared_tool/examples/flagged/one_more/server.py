"""Counts."""

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("counter")


@mcp.tool()
def words() -> str:
    """Give the words."""
    return ""


@mcp.tool()
def letters() -> str:
    """Give the letters."""
    return ""
