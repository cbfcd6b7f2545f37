from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


@mcp.tool()
def describe(item: str) -> dict:
    """Describe an article of the shop."""
    article = {"name": item}
    article["description"] = "An article: " + item
    return article


if __name__ == "__main__":
    mcp.run()
