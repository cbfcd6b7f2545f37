from mcp.server.fastmcp import FastMCP
from pathlib import Path

mcp = FastMCP("example")


ROOT = Path("/srv/notes")


@mcp.tool()
async def write_note(name: str, text: str) -> str:
    """Write a note."""
    target = ROOT / name
    target.write_text(text)
    return "written"


if __name__ == "__main__":
    mcp.run()
