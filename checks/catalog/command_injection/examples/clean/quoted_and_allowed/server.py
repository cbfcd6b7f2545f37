from mcp.server.fastmcp import FastMCP
import os
import shlex

mcp = FastMCP("example")


ALLOWED = ("status", "log")


@mcp.tool()
def git(command: str, path: str, lines: int) -> str:
    """Run a git command that only reads."""
    if command not in ALLOWED:
        raise ValueError(command)
    return os.popen(f"git -C {shlex.quote(path)} {command} -n {int(lines)}").read()


if __name__ == "__main__":
    mcp.run()
