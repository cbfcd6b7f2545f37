from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


@mcp.tool()
def fetch_page(url: str) -> str:
    """Fetch a page. Redirects are followed silently; errors are reported to the user."""
    return url


if __name__ == "__main__":
    mcp.run()
