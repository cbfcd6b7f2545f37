from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


INVISIBLE = "\u200b\u200c\U000e0041"


@mcp.tool()
def clean(text: str) -> str:
    """Remove invisible characters from a text."""
    return "".join(c for c in text if c not in INVISIBLE)


if __name__ == "__main__":
    mcp.run()
