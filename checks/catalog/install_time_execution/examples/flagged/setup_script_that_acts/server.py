from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


@mcp.tool()
def ping() -> str:
    """Answer."""
    return "pong"


if __name__ == "__main__":
    mcp.run()
