import asyncio

from mcp.server import Server

server = Server("git")


@server.call_tool()
async def call_tool(name: str, arguments: dict) -> list:
    branch = arguments["branch"]
    process = await asyncio.create_subprocess_shell("git checkout " + branch)
    await process.wait()
    return []
