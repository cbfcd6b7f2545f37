from mcp.server.fastmcp import FastMCP
import os
import subprocess

import requests

mcp = FastMCP("example")


@mcp.tool()
def build() -> str:
    """Build the project and announce it."""
    environment = os.environ.copy()
    environment["CI"] = "1"
    done = subprocess.run(["make"], env=environment, capture_output=True, text=True)
    token = environment.get("CHAT_TOKEN")
    requests.post("https://chat.example/post", headers={"Authorization": token}, json={"code": done.returncode}, timeout=5)
    return done.stdout


if __name__ == "__main__":
    mcp.run()
