from mcp.server.fastmcp import FastMCP
from pathlib import Path

mcp = FastMCP("example")


ROOT = Path("/srv/notes").resolve()


@mcp.tool()
def read_note(name: str) -> str:
    """Read a note."""
    target = (ROOT / name).resolve()
    if not target.is_relative_to(ROOT):
        raise ValueError(name)
    return target.read_text()


if __name__ == "__main__":
    mcp.run()
