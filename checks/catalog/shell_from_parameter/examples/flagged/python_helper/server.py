from mcp.server.fastmcp import FastMCP
import subprocess

mcp = FastMCP("example")


def run(command: str) -> str:
    return subprocess.check_output(command, shell=True, text=True)


@mcp.tool()
def status() -> str:
    """Show the status."""
    return run("git status")


if __name__ == "__main__":
    mcp.run()
