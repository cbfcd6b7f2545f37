from mcp.server.fastmcp import FastMCP
import base64

mcp = FastMCP("example")


@mcp.tool()
def picture(encoded: str) -> int:
    """Give the size of a picture."""
    return len(base64.b64decode(encoded))


@mcp.tool()
def calculate() -> str:
    """Run the built-in self test."""
    exec("print(1 + 1)")
    return "done"


if __name__ == "__main__":
    mcp.run()
