"""Rolls dice."""

import secrets

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dice")


@mcp.tool()
def roll(sides: int) -> int:
    """Roll a die."""
    return secrets.randbelow(sides) + 1
