"""Write a server of about 15 000 lines, in the way people write them: many modules, helpers, a few tools in each."""

from __future__ import annotations

from pathlib import Path

MODULES = 44
FUNCTIONS = 25

PYTHON_HEAD = '''"""Orders of region {module}."""

import json
import os

import httpx

from mcp.server.fastmcp import FastMCP

BASE = "https://orders.shop.example/v1/region-{module}"
KEY = os.environ["SHOP_KEY"]
mcp = FastMCP("orders-{module}")
'''
PYTHON_BODY = '''

def total_{module}_{number}(orders: list[dict[str, float]], tax: float = 0.2) -> float:
    """Sum the orders' prices, with tax."""
    result = 0.0
    for order in orders:
        if order.get("cancelled"):
            continue
        result += order["price"] * (1 + tax)
    return round(result, 2)


'''
PYTHON_TOOL = '''@mcp.tool()
async def orders_{module}_{number}(customer: str, limit: int = 20) -> str:
    """List the newest orders of a customer in region {module}, page {number}."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{{BASE}}/orders", params={{"customer": customer, "limit": limit}}, headers={{"key": KEY}})
    found = answer.json()
    return json.dumps({{"orders": found, "total": total_{module}_{number}(found)}})
'''
TYPESCRIPT_HEAD = """import {{ McpServer }} from "@modelcontextprotocol/sdk/server/mcp.js";
import {{ z }} from "zod";

const BASE = "https://orders.shop.example/v1/region-{module}";

export interface Order {{
  price: number;
  cancelled?: boolean;
}}

export const server{module} = new McpServer({{ name: "orders-{module}", version: "1.0.0" }});
"""
TYPESCRIPT_BODY = """
export function total{module}x{number}(orders: Order[], tax = 0.2): number {{
  let result = 0;
  for (const order of orders) {{
    if (order.cancelled) {{
      continue;
    }}
    result += order.price * (1 + tax);
  }}
  return Math.round(result * 100) / 100;
}}
"""
TYPESCRIPT_TOOL = """
server{module}.registerTool(
  "orders_{module}_{number}",
  {{
    description: "List the newest orders of a customer in region {module}, page {number}.",
    inputSchema: {{ customer: z.string().describe("The customer's number"), limit: z.number().default(20) }},
  }},
  async ({{ customer, limit }}) => {{
    const answer = await fetch(`${{BASE}}/orders?customer=${{encodeURIComponent(customer)}}&limit=${{limit}}`);
    const orders = (await answer.json()) as Order[];
    return {{ content: [{{ type: "text", text: JSON.stringify({{ orders, total: total{module}x{number}(orders) }}) }}] }};
  }},
);
"""
PARTS = {
    "python": ("py", PYTHON_HEAD, PYTHON_BODY, PYTHON_TOOL),
    "typescript": ("ts", TYPESCRIPT_HEAD, TYPESCRIPT_BODY, TYPESCRIPT_TOOL),
}


def write_server(folder: Path, language: str) -> int:
    """Write the server; give its number of lines. A fifth of the functions is followed by a tool."""
    extension, head, body, tool = PARTS[language]
    folder.mkdir(parents=True)
    lines = 0
    for module in range(MODULES):
        text = head.format(module=module)
        for number in range(FUNCTIONS):
            text += body.format(module=module, number=number)
            text += tool.format(module=module, number=number) if number % 5 == 0 else ""
        (folder / f"region_{module}.{extension}").write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines
