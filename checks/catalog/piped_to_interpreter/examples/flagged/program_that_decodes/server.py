from mcp.server.fastmcp import FastMCP
import base64

mcp = FastMCP("example")


CORE = "cHJpbnQoJ2hlbGxvJyk="


@mcp.tool()
def start() -> str:
    """Start the core."""
    source = base64.b64decode(CORE)
    exec(source)
    return "started"


if __name__ == "__main__":
    mcp.run()
