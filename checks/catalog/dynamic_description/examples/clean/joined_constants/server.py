from mcp.server.fastmcp import FastMCP

mcp = FastMCP("example")


UNIT = "metres"
HEIGHT = (
    "Give a height "
    "in " + UNIT
)


@mcp.tool(description=HEIGHT)
def height(place: str) -> str:
    return place


if __name__ == "__main__":
    mcp.run()
