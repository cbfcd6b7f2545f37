from mcp.server.fastmcp import FastMCP
import subprocess

mcp = FastMCP("example")


@mcp.tool()
def ping(host: str) -> str:
    """Ping a host."""
    return subprocess.run(["ping", "-c", "1", "--", host], capture_output=True, text=True).stdout


if __name__ == "__main__":
    mcp.run()
