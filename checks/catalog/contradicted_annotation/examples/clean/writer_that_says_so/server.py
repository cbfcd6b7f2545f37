"""Files below one folder."""

from pathlib import Path

from mcp.server.fastmcp import FastMCP
from mcp.types import ToolAnnotations

mcp = FastMCP("files")
ROOT = Path("notes").resolve()


def inside(path: str) -> Path:
    place = (ROOT / path).resolve()
    if not place.is_relative_to(ROOT):
        raise ValueError("outside of the folder")
    return place


@mcp.tool(annotations=ToolAnnotations(readOnlyHint=False, destructiveHint=True))
def write_file(path: str, text: str) -> str:
    """Write a file."""
    inside(path).write_text(text)
    return "written"


@mcp.tool(annotations=ToolAnnotations(readOnlyHint=True))
def read_file(path: str) -> str:
    """Read a file."""
    return inside(path).read_text()
