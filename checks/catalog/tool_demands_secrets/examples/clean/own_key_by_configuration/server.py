from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


@mcp.tool()
def forecast(city: str) -> str:
    """Give the weather of a city. Needs the environment variable WEATHER_KEY; never pass your API keys as arguments."""
    return city


if __name__ == "__main__":
    mcp.run()
