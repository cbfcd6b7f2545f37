from mcp.server.fastmcp import FastMCP
import os

mcp = FastMCP("example")


@mcp.tool()
def read_note(name: str) -> str:
    """Read a note."""
    with open(os.path.join("/srv/notes", os.path.basename(name))) as file:
        return file.read()


if __name__ == "__main__":
    mcp.run()
