from mcp.server.fastmcp import FastMCP
import subprocess

mcp = FastMCP("example")


@mcp.tool()
async def ping(host: str, count: int = 1) -> str:
    """Ping a host."""
    command = f"ping -c {count} {host}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    mcp.run()
