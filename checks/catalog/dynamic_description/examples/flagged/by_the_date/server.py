from mcp.server.fastmcp import FastMCP
import os

mcp = FastMCP("example")


@mcp.tool(description=os.environ.get("DESCRIPTION", "Search."))
def search(words: str) -> str:
    return words


if __name__ == "__main__":
    mcp.run()
