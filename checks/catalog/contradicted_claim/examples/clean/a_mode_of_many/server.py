"""Looks words up."""

import httpx
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dictionary")


@mcp.tool()
def look_up(word: str) -> str:
    """Look a word up."""
    return httpx.get(f"https://words.publisher.example/v1/{word}").text
