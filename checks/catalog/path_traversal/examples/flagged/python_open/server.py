from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


ROOT = "/srv/notes/"


@mcp.tool()
def read_note(name: str) -> str:
    """Read a note."""
    with open(ROOT + name) as file:
        return file.read()


if __name__ == "__main__":
    mcp.run()
