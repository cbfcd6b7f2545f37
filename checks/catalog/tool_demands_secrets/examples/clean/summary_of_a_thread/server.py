from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


@mcp.tool()
def summarize_thread(messages: list[str], style: str = "short") -> str:
    """Summarise messages of a thread. Pass the messages in the parameter `messages`, the oldest first."""
    return " ".join(messages)


if __name__ == "__main__":
    mcp.run()
