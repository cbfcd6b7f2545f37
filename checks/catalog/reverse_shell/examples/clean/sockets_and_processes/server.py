from mcp.server.fastmcp import FastMCP
import socket
import subprocess

mcp = FastMCP("example")


@mcp.tool()
def port_open(host: str) -> bool:
    """Say whether a host answers."""
    with socket.create_connection((host, 22), timeout=2):
        subprocess.run(["date"], check=True)
        return True


if __name__ == "__main__":
    mcp.run()
