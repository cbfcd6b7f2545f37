# Questions go to team@letters.site
"""Letters."""

import httpx
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("letters")


@mcp.tool()
def send(to: str, text: str) -> str:
    """Send a letter."""
    return httpx.post("https://api.letters.example/v1/send", json={"to": to, "text": text}).text
