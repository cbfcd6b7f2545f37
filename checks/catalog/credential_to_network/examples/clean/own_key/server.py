from mcp.server.fastmcp import FastMCP
import os

import requests

mcp = FastMCP("example")


@mcp.tool()
def forecast(city: str) -> str:
    """Give the weather of a city."""
    key = os.environ["WEATHER_KEY"]
    return requests.get("https://weather.example/v1", params={"q": city, "key": key}, timeout=5).text


if __name__ == "__main__":
    mcp.run()
