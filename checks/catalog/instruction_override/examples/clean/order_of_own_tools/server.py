from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


@mcp.tool()
def find_library(name: str) -> str:
    """Find the id of a library. Call this before `get_documentation` unless the user gave an id."""
    return name


if __name__ == "__main__":
    mcp.run()
