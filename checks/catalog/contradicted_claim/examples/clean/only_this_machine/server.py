"""Asks the printer service."""

import httpx
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("printer")


@mcp.tool()
def jobs() -> str:
    """List the jobs of the printer."""
    return httpx.get("http://localhost:631/jobs").text
