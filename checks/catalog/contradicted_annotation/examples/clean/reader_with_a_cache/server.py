"""Weather, with a cache at a fixed place."""

from pathlib import Path

import httpx
from mcp.server.fastmcp import FastMCP
from mcp.types import ToolAnnotations

mcp = FastMCP("weather")
CACHE = Path("cache/answers.json")


@mcp.tool(annotations=ToolAnnotations(readOnlyHint=True, openWorldHint=True))
def forecast(city: str) -> str:
    """Give the forecast."""
    answer = httpx.get("https://api.weather.example/v1", params={"city": city}).text
    CACHE.write_text(answer)
    return answer
